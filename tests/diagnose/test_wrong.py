"""Twenty wrong programs, written from the catalogue's signatures alone, by somebody who saw no misconception.

Each says what is wrong with it. What a learner is told is in golden files; whoever changes them reads both and asks
whether the cause is true. Silence is no fault, a false cause is.
"""

import ast
from pathlib import Path

import pytest

from grader.model import Outcome

WRONG = Path(__file__).parent / "wrong"
PROGRAMS = sorted(WRONG.glob("*/*.py"))


def facts_of(path):
    """Return the texts that a program declares: which exercise it answers, and what is wrong with it."""
    nodes = [node for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.Assign)]
    names = [(node, getattr(node.targets[0], "id", "")) for node in nodes]
    return {name: ast.literal_eval(node.value) for node, name in names if name in ("EXERCISE", "TRUE")}


def told(exercise, truth):
    lines = [f"In truth {truth}.", ""]
    shown = exercise.first_failure or next(iter(exercise.open_edges))
    for check in exercise.checks:
        if check.cause is not None:
            first = "" if check is shown else " (not the first that fails)"
            lines += [f"{check.id}{first}", check.cause.says, *(f"  {line}" for line in check.cause.evidence)]
            lines += [f"Try: {check.cause.advice}"] if check.cause.advice else []
    return "\n".join([*lines, ""] if lines[2:] else [*lines, "Nothing is said.", ""])


def test_there_are_twenty():
    assert len(PROGRAMS) == 20


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_false_cause(graded, golden, path):
    facts = facts_of(path)
    exercise = graded(f"{path.parent.name}.{facts['EXERCISE']}", path.read_text("utf-8"))
    assert exercise.outcome is not Outcome.PASS or exercise.open_edges
    golden(f"diagnose/{path.parent.name}/{path.stem}.txt", told(exercise, facts["TRUE"]))


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    "name", ["u01/toll_on_average", "u05/bias_over_columns", "u05/first_place_only", "u05/times_n"]
)
def test_a_cause_is_said_in_chinese(graded, golden, name):
    path = WRONG / f"{name}.py"
    facts = facts_of(path)
    exercise = graded(f"{path.parent.name}.{facts['EXERCISE']}", path.read_text("utf-8"))
    golden(f"diagnose/zh/{name}.txt", told(exercise, facts["TRUE"]))
