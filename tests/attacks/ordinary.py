"""Become an ordinary user who may read what an arena needs, then run a command. Only root can.

    python ordinary.py USER COMMAND ...

Python, its libraries or this folder often lie below a private home (`/root/.pyenv`, a temporary folder of root's).
Nothing of that is opened to others. In a mount namespace of this process alone, an empty folder that all may enter lies
over each private folder on the way, and what is needed is bound to its old place in it.
"""

import contextlib
import os
import sys
from pathlib import Path

from grader.worker.confine import libc, namespaces

ENTER = 0o001


def needed():
    """Yield the folders that Python and the arena read: as they are written, and as what their links lead to."""
    for place in {sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path), str(Path(__file__).parents[2])}:
        yield Path(place).absolute()
        yield Path(place).resolve()
    yield Path(sys.executable).resolve().parents[1]


def private(place):
    """Return the first folder on the way to a place that others may not enter, or None."""
    for folder in reversed(place.parents):
        if not folder.stat().st_mode & ENTER:
            return folder
    return None


def open_ways(places):
    """Let others enter each place, as this process sees the file system. Raises OSError."""
    libc.unshare(namespaces.NEW_MOUNTS)
    libc.mount(None, "/", None, namespaces.RECURSIVE | namespaces.PRIVATE)
    hidden = [place for place in sorted({*places}) if private(place)]
    held = [(place, os.open(place, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)) for place in hidden]
    for place, descriptor in held:
        while place.exists() and (folder := private(place)):
            libc.mount("tmpfs", str(folder), "tmpfs", namespaces.NO_SETUID | namespaces.NO_DEVICES, "size=1m,mode=755")
        if not place.exists():  # else it lies in one that is bound already
            place.mkdir(parents=True)
            libc.mount(f"/proc/self/fd/{descriptor}", str(place), None, namespaces.BIND | namespaces.RECURSIVE)


def main():
    user, *command = sys.argv[1:]
    with contextlib.suppress(OSError):  # then a private folder stays private, and the command says so
        open_ways(needed())
    os.setgroups([])
    os.setresgid(int(user), int(user), int(user))
    os.setresuid(int(user), int(user), int(user))
    os.execv(command[0], command)  # noqa: S606 (that is what it is for)


if __name__ == "__main__":
    main()
