"""Functions that misbehave when they are called: each gets its outcome and a sentence that says what to do."""

import os
import re
import textwrap

import pytest

from grader.model import Outcome

BODY = """\
    (ax, ay), (bx, by) = a, b
    return ax * by - bx * ay
"""

CASES = {
    "fail": {
        "wrong type, text": ("return str(a[0])", "kind: str '1.0', expected float"),
        "wrong type, nothing": ("a[0] * b[1] - a[1] * b[0]", "kind: None, expected float"),
        "wrong type, truth": ("return True", "kind: bool True, expected float"),
        "wrong type, tuple": ("return (1.0,)", r"kind: tuple \(1,\), expected float"),
        "NaN": ("return float('nan')", "value: nan, expected 1"),
        "infinity": ("return float('inf')", "value: inf, expected 1"),
        "a generator": ("yield 1.0", "kind: generator object, expected float"),
        "a lambda": ("return lambda: 1.0", "kind: function object, expected float"),
        "a class": ("return float", "kind: type object, expected float"),
        "a number that lies": (
            (
                "class Any(float):\n"
                "    __class__ = float\n"
                "    def __eq__(self, other): return True\n"
                "    def __abs__(self): return 0.0\n"
                "    def __sub__(self, other): return 0.0\n"
                "    __rsub__ = __sub__\n"
                "return Any(7)"
            ),
            "kind: Any object, expected float",
        ),
        "a class named float": ("return type('float', (), {})()", "kind: float object, expected float"),
        "a whole number too large for a float": (
            "return 10**400",
            r"value: 10000000...00000000 \(401 digits\), expected 1",
        ),
        "a whole number of a million digits": (
            "return 1 << 4_000_000",
            "gave something that is no answer: it is a whole number of 4000001 bits",
        ),
        "100 MB": ("return bytes(100 << 20)", "gave something that is no answer: it is larger than 64 MB"),
        "3 million numbers": ("return [0.0] * 3_000_000", "no answer: its lists have more than 2097152 items"),
        "a list in itself": (
            "c = []\nc.append(c)\nreturn c",
            "no answer: it is nested more than 64 deep, or contains itself",
        ),
        "a dict in itself": ("c = {}\nc['c'] = c\nreturn c", "nested more than 64 deep, or contains itself"),
    },
    "error": {
        "input()": (
            "return input('? ')",
            "EOFError.*\nTake the input",
        ),
        "sys.exit": (
            "import sys\nsys.exit(0)",
            "SystemExit: 0\nYour code asked Python to exit. Return a value instead",
        ),
        "100 MB of prints": ("while True: print('x' * 100_000)", "printed more than 8 MB. Is a print inside a loop?"),
        "endless recursion": (
            "return cross(a, b)",
            "cross calls itself again with the same arguments, and so without end",
        ),
        "a missing package": (
            "import torchvision",
            "There is no module torchvision while your code is graded. A unit is one file",
        ),
        "numpy in a unit without it": (
            "import numpy",
            "numpy is not used in this unit: it may import Python's standard library, nothing else",
        ),
        "an exception without a text": (
            "class Odd(Exception):\n    def __str__(self): return 1 / 0\nraise Odd",
            r"Odd: \(its text could not be made\)",
        ),
        "an exception with an odd class": (
            (
                "class M(type):\n"
                "    __name__ = property(lambda c: 1 / 0)\n"
                "class Odd(Exception, metaclass=M): pass\n"
                "raise Odd('x')"
            ),
            "Odd: x",
        ),
        "an exception with an endless text": ("raise ValueError('x' * 10**7)", "ValueError: x+$"),
        "an exception with terminal codes": ("raise ValueError('\\x1b[2J\\ud800')", "ValueError: "),
        "KeyboardInterrupt": ("raise KeyboardInterrupt", "Your code raised KeyboardInterrupt itself"),
        "GeneratorExit": ("raise GeneratorExit", "Your code raised GeneratorExit itself"),
        "an exception group": ("raise ExceptionGroup('two', [ValueError(1), TypeError(2)])", "ExceptionGroup: two"),
        "NotImplementedError of its own": (
            "raise NotImplementedError('only for 2-D')",
            "NotImplementedError: only for 2-D",
        ),
        "a statement that asserts": ("assert a == 0, 'a is not 0'", "AssertionError: a is not 0"),
        "the wrong number of arguments": ("return cross(a)", "missing 1 required positional argument: 'b'"),
        "a name that does not exist": ("return aa[0]", "NameError: name 'aa' is not defined"),
    },
    "crash": {
        "os._exit": (
            "import os\nos._exit(0)",
            "exit code 0 before it answered. Take out what ends it, such as os._exit",
        ),
        "a segmentation fault": (
            "import ctypes\nctypes.string_at(0)",
            r"The Python process died \(SIGSEGV\) in your code",
        ),
    },
    "timeout": {
        "an endless loop": ("while True: pass", "^Stopped after 0.3 s of computing.$"),
        "an endless loop in C": ("return sum(range(10**12))", "^Stopped after 0.3 s of computing.$"),
        "a loop that swallows everything": (
            "while True:\n    try:\n        a / 0\n    except BaseException:\n        pass",
            "^Stopped after 0.3 s of computing.$",
        ),
        "a long sleep": (
            "import time\ntime.sleep(100 * (a == (1.0, 0.0)))",
            "^Stopped after 3 s: it was waiting, not computing.$",
        ),
    },
    "memory": {
        "10 GB": ("return bytearray(10 << 30)[0]", "It asked for more memory than the grader gives. Look at the sizes"),
    },
    "todo": {
        "NotImplementedError without words": ("raise NotImplementedError", "cross is not written yet"),
    },
}


