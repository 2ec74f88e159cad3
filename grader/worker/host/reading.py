"""Have something of a learner's read by a worker of its own that never runs it, so that what it says is believed."""

from functools import cache
from pathlib import Path
from typing import Any

from grader import store
from grader.failures import LearnerError
from grader.language import heard
from grader.worker.host.clock import Budget
from grader.worker.host.launch import Launcher
from grader.worker.host.process import Process, WorkerLost
from grader.worker.host.subject import RefusedAnswer, Subject
from grader.worker.host.text import NO_TEXT, Text
from grader.worker.wire.codec import Garbage

MEMORY = 512 << 20
SECONDS = 5.0


class Unreadable(Exception):
    """The worker gave no answer. The text says why, in the language that is spoken."""


def read(launcher: Launcher, operation: str, *arguments: Any, text: Text = NO_TEXT) -> dict[str, Any]:
    """Return what a new worker answers to one question. text: whose file it is about. Raises Unreadable."""
    process = Process(launcher, memory=MEMORY, text=text)
    try:
        process.begin(Budget.of(SECONDS))
        found: dict[str, Any] = Subject(process).ask(operation, *arguments)
    except (WorkerLost, LearnerError, RefusedAnswer, Garbage) as lost:
        raise Unreadable(heard(str(lost))) from lost
    finally:
        process.close()
    return found


@cache
def sources(*rooms: str) -> bytes:
    """Return a digest of the code that answers there, `guest` and `wire`, and of other rooms of the boundary."""
    folder = Path(__file__).parents[1]
    files = [path for room in ("guest", "wire", *rooms) for path in sorted((folder / room).glob("*.py"))]
    return store.tree(folder, files).encode()
