"""What the host does while it sends, what it takes of an answer, and what is left of a worker that has ended."""

import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

from grader.errors import GraderFault
from grader.model import Outcome
from grader.worker.host import cgroup, stack
from grader.worker.host.clock import Budget
from grader.worker.host.launch import Launcher
from grader.worker.host.process import Process, WorkerLost
from grader.worker.wire.codec import Garbage

# A learner's code that has found the worker's own server, and does not play by the rules.
ROGUE = """
import gc, os, struct, time

def server():
    return next(one for one in gc.get_objects() if type(one).__name__ == "Worker")

def stops_listening(g):
    def receive():
        while True:
            pass
    server()._channel.receive = receive
    return len(g())

def prints_before_it_listens(g):
    real = server()._channel.receive
    def receive():
        print("x" * (1 << 20), flush=True)
        return real()
    server()._channel.receive = receive
    return len(g())

def calls(number):
    data = b"C" + server()._codec.encode([number, (), {}])
    os.write(3, struct.pack("<I", len(data)) + data)
    server()._channel.receive()
    return 1

def keep(f):
    return f()

class Odd:
    def __bool__(self):
        return False

    def __len__(self):
        return 0

def named(name):
    return type(name, (), {})()

def burn(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass

def dawdles():
    while True:
        burn(0.004)
        time.sleep(0.04)

def order():
    return list({"ab", "cd", "ef", "gh", "ij", "kl", b"mn", b"op"})
"""
LARGE = bytes(8 << 20)


@pytest.fixture(autouse=True)
def comes_to_an_end():
    """A guard that is gone makes a host that waits for ever: then the test fails instead."""

    def stop(*_):
        raise TimeoutError("the host waits for ever")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(30)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_whoever_does_not_listen_meets_the_deadline(start):
    with pytest.raises(WorkerLost, match="Stopped after") as lost:
        start(ROGUE).learner.stops_listening(lambda: LARGE)
    assert lost.value.outcome is Outcome.TIMEOUT


def test_whoever_prints_while_it_is_told_something_is_read(start):
    subject = start(ROGUE, budget=Budget(5.0, 5.0))
    assert subject.learner.prints_before_it_listens(lambda: LARGE) == len(LARGE)
    subject.process.tail()
    assert subject.process.output_bytes > 1 << 20


def test_whoever_computes_a_little_now_and_then_meets_the_deadline_too(start):
    subject = start(ROGUE, budget=Budget(0.6, 1.2, 1.0))
    with pytest.raises(WorkerLost, match="it was waiting, not computing"):
        subject.learner.dawdles()


def test_a_check_does_not_pay_for_the_one_before(start):
    subject = start(ROGUE, budget=Budget(1.0, 20.0))
    for number in range(3):
        subject.process.begin(Budget(1.0, 20.0))
        subject.begin(number)
        subject.learner.burn(0.6)
        assert 0.6 <= subject.process.spent() < 1.0
    with pytest.raises(WorkerLost):
        subject.learner.burn(0.6)


def test_a_worker_begins_with_one_word(launcher):
    with contextlib.closing(Process(launcher, memory=1 << 28)) as worker:
        worker._inbox.append(b"A")
        with pytest.raises(GraderFault, match="a worker began with b'A'"):
            worker.begin(Budget.of(5))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("code", ["while True: pass", "while True: print('x' * 100_000)"])
def test_whoever_was_too_late_is_ended(start, code):
    subject = start(f"def f():\n    {code}\n")
    folder = Path("/proc", str(subject.process.pid))
    assert folder.exists()
    with pytest.raises(WorkerLost):
        subject.learner.f()
    assert subject.process.ended is not None
    assert not folder.exists()


def test_whoever_forges_is_ended(start):
    subject = start("import os\ndef f():\n    os.write(3, bytes([255] * 8))\n    while True: pass\n")
    with pytest.raises(WorkerLost, match="not an answer"):
        subject.learner.f()
    assert subject.process.ended is not None


def test_of_what_is_written_as_a_stack_only_the_beginning_is_read(start, monkeypatch):
    monkeypatch.setattr(stack, "STACK_SECONDS", 0.1)
    source = "import os, signal\ndef f():\n    signal.signal(signal.SIGUSR1, signal.SIG_IGN)\n"
    subject = start(f"{source}    while True:\n        os.write(4, bytes(1 << 16))\n")
    with pytest.raises(WorkerLost, match="Stopped"):
        subject.learner.f()
    assert stack.TRACE_BYTES <= len(subject.process._trace._data) <= stack.TRACE_BYTES + stack.CHUNK


@pytest.mark.parametrize("number", [-1, 1, 1 << 70, True])
def test_a_call_of_nothing_that_was_lent_is_forged(start, number):
    called = []
    subject = start(ROGUE)
    subject.learner.keep(lambda: called.append("lent"))
    with pytest.raises(Garbage, match="nothing that was lent"):
        subject.learner.calls(number)
    assert called == ["lent"]


@pytest.mark.parametrize("name", ["not a name", "x\n\x1b[2J", "", "1"])
def test_a_class_name_is_a_name(start, name):
    thing = start(ROGUE).learner.named(name)
    assert vars(thing)["_class_name"] == "object"


def test_an_object_is_true_whatever_it_says(start):
    subject = start(ROGUE)
    thing = subject.learner.Odd()
    asked = len(subject.transcript.exchanges)
    assert bool(thing) is True
    assert len(subject.transcript.exchanges) == asked


def test_the_order_of_a_set_is_the_same_in_every_run(start):
    orders = []
    for _ in range(2):
        with contextlib.closing(Launcher([])) as fresh:
            subject = start(ROGUE, by=fresh)
            orders.append(subject.learner.order())
            subject.process.close()
    assert orders[0] == orders[1]


def test_after_an_interruption_no_answer_is_taken_for_another():
    """The zygote's answer to what was interrupted is on its way: nobody may read it as the next one."""
    with contextlib.closing(Launcher([])) as launcher:
        launcher.ready()
        real = launcher._line.receive

        def interrupted():
            raise KeyboardInterrupt

        launcher._line.receive = interrupted
        worker = Process(launcher, memory=1 << 28)
        with pytest.raises(KeyboardInterrupt):
            worker.begin(Budget.of(5))
        launcher._line.receive = real
        with pytest.raises(GraderFault):
            Process(launcher, memory=1 << 28)
        worker.close()


def test_a_worker_that_has_ended_leaves_no_folder(start, launcher):
    subject = start("def f():\n    pass\n")
    (folder,) = [path for path in launcher._scratch.path.iterdir() if path.name == str(launcher._count)]
    subject.process.close()
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")
def test_groups_of_a_grader_that_was_killed_are_swept_away(launcher):
    launcher.ready()
    if not launcher._groups.version:
        pytest.skip("no control group can be made here")
    child = os.fork()
    if child == 0:
        cgroup.Groups()
        os._exit(0)  # as if killed: nothing is closed
    os.waitpid(child, 0)
    _, parents = cgroup._parents()
    left = [group for parent in set(parents) for group in parent.glob(f"grade-{child}-*")]
    assert left
    groups = cgroup.Groups()
    groups.close()
    assert not any(group.exists() for group in left)
