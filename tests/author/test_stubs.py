"""A stub is its solution without answers and hints, and nothing else."""

import ast
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.author.stubs import answer_stub, build, stale, stub
from grader.course.course import Course
from grader.errors import CourseError

PATH = Path("solutions/u09_dropout.py")
TINY = Path(__file__).parent.parent / "tiny"
SOLUTION = '''\
def softmax(x):
    """Contract."""
    # BEGIN SOLUTION
    # HINT: vague
    #   and more
    return x  # secret
    # END SOLUTION
    return None


@cache
def given(x):
    return x


class Value:
    """A number."""

    @property
    def half(self):
        # BEGIN SOLUTION
        return self.value / 2
        # END SOLUTION
'''


@pytest.fixture
def course(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny")
    return Course.find(tmp_path / "tiny")


def test_a_region_becomes_one_line_that_names_its_function():
    assert stub(SOLUTION, PATH).splitlines()[:4] == [
        "def softmax(x):",
        '    """Contract."""',
        '    raise NotImplementedError("TODO: softmax")',
        "    return None",
    ]


def test_a_stub_of_a_stub_is_the_stub():
    assert stub(stub(SOLUTION, PATH), PATH) == stub(SOLUTION, PATH)


def test_a_file_that_ends_with_a_marker_without_a_newline():
    text = "def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION"
    assert stub(text, PATH) == 'def f():\n    raise NotImplementedError("TODO: f")'


@pytest.mark.parametrize("name", ["softmax", "given", "Value", "Value.half"])
def test_the_stub_of_one_answer_is_what_the_stub_has(name):
    lines = "".join(answer_stub(SOLUTION, PATH, name))
    assert lines in stub(SOLUTION, PATH)
    assert lines == "".join(answer_stub(stub(SOLUTION, PATH), PATH, name))


def test_the_stub_of_one_answer_has_its_decorators():
    assert answer_stub(SOLUTION, PATH, "given")[0] == "@cache\n"


def test_an_unknown_answer_is_an_error():
    with pytest.raises(CourseError, match=r"u09_dropout\.py: nothing here is called nothing"):
        answer_stub(SOLUTION, PATH, "nothing")


def test_build_writes_only_what_changes(course):
    assert build(course, course.units) == []
    first = course.units[0]
    first.solution.write_bytes(first.solution.read_bytes() + b"\n\nMORE = 1\n")
    assert stale(course) == [first.stub]
    assert build(course, course.units) == [first.stub]
    assert b"MORE = 1\n" in first.stub.read_bytes()
    assert stale(course) == []


def test_a_stub_ends_with_a_place_to_try_things_that_runs(course):
    stub_file = course.units[0].stub
    assert "Try things here: `python exercises/u01_area.py` runs" in stub_file.read_text(encoding="utf-8")
    ran = subprocess.run([sys.executable, stub_file], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == "Nothing is tried here yet.\n"


def test_a_solution_with_a_place_of_its_own_keeps_it(course):
    first = course.units[0]
    own = b'\n\nif __name__ == "__main__":\n    print(1)\n'
    first.solution.write_bytes(first.solution.read_bytes() + own)
    build(course, [first])
    assert first.stub.read_bytes().endswith(own)


def test_build_makes_a_missing_folder(course):
    shutil.rmtree(course.learner_folder)
    assert stale(course) == [unit.stub for unit in course.units]
    assert build(course, course.units) == [unit.stub for unit in course.units]


def test_build_writes_nothing_where_one_solution_is_broken(course):
    first, second = course.units
    first.solution.write_text("MORE = 1\n", encoding="utf-8")
    second.solution.write_text("# BEGIN SOLUTION\n", encoding="utf-8")
    before = first.stub.read_bytes()
    with pytest.raises(CourseError, match=r"u02_mean\.py:1: "):
        build(course, course.units)
    assert first.stub.read_bytes() == before


def test_build_leaves_no_other_files(course):
    course.units[0].stub.unlink()
    build(course, course.units)
    assert sorted(path.name for path in course.learner_folder.iterdir()) == ["u01_area.py", "u02_mean.py"]


def test_line_endings_and_byte_order_mark_survive_the_disk(course):
    unit = course.units[0]
    text = "\ufeff" + unit.solution.read_text(encoding="utf-8").replace("\n", "\r\n")
    unit.solution.write_bytes(text.encode())
    build(course, [unit])
    made = unit.stub.read_bytes()
    assert made.startswith(b"\xef\xbb\xbf# %%")
    assert made.count(b"\n") == made.count(b"\r\n") > 20


def test_the_untouched_submission_is_what_build_makes():
    for path in (TINY / "exercises").glob("*.py"):
        assert (TINY / "submissions" / "untouched" / path.name).read_bytes() == path.read_bytes()


# Random solutions: each is written down together with the stub that it must become.

WORD = "answer"


@dataclass
class Written:
    """Lines of a solution and of its stub. answers: the names of its regions."""

    solution: list[str]
    stub: list[str]
    answers: list[str]

    def add(self, *lines: str) -> None:
        self.solution += lines
        self.stub += lines


CODE = st.sampled_from(
    [
        [f"x = '{WORD}'"],
        [f"if x:  # {WORD}", f"    y = '{WORD}'", "else:", "    y = 2"],
        [f"y = '''{WORD}", "# END SOLUTION", "  '''"],
        ["def inner():", f"    return '{WORD}'", "", "@inner", "def other():", "    pass"],
        [f"call('{WORD}',", "     # BEGIN SOLUTIONS", "  1)"],
        ["", "", f"# {WORD}"],
        [f"x = 1; y = '{WORD}'"],
    ]
)
HINT = st.sampled_from([[f"# HINT: {WORD}"], [f"# HINT: {WORD}", f"#   {WORD}"]])
GIVEN = st.sampled_from(
    [
        ["z = 1"],
        ["# BEGIN", "z = '# BEGIN SOLUTION'"],
        ['"""', "# BEGIN SOLUTION", "# HINT: not one", '# END SOLUTION"""'],
        ["", "# %% in a function"],
        ["for i in range(3):", "    pass"],
    ]
)


@st.composite
def functions(draw, written: Written, prefix: str, indent: str, number: int):
    name = f"f{number}"
    tab = draw(st.sampled_from(["    ", "\t", "  "]))
    inner = indent + tab
    if draw(st.booleans()):
        written.add(f"{indent}@decorated(")
        written.add(f"{indent})")
    written.add(f"{indent}{draw(st.sampled_from(['def', 'async def']))} {name}(self=None):", f'{inner}"""Contract."""')
    indented(draw(GIVEN), inner, written)
    if draw(st.integers(0, 3)) == 0:
        return
    if draw(st.booleans()):
        written.add(f"{inner}if self:")
        inner += tab
    written.solution.append(f"{inner}# BEGIN SOLUTION")
    written.stub.append(f'{inner}raise NotImplementedError("TODO: {prefix}{name}")')
    secret = Written([], [], [])
    for part in draw(st.lists(HINT, max_size=3)) + draw(st.lists(CODE, max_size=3)):
        indented(part, inner, secret)
    written.solution += [*secret.solution, f"{inner}pass", f"{inner}# END SOLUTION"]
    written.answers.append(f"{prefix}{name}")
    if draw(st.booleans()):
        indented(draw(GIVEN), inner, written)


def indented(lines: list[str], indent: str, written: Written) -> None:
    """Add lines with an indent; inside a string every line gets it too, which is as good a string."""
    written.add(*(indent + line if line else "" for line in lines))


@st.composite
def solutions(draw):
    written = Written([], [], [])
    written.add(
        *draw(st.sampled_from([[], ['"""A module."""'], ["# %% [markdown]", "# A marker: BEGIN SOLUTION", "# %%"]]))
    )
    for number in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            written.add(f"class C{number}:", '    """A class."""', "")
            draw(functions(written, f"C{number}.", "    ", number))
            draw(functions(written, f"C{number}.", "    ", number + 10))
        else:
            draw(functions(written, "", "", number))
        written.add("", "# a line of its own", "")
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    last = draw(st.sampled_from(["", newline]))
    return newline.join(written.solution) + last, newline.join(written.stub) + last, written.answers


@settings(max_examples=300, deadline=None)
@given(solutions())
def test_any_stub_is_its_solution_without_regions(case):
    solution, expected, answers = case
    made = stub(solution, PATH)
    assert made == expected
    assert WORD not in made
    ast.parse(made)
    for name in answers:
        assert f'raise NotImplementedError("TODO: {name}")' in "".join(answer_stub(solution, PATH, name))
