"""What a check may take of the host: memory and processor time. An answer of a few bytes can make huge arithmetic."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

MORE = 2 << 30
AGAIN_SECONDS = 0.5


class OutOfTime(BaseException):
    """A misconception ran longer than its check allows. Not an Exception, so that no `except` of its own stops it."""


@contextlib.contextmanager
def ceiling(more: int = MORE) -> Iterator[None]:
    """Let this process take so many bytes more inside the context; beyond that it meets MemoryError (Linux only).

    Counted is memory that only this process can write, so a large library that is loaded meanwhile costs little.
    """
    taken = _taken()
    if taken is None:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = taken + more
    lower = [value for value in (soft, hard) if value != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([wanted, *lower]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _taken() -> int | None:
    """Return how many bytes this process has that only it can write; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    except (OSError, IndexError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGESIZE")


@contextlib.contextmanager
def deadline(cpu: float) -> Iterator[None]:
    """Raise OutOfTime after so many processor seconds of this process (main thread, POSIX; elsewhere no limit).

    It is raised again at the end where something on the way took it for an error of the code it ran.
    """
    if not _has_timer():
        yield
        return
    late = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal late
        late = True
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, cpu, AGAIN_SECONDS)
    try:
        yield
    except Exception:
        if late:
            raise OutOfTime from None
        raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    if late:
        raise OutOfTime


@contextlib.contextmanager
def off_the_clock() -> Iterator[None]:
    """Hold a deadline: what is done inside, such as importing torch for an oracle, is no part of a check's time."""
    left, again = signal.setitimer(signal.ITIMER_PROF, 0) if _has_timer() else (0.0, 0.0)
    try:
        yield
    finally:
        if left:
            signal.setitimer(signal.ITIMER_PROF, left, again)


def _has_timer() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
