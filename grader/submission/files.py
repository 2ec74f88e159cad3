"""Read a learner's files as bytes: from a folder, or from an archive. Nothing here parses them: workers do that."""

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.course.course import Course
from grader.course.unit import Unit
from grader.errors import NotHandedIn, SubmissionError
from grader.language import heard, later, phrase
from grader.submission import near
from grader.worker.host import reading
from grader.worker.host.launch import Launcher

MAX_BYTES = 1 << 20
MAX_NOTEBOOK_BYTES = 16 << 20  # with pictures in it
MAX_ARCHIVE_BYTES = 32 << 20
MODULE, NOTEBOOK = ".py", ".ipynb"
LIMITS = {MODULE: MAX_BYTES, NOTEBOOK: MAX_NOTEBOOK_BYTES}
MEANT = later("{found} is there. If that is it, name it {file}.")
BELOW = later("{found} is there. If that is it, the folder that holds it is the one to grade.")


@dataclass(frozen=True)
class SubmittedFile:
    """One file of a submission. shown: its path as the learner would type it. own: `grade reset` can mend it.

    data: the module. stored: what it was taken out of, a notebook; empty for a module.
    ran: cells that a kernel has run, as a notebook; they come below what is in the file.
    """

    shown: str
    data: bytes
    own: bool = False
    stored: bytes = b""
    ran: bytes = b""

    @property
    def is_notebook(self) -> bool:
        """Whether the module has to be taken out of a notebook first."""
        return self.shown.endswith(NOTEBOOK)


class Submission(Protocol):
    """Whose files are graded. path: of the folder or archive. shown: how a report names it."""

    @property
    def path(self) -> Path:
        """Where it lies."""

    @property
    def shown(self) -> str:
        """Its name."""

    def read(self, unit: Unit) -> SubmittedFile:
        """Return a unit's file. Raises NotHandedIn, SubmissionError."""

    def holds(self, unit: Unit) -> bool:
        """Say whether a unit's file is there, whatever it is like."""

    def name(self, file: str) -> str:
        """Return how one of its files is named to the learner."""


@dataclass(frozen=True)
class Folder:
    """A folder with files like `u01_micrograd.py`, or notebooks of these names.

    ran: cells that a kernel has run, as a notebook; they come below what is in a unit's file.
    """

    path: Path
    ran: bytes = b""

    @property
    def shown(self) -> str:
        """The folder."""
        return shown(self.path)

    def name(self, file: str) -> str:
        """Return `folder/file`."""
        return str(Path(self.shown) / file)

    def holds(self, unit: Unit) -> bool:
        """Say whether there is a module or a notebook of that name, or anything else."""
        return any(os.path.lexists(self.path / f"{unit.name}{end}") for end in LIMITS)

    def read(self, unit: Unit) -> SubmittedFile:
        """Return the bytes. Raises NotHandedIn; SubmissionError for one there twice, no plain file, or too large."""
        module, notebook = self.path / f"{unit.name}{MODULE}", self.path / f"{unit.name}{NOTEBOOK}"
        if not self.holds(unit):
            raise self._missing(module, unit)
        if not os.path.lexists(notebook):
            return self._source(module, unit, MAX_BYTES)
        if os.path.lexists(module) and not self._is_stub(module, unit):
            raise _twice(self, unit)
        return self._source(notebook, unit, MAX_NOTEBOOK_BYTES)

    def _source(self, path: Path, unit: Unit, limit: int) -> SubmittedFile:
        name = self.name(path.name)
        return SubmittedFile(name, contents(path, unit, limit, name), own=_is_own(path, unit), ran=self.ran)

    def _missing(self, module: Path, unit: Unit) -> NotHandedIn:
        meant = meant_for(unit.name, near.names_below(self.path))
        above = self.path.parent / module.name
        if _is_own(module, unit) and above.is_file():
            says = later("{file} is not there, but {found} is. Move it back into {folder}.")
            facts = {"file": self.name(module.name), "found": shown(above), "folder": self.shown}
            return NotHandedIn(phrase(says, **facts))
        if _is_own(module, unit):
            says = later("{file} is not there. Put it back: {command}")
            return _not_there(phrase(says, file=self.name(module.name), command=f"grade reset {unit.key}"), meant)
        return _not_there(phrase("{file} was not handed in.", file=module.name), meant)

    def _is_stub(self, module: Path, unit: Unit) -> bool:
        """Say whether a module is the one that was handed out, so that the notebook beside it is the work."""
        if _is_own(module, unit):
            return False
        return contents(module, unit, MAX_BYTES, self.name(module.name)) == _handed_out(unit)


