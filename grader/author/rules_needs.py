"""Find the needs that an exercise does not declare: answers of other exercises that its checks cannot do without.

One pass over the solution notes which answers run while the checks of an exercise run. Of those that nobody declared
each is knocked out, once as the stub has it and once by an answer of nothing, and what changes then is a finding.
"""

import contextlib
import functools
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from grader.author.checkfile import CheckClass
from grader.author.findings import Finding
from grader.author.idle import Changed, IdleBench
from grader.author.nothings import KINDS, Idle, Maker
from grader.course.declarations import Exercise
from grader.errors import CourseError
from grader.failures import TODO
from grader.judging.judge import Item
from grader.model import Outcome

RECORDS = 1  # raised with every change of what is tried
Missing = dict[str, list[str]]  # answer -> how it was knocked out: "TODO", "wrong"


def needs(bench: IdleBench, exercise: Exercise, items: list[Item]) -> Iterator[Finding]:
    """Find what an exercise needs and does not declare. items: of the whole unit.

    What those that it needs need as well is said of them.
    """
    unit, found = bench.unit, _kept(bench, exercise, items)
    declared = [one for one in unit.exercises if one.name in unit.needed(exercise)]
    place = _line_of(bench.classes, exercise)
    for owner in unit.exercises:
        here = [one for one in owner.answers if one in found]
        if here and not any(one in _kept(bench, name, items) for name in declared for one in here):
            ways = dict.fromkeys(way for one in here for way in found[one])
            message = _message(unit.exercises, exercise, owner, here, list(ways))
            yield Finding(unit.name, exercise.id, unit.checks, place, message)


def _kept(bench: IdleBench, exercise: Exercise, items: list[Item]) -> Missing:
    """Return what is missing; found out once and kept. items: of the whole unit."""
    declared = repr([(one.name, one.answers, one.needs) for one in bench.unit.exercises])
    mine = [item for item in items if item.exercise.name == exercise.name]
    find = functools.partial(_missing, bench, exercise, mine)
    return bench.remembered(exercise, "needs", f"{RECORDS}/{declared}", Missing, find)


def _missing(bench: IdleBench, exercise: Exercise, items: list[Item]) -> Missing:
    before, ran = _watched(bench, items)
    declared = {*bench.unit.needed(exercise), exercise.name}
    others = (one for one in bench.unit.exercises if one.name not in declared)
    found: Missing = {}
    for answer in (answer for other in others for answer in other.answers):
        names = [region.name for region in bench.source.regions_of(answer)]
        if not ran.isdisjoint(names):
            knocked = {"TODO": _unwritten(answer), "wrong": KINDS["None"]}
            how = [
                way for way, make in knocked.items() if _outcomes(bench, items, dict.fromkeys(names, make)) != before
            ]
            found |= {answer: how} if how else {}
    return found


def _watched(bench: IdleBench, items: list[Item]) -> tuple[list[Outcome | None], set[str]]:
    """Return how the checks end with the solution, and the names of the functions that ran on the way."""
    ran: set[str] = set()
    regions = [region.name for region in bench.source.regions]
    return _outcomes(bench, items, {name: _noting(name, ran) for name in regions}), ran


def _outcomes(bench: IdleBench, items: list[Item], makers: dict[str, Maker]) -> list[Outcome | None]:
    candidate = Changed(bench, makers)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.closing(candidate):
        return [_outcome(bench, item, candidate) for item in items]


def _outcome(bench: IdleBench, item: Item, candidate: Changed) -> Outcome | None:
    try:
        return bench.judge.check(item, candidate).result.outcome
    except CourseError:  # the check trips over it
        return None


def _noting(name: str, ran: set[str]) -> Maker:
    def make(idle: Idle) -> Callable[..., Any]:
        @functools.wraps(idle.right)
        def noted(*arguments: Any, **named: Any) -> Any:
            ran.add(name)
            return idle.right(*arguments, **named)

        return noted

    return make


def _unwritten(answer: str) -> Maker:
    def make(idle: Idle) -> Callable[..., Any]:
        @functools.wraps(idle.right)
        def stub(*_: Any, **__: Any) -> Any:
            raise NotImplementedError(f"{TODO}{answer}")

        return stub

    return make


def _message(
    exercises: Sequence[Exercise], exercise: Exercise, owner: Exercise, answers: list[str], ways: list[str]
) -> str:
    way = " or ".join({"TODO": "not written", "wrong": "wrong"}[one] for one in ways)
    fact = f"its checks change where {', '.join(answers)} of {owner.name!r} is {way}"
    if exercises.index(owner) > exercises.index(exercise):
        return f"{fact}, and that comes later: give the checks something of ours in its place."
    return f"{fact}: add {owner.name!r} to its `needs`, or give the checks something of ours in its place."


def _line_of(classes: list[CheckClass], exercise: Exercise) -> int:
    return next((one.line for one in classes if one.exercise == exercise.name and not one.hidden), 1)
