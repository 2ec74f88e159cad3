"""Prove that a course keeps its rules: solutions pass, stubs are all TODO, misconceptions are caught and told apart.

An audit does not stop at the first broken rule: it returns all of them, each with file and line and what to do.
"""

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.author import (
    checkfile,
    clean,
    equivalents,
    manifests,
    mutantpage,
    rules_answers,
    rules_checks,
    rules_misconceptions,
    rules_translations,
    rules_unit,
    rules_written,
    stubs,
)
from grader.author.findings import Finding, of_error, ordered
from grader.author.mutants import mutants
from grader.author.source import PercentFile, read, split_lines
from grader.author.trial import Audited, Trial
from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import GraderError
from grader.judging.kept import forget
from grader.pool import Bench, Pool

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


def audit(
    course: Course,
    units: Iterable[Unit],
    *,
    exercises: Collection[str] = (),
    jobs: int = 1,
    fresh: bool = False,
    progress: Progress = lambda _: None,
) -> list[Finding]:
    """Return every rule that some units break, in the order of units, files and lines.

    exercises: ids, where only some are meant; then of a unit that has one of these, the others are left alone.
    jobs: how many processes try exercises. fresh: believe nothing that was kept, neither what was clean nor answers.
    progress: told of each exercise, in teaching order, as soon as it was tried; not of a unit that cannot be tried.
    """
    units = list(units)
    read = [_in_text(course, unit) for unit in units]
    findings = [found for text in read for found in text.findings]
    tried = [(text, one) for text in read if text.fit for one in _chosen(text.unit, exercises)]
    for text, one in tried if fresh else ():
        forget(course, text.unit, one)
    known = {one.id: clean.kept(course, text.unit, one) for text, one in tried}
    asked = [(text.unit.name, one.name) for text, one in tried if known.get(one.id) is None]
    with Pool(course, [unit.name for unit in units], min(jobs, len(asked))) as pool:
        answers = pool.map(_tried, asked)
        for text, exercise in tried:
            done, more = known.get(exercise.id), list[Finding]()
            if done is None:
                done, more = next(answers)
                if done is not None and not more:
                    clean.keep(course, text.unit, exercise, done)
            if done is not None:
                progress(done)
            findings += text.without_echoes(more)
    ids = {one.id for unit in units for one in _chosen(unit, exercises)}
    return ordered(found for found in findings if not found.exercise or found.exercise in ids)


def _chosen(unit: Unit, exercises: Collection[str]) -> list[Exercise]:
    """Return the exercises of a unit that are meant: where none of it is named, all."""
    return [one for one in unit.exercises if one.id in exercises] or list(unit.exercises)


@dataclass(frozen=True)
class _Text:
    """What can be seen in the text of a unit. fit: to be run. wrong: whether its misconceptions break a rule."""

    unit: Unit
    findings: list[Finding]
    fit: bool = False
    wrong: bool = False

    def without_echoes(self, findings: Iterable[Finding]) -> list[Finding]:
        """Leave out what was found in the text already, and better: misconceptions of a unit that cannot be read."""
        folder = self.unit.misconceptions
        return [one for one in findings if not (self.wrong and one.file.parent == folder and not one.exercise)]


def _in_text(course: Course, unit: Unit) -> _Text:
    """Find what can be seen in the text."""
    findings: list[Finding] = []
    try:
        classes = checkfile.classes(unit)
        findings += rules_checks.checks(unit, classes)
        findings += rules_answers.exercises(unit, classes)
    except GraderError as error:
        return _Text(unit, [*findings, of_error(error, unit.name, "", unit.checks)])
    try:
        source = read(unit.solution)
        findings += _stale(unit)
    except GraderError as error:
        return _Text(unit, [*findings, of_error(error, unit.name, "", unit.solution)])
    wrong = _misconceptions(unit, source)
    findings += wrong or rules_translations.translations(unit)
    findings += rules_written.written(unit)
    findings += _mutants(course, unit)
    findings += manifests.stale(course, unit)
    unfit = [*rules_checks.structure(unit, classes), *rules_unit.facts(unit)]
    findings += unfit or rules_answers.answers(unit, source, classes)
    return _Text(unit, findings, fit=not unfit, wrong=bool(wrong))


def _tried(bench: Bench, given: tuple[str, str]) -> tuple[Audited | None, list[Finding]]:
    """Try one exercise of a unit, given both names: what was counted, if it can be tried, and what is wrong."""
    name, exercise = given
    unit = bench.unit(name)
    try:
        if name not in bench.kept:
            classes, source = checkfile.classes(unit), read(unit.solution)
            bench.kept[name] = Trial(bench.session, unit, bench.session.items(unit), classes, source)
        return bench.kept[name].run(next(one for one in unit.exercises if one.name == exercise))
    except GraderError as error:
        return None, [of_error(error, unit.name, "", unit.checks)]


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
