"""Several processes judge what one would have judged, and a job is data that any process can do."""

import multiprocessing
import os
import pickle  # noqa: TID251
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from grader.errors import CourseError, GraderFault, UsageError
from grader.judging.judge import Judge
from grader.running.job import Job, Options
from grader.running.unit import UnitRun
from grader.session import Session, run
from grader.worker.host.clock import Purse

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the host is not forked elsewhere")

BUSY = 7  # processes below a host of two that are at work: a fork, two zygotes of two, two workers
TINY = Path(__file__).parent.parent / "tiny"
SUBMISSIONS = ("right", "wrong", "untouched", "unparsable", "dying")


def found(session, name, jobs, **options):
    """Return a report as JSON but for its seconds, and the exercises in the order in which they were told."""
    told = []
    chosen = Options(jobs=jobs, timeout=0.3, **options)
    folder = session.course.root / "submissions" / name
    report = session.grade(submission=folder, options=chosen, on_exercise=lambda result: told.append(result.id))
    raw = msgspec.to_builtins(report)
    for unit in raw["units"]:
        for exercise in unit["exercises"]:
            for check in exercise["checks"]:
                check["seconds"] = 0
    return msgspec.json.encode(raw), told


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_the_report_does_not_depend_on_how_many_judge(session, name):
    alone, order = found(session, name, 1)
    for jobs in (2, 3, 50):
        assert found(session, name, jobs) == (alone, order)


def test_the_level_of_isolation_is_measured_whoever_judges(session):
    fresh = Session(session.course)
    with fresh:
        report = fresh.grade(submission=TINY / "submissions" / "right", options=Options(jobs=2))
    assert report.isolation == session.grade(submission=TINY / "submissions" / "right").isolation != "split"


def test_no_process_is_left(session):
    before = _children()
    found(session, "wrong", 3)
    assert _children() == before


def test_what_one_submission_may_spend_is_counted_over_all_processes():
    purse = Purse(1.0)
    pid = os.fork()
    if pid == 0:
        purse.share(1)
        purse.spend(0.75, 0.0)
        os._exit(0)
    os.waitpid(pid, 0)
    assert not purse.empty()
    purse.spend(0.5, 0.0)
    assert purse.empty()


def test_the_first_broken_check_is_raised_wherever_it_ran(session, monkeypatch):
    """It is our own error, in exercises of different processes: the first one counts, as it does in one process."""

    def broken(_, exercise):
        raise CourseError(f"{exercise.name} is broken")

    monkeypatch.setattr(UnitRun, "judged", broken)
    for jobs in (1, 2, 4):
        with pytest.raises(CourseError, match="cross is broken"):
            found(session, "right", jobs)


def test_a_process_that_dies_is_a_fault_and_no_verdict(session, monkeypatch):
    parent, check = os.getpid(), Judge.check

    def dies(self, *args):
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)  # the other one has its turn
        return check(self, *args)

    monkeypatch.setattr(Judge, "check", dies)
    with pytest.raises(GraderFault, match="ended before it was done"):
        found(session, "right", 2)


def test_a_session_says_that_it_needs_the_main_thread(session):
    said = []

    def elsewhere():
        for attempt in (lambda: Session(session.course), session.grade):
            try:
                attempt()
            except GraderFault as error:
                said.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(said) == 2
    assert all("main thread of a process of its own" in text for text in said)


def test_a_job_is_data_and_another_process_does_it():
    job = Job(course=TINY, exercises=("u01.cross",), submission=TINY / "submissions" / "wrong", options=Options(seed=3))
    assert pickle.loads(pickle.dumps(job)) == job  # noqa: S301
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        report = pool.apply(run, (job,))
    assert [exercise.id for exercise in report.exercises] == ["u01.cross"]
    assert report.seed == 3


def test_a_job_names_exercises_that_there_are():
    with pytest.raises(UsageError, match=r"no exercise 'u01.nothing'"):
        run(Job(course=TINY, exercises=("u01.nothing",)))


def test_an_interrupted_run_takes_its_processes_along():
    code = (
        "import sys; from pathlib import Path; from grader.running.job import *; from grader.session import run\n"
        f"root = Path({str(TINY)!r}); print('begin', flush=True); "
        "run(Job(course=root, submission=root / 'submissions/looping', options=Options(timeout=60.0, jobs=2)))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as host:
        host.stdout.readline()
        until = time.monotonic() + 30
        while len(below := _descendants(host.pid)) < BUSY and time.monotonic() < until:
            time.sleep(0.05)
        host.send_signal(signal.SIGINT)
        host.wait(20)
    until = time.monotonic() + 10
    while (left := [pid for pid in below if Path("/proc", str(pid)).exists()]) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(below) >= BUSY
    assert left == []


def _children(parent=None):
    parent = parent or os.getpid()
    return {int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}


def _descendants(parent):
    return {pid for child in _children(parent) for pid in ({child} | _descendants(child))}
