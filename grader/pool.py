"""Processes that share the work on one course: an author's, or a class of submissions.

A check's time limit needs the main thread of a process, so they are processes, each with a session of its own.
"""

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

from grader.course.course import Course
from grader.course.unit import Unit
from grader.session import Session
from grader.worker.confine import privileges

Given = TypeVar("Given")
Answer = TypeVar("Answer")
AHEAD = 2  # tasks for each process that are handed over before their turn


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
        self._initial = (course.root, tuple(units), os.getpid())
        self._jobs = jobs
        self._executor = self._started() if jobs > 1 else None

    def _started(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, context, initializer=_begin, initargs=self._initial)

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
        bench = self._own()
        for one in given:
            yield work(bench, one)

    def as_done(
        self, work: Callable[[Bench, Given], Answer], given: Iterable[Given]
    ) -> Iterator[tuple[Given, Answer | None]]:
        """Yield each thing with what the work makes of it, as soon as that is known; None where its process ended.

        A process may be killed by the system, for want of memory, say. Then there are new ones, and what was under way
        is done again, one thing at a time: what ends its process a second time is the cause. Raises what work raises.
        """
        if self._executor is None:
            bench = self._own()
            yield from ((one, work(bench, one)) for one in given)
            return
        waiting = iter(given)
        doing: dict[Future[Answer], Given] = {}
        while True:
            doing |= {self._future(work, one): one for one in islice(waiting, AHEAD * self._jobs - len(doing))}
            if not doing:
                return
            done, _ = wait(doing, return_when=FIRST_COMPLETED)
            if any(map(_is_lost, done)):
                done, _ = wait(doing)
            lost = [doing.pop(one) for one in done if _is_lost(one)]
            yield from [(doing.pop(one), one.result()) for one in done if one in doing]
            yield from self._again(work, lost)

    def _again(
        self, work: Callable[[Bench, Given], Answer], lost: list[Given]
    ) -> Iterator[tuple[Given, Answer | None]]:
        """Do what was lost one by one; None where it ends its process."""
        for one in lost:
            future = self._future(work, one)
            yield one, None if isinstance(future.exception(), BrokenProcessPool) else future.result()

    def _future(self, work: Callable[[Bench, Given], Answer], one: Given) -> "Future[Answer]":
        """Hand one thing over, to new processes where one has ended."""
        if self._executor is None:
            raise RuntimeError("this pool has no processes")
        try:
            return self._executor.submit(partial(_do, work), one)
        except BrokenProcessPool:
            self._executor.shutdown()
            self._executor = self._started()
            return self._executor.submit(partial(_do, work), one)

    def _own(self) -> Bench:
        if self._bench is None:
            self._bench = _bench(self._course, self._stack)
        return self._bench


def _is_lost(future: Future[Any]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


def only(course: Course, units: Iterable[str]) -> Course:
    """Return the course as if it had these units only: the others may be broken."""
    return replace(course, names=tuple(units))


def _bench(course: Course, stack: contextlib.ExitStack) -> Bench:
    session = stack.enter_context(Session(course))
    return Bench(session, Path(stack.enter_context(tempfile.TemporaryDirectory())))


_BENCHES: list[Bench] = []  # of a process of a pool: one


def _begin(root: Path, units: tuple[str, ...], parent: int) -> None:
    """Set up a process of a pool. Ctrl-C is for the one that waits for the answers, and ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        privileges.die_with_parent()  # else it waits for ever for one that was killed, and its zygotes with it
        if os.getppid() != parent:
            os._exit(1)
    stack = contextlib.ExitStack()
    atexit.register(stack.close)

    def end(*_: object) -> None:
        stack.close()
        os._exit(1)  # an exception would be a verdict on whatever check runs

    signal.signal(signal.SIGTERM, end)
    _BENCHES.append(_bench(only(Course.find(root), units), stack))


def _do(work: Callable[[Bench, Given], Answer], given: Given) -> Answer:
    return work(_BENCHES[0], given)
