"""Every rule of the audit that one edit can break: it is found, at its file and line."""

import pytest

SOLUTION = "solutions/u01_area.py"
CHECKS = "checks/test_u01_area.py"
RUN = "checks/runs/u01_area.py"
WRONG, AREA_WRONG, SCALE_WRONG = (f"solutions/misconceptions/u01_area/{name}.py" for name in ("cross", "area", "scale"))
HIDDEN = "checks/hidden/test_u01_area.py"

# What can be planted by one edit: file, old text, new text, where it is found (lines from the edit), words of it.
AREA = '    """The area of a polygon, whichever way round its corners go."""\n'
EDITS = {
    "a run of an exercise that there is not": (
        RUN,
        '"uses": ["area"]',
        '"uses": ["volume"]',
        (RUN, 1),
        "there is no 'volume'",
    ),
    "a run with a misspelt setting": (
        RUN,
        '"chunk": 2',
        '"chunks": 2',
        (RUN, 5),
        "there is no 'chunks'. Is 'chunk' meant?",
    ),
    "a run with a new sentence": (RUN, "The side should", "Your side should", (RUN, 1), "no translation of 'Your side"),
    "a hint too few": (
        SOLUTION,
        "    # HINT: Take the second product away from the first.\n",
        "",
        -4,
        "cross has 2 of 3 hints",
    ),
    "hints too many": (
        SOLUTION,
        "        # HINT: What is a corner of the new polygon?\n",
        "        # HINT: a\n" * 3,
        -1,
        "at most 4 rungs",
    ),
    "a hint that is the answer": (
        SOLUTION,
        "# HINT: You have written the multiplication already.",
        "# HINT: `return self * factor`.",
        -3,
        "is a line of its answer",
    ),
    "a hint that quotes the answer": (
        SOLUTION,
        "# HINT: You have written the multiplication already.",
        "# HINT: You know it already: `return self * factor` is all.",
        -3,
        "is a line of its answer",
    ),
    "no docstring": (
        SOLUTION,
        '        """Return the area, never negative, whichever way round the corners go."""\n',
        "",
        -1,
        "Polygon.area has no docstring",
    ),
    "a region that nobody asks for": (
        CHECKS,
        'answers=("Polygon.__mul__", "Polygon.__rmul__")',
        'answers=("Polygon.__mul__",)',
        (SOLUTION, 61),
        "no exercise asks for Polygon.__rmul__",
    ),
    "an answer that is not there": (
        CHECKS,
        '"Polygon.area",',
        '"Polygon.aria",',
        0,
        "no Polygon.aria; Polygon.area is there",
    ),
    "an answer that is given": (
        CHECKS,
        'answers=("Polygon.area",)',
        'answers=("Polygon.area", "circumference")',
        (SOLUTION, 70),
        "circumference has no answer region",
    ),
    "answers that are no tuple": (CHECKS, '("Polygon.area",)', '"Polygon.area"', 0, 'answers=("Polygon.area",)'),
    "no points": (CHECKS, '"cross", points=3', '"cross"', 0, "a whole number of points"),
    "half points": (CHECKS, '"cross", points=3', '"cross", points=1.5', 0, "not 1.5"),
    "a negative weight": (CHECKS, "@weight(2)", "@weight(-2)", -12, "the weight of test_agrees_with_the_oracle"),
    "no text": (CHECKS, AREA, "", -2, "the class has no docstring"),
    "no such exercise before": (CHECKS, 'needs=("cross",)', 'needs=("scale",)', 0, "it needs 'scale'"),
    "a command's name": (
        CHECKS,
        '@exercise("cross",',
        '@exercise("hint", answers=("cross",),',
        0,
        "`grade hint` means something else",
    ),
    "a unit's name": (CHECKS, '@exercise("cross",', '@exercise("u02", answers=("cross",),', 0, "`grade u02` means"),
    "a name in capitals": (CHECKS, '@exercise("cross",', '@exercise("Cross", answers=("cross",),', 0, "can be typed"),
    "a name used twice": (
        CHECKS,
        '@exercise("cross",',
        '@exercise("scale", answers=("cross",),',
        40,
        "declared at line 14 already",
    ),
    "a class that pytest overlooks": (CHECKS, "class TestCross", "class Crosses", 0, "begin its name with `Test`"),
    "points of a hidden exercise": (
        HIDDEN,
        '@exercise("area")',
        '@exercise("area", points=2)',
        0,
        "leave them out here",
    ),
    "a hidden exercise of no name": (HIDDEN, '@exercise("area")', '@exercise("aria")', 0, "has no exercise 'aria'"),
    "a check without words": (
        CHECKS,
        "        close(learner.cross((1",
        "        assert 1\n        close(learner.cross((1",
        0,
        "in words",
    ),
    "a long check": (
        CHECKS,
        '"""any two corners"""',
        '"""any two corners"""\n' + "        a = 1\n" * 22,
        -1,
        "has 26 lines, more than 25",
    ),
    "a long title": (CHECKS, "any two corners", "x" * 101, -1, "101 characters, more than 100"),
    "a title used twice": (
        CHECKS,
        "any two corners",
        "of the two unit vectors it is 1",
        -1,
        "a second check with the title",
    ),
    "a check used twice": (CHECKS, "def test_triangle", "def test_clockwise", 4, "a second check test_clockwise"),
    "a check used twice, once hidden": (
        HIDDEN,
        "def test_many_corners",
        "def test_triangle",
        0,
        "a second check test_triangle",
    ),
    "no such oracle": (
        CHECKS,
        "oracle.cross(a, b)",
        "oracle.crosses(a, b)",
        0,
        "write `def crosses` in oracles/u01_area.py",
    ),
    "no such prop": (CHECKS, "props.corners_after_scaling", "props.after", 0, "write `def after` in props/u01_area.py"),
    "a misconception of nothing": (
        WRONG,
        '"cross", says="Your two products',
        '"crosss", says="Your two products',
        0,
        "no exercise 'crosss'. Is 'cross' meant?",
    ),
    "a misconception without words": (
        WRONG,
        'says="Your two products are added; a cross product is a difference."',
        'says=" "',
        0,
        'give it says="..."',
    ),
    "a misconception in no place": (
        SCALE_WRONG,
        'replaces="Polygon.__rmul__"',
        'replaces="Polygon.__rmull__"',
        0,
        "the solution has no Polygon.__rmull__; Polygon.__rmul__ is there",
    ),
    "a misconception that another exercise shows": (
        WRONG,
        '"cross", says="Your two products',
        '"cross", also=("crosss",), says="Your two products',
        0,
        "has no exercise 'crosss': correct `also`",
    ),
    "a misconception of one of two answers": (
        SCALE_WRONG,
        'replaces="Polygon.__rmul__", ',
        "",
        0,
        "say what it replaces",
    ),
    "a misconception with the solution's name": (WRONG, "def adds_the_products", "def cross", 0, "would replace it"),
    "a misconception used twice": (
        WRONG,
        "def turned_round",
        "def adds_the_products",
        0,
        "adds_the_products is defined at line 7",
    ),
    "a misconception of another exercise": (
        WRONG,
        '"cross", says="Your two products',
        '"area", says="Your two products',
        0,
        "adds_the_products: move it to area.py beside this file.",
    ),
    "a misconception with the name of another exercise's": (
        AREA_WRONG,
        "def keeps_the_sign",
        "def turned_round",
        0,
        "turned_round is in cross.py, too: give it another name.",
    ),
    "a misconception that passes": (
        WRONG,
        "return a[0] * b[1] + a[1] * b[0]",
        "return -(a[1] * b[0] - a[0] * b[1])",
        -1,
        "adds_the_products: no check fails on it",
    ),
    "a mechanism that a few answers cannot prove": (
        WRONG,
        "return a[0] * b[1] + a[1] * b[0]",
        "return 0.0",
        -1,
        "proves too little for a mechanism",
    ),
    "two alike": (
        WRONG,
        "return a[1] * b[0] - a[0] * b[1]",
        "return sum((a[0] * b[1], b[0] * a[1]))",
        -1,
        "turned_round: no check tells it from adds_the_products of line 7",
    ),
    "a misconception that does not run": (
        AREA_WRONG,
        "class TwiceTheArea(Polygon)",
        "class TwiceTheArea(Polygone)",
        -1,
        "the solution has no Polygone; Polygon is there",
    ),
    "a misconception that does not parse": (
        WRONG,
        "def turned_round(a, b):",
        "def turned_round(a, b:",
        0,
        "was never closed",
    ),
    "a check without a docstring": (
        CHECKS,
        '        """order decides the sign"""\n',
        "",
        -1,
        "test_order_decides_the_sign has no docstring: say on one line what is claimed.",
    ),
    "no UNIT": (
        CHECKS,
        'UNIT = {"title": "Areas", "lecture": "", "libraries": [], "forbid": ["statistics.*"]}\n',
        "",
        (CHECKS, 1),
        'there is no UNIT: write UNIT = {"title"',
    ),
    "a key that UNIT does not have": (
        CHECKS,
        '"forbid": ["st',
        '\n    "forbids": ["st',
        1,
        "in UNIT there is no 'forbids'. Is 'forbid' meant?",
    ),
    "a library that is no list": (
        CHECKS,
        '"libraries": []',
        '"libraries": "numpy"',
        0,
        "libraries of UNIT must be a list of names, not 'numpy'.",
    ),
    "a library that is not installed": (CHECKS, '"libraries": []', '"libraries": ["nunpy"]', 0, "library 'nunpy'"),
    "a UNIT among the hidden checks": (HIDDEN, '@exercise("area")', 'UNIT = {}\n@exercise("area")', 0, "take it out"),
    "a library that UNIT does not name": (
        SOLUTION,
        "import math\n",
        "import math\n\nimport numpy as np\n",
        2,
        'numpy is imported here, and UNIT does not name it: "libraries": ["numpy"].',
    ),
    "a generator that the unit does not have": (
        CHECKS,
        "[(rng.uniform(-3, 3), rng.uniform(-3, 3)) for _ in range(count)]",
        "rng.normal(size=(count, 2))",
        0,
        "`rng` is Python's random.Random in this unit and has no `normal`",
    ),
    "a key that @exercise does not have": (
        CHECKS,
        '"cross", points=3',
        '"cross", point=3',
        0,
        "in @exercise there is no 'point'. Is 'points' meant?",
    ),
    "a limit that is no number": (CHECKS, '"cross", points=3', '"cross", points=3, cpu="1"', 0, "more than 0: not '1'"),
    "an argument that no check has": (
        CHECKS,
        "def test_order_decides_the_sign(self, learner, rng)",
        "def test_order_decides_the_sign(self, learner, rng, oracles)",
        0,
        "test_order_decides_the_sign asks for 'oracles'; a check can have learner, oracle, props, rng",
    ),
    "a key that @misconception does not have": (
        SCALE_WRONG,
        'replaces="Polygon.__mul__", says="Only',
        'replace="Polygon.__mul__", says="Only',
        0,
        "in @misconception there is no 'replace'. Is 'replaces' meant?",
    ),
    "a misconception with a name that nobody defines": (
        WRONG,
        "return a[0] * b[1] + a[1] * b[0]",
        "return a[0] * b[1] + undefined * b[0]",
        0,
        "adds_the_products does not run, NameError: name 'undefined' is not defined",
    ),
    "a misconception that takes from a module what it has not": (
        WRONG,
        "return a[0] * b[1] + a[1] * b[0]",
        "return math.summ(a) + b[0]",
        0,
        "adds_the_products does not run, AttributeError: module 'math' has no attribute 'summ'",
    ),
    "a misconception that takes other arguments": (
        WRONG,
        "def adds_the_products(a, b):\n    return a[0] * b[1] + a[1] * b[0]",
        "def adds_the_products(a):\n    return a[0]",
        0,
        "adds_the_products does not run, TypeError: ",
    ),
    "a misconception that calls what it replaces": (
        WRONG,
        "return a[0] * b[1] + a[1] * b[0]",
        "return -cross(a, b)",
        0,
        "(it has the place of the function that it calls, and so it calls itself)",
    ),
    "a check that the stub passes": (
        CHECKS,
        "close(learner.cross((1.0, 0.0), (0.0, 1.0)), 1.0",
        "close(1.0, 1.0",
        -2,
        "the untouched stub passes this check",
    ),
    "a check that does not run": (
        CHECKS,
        "a, b = corners_of(rng, 2)\n            close",
        "a, b = 1\n            close",
        0,
        "TypeError",
    ),
    "a check file that does not load": (CHECKS, "import pytest\n", "import pytestt\n", 0, "do not load"),
    "an oracle that does not run": (
        "checks/oracles/u01_area.py",
        "return (complex",
        "return (complexx",
        0,
        "complexx",
    ),
}
WITH_CONSEQUENCES = {  # where other parts of the unit no longer fit, and that is found, too
    "an answer that is not there",
    "an answer that is given",
    "answers that are no tuple",
    "a command's name",
    "a unit's name",
    "a name in capitals",
    "a name used twice",
    "a misconception used twice",
    "a misconception of another exercise",
    "a misconception with the name of another exercise's",
    "a misconception that does not run",
    "no such oracle",
    "no such prop",
    "a key that @misconception does not have",
    "a misconception with a name that nobody defines",
    "a misconception that takes from a module what it has not",
    "a misconception that takes other arguments",
    "a misconception that calls what it replaces",
    "no such exercise before",
}


