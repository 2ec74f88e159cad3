"""Landlock: which files a process may read, from now on and for good.

See landlock(7), and the kernel's Documentation/userspace-api/landlock.rst for what each version of the interface (ABI)
added.

Not governed by it: stat, chdir, chmod, utime, UDP, and unix sockets by path; those are seccomp's part.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from grader.worker.confine.libc import Unavailable, syscall

CREATE, ADD, RESTRICT = 444, 445, 446
VERSION_FLAG, PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_FILE, MOVE = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 13
FILING = READ_FILE | READ_DIR | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_FILE | MOVE | TRUNCATE
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
NO_TCP = 3  # bind and connect: handled, and no port allowed
SCOPES = 3  # abstract unix sockets, signals
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}  # file rights by ABI
ALL_RIGHTS = (1 << 16) - 1  # from ABI 5 on


def version() -> int:
    """Return the kernel's ABI number, 0 where there is none, or where something forbids to ask."""
    try:
        return syscall(CREATE, None, 0, VERSION_FLAG)
    except OSError:
        return 0


def ruleset(readable: Iterable[str], listable: Iterable[str], writable: Iterable[str] = ()) -> int:
    """Return the descriptor of a set of rules that allows nothing but this.

    readable: files, and folders with all below them. listable: folders whose names may be read, not their contents.
    writable: folders in which files may be made, changed and removed.
    A path that does not exist is left out. Raises Unavailable without Landlock, OSError where the kernel refuses.
    """
    rules, rights = _create(version())
    try:
        for paths, access in ((readable, READ_FILE | READ_DIR), (listable, READ_DIR), (writable, FILING)):
            for path in paths:
                _allow(rules, path, access & rights)
    except OSError:
        os.close(rules)
        raise
    return rules


def write_below(folder: str) -> int:
    """Return the descriptor of rules that forbid every change outside a folder and say nothing about reading."""
    rights = FILING & ~(READ_FILE | READ_DIR) & RIGHTS.get(version(), ALL_RIGHTS)
    attributes = ctypes.create_string_buffer(struct.pack("=Q", rights), 8)
    rules = syscall(CREATE, attributes, 8, 0, what="landlock_create_ruleset")
    _allow(rules, folder, rights)
    return rules


def enforce(rules: int) -> None:
    """Restrict this process and all its children. Needs no_new_privileges or root."""
    syscall(RESTRICT, rules, 0, what="landlock_restrict_self")


def _create(abi: int) -> tuple[int, int]:
    """Return a new set of rules and the file rights it handles; some kernels need a lower ABI than they claim."""
    if abi < 1:
        raise Unavailable("Landlock is not in this kernel, was not enabled at boot, or is blocked")
    rights = RIGHTS.get(abi, ALL_RIGHTS)
    words = (rights, NO_TCP if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", *words)[:size], size)
    try:
        return syscall(CREATE, attributes, size, 0, what=f"landlock_create_ruleset (ABI {abi})"), rights
    except OSError:
        if abi == 1:
            raise
        return _create(abi - 1)


def _allow(rules: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            access &= FILE_RIGHTS
        rule = ctypes.create_string_buffer(struct.pack("=Qi", access, place), 12)
        syscall(ADD, rules, PATH_BENEATH, rule, 0, what=f"landlock_add_rule {path}")
    finally:
        os.close(place)
