"""How a check can end, what is still there afterwards, and what a worker, a run and an exercise give it."""

import os
import re
import sys
from pathlib import Path

import pytest

from grader.errors import GraderFault
from grader.judging import candidate
from grader.judging.candidate import Learner
from grader.judging.judge import Judge
from grader.model import Outcome
from grader.session import Session
from grader.submission.files import Folder

CHECKS = '''
from grader import close, exercise

UNIT = {{"title": "Made", "lecture": "", "libraries": [], "forbid": {forbid}{unit}}}


@exercise("half", points=3{options})
class TestHalf:
    """Half of a number."""

    def test_first(self, learner):
        close(learner.half(2.0), 1.0, "half(2)")

    def test_second(self, learner):
        close(learner.half(4.0), 2.0, "half(4)")

    def test_third(self, learner):
        {third}
'''
SOLUTION = "def half(x):\n    return x / 2\n"
# The first time that it is asked something happens; a worker of its own has not been asked before.
ONCE = """import os
asked = []

def half(x):
    asked.append(x)
    if x == 2.0:
        {does}
    return len(asked)
"""


def checks(third="close(learner.half(6.0), 3.0, 'half(6)')", *, forbid=(), options="", unit=""):
    return CHECKS.format(third=third, forbid=[*forbid], options=options, unit=unit)


@pytest.fixture(scope="module")
def halves(course_of):
    with Session(course_of(checks(), SOLUTION)) as session:
        yield session


def ends(report):
    return [str(check.outcome) for check in report.exercises[0].checks]


DEATHS = {
    "ends": ("os._exit(0)", Outcome.CRASH),
    "loops": ("while True: pass", Outcome.TIMEOUT),
    "hoards": ("asked.extend(bytes(1 << 20) * 1000 for _ in range(1000))", Outcome.MEMORY),
    "prints": ("[print('x' * 100_000) for _ in range(1000)]", Outcome.ERROR),
}


@pytest.mark.parametrize("name", DEATHS)
def test_after_a_death_the_next_check_has_a_worker_of_its_own(halves, grade, name):
    does, outcome = DEATHS[name]
    first, second, third = grade(halves, ONCE.format(does=does), timeout=0.5).exercises[0].checks
    assert first.outcome is outcome
    assert second.mismatch.yours == "1"  # asked for the first time
    assert third.mismatch.yours == "2"  # by the same worker


def test_a_forged_answer_is_a_crash_and_ends_its_worker(halves, grade):
    does = "os.write(3, b'\\x05\\x00\\x00\\x00AAAAA')"
    first, second, _ = grade(halves, ONCE.format(does=does)).exercises[0].checks
    assert first.outcome is Outcome.CRASH
    assert "What came back was not an answer" in first.message
    assert second.mismatch.yours == "1"


@pytest.mark.parametrize("third", ["raise SystemExit", "raise GeneratorExit", "import pytest; pytest.skip('no')"])
def test_whatever_a_check_raises_of_its_own_is_a_fault_of_that_check_alone(course_of, grade, third):
    report = grade(course_of(checks(third), SOLUTION), SOLUTION)
    assert ends(report) == ["pass", "pass", "fault"]
    assert report.exit_code == 4


def test_an_interruption_is_no_verdict(course_of, grade):
    with pytest.raises(KeyboardInterrupt):
        grade(course_of(checks("raise KeyboardInterrupt"), SOLUTION), SOLUTION)


def test_a_tool_that_cannot_be_taken_away_is_our_fault(course_of, grade):
    """Such as a method that is Python's own: no line of the learner's has been read by then."""
    with pytest.raises(GraderFault, match=r"u01\.half forbids could not be taken away"):
        grade(course_of(checks(forbid=["builtins.int.bit_length"]), SOLUTION), SOLUTION)


def test_a_file_that_does_not_load_is_loaded_once(course_of, tmp_path):
    with Session(course_of(checks(), SOLUTION)) as session:
        unit = session.course.units[0]
        (tmp_path / f"{unit.name}.py").write_text("1 / 0\n", "utf-8")
        launcher = session.launcher(unit)
        learner = Learner.of(unit, Folder(tmp_path), launcher)
        judge, items = Judge(session.course, unit), session.items(unit)
        before = launcher._count
        verdicts = [judge.check(item, learner, learner.scanned).result for item in items]
        learner.close()
        assert launcher._count == before + 1
    assert {verdict.outcome for verdict in verdicts} == {Outcome.ERROR}
    assert all(verdict.unloaded for verdict in verdicts)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_learner_who_is_done_leaves_no_worker(halves, tmp_path):
    unit = halves.course.units[0]
    (tmp_path / f"{unit.name}.py").write_text(SOLUTION, "utf-8")
    learner = Learner.of(unit, Folder(tmp_path), halves.launcher(unit))
    Judge(halves.course, unit).check(halves.items(unit)[0], learner)
    process = learner._process
    assert Path(f"/proc/{process.pid}").exists()
    learner.close()
    assert process.ended is not None
    halves.launcher(unit)._line.hear_all()  # nobody waited for the zygote's answer
    assert not Path(f"/proc/{process.pid}").exists()


