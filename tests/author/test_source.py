"""What an author may write in a solution, and what each mistake is answered with."""

from pathlib import Path

import pytest

from grader.author.source import PercentFile, cells, parse, read
from grader.errors import CourseError

PATH = Path("solutions/u09_dropout.py")
SOLUTION = '''\
# %% [markdown]
# # Title

# %%
class Value:
    """A number."""

    @property
    def half(self) -> float:
        """Return half of it.

        Exactly.
        """
        # BEGIN SOLUTION
        # HINT: vague
        # HINT: nearer,
        #   in two lines
        # an ordinary comment
        #   with more
        value = self.value  # not a marker: # HINT is elsewhere
        # HINT: near
        return value / 2
        # END SOLUTION

    def __add__(self, other: "Value | float", *,
                exact: bool = True) -> "Value":
        # BEGIN SOLUTION
        return Value(self.value + other.value)
        # END SOLUTION

    __radd__ = __add__


# %% the second part
def outer(x):
    """Contract."""
    if x:

        def inner():
            # BEGIN SOLUTION
            return 1
            # END SOLUTION

        return inner()
    return 0
'''


def source(text: str) -> PercentFile:
    return parse(text, PATH)


def message(text: str) -> str:
    with pytest.raises(CourseError) as caught:
        parse(text, PATH)
    return str(caught.value)


def test_a_region_has_the_qualified_name_of_its_outermost_function():
    assert [region.name for region in source(SOLUTION).regions] == ["Value.half", "Value.__add__", "outer"]


def test_hints_are_rungs_and_their_continuation_lines():
    assert source(SOLUTION).hints("Value.half") == ("vague", "nearer, in two lines", "near")


def test_a_class_has_the_hints_and_regions_of_its_methods():
    assert [region.name for region in source(SOLUTION).regions_of("Value")] == ["Value.half", "Value.__add__"]
    assert len(source(SOLUTION).hints("Value")) == 3
    assert source(SOLUTION).regions_of("Val") == ()


def test_a_definition_has_lines_signature_and_docstring():
    half = source(SOLUTION).definitions["Value.half"]
    assert (half.first, half.last) == (8, 22)
    assert half.signature == "def half(self) -> float"
    assert half.doc == "Return half of it.\n\nExactly."
    assert source(SOLUTION).definitions["Value"].is_class


def test_a_signature_of_several_lines_is_shown_on_one():
    signature = source(SOLUTION).definitions["Value.__add__"].signature
    assert signature == "def __add__(self, other: 'Value | float', *, exact: bool=True) -> 'Value'"


def test_names_bound_by_assignment_are_known():
    assert "Value.__radd__" in source(SOLUTION).names


def test_definitions_under_a_condition_are_known():
    text = "try:\n    import fast\nexcept ImportError:\n    fast = None\nif fast is None:\n    def f():\n        pass\n"
    assert list(source(text).definitions) == ["f"]


def test_cells_are_found_and_named():
    found = source(SOLUTION).cells
    assert [(cell.markdown, cell.title) for cell in found] == [(True, ""), (False, ""), (False, "the second part")]
    assert (found[0].first, found[0].last) == (2, 3)


def test_what_stands_above_the_first_marker_is_a_cell_of_its_own():
    found = cells('"""A module."""\n\n# %%\nx = 1\n', PATH)
    assert [(cell.first, cell.last) for cell in found] == [(1, 2), (4, 4)]


def test_a_file_without_markers_is_one_cell():
    assert [(cell.first, cell.last) for cell in cells("x = 1\ny = 2\n", PATH)] == [(1, 2)]
    assert cells("", PATH) == ()


def test_a_marker_inside_a_string_is_text():
    text = 'TEXT = """\n# BEGIN SOLUTION\n# HINT: no\n# END SOLUTION\n# %%\n"""\n'
    assert source(text).regions == ()
    assert len(source(text).cells) == 1


def test_a_string_that_holds_the_end_marker_does_not_close_a_region():
    text = 'def f():\n    # BEGIN SOLUTION\n    return """\n    # END SOLUTION\n    """\n    # END SOLUTION\n'
    assert source(text).regions[0].end == 6


def test_an_ordinary_sentence_about_the_markers_is_a_comment():
    assert source("# Answers stand between BEGIN SOLUTION and END SOLUTION.\nx = 1\n").regions == ()


@pytest.mark.parametrize("newline", ["\r\n", "\r"], ids=["crlf", "cr"])
def test_other_line_endings_give_the_same_structure(newline):
    other = source(SOLUTION.replace("\n", newline))
    assert other.regions == source(SOLUTION).regions
    assert other.definitions == source(SOLUTION).definitions
    assert other.cells == source(SOLUTION).cells


def test_tabs_are_an_indent_like_any_other():
    text = "def f():\n\tif 1:\n\t\t# BEGIN SOLUTION\n\t\t# HINT: one\n\t\treturn 1\n\t\t# END SOLUTION\n"
    region = source(text).regions[0]
    assert (region.name, region.indent, region.hints) == ("f", "\t\t", ("one",))


def test_a_byte_order_mark_is_no_error():
    assert source("\ufeff" + SOLUTION).regions[0].name == "Value.half"


def test_a_form_feed_is_no_line_ending():
    text = "x = 1\n\f\ndef f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION\n"
    assert source(text).regions[0].begin == 4


