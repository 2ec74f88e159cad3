"""Where an arena runs that needs another place than its tests, then a command. Only root can.

    python quarters.py user NUMBER COMMAND ...   as an ordinary user who may read what an arena needs
    python quarters.py alone FOLDER COMMAND ...  shut in: nothing outlives it or gets out but what lies in FOLDER

Python, its libraries or this folder often lie below a private home (`/root/.pyenv`, a temporary folder of root's).
Nothing of that is opened to others. In a mount namespace of this process alone, an empty folder that all may enter lies
over each private folder on the way, and what is needed is bound to its old place in it.
"""

import contextlib
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

from grader.worker.confine import libc, privileges
from grader.worker.confine import namespaces as ns

ENTER = 0o001
SHARED = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108
SETS_FLAGS, UP = 0x8914, 0x1


def needed():
    """Yield the folders that Python and the arena read: as they are written, and as what their links lead to."""
    for place in {sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path), str(Path(__file__).parents[2])}:
        yield Path(place).absolute()
        yield Path(place).resolve()
    yield Path(sys.executable).resolve().parents[1]


def private(place):
    """Return the first folder on the way to a place that others may not enter, or None."""
    return next((folder for folder in reversed(place.parents) if not folder.stat().st_mode & ENTER), None)


def leave(more=0):
    """Have mounts of one's own from now on, and what else is said."""
    libc.unshare(ns.NEW_MOUNTS | more)
    libc.mount(None, "/", None, ns.RECURSIVE | ns.PRIVATE)


def held(places):
    """Return each place with a descriptor of it, the outer ones first."""
    return [(place, os.open(place, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)) for place in sorted({*places})]


def cover(folder, mode="755"):
    """Let an empty folder lie over another."""
    libc.mount("tmpfs", str(folder), "tmpfs", ns.NO_SETUID | ns.NO_DEVICES, f"mode={mode}")


def put_back(place, descriptor):
    """Bind a folder to its old place where that is covered, unless it lies in one that is bound already."""
    if not place.exists():
        place.mkdir(parents=True)
        libc.mount(f"/proc/self/fd/{descriptor}", str(place), None, ns.BIND | ns.RECURSIVE)


def user(number, command):
    """Run a command as an ordinary user."""
    with contextlib.suppress(OSError):  # then a private folder stays private, and the command says so
        leave()
        for place, descriptor in held(place for place in needed() if private(place)):
            while place.exists() and (folder := private(place)):
                cover(folder)
            put_back(place, descriptor)
    os.setgroups([])
    os.setresgid(number, number, number)
    os.setresuid(number, number, number)
    os.execv(command[0], command)  # noqa: S606 (that is what it is for)


def alone(folder, command):
    """Run a command where it sees no process of others, reaches no network, and writes nothing that stays."""
    leave(ns.NEW_PID | ns.NEW_IPC | ns.NEW_NETWORK)
    if child := os.fork():
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
    privileges.die_with_parent()
    places = held([*needed(), folder])
    for one in SHARED:
        cover(one, "1777")
    libc.mount("proc", "/proc", "proc", 0)
    for place, descriptor in places:
        put_back(place, descriptor)
    libc.mount(None, "/", None, ns.REMOUNT | ns.BIND | ns.READ_ONLY)
    with socket.socket() as one:
        fcntl.ioctl(one, SETS_FLAGS, struct.pack("16sh14x", b"lo", UP))
    if child := os.fork():  # process 1 stays, since the kernel keeps signals from it, and all others end with it
        while (ended := os.wait())[0] != child:
            pass
        os._exit(os.waitstatus_to_exitcode(ended[1]) & 0xFF)
    os.chdir(folder)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    what, where, *words = sys.argv[1:]
    user(int(where), words) if what == "user" else alone(Path(where), words)
