"""The process baseline of a worker: what a process gives up by itself on any POSIX system, before learner code.

Covered: memory (address space), file size, processes, open files, core dumps, privileges by exec (Linux), outliving
the parent (Linux), reading the worker's memory by others of the same user (Linux), the environment.
Not covered: reading files, the network, signals to processes of the same user, the sum over several processes.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
MAX_FILE_BYTES = 16 << 20
MAX_OPEN_FILES = 64


def apply(memory: int) -> None:
    """Give up what a worker does not need. memory: bytes of address space beyond what is mapped already."""
    if sys.platform == "linux":
        _prctl(PR_SET_DUMPABLE, 0)
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
    if sys.platform == "linux":  # elsewhere the limit is missing, ignored or breaks the interpreter
        _limit(resource.RLIMIT_AS, mapped_bytes() + memory)
    _limit(resource.RLIMIT_FSIZE, MAX_FILE_BYTES)
    _limit(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_CORE, 0)


def die_with_parent() -> None:
    """Be killed when the parent goes, so that nothing is left behind when the host is killed."""
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def mapped_bytes() -> int:
    """Bytes of address space that this process has mapped (Linux)."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (pathlib is not imported in a worker)
        return int(file.read().split()[0]) * os.sysconf("SC_PAGESIZE")


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl({option}): {os.strerror(code)}")