BROKEN = {  # @B and @E stand for the markers
    "unclosed": ("def f():\n    @B\n    return 1\n", 2, "add a line `# END SOLUTION`"),
    "stray end": ("def f():\n    return 1\n    @E\n", 3, "without a line `# BEGIN SOLUTION`"),
    "nested": (
        "def f():\n    @B\n    x = 1\n    @B\n    return x\n    @E\n",
        4,
        "inside the region that line 2 opened",
    ),
    "module level": ("@B\nx = 1\n@E\n", 1, "inside the function"),
    "class level": ("class A:\n    @B\n    x = 1\n    @E\n", 2, "inside the function"),
    "round a function": ("@B\ndef f():\n    return 1\n@E\n", 1, "inside the function"),
    "two in one": (
        "def f():\n    @B\n    x = 1\n    @E\n    @B\n    return x\n    @E\n",
        5,
        "the first begins at line 2",
    ),
    "two in one, one of them inner": (
        "def f():\n    def g():\n        @B\n        return 1\n        @E\n\n    @B\n    return g\n    @E\n",
        7,
        "a second region in f",
    ),
    "empty": ("def f():\n    @B\n    @E\n    return 1\n", 2, "holds no code"),
    "hints only": ("def f():\n    @B\n    # HINT: x\n    @E\n    return 1\n", 2, "no code"),
    "end indented otherwise": ("def f():\n    @B\n    return 1\n@E\n", 4, "indent this line"),
    "begin indented otherwise": (
        "def f():\n  @B\n    return 1\n  @E\n",
        2,
        "indent this line like the code of line 3",
    ),
    "across functions": (
        "def f():\n    @B\n    return 1\n\n\ndef g():\n    return 1\n    @E\n",
        2,
        "cuts the statement of line 1",
    ),
    "half a statement": (
        "def f():\n    @B\n    x = (\n        1\n    @E\n    )\n    return x\n",
        2,
        "cuts the statement of line 3",
    ),
    "inside brackets": (
        "def f():\n    return (\n        @B\n        1\n        @E\n    )\n",
        3,
        "cuts the statement of line 2",
    ),
    "out of a block": (
        "def f(x):\n    if x:\n        @B\n        return 1\n    return 2\n        @E\n",
        3,
        "cuts the statement of line 2",
    ),
    "over an else": (
        "def f(x):\n    if x:\n        @B\n        y = 1\n    else:\n        @E\n        y = 2\n",
        5,
        "leaves the block",
    ),
    "from an else": (
        "def f(x):\n    if x:\n        pass\n        @B\n    else:\n        y = 1\n        @E\n",
        4,
        "indent this line like the code of line 5",
    ),
    "in a handler": (
        "def f():\n    try:\n        x = 1\n    except E:\n        @B\n        x = 2\n    @E\n    return x\n",
        7,
        "indent this line",
    ),
    "both branches": (
        "def f(x):\n    if x:\n        @B\n        y = 1\n    else:\n        y = 2\n        @E\n",
        3,
        "cuts the statement of line 2",
    ),
    "docstring": (
        'def f():\n    @B\n    """Contract."""\n    return 1\n    @E\n',
        3,
        "move it above `# BEGIN SOLUTION`",
    ),
    "no space": ("def f():\n    #BEGIN SOLUTION\n    return 1\n", 2, "exactly `# BEGIN SOLUTION`"),
    "small letters": ("def f():\n    # begin solution\n    return 1\n", 2, "exactly `# BEGIN SOLUTION`"),
    "more words": ("def f():\n    # END SOLUTION (naive)\n    return 1\n", 2, "exactly `# END SOLUTION`"),
    "beside code": ("def f():\n    return 1  @B\n", 2, "a line of its own"),
    "hint outside": ("def f():\n    # HINT: x\n    return 1\n", 2, "move it below"),
    "hint in small letters": ("def f():\n    # Hint: x\n    return 1\n", 2, "exactly `# HINT:`"),
    "numbered hint": ("def f():\n    # HINT 1: x\n    return 1\n", 2, "exactly `# HINT:`"),
    "empty hint": (
        "def f():\n    @B\n    # HINT:\n    return 1\n    @E\n",
        3,
        "write what it says",
    ),
    "cell inside": ("def f():\n    x = 1\n# %%\n    return x\n", 3, "whole statements"),
    "code in markdown": ("# %% [markdown]\n# Text\nx = 1\n", 3, "begin a code cell"),
    "syntax": ("x = 1\ndef f(:\n", 2, "must be a Python file"),
    "null": ("x = 1\0\n", 1, "plain text file"),
}


@pytest.mark.parametrize(("text", "line", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_an_error_names_file_and_line_and_says_what_to_do(text, line, words):
    said = message(text.replace("@B", "# BEGIN SOLUTION").replace("@E", "# END SOLUTION"))
    assert said.startswith(f"{PATH}:{line}: ")
    assert words in said


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        read(tmp_path / "none.py")


def test_a_file_that_is_not_utf8_is_an_error_with_its_line(tmp_path):
    path = tmp_path / "latin.py"
    path.write_bytes(b"x = 1\n# caf\xe9\n")
    with pytest.raises(CourseError, match=r"latin\.py:2: this is not UTF-8"):
        read(path)
