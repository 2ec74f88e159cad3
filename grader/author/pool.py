"""Processes that share an author's work on one course, since a check's time limit needs a main thread of its own."""

import atexit
import contextlib
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from grader.course.course import Course
from grader.course.unit import Unit
from grader.session import Session

Given = TypeVar("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Bench:
    """What one process works with: a session, a folder of its own, and a place for what it needs again."""

    session: Session
    folder: Path
    kept: dict[Any, Any] = field(default_factory=dict)

    def unit(self, name: str) -> Unit:
        """Return a unit of the course, read once."""
        return self.session.course.unit(name)


class Pool:
    """Processes that work on some units of a course. Use it as a context manager."""

    def __init__(self, course: Course, units: Sequence[str], jobs: int) -> None:
        """units: their names; others are not read. jobs: how many processes; 1 is this one."""
        self._stack = contextlib.ExitStack()
        self._bench: Bench | None = None
        self._course = only(course, units)
        self._executor: ProcessPoolExecutor | None = None
        if jobs > 1:
            context = multiprocessing.get_context("spawn")
            initial = (course.root, tuple(units))
            self._executor = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=initial)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._executor is not None:
            if kind is not None:  # Ctrl-C, say: nobody waits for what is begun
                for process in multiprocessing.active_children():
                    process.terminate()
            self._executor.shutdown(cancel_futures=True)
        self._stack.close()

    def map(self, work: Callable[[Bench, Given], Answer], given: Iterable[Given]) -> Iterator[Answer]:
        """Yield what the work makes of each thing, in their order. work: a function of a module."""
        if self._executor is not None:
            yield from self._executor.map(partial(_do, work), given)
            return
        if self._bench is None:
            self._bench = _bench(self._course, self._stack)
        for one in given:
            yield work(self._bench, one)


def only(course: Course, units: Iterable[str]) -> Course:
    """Return the course as if it had these units only: the others may be broken."""
    return replace(course, names=tuple(units))


def _bench(course: Course, stack: contextlib.ExitStack) -> Bench:
    session = stack.enter_context(Session(course))
    return Bench(session, Path(stack.enter_context(tempfile.TemporaryDirectory())))


_BENCHES: list[Bench] = []  # of a process of a pool: one


def _begin(root: Path, units: tuple[str, ...]) -> None:
    """Set up a process of a pool. Ctrl-C is for the one that waits for the answers, and ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stack = contextlib.ExitStack()
    atexit.register(stack.close)

    def end(*_: object) -> None:
        stack.close()
        os._exit(1)  # an exception would be a verdict on whatever check runs

    signal.signal(signal.SIGTERM, end)
    _BENCHES.append(_bench(only(Course.find(root), units), stack))


def _do(work: Callable[[Bench, Given], Answer], given: Given) -> Answer:
    return work(_BENCHES[0], given)
