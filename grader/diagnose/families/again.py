"""Another answer when the very same is asked again."""

from grader.diagnose.case import Case
from grader.diagnose.leaf import Leaf, leaves
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.vary import Change
from grader.diagnose.words import number, said
from grader.model import Mismatch


def find(case: Case) -> Relation | None:
    """Return that yours is not what it was when the check failed, all questions and random numbers being the same."""
    if case.before is None:
        return None
    first, label = leaves(case.before.pair[0]) if case.before.pair else [], case.before.mismatch.label
    if case.before.pair is None and case.index >= 0:
        return _built_otherwise(case, case.before.mismatch)
    then = leaves(case.seen.value) if case.index >= 0 and case.seen.label == label else []
    if case.index >= 0 and (not then or [leaf.at for leaf in first] != [leaf.at for leaf in then]):
        return None
    if case.index < 0:  # nothing is wrong any more
        return Relation(("again",), said("again", what=label), (said("again.right"),)) if case.run.whole else None
    for one, two in zip(first, then, strict=True):
        if one.numeric and two.numeric and not _alike(one, two):
            shown = said("again.line", first=number(one.values[0]), then=number(two.values[0]))
            return Relation(("again",), said("again", what=label), (shown,))
    return None


def _built_otherwise(case: Case, before: Mismatch) -> Relation | None:
    """Return it for answers whose keys, length or kind were wrong, and are wrong in another way now."""
    now = case.mismatch
    if now.label != before.label or (now.problem, now.yours) == (before.problem, before.yours):
        return None
    shown = said("again.line", first=before.yours, then=now.yours)
    return Relation(("again",), said("again", what=now.label), (shown,))


def _alike(one: Leaf, two: Leaf) -> bool:
    return one.shape == two.shape and Probe(Change(), one, two, (), 1e-6, 1e-12).alike(one.values, two.values)
