"""What a report was made of, as digests: the same four, and the same code of a learner's gets the same report.

A seed of an instructor's own is a secret that may be a small number. So its digest takes long to compute, and with it
goes what learners do not have, the hidden checks: whoever tries all small numbers needs these, and 50 ms for each.
"""

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

import grader
from grader import store
from grader.course.course import Course
from grader.model import Digests
from grader.submission.scanned import Scanned

ENDS = (".py", ".toml", ".json", ".txt")
COST = {"n": 1 << 14, "r": 8, "p": 1}  # of scrypt: 16 MB and about 50 ms


def digests(course: Course, seed: int | None) -> Digests:
    """Return the digests of what judges: it reads all files of the course. seed: None for the course's own."""
    return Digests(course=_course(course), engine=_engine(), seed=_seed(course, seed), submission="")


def with_submission(judges: Digests, scanned: Mapping[str, Scanned]) -> Digests:
    """Return the digests of a run. scanned: by the unit's name."""
    read = [part for name, found in sorted(scanned.items()) for part in (name.encode(), _data(found))]
    return msgspec.structs.replace(judges, submission=store.key(*read))


def _data(found: Scanned) -> bytes:
    return found.source.data if found.source is not None else b""


@cache
def _engine() -> str:
    """Digest the engine, without the checks of a course that may lie in it."""
    folder = Path(grader.__file__).parent
    ours = [path for path in _below(folder) if path.relative_to(folder).parts[0] != "checks"]
    return store.tree(folder, ours)


def _course(course: Course) -> str:
    """Digest what judges: checks, oracles, props, solutions, misconceptions, settings."""
    return store.tree(course.root, [course.root / "pyproject.toml", *_below(course.checks), *_below(course.solutions)])


def _seed(course: Course, seed: int | None) -> str:
    if seed is None or seed == course.seed:
        return store.key(str(course.seed).encode())
    return _secret(str(seed), store.tree(course.root, _below(course.checks / "hidden")))


@cache
def _secret(seed: str, known_to_few: str) -> str:
    return hashlib.scrypt(seed.encode(), salt=known_to_few.encode(), dklen=20, **COST).hex()


def _below(folder: Path) -> list[Path]:
    """Return the files of a folder that are written by hand, in a fixed order."""
    found = (Path(path, name) for path, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.suffix in ENDS and "__pycache__" not in path.parts)
