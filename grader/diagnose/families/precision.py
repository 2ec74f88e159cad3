"""Digits: another dtype, single precision on the way, decimals cut off, or nearly right."""

import math
import struct
from collections.abc import Callable

from grader.diagnose.case import Case
from grader.diagnose.evidence import lines, pairs
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.words import said

ROUNDINGS: dict[str, Callable[[float], float]] = {
    "cut off": lambda value: float(math.trunc(value)),
    "rounded": lambda value: float(round(value)),
    "rounded down": lambda value: float(math.floor(value)),
    "rounded up": lambda value: float(math.ceil(value)),
}
NEARLY = 2e-3
ROUNDING, SMALL = 1e-15, 1e-3
LEAST_VALUES, LEAST_WHOLE = 3, 2
MANTISSA = 26  # binary digits; a float32 has 24


def dtype(case: Case) -> Relation | None:
    """Return that yours has another dtype than what went in, where every input of that kind has one and the same."""
    if case.mismatch.problem != "dtype":
        return None
    theirs, mine = case.first.expected.dtype, case.first.yours.dtype
    given = {str(one.value.dtype) for one in case.first.inputs if hasattr(one.value, "dtype") and _floats(one.value)}
    probes = [probe for probe in case.probes if (probe.yours.dtype, probe.expected.dtype) == (mine, theirs)]
    if given != {theirs} or len(probes) < len(case.probes) or len(probes) < 2:
        return None

    def fact(_probe: Probe) -> str:
        return said("dtype.line", mine=mine, theirs=theirs)

    return Relation(("dtype", mine), said("dtype", what=case.label, mine=mine, theirs=theirs), lines(case, fact))


def _floats(value: object) -> bool:
    return "float" in str(getattr(value, "dtype", ""))


def find(case: Case) -> Relation | None:
    """Return that yours lost digits; they may be fewer than other relations look at."""
    probes = case.probes
    known = all(probe.yours.numeric and probe.yours.shape == probe.expected.shape for probe in probes)
    if not known or sum(not probe.right for probe in probes) < 2:
        return None
    for name, rounded in ROUNDINGS.items():
        some = sum(any(probe.yours.values) for probe in probes) >= LEAST_WHOLE  # 0 is what many slips leave
        if some and all(_is_rounded(probe, rounded) for probe in probes):
            return Relation(("whole", name), said(f"whole.{name}", what=case.label), pairs(case))
    if case.has_arrays and all(map(_single, probes)) and _spread([x for one in probes for x in one.yours.values]):
        return Relation(("single",), said("single", what=case.label), pairs(case))
    return None


def _is_rounded(probe: Probe, rounded: Callable[[float], float]) -> bool:
    values = [rounded(value) for value in probe.expected.values]
    broken = any(value != whole for value, whole in zip(probe.expected.values, values, strict=True))
    return broken and all(mine == whole for mine, whole in zip(probe.yours.values, values, strict=True))


def _single(probe: Probe) -> bool:
    """Say whether all of yours are float32 numbers near the expected ones, which are none."""
    if "float32" in probe.expected.dtype or any(type(value) is not float for value in probe.yours.values):
        return False
    near = all(
        abs(mine - theirs) <= 1e-5 * abs(theirs) + 1e-6 * probe.expected.size
        for mine, theirs in zip(probe.yours.values, probe.expected.values, strict=True)
    )
    return near and all(map(_is_float32, probe.yours.values)) and not all(map(_is_float32, probe.expected.values))


def _is_float32(value: float) -> bool:
    try:
        return bool(struct.unpack("f", struct.pack("f", value))[0] == value)
    except OverflowError:
        return False


def _spread(values: list[float]) -> bool:
    """Say whether numbers have too many digits, taken together, to be what is left of nearly equal ones.

    A difference of two numbers near 1 is a multiple of 2 ** -53: where it is small it has few digits, and so is a
    float32 number by chance.
    """
    known = [value for value in values if value and math.isfinite(value)]
    if len(known) < LEAST_VALUES:
        return False
    grain = min(map(_lowest_bit, known))
    return max(map(abs, known)) > grain * 2.0**MANTISSA


def _lowest_bit(value: float) -> float:
    """Return the worth of the last binary digit of a number that is not 0."""
    top, bottom = value.as_integer_ratio()
    return float(top & -top) / bottom


def nearly(case: Case) -> Relation | None:
    """Return that yours is right in its first digits, and in how many, where nothing better can be said."""
    probes = [probe for probe in case.probes if not probe.right]
    known = all(probe.yours.numeric and probe.expected.numeric for probe in case.probes)
    if not known or len(probes) < 2 or sum(len(probe.expected.values) for probe in probes) < LEAST_VALUES:
        return None
    gaps = [_gap(probe) for probe in probes]
    if any(gap > NEARLY or gap == 0 for gap in gaps):
        return None

    def fact(probe: Probe) -> str:
        return said("near.line", gap=f"{_gap(probe):.1e}")

    name = "near.cancelled" if all(map(_cancelled, probes)) else "near"
    key = ("near", "lent") if case.seen.lent and name == "near" else tuple(name.split("."))
    return Relation(key, said(name, what=case.label), lines(case, fact, probes))


def _cancelled(probe: Probe) -> bool:
    """Say whether yours is off by a few roundings of numbers near 1, and the expected one is much smaller."""
    return probe.expected.size < SMALL and _gap(probe) * probe.expected.size <= ROUNDING


def _gap(probe: Probe) -> float:
    """Return the largest difference, relative to the largest value; infinite where it cannot be told."""
    values = (*probe.yours.values, *probe.expected.values)
    if probe.yours.shape != probe.expected.shape or not probe.expected.size or not all(map(math.isfinite, values)):
        return math.inf
    pairs = zip(probe.yours.values, probe.expected.values, strict=True)
    return max(abs(mine - theirs) for mine, theirs in pairs) / probe.expected.size
