"""What a host was made of: engine, course and packages, byte by byte. A clock proves nothing.

Of installed packages the versions count, which their folders' names tell. To read and compare it all takes 3 ms.
"""

import os
import sys
from collections.abc import Iterator

import grader
from grader.course.course import Course

LARGE = 4 << 20  # of a file beyond this, which is data, size and time must do


def read(course: Course) -> dict[str, bytes]:
    """Return all files that a warm process has read, or may have, and that are no learner's, by their paths."""
    engine = os.path.dirname(os.path.abspath(grader.__file__))
    places = (engine, course.checks, course.solutions, course.data, course.root / "pyproject.toml")
    found = {path: _contents(path) for place in places for path in _files(str(place))}
    return found | {folder: "\n".join(names).encode() for folder, names in _packages()}


def _files(place: str) -> Iterator[str]:
    """Yield a file, or all below a folder, but for hidden and compiled ones; nothing for what is not there."""
    if os.path.isfile(place):
        yield place
        return
    waiting = [place] if os.path.isdir(place) else []
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name[0] == "." or entry.name == "__pycache__":
                    continue
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    yield entry.path


def _contents(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return f"unreadable: {error.errno}".encode()
    try:
        facts = os.fstat(descriptor)
        if facts.st_size > LARGE:
            return f"{facts.st_size} {facts.st_mtime_ns} {facts.st_ino}".encode()
        return os.read(descriptor, facts.st_size + 1)
    except OSError as error:
        return f"unreadable: {error.errno}".encode()
    finally:
        os.close(descriptor)


def _packages() -> Iterator[tuple[str, list[str]]]:
    """Yield the folders that packages are in, and the names and versions of these."""
    for folder in sys.path:
        if os.path.isdir(folder):
            yield (
                folder,
                sorted(name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info", ".pth"))),
            )
