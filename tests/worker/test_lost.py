"""No answer is a failure: deadlines, floods, deaths and forgeries, each with what the learner is told."""

import contextlib
import os
import re
import signal
import sys
import time

import pytest

from grader.errors import GraderFault
from grader.failures import LearnerError
from grader.model import Outcome
from grader.worker.host.clock import Budget
from grader.worker.host.launch import Launcher
from grader.worker.host.process import Process, WorkerLost
from grader.worker.host.subject import RefusedAnswer
from grader.worker.host.text import Text
from grader.worker.wire.codec import Garbage


def repeat(ask, times):
    for _ in range(times):
        ask()


LOOPS = {
    "in Python": ("def f():\n    x = 0\n    while True:\n        x += 1\n", 3, 4),
    "in C, a sum": ("def f():\n    return sum(range(10**12))\n", 2, 2),
    "in C, a power": ("def f():\n    return 9**9**9 % 7\n", 2, 2),
    "that swallows everything": (
        "def f():\n    while True:\n        try:\n            1 / 0\n        except BaseException:\n            pass\n",
        2,
        6,
    ),
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_is_stopped_and_the_line_is_named(start, name):
    source, first, last = LOOPS[name]
    learner = start(source.replace("9**9**9", "N**N**N").replace("def f", "N = 9\n\ndef f")).learner
    with pytest.raises(WorkerLost, match=r"^Stopped after 0.2 s of computing\.$") as lost:
        learner.f()
    assert lost.value.outcome is Outcome.TIMEOUT
    assert first <= lost.value.where.line - 2 <= last
    assert lost.value.where.function == "f"


def test_the_file_may_have_any_name(launcher):
    """faulthandler writes ASCII only."""
    from grader.worker.host.subject import Subject

    file, source = "exercises/\u7b2c\u4e00\u5355\u5143.py", "def f():\n    while True: pass\n"
    process = Process(launcher, memory=1 << 28, text=Text(file, tuple(source.split("\n"))))
    process.begin(Budget(0.2, 1.0))
    subject = Subject(process, Text(file))
    subject.ask("load", source.encode(), file)
    with pytest.raises(WorkerLost) as lost:
        subject.learner.f()
    assert (lost.value.where.file, lost.value.where.line) == (file, 2)


def test_processor_time_counts_and_not_the_clock_on_the_wall(start):
    learner = start("import time\ndef f():\n    time.sleep(0.4)\n    return 1\n", budget=Budget(0.2, 2.0)).learner
    assert learner.f() == 1


def test_the_clock_on_the_wall_is_the_back_stop(start):
    learner = start("import time\ndef f():\n    time.sleep(60)\n", budget=Budget(0.2, 0.5)).learner
    with pytest.raises(WorkerLost, match="it was waiting, not computing") as lost:
        learner.f()
    assert (lost.value.outcome, lost.value.where.line) == (Outcome.TIMEOUT, 3)


def test_waiting_is_noticed_long_before_a_generous_budget_is_up(start):
    learner = start("import time\ndef f():\n    time.sleep(60)\n", budget=Budget(30.0, 90.0, 0.4)).learner
    with pytest.raises(WorkerLost, match="it was waiting"):
        learner.f()


def test_what_the_host_does_meanwhile_is_not_held_against_the_learner(start):
    learner = start("def call(f):\n    return f()\n", budget=Budget(0.1, 0.3)).learner
    assert learner.call(lambda: time.sleep(0.5) or 1) == 1
    time.sleep(0.4)
    assert learner.call(lambda: learner.call(lambda: time.sleep(0.4) or 2)) == 2


def test_a_host_that_stands_still_does_not_hold_it_against_the_learner(start):
    """As a suspended job does, or a paused machine."""
    learner = start(
        "import time\ndef f():\n    time.sleep(0.6)\n    return 1\n", budget=Budget(30.0, 90.0, 1.2)
    ).learner
    before = signal.signal(signal.SIGALRM, lambda *_: time.sleep(2))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        assert learner.f() == 1
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_budget_is_for_a_check_and_not_for_a_call(start):
    learner = start("def f():\n    sum(range(4_000_000))\n").learner
    with pytest.raises(WorkerLost, match="of computing"):
        repeat(learner.f, 100)


def test_endless_iteration_meets_the_deadline(start):
    learner = start("def f():\n    n = 0\n    while True:\n        yield n\n        n += 1\n").learner
    with pytest.raises(WorkerLost, match="Stopped after"):
        sum(learner.f())


def test_endless_call_backs_meet_the_deadline(start):
    learner = start("def f(g):\n    while True:\n        g()\n").learner
    with pytest.raises(WorkerLost, match="Stopped after"):
        learner.f(lambda: None)


# Output.


def test_what_was_printed_is_kept(start):
    subject = start("import sys\ndef f():\n    print('out')\n    print('err', file=sys.stderr)\n    print('\\ud800')\n")
    subject.learner.f()
    assert subject.process.tail() == "out\nerr\n\\ud800\n"


def test_only_the_end_of_long_output_is_kept(start):
    subject = start("def f():\n    for n in range(20_000):\n        print('line', n)\n")
    subject.learner.f()
    assert subject.process.tail().endswith("line 19999\n")
    assert len(subject.process.tail()) <= 4096
    assert subject.process.output_bytes == sum(len(f"line {n}\n") for n in range(20_000))


def test_the_next_check_begins_with_no_output(start):
    subject = start("def f():\n    print('old')\n")
    subject.learner.f()
    subject.process.begin(Budget())
    assert (subject.process.tail(), subject.process.output_bytes) == ("", 0)


def test_a_hundred_megabytes_of_prints_are_stopped(start):
    learner = start("def f():\n    for _ in range(1000):\n        print('x' * 100_000)\n", budget=Budget(5.0)).learner
    with pytest.raises(WorkerLost, match=r"printed more than 8 MB\. Is a print inside a loop") as lost:
        learner.f()
    assert lost.value.outcome is Outcome.ERROR
    assert lost.value.where.line in (2, 3)


def test_a_replaced_stdout_harms_nobody(start):
    subject = start(
        "import sys\nclass Odd:\n    def flush(self):\n        1 / 0\nsys.stdout = Odd()\ndef f():\n    return 1\n"
    )
    assert subject.learner.f() == 1


# Deaths. Whatever the exit code says, there was no answer.

DEEP = """
import sys

def f():
    sys.setrecursionlimit(10**9)

    class A:
        def __getattr__(self, name):
            return getattr(self, name + "a")

    return A().x
"""
DEATHS = {
    "os._exit(0)": ("import os\ndef f():\n    os._exit(0)\n", "exit code 0 before it answered"),
    "os._exit(7)": ("import os\ndef f():\n    os._exit(7)\n", "exit code 7 before it answered"),
    "an invalid address": ("import ctypes\ndef f():\n    ctypes.string_at(0)\n", r"died \(SIGSEGV\) in your code"),
    "abort": ("import os\ndef f():\n    os.abort()\n", r"died \((SIGABRT|SIGSEGV)\) in your code"),
    "a closed channel": ("import os\ndef f():\n    os.closerange(0, 64)\n", "The Python process"),
}


@pytest.mark.parametrize("name", DEATHS)
def test_a_death_is_no_answer(start, name):
    source, message = DEATHS[name]
    learner = start(source, budget=Budget(2.0)).learner
    with pytest.raises(WorkerLost, match=message) as lost:
        learner.f()
    assert lost.value.outcome is Outcome.CRASH


def test_endless_recursion_in_c_is_no_answer(start):
    """Python 3.11 dies of it. From 3.12 on it may raise RecursionError instead, as deep as this Python lets C go."""
    learner = start(DEEP, budget=Budget(2.0)).learner
    with pytest.raises((WorkerLost, LearnerError)) as ended:
        learner.f()
    if isinstance(ended.value, WorkerLost):
        assert ended.value.outcome is Outcome.CRASH
        assert re.search("died|Stopped", str(ended.value))
    else:
        assert sys.version_info >= (3, 12)
        assert str(ended.value).startswith("RecursionError")


def test_the_line_of_a_crash_is_named(start):
    learner = start("import ctypes\n\ndef f():\n    ctypes.string_at(0)\n").learner
    with pytest.raises(WorkerLost) as lost:
        learner.f()
    assert (lost.value.where.line, lost.value.where.text) == (4, "ctypes.string_at(0)")


def test_a_dead_worker_gives_no_second_answer(start):
    learner = start("import os\ndef f():\n    os._exit(0)\ndef g():\n    return 1\n").learner
    for ask in (learner.f, learner.g):
        with pytest.raises(WorkerLost):
            ask()


def test_a_death_inside_a_call_back_is_a_death(start):
    learner = start("import os\ndef call(f):\n    return f()\ndef die():\n    os._exit(0)\n").learner
    with pytest.raises(WorkerLost, match="exit code 0"):
        learner.call(lambda: learner.die())


# Forgeries: bytes on the grader's own channel, which is descriptor 3.

FORGE = """
import os, struct

def send(*messages):
    for message in messages:
        data = struct.pack("<I", len(message)) + message
        while data:
            data = data[os.write(3, data):]

def meta(data):
    return struct.pack("<I", len(data)) + data

def f(*args):
    send({})
    return 1.0
"""
VALUE = rb"b'A' + meta(b'\x92\xa5value\xcb?\xf0\x00\x00\x00\x00\x00\x00')"
FORGERIES = {
    "printed JSON": 'b\'{"outcome": "pass"}\'',
    "nothing": "b''",
    "an answer without a beginning": "b'A'",
    "an answer that is a number": r"b'A' + meta(b'\x07')",
    "an answer of another kind": r"b'A' + meta(b'\x92\xa4good\x07')",
    "an error that is a number": r"b'A' + meta(b'\x92\xa5error\x07')",
    "a question": r"b'Q' + meta(b'\x92\xa4load\x90')",
    "a start": "b'S'",
    "a reply": VALUE.decode().replace("b'A'", "b'R'"),
    "a call-back of nothing": r"b'C' + meta(b'\x93\x63\x90\x80')",
    "a call-back that is none": r"b'C' + meta(b'\x07')",
    "a call-back that was lent, with a number for arguments": r"b'C' + meta(b'\x93\x00\x07\x07')",
    "a call-back of a truth": r"b'C' + meta(b'\x93\xc3\x90\x80')",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_message_is_no_answer(start, name):
    learner = start(FORGE.format(FORGERIES[name])).learner
    with pytest.raises((Garbage, WorkerLost)):
        learner.f(lambda: 1)


def test_an_announcement_of_four_gigabytes_is_no_answer(start):
    learner = start("import os\ndef f():\n    os.write(3, b'\\xff' * 8)\n    return 1.0\n").learner
    with pytest.raises(WorkerLost, match=r"not an answer .* must not write to the grader's own channel") as lost:
        learner.f()
    assert lost.value.outcome is Outcome.CRASH


def test_half_a_message_and_then_silence_meets_the_deadline(start):
    source = "import os, time\ndef f():\n    os.write(3, b'\\x10\\0\\0\\0A')\n    time.sleep(60)\n"
    learner = start(source, budget=Budget(0.2, 0.5)).learner
    with pytest.raises(WorkerLost, match="waiting"):
        learner.f()


def test_a_forged_answer_is_worth_what_a_returned_one_is(start):
    """It is compared like any other; whoever can forge the right value could have returned it."""
    source = FORGE.format(r"b'A' + meta(b'\x92\xa5value\xcb?\xf0\x00\x00\x00\x00\x00\x00')")
    assert start(source).learner.f() == 1.0


ERRORS = {
    "a megabyte of text": "{'type': 'E', 'message': 'x' * (1 << 20)}",
    "lone surrogates": r"{'type': '\ud800', 'message': '\ud800'}",
    "numbers for texts": "{'type': 7, 'message': 8, 'bases': 9, 'frames': 10, 'missing': 11}",
    "frames that are none": "{'type': 'E', 'message': '', 'frames': [1, [], [10**30, None], [True, 'f'], ['a', 'b']]}",
    "a million frames": "{'type': 'E', 'message': '', 'frames': [[1, 'f']] * 10_000}",
    "objects for everything": "{'type': O(), 'message': O(), 'bases': [O()], 'frames': O()}",
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_forged_error_is_cut_to_size(start, name):
    """The worker's own server, taken over: what it says went wrong is shown, so it must be short and plain text."""
    source = f"""
        import sys, gc

        class O:
            def __iter__(self):
                while True:
                    yield O()

        def f():
            server = next(o for o in gc.get_objects() if type(o).__name__ == "Worker")
            server._record = lambda error: {ERRORS[name]}
            raise ValueError
    """
    from grader.failures import LearnerError

    subject = start(source)
    with pytest.raises(LearnerError) as caught:
        subject.learner.f()
    error = caught.value
    assert len(subject.transcript.exchanges) == 1
    assert all(type(text) is str for text in (error.type, error.message, *error.bases))
    assert len(error.type) <= 100
    assert len(error.message) <= 20_000
    assert len(error.frames) <= 12
    (error.type + error.message).encode()
    for frame in error.frames:
        assert 0 <= frame.line < 1 << 20


def test_too_much_in_one_check_is_refused(start):
    learner = start("def f():\n    return bytes(60 << 20)\n", budget=Budget(5.0, 60.0)).learner
    with pytest.raises(RefusedAnswer, match="more than 256 MB in one check"):
        repeat(learner.f, 5)


def test_where_the_zygote_is_gone_that_is_what_is_said_and_not_a_closed_descriptor():
    with contextlib.closing(Launcher([])) as launcher:
        process = Process(launcher, memory=1 << 28)
        process.begin(Budget.of(5))
        launcher._process.kill()
        launcher._process.wait()
        with pytest.raises(GraderFault, match="the process that starts workers"):
            process.close()
        process.close()
        assert process.ended.signal == "SIGKILL"


def test_a_loop_is_stopped_where_many_descriptors_are_open(start):
    """The highest is above what select(2) takes."""
    resource = pytest.importorskip("resource")
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2000:
        pytest.skip("so many descriptors are not to be had here")
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        learner = start("def f():\n    while True: pass\n").learner
        with pytest.raises(WorkerLost, match=r"^Stopped after 0.2 s") as lost:
            learner.f()
    finally:
        for descriptor in held:
            os.close(descriptor)
    assert lost.value.where.line == 2
