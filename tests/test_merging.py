"""The merge of a new stub around answers: what comes out for each kind of change, and that no line is ever lost."""

import ast
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submission.merging import TOLD, Source, merge
from grader.worker.guest.definitions import Definitions

BASE = '''# %% [markdown]
# # Areas
#
# A first text.

# %%
import math


# %%
def cross(a, b):
    """Return the cross product."""
    raise NotImplementedError("TODO: cross")


# %% [markdown]
# ## A shape

# %%
class Polygon:
    """A closed polygon."""

    def __init__(self, corners):
        self.corners = list(corners)

    def area(self):
        """Return the area."""
        raise NotImplementedError("TODO: Polygon.area")


# %%
def walk(polygon):
    """GIVEN. Return the length."""
    return sum(math.dist(a, b) for a, b in polygon)
'''
ANSWER = "    # mine\n    return a[0] * b[1] - a[1] * b[0]"


def source(text):
    data = text if isinstance(text, bytes) else text.encode()
    found = Definitions()
    found.collect(ast.parse(data.decode("utf-8-sig")).body)
    return Source(data, {name: (first, last) for name, (first, last, *_) in found.defs.items()})


def merged(base, yours, new):
    done = merge(*map(source, (base, yours, new)))
    return done.data.decode(), done.conflicts


def changed(text, *pairs):
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


TODO = '    raise NotImplementedError("TODO: cross")'
YOURS = changed(BASE, (TODO, ANSWER), ("import math\n", "import math\nimport itertools  # mine\n"))
WEDGE = 'def wedge(a, b):\n    """Return the wedge."""\n    raise NotImplementedError("TODO: wedge")\n\n\n# %%\n'
SPAN = BASE[BASE.index("def cross") : BASE.index("# %% [markdown]\n# ## A shape")]


@pytest.mark.parametrize(
    "pair",
    [
        ('"""Return the cross product."""', '"""Return a.x * b.y - a.y * b.x.\n\n    Twice an area.\n    """'),
        ("def cross(a, b):", "def cross(a, b, *, scale=1.0):"),
        ("# A first text.", "# A better text.\n# Of two lines."),
        ("    return sum(math.dist(a, b) for a, b in polygon)", "    return math.fsum(map(math.dist, polygon))"),
        ("def walk(polygon)", f"{WEDGE}def walk(polygon)"),
        ("    def area(self):", '    def size(self):\n        """Return a size."""\n\n    def area(self):'),
        ("# %%\nclass Polygon", "# %%\nclass Point:\n    def norm(self):\n        return 1\n\n\n# %%\nclass Polygon"),
    ],
)
def test_what_only_the_new_version_changed_comes_in_around_an_answer(pair):
    """What is expected is the same change, made in the learner's file by hand."""
    assert merged(BASE, YOURS, changed(BASE, pair)) == (changed(YOURS, pair), ())


def test_line_ends_mark_and_a_last_line_without_an_end_are_the_learners():
    yours = b"\xef\xbb\xbf" + YOURS.rstrip().replace("\n", "\r\n").encode()
    pair = ("Return the cross product.", "Return it.")
    done = merge(source(BASE), source(yours), source(changed(BASE, pair)))
    assert done.data == yours.replace(b"Return the cross product.", b"Return it.")


def test_an_exercise_that_is_gone_goes_where_it_is_a_stub_and_stays_where_it_is_an_answer():
    new = BASE.replace(SPAN, "")
    assert merged(BASE, BASE, new)[0] == new
    after, _ = merged(BASE, YOURS, new)
    assert ANSWER in after and "def cross(a, b):" in after


def test_a_renamed_exercise_has_its_new_stub_beside_the_old_answer():
    new = BASE.replace("cross", "wedge")
    after, _ = merged(BASE, YOURS, new)
    names = [node.name for node in ast.parse(after).body if isinstance(node, ast.FunctionDef)]
    assert names == ["wedge", "cross", "walk"]
    assert ANSWER in after and "TODO: wedge" in after and "TODO: cross" not in after


def test_both_changed_a_docstring():
    yours = changed(YOURS, ("Return the cross product.", "What I think it is."))
    after, conflicts = merged(
        BASE, yours, changed(BASE, ("Return the cross product.", "Return a.x * b.y - a.y * b.x."))
    )
    told = f'{TOLD.decode()}"""Return a.x * b.y - a.y * b.x."""\n'
    assert after == changed(yours, ("def cross", f"{told}def cross"))
    assert conflicts == ("cross",)


