"""Programs that lure a false sentence: what each says of itself in its first lines must hold of its report.

Below `tests/diagnose/lures/uNN/` a file is one wrong answer, a few lines that stand below the solution and replace
names of it. It begins with comments:

    # exercise: tanh_sigmoid      the exercise that it answers, of the folder's unit
    # true: a cut-off at -30      what is wrong with it, for whoever reads
    # not: Written with tanh      words that its report must not have; any number of these lines
    # why: a cut-off              words that a cause must have; any number of these lines

A program of the two kinds at once, told from one that only looks like it, is worth two files.
"""

import re
from pathlib import Path

import pytest

from grader.model import UNDONE

LURES = Path(__file__).parent / "lures"
PROGRAMS = sorted(LURES.glob("*/*.py"))
FACT = re.compile(r"# (exercise|true|not|why): (.+)")


def facts_of(text):
    """Return what the first lines say, as lists by word; they end with the first line that says nothing."""
    facts = {"exercise": [], "true": [], "not": [], "why": []}
    for line in text.splitlines():
        match = FACT.fullmatch(line.rstrip())
        if match is None:
            break
        facts[match[1]].append(match[2])
    return facts


def said(exercise):
    """Return all that a report says of an exercise, and of that what is said as a cause."""
    causes, rest = [], []
    for check in exercise.checks:
        if check.cause is not None:
            causes += [check.cause.says, *check.cause.evidence, check.cause.advice]
        rest += [check.message, check.mismatch.label if check.mismatch else ""]
    return "\n".join([*causes, *rest]), "\n".join(causes)


def test_each_program_says_what_it_is():
    unfit = [path.name for path in PROGRAMS if not _fit(facts_of(path.read_text("utf-8")))]
    assert unfit == []


def _fit(facts):
    return len(facts["exercise"]) == 1 and facts["true"] and (facts["not"] or facts["why"])


@pytest.mark.every(3)
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_false_is_said(graded, path):
    text = path.read_text("utf-8")
    facts = facts_of(text)
    exercise = graded(f"{path.parent.name}.{facts['exercise'][0]}", text)
    assert any(check.outcome not in UNDONE for check in exercise.checks), "a lure is a wrong answer"
    everything, causes = said(exercise)
    assert [words for words in facts["not"] if words in everything] == []
    assert [words for words in facts["why"] if words not in causes] == [], causes or "no cause is said"
