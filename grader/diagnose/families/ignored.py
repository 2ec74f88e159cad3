"""An input that yours ignores altogether: a number that decides over a truth value, or one of several inputs."""

from grader.diagnose.case import Case
from grader.diagnose.families.depends import comparable, confirmed, movable, moves
from grader.diagnose.probe import Relation
from grader.diagnose.vary import Change
from grader.diagnose.words import said

SETTINGS = (0.0, 1e-12, 1e-3, 1.0, 1e6)  # what a limit or a tolerance may be set to


def setting(case: Case) -> Relation | None:
    """Return a single number that decides over a truth value, and that yours ignores whatever it is set to."""
    first = case.first
    if not all(isinstance(value, bool) for value in (*first.yours.values, *first.expected.values)):
        return None
    for one in reversed(case.first.inputs):
        name = case.names.of(one)
        if not name or type(one.value) is not float:
            continue
        asked = [case.ask(Change(jitter=1, only=one.place, put=put)) for put in SETTINGS]
        known = [probe for probe in asked if probe is not None]
        moved = any(probe.expected.values != first.expected.values for probe in known)
        if moved and len(known) > 1 and all(probe.yours.values == first.yours.values for probe in known):
            line = said("depends.line", name=name, count=len(known))
            return Relation(("depends", "not", name), said("depends.not", what=case.label, name=name), (line,))
    return None


def find(case: Case) -> Relation | None:
    """Return an input that yours ignores although the right one does not."""
    if not comparable(case):
        return None
    heeded = [(name, place) for name, place, _ in movable(case) if moves(case, place, mine=False)]
    return confirmed(
        case, [one for one in heeded if moves(case, one[1], mine=True) is False], "not", mine=False, theirs=True
    )
