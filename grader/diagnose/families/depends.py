"""What an answer depends on: an input that does not reach it, one that should not, rows that see each other."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.diagnose.case import Case
from grader.diagnose.layout import MAX_INPUTS
from grader.diagnose.leaf import places
from grader.diagnose.probe import Probe, Relation, shape_of
from grader.diagnose.vary import Change
from grader.diagnose.words import listed, said
from grader.language import sentences

MAX_AXES = 3
MAX_SLICED = 3
LEAST_ROW = 3  # values that change by one factor
DUST = 1e-13


def comparable(case: Case) -> bool:
    """Say whether both sides are numbers of one shape, that other numbers can be asked for."""
    first = case.first
    numbers = first.yours.numeric and first.expected.numeric and first.yours.shape == first.expected.shape
    return numbers and all(map(math.isfinite, first.yours.values)) and bool(case.shaken) and not case.random


def find(case: Case) -> Relation | None:
    """Return an input that yours ignores, or heeds, otherwise than the right one does; then what reaches where."""
    if not comparable(case):  # where shapes differ, the shape is the message
        return None
    inputs = [(name, place) for name, place, _ in movable(case)]
    heeded = [(name, place) for name, place in inputs if moves(case, place, mine=False)]
    ignored = [(name, place) for name, place in heeded if moves(case, place, mine=True) is False]
    found = confirmed(case, ignored, "not", mine=False, theirs=True)
    if found is not None:
        return found
    idle = [one for one in inputs if one not in heeded]
    if idle and any(case.first.expected.values) and moves(case, "|".join(place for _, place in idle), mine=True):
        heeds = [one for one in idle if moves(case, one[1], mine=True)]
        found = confirmed(case, heeds, "too", mine=True, theirs=False)
    return found or _reach(case, heeded)


def movable(case: Case) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Yield the named inputs that hold floats, and the flags and single whole numbers: name, place, shape."""
    seen: set[str] = set()
    for one in reversed(case.first.inputs):
        name = case.names.of(one)
        kind = str(getattr(one.value, "dtype", type(one.value).__name__))
        floats = "float" in kind or (kind in ("list", "tuple") and any(type(item) is float for item in one.value))
        if name and (floats or type(one.value) in (bool, int)) and name not in seen and len(seen) < MAX_INPUTS:
            seen.add(name)
            yield name, one.place, shape_of(one.value)


def moves(case: Case, place: str, *, mine: bool, jitter: int = 0) -> bool | None:
    """Say whether one side changes when one input does; None where it cannot be told, or hardly changes."""
    moved = case.ask(Change(jitter=jitter or case.jitters[0], only=place))
    if moved is None:
        return None
    before, after = (case.first.yours, moved.yours) if mine else (case.first.expected, moved.expected)
    if before.shape != after.shape or not (before.numeric and after.numeric):
        return None
    if len(_still(before.values, after.values)) == len(before.values):
        return False
    return None if case.first.alike(before.values, after.values) else True


def confirmed(case: Case, inputs: list[tuple[str, str]], key: str, *, mine: bool, theirs: bool) -> Relation | None:
    """Return the inputs for which this holds when they change in another way, too."""
    sure = [name for name, place in inputs if all(_is(case, place, jitter, mine, theirs) for jitter in case.jitters)]
    if not sure or len(sure) > MAX_SLICED:
        return None
    says = said(f"depends.{key}", what=case.label, name=listed(sure))
    flags = {one.place for one in case.first.inputs if type(one.value) is bool}
    line = "depends.flag" if any(place in flags for _, place in inputs) else "depends.line"
    return Relation(("depends", key, *sure), says, (said(line, name=listed(sure), count=len(case.jitters)),))


def _is(case: Case, place: str, jitter: int, mine: bool, theirs: bool) -> bool:
    """Say whether yours moves, or not, and the right one moves, or not, as they should; wherever the input moves to."""
    both = [moves(case, place, mine=side, jitter=jitter) for side in (True, False)]
    far = Change(jitter=jitter, only=place, wild=True)
    return both == [mine, theirs] and _rests(case, far, mine=not mine) is not None


def _rests(case: Case, change: Change, *, mine: bool) -> frozenset[int] | None:
    """Return what stays as it is on one side under a change; None where something moves, or there is no telling."""
    before, after = case.first.yours if mine else case.first.expected, case.side(change, mine=mine)
    if after is None or after.shape != before.shape or not after.numeric:
        return None
    still = _still(before.values, after.values)
    return still if len(still) == len(before.values) else None


