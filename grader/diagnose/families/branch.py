"""A check that asks about several single numbers: for which of them yours is wrong, where that has a name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.diagnose import limits
from grader.diagnose.case import Case
from grader.diagnose.leaf import leaves
from grader.diagnose.places import CONDITIONS
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.vary import Change, Input
from grader.diagnose.words import listed, number, said
from grader.language import sentences

MAX_SHOWN = 3
NEAR_ZERO = (-0.01, 0.0, 0.01)


@dataclass(frozen=True)
class Point:
    """A number that went in, and what came out."""

    given: float
    probe: Probe


def find(case: Case) -> Relation | None:
    """Return the condition under which yours is wrong, over all numbers of the check and others like them."""
    points = list(_points(case))
    flat = _flat(case, points)
    if flat is not None:
        return flat
    if not _parted(points):
        return None
    points += [point for given in NEAR_ZERO if (point := _at(case, given)) is not None]
    if not _parted(points):
        return None
    wrong, right = _given(points, right=False), _given(points, right=True)
    for name, holds in CONDITIONS.items():
        if all(map(holds, wrong)) and not any(map(holds, right)):
            where = said(f"place.{name}", name=_name(case))
            return _finding(name, said("branch", what=case.label, where=where), points)
    return _limited(case, points)


def _flat(case: Case, points: list[Point]) -> Relation | None:
    """Return from where on yours is one number, where that is all that is wrong with it; beyond, it may be right again.

    Far out the right one may have become that number, too: a sigmoid that is cut off is right again at -1000.
    """
    values = {point.probe.yours.values[0] for point in points if not point.probe.right}
    if len(values) != 1:
        return None
    (value,) = values

    def is_other(point: Point | None) -> bool | None:
        return point.probe.yours.values[0] != value if point else None

    flat = {point.given for point in points if not is_other(point)}
    limit = limits.between(flat, {point.given for point in points if is_other(point)})
    wrong = {point.given for point in points if not point.probe.right}
    if limit is None or len(wrong) < limits.LEAST or flat & {point.given for point in points if is_other(point)}:
        return None
    limit = limits.narrowed(limit, lambda given: is_other(_at(case, given)))
    if 0 in (limit.right, limit.wrong) or limit.right * limit.wrong < 0:  # a sign has better words
        return None
    facts = {"value": number(value), "right": number(limit.right), "wrong": number(limit.wrong)}
    return _finding("flat", said("branch.flat", what=case.label, **facts), points)


def _limited(case: Case, points: list[Point]) -> Relation | None:
    """Return the numbers between which right turns into wrong, from the two that are nearest by halving."""
    limit = limits.between(_given(points, right=False), _given(points, right=True))
    if limit is None:
        return None

    def is_right(given: float) -> bool | None:
        point = _at(case, given)
        points.extend([point] if point else [])
        return point.probe.right if point else None

    limit = limits.narrowed(limit, is_right)
    facts = {"name": _name(case), "right": number(limit.right), "wrong": number(limit.wrong)}
    return _finding(limit.side, said(f"branch.{limit.side}", what=case.label, **facts), points)


def _given(points: Iterable[Point], *, right: bool) -> set[float]:
    return {point.given for point in points if point.probe.right is right}


def _parted(points: list[Point]) -> bool:
    """Say whether there are enough numbers of both kinds, and none of both."""
    wrong, right = _given(points, right=False), _given(points, right=True)
    return min(len(wrong), len(right)) >= limits.LEAST and not wrong & right


def _at(case: Case, given: float) -> Point | None:
    """Ask for one number of our own."""
    probe = case.ask(Change(only=case.first.inputs[-1].place, put=given))
    return Point(given, probe) if probe and probe.yours.kind == probe.expected.kind == "number" else None


def _finding(name: str, says: str, points: list[Point]) -> Relation:
    pairs = [(point.given, point.probe.yours.values[0]) for point in points if not point.probe.right]
    key, also = "", ""
    if name == "flat":
        pass
    elif all(given == mine for given, mine in pairs):
        key, also = "given", said("branch.given")
    elif len({mine for _, mine in pairs}) == 1:
        key, also = number(pairs[0][1]), said("branch.constant", value=number(pairs[0][1]))
    wrong, right = (_shown(point for point in points if point.probe.right is side) for side in (False, True))
    facts = said("branch.line", wrong=wrong, right=right)
    return Relation(("branch", name, key), sentences(says, also), (facts,))


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
