"""Exercises that an audit found nothing about stay so until something changes that the audit looks at.

What that is stands in one key: the engine's code, Python and every installed library, the settings of the course
and of the environment, data files; of the unit the solution, oracles, props and what all exercises declare; of the
exercise its checks, those of the exercises that it needs, and its misconceptions. Only what was clean is kept, with
its counts.
"""

import os
import platform
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec

import grader
from grader import store
from grader.author.trial import Audited
from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.judging.kept import Shelf, shelf

ASKED = ("GRADE_", "OMP_", "MKL_", "OPENBLAS_", "PYTHON")  # variables that may change what runs
ENGINE = Path(grader.__file__).parent


def kept(course: Course, unit: Unit, exercise: Exercise) -> Audited | None:
    """Return what was counted for an exercise where it was clean as it is now; None where it must be audited."""
    mine = _shelf(course, unit, exercise)
    found = mine.get(_key(mine, course, unit, exercise))
    try:
        return msgspec.msgpack.decode(found, type=Audited) if found else None
    except msgspec.MsgspecError:  # a disk that lost bytes
        return None


def keep(course: Course, unit: Unit, exercise: Exercise, done: Audited) -> None:
    """Keep what was counted for an exercise that nothing was found about."""
    mine = _shelf(course, unit, exercise)
    mine.put(_key(mine, course, unit, exercise), msgspec.msgpack.encode(done))


def _shelf(course: Course, unit: Unit, exercise: Exercise) -> Shelf:
    return shelf(course, unit, exercise, "audit", *unit.wrong_files(exercise.name))


def _key(mine: Shelf, course: Course, unit: Unit, exercise: Exercise) -> str:
    declared = [(one.name, one.answers, one.needs, one.cpu, one.forbid, one.points) for one in unit.exercises]
    needed = [unit.sources(one) for one in unit.exercises if one.name in unit.needed(exercise)]
    elsewhere = [unit.digest(unit.wrong_file(one.name)) for one in unit.exercises if _is_shown(unit, one)]
    settings = (course.seed, course.edges, unit.libraries, unit.scratch, unit.forbid)
    facts = repr((exercise.id, declared, settings)).encode()
    return mine.key(facts, *needed, *elsewhere, _data(course.data), _machine(ENGINE))


def _is_shown(unit: Unit, other: Exercise) -> bool:
    """Say whether misconceptions of an exercise may be shown by others, too."""
    path = unit.wrong_file(other.name)
    return path.exists() and b"also" in path.read_bytes()


@cache
def _data(folder: Path) -> bytes:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return store.tree(folder, files).encode()


@cache
def _machine(engine: Path) -> bytes:
    """Return a digest of all that runs: the engine, Python, libraries, and what the environment asks of them."""
    files = [path for path in sorted(engine.rglob("*.py")) if engine / "checks" not in path.parents]
    libraries = sorted(f"{one.name}=={one.version}" for one in metadata.distributions())
    asked = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith(ASKED))
    facts = (sys.version, platform.platform(), platform.machine(), libraries, asked)
    return store.key(repr(facts).encode(), store.tree(engine, files).encode()).encode()