@pytest.fixture
def spoil(folder):
    """Put a body into `cross`."""

    def write(body):
        path = folder / "u01_area.py"
        text = path.read_text("utf-8")
        assert BODY in text
        path.write_text(text.replace(BODY, textwrap.indent(textwrap.dedent(body), "    ") + "\n"), "utf-8")

    return write


def said(check):
    wrong = check.mismatch
    return f"{wrong.problem}: {wrong.yours}, expected {wrong.expected}" if wrong else check.message


BOTH = [(outcome, name) for outcome, cases in CASES.items() for name in cases]


@pytest.mark.parametrize(("outcome", "name"), BOTH)
def test_a_body_that_misbehaves(spoil, grade, outcome, name):
    body, sentence = CASES[outcome][name]
    spoil(body)
    report = grade("cross")
    check = report.exercises[0].checks[0]
    assert check.outcome == outcome
    assert re.search(sentence, said(check), re.DOTALL)
    assert check.where.file == "exercises/u01_area.py"
    assert len(check.message) <= 20_000
    assert report.exit_code == (3 if outcome == "todo" else 1)
    assert report.earned == 0


def test_the_others_are_judged_all_the_same(spoil, grade):
    spoil("import os\nos._exit(0)")
    report = grade("cross", "scale")
    assert [exercise.outcome for exercise in report.exercises] == [Outcome.CRASH, Outcome.PASS]


def test_two_time_outs_are_enough(spoil, grade):
    spoil("while True: pass")
    checks = grade("cross", timeout=0.2).exercises[0].checks
    assert [check.outcome for check in checks] == [Outcome.TIMEOUT] * 3
    assert checks[2].message == "Not run: two checks of this exercise ran out of time before."
    assert checks[2].seconds == 0


HOARDING = """
HOARD = []

def cross(a, b):
    if a == (1.0, 0.0):
        while True:
            HOARD.append(bytes(1 << 20))
    return a[0] * b[1] - a[1] * b[0]
"""


def test_a_worker_without_memory_is_replaced(folder, grade):
    (folder / "u01_area.py").write_text(HOARDING, "utf-8")
    outcomes = [check.outcome for check in grade("cross", timeout=5).exercises[0].checks]
    assert outcomes == [Outcome.MEMORY, Outcome.PASS, Outcome.PASS]


HARMLESS = {
    "a thread": "import threading\nt = threading.Thread(target=print)\nt.start()\nt.join()",
    "a fork": "import os\nif os.fork() == 0:\n    os._exit(0)\nos.wait()",
    "a process": "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'pass'], check=True)",
    "a file": "with open('notes.txt', 'w') as file:\n    file.write('x')",
    "a signal to itself": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "a connection": "import socket\nsocket.create_connection(('127.0.0.1', 9), 0.1)",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_the_machine_may_or_may_not_allow(spoil, grade, name):
    """How much is refused depends on the isolation that can be had; a refusal is an error with a sentence."""
    spoil(HARMLESS[name] + "\n" + textwrap.dedent(BODY))
    check = grade("cross").exercises[0].checks[0]
    assert check.outcome in (Outcome.PASS, Outcome.ERROR, Outcome.CRASH)
    if check.outcome is not Outcome.PASS:
        assert check.message
        assert check.where.line > 17


@pytest.mark.skipif(os.geteuid() == 0, reason="root may have as many processes as it likes")
@pytest.mark.parametrize(("name", "what"), [("a thread", "Threads are"), ("a fork", "New processes are")])
def test_threads_and_processes_are_refused_with_a_sentence(spoil, grade, name, what):
    spoil(HARMLESS[name] + "\n" + textwrap.dedent(BODY))
    assert f"{what} not available while your code is graded" in grade("cross").exercises[0].checks[0].message
