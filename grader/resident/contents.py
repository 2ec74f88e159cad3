"""What a host was made of: engine, course and packages, by their contents. A clock proves nothing.

Of installed packages the versions count, which their folders' names tell.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import grader
from grader.course import Course

LARGE = 4 << 20  # of a data file beyond this size and time must do
NOT_READ = ("__pycache__",)


def digest(course: Course) -> bytes:
    """Return a digest of everything that a warm process has read, or may have, of files that are no learner's."""
    found = hashlib.blake2b(digest_size=16)
    engine = os.path.dirname(os.path.abspath(grader.__file__))
    for place in (engine, course.checks, course.solutions, course.data, course.root / "pyproject.toml"):
        for path in _files(str(place)):
            found.update(f"\0{path}\0".encode("utf-8", "surrogateescape"))
            found.update(_contents(path))
    for name in _packages():
        found.update(f"\0{name}".encode("utf-8", "surrogateescape"))
    return found.digest()


def _files(place: str) -> Iterator[str]:
    """Yield a file, or all below a folder in a steady order; nothing for what is not there."""
    if os.path.isfile(place):
        yield place
    for folder, folders, files in os.walk(place):
        folders[:] = sorted(name for name in folders if name not in NOT_READ and name[0] != ".")
        yield from (f"{folder}/{name}" for name in sorted(files) if name[0] != ".")


def _contents(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b"unreadable"
    try:
        facts = os.fstat(descriptor)
        if facts.st_size > LARGE:
            return f"{facts.st_size} {facts.st_mtime_ns} {facts.st_ino}".encode()
        return os.read(descriptor, LARGE)
    except OSError:
        return b"unreadable"
    finally:
        os.close(descriptor)


def _packages() -> Iterator[str]:
    """Yield the names of packages and their versions, folder by folder."""
    for folder in sys.path:
        if Path(folder).is_dir():
            yield folder
            yield from sorted(name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info", ".pth")))
