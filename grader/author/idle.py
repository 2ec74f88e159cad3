"""Programs that do nothing, for every exercise: none of them may earn a point.

Each stands in for all answers of an exercise at once: it returns nothing, a constant, what it was given, the right
answer to another question, or it raises. A check that such a program passes asks a side condition (arguments stay, the
dtype, an error that is raised) without asking for the right value beside it.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

import msgspec

from grader.author.checkfile import CheckClass
from grader.author.findings import Finding
from grader.author.nothings import KINDS, Idle, Maker
from grader.author.quiet import quiet
from grader.author.source import PercentFile
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.judging import reference
from grader.judging.candidate import Ours
from grader.judging.judge import Item, Judge
from grader.judging.kept import shelf
from grader.model import Outcome
from grader.worker.host.subject import Subject
from grader.worker.wire.protocol import PROTOCOL

T = TypeVar("T")

RECORDS = 5  # raised with every change of `nothings`


@dataclass(frozen=True)
class IdleBench:
    """What is needed to try the idle programs of a unit."""

    judge: Judge
    source: PercentFile
    classes: list[CheckClass]

    @property
    def unit(self) -> Unit:
        """The unit."""
        return self.judge.unit

    def remembered(self, exercise: Exercise, kind: str, facts: str, as_type: type[T], find: Callable[[], T]) -> T:
        """Return what is found out once and kept, until one of the exercise's files changes.

        kind: the shelf. facts: what else it depends on, besides the seed and the exercise.
        """
        mine = shelf(self.judge.course, self.unit, exercise, kind)
        name = mine.key(f"{PROTOCOL}/{self.judge.seed}/{exercise.id}/{facts}".encode())
        kept = mine.get(name)
        if kept is not None:
            return msgspec.msgpack.decode(kept, type=as_type)
        found = find()
        mine.put(name, msgspec.msgpack.encode(found))
        return found


class Changed(Ours):
    """The solution with some of its functions changed, each by its name."""

    def __init__(self, bench: IdleBench, makers: dict[str, Maker]) -> None:
        super().__init__(bench.unit, "changed")  # no solution any more: what its checks raise is not their fault
        self._solution, self._makers = bench.unit, makers

    def subject(self, exercise: Exercise) -> Subject:  # noqa: ARG002 (one exercise each)
        """Return a fresh copy."""
        if self._subject is None:
            module = reference.solution(self._solution)
            for name, make in self._makers.items():
                put_to_sleep(module, name, make)
            self._subject = reference.serving(self._solution, module, self._solution.solution)
        return self._subject


def idle(bench: IdleBench, exercise: Exercise, items: list[Item]) -> Iterator[Finding]:
    """Find checks that an idle program passes. items: of this exercise."""
    unit, passed = bench.unit, dict[str, list[str]]()
    for kind in KINDS:
        find = functools.partial(_passed, bench, exercise, items, kind)
        for one in bench.remembered(exercise, "idle", f"{RECORDS}/{kind}", list[str], find):
            passed.setdefault(one, []).append(kind)
    for item in items:
        kinds = [kind for kind in passed.get(item.id, ()) if kind not in _excused(bench, item)]
        if kinds:
            yield _finding(unit, item, kinds)


def _passed(bench: IdleBench, exercise: Exercise, items: list[Item], kind: str) -> list[str]:
    candidate = Changed(bench, dict.fromkeys(_written(bench.source, exercise), KINDS[kind]))
    with quiet(), contextlib.closing(candidate):
        ended = {item.id: bench.judge.check(item, candidate).result.outcome for item in items}
    return [name for name, outcome in ended.items() if outcome is Outcome.PASS]


def _excused(bench: IdleBench, item: Item) -> frozenset[str]:
    hidden, name = item.check.hidden, item.exercise.name
    mine = [one for one in bench.classes if (one.hidden, one.exercise) == (hidden, name)]
    return frozenset[str]().union(*(one.idle(item.check.name) for one in mine))


def _finding(unit: Unit, item: Item, kinds: list[str]) -> Finding:
    message = (
        f"{item.id}: an idle program passes this check ({', '.join(kinds)}): ask for the right value in it, too, or "
        f"say why it may, in a line `# idle ({kinds[0]}): reason`."
    )
    return Finding(
        unit.name, item.exercise.id, unit.hidden if item.check.hidden else unit.checks, item.check.line, message
    )


def _written(source: PercentFile, exercise: Exercise) -> list[str]:
    """Return the functions and methods that a learner writes for an exercise."""
    return [region.name for answer in exercise.answers for region in source.regions_of(answer)]


def put_to_sleep(module: ModuleType, dotted: str, make: Callable[[Idle], Callable[..., Any]]) -> None:
    """Put what `make` makes of a function or method in its place: properties and static methods stay what they are."""
    owner, last = reference.owner_of(module, dotted)
    kept = vars(owner)[last]
    kind = type(kept) if isinstance(kept, staticmethod | classmethod | property) else None
    right: Any = kept.fget if isinstance(kept, property) else getattr(kept, "__func__", kept)
    is_method = isinstance(owner, type) and kind is not staticmethod
    asleep = make(Idle(right, is_method=is_method, makes=last == "__init__", owner=owner))
    setattr(owner, last, kind(asleep) if kind else asleep)
