"""Put every mutant of a solution to the checks, each as a learner's file in confined workers, and count who survives.

The work is spread over processes, since a check's time limit needs a main thread of its own.
"""

import atexit
import contextlib
import multiprocessing
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Self

from grader.author import equivalents
from grader.author.equivalents import normal
from grader.author.findings import Finding
from grader.author.mutants import Mutant, mutants
from grader.author.source import read_text
from grader.course.course import Course, Unit
from grader.errors import CourseError
from grader.judging.candidate import Learner
from grader.judging.judge import Item, Judge
from grader.model import Outcome
from grader.session import Session
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


class Pool:
    """Processes that judge mutants of one course. Use it as a context manager."""

    def __init__(self, course: Course) -> None:
        """Start them when there is work, one for each processor that this one may use."""
        count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(count, context, initializer=_begin, initargs=(course.root,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(cancel_futures=True)

    def judge(self, unit: Unit, exercises: Sequence[str]) -> Iterator[tuple[Fates, list[Finding]]]:
        """Judge all mutants of some exercises of a unit; yield a tally of each exercise as soon as it is known.

        With it the findings: each survivor that no reason is given for, and each reason that is not needed.
        Raises CourseError, also where the solution itself fails.
        """
        self._require_sound(unit, exercises)
        chosen = [mutant for mutant in mutants(unit) if mutant.exercise.name in exercises]
        chosen.sort(key=lambda mutant: exercises.index(mutant.exercise.name))
        reasons = {entry.mutant for entry in equivalents.listed(unit)}
        asked = [(unit.name, one.exercise.name, one.text, normal(one.name) not in reasons) for one in chosen]
        verdicts = self._executor.map(_caught, asked)
        judged = zip(chosen, verdicts, strict=True)
        for name, group in groupby(judged, lambda pair: pair[0].exercise.id):
            tally = _tallied(name, group, reasons)
            yield tally, list(_findings(unit, tally))

    def _require_sound(self, unit: Unit, exercises: Sequence[str]) -> None:
        text = read_text(unit.solution)
        failed = self._executor.map(_caught, [(unit.name, name, text, False) for name in exercises])
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


class _Ground:
    """Where mutants are judged, in a process of the pool."""

    def __init__(self, session: Session, folder: Path) -> None:
        self._session = session
        self._folder = folder
        self._units = {unit.name: unit for unit in session.course.units}
        self._catches: Counter[tuple[str, str]] = Counter()

    def caught(self, name: str, exercise: str, text: str, everywhere: bool) -> bool:
        """Say whether a check of an exercise fails on this text of a unit's file.

        everywhere: where none of them does, ask those of the unit's other exercises, too.
        """
        unit = self._units[name]
        (self._folder / f"{name}.py").write_text(text, encoding="utf-8")
        launcher = self._session.launcher(unit)
        judge = Judge(self._session.course, unit)
        with contextlib.closing(Learner.of(unit, Folder(self._folder), launcher)) as candidate:
            for item in self._items(unit, exercise, everywhere):
                if judge.check(item, candidate, candidate.scanned).result.outcome is not Outcome.PASS:
                    self._catches[exercise, item.id] += 1
                    return True
        return False

    def _items(self, unit: Unit, exercise: str, everywhere: bool) -> list[Item]:
        """Return the checks of an exercise, those that have caught most before the others; then those of the others."""
        items = self._session.items(unit)
        own = [item for item in items if item.exercise.name == exercise]
        others = [item for item in items if item.exercise.name != exercise] if everywhere else []
        return sorted(own, key=lambda item: -self._catches[exercise, item.id]) + others


_GROUNDS: list[_Ground] = []  # of a process of the pool: one


def _begin(root: Path) -> None:
    """Set up a process of the pool. Ctrl-C is for the one that waits for the verdicts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    session = stack.enter_context(Session(Course.find(root)))
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    _GROUNDS.append(_Ground(session, Path(folder)))


def _caught(given: tuple[str, str, str, bool]) -> bool:
    return _GROUNDS[0].caught(*given)
