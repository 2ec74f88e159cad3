"""Sums: a constant that is added, or one amount for all values."""

import math

from grader.diagnose.case import Case
from grader.diagnose.evidence import lines, pairs
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.words import number, said

LEAST_VALUES = 3


def amount(probe: Probe) -> float:
    """Return what every value is too large by; 0 where it is not one amount."""
    mine, theirs = probe.yours.values, probe.expected.values
    if probe.yours.shape != probe.expected.shape or not all(map(math.isfinite, mine)):
        return 0.0
    scale = max(probe.yours.size, probe.expected.size)
    gaps = [one - two for one, two in zip(mine, theirs, strict=True)]
    return gaps[0] if all(probe.near(gap, gaps[0], scale) for gap in gaps) else 0.0


def find(case: Case) -> Relation | None:
    """Return by how much yours is off, where that is the same everywhere."""
    probes = case.telling
    amounts = [amount(probe) for probe in probes]
    turned = _turned(case, probes) if probes else None
    if turned is not None:
        return turned
    if not probes or not all(amounts) or sum(len(probe.expected.values) for probe in probes) < LEAST_VALUES:
        return None
    if any(abs(one) < 1e-4 * probe.expected.size for one, probe in zip(amounts, probes, strict=True)):
        return None
    scale = max(probe.expected.size for probe in probes)
    if all(probes[0].near(one, amounts[0], scale) for one in amounts):
        return _constant(case, amounts[0]) if _everywhere(case, amounts[0]) else None
    return _common(case, probes)


def _turned(case: Case, probes: list[Probe]) -> Relation | None:
    """Return the number from which yours and the right one lie equally far, on either side: always the same."""
    if any(probe.yours.shape != probe.expected.shape for probe in probes):
        return None
    sums = [one + two for probe in probes for one, two in zip(probe.yours.values, probe.expected.values, strict=True)]
    if len(sums) < LEAST_VALUES or not all(map(math.isfinite, sums)):
        return None
    theirs = [value for probe in probes for value in probe.expected.values]
    varied = max(theirs) - min(theirs) > 1e-3 * abs(sums[0]) > 1e-6 * max(map(abs, theirs))
    if not varied or not all(math.isclose(one, sums[0], rel_tol=1e-6) for one in sums):
        return None
    middle = number(sums[0] / 2)
    return Relation(("offset", "turned", middle), said("offset.turned", what=case.label, middle=middle), pairs(case))


def _everywhere(case: Case, by: float) -> bool:
    """Say whether the amount is the same in the other failing checks that can be compared."""
    others = [probe for probe in case.cousins if probe.telling]
    return all(probe.near(amount(probe), by, probe.expected.size) for probe in others)


def _constant(case: Case, by: float) -> Relation:
    large = said("large" if by > 0 else "small")
    says = said("offset.constant", what=case.label, amount=number(abs(by)), large=large)
    return Relation(("offset", float(f"{by:.4g}")), says, pairs(case))


def _common(case: Case, probes: list[Probe]) -> Relation | None:
    if any(len(probe.expected.values) < LEAST_VALUES for probe in probes):
        return None

    def fact(probe: Probe) -> str:
        by = amount(probe)
        return said("offset.common.line", amount=number(abs(by)), large=said("large" if by > 0 else "small"))

    return Relation(("offset", "common"), said("offset.common", what=case.label), lines(case, fact, probes))