def test_a_new_exercise_comes_in_where_the_learner_changed_all_around_it():
    yours = changed(BASE, ("# %% [markdown]\n# ## A shape\n\n# %%\n", "# my own title\n"))
    new = changed(BASE, ("# ## A shape\n\n# %%\n", f"# ## Shapes\n\n# %%\n{WEDGE}"))
    after, _ = merged(BASE, yours, new)
    assert "# my own title\n" in after and f"{TOLD.decode()}# ## Shapes\n" in after
    assert any(getattr(node, "name", "") == "wedge" for node in ast.parse(after).body)


def test_a_helper_that_has_the_name_of_a_new_exercise_stays_alone():
    yours = changed(BASE, ("# %%\ndef walk", "def wedge(a):\n    return a\n\n\n# %%\ndef walk"))
    after, _ = merged(BASE, yours, changed(BASE, ("def walk(polygon)", f"{WEDGE}def walk(polygon)")))
    assert len([node for node in ast.parse(after).body if getattr(node, "name", "") == "wedge"]) == 1


NAMES = st.sampled_from(["alpha", "beta", "gamma", "delta", "omega"])
WORDS = st.sampled_from(["one", "two", "three", "four"])
LINES = st.lists(st.sampled_from(["x = 1", "y = [2]", "", "# mine", "return x", '"""A text."""', "# %%"]), max_size=4)


@st.composite
def stubs(draw):
    """A stub: functions and a class, each with a text above it, a contract, and a line that says what is missing."""
    rows = ["# %% [markdown]", f"# # {draw(WORDS)}", "", "# %%", "import math", "", ""]
    for name in draw(st.lists(NAMES, unique=True, min_size=1)):
        is_class = name == "omega"
        rows += ["# %% [markdown]", f"# {draw(WORDS)}", "", "# %%"]
        rows += [f"class {name}:", f'    """{draw(WORDS)}"""', ""] if is_class else []
        for method in draw(st.lists(st.sampled_from(["f", "g"]), unique=True, min_size=1)) if is_class else [name]:
            margin = "    " * is_class
            rows += [
                f"{margin}def {method}(self):",
                f'{margin}    """{draw(WORDS)}',
                *[f"{margin}    {draw(WORDS)}"] * 2,
            ]
            rows += [f'{margin}    """', f'{margin}    raise NotImplementedError("TODO: {method}")', ""]
        rows += [""]
    return "\n".join(rows)


@st.composite
def works(draw, base):
    """What a learner makes of a stub: answers, lines put in or taken out anywhere that leave it Python."""
    rows = base.split("\n")
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(rows) - 1))
        indent = rows[at][: len(rows[at]) - len(rows[at].lstrip())]
        put = [f"{indent}{line}" if line else "" for line in draw(LINES)]
        tried = rows[:at] + put + rows[at + draw(st.integers(0, 3)) :]
        try:
            ast.parse("\n".join(tried))
        except SyntaxError:
            continue
        rows = tried
    return "\n".join(rows)


@st.composite
def triples(draw):
    base = draw(stubs())
    return base, draw(works(base)), draw(stubs() | works(base))


def plain(text):
    return [line.rstrip() for line in text.rstrip().split("\n")]


def definitions(text):
    return Counter(node.name for node in ast.walk(ast.parse(text)) if hasattr(node, "name") and hasattr(node, "body"))


def is_in_order(some, lines):
    rest = iter(lines)
    return all(line in rest for line in some)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(triples())
def test_no_line_of_the_learners_is_lost(versions):
    base, yours, new = versions
    after, _ = merged(*versions)
    have, had = (Counter(line.rstrip() for line in text.split("\n")) for text in (after, base))
    wrote = Counter(line.rstrip() for line in yours.split("\n")) - had
    assert wrote <= have
    assert merged(base, yours, base) == (yours, ())
    assert plain(merged(base, base, new)[0]) == plain(new)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(triples())
def test_merged_once_more_nothing_changes(versions):
    """From the new base nothing at all; from the old one, as after a kill in the middle, no definition comes twice."""
    base, _, new = versions
    after, _ = merged(*versions)
    try:
        ast.parse(after)
    except SyntaxError:
        return  # the learner's lines and the new ones together are no Python; `grade update` leaves such a file alone
    assert merged(new, after, new)[0] == after
    assert definitions(merged(base, after, new)[0]) == definitions(after)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(*[st.lists(st.sampled_from("abcd"), max_size=9)] * 3)
def test_whatever_the_lines_are(base, yours, new):
    """Without a definition anywhere: what the learner put in stays, in its order."""
    texts = [
        Source("".join(f"{line}{number}\n" for number, line in enumerate(side)).encode(), {})
        for side in (base, yours, new)
    ]
    after = merge(*texts).data.split(b"\n")
    wrote = [line for line in texts[1].data.split(b"\n") if line not in texts[0].data.split(b"\n")]
    assert is_in_order(wrote, after)
