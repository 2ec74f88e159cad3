"""A whole run: what holds for all its units, and what is left of it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.model import Outcome
from grader.running.job import Options
from grader.session import Session
from grader.worker.host.isolation import LEVELS, Isolation

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def right(tiny):
    """A right submission to the tiny course, to be spoilt: change a line of one of its files."""
    folder = tiny.root / "mine"
    shutil.copytree(tiny.root / "submissions" / "right", folder)

    def change(name, old, new):
        source = (folder / name).read_text("utf-8")
        assert old in source
        (folder / name).write_text(source.replace(old, new, 1), "utf-8")
        return folder

    return change


def outcomes(report):
    return {exercise.id: str(exercise.outcome) for exercise in report.exercises}


@pytest.mark.parametrize(
    "levels", [(), ("confined",), ("confined", "process"), ("process", "confined"), ("split",) * 2]
)
def test_the_lowest_level_is_the_reports(tiny, levels):
    with Session(tiny) as session:
        session._isolation = dict(enumerate(map(Isolation, levels)))
        assert session.level == min(levels, default="split", key=LEVELS.index)


def test_all_units_of_a_submission_are_paid_from_one_purse(tiny, right):
    folder = right("u01_area.py", "import ", "import time\nwhile time.process_time() < 1.0:\n    pass\nimport ")
    with Session(tiny) as session:
        report = session.grade(submission=folder, options=Options(total=0.5))
        assert session.grade(submission=folder).exit_code == 0
    assert report.exercises[0].checks[0].outcome is Outcome.PASS
    says = "Not run: the 0.5 s of computing for one submission were used up before."
    checks = report.units[1].exercises[0].checks
    assert {(check.outcome, check.message) for check in checks} == {(Outcome.TIMEOUT, says)}


def test_a_rule_of_an_exercise_is_about_its_answers(tiny, right):
    """`scale` forbids copy.deepcopy; `cross` may use it."""
    line = "    (ax, ay), (bx, by) = "
    folder = right("u01_area.py", line, f"    import copy\n    copy.deepcopy(a)\n{line}")
    with Session(tiny) as session:
        assert outcomes(session.grade(submission=folder))["u01.cross"] == "pass"
        assert outcomes(session.grade(submission=folder))["u01.scale"] == "pass"


def test_a_session_that_is_closed_leaves_no_process(tiny):
    with Session(tiny) as session:
        session.grade(submission=tiny.root / "submissions" / "right")
        zygotes = [session.launcher(unit)._process for unit in tiny.units]
        assert [zygote.poll() for zygote in zygotes] == [None] * len(zygotes)
    assert None not in [zygote.poll() for zygote in zygotes]


DUMPABLE = """
import ctypes, sys
from pathlib import Path
from grader.course.course import Course
from grader.session import Session

ask = lambda: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
before = ask()
Session(Course.find(Path(sys.argv[1])))
print(before, ask())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl")
def test_nobody_else_may_read_the_memory_of_a_grader(tiny):
    ran = subprocess.run(
        [sys.executable, "-c", DUMPABLE, tiny.root], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["1", "0"]
