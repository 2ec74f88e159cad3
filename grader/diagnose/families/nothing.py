"""Nothing arrived: all zeros, an input as it came in, or the same answer whatever goes in.

"Whatever goes in" is said only of numbers that were moved far, to both signs, and away from 0.
"""

from grader.diagnose.case import MASKS, Case
from grader.diagnose.evidence import lines, pair, pairs
from grader.diagnose.leaf import leaves
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.words import number, said

DUST = 1e-12  # what rounding leaves of zero
LEAST_SINGLE = 3  # single numbers that are what went in


def find(case: Case) -> Relation | None:
    """Return that yours is zero, an input unchanged, or constant, where its shape is the right one."""
    probes = _wrong(case)
    if not probes or any(probe.yours.shape != probe.expected.shape for probe in probes):
        return None
    if all(map(_zero_all, probes)) and all(map(_zero_all, _elsewhere(case))):  # asking elsewhere is work: only then
        far = [probe for probe in case.anywhere if not _zero_all(probe)]
        if all(probe.change.plain in MASKS for probe in far):
            return _zero(case, but=bool(far))
    return _untouched(case, probes) or _constant(case, probes)


def raw(case: Case) -> Relation | None:
    """Return the input that yours is, where another shape is expected and no axis tells why."""
    probes = _wrong(case)
    if not probes or any(probe.yours.shape == probe.expected.shape for probe in probes):
        return None
    return _untouched(case, probes, "raw")


def _wrong(case: Case) -> list[Probe]:
    probes = case.telling
    return [] if any(probe.right for probe in probes) else probes


def _elsewhere(case: Case) -> list[Probe]:
    """Return what other checks ask under the same name: whatever goes in, goes in there, too."""
    return [probe for probe in case.cousins if probe.label == case.label]


def _zero_all(probe: Probe) -> bool:
    return all(_is_zero(value, probe) for value in probe.yours.values)


def _is_zero(value: float, probe: Probe) -> bool:
    """Say whether a number is 0, or in an array what rounding leaves of it."""
    sums = probe.yours.kind in ("array", "tensor")
    return value == 0 or (sums and abs(value) <= DUST * min(probe.expected.size, 1.0))


def _zero(case: Case, *, but: bool) -> Relation:
    """Say that yours is 0 whatever goes in; where nothing could be moved far, as far as it was tried.

    but: with other masks it is not.
    """

    def fact(probe: Probe) -> str:
        count = len(probe.yours.values)
        if count == 1:
            return pair(probe)
        return said("zero.line", count=count, most=number(probe.expected.size))

    far = [probe for probe in case.anywhere if probe.change.plain not in MASKS]
    key = ("zero", "mask") if but else ("zero",) if far else ("zero", "tried")
    says = said(".".join(key), what=case.label, count=len(case.probes))
    return Relation(key, says, lines(case, fact, [case.first, *far, *case.probes[1:]]))


def _untouched(case: Case, probes: list[Probe], *key: str) -> Relation | None:
    """Return the input that yours is, number by number."""
    single = any(len(probe.yours.values) < 2 for probe in probes)
    if single and len({probe.yours.values for probe in probes}) < LEAST_SINGLE:
        return None
    for one in case.first.inputs:
        name = case.names.of(one) if all(_is(probe, one.place) for probe in probes) else ""
        if name and all(_is(probe, one.place) for probe in case.anywhere):
            key, words = (("input", "only"), "input.only") if single else (("untouched", *key), "untouched")
            return Relation((*key, name), said(words, what=case.label, name=name), _shown(case))
    return None


def _shown(case: Case) -> tuple[str, ...]:
    return pairs(case, [probe for probe in case.anywhere if probe.telling])


def _is(probe: Probe, place: str) -> bool:
    value = next((one.value for one in probe.inputs if one.place == place), None)
    parts = leaves(value)
    same = len(parts) == 1 and parts[0].values == probe.yours.values
    return same and (parts[0].shape == probe.yours.shape or len(parts[0].values) == 1)


def _constant(case: Case, probes: list[Probe]) -> Relation | None:
    """Return the one number that yours is, whatever goes in; silent where nothing could be moved far."""
    values = {value for probe in probes for value in probe.yours.values}
    if len(values) != 1 or not case.anywhere:  # whoever is not constant here is not asked further
        return None
    asked = [*probes, *case.anywhere, *_elsewhere(case)]
    values |= {value for probe in asked for value in probe.yours.values}
    if len(values) != 1 or len({probe.expected.values for probe in asked}) < LEAST_SINGLE:
        return None
    value = number(values.pop())
    return Relation(("constant", value), said("constant", what=case.label, value=value), _shown(case))
