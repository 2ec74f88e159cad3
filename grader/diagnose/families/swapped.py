"""Answers that changed places: one is what is expected of the other."""

from grader.diagnose.case import Case
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.vary import Change
from grader.diagnose.words import said

MAX_OTHERS = 6


def find(case: Case) -> Relation | None:
    """Return which other quantity of the check yours is, and whether the two have changed places."""
    changes = [Change(), *(probe.change for probe in (*case.plain, *(case.shaken or case.reseeded)))]
    if len(changes) < 2:
        return None
    for index, part, label in case.neighbours(MAX_OTHERS):
        pairs = [case.crossed(change, index, part) for change in changes]
        if (
            not all(pair and _is(pair[0]) for pair in pairs)
            or len({pair[0].yours.values for pair in pairs if pair}) < 2
        ):
            continue
        both = all(pair and _is(pair[1]) for pair in pairs)
        says = said("swapped" if both else "copied", what=case.label, other=label)
        return Relation(("swapped" if both else "copied", label), says, (said("swapped.line", count=len(pairs)),))
    return None


def _is(probe: Probe) -> bool:
    known = probe.yours.numeric and probe.expected.numeric and any(probe.expected.values)
    return known and probe.yours.shape == probe.expected.shape and not probe.wrong
