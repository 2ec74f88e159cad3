"""Put every mutant of a solution to the checks, each as a learner's file in confined workers; count who survives."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from grader.author import equivalents
from grader.author.equivalents import normal
from grader.author.findings import Finding
from grader.author.mutants import Mutant, mutants
from grader.author.source import read_text
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.judging.candidate import Learner
from grader.judging.judge import Item, Judge
from grader.model import Outcome
from grader.pool import Bench, Pool
from grader.submission.files import Folder

CAUGHT, EQUAL, SURVIVED = "caught", "equal", "survived"


@dataclass
class Fates:
    """What became of the mutants of one exercise: CAUGHT, EQUAL (survives, for a listed reason) or SURVIVED."""

    exercise: str
    fates: list[tuple[Mutant, str]] = field(default_factory=list)

    def count(self, *fates: str, kind: str = "") -> int:
        """Return how many mutants there are, of some fates, of one kind; of all where nothing is said."""
        return sum(fate in (fates or (fate,)) and mutant.kind == (kind or mutant.kind) for mutant, fate in self.fates)

    def those(self, fate: str) -> list[Mutant]:
        """Return the mutants of one fate."""
        return [mutant for mutant, its in self.fates if its == fate]


def judge(pool: Pool, unit: Unit, exercises: Sequence[str]) -> Iterator[tuple[Fates, list[Finding]]]:
    """Judge all mutants of some exercises of a unit; yield a tally of each exercise as soon as it is known.

    With it the findings: each survivor that no reason is given for, and each reason that is not needed.
    Raises CourseError, also where the solution itself fails.
    """
    _require_sound(pool, unit, exercises)
    chosen = [mutant for mutant in mutants(unit) if mutant.exercise.name in exercises]
    chosen.sort(key=lambda mutant: exercises.index(mutant.exercise.name))
    reasons = {entry.mutant for entry in equivalents.listed(unit)}
    asked = [(unit.name, one.exercise.name, one.text, normal(one.name) not in reasons) for one in chosen]
    judged = zip(chosen, pool.map(_caught, asked), strict=True)
    for name, group in groupby(judged, lambda pair: pair[0].exercise.id):
        tally = _tallied(name, group, reasons)
        yield tally, list(_findings(unit, tally))


def _require_sound(pool: Pool, unit: Unit, exercises: Sequence[str]) -> None:
    text = read_text(unit.solution)
    failed = pool.map(_caught, [(unit.name, name, text, False) for name in exercises])
    wrong = [name for name, caught in zip(exercises, failed, strict=True) if caught]
    if wrong:
        message = f"the solution does not pass {', '.join(wrong)}: run `grade author audit {unit.key}`."
        raise CourseError(f"{unit.solution}:1: {message}")


def _tallied(exercise: str, judged: Iterable[tuple[Mutant, bool]], reasons: set[str]) -> Fates:
    tally = Fates(exercise)
    for mutant, caught in judged:
        survives = EQUAL if normal(mutant.name) in reasons else SURVIVED
        tally.fates.append((mutant, CAUGHT if caught else survives))
    return tally


def _findings(unit: Unit, tally: Fates) -> Iterator[Finding]:
    for mutant in tally.those(SURVIVED):
        message = f"every check passes with `{mutant.name}`: add a check, or say in {unit.mutants.name} why not."
        yield Finding(unit.name, tally.exercise, unit.solution, mutant.line, message)
    yield from equivalents.needless(unit, tally.those(CAUGHT))


def _caught(bench: Bench, given: tuple[str, str, str, bool]) -> bool:
    """Say whether a check fails on a text of a unit's file. given: the unit, an exercise, the text, and where to look.

    At first the checks of the exercise are asked, then, if so given, those of the unit's other exercises, too.
    """
    name, exercise, text, everywhere = given
    unit, course = bench.unit(name), bench.session.course
    catches: Counter[str] = bench.kept.setdefault((name, exercise), Counter())
    (bench.folder / f"{name}.py").write_text(text, encoding="utf-8")
    judge = Judge(course, unit)
    learner = Learner.of(unit, Folder(bench.folder), bench.session.launcher(unit))
    with contextlib.closing(learner) as candidate:
        for item in _items(bench.session.items(unit), exercise, everywhere, catches):
            if judge.check(item, candidate, candidate.scanned).result.outcome is not Outcome.PASS:
                catches[item.id] += 1
                return True
    return False


def _items(items: list[Item], exercise: str, everywhere: bool, catches: Counter[str]) -> list[Item]:
    """Return the checks of an exercise, those that have caught most before the others; then those of the others."""
    own = [item for item in items if item.exercise.name == exercise]
    others = [item for item in items if item.exercise.name != exercise] if everywhere else []
    return sorted(own, key=lambda item: -catches[item.id]) + others
