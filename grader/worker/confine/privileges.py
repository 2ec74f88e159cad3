"""What a process can give up about itself: see prctl(2), capabilities(7), credentials(7)."""

import contextlib
import ctypes
import os
import signal

from grader.worker.confine import libc

PDEATHSIG, DUMPABLE, BOUNDING_DROP, NO_NEW_PRIVILEGES, AMBIENT = 1, 4, 24, 38, 47
AMBIENT_CLEAR_ALL = 4
CAPABILITY_VERSION = 0x20080522
SYS_ADMIN = 21


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def no_new_privileges() -> None:
    """Let no later exec gain anything; needed before Landlock and seccomp by anyone but root."""
    libc.prctl(NO_NEW_PRIVILEGES, 1)


def not_dumpable() -> None:
    """Close /proc/PID/{mem,environ,maps,fd,root} and ptrace to others of the same user. An exec undoes it."""
    libc.prctl(DUMPABLE, 0)


def die_with_parent() -> None:
    """Be killed when the parent goes. A change of user undoes it."""
    libc.prctl(PDEATHSIG, signal.SIGKILL)


def drop_bounding() -> None:
    """Empty the set of capabilities that could ever come back. Without the right to do so there is nothing to drop."""
    for capability in range(64):
        try:
            libc.prctl(BOUNDING_DROP, capability)
        except OSError:
            return


def drop_capabilities() -> None:
    """Give up every capability."""
    with contextlib.suppress(OSError):  # kernels before 4.3 have no ambient set
        libc.prctl(AMBIENT, AMBIENT_CLEAR_ALL)
    libc.capset(_Header(CAPABILITY_VERSION, 0), (_Sets * 2)())


def become(user: int) -> None:
    """Change to a user and group of that number, for good. Needs root."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def has_capability(number: int) -> bool:
    """Say whether this process holds a capability."""
    with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123 (pathlib is not imported in a worker)
        line = next(line for line in file if line.startswith("CapEff"))
    return bool(int(line.split()[1], 16) >> number & 1)
