"""Axes: turned round, transposed, not summed, summed too much, summed over another one, shifted, running totals."""

from collections.abc import Callable, Iterator
from itertools import combinations, pairwise, permutations

from grader.diagnose.case import Case
from grader.diagnose.evidence import lines
from grader.diagnose.layout import named, part
from grader.diagnose.leaf import Leaf, axes_of, places, reduced, summed, transposed
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.words import listed, said

MAX_AXES = 4
WAYS = (("summed", False), ("averaged", True))


def find(case: Case) -> Relation | None:
    """Return what was done, or not done, to the axes of the expected one."""
    probes = case.telling
    if not probes or any(len(probe.yours.shape) > MAX_AXES or len(probe.expected.shape) > MAX_AXES for probe in probes):
        return None
    if any(len(probe.yours.values) < 2 and len(probe.expected.values) < 2 for probe in probes):
        return None
    for family in (_reshaped, _transposed, _unsummed, _oversummed, _other_axis, _lost, _moved):
        found = family(case, probes)
        if found is not None:
            return found
    return None


def _finding(case: Case, key: tuple[object, ...], says: str) -> Relation:
    def fact(probe: Probe) -> str:
        return said("axes.shapes", yours=_shape(probe.yours.shape), expected=_shape(probe.expected.shape))

    return Relation(key, says, lines(case, fact))


def _reshaped(case: Case, probes: list[Probe]) -> Relation | None:
    for probe in probes:
        if probe.yours.shape == probe.expected.shape or not probe.alike(probe.yours.values, probe.expected.values):
            return None
    return _finding(case, ("axes", "reshaped"), said("axes.reshaped", what=case.label))


def _transposed(case: Case, probes: list[Probe]) -> Relation | None:
    axes = len(probes[0].expected.shape)
    for order in permutations(range(axes)):
        if order != tuple(range(axes)) and all(_is(probe, transposed(probe.expected, order)) for probe in probes):
            if all(probe.right for probe in probes):
                return None
            key = "axes.transposed" if axes == 2 else "axes.permuted"
            return _finding(case, ("axes", "transposed", order), said(key, what=case.label, order=order))
    return None


def _is(probe: Probe, leaf: Leaf) -> bool:
    return probe.yours.shape == leaf.shape and probe.alike(probe.yours.values, leaf.values)


def _some_axes(leaf: Leaf) -> Iterator[tuple[int, ...]]:
    for count in range(1, len(leaf.shape) + 1):
        yield from combinations(range(len(leaf.shape)), count)


def _unsummed(case: Case, probes: list[Probe]) -> Relation | None:
    """Return the axes over which yours has to be summed, or averaged, to be right; a list has no axes."""
    if any(probe.yours.kind == "list" for probe in probes):
        return None
    for axes in _some_axes(probes[0].yours):
        for way, mean in WAYS:
            if all(_sums_up(probe.yours, probe.expected, axes, probe, mean=mean) for probe in probes):
                says = said("axes.unsummed", what=case.label, way=said(way), axes=_axes(axes))
                return _finding(case, ("axes", "unsummed", axes, way), says)
    return None


def _oversummed(case: Case, probes: list[Probe]) -> Relation | None:
    """Return the axes over which the expected one has to be summed, or averaged, to be yours: 0 tells nothing."""
    if not all(any(probe.yours.values) for probe in probes) or any(probe.yours.kind == "list" for probe in probes):
        return None
    for axes in _some_axes(probes[0].expected):
        for way, mean in WAYS:
            if all(_sums_up(probe.expected, probe.yours, axes, probe, mean=mean) for probe in probes):
                says = said("axes.oversummed", what=case.label, way=said(way), axes=_axes(axes))
                return _finding(case, ("axes", "oversummed", axes, way), says)
    return None


def _sums_up(leaf: Leaf, to: Leaf, axes: tuple[int, ...], probe: Probe, *, mean: bool) -> bool:
    """Say whether a sum over more than one number gives the other: its values, in a shape that holds as many."""
    if max(axes) >= len(leaf.shape) or all(leaf.shape[axis] == 1 for axis in axes):
        return False
    for keep in (False, True):
        if reduced(leaf.shape, axes, keep=keep) == to.shape:
            return probe.alike(to.values, summed(leaf, axes, keep=keep, mean=mean).values)
    return False


def _other_axis(case: Case, probes: list[Probe]) -> Relation | None:
    """Return that yours sums an input over one axis where the expected one sums it over another."""
    for one in named(case):
        parts = [part(probe, one.places) for probe in probes]
        found = [leaf for leaf in parts if leaf is not None and 2 <= len(leaf.shape) <= MAX_AXES]
        if len(found) != len(probes) or len({len(leaf.shape) for leaf in found}) > 1:
            continue
        for way, mean in WAYS:
            mine = _summed_over(probes, found, lambda probe: probe.yours, mean=mean)
            theirs = _summed_over(probes, found, lambda probe: probe.expected, mean=mean)
            if mine and theirs and mine != theirs:
                facts = {"way": said(way), "mine": _axes(mine), "theirs": _axes(theirs)}
                says = said("axes.other", what=case.label, name=one.name, **facts)
                return _finding(case, ("axes", "other", one.name, mine, theirs), says)
    return None


