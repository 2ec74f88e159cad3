"""Real workers, as a judge would start them, without a course around them."""

import contextlib
import marshal
import textwrap

import pytest

from grader.worker.host.clock import Budget
from grader.worker.host.launch import Launcher
from grader.worker.host.process import Process
from grader.worker.host.subject import Subject
from grader.worker.host.text import Text

MEMORY = 256 << 20
QUICK = Budget(0.2, 4.0)
FILE = "exercises/u01.py"


@pytest.fixture(scope="session")
def launcher():
    with contextlib.closing(Launcher([])) as warm:
        yield warm


@pytest.fixture(scope="session")
def baseline():
    """Workers with the process baseline alone, which every POSIX system has."""
    with contextlib.closing(Launcher([], isolation="process")) as warm:
        yield warm


@pytest.fixture
def start(launcher):
    """Start a worker that has loaded `source`. Its subject is returned; `subject.process` is the host's end of it."""
    started = []

    def begin(source, *, props="", budget=QUICK, by=launcher, forbid=()):
        source = textwrap.dedent(source)
        text = Text(FILE, tuple(source.split("\n")))
        process = Process(by, memory=MEMORY, text=text)
        started.append(process)
        subject = Subject(process, text)
        subject.process = process
        process.begin(Budget.of(5))
        subject.ask("forbid", list(forbid))
        subject.ask("load", source.encode(), FILE)
        if props:
            subject.ask("props", marshal.dumps(compile(textwrap.dedent(props), "<props>", "exec")))
        process.begin(budget)
        subject.begin(1)
        return subject

    yield begin
    for process in started:
        process.close()