@dataclass(frozen=True)
class Slice:
    """One slice of an input: name and place of the input, how many axes it has, which axis, which slice."""

    name: str
    place: str
    axes: int
    axis: int
    index: int

    @property
    def words(self) -> str:
        """What it is called: `row 2 of x`, `x[:, 2]`."""
        at = place_words(self.axis, self.index, self.axes)
        return f"{self.name}{at}" if self.axes > 2 else said("part of", part=at, name=self.name)


@dataclass(frozen=True)
class Moved:
    """What moves with a slice: numbers of values. still: of the right one, those that do not move at all."""

    mine: frozenset[int]
    theirs: frozenset[int]
    still: frozenset[int]


def _reach(case: Case, heeded: list[tuple[str, str]]) -> Relation | None:
    """Return a slice of an input that reaches nothing, or places that it does not reach in the right one."""
    shape = case.first.expected.shape
    if not shape or case.first.yours.shape != shape or len(case.first.expected.values) < 4:
        return None
    if any(str(getattr(one.value, "dtype", "")) == "bool" for one in case.first.inputs):
        return None  # a mask decides what reaches what, and it does not move
    seen = []
    for one in _slices(case, _asked_last(heeded)):
        moved = _reached(case, one, case.jitters[0])
        if moved is None:
            return None
        if not moved.mine and moved.theirs and _agrees(case, one, lambda more: not more.mine and bool(more.theirs)):
            return _lost(case, one) if _rests(case, _far(case, one), mine=True) else None
        seen.append((one, moved))
    for one, moved in seen:
        for target in range(len(shape)):
            for at in sorted(_too_far(case, moved, target)):
                agrees = _agrees(case, one, lambda more, at=at, target=target: at in _too_far(case, more, target))  # type: ignore[misc]
                if agrees and _never_there(case, one, target, at):
                    return _reaches(case, one, target, at, dict(seen))
    return None


