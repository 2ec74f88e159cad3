"""Another version of a course: a folder, or an archive of one; and which files of the course differ in it."""

import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.cli.transaction import Write, on_disk
from grader.course.course import Course
from grader.errors import GraderError, UsageError
from grader.language import later, phrase

LEFT = (
    "__pycache__",
    "again",
    "venv",
    "build",
    "dist",
)  # never part of a course, as nothing is whose name begins with a dot
DAMAGED = (OSError, EOFError, ValueError, NotImplementedError, RuntimeError, tarfile.TarError, zipfile.BadZipFile)


@contextmanager
def version(given: str, here: Course) -> Iterator[Course]:
    """Open another version of the course. Raises UsageError for what is none.

    given: a folder, or a zip or tar archive; the course is in it, or in the only folder in it.
    """
    path = Path(given)
    if path.is_dir():
        yield _course(path, given, here)
        return
    if not path.is_file():
        raise UsageError(phrase("{file} is not there.", file=given))
    with TemporaryDirectory() as name:
        folder = Path(name)
        try:
            _unpack(path, folder)
        except DAMAGED as error:
            says = later("{archive} could not be unpacked: {reason}")
            raise UsageError(phrase(says, archive=given, reason=error)) from error
        yield _course(folder, given, here)


def brought(here: Course, new: Course) -> list[Write]:
    """Return what makes the course's own files those of the new version. The learner's folder is left out.

    Checks and solutions that the new version has no more are removed; other files that it has not are left alone.
    """
    theirs = {path.relative_to(new.root): path for path in _files(new, new.root)}
    gone = [
        path
        for folder in (here.checks, here.solutions)
        for path in _files(here, folder)
        if path.relative_to(here.root) not in theirs and path.suffix != ".pyc"
    ]
    writes = [Write(here.root / name, on_disk(here.root / name), path.read_bytes()) for name, path in theirs.items()]
    writes += [Write(path, on_disk(path), None) for path in gone]
    return [write for write in writes if write.old != write.new]


def _course(folder: Path, given: str, here: Course) -> Course:
    inside = [path for path in folder.iterdir() if path.is_dir()]
    for root in (folder, *(inside if len(inside) == 1 else ())):
        if (root / "pyproject.toml").is_file():
            try:
                course = Course.find(root)
            except GraderError as error:
                raise UsageError(phrase("{file} is no course: {reason}", file=given, reason=error)) from error
            if course.root == root.resolve():
                return _checked(course, given, here)
    says = later("{file} holds no course: there is no pyproject.toml with [tool.grader] in it.")
    raise UsageError(phrase(says, file=given))


def _checked(course: Course, given: str, here: Course) -> Course:
    if course.root == here.root:
        raise UsageError(phrase("{file} is this course itself. Name the folder of another version.", file=given))
    if not set(course.names) & set(here.names):
        says = later("{file} is another course: it has none of the units {names}.")
        raise UsageError(phrase(says, file=given, names=", ".join(here.names)))
    return course


def _unpack(path: Path, folder: Path) -> None:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)  # noqa: S202 (it lets no name lead out of the folder)
        return
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")


def _files(course: Course, below: Path) -> Iterator[Path]:
    for path in sorted(below.iterdir()) if below.is_dir() else ():
        is_left = path.name.startswith(".") or path.name in LEFT or path.name.endswith(".egg-info") or path.is_symlink()
        if is_left or path == course.learner_folder:
            continue
        if path.is_dir():
            yield from _files(course, path)
        elif path.is_file():
            yield path
