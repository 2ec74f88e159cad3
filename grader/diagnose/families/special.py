"""NaN and infinity: where they stand, if an input tells, and what makes them there."""

import math
from collections import Counter
from collections.abc import Sequence

from grader.diagnose import limits
from grader.diagnose.case import Case
from grader.diagnose.evidence import lines
from grader.diagnose.layout import fitting
from grader.diagnose.places import predicates
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.words import number, said


def find(case: Case) -> Relation | None:
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

    def fact(probe: Probe) -> str:
        return said("special.line", count=len(_odd(probe)), total=len(probe.yours.values), kind=kind)

    key: tuple[str, ...] = (words,)
    says = said("special", what=case.label, kind=kind, where=words)
    if not words:
        key, says = _limited(case, probes, kind)
    return Relation(("special", kind, *key), says, lines(case, fact, probes)) if says else None


def _always(case: Case) -> bool:
    """Say whether no number of yours is finite even when everything that goes in has other signs and sizes."""
    return bool(case.anywhere) and all(len(_odd(probe)) == len(probe.yours.values) for probe in case.anywhere)


def _limited(case: Case, probes: list[Probe], kind: str) -> tuple[tuple[str, ...], str]:
    """Return the limit of an input, or of how far its rows lie below its largest number, beyond which it happens."""
    by_rows = all(map(_whole_rows, probes))
    for name, rows in fitting(case, probes):
        gaps = [_gaps(row, probe) for row, probe in zip(rows, probes, strict=True)]
        for key, given in ((("rows", gaps),) if by_rows else ()) + (("", rows),):
            odd, even = _parted(given, probes)
            limit = limits.between(odd, even)
            if limit is not None and (not key or limit.side == "above"):
                facts = {"name": name, "right": number(limit.right), "wrong": number(limit.wrong), "kind": kind}
                return (key or limit.side, name), said(f"special.{key or limit.side}", what=case.label, **facts)
    return (), ""


def _whole_rows(probe: Probe) -> bool:
    """Say whether it happens in some rows as a whole, and in no others."""
    width = probe.expected.shape[-1] if len(probe.expected.shape) > 1 else 1
    counts = Counter(index // width for index in _odd(probe))
    return width > 1 and set(counts.values()) == {width}


def _parted(given: Sequence[Sequence[float]], probes: list[Probe]) -> tuple[list[float], list[float]]:
    """Return the numbers for which it happens, and those for which it does not."""
    parted: tuple[list[float], list[float]] = ([], [])
    for row, probe in zip(given, probes, strict=True):
        odd = _odd(probe)
        for index, x in enumerate(row):
            parted[index not in odd].append(x)
    return parted


def _gaps(row: tuple[float, ...], probe: Probe) -> tuple[float, ...]:
    """Return for each number how far the largest of its row lies below the largest of all."""
    width = probe.expected.shape[-1] if probe.expected.shape else 1
    starts = range(0, len(row), width)
    return tuple(max(row) - max(row[start : start + width]) for start in starts for _ in range(width))


def _odd(probe: Probe) -> frozenset[int]:
    """Return where yours is no finite number although the expected one is."""
    pairs = enumerate(zip(probe.yours.values, probe.expected.values, strict=True))
    return frozenset(index for index, (mine, theirs) in pairs if not math.isfinite(mine) and math.isfinite(theirs))
