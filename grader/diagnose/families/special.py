"""NaN and infinity: where they stand, if an input tells, and what makes them there."""

import math

from grader.diagnose.case import Case
from grader.diagnose.evidence import lines
from grader.diagnose.places import predicates
from grader.diagnose.probe import Finding, Probe
from grader.diagnose.vary import Change
from grader.diagnose.words import said


def find(case: Case) -> Finding | None:
    """Return the condition under which yours is nan or infinite and the expected one is not."""
    if not case.first.yours.numeric or case.first.yours.shape != case.first.expected.shape:
        return None
    probes = [probe for probe in case.probes if probe.yours.shape == probe.expected.shape]
    if len(probes) < 2 or not all(map(_odd, probes)):
        return None
    kind = "nan" if any(map(math.isnan, case.first.yours.values)) else "inf"
    if all(len(_odd(probe)) == len(probe.yours.values) for probe in probes):
        words = said("place.everywhere") if _always(case) else ""
    else:
        fits = (words for words, chosen in predicates(case) if all(chosen(one) == _odd(one) for one in probes))
        words = next(fits, "")
    if not words:
        return None

    def fact(probe: Probe) -> str:
        return said("special.line", count=len(_odd(probe)), total=len(probe.yours.values), kind=kind)

    says = said("special", what=case.label, kind=kind, where=words)
    return Finding(("special", kind, words), says, lines(case, fact, probes))


def _always(case: Case) -> bool:
    """Say whether no number of yours is finite even when everything that goes in has other signs and sizes."""
    places = "|".join(one.place for one in case.first.inputs)
    far = case.side(Change(jitter=case.jitters[0], only=places, wild=True), mine=True)
    return far is not None and far.numeric and not any(map(math.isfinite, far.values))


def _odd(probe: Probe) -> frozenset[int]:
    """Return where yours is no finite number although the expected one is."""
    pairs = enumerate(zip(probe.yours.values, probe.expected.values, strict=True))
    return frozenset(index for index, (mine, theirs) in pairs if not math.isfinite(mine) and math.isfinite(theirs))
