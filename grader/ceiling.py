"""What a check may take of the host's memory: an answer of a few bytes can make arithmetic that fills the machine."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

MORE = 2 << 30


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
