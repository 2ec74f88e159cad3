"""Nothing arrived: all zeros, an input as it came in, or the same answer whatever goes in."""

from grader.diagnose.case import Case
from grader.diagnose.evidence import lines, pair, pairs
from grader.diagnose.leaf import leaves
from grader.diagnose.probe import Finding, Probe
from grader.diagnose.words import number, said

DUST = 1e-12  # what rounding leaves of zero


def find(case: Case) -> Finding | None:
    """Return that yours is zero, an input unchanged, or constant."""
    probes = case.telling
    if not probes or any(probe.right for probe in probes):
        return None
    if all(_is_zero(value, probe) for probe in probes for value in probe.yours.values):
        return _zero(case)
    return _untouched(case, probes) or _constant(case, probes)


def _is_zero(value: float, probe: Probe) -> bool:
    """Say whether a number is 0, or in an array what rounding leaves of it."""
    sums = probe.yours.kind in ("array", "tensor")
    return value == 0 or (sums and abs(value) <= DUST * min(probe.expected.size, 1.0))


def _zero(case: Case) -> Finding:
    def fact(probe: Probe) -> str:
        count = len(probe.yours.values)
        if count == 1:
            return pair(probe)
        return said("zero.line", count=count, most=number(probe.expected.size))

    return Finding(("zero",), said("zero", what=case.label), lines(case, fact))


def _untouched(case: Case, probes: list[Probe]) -> Finding | None:
    """Return the input that yours is, number by number and in its shape."""
    if any(len(probe.yours.values) < 2 for probe in probes):
        return None
    for one in case.first.inputs:
        name = case.names.of(one)
        if name and all(_is(probe, one.place) for probe in probes):
            return Finding(("untouched", name), said("untouched", what=case.label, name=name), pairs(case))
    return None


def _is(probe: Probe, place: str) -> bool:
    value = next((one.value for one in probe.inputs if one.place == place), None)
    parts = leaves(value)
    return len(parts) == 1 and parts[0].values == probe.yours.values and parts[0].shape == probe.yours.shape


def _constant(case: Case, probes: list[Probe]) -> Finding | None:
    """Return the one number that yours always is."""
    numbers = {value for probe in probes for value in probe.yours.values}
    if len(numbers) != 1 or len({probe.expected.values for probe in probes}) < 3:
        return None
    value = number(numbers.pop())
    return Finding(("constant", value), said("constant", what=case.label, value=value), pairs(case))
