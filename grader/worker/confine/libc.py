"""The C library, as far as it is needed here: a call that fails raises OSError with the name of what failed."""

import ctypes
import os
import platform
from typing import Any

MACHINE = platform.machine()
_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long


class Unavailable(Exception):
    """This machine does not have the mechanism at all."""


def checked(result: int, what: str) -> int:
    """Return a call's result. Raises OSError where it is negative."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def prctl(option: int, *arguments: int) -> int:
    """Call prctl with up to four more arguments."""
    words = [ctypes.c_ulong(word) for word in (*arguments, 0, 0, 0, 0)[:4]]
    return checked(_LIBC.prctl(ctypes.c_int(option), *words), f"prctl({option})")


def syscall(number: int, *arguments: object, what: str = "") -> int:
    """Make a system call by number; integers go as long, everything else as ctypes has it."""
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    return checked(_LIBC.syscall(ctypes.c_long(number), *words), what or f"system call {number}")


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name."""
    checked(_LIBC.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def setns(descriptor: int, kind: int) -> None:
    """Enter the namespace of a descriptor."""
    checked(_LIBC.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Call mount; None stands for no argument."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    options = None if data is None else os.fsencode(data)
    checked(_LIBC.mount(*words, ctypes.c_ulong(flags), options), f"mount {source} on {target}")


def unmount(target: str) -> None:
    """Detach what is mounted there, at once."""
    checked(_LIBC.umount2(os.fsencode(target), 2), f"umount {target}")


def capset(header: ctypes.Structure, data: Any) -> None:
    """Set this thread's capabilities."""
    checked(_LIBC.capset(ctypes.byref(header), ctypes.byref(data)), "capset")