@dataclass(frozen=True)
class Archive:
    """A zip or tar archive, of which a worker took what belongs to the course. files: name -> bytes.

    others: paths of what else in it may be a unit's, by name.
    """

    path: Path
    files: dict[str, bytes]
    others: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The archive."""
        return shown(self.path)

    def name(self, file: str) -> str:
        """Return `archive:file`."""
        return f"{self.shown}:{file}"

    def holds(self, unit: Unit) -> bool:
        """Say whether it has a module or a notebook of that name."""
        return any(f"{unit.name}{end}" in self.files for end in LIMITS)

    def read(self, unit: Unit) -> SubmittedFile:
        """Return the bytes. Raises NotHandedIn, or SubmissionError for one that is there twice."""
        module, notebook = (self.files.get(f"{unit.name}{end}") for end in (MODULE, NOTEBOOK))
        if notebook is not None and module is not None and module != _handed_out(unit):
            raise _twice(self, unit)
        if notebook is not None:
            return SubmittedFile(self.name(f"{unit.name}{NOTEBOOK}"), notebook)
        if module is None:
            raise _not_there(self._lacks(f"{unit.name}{MODULE}"), meant_for(unit.name, self.others))
        return SubmittedFile(self.name(f"{unit.name}{MODULE}"), module)

    def _lacks(self, file: str) -> str:
        return phrase("{file} is not in {archive}.", file=file, archive=self.shown)


def opened(course: Course, given: str | Path | None, launcher: Callable[[], Launcher], ran: bytes = b"") -> Submission:
    """Return a submission, the course's own exercises by default.

    Raises SubmissionError; NotHandedIn where there is no file of the course in it.

    launcher: gives the launcher for the worker that an archive is read in. ran: cells of the learner's own kernel.
    """
    if given is None:
        return Folder(course.learner_folder, ran)
    path = Path(given)
    if path.is_dir():
        folder = Folder(path)
        require_some(course, folder, near.names_below(path))
        return folder
    if not os.path.lexists(path) or path.suffix in (MODULE, NOTEBOOK):
        says = later(
            "{folder} is not a folder. A submission is a folder with files like {file} or {notebook}, or a zip or tar "
            "archive of one."
        )
        example = course.names[0]
        raise SubmissionError(phrase(says, folder=shown(path), file=f"{example}.py", notebook=f"{example}.ipynb"))
    archive = unpacked(course, path, launcher())
    require_some(course, archive, archive.others)
    return archive


def require_some(course: Course, work: Folder | Archive, others: Sequence[str]) -> None:
    """Raise NotHandedIn for a submission without a file of the course. others: files in it that may have been meant."""
    if any(work.holds(unit) for unit in course.units):
        return
    says = later("{archive} holds no file of this course, such as {file}.")
    meant = next(filter(None, (meant_for(name, others) for name in course.names)), "")
    raise _not_there(phrase(says, archive=work.shown, file=f"{course.names[0]}.py"), meant)


def _not_there(says: str, meant: str) -> NotHandedIn:
    return NotHandedIn(f"{says}\n{meant}" if meant else says)


def meant_for(unit: str, paths: Sequence[str]) -> str:
    """Return the sentence that names the file that may have been meant for a unit's; nothing where there is none."""
    found = near.nearest(unit, paths)
    if found is None:
        return ""
    path, file = found
    return phrase(BELOW if Path(path).name == file else MEANT, found=path, file=file)


def unpacked(course: Course, path: Path, launcher: Launcher, name: str = "") -> Archive:
    """Return what a worker finds in an archive. name: how it is called. Raises SubmissionError."""
    name = name or shown(path)
    data = contents(path, None, MAX_ARCHIVE_BYTES, name)
    limits = {name + end: limit for name in course.names for end, limit in LIMITS.items()}
    try:
        found = reading.read(launcher, "unpack", data, limits)
    except reading.Unreadable as lost:
        says = phrase("{archive} could not be unpacked: {reason}", archive=name, reason=lost)
        raise SubmissionError(says) from lost
    if found["problem"]:
        says = later("{archive} cannot be graded: {reason}.")
        raise SubmissionError(phrase(says, archive=name, reason=heard(found["problem"])))
    return Archive(path, dict(found["files"]), tuple(filter(near.is_work, found["others"])))


def _is_own(path: Path, unit: Unit) -> bool:
    """Say whether a file is the learner's own, in the course's folder; a link of that name is, wherever it leads."""
    return path.name == unit.stub.name and os.path.realpath(path.parent) == os.path.realpath(unit.stub.parent)


def _handed_out(unit: Unit) -> bytes | None:
    """Return the stub as it lies in the course; it may be the learner's by now, and anything."""
    try:
        return contents(unit.stub, unit, MAX_BYTES, "")
    except SubmissionError:
        return None


def _twice(submission: Submission, unit: Unit) -> SubmissionError:
    names = [submission.name(f"{unit.name}{end}") for end in (MODULE, NOTEBOOK)]
    says = later("{file} and {notebook} are both there. Keep the one that is to be graded.")
    return SubmissionError(phrase(says, file=names[0], notebook=names[1]))


def contents(path: Path, unit: Unit | None, limit: int, name: str) -> bytes:
    """Return a file's bytes. unit: whose file it is. name: how it is called. Raises SubmissionError."""
    own = unit is not None and _is_own(path, unit)  # `grade reset` changes no other folder
    command = f"grade reset {unit.key}" if unit is not None and own else ""
    try:
        # A link could point at anything the grader may read; a pipe would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise NotHandedIn(phrase("{file} is not there.", file=name)) from error
    except OSError as error:
        if path.is_symlink():
            raise SubmissionError(phrase("{file} is a link. Put the file itself there.", file=name)) from error
        says = phrase("{file} cannot be read: {reason}.", file=name, reason=heard(error.strerror or ""))
        raise SubmissionError(says) from error
    try:
        _require_plain(os.fstat(descriptor), name, command)
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(descriptor)
    if len(data) > limit:
        says = later("{file} is larger than {limit} MB.")
        if unit:
            says = later("{file} is larger than {limit} MB; a unit's file is a few kB. Take the data out of it.")
        raise SubmissionError(phrase(says, file=name, limit=limit >> 20))
    return data


def _require_plain(facts: os.stat_result, name: str, command: str) -> None:
    if stat.S_ISDIR(facts.st_mode):
        says = later("{file} is a folder and should be a file.")
        if command:
            says = later("{file} is a folder and should be a file. Move it away, then put the stub back: {command}")
        raise SubmissionError(phrase(says, file=name, command=command))
    if not stat.S_ISREG(facts.st_mode):
        says = later("{file} is not a plain file.")
        if command:
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
