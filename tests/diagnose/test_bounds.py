"""What the diagnosis must not do: cost a right answer anything, tell of hidden checks, change what comes after it."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.model import Outcome
from grader.session import Session

TINY = Path(__file__).parents[1] / "tiny"
CHECKS = """
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("double", points=1)
class TestDouble:
    \"\"\"Twice a number.\"\"\"

    def test_some(self, learner):
        close([learner.double(x) for x in (3.0, 5.0, 6.5)], [6.0, 10.0, 13.0], "twice 3, 5 and 6.5")


@exercise("triple", points=1)
class TestTriple:
    \"\"\"Three times a number.\"\"\"

    def test_some(self, learner):
        close([learner.triple(x) for x in (3.0, 5.0, 6.5)], [9.0, 15.0, 19.5], "three times 3, 5 and 6.5")
"""
HIDDEN = """
from grader import close, exercise


@exercise("double")
class TestDouble:
    def test_secret(self, learner):
        close([learner.double(x) for x in (103.0, 105.0, 123.5)], [206.0, 210.0, 247.0], "a secret")
"""
SOLUTION = "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"


@pytest.fixture(scope="module")
def made(course_of):
    course = course_of(CHECKS, SOLUTION)
    hidden = course.root / "checks" / "hidden" / "test_u01_made.py"
    hidden.parent.mkdir()
    hidden.write_text(HIDDEN, "utf-8")
    with Session(type(course).find(course.root)) as opened:
        yield opened


def causes(report):
    return [check.cause.says for exercise in report.exercises for check in exercise.checks if check.cause]


def test_where_nothing_fails_nothing_of_it_is_loaded():
    code = (
        "import sys; from pathlib import Path; from grader.course.course import Course\n"
        "from grader.session import grade\n"
        f"root = Path({str(TINY)!r})\n"
        "report = grade(Course.find(root), submission=root / 'submissions' / 'right')\n"
        "print(report.exit_code, any(name.startswith('grader.diagnose') for name in sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["0", "False"]


def test_what_only_a_hidden_check_sees_is_not_explained(made, grade):
    report = grade(made, SOLUTION + "\ndef double(x):\n    return 2 * x if x in (3.0, 5.0, 6.5) else x\n")
    failed = [check for exercise in report.exercises for check in exercise.checks if check.outcome is not Outcome.PASS]
    assert [(check.hidden, check.cause) for check in failed] == [(True, None)]


def test_a_hidden_check_is_no_evidence(made, grade):
    """It fails as well, and asks the same function: still its numbers are not looked at."""
    report = grade(made, SOLUTION + "\ndef double(x):\n    return x\n")
    assert causes(report) == ["twice 3, 5 and 6.5: yours is exactly half of the expected one."]
    shown = [line for check in report.exercises[0].checks if check.cause for line in check.cause.evidence]
    assert shown
    assert not any("247" in line or "123.5" in line or "secret" in line for line in shown)


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "while True: pass", "raise SystemExit"])
def test_code_that_does_not_survive_more_questions_keeps_its_verdict_and_harms_no_other_exercise(made, grade, end):
    code = f"asked = []\ndef double(x):\n    asked.append(x)\n    if len(asked) > 7:\n        {end}\n    return 3 * x\n"
    report = grade(made, SOLUTION + "\n" + code, timeout=0.5)
    assert [exercise.outcome for exercise in report.exercises] == [Outcome.FAIL, Outcome.PASS]


def test_code_that_remembers_is_told_so(made, grade):
    code = "seen = []\ndef double(x):\n    seen.append(x)\n    return 2.0 * sum(seen)\n"
    report = grade(made, SOLUTION + "\n" + code)
    assert causes(report) == ["twice 3, 5 and 6.5: asked the very same again, yours is another one."]