@pytest.mark.parametrize("name", EDITS)
def test_a_planted_break_is_found_at_its_line(copy, name):
    file, old, new, offset, words = EDITS[name]
    line = copy.edit(file, old, new)
    place = offset if isinstance(offset, tuple) else (file, line + offset)
    found = copy.audit()
    assert copy.places([one for one in found if words in one.message]) == [place], found
    assert len(found) == 1 or name in WITH_CONSEQUENCES, found


def test_a_misconception_that_raises_on_purpose_is_left_alone(copy):
    copy.edit(WRONG, '"cross", says="Your two', '"cross", symptom=True, says="Your two')
    for raised in ('raise ValueError("no corners")', "return [a, b][2]", "return None + a[0]"):
        line = "return a[0] * b[1] + a[1] * b[0]"
        copy.edit(WRONG, line, raised)
        assert not [one for one in copy.audit() if "does not run" in one.message]
        copy.edit(WRONG, raised, line)


def test_what_misconceptions_warn_of_is_not_shown(copy, grade):
    said = 'import warnings; warnings.warn("loud", RuntimeWarning); return a[0] * b[1] + a[1] * b[0]'
    copy.edit(WRONG, "return a[0] * b[1] + a[1] * b[0]", said)
    assert grade("audit", "u01")[2] == ""


SETTINGS = {
    "an unknown key": ("seeds = 1", 3, "in [tool.grader] there is no 'seeds'. Is 'seed' meant?"),
    "a seed that is no number": ('seed = "7"', 3, "[tool.grader] seed must be a whole number, not '7'."),
    "another kind of edges": ('edges = "none"', None, "edges is 'none'"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_nobody_reads_are_refused(copy, grade, name):
    setting, line, words = SETTINGS[name]
    copy.write("pyproject.toml", f"[tool.grader]\nformat = 1\n{setting}\n[tool.other]\nseeds = 2\n")
    code, _, said = grade("audit")
    assert code == 2
    assert words in " ".join(said.split())
    assert line is None or f"pyproject.toml:{line}:" in said
