"""Read a learner's files as bytes. Nothing here parses them: that is done in a worker."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from grader.course import Course, Unit
from grader.errors import SubmissionError
from grader.language import heard, later, phrase

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
        says = phrase("{file} is not there. Put it back: {command}", file=name, command=f"grade reset {unit.key}")
        raise SubmissionError(says) from error
    except OSError as error:
        if path.is_symlink():
            raise SubmissionError(phrase("{file} is a link. Put the file itself there.", file=name)) from error
        says = phrase("{file} cannot be read: {reason}.", file=name, reason=heard(error.strerror or ""))
        raise SubmissionError(says) from error
    try:
        _require_plain(os.fstat(descriptor), name, unit)
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MAX_BYTES:
        says = later("{file} is larger than {limit} MB; a unit's file is a few kB. Take the data out of it.")
        raise SubmissionError(phrase(says, file=name, limit=MAX_BYTES >> 20))
    return Source(path, name, data)


def _require_plain(facts: os.stat_result, name: str, unit: Unit) -> None:
    command = f"grade reset {unit.key}"
    if stat.S_ISDIR(facts.st_mode):
        says = later("{file} is a folder and should be a file. Move it away, then put the stub back: {command}")
        raise SubmissionError(phrase(says, file=name, command=command))
    if not stat.S_ISREG(facts.st_mode):
        says = later("{file} is not a plain file. Move it away, then put the stub back: {command}")
        raise SubmissionError(phrase(says, file=name, command=command))
    if facts.st_nlink > 1:  # the other name may be that of a solution, or of somebody else's work
        says = later("{file} is one file under several names (a hard link). Put a copy of it there.")
        raise SubmissionError(phrase(says, file=name))


def shown(path: Path) -> str:
    """Return a path as a learner standing in the current folder would type it."""
    try:
        return str((path.parent.resolve() / path.name).relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)


def folder_of(course: Course, given: str | Path | None) -> Path:
    """Return the folder of a submission, the course's own exercises by default. Raises SubmissionError."""
    if given is None:
        return course.learner_folder
    folder = Path(given)
    if not folder.is_dir():
        says = later("{folder} is not a folder. A submission is a folder with files like {file}.")
        raise SubmissionError(phrase(says, folder=given, file=f"{course.names[0]}.py"))
    return folder
