"""What a check may take of the host, whatever a learner answers: processor time and memory. And what is left of it."""

import contextlib
import resource
import signal
import sys
import time

import pytest

from grader.judging import candidate
from grader.judging.limits import OutOfTime, ceiling, deadline, off_the_clock
from grader.model import Outcome
from grader.session import Session

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="timers and limits of a process")

SOON = 0.1
CHECKS = '''
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("count", points=2)
class TestCount:
    """How many."""

    def test_computed(self, learner):
        close(sum(0 for _ in range(learner.count())), 0, "a sum over all of them")

    def test_again(self, learner):
        close(learner.count(), 5, "count()")


@exercise("size", points=2)
class TestSize:
    """How large."""

    def test_filled(self, learner):
        assert len(bytes(learner.size())) >= 5, "so many bytes"

    def test_again(self, learner):
        close(learner.size(), 5, "size()")
'''
SOLUTION = "def count():\n    return 5\n\ndef size():\n    return 5\n"
# Large when it is first asked; so what it says next tells whether it is still the same worker.
SHRINKS = "answers = [{first}, 5]\n\ndef {name}():\n    return answers.pop(0)\n"


@pytest.fixture(scope="module")
def sizes(course_of):
    with Session(course_of(CHECKS, SOLUTION)) as session:
        yield session


def test_an_answer_that_keeps_the_host_busy_is_out_of_time_and_its_worker_is_replaced(sizes, grade, monkeypatch):
    monkeypatch.setattr(candidate, "HOST_SECONDS", SOON)
    report = grade(sizes, SHRINKS.format(first=10**8, name="count"))
    computed, again = report.exercises[0].checks
    assert (computed.outcome, computed.message) == (Outcome.TIMEOUT, "Stopped: it ran out of time.")
    assert again.mismatch.yours == str(10**8)


def test_an_answer_that_would_fill_the_hosts_memory_is_a_failure(sizes, grade):
    before = resource.getrlimit(resource.RLIMIT_DATA)
    report = grade(sizes, SHRINKS.format(first=3 << 30, name="size"))
    filled, again = report.exercises[1].checks
    assert (filled.outcome, again.outcome) == (Outcome.FAIL, Outcome.PASS)
    assert "MemoryError" in filled.message
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_what_the_host_has_already_is_not_counted():
    held = bytearray(32 << 20)
    with ceiling(8 << 20):
        more = bytes(4 << 20)
        with pytest.raises(MemoryError):
            bytearray(1 << 30)  # more than this process can have kept of what it gave back
    assert len(bytearray(1 << 30)) > len(held) > len(more)


def test_a_lower_limit_of_the_users_stays():
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    lower = 16 << 30
    resource.setrlimit(resource.RLIMIT_DATA, (lower, hard))
    try:
        with ceiling(1 << 40):
            assert resource.getrlimit(resource.RLIMIT_DATA) == (lower, hard)
        assert resource.getrlimit(resource.RLIMIT_DATA) == (lower, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def compute(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def swallows(_reached):
    with contextlib.suppress(BaseException):
        compute(10)


def makes_an_error_of_it(_reached):
    try:
        compute(10)
    except BaseException:  # noqa: BLE001
        raise ValueError from None


def has_an_except_of_its_own(reached):
    try:
        compute(10)
    except Exception:  # noqa: BLE001
        reached.append("too far")


def swallows_and_goes_on(reached):
    with contextlib.suppress(BaseException):
        compute(10)
    compute(5)
    reached.append("too far")


@pytest.mark.parametrize("code", [swallows, makes_an_error_of_it, has_an_except_of_its_own, swallows_and_goes_on])
def test_out_of_time_is_out_of_time_whatever_the_code_makes_of_it(code):
    reached = []
    with pytest.raises(OutOfTime), deadline(SOON):
        code(reached)
    assert reached == []


def test_an_error_in_time_is_that_error():
    with pytest.raises(ValueError, match="mine"), deadline(10):
        raise ValueError("mine")


@pytest.mark.parametrize("ends", [None, ValueError])
def test_nothing_is_left_of_a_deadline(ends):
    before = signal.getsignal(signal.SIGPROF)
    try:
        with deadline(10):
            assert signal.getsignal(signal.SIGPROF) is not before
            if ends:
                raise ends
    except ValueError:
        pass
    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_off_the_clock_the_deadline_waits_and_then_goes_on():
    with deadline(10):
        with off_the_clock():
            assert signal.getitimer(signal.ITIMER_PROF)[0] == 0.0
        left, again = signal.getitimer(signal.ITIMER_PROF)
        assert 0.0 < left < 11.0  # a timer is as fine as the kernel's
        assert again > 0.0
    with off_the_clock():
        pass
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0.0
