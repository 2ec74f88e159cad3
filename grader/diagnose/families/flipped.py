"""A truth value taken for its opposite: a mask that bans where it should allow, a flag that works the wrong way."""

from grader.diagnose.case import Case
from grader.diagnose.evidence import pairs
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.vary import Change
from grader.diagnose.words import said

MOST = 4


def find(case: Case) -> Relation | None:
    """Return the flag or mask for whose opposite yours would be right, also with other numbers."""
    probes = [case.first, *case.shaken]
    if len(probes) < 2 or not all(probe.telling for probe in probes):
        return None
    for name, place in _truths(case):
        turned = [case.ask(Change(jitter=probe.change.jitter, flip=place)) for probe in probes]
        if all(other is not None and _crossed(one, other) for one, other in zip(probes, turned, strict=True)):
            return Relation(("flipped", name), said("flipped", what=case.label, name=name), pairs(case))
    return None


def _crossed(one: Probe, other: Probe) -> bool:
    """Say whether yours is in both cases what is expected in the other one; a flag that is ignored is not that."""
    if not one.yours.shape == one.expected.shape == other.yours.shape == other.expected.shape:
        return False
    return one.equals(other.expected.values) and other.equals(one.expected.values)


def _truths(case: Case) -> list[tuple[str, str]]:
    """Return the flags and masks that have a name: name and place."""
    found: dict[str, str] = {}
    for one in reversed(case.first.inputs):
        name = case.names.of(one)
        if name and (type(one.value) is bool or str(getattr(one.value, "dtype", "")) == "bool"):
            found.setdefault(name, one.place)
    return list(found.items())[:MOST]
