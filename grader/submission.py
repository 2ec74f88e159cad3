"""Read a learner's files as bytes. Nothing here parses them: that is done in a worker."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course, Unit
from grader.errors import SubmissionError

MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class Source:
    """One file of a submission. shown: its path as the learner would type it."""

    path: Path
    shown: str
    data: bytes


def read(folder: Path, unit: Unit) -> Source:
    """Return the bytes of a unit's file. Raises SubmissionError where it is missing, no plain file, or too large."""
    path = folder / f"{unit.name}.py"
    name = shown(path)
    try:
        # A link could point at anything the grader may read; a pipe would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise SubmissionError(f"{name} is not there. Put it back: grade reset {unit.key}") from error
    except OSError as error:
        raise SubmissionError(f"{name} cannot be read: {error.strerror}.") from error
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise SubmissionError(f"{name} is not a plain file.")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SubmissionError(f"{name} is larger than {MAX_BYTES >> 20} MB; a unit's file is a few kB.")
    return Source(path, name, data)


def shown(path: Path) -> str:
    """Return a path as a learner standing in the current folder would type it."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)


def folder_of(course: Course, given: str | Path | None) -> Path:
    """Return the folder of a submission, the course's own exercises by default. Raises SubmissionError."""
    if given is None:
        return course.learner_folder
    folder = Path(given)
    if not folder.is_dir():
        raise SubmissionError(
            f"{given} is not a folder. A submission is a folder with files like {course.names[0]}.py."
        )
    return folder