def _summed_over(
    probes: list[Probe], inputs: list[Leaf], side: Callable[[Probe], Leaf], *, mean: bool
) -> tuple[int, ...]:
    """Return the axes over which an input was summed to give one side; none where there are none, or several ways."""
    pairs = list(zip(probes, inputs, strict=True))
    ways = [
        axes
        for axes in _some_axes(inputs[0])
        if all(_sums_up(leaf, side(probe), axes, probe, mean=mean) for probe, leaf in pairs)
    ]
    return ways[0] if len(ways) == 1 else ()


def _lost(case: Case, probes: list[Probe]) -> Relation | None:
    """Return that yours has lost one axis of an input where the expected one has lost another; sizes must differ."""
    for one in named(case):
        parts = [part(probe, one.places) for probe in probes]
        shapes = [leaf.shape for leaf in parts if leaf is not None]
        if len(shapes) < len(probes) or len({len(shape) for shape in shapes}) > 1 or len(shapes[0]) < 2:
            continue
        mine = _without([probe.yours.shape for probe in probes], shapes)
        theirs = _without([probe.expected.shape for probe in probes], shapes)
        if mine is not None and theirs is not None and mine != theirs:
            says = said("axes.lost", what=case.label, name=one.name, mine=mine, theirs=theirs)
            return _finding(case, ("axes", "lost", one.name, mine, theirs), says)
    return None


def _without(shapes: list[tuple[int, ...]], inputs: list[tuple[int, ...]]) -> int | None:
    """Return the one axis of an input that is gone, or has size 1; None where there is none, or no telling."""
    ways = [
        axis
        for axis in range(len(inputs[0]))
        if all(
            shape in ((*full[:axis], *full[axis + 1 :]), (*full[:axis], 1, *full[axis + 1 :]))
            for shape, full in zip(shapes, inputs, strict=True)
        )
    ]
    return ways[0] if len(ways) == 1 else None


def _moved(case: Case, probes: list[Probe]) -> Relation | None:
    """Return how values have moved along an axis, where shapes agree."""
    if any(probe.yours.shape != probe.expected.shape or probe.yours.kind == "number" for probe in probes):
        return None
    for axis in range(len(probes[0].expected.shape)):
        for name, move in _MOVES.items():
            if all(_has_moved(probe, axis, move) for probe in probes):
                facts = {"what": case.label, "axis": axis}
                key = f"{name} list" if probes[0].yours.kind == "list" or len(probes[0].yours.shape) == 1 else name
                return _finding(case, ("axes", name, axis), said(f"axes.{key}", **facts))
    return None


def _has_moved(probe: Probe, axis: int, move: Callable[[list[float]], list[float]]) -> bool:
    """Say whether each line along an axis has moved so; a line of fewer than three numbers tells nothing."""
    if probe.expected.shape[axis] < 3:
        return False
    mine, theirs = _along(probe.yours, axis), _along(probe.expected, axis)
    return all(probe.alike(one, move(two)) for one, two in zip(mine, theirs, strict=True))


def _along(leaf: Leaf, axis: int) -> list[list[float]]:
    """Return the lines of an array along one axis."""
    strides = axes_of(leaf.shape)
    size, step = strides[axis]
    starts = [place for place in places(leaf.shape) if place[axis] == 0]
    firsts = [sum(i * stride for i, (_, stride) in zip(place, strides, strict=True)) for place in starts]
    return [[leaf.values[first + i * step] for i in range(size)] for first in firsts]


def _running(line: list[float]) -> list[float]:
    totals, total = [], 0.0
    for value in line:
        total += value
        totals.append(total)
    return totals


def _steps(line: list[float]) -> list[float]:
    return [line[0], *(after - before for before, after in pairwise(line))]


_MOVES: dict[str, Callable[[list[float]], list[float]]] = {
    "reversed": lambda line: line[::-1],
    "one late": lambda line: [0.0, *line[:-1]],
    "one early": lambda line: [*line[1:], 0.0],
    "one late, round": lambda line: [line[-1], *line[:-1]],
    "one early, round": lambda line: [*line[1:], line[0]],
    "running": _running,
    "steps": _steps,
}


def _axes(axes: tuple[int, ...]) -> str:
    if len(axes) == 1:
        return said("axis", axis=axes[0])
    return said("axes", axes=listed([str(axis) for axis in axes]))


def _shape(shape: tuple[int, ...]) -> str:
    return str(shape)
