"""Turn what somebody typed into exercises: a unit, an exercise, the name of an answer, a file, a line of a file."""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.cli.front import COMMANDS
from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import UsageError
from grader.language import later, phrase
from grader.qualnames import is_in
from grader.submission.files import shown
from grader.submission.scanned import Scanned

LINE = re.compile(r"(?P<file>.+\.(?:py|ipynb)):(?P<line>\d+)(?::\d+)?")
NUMBER = re.compile(r"[uU]?\d+")  # of a unit
SIMILAR = 0.6


@dataclass(frozen=True)
class Targets:
    """Finds exercises by what is typed. folder: the submission's. scanned: reads a unit's file of it."""

    course: Course
    folder: Path
    scanned: Callable[[Unit], Scanned]

    def find(self, words: Iterable[str]) -> list[Exercise]:
        """Return the exercises that the words mean, in the course's order. Raises UsageError."""
        found = {exercise.id for word in words for exercise in self._find(word)}
        return [exercise for exercise in self.course.exercises if exercise.id in found]

    def one(self, word: str) -> Exercise:
        """Return the only exercise that a word means. Raises UsageError."""
        found = self.find([word])
        if len(found) > 1:
            says = later("{word} is {number} exercises; name one: {names}.")
            raise UsageError(phrase(says, word=word, number=len(found), names=_ids(found)))
        return found[0]

    def answer(self, word: str) -> tuple[Exercise, str] | None:
        """Return exercise and function where `Value.__mul__` or `u01.Value.__mul__` names one function, else None."""
        unit, _, rest = word.partition(".")
        units = [one for one in self.course.units if unit in _names(one)]
        for name, among in ((rest, units), (word, self.course.units)):
            found = [(exercise, name) for one in among for exercise in one.exercises if exercise.owns(name)]
            if len(found) == 1 and name:
                return found[0]
        return None

    def unit(self, word: str) -> Unit:
        """Return the unit of that name, key or title word. Raises UsageError."""
        unit = self._unit(word)
        if unit is None:
            near = self._near(word, [name for unit in self.course.units for name in _names(unit)])
            near = near or self._all_units()
            raise UsageError(phrase('No unit "{word}". {more}', word=word, more=near))
        return unit

    def _find(self, word: str) -> Sequence[Exercise]:
        line = LINE.fullmatch(word)
        if line:
            return self._at(self._of_file(Path(line["file"])), int(line["line"]), word)
        if word.endswith((".py", ".ipynb")):
            return self._of_file(Path(word)).exercises
        unit = self._unit(word)
        if unit is not None:
            return unit.exercises
        return self._by_name(word) or self._by_answer(word) or self._unknown(word)

    def _unit(self, word: str) -> Unit | None:
        return next((unit for unit in self.course.units if word in _names(unit)), None)

    def _by_name(self, word: str) -> list[Exercise]:
        """By `u05.softmax`, `backprop_ninja.softmax`, or `softmax` where one unit has it."""
        found = [exercise for exercise in self.course.exercises if word in self._spellings(exercise)]
        if len(found) > 1:
            says = later("{number} exercises are called {word}: {names}. Which one?")
            raise UsageError(phrase(says, number=len(found), word=word, names=_ids(found)))
        return found

    def _by_answer(self, word: str) -> list[Exercise]:
        """By `Value.exp`, `u01.Value.exp`, or a class: all exercises with a method of it."""
        found = [
            exercise
            for unit in self.course.units
            for exercise in unit.exercises
            for answer in exercise.answers
            if word in _with_unit(unit, answer) or is_in(answer, word)
        ]
        if len({exercise.unit for exercise in found}) > 1:
            says = later("{word} is in {number} units: {names}. Which one?")
            number = len({exercise.unit for exercise in found})
            raise UsageError(phrase(says, word=word, number=number, names=_ids(found)))
        return found

    def _spellings(self, exercise: Exercise) -> list[str]:
        return [exercise.name, *_with_unit(self.course.unit(exercise.unit), exercise.name)]

    def _of_file(self, path: Path) -> Unit:
        """Return the unit whose file of this submission it is."""
        for unit in self.course.units:
            if path.stem == unit.name and os.path.realpath(path.parent) == os.path.realpath(self.folder):
                return unit
        known = any(path.stem == unit.name for unit in self.course.units)
        if known and not path.exists() and (self.folder / path.name).exists():
            says = later("There is no {file} here. Did you mean {name}?")
            raise UsageError(phrase(says, file=path, name=shown(self.folder / path.name)))
        if known:
            says = later("{file} is not in {folder}, where this run looks. Another folder is graded with: {command}")
            command = f"grade --submission {path.parent}"
            raise UsageError(phrase(says, file=path, folder=self.folder, command=command))
        says = later("{file} is no file of this course. Its units are {names}.")
        raise UsageError(phrase(says, file=path, names=_units(self.course)))

    def _at(self, unit: Unit, line: int, word: str) -> Sequence[Exercise]:
        """Return the exercise whose answer holds a line, the smallest where one is inside another."""
        scanned = self.scanned(unit)
        if scanned.source is not None and scanned.source.is_notebook:
            says = later("{word}: a notebook's lines are counted by cell. Name an exercise of {unit} instead.")
            raise UsageError(phrase(says, word=word, unit=unit.key))
        if scanned.problem is not None:  # every exercise of it will say so
            return unit.exercises[:1]
        found = holding(scanned, unit, line)
        if found is None:
            says = later("{word} is in no exercise. {command} says where they are.")
            raise UsageError(phrase(says, word=word, command=f"grade list {unit.key}"))
        return [found]

    def _unknown(self, word: str) -> list[Exercise]:
        known = [*COMMANDS]
        for unit in self.course.units:
            known += _names(unit)
            for exercise in unit.exercises:
                known += [exercise.id, exercise.name, *exercise.answers]
        near = self._near(word, known)
        near = near or (self._all_units() if NUMBER.fullmatch(word) else phrase("grade list shows them all."))
        raise UsageError(phrase('No exercise "{word}". {more}', word=word, more=near))

    def _all_units(self) -> str:
        return phrase("The units are {names}.", names=_units(self.course))

    @staticmethod
    def _near(word: str, known: Iterable[str]) -> str:
        """Return the question for the name that comes nearest; of two numbers none is near the other."""
        if NUMBER.fullmatch(word):
            return ""
        lower = {name.lower(): name for name in known}
        near = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=SIMILAR)
        return phrase("Did you mean {name}?", name=lower[near[0]]) if near else ""


