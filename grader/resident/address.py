"""Where a resident session listens: a socket in a folder that only its owner can open, one for each course folder.

The folder is opened once and used by its descriptor, so that nobody can put another one in its place in between.
"""

import os

from grader.resident import likeness

SOCKET, LOCK = ".sock", ".lock"
MARK = b"tool.grader"


def course(folder: str) -> str | None:
    """Return the course that a folder lies in, as a text search finds it; None where there is none.

    It only has to be right where it finds one: a host refuses a folder that is no course.
    """
    folder = os.path.realpath(folder)
    while True:
        if _names_a_course(os.path.join(folder, "pyproject.toml")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _names_a_course(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return MARK in file.read()
    except OSError:
        return False


def name(root: str) -> str:
    """Return the name of the host that serves a course to processes like this one: `course-likeness`."""
    return f"{of_course(root)}{_short(likeness.surroundings())}"


def of_course(root: str) -> str:
    """Return what the names of all hosts of a course begin with."""
    return f"{_short(os.fsencode(root))}-"


def _short(data: bytes) -> str:
    try:
        from _blake2 import blake2b  # hashlib would load a library of megabytes first
    except ImportError:
        from hashlib import blake2b
    return blake2b(data, digest_size=8).hexdigest()


def folder() -> str:
    """Return the path of the folder."""
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(own) and _is_mine(own):  # after `sudo` it may be somebody else's
        return os.path.join(own, "chainrule")
    return os.path.join(os.environ.get("TMPDIR") or "/tmp", f"chainrule-{os.geteuid()}")  # noqa: S108 (0700, checked)


def _is_mine(path: str) -> bool:
    try:
        return os.stat(path).st_uid == os.geteuid()
    except OSError:
        return False


def opened(*, make: bool = False) -> int:
    """Return a descriptor of the folder. make: it, if it is missing. Raises OSError where it is not ours alone."""
    path = folder()
    if make:
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            pass
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    facts = os.fstat(descriptor)
    if facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
        os.close(descriptor)
        raise PermissionError(f"{path} is open to others")
    return descriptor


def inside(folder_: int, file: str) -> str:
    """Return a path of a file in the folder that leads through its descriptor; short enough for a socket."""
    return f"/proc/self/fd/{folder_}/{file}"
