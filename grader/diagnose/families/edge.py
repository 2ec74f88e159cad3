"""Right but for an exact number: a tie, a limit, a zero."""

from grader.diagnose.case import Case
from grader.diagnose.evidence import pair
from grader.diagnose.families.ignored import setting
from grader.diagnose.leaf import leaves
from grader.diagnose.probe import Relation
from grader.diagnose.vary import Change, Input
from grader.diagnose.words import said


def find(case: Case) -> Relation | None:
    """Return that yours is right as soon as numbers differ."""
    found = setting(case)
    if found is not None:
        return found
    if len(case.shaken) >= 2 and all(probe.right for probe in case.shaken):
        facts = (f"{case.label}: {pair(case.first)}.",) if case.first.yours.numeric else ()
        line = said("edge.line", count=len(case.shaken))
        return Relation(("edge",), said("edge", what=case.label), (*facts, line))
    return _zero(case)


def _zero(case: Case) -> Relation | None:
    """Return that yours is wrong only because an input is exactly 0: with 0 it is always wrong, without it never."""
    probes = [case.first, *case.shaken]
    if len(probes) < 2 or any(probe.right for probe in probes) or not any(_has_zero(one) for one in case.first.inputs):
        return None
    fills = (0.3, 1e-9, -1e-9)
    filled = [case.ask(Change(fill=fill, jitter=jitter)) for fill in fills for jitter in (0, case.jitters[0])]
    if not all(probe is not None and probe.right for probe in filled):
        return None
    return Relation(("edge", "zero"), said("edge.zero", what=case.label), (said("edge.zero.line", count=len(filled)),))


def _has_zero(one: Input) -> bool:
    """Say whether some number that can become another one is exactly 0."""
    return any(leaf.numeric and "int" not in leaf.dtype and not all(leaf.values) for leaf in leaves(one.value))
