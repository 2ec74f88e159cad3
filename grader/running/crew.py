"""Share exercises out over processes: forks of this one, each of which takes another exercise when one is done.

What is found does not depend on how many there are, nor on who is faster. An exercise is judged by whoever takes it;
what may depend on other exercises is settled in their order, when all earlier ones are known. The forks take what is
likely to last longest; the parent takes the first that is left, so that nobody ever waits for what nobody takes. They
have the zygotes in common, and nothing of a learner's ever runs in them. Linux only, like the zygotes.
"""

import fcntl
import mmap
import os
import pickle  # noqa: TID251 (of our own forks, through a file without a name that only they have)
import signal
import struct
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol

from grader.errors import GraderFault
from grader.model import ExerciseResult
from grader.worker.confine import privileges

TICK = 0.001  # seconds
HEAD = struct.Struct("<qq")
NOTES = -1


class Work(Protocol):
    """What a crew does."""

    def weight(self, task: int) -> float:
        """Return how long it may last, beside the others."""

    def put(self, task: int, after: int | None) -> Any:
        """Judge one exercise. after: which one comes next, if nobody else takes it first."""

    def is_final(self, judged: Any) -> bool:
        """Say whether no other exercise can change what was found."""

    def settled(self, task: int, judged: Any, before: Sequence[ExerciseResult]) -> ExerciseResult:
        """Return what was found in the end. before: the results of all earlier exercises."""

    def forks(self, jobs: int) -> None:
        """Take note that there will be so many processes, with this one."""

    def forked(self, share: int) -> None:
        """Take note that this is a fork now. share: which one, from 1."""

    def end(self) -> list[str]:
        """Finish in this process; return what is to be noted for us."""


class Ledger:
    """What all forks of one process write down and read: whole records, in a file without a name."""

    def __init__(self) -> None:
        self._file = os.memfd_create("grade", os.MFD_CLOEXEC)
        fcntl.fcntl(self._file, fcntl.F_SETFL, os.O_APPEND)  # the system writes one record after the other
        self._read = 0

    def write(self, task: int, value: object) -> None:
        """Add a record. Raises GraderFault where there is no room."""
        data = pickle.dumps(value)
        if os.write(self._file, HEAD.pack(task, len(data)) + data) < HEAD.size + len(data):
            raise GraderFault("there is no memory for what was found")

    def news(self) -> Iterator[tuple[int, Any]]:
        """Yield the records that have come since, as far as they are whole."""
        while len(head := os.pread(self._file, HEAD.size, self._read)) == HEAD.size:
            task, size = HEAD.unpack(head)
            data = os.pread(self._file, size, self._read + HEAD.size)
            if len(data) < size:
                return
            self._read += HEAD.size + size
            yield task, pickle.loads(data)  # noqa: S301

    def close(self) -> None:
        """Let go of it."""
        os.close(self._file)


class Claims:
    """Which tasks somebody has taken, in memory that all forks share."""

    def __init__(self, tasks: int) -> None:
        self._taken = mmap.mmap(-1, tasks + 1)
        self._lock = os.memfd_create("grade", os.MFD_CLOEXEC)

    def first(self, order: Sequence[int]) -> int | None:
        """Return the first task of an order that is left at this moment; None where none is."""
        return next((one for one in order if not self._taken[one]), None)

    def take(self, order: Sequence[int]) -> int | None:
        """Take the first task of an order that is left; None where none is."""
        fcntl.lockf(self._lock, fcntl.LOCK_EX)  # gone with whoever dies with it
        try:
            task = self.first(order)
            if task is not None:
                self._taken[task] = 1
        finally:
            fcntl.lockf(self._lock, fcntl.LOCK_UN)
        return task

    def close(self) -> None:
        """Let go of it."""
        os.close(self._lock)


