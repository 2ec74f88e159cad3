"""Prove that a course keeps its rules: solutions pass, stubs are all TODO, misconceptions are caught and told apart.

An audit does not stop at the first broken rule: it returns all of them, each with file and line and what to do.
"""

import contextlib
import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from grader.author import (
    checkfile,
    equivalents,
    manifests,
    mutantpage,
    rules_answers,
    rules_checks,
    rules_misconceptions,
    rules_needs,
    rules_translations,
    rules_unit,
    stubs,
)
from grader.author.checkfile import CheckClass
from grader.author.findings import Finding, of_error, ordered
from grader.author.idle import IdleBench
from grader.author.mutants import mutants
from grader.author.source import PercentFile, read, split_lines
from grader.author.trial import Audited, Trial, only
from grader.course.course import Course, Unit
from grader.errors import GraderError
from grader.judging.judge import Item, Judge
from grader.session import Session

Progress = Callable[[Audited], None]


def read_units(course: Course, names: Sequence[str] = ()) -> tuple[list[Unit], list[Finding]]:
    """Read some units, by default all: those that can be read, and what is wrong with the others.

    With all units, files that belong to none are found, too.
    """
    units, findings = [], list(_strays(course)) if not names else []
    for name in names or course.names:
        file = course.files(name)["checks"]
        try:
            units.append(course.read(name))
        except GraderError as error:
            findings += _unreadable(error, course, name, file)
    return units, ordered(findings)


def audit(course: Course, units: Iterable[Unit], *, progress: Progress = lambda _: None) -> list[Finding]:
    """Return every rule that some units break, in the order of units, files and lines.

    progress: told of each exercise as soon as it was tried; a unit that cannot be tried tells nothing.
    """
    units = list(units)
    findings: list[Finding] = []
    with Session(only(course, units)) as session:
        for unit in units:
            findings += _audited(session, unit, progress)
    return ordered(findings)


def _audited(session: Session, unit: Unit, progress: Progress) -> Iterator[Finding]:
    """Find what can be seen in the text, then what shows when it is run, as far as it can be run."""
    try:
        classes = checkfile.classes(unit)
        yield from rules_checks.checks(unit, classes)
        yield from rules_answers.exercises(unit, classes)
    except GraderError as error:
        yield of_error(error, unit.name, "", unit.checks)
        return
    try:
        source = read(unit.solution)
        yield from _stale(unit)
    except GraderError as error:
        yield of_error(error, unit.name, "", unit.solution)
        return
    wrong = _misconceptions(unit, source)
    yield from wrong or rules_translations.translations(unit)
    yield from _mutants(session.course, unit)
    yield from manifests.stale(session.course, unit)
    unfit = [*rules_checks.structure(unit, classes), *rules_unit.facts(unit)]
    yield from unfit
    if not unfit:
        yield from rules_answers.answers(unit, source, classes)
        for found in _tried(session, unit, source, classes, progress):
            said = wrong and found.file.parent == unit.misconceptions and not found.exercise
            if not said:  # better, and with its line
                yield found


def _misconceptions(unit: Unit, source: PercentFile) -> list[Finding]:
    try:
        return list(rules_misconceptions.misconceptions(unit, source))
    except GraderError as error:
        return [of_error(error, unit.name, "", unit.misconceptions)]


def _mutants(course: Course, unit: Unit) -> list[Finding]:
    """Find what is out of date about a unit's mutants, without trying any."""
    try:
        made = list(mutants(unit))
        return [*equivalents.unfit(unit, made), *mutantpage.stale(course, unit, made)]
    except GraderError as error:
        return [of_error(error, unit.name, "", unit.mutants)]


def _tried(
    session: Session, unit: Unit, source: PercentFile, classes: list[CheckClass], progress: Progress
) -> list[Finding]:
    try:
        items = session.items(unit)
    except GraderError as error:
        return [of_error(error, unit.name, "", unit.checks)]
    return [*Trial(session, unit, items, classes, source).run(progress), *_needs(session, unit, items, classes, source)]


def _needs(
    session: Session, unit: Unit, items: list[Item], classes: list[CheckClass], source: PercentFile
) -> Iterator[Finding]:
    """Find needs that nobody declared. A unit that cannot be run has findings already."""
    with contextlib.suppress(GraderError):
        yield from rules_needs.needs(IdleBench(Judge(session.course, unit), source, classes), items)


def _stale(unit: Unit) -> Iterator[Finding]:
    if not unit.stub.exists():
        yield Finding(unit.name, "", unit.stub, 1, f"there is no stub: run `grade author build {unit.key}`.")
    elif stubs.is_stale(unit):
        message = f"this is not what the solution makes: run `grade author build {unit.key}`."
        yield Finding(unit.name, "", unit.stub, _first_difference(unit), message)


def _first_difference(unit: Unit) -> int:
    committed = split_lines(unit.stub.read_bytes().decode("utf-8", "replace"))
    made = split_lines(stubs.made(unit).decode())
    same = next((index for index, pair in enumerate(zip(committed, made, strict=False)) if pair[0] != pair[1]), None)
    return (min(len(committed), len(made)) if same is None else same) + 1


def _unreadable(error: GraderError, course: Course, name: str, file: Path) -> list[Finding]:
    """Say why a unit cannot be read; for hidden checks of an unknown exercise, say it with the line."""
    files = course.files(name)
    try:
        classes = checkfile.read_classes(files["checks"], files["hidden"])
    except GraderError:
        classes = []
    return list(rules_checks.hidden_exercises(name, classes)) or [of_error(error, name, "", file)]


def _strays(course: Course) -> Iterator[Finding]:
    """Find files in the folders of a course that belong to no unit."""
    folders = {path.parent: f"*{path.suffix}" for key, path in course.files("_").items() if key != "checks"}
    folders[course.solutions / "misconceptions"] = "[!_]*"
    for folder, pattern in folders.items():
        for path in sorted(folder.glob(pattern)):
            name = path.stem.removeprefix("test_")
            if path.is_dir() and not any(path.glob("*.py")):  # translations
                continue
            if name not in course.names and name[:1] != "_" and name != "conftest":
                near = difflib.get_close_matches(name, course.names, n=1)
                meant = f" Is {near[0]} meant?" if near else ""
                message = (
                    f"no check file {course.files(name)['checks'].name} goes with this one: write it, or delete this."
                )
                yield Finding(name, "", path, 1, message + meant)
