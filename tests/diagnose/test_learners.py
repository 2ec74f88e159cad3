"""Wrong answers as learners write them, of every kind that a lecture invites: each fails, and is told why.

The programs stand in `learners/`, one file a unit, one cell a program: a line `# %% exercise: what is wrong`, under it
`# said: ...` where something true is said of the check that the report shows, the misconception's name or the sentence
of a relation, then the code. Each stands below the lecture's program of its unit, if there is one. `python -m
bench.learners` prints what is said of them.
"""

import pytest

from bench.learners import BASE, PROGRAMS, cells
from grader.model import UNDONE

SAID = "# said: "
ALL = [(path.stem, *cell) for path in sorted(PROGRAMS.glob("u*.py")) for cell in cells(path.read_text("utf-8"))]


def expected(code):
    """Return what is said of a program; empty where nothing is."""
    return code.partition("\n")[0].removeprefix(SAID) if code.startswith(SAID) else ""


def test_four_of_five_are_told_why():
    told = [cell for cell in ALL if expected(cell[3])]
    assert len(ALL) >= 60
    assert len(told) >= 0.8 * len(ALL)


@pytest.mark.every(12)
@pytest.mark.parametrize("cell", [pytest.param(one, id=f"{one[0]}-{index}") for index, one in enumerate(ALL)])
def test_it_fails_and_is_told_why(graded, units, cell):
    key, name, _, code = cell
    base = units[key].bases.get(BASE)
    exercise = graded(f"{key}.{name}", f"{base.read_text('utf-8') if base else ''}\n\n{code}")
    assert any(check.outcome not in UNDONE for check in exercise.checks)
    shown = exercise.first_failure or next(iter(exercise.open_edges))
    said = shown.cause.misconception or shown.cause.says if shown.cause else ""
    assert said == expected(code)


def test_the_order_of_a_set_is_seen_by_every_check_that_has_equals(graded):
    """Workers hash texts alike in each run; no check may rest on it that a set's first is the first that was seen."""
    code = next(code for _, _, wrong, code in ALL if "order of a set" in wrong)
    ended = {check.id: check.outcome for check in graded("u09.train_bpe", code).checks}
    assert not any(ended[name] in UNDONE for name in ("test_ties", "test_counts_change", "test_any_text"))
