"""Which stub a learner's file was made from: kept in `.grade/base/`, one file a unit, else found in git's history.

Beside the stubs stands `asked.json`: a digest, for each exercise, of what its checks ask and what answers them.
"""

import ast
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from grader import store
from grader.author.source import code_of, parse
from grader.author.stubs import completed, made, stub
from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.language import ENGLISH, of_folder
from grader.submission.merging import UNWRITTEN
from grader.submission.pieces import Source, lines_of
from grader.submission.whole import write_whole

ASKED = "asked.json"
VERSIONS = 20  # of a solution that are looked at
SECONDS = 20.0


def folder(course: Course) -> Path:
    """Return where the stubs are kept that files were made from."""
    return course.state_folder / "base"


def kept(course: Course, unit: Unit) -> Path:
    """Return where that of a unit is, or would be."""
    return folder(course) / unit.stub.name


def remember(course: Course, units: Sequence[Unit]) -> None:
    """Keep the stubs of units that are begun, and what is asked; where that is not possible, an update asks for it."""
    with suppress(OSError, CourseError):
        folder(course).mkdir(parents=True, exist_ok=True)
        asked_now = was_asked(course)
        for unit in (unit for unit in units if unit.solution.exists() and not kept(course, unit).exists()):
            write_whole(kept(course, unit), stub_of(unit, of_folder(course.root) or ENGLISH))
            asked_now |= {exercise.id: asked(unit, exercise) for exercise in unit.exercises}
        write_whole(folder(course) / ASKED, written(asked_now))


def stub_of(unit: Unit, language: str = ENGLISH) -> bytes:
    """Return the stub of a unit; in a course without solutions the file that lies there. Raises CourseError."""
    if unit.solution.exists():
        return made(unit, language)
    try:
        return unit.stub.read_bytes()
    except OSError as error:
        raise CourseError(f"{unit.stub}: {error.strerror}. This course has neither a stub nor a solution.") from error


def source(data: bytes, path: Path) -> Source:
    """Return a stub of ours with where its definitions stand. Raises CourseError."""
    found = parse(data.decode("utf-8-sig"), path)
    return Source(data, {name: (one.first, one.last) for name, one in found.definitions.items()})


def asked(unit: Unit, exercise: Exercise) -> str:
    """Return a digest of what the checks of an exercise ask, and of the code that answers; texts change nothing."""
    files = unit.digest(unit.oracles, unit.props)
    hidden = exercise.hidden or unit.manifest.hidden.get(exercise.name, "")
    return store.key(exercise.source.encode(), hidden.encode(), files, _code(unit.solution))


def was_asked(course: Course) -> dict[str, str]:
    """Return what was asked, by exercise, when the stubs were kept."""
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((folder(course) / ASKED).read_bytes(), type=dict[str, str])
    return {}


def written(digests: dict[str, str]) -> bytes:
    """Return what is asked as it stands in a file."""
    return msgspec.json.format(msgspec.json.encode(dict(sorted(digests.items()))), indent=1) + b"\n"


def base_of(course: Course, unit: Unit, yours: bytes, old: Course | None, *, in_place: bool) -> bytes | None:
    """Return the stub that a learner's file was made from; None where that is not known.

    old: the version of the course that the learner says it is. in_place: a new version of the course lies here already.
    """
    if old is not None:
        return next((stub_of(one) for one in old.units if one.name == unit.name), None)
    with suppress(OSError):
        return kept(course, unit).read_bytes()
    here = [made(unit, code) for code in (ENGLISH, *unit.written)] if unit.solution.exists() else []
    versions = list(dict.fromkeys([*here, *_of_git(course, unit)]))
    if in_place and len(versions) == 1 and _lines(versions[0]) - _lines(yours):
        return None
    return min(versions, key=lambda one: _distance(one, yours, versions), default=None)


def _of_git(course: Course, unit: Unit) -> Iterator[bytes]:
    """Yield the stubs that earlier solutions made; never what a learner committed."""
    path = unit.solution.relative_to(course.root).as_posix()
    for commit in _git(course.root, "log", f"-n{VERSIONS}", "--format=%H", "--", path).decode().split():
        with suppress(CourseError, UnicodeDecodeError):
            text = _git(course.root, "show", f"{commit}:./{path}").decode()
            yield completed(unit, stub(text, unit.solution))


def _git(root: Path, *words: str) -> bytes:
    """Return what git says; nothing where there is no git, or no repository."""
    with suppress(OSError, subprocess.SubprocessError):
        command = ["git", "-C", str(root), *words]
        return subprocess.run(command, capture_output=True, check=True, timeout=SECONDS).stdout  # noqa: S603
    return b""


def _distance(one: bytes, yours: bytes, versions: Sequence[bytes]) -> int:
    """Return how many lines of a stub a file has not, and how many it has that only other stubs have."""
    mine, has = _lines(one), _lines(yours)
    ours: Counter[bytes] = Counter()
    for version in versions:
        ours |= _lines(version)
    return (mine - has).total() + ((has & ours) - mine).total()


def _lines(data: bytes) -> Counter[bytes]:
    return Counter(line.rstrip() for line in lines_of(data) if not UNWRITTEN.match(line))


def _code(path: Path) -> bytes:
    """Return the code of a solution: no comments, no texts."""
    return _bare(path.read_bytes()) if path.exists() else b""


@cache
def _bare(source: bytes) -> bytes:
    return code_of(ast.parse(source)).encode("utf-8", "backslashreplace")
