"""A check that asks about several single numbers: for which of them yours is wrong, where that has a name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.diagnose.case import Case
from grader.diagnose.leaf import leaves
from grader.diagnose.places import CONDITIONS
from grader.diagnose.probe import Finding, Probe
from grader.diagnose.vary import Change, Input
from grader.diagnose.words import listed, number, said

LEAST = 2  # different numbers that are right, and that are wrong
MAX_SHOWN = 3


@dataclass(frozen=True)
class Point:
    """A number that went in, and what came out."""

    given: float
    probe: Probe


def find(case: Case) -> Finding | None:
    """Return the condition under which yours is wrong, over all numbers of the check and others like them."""
    points = list(_points(case))
    wrong = {point.given for point in points if not point.probe.right}
    right = {point.given for point in points if point.probe.right}
    if len(wrong) < LEAST or len(right) < LEAST or wrong & right:
        return None
    for name, holds in CONDITIONS.items():
        if all(map(holds, wrong)) and not any(map(holds, right)):
            where = said(f"place.{name}", name=_name(case))
            return _finding(case, name, where, points)
    return None


def _finding(case: Case, name: str, where: str, points: list[Point]) -> Finding:
    pairs = [(point.given, point.probe.yours.values[0]) for point in points if not point.probe.right]
    key, also = "", ""
    if all(given == mine for given, mine in pairs):
        key, also = "given", said("branch.given")
    elif len({mine for _, mine in pairs}) == 1:
        key, also = number(pairs[0][1]), said("branch.constant", value=number(pairs[0][1]))
    wrong, right = (_shown(point for point in points if point.probe.right is side) for side in (False, True))
    facts = said("branch.line", wrong=wrong, right=right)
    says = f"{said('branch', what=case.label, where=where)} {also}".strip()
    return Finding(("branch", name, key), says, (facts,))


def _shown(points: Iterable[Point]) -> str:
    """Return the first few numbers: those that the check asks for itself stand first."""
    return listed(list(dict.fromkeys(number(point.given + 0.0) for point in points))[:MAX_SHOWN])


def _name(case: Case) -> str:
    name = case.names.of(case.first.inputs[-1])
    return name if name.isidentifier() else said("listed")


def _points(case: Case) -> Iterator[Point]:
    """Yield what the check asks of the same function, one number at a time: as it failed, and with other numbers."""
    own = case.first.inputs[case.fresh :]
    if len(own) != 1 or not _is_number(own[0]) or case.first.expected.kind != "number":
        return
    for change in (Change(), *(probe.change for probe in case.shaken)):
        run, known = case.watcher.learner(case.item, change), case.watcher.solution(case.item, change)
        before = 0
        for mine, theirs in zip(run.seen, known.seen, strict=False):
            fresh, before = run.inputs[before : mine.inputs], mine.inputs
            alike = (mine.asked, mine.last) == (theirs.asked, case.seen.last)
            if alike and len(fresh) == 1 and _is_number(fresh[0]) and mine.compared is not None:
                one, two = leaves(mine.value), leaves(theirs.value)
                if [leaf.kind for leaf in (*one, *two)] == ["number", "number"]:
                    allowed = (mine.compared.rtol, mine.compared.atol)
                    yield Point(fresh[0].value, Probe(change, one[0], two[0], (), *allowed))


def _is_number(one: Input) -> bool:
    return type(one.value) in (int, float)
