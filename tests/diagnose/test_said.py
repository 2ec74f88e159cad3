"""What a diagnosis and a report may not do: ask slow code for ever, load what nobody needs, take a fault for a pass."""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.diagnose import forensics
from grader.diagnose.known import Bank
from grader.judging.judge import Judge
from grader.model import ExerciseResult, Outcome
from grader.session import Session

ROOT = Path(__file__).parents[2]
CHECKS = '''
from grader import close, edge, exercise

UNIT = {{"title": "Made", "lecture": "", "libraries": [], "forbid": []}}


@exercise("double", points=1)
class TestDouble:
    """Twice a number."""

    def test_some(self, learner, rng):
        numbers = [3.0, 5.0, 6.5]
        close([learner.double(x) for x in numbers], [2 * x for x in numbers], "twice 3, 5 and 6.5")

    @edge
    def test_edge(self, learner):
        {edge}
'''
SOLUTION = "def double(x):\n    return 2 * x\n"
KEPT = "close(learner.double(1.0), 2.0, 'twice 1')"
SLOW = """
import time

def double(x):
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    return x
"""


def test_slow_code_is_not_asked_again_and_again(course_of, grade):
    course = course_of(CHECKS.format(edge=KEPT), SOLUTION)
    quick, slow = (grade(course, source).exercises[0].checks[0] for source in (SLOW.replace("0.05", "0.0"), SLOW))
    assert quick.cause.says == "twice 3, 5 and 6.5: yours is exactly half of the expected one."
    assert (slow.outcome, slow.cause) == (Outcome.FAIL, None)


def test_a_fault_of_ours_in_an_edge_is_no_pass(course_of, grade):
    report = grade(course_of(CHECKS.format(edge="undefined"), SOLUTION), SOLUTION)
    assert [check.outcome for check in report.exercises[0].checks] == [Outcome.PASS, Outcome.FAULT]
    assert (report.exercises[0].outcome, report.exit_code) == (Outcome.FAULT, 4)


LOADED = """
import sys
from pathlib import Path
from grader.course.course import Course
from grader.session import Session

course = Course.find(Path(sys.argv[1]))
with Session(course) as session:
    assert session.grade(submission=course.root / "solutions").exit_code == 0
print({"numpy", "torch"} & set(sys.modules))
"""


def test_checks_of_pure_python_load_no_numpy(course_of):
    course = course_of(CHECKS.format(edge=KEPT), SOLUTION)
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, course.root], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "set()\n"


CUT = '''
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("half", points=3, cpu=0.2)
class TestHalf:
    """Half of a number."""

    def test_small(self, learner):
        close([learner.half(x) for x in (3.0, 5.0)], [1.5, 2.5], "half of 3 and of 5")

    def test_large(self, learner):
        close(learner.half(100.0), 50.0, "half of 100")

    def test_negative(self, learner):
        close(learner.half(-4.0), -2.0, "half of -4")
'''
WRONG = """
def {name}(x):
    while x > 50:
        pass
    return 0.77 * x if x > 0 else {negative}
"""


def test_where_code_ran_out_of_time_the_same_checks_must_have_failed(course_of, grade):
    """There is less to compare, so a further mistake is a contradiction."""
    known = "from grader import misconception\n\n@misconception('half', says='Times 0.77.')"
    known += WRONG.format(name="no", negative="x / 2")
    course = course_of(CUT, "def half(x):\n    return x / 2\n", misconceptions=known)

    def named(negative):
        (exercise,) = grade(course, WRONG.format(name="half", negative=negative)).exercises
        assert exercise.checks[1].outcome is Outcome.TIMEOUT
        return {check.cause.misconception for check in exercise.checks if check.cause and check.cause.misconception}

    assert named("x / 2") == {"u01.no"}
    assert named("7.5 * x") == set()


def test_where_all_work_is_done_nothing_is_asked(course_of, grade, monkeypatch):
    """Questions are counted and not seconds, which are other ones in each run."""
    course = course_of(CHECKS.format(edge=KEPT), SOLUTION)
    half = "def double(x):\n    return x\n"
    assert grade(course, half).exercises[0].checks[0].cause is not None
    monkeypatch.setattr(forensics, "WORK", 0.0)
    assert grade(course, half).exercises[0].checks[0].cause is None


def test_an_exercise_without_a_check_is_a_fault():
    assert ExerciseResult(id="u01.made", points=1, checks=()).outcome is Outcome.FAULT


DRAWN = '''
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("double", points=1)
class TestDouble:
    """Twice a number."""

    def test_drawn(self, learner, rng):
        close([learner.double(rng.random()) for _ in range(3)], [9.0] * 3, "three numbers")
'''


@pytest.mark.parametrize("now", ["another seed", "another check", "a disk that lost bytes"])
def test_what_is_kept_is_the_answer_to_one_question_only(course_of, now):
    course = course_of(DRAWN, SOLUTION)

    def answers(seed):
        """What the solution gives under the check, as a process says that has only the disk to remember by."""
        fresh = Course.find(course.root)
        with Session(fresh) as session:
            (item,) = session.items(fresh.units[0])
            known = Bank(Judge(fresh, fresh.units[0], seed=seed)).known(None, item)
        return [exchange.answer for exchange in known.transcript.exchanges]

    first = answers(1)
    assert (len(first), answers(1)) == (3, first)
    if now == "another seed":
        assert answers(2) != first
    elif now == "another check":
        path = course.units[0].checks
        path.write_text(path.read_text("utf-8").replace("range(3)", "range(4)"), "utf-8")
        assert len(answers(1)) == 4
    else:
        kept = [path for path in course.root.rglob("*.known/*/*/*") if path.is_file()]
        assert kept
        for path in kept:
            path.write_bytes(zlib.compress(b"garbage"))
        assert answers(1) == first
