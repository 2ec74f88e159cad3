"""Write the manifest that a release carries in the place of solutions, misconceptions and hidden checks."""

from collections.abc import Iterator

from grader import store
from grader.author.findings import Finding
from grader.course import manifest
from grader.course.course import Course
from grader.course.manifest import Manifest, OfUnit, Wrong
from grader.course.unit import Unit
from grader.diagnose import listing


def write(course: Course) -> bool:
    """Write the manifest of all units; say whether it changed. Raises CourseError."""
    path = course.checks / manifest.NAME
    new = manifest.written(Manifest({unit.name: made(unit) for unit in course.units}))
    if path.exists() and path.read_bytes() == new:
        return False
    path.write_bytes(new)
    return True


def made(unit: Unit) -> OfUnit:
    """Return what a manifest says of a unit."""
    folder = unit.solution.parent
    files = [unit.solution, *unit.bases.values(), *sorted(unit.misconceptions.glob("*.py"))]
    digests = {path.relative_to(folder).as_posix(): store.digest(path) for path in files if path.exists()}
    hidden = {exercise.name: exercise.hidden for exercise in unit.exercises if exercise.hidden}
    wrong = (
        Wrong(one.name, one.exercise, one.says, one.replaces, one.symptom, one.also) for one in listing.as_written(unit)
    )
    return OfUnit(digests, hidden, tuple(wrong))


def stale(course: Course, unit: Unit) -> Iterator[Finding]:
    """Find a manifest that is not what the files make. No manifest is no mistake: only a release needs one."""
    there = course.manifest.units
    if there and there.get(unit.name) != made(unit):
        path = course.checks / manifest.NAME
        message = "this is not what the files of the unit make: run `grade author manifest`, or delete it."
        yield Finding(unit.name, "", path, 1, message)
