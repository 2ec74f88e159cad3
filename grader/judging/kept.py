"""What was computed once for an exercise and is kept on disk. It is stale as soon as what it depends on has changed."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from grader import store
from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.judging.judge import store_folder


class NotKept(LookupError):
    """An answer of ours is not on disk, and what would give it was left out of this course."""


@dataclass(frozen=True)
class Shelf:
    """Where answers of one kind lie for one exercise. sources: the digest of the files that they depend on."""

    sources: bytes
    _memo: store.Memo

    def key(self, *parts: bytes) -> str:
        """Return the name of an answer that depends on these parts, too."""
        return store.key(self.sources, *parts)

    def get(self, name: str) -> bytes | None:
        """Return what was kept, or None."""
        return self._memo.get(name)

    def put(self, name: str, data: bytes) -> None:
        """Keep it."""
        self._memo.put(name, data)


def shelf(course: Course, unit: Unit, exercise: Exercise, kind: str, *files: Path) -> Shelf:
    """Return where answers of a kind lie for an exercise, `known` for one.

    files: what they depend on besides the exercise's checks, the solution, oracles and props.
    """
    sources = store.key(unit.sources(exercise), unit.digest(*files)).encode()
    return Shelf(sources, store.Memo(store_folder(course) / f"{unit.name}.{kind}" / exercise.name, sources))


def forget(course: Course, unit: Unit, exercise: Exercise) -> None:
    """Take away everything that is kept of an exercise, and the expected values of its unit."""
    folder = store_folder(course)
    for path in (folder / unit.name, *folder.glob(f"{unit.name}.*/{exercise.name}")):
        shutil.rmtree(path, ignore_errors=True)
