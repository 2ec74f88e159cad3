"""The rules that exercises and their answers keep, read from the text of solution and check file."""

import difflib
import re
from collections.abc import Iterator

from grader.author.checkfile import CheckClass
from grader.author.findings import Finding
from grader.author.regions import Region
from grader.author.source import PercentFile, bare
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.qualnames import is_in

MIN_HINTS = 3
MAX_HINTS = 4
NAME = re.compile(r"[a-z][a-z0-9_]*")
QUOTED = re.compile(r"`([^`]{4,})`")  # shorter ones are names
KEY = re.compile(r"u\d\d(_.*)?")
# The words that `grade` understands as commands; an exercise of that name could not be typed.
COMMANDS = {
    "again", "author", "batch", "book", "check", "ci", "data", "doctor", "export", "help", "hint", "language",
    "list", "next", "notebook", "open", "plot", "release", "report", "reset", "run", "show", "solution", "status",
    "update", "watch",
}  # fmt: skip


def exercises(unit: Unit, found: list[CheckClass]) -> Iterator[Finding]:
    """Find exercises with a bad name, no points, no text, no check, or that need what does not come before."""
    before: list[str] = []
    for exercise in unit.exercises:
        place = _line_of(found, exercise)
        for message in (*_name(exercise), *_facts(exercise), *_needs(exercise, before)):
            yield Finding(unit.name, exercise.id, unit.checks, place, message)
        before.append(exercise.name)


def _name(exercise: Exercise) -> Iterator[str]:
    if not NAME.fullmatch(exercise.name):
        yield f"{exercise.name!r} is not a name that can be typed: use small letters, digits and underscores."
    elif exercise.name in COMMANDS or KEY.fullmatch(exercise.name):
        yield f"`grade {exercise.name}` means something else: give the exercise another name."


def _facts(exercise: Exercise) -> Iterator[str]:
    if not _positive(exercise.points):
        yield f"an exercise is worth a whole number of points, at least 1: not {exercise.points!r}."
    if not exercise.text:
        yield "the class has no docstring: say in a sentence what a right answer does; `grade show` prints it."
    if not exercise.checks:
        yield "no check: write a function `test_...` in the class."
    for check in exercise.checks:
        if not _positive(check.weight):
            yield f"the weight of {check.name} must be a whole number, at least 1: not {check.weight!r}."


def _positive(value: object) -> bool:
    return type(value) is int and value > 0


def _needs(exercise: Exercise, before: list[str]) -> Iterator[str]:
    for name in exercise.needs:
        if name not in before:
            yield f"it needs {name!r}, and no exercise before it has that name: move it down, or correct `needs`."


def answers(unit: Unit, source: PercentFile, found: list[CheckClass]) -> Iterator[Finding]:
    """Find answers without a definition, a region, hints or a contract, and regions that nobody asks for."""
    for exercise in unit.exercises:
        for answer in exercise.answers:
            yield from _answer(unit, exercise, answer, source, _line_of(found, exercise))
    wanted = {answer for exercise in unit.exercises for answer in exercise.answers}
    for region in source.regions:
        if not any(is_in(region.name, answer) for answer in wanted):
            message = f"no exercise asks for {region.name}: name it in the `answers` of one, or give it to the learner."
            yield Finding(unit.name, "", source.path, region.begin, message)


def _answer(unit: Unit, exercise: Exercise, answer: str, source: PercentFile, place: int) -> Iterator[Finding]:
    definition = source.definitions.get(answer)
    if definition is None:
        yield Finding(unit.name, exercise.id, unit.checks, place, _undefined(answer, source))
        return
    regions = source.regions_of(answer)
    if not regions:
        message = f"{answer} has no answer region: put its code between `# BEGIN SOLUTION` and `# END SOLUTION`."
        yield Finding(unit.name, exercise.id, source.path, definition.first, message)
        return
    if not definition.doc:
        message = f"{answer} has no docstring: say what it takes and what it returns; the stub keeps it."
        yield Finding(unit.name, exercise.id, source.path, definition.first, message)
    for line, message in (
        *_too_few(answer, source),
        *(wrong for region in regions for wrong in _hints(region, source)),
    ):
        yield Finding(unit.name, exercise.id, source.path, line, message)


def _undefined(answer: str, source: PercentFile) -> str:
    where = f"{source.path.parent.name}/{source.path.name}"
    if answer in source.names:
        return f"{answer} is bound by assignment in {where}: write a function, with a region, or take it off `answers`."
    near = difflib.get_close_matches(answer, source.definitions, n=1)
    return f"{where} defines no {answer}{f'; {near[0]} is there' if near else ''}: write it, or correct `answers`."


def _too_few(answer: str, source: PercentFile) -> Iterator[tuple[int, str]]:
    count = len(source.hints(answer))
    if count < MIN_HINTS:
        line = source.regions_of(answer)[0].begin
        yield line, f"{answer} has {count} of {MIN_HINTS} hints: add lines `# HINT: ...` below, from vague to near."


def _hints(region: Region, source: PercentFile) -> Iterator[tuple[int, str]]:
    if len(region.hints) > MAX_HINTS:
        yield region.begin, f"{region.name} has {len(region.hints)} hints; a ladder has at most {MAX_HINTS} rungs."
    code = {bare(line).strip() for line in source.lines[region.begin : region.end - 1]}
    for hint in region.hints:
        if any(part.strip("`. ") in code for part in (hint, *QUOTED.findall(hint))):
            yield (
                region.begin,
                f"a hint of {region.name} is a line of its answer: say where to look, not what to write.",
            )


def _line_of(found: list[CheckClass], exercise: Exercise) -> int:
    return next((one.line for one in found if one.exercise == exercise.name and not one.hidden), 1)