SLOW = """
import time
from grader import misconception

@misconception("half", says="No.")
def no(x):
    until = time.process_time() + 2
    while time.process_time() < until:
        pass
    return x
"""
LOOPS = "def half(x):\n    while True:\n        pass\n"


def test_a_run_can_give_less_time(halves, grade):
    first = grade(halves, LOOPS, timeout=0.2).exercises[0].checks[0]
    assert first.message == "Stopped after 0.2 s of computing."


def test_an_exercise_can_give_less_time(course_of, grade):
    course = course_of(checks(options=", cpu=0.2"), SOLUTION, misconceptions=SLOW)
    with Session(course) as session:
        first = grade(session, LOOPS).exercises[0].checks[0]
        assert first.message == "Stopped after 0.2 s of computing."
        assert ends(session.grade_ours(misconception="u01.no"))[:2] == ["timeout", "timeout"]


def test_importing_a_file_may_take_as_long_as_a_check_of_the_run(halves, grade):
    report = grade(halves, "while True:\n    pass\n", timeout=0.5)
    assert ends(report) == ["timeout"] * 3
    says = "Stopped after (1 s of computing|5 s: it was waiting, not computing)."  # where all processors are taken
    assert re.match(says, report.exercises[0].checks[0].message)


def test_a_worker_has_so_much_memory_and_no_more(halves, grade):
    report = grade(halves, "def half(x):\n    return len(bytes(int(x / 2 * (1 << 30)))) / (1 << 30)\n")
    assert ends(report) == ["memory"] * 3
    assert grade(halves, SOLUTION + "LARGE = bytes(200 << 20)\n").exit_code == 0


def test_what_ours_write_is_not_kept(course_of, tmp_path, monkeypatch):
    """A unit may write into its scratch folder; ours do in one that is gone afterwards."""
    solution = "from pathlib import Path\n\ndef half(x):\n    Path('note').write_text('x')\n    return x / 2\n"
    course = course_of(checks(unit=', "scratch": True'), solution)
    monkeypatch.chdir(tmp_path)
    with Session(course) as session:
        assert session.grade_ours().exit_code == 0
    assert Path.cwd() == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_solution_that_was_edited_is_the_one_that_is_asked(course_of):
    course = course_of(checks(), SOLUTION)
    path = course.units[0].solution
    with Session(course) as session:
        assert session.grade_ours().exit_code == 0
        path.write_text(SOLUTION.replace("/ 2", "/ 4"), "utf-8")
        os.utime(path, (1, 1))  # as an unpacked archive has it
        assert session.grade_ours().exit_code == 1


# What is asked beside the verdict, such as which functions ran, may end as badly as any check: the verdict stands.

TAKEN_OVER = """
import gc

server = next(one for one in gc.get_objects() if type(one).__name__ == "Worker")
cycle = []
cycle.append(cycle)

def half(x):
    return x

{does}
"""
ASKED_ASIDE = {
    "refuses to say what ran": "server.op_ran = lambda: cycle",
    "raises when asked what ran": "server.op_ran = lambda: 1 / 0",
    "says nonsense of what ran": "server.op_ran = lambda: [7, None, 'half', ['half'], 'x' * 100_000]",
    "refuses to be watched": "server.op_watch = lambda: cycle",
}


@pytest.mark.parametrize("name", ASKED_ASIDE)
def test_whoever_answers_oddly_beside_a_check_has_the_verdict_of_the_check(halves, grade, name):
    report = grade(halves, TAKEN_OVER.format(does=ASKED_ASIDE[name]))
    assert ends(report) == ["fail"] * 3


def test_whoever_refuses_to_say_that_a_file_was_loaded_has_not_loaded_it(halves, grade):
    does = "real = server._encode\nserver._encode = lambda _answer: real(['refused', 'no'])"
    report = grade(halves, TAKEN_OVER.format(does=does))
    assert ends(report) == ["crash"] * 3
    assert all(check.unloaded for check in report.exercises[0].checks)


def test_an_answer_that_keeps_the_host_busy_when_it_is_asked_again_costs_the_cause_alone(course_of, grade, monkeypatch):
    monkeypatch.setattr(candidate, "HOST_SECONDS", 0.2)
    third = "close(float(sum(1 for _ in range(learner.half(6)))), 3.0, 'so many')"
    course = course_of(checks(third), "def half(x):\n    return x / 2 if isinstance(x, float) else x // 2\n")
    later = "asked = []\n\ndef half(x):\n    if isinstance(x, float):\n        return x / 2\n"
    report = grade(course, f"{later}    asked.append(x)\n    return 4 if len(asked) < 2 else 10**8\n")
    assert ends(report) == ["pass", "pass", "fail"]
