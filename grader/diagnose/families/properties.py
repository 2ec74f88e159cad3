"""What the right answer has on every probe and yours on none: rows that sum to 0 or 1, a sign, a range."""

import math
from collections.abc import Callable
from itertools import permutations

from grader.diagnose.case import Case
from grader.diagnose.evidence import lines
from grader.diagnose.leaf import Leaf, summed
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.words import number, said

LEAST_VALUES, LEAST_SIGNS = 4, 12
TOTALS = {"zero": 0.0, "one": 1.0}
DUST, COARSE = 1e-9, 1e-5  # what rounding leaves of a sum, in double and in single precision


def find(case: Case) -> Relation | None:
    """Return a property that yours lacks."""
    probes = _comparable(case)
    return (_sums(case, probes) or _ranges(case, probes)) if probes else None


def other(case: Case) -> Relation | None:
    """Return that the right one sums to 0 or 1 along one axis, and yours along another one."""
    probes = _comparable(case)
    axes = range(len(case.first.expected.shape)) if probes else ()
    for right, mine in permutations(axes, 2):
        for name, total in TOTALS.items():
            if all(_all_sum_to(probe, right, total) and _sums_to(probe.yours, mine, total) for probe in probes):
                facts = {"part": _part(case, right), "other": _part(case, mine), "total": number(total)}
                fact = said("property.other.line", count=len(probes), **facts)
                says = said("property.other", what=case.label, **facts)
                return Relation(("property", "other", name, right, mine), says, (fact,))
    return None


def _comparable(case: Case) -> list[Probe]:
    probes = case.telling
    if not probes or any(probe.yours.shape != probe.expected.shape for probe in probes):
        return []
    if any(len(probe.expected.values) < LEAST_VALUES for probe in probes):
        return []
    finite = all(math.isfinite(value) for probe in probes for value in probe.yours.values)
    return probes if finite else []


def _part(case: Case, axis: int) -> str:
    """Return what runs along an axis: `row`."""
    part = {1: ("row",), 2: ("column", "row")}.get(len(case.first.expected.shape))
    return said(f"part.{part[axis]}") if part else said("part.axis", axis=axis)


def _sums(case: Case, probes: list[Probe]) -> Relation | None:
    shape = case.first.expected.shape
    for axis in range(len(shape)):
        words = _part(case, axis)
        for name, total in TOTALS.items():
            if all(_all_sum_to(probe, axis, total) for probe in probes):

                def fact(probe: Probe, axis: int = axis, words: str = words) -> str:
                    first = summed(probe.yours, (axis,)).values[0]
                    return said("property.sums", part=words, total=number(first))

                says = said(f"property.{name}", what=case.label, part=words)
                return Relation(("property", name, axis), says, lines(case, fact, probes))
    return None


def _all_sum_to(probe: Probe, axis: int, total: float) -> bool:
    """Say whether all sums along an axis of the right one are a number, and none of yours; more than two summands."""
    if probe.expected.shape[axis] < 3 or len({*probe.expected.values}) < 3:
        return False
    mine = summed(probe.yours, (axis,))
    return _sums_to(probe.expected, axis, total) and all(
        abs(value - total) > 1e-6 * probe.yours.size for value in mine.values
    )


def _sums_to(leaf: Leaf, axis: int, total: float) -> bool:
    """Say whether all sums along an axis are a number."""
    coarse = DUST if "64" in leaf.dtype or leaf.dtype in ("float", "") else COARSE
    return all(abs(value - total) <= coarse * max(leaf.size, 1e-300) for value in summed(leaf, (axis,)).values)


def _ranges(case: Case, probes: list[Probe]) -> Relation | None:
    def fact(probe: Probe) -> str:
        return said("property.range", least=number(min(probe.yours.values)), most=number(max(probe.yours.values)))

    for name, holds in _RANGES.items() if len(case.first.expected.values) >= LEAST_SIGNS else ():
        theirs = all(holds(probe.expected) for probe in probes)
        if theirs and not any(holds(probe.yours) for probe in probes):
            return Relation(("property", name), said(f"property.{name}", what=case.label), lines(case, fact, probes))
    return None


_RANGES: dict[str, Callable[[Leaf], bool]] = {
    "positive": lambda leaf: all(value >= 0 for value in leaf.values),
    "negative": lambda leaf: all(value <= 0 for value in leaf.values),
}