def _asked_last(heeded: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the inputs of the last question that had any: weights that were loaded before are not sliced."""
    last = heeded[0][1].partition(":")[0] if heeded else ""
    return [one for one in heeded[:MAX_SLICED] if one[1].partition(":")[0] == last]


def _far(case: Case, one: Slice) -> Change:
    """Return the change that moves a slice far."""
    return Change(jitter=case.jitters[0], only=one.place, axis=one.axis, index=one.index, wild=True)


def _never_there(case: Case, one: Slice, target: int, at: int) -> bool:
    """Say whether a place of the right answer stays as it is even when the slice moves far."""
    first, after = case.first.expected, case.side(_far(case, one), mine=False)
    known = after is not None and after.numeric and after.shape == first.shape
    return known and after is not None and at in _wholly(case, _still(first.values, after.values), target)


def _agrees(case: Case, one: Slice, holds: Callable[[Moved], bool]) -> bool:
    """Say whether it holds as well when the slice moves in another way."""
    again = _reached(case, one, case.jitters[1])
    return again is not None and holds(again)


def _too_far(case: Case, moved: Moved, target: int) -> frozenset[int]:
    """Return the places along an axis of the answer that yours reaches, and where the right one stays as it is."""
    return _on(case, moved.mine, target) & _wholly(case, moved.still, target)


def _slices(case: Case, heeded: list[tuple[str, str]]) -> Iterator[Slice]:
    """Yield the last, the first and the middle slice along each axis of some inputs."""
    shapes = {place: shape for _, place, shape in movable(case)}
    for name, place in heeded:
        axes = len(shapes[place])
        for axis, size in enumerate(shapes[place][:MAX_AXES] if axes >= 2 else ()):
            for index in dict.fromkeys((size - 1, 0, size // 2)) if size >= 2 else ():
                yield Slice(name, place, axes, axis, index)


def _reached(case: Case, one: Slice, jitter: int) -> Moved | None:
    """Return what moves with a slice; None where it cannot be told."""
    moved, first = case.ask(Change(jitter=jitter, only=one.place, axis=one.axis, index=one.index)), case.first
    if moved is None or moved.yours.shape != first.yours.shape or not moved.yours.numeric:
        return None
    before, after = first.expected.values, moved.expected.values
    mine = _changed(first, first.yours.values, moved.yours.values)
    return Moved(mine, _changed(first, before, after), _still(before, after))


def _still(before: Sequence[float], after: Sequence[float]) -> frozenset[int]:
    """Return the values that did not move but for what rounding does when sums are taken in another order."""
    room = DUST * max(map(abs, before), default=0.0)
    pairs = enumerate(zip(before, after, strict=True))
    return frozenset(index for index, (one, two) in pairs if abs(one - two) <= room or (one != one and two != two))  # noqa: PLR0124


def _changed(probe: Probe, before: Sequence[float], after: Sequence[float]) -> frozenset[int]:
    pairs = enumerate(zip(before, after, strict=True))
    return frozenset(index for index, (one, two) in pairs if not probe.near(one, two))


def _on(case: Case, values: frozenset[int], axis: int) -> frozenset[int]:
    """Return the places along an axis at which some value is among these."""
    at = list(places(case.first.expected.shape))
    return frozenset(at[index][axis] for index in values)


def _wholly(case: Case, values: frozenset[int], axis: int) -> frozenset[int]:
    """Return the places along an axis at which every value is among these."""
    others = frozenset(range(len(case.first.expected.values))) - values
    return frozenset(range(case.first.expected.shape[axis])) - _on(case, others, axis)


def _lost(case: Case, one: Slice) -> Relation:
    facts = {"what": case.label, "source": one.words}
    says, line = said("depends.lost", **facts), said("depends.lost.line", **facts)
    itself = case.label.startswith(f"{one.name} ") and _shape_at(case, one.place) == case.first.expected.shape
    key = ("depends", "lost", *(("itself",) if itself else ()), one.name, one.axis)
    return Relation(key, says, (line,))


def _shape_at(case: Case, place: str) -> tuple[int, ...]:
    return next((shape_of(one.value) for one in case.first.inputs if one.place == place), ())


def _reaches(case: Case, one: Slice, target: int, at: int, seen: dict[Slice, Moved]) -> Relation:
    axes = len(case.first.expected.shape)
    facts = {"what": case.label, "source": one.words, "place": place_words(target, at, axes)}
    later = one.axis == target and one.axes == axes > 2 and one.index > at
    if _only_scales(case, one, target, at):
        key, says, line = "scaled", said("depends.scaled", **facts), "depends.scaled.line"
    else:
        key, says, line = "future" if later else "other", said("depends.reach", **facts), "depends.reach.line"
        says = sentences(says, said("depends.future", s=one.index, t=at)) if later else says
    back = _not_back(case, one, target, at, seen) if later and key == "future" else None
    if back is not None:
        key, says = "turned", sentences(says, said("depends.turned", s=one.index, t=at))
    return Relation(("depends", "reach", key, one.name, one.axis, target), says, (said(line, **facts),))


def _only_scales(case: Case, one: Slice, target: int, at: int) -> bool:
    """Say whether a slice changes each row of yours at a place by a factor only, however far it moves."""
    shape = case.first.yours.shape
    if len(shape) < 2 or target == len(shape) - 1 or shape[-1] < LEAST_ROW:
        return False
    chosen = [index for index, place in enumerate(places(shape)) if place[target] == at]
    for change in (_far(case, one), replace(_far(case, one), jitter=case.jitters[1], wild=False)):
        after = case.side(change, mine=True)
        if after is None or after.shape != shape or not after.numeric:
            return False
        for start in range(0, len(chosen), shape[-1]):
            row = chosen[start : start + shape[-1]]
            before, now = ([values[index] for index in row] for values in (case.first.yours.values, after.values))
            top = max(range(len(row)), key=lambda index: abs(before[index]))
            factor = now[top] / before[top] if before[top] else math.nan
            if not all(case.first.near(two, factor * x) for x, two in zip(before, now, strict=True)):
                return False
    return True


def _not_back(case: Case, one: Slice, target: int, at: int, seen: dict[Slice, Moved]) -> Slice | None:
    """Return the slice at the place that is reached, if it does not reach back in yours, and does in the right one."""
    other = next((known for known in seen if known == replace(one, index=at)), None)
    if other is None:
        return None

    def holds(moved: Moved) -> bool:
        return one.index not in _on(case, moved.mine, target) and one.index in _on(case, moved.theirs, target)

    after = case.side(_far(case, other), mine=True)
    if after is None or not after.numeric or after.shape != case.first.yours.shape:
        return None
    rests = one.index in _wholly(case, _still(case.first.yours.values, after.values), target)
    return other if rests and holds(seen[other]) and _agrees(case, other, holds) else None


def place_words(axis: int, index: int, axes: int) -> str:
    """Return `row 2` for a matrix, `place 2` for a list, else what stands in brackets, `[:, 2]`."""
    if axes > 2:
        return f"[{':, ' * axis}{index}]"
    part = "value" if axes == 1 else ("row", "column")[axis]
    return said("part.at", part=said(f"part.{part}"), index=index)