class Crew:
    """This process and its forks, which do some work together. Close it: it leaves no process behind."""

    def __init__(self, work: Work, tasks: int, jobs: int) -> None:
        """tasks: how many; each is known by its number, in the order of the course. jobs: processes, with this one."""
        self._work = work
        self._count = tasks
        self._jobs = jobs
        self._ledger = Ledger()
        self._known: dict[int, Any] = {}
        self._forks: list[int] = []
        self._told = 0
        self.notes: list[str] = []
        self._claims = Claims(tasks)
        self._order = list(range(tasks))

    def run(self, tell: Callable[[ExerciseResult], object]) -> list[ExerciseResult]:
        """Return all results; `tell` is called with each, in order, as soon as it and all before it are known.

        Raises what the first exercise that could not be judged raised.
        """
        self._work.forks(self._jobs)
        for share in range(1, self._jobs):
            self._fork(share)
        self._do(lambda: self._tell(tell))
        self.notes += self._work.end()
        self._await(lambda: self._tell(tell) == self._count)
        self._await(lambda: not self._forks)
        return [self._known[task] for task in range(self._count)]

    def close(self) -> None:
        """End the forks that still run."""
        for pid in self._forks:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self._forks.clear()
        self._ledger.close()
        self._claims.close()

    def _fork(self, share: int) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._forks.append(pid)
            return
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the parent, which ends this one
            privileges.die_with_parent()
            if os.getppid() == parent:
                self._forks.clear()
                self._order.sort(key=self._work.weight, reverse=True)
                self._work.forked(share)
                self._do(lambda: None)
                self._ledger.write(NOTES, self._work.end())
                code = 0
        finally:
            os._exit(code)  # nothing of the parent's is to be tidied up here, nor what it has not written yet

    def _do(self, done: Callable[[], object]) -> None:
        """Take one task after the other, until there is none left or one of them cannot be done."""
        while (task := self._claims.take(self._order)) is not None:
            try:
                judged = self._work.put(task, self._claims.first(self._order))
                before = () if self._work.is_final(judged) else self._before(task)
                if before is None:
                    return
                value: object = self._work.settled(task, judged, before)
            except Exception as error:  # noqa: BLE001 (it is raised again, in the parent)
                value = _sendable(error)
            self._ledger.write(task, value)
            if isinstance(value, Exception):
                return
            done()

    def _before(self, task: int) -> list[ExerciseResult] | None:
        """Wait for the results of all earlier tasks, each of which somebody has taken; None where one has none."""
        self._await(lambda: all(one in self._known for one in range(task)) or any(map(_is_error, self._early(task))))
        early = self._early(task)
        return None if any(map(_is_error, early)) else early

    def _early(self, task: int) -> list[Any]:
        return [self._known[one] for one in range(task) if one in self._known]

    def _tell(self, tell: Callable[[ExerciseResult], object]) -> int:
        """Tell of the results that are known and whose turn it is; return how many were told of in all."""
        self._hear()
        while self._told in self._known:
            value = self._known[self._told]
            if isinstance(value, Exception):
                raise value
            self._told += 1
            tell(value)
        return self._told

    def _hear(self) -> None:
        for task, value in self._ledger.news():
            if task == NOTES:
                self.notes += value
            else:
                self._known[task] = value

    def _await(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so. Raises GraderFault where a fork has ended and it never will be."""
        while True:
            ended = self._ended()
            self._hear()
            if condition():
                return
            if ended:
                raise GraderFault("a process that judged exercises ended before it was done")
            time.sleep(TICK)

    def _ended(self) -> bool:
        """Take note of forks that have ended; say whether one failed."""
        failed = False
        for pid in list(self._forks):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                self._forks.remove(pid)
                failed = failed or status != 0
        return failed


def _is_error(value: object) -> bool:
    return isinstance(value, Exception)


def _sendable(error: Exception) -> Exception:
    """Return an exception that other processes can be told of, with the lines where it was raised."""
    error.add_note("".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301
    except Exception:  # noqa: BLE001 (whatever it holds)
        return GraderFault("".join(traceback.format_exception(error)))
    return error
