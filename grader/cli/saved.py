"""Which exercises a save is about. `grade watch` says what was saved; only here is a worker asked what stands there."""

from typing import TYPE_CHECKING

from grader.cli.targets import holding
from grader.watch.files import Save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.cli.place import Place
    from grader.course.declarations import Exercise
    from grader.course.unit import Unit


def chosen(place: "Place", targets: "Sequence[str]", fingerprint: str, lines: str) -> "list[Exercise] | None":
    """Return what to grade after a save; None where the file holds other bytes by now.

    With lines of the file: the exercises whose answers hold them; where none does, such as an import, the one where the
    learner is in this unit.
    """
    found = place.targets.find(targets)
    unit = place.course.unit(found[0].unit)
    source = place.scanned(unit).source
    if source is None or Save(unit.stub, source.stored or source.data).fingerprint != fingerprint:
        return None
    if not lines:
        return found
    return _edited(place, unit, lines) or _here(place, unit)


def _edited(place: "Place", unit: "Unit", lines: str) -> "list[Exercise]":
    scanned = place.scanned(unit)
    if scanned.source is not None and scanned.source.is_notebook:
        return [exercise for exercise in unit.exercises if place.entry(exercise).edited]
    pairs = [tuple(map(int, pair.split("-"))) for pair in lines.split(",")]
    held = {
        found.id for first, last in pairs for line in range(first, last + 1) if (found := holding(scanned, unit, line))
    }
    return [exercise for exercise in unit.exercises if exercise.id in held]


def _here(place: "Place", unit: "Unit") -> "list[Exercise]":
    """Return the exercise of a unit where the learner is; all of them once they have passed."""
    current = place.current()
    if current is not None and current.unit == unit.name:
        return [current]
    left = [exercise for exercise in unit.exercises if not place.is_done(exercise)]
    return left[:1] or list(unit.exercises)
