"""A filter of system calls: everything that is not on the list is refused. See seccomp(2); the program is classic BPF.

No socket, no signal to others, no exec, no new process, no shared memory, no file opened for writing. What honest code
does (maths, memory, files of the standard library to read, clocks) passes. mmap with PROT_EXEC must stay: the maths
libraries generate code.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Callable, Sequence
from functools import partial

from grader.worker.confine import libc
from grader.worker.confine.calls import ARCHITECTURES, FILES, FREE, NEWEST, NUMBERS

SECCOMP, FILTER = 22, 2
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
KILL, ALLOW, ERROR = 0x80000000, 0x7FFF0000, 0x00050000
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
X32 = 0x40000000
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0o20000000  # the last is __O_TMPFILE
TTY_QUESTIONS = (0x5401, 0x541B, 0x5450, 0x5451)  # TCGETS, FIONREAD, FIONCLEX, FIOCLEX
FCNTL_FREE = (0, 1, 2, 3, 1030, 1032)  # DUPFD, GETFD, SETFD, GETFL, DUPFD_CLOEXEC, GETPIPE_SZ
SETFL, ASYNC = 4, 0o20000
OWN_NAME = (15, 16)  # PR_SET_NAME, PR_GET_NAME
THREAD, NEW_NAMESPACES = 0x00010000, 0x7E020000


class Program:
    """A BPF program in the making. The accumulator holds the system call's number at the start of every block."""

    def __init__(self) -> None:
        self._code: list[tuple[int, int, int, int]] = []

    def emit(self, code: int, operand: int, when_true: int = 0, when_false: int = 0) -> None:
        """Add one instruction; the jumps count instructions to skip."""
        self._code.append((code, when_true, when_false, operand & 0xFFFFFFFF))

    def give(self, verdict: int) -> None:
        """End here."""
        self.emit(RETURN, verdict)

    def argument(self, index: int) -> None:
        """Load the low word of an argument (both machines are little-endian)."""
        self.emit(LOAD, 16 + 8 * index)

    def allow_values(self, index: int, values: Sequence[int], otherwise: int) -> None:
        """Allow the call if an argument is one of a few values, else fail with an error number."""
        self.argument(index)
        for value in values:
            self.emit(EQUAL, value, 0, 1)
            self.give(ALLOW)
        self.give(ERROR | otherwise)

    def refuse_bits(self, index: int, bits: int, error: int) -> None:
        """Fail if an argument has any of these bits, else allow."""
        self.argument(index)
        self.emit(ANY_BIT, bits, 0, 1)
        self.give(ERROR | error)
        self.give(ALLOW)

    def on(self, name: str, rule: Callable[[], None]) -> None:
        """Apply a rule, which must end on every path, to one system call."""
        if name not in NUMBERS:
            return
        mark = len(self._code)
        self.emit(EQUAL, NUMBERS[name])
        rule()
        code, when_true, _, operand = self._code[mark]
        self._code[mark] = (code, when_true, len(self._code) - mark - 1, operand)

    def packed(self) -> bytes:
        """Return the program as the kernel takes it."""
        return b"".join(struct.pack("=HBBI", *instruction) for instruction in self._code)


def program(*, threads: bool = False, files: bool = False) -> bytes:
    """Return the filter for this process, whose number is part of it. threads: whether it may start threads.

    files: whether files may be opened for writing; then something else must say where.

    Raises Unavailable on a machine without a table.
    """
    if libc.MACHINE not in ARCHITECTURES:
        raise libc.Unavailable(f"no table of system calls for {libc.MACHINE}")
    made = Program()
    _only_this_machine(made)
    _files(made, writable=files)
    _processes(made, threads=threads)
    free = [*(NUMBERS[name] for name in FREE), *(FILES.values() if files else ())]
    for index, number in enumerate(free):
        made.emit(EQUAL, number, len(free) - index + 2)  # over the rest of the list and three instructions
    made.emit(AT_LEAST, NEWEST + 1, 0, 1)
    made.give(ERROR | errno.ENOSYS)
    made.give(ERROR | errno.EPERM)
    made.give(ALLOW)
    return made.packed()


def install(filter_: bytes) -> None:
    """Put the filter on this process, for good. Needs no_new_privileges or root."""
    buffer = ctypes.create_string_buffer(filter_, len(filter_))
    holder = _Holder(len(filter_) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    libc.prctl(SECCOMP, FILTER, ctypes.addressof(holder))


class _Holder(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _only_this_machine(made: Program) -> None:
    made.emit(LOAD, ARCHITECTURE)
    made.emit(EQUAL, ARCHITECTURES[libc.MACHINE], 1, 0)
    made.give(KILL)
    made.emit(LOAD, NUMBER)
    if libc.MACHINE == "x86_64":
        made.emit(AT_LEAST, X32, 0, 1)
        made.give(KILL)


def _files(made: Program, *, writable: bool) -> None:
    for name, flags in (("open", 1), ("openat", 2)):
        made.on(name, partial(made.refuse_bits, flags, 0 if writable else WRITING, errno.EACCES))
    made.on("ioctl", lambda: made.allow_values(1, TTY_QUESTIONS, errno.ENOTTY))
    made.on("fcntl", lambda: _fcntl(made))


def _fcntl(made: Program) -> None:
    """Ask and duplicate; set flags, but not the one that has signals sent."""
    made.argument(1)
    for command in FCNTL_FREE:
        made.emit(EQUAL, command, 0, 1)
        made.give(ALLOW)
    made.emit(EQUAL, SETFL, 1, 0)
    made.give(ERROR | errno.EPERM)
    made.refuse_bits(2, ASYNC, errno.EPERM)


def _processes(made: Program, *, threads: bool) -> None:
    made.on("tgkill", lambda: made.allow_values(0, (os.getpid(),), errno.EPERM))
    made.on("prlimit64", lambda: made.allow_values(0, (0,), errno.EPERM))
    made.on("prctl", lambda: made.allow_values(0, OWN_NAME, errno.EPERM))
    made.on("clone3", lambda: made.give(ERROR | errno.ENOSYS))  # the C library then falls back to clone
    made.on("clone", lambda: _threads(made) if threads else made.give(ERROR | errno.EAGAIN))


def _threads(made: Program) -> None:
    made.argument(0)
    made.emit(ANY_BIT, THREAD, 1, 0)
    made.give(ERROR | errno.EPERM)
    made.refuse_bits(0, NEW_NAMESPACES, errno.EPERM)
