"""What one learner handed in, as bytes: from a folder, nested or not, an archive, or files that a platform has renamed.

Links are refused wherever they are, and nothing is followed: a link may lead to the solutions, or to somebody else's
work. Nothing is parsed here, and nothing is extracted: a worker takes what belongs to the course out of an archive.
"""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader import store
from grader.batch.names import OUTER, Entry, is_archive, of_unit
from grader.course.course import Course
from grader.course.unit import Unit
from grader.errors import SubmissionError
from grader.language import heard, later, phrase
from grader.submission import near
from grader.submission.files import (
    LIMITS,
    MAX_ARCHIVE_BYTES,
    Archive,
    SubmittedFile,
    contents,
    require_some,
    unpacked,
)
from grader.worker.host.launch import Launcher

DEEPEST, MOST = 8, 5000  # folders in folders, and files


class Unreadable(Exception):
    """It cannot be read now, by no fault of the learner's. The text says why."""


@dataclass(frozen=True)
class Source:
    """One file. inner: its path in the submission, with `/`. wanted: the name that it has in the course, or nothing."""

    path: Path
    inner: str
    wanted: str = ""

    def rank(self, learners: str) -> int:
        """Return how surely it is the one that is meant. learners: the folder of a course where learners write."""
        folder, _, name = self.inner.rpartition("/")
        if name != self.wanted:
            return 3
        return {"": 0, learners: 1}.get(folder, 2)