def holding(scanned: Scanned, unit: Unit, line: int) -> Exercise | None:
    """Return the exercise whose answer holds a line, the smallest where one is inside another; None where none does."""
    sizes = {
        exercise.id: span.last - span.first
        for exercise in unit.exercises
        for span in (scanned.spans.get(answer) for answer in exercise.answers)
        if span is not None and span.first <= line <= span.last
    }
    smallest = min(sizes, key=lambda identity: sizes[identity], default="")
    return next((exercise for exercise in unit.exercises if exercise.id == smallest), None)


def _names(unit: Unit) -> list[str]:
    """`u05_backprop_ninja`, `u05`, `backprop_ninja`."""
    return [name for name in (unit.name, unit.key, unit.name.partition("_")[2]) if name]


def _with_unit(unit: Unit, name: str) -> list[str]:
    return [f"{prefix}.{name}" for prefix in _names(unit)]


def _units(course: Course) -> str:
    return ", ".join(course.names)


def _ids(exercises: Iterable[Exercise]) -> str:
    return ", ".join(dict.fromkeys(exercise.id for exercise in exercises))


def matching(exercises: Iterable[Exercise], text: str) -> Iterator[Exercise]:
    """Yield the exercises whose id or answers hold a text, capitals or not."""
    for exercise in exercises:
        if any(text.lower() in name.lower() for name in (exercise.id, *exercise.answers)):
            yield exercise
