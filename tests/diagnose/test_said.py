"""What a diagnosis and a report may not do: ask slow code for ever, load what nobody needs, take a fault for a pass."""

import subprocess
import sys
from pathlib import Path

from grader.model import Outcome

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