@dataclass(frozen=True)
class Handed(Archive):
    """Files of the course that were found in a folder, or beside each other.

    called: the learner. troubles: by a file's name, why it cannot be graded. taken: by a file's name where it lay, if
    that was under another name.
    """

    called: str = ""
    troubles: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The learner."""
        return self.called

    def name(self, file: str) -> str:
        """Return `learner/file`."""
        return f"{self.called}/{file}"

    def holds(self, unit: Unit) -> bool:
        """Say whether there is a file of that unit, even one that cannot be graded."""
        return super().holds(unit) or any(f"{unit.name}{end}" in self.troubles for end in LIMITS)

    def read(self, unit: Unit) -> SubmittedFile:
        """Return the bytes. Raises SubmissionError."""
        for end in LIMITS:
            if trouble := self.troubles.get(f"{unit.name}{end}"):
                raise SubmissionError(trouble)
        return super().read(unit)

    def _lacks(self, file: str) -> str:
        return phrase("{file} was not handed in.", file=file)


def sources(course: Course, entry: Entry) -> list[Source]:
    """Return the files of the course, or else the archives, that one learner handed in, by names alone.

    Other modules and notebooks are listed as well, `wanted` by nobody. Raises SubmissionError for a link and for too
    much, Unreadable for what is gone or locked.
    """
    found: list[Source] = []
    for path in entry.paths:
        _refuse_link(path, path.name)
        found += _below(course, path, len(entry.paths) > 1) if path.is_dir() else [_one(course, path, path.name)]
    some = [one for one in found if one.wanted]
    packed = [one for one in found if is_archive(one.inner)] if not some else []
    others = [one for one in found if not one.wanted and near.is_work(one.inner)]
    return [*some, *packed, *others]


def _one(course: Course, path: Path, inner: str) -> Source:
    if not os.path.lexists(path):
        raise Unreadable(phrase("{file} is not there any more.", file=inner))
    return Source(path, inner, of_unit(path.name, course.names))


def _below(course: Course, folder: Path, several: bool) -> Iterator[Source]:
    """Yield the files of a folder and of those in it. several: it is one of several things that were handed in."""
    waiting = [(folder, f"{folder.name}/" if several else "", 0)]
    seen = 0
    while waiting:
        at, before, depth = waiting.pop()
        for item in _listed(at, before or folder.name):
            inner = f"{before}{item.name}"
            _refuse_link(Path(item.path), inner)
            seen += 1
            if seen > MOST or depth > DEEPEST:
                raise SubmissionError(phrase("{folder} holds too many files to be a submission.", folder=folder.name))
            if not item.is_dir(follow_symlinks=False):
                if not item.name.startswith("._"):  # what macOS puts beside each file
                    yield _one(course, Path(item.path), inner)
            elif item.name not in OUTER and not item.name.startswith("."):
                waiting.append((Path(item.path), f"{inner}/", depth + 1))


def _listed(folder: Path, name: str) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda item: item.name)
    except FileNotFoundError as error:
        raise Unreadable(phrase("{file} is not there any more.", file=name)) from error
    except OSError as error:
        says = phrase("{file} cannot be read: {reason}.", file=name, reason=heard(error.strerror or ""))
        raise Unreadable(says) from error


def _refuse_link(path: Path, name: str) -> None:
    try:
        is_link = stat.S_ISLNK(path.lstat().st_mode)
    except OSError as error:
        raise Unreadable(phrase("{file} is not there any more.", file=name)) from error
    if is_link:
        raise SubmissionError(phrase("{file} is a link. A submission with a link in it is not graded.", file=name))


@dataclass(frozen=True)
class Raw:
    """The bytes of all that counts in a submission, or why some of it has none. files: by path in it."""

    sources: tuple[Source, ...]
    files: dict[str, bytes]
    troubles: dict[str, str]

    @property
    def digest(self) -> str:
        """A digest of it."""
        parts = [b"\0".join([*_pair(name, data)]) for name, data in sorted(self.files.items())]
        told = [
            f"{name}\0{trouble}".encode("utf-8", "surrogateescape") for name, trouble in sorted(self.troubles.items())
        ]
        others = [one.inner.encode("utf-8", "surrogateescape") for one in self.sources]
        return store.key(*(store.key(*some).encode() for some in (parts, told, others)))


def _pair(name: str, data: bytes) -> tuple[bytes, bytes]:
    return name.encode("utf-8", "surrogateescape"), store.key(data).encode()


def read(course: Course, entry: Entry) -> Raw:
    """Read what counts of one submission. Raises SubmissionError, Unreadable."""
    found = sources(course, entry)
    files: dict[str, bytes] = {}
    troubles: dict[str, str] = {}
    for one in found:
        if not one.wanted and not is_archive(one.inner):
            continue
        limit = LIMITS[Path(one.wanted).suffix] if one.wanted else MAX_ARCHIVE_BYTES
        _require_readable(one)
        try:
            files[one.inner] = contents(one.path, None, limit, one.inner)
        except SubmissionError as error:
            troubles[one.inner] = str(error)
    return Raw(tuple(found), files, troubles)


def _require_readable(one: Source) -> None:
    if not os.path.lexists(one.path):
        raise Unreadable(phrase("{file} is not there any more.", file=one.inner))
    if not os.access(one.path, os.R_OK, follow_symlinks=False):
        reason = heard("Permission denied")
        raise Unreadable(phrase("{file} cannot be read: {reason}.", file=one.inner, reason=reason))


def opened(course: Course, entry: Entry, raw: Raw, launcher: Callable[[], Launcher]) -> Archive:
    """Return a submission that can be graded. Raises SubmissionError.

    launcher: gives the launcher for the worker that an archive is read in.
    """
    if len(entry.paths) == 1 and not entry.paths[0].is_dir() and is_archive(entry.paths[0].name):
        name = entry.paths[0].name
        work = replace(unpacked(course, entry.paths[0], launcher(), name), path=Path(name))  # no folder of ours
        require_some(course, work, work.others)
        return work
    called = entry.learner if len(entry.paths) > 1 else entry.paths[0].name
    work = Handed(entry.paths[0], {}, _others(raw), called=called)
    _fill(course, work, raw, launcher)
    if not work.troubles:
        require_some(course, work, work.others)
    return work


def _others(raw: Raw) -> tuple[str, ...]:
    return tuple(one.inner for one in raw.sources if not one.wanted and near.is_work(one.inner))


def _fill(course: Course, work: Handed, raw: Raw, launcher: Callable[[], Launcher]) -> None:
    """Choose the file of each unit; where two that are not the same are equally likely, neither."""
    offered: dict[str, list[tuple[int, str, bytes | None]]] = {}
    for one in raw.sources:
        if one.wanted:
            rank = one.rank(course.learner_folder.name)
            offered.setdefault(one.wanted, []).append((rank, one.inner, raw.files.get(one.inner)))
        elif one.inner in raw.files:
            for name, data in unpacked(course, one.path, launcher(), one.inner).files.items():
                offered.setdefault(name, []).append((2, f"{one.inner}:{name}", data))
    if not offered and raw.troubles:  # an archive that cannot be read
        raise SubmissionError(next(iter(raw.troubles.values())))
    for wanted, some in sorted(offered.items()):
        best = [one for one in some if one[0] == min(some)[0]]
        _, inner, content = best[0]
        if len({data for _, _, data in best}) > 1:
            says = later("{file} and {other} are both there. Keep the one that is to be graded.")
            work.troubles[wanted] = phrase(says, file=inner, other=best[1][1])
        elif content is None:
            work.troubles[wanted] = raw.troubles[inner]
        else:
            work.files[wanted] = content
            if inner != wanted:
                work.taken[wanted] = inner
