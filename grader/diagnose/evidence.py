"""The lines that prove a cause: what was asked, on the learner's own shapes, and what came out."""

from collections.abc import Callable, Sequence
from typing import Any

from grader import numbers
from grader.diagnose.case import ORDINARY, Case
from grader.diagnose.probe import Probe, shape_of
from grader.diagnose.words import said
from grader.language import phrase

MAX_LINES = 3
MAX_ARRAYS = 3


def lines(case: Case, fact: Callable[[Probe], str], probes: Sequence[Probe] = ()) -> tuple[str, ...]:
    """Return a line for the check as it failed and for the probes that look most different from it."""
    facts: dict[str, str] = {}  # what is known already is not said again of other inputs
    for probe in _chosen(case, probes or case.probes):
        facts.setdefault(fact(probe), _where(case, probe))
    places = {where: phrase("; ").join(words for words in facts if facts[words] == where) for where in facts.values()}
    return tuple(said("line", where=where, fact=words) for where, words in places.items())


def pairs(case: Case, far: Sequence[Probe] = ()) -> tuple[str, ...]:
    """Return both sides of a wrong value for other inputs; those of the check itself are in the verdict.

    far: probes of numbers that were moved far, where the relation rests on them; they are shown first.
    """
    shown = lines(case, pair, far or [probe for probe in case.probes if probe is not case.first])
    return shown or lines(case, pair)


def _chosen(case: Case, probes: Sequence[Probe]) -> list[Probe]:
    first = [probe for probe in probes if probe.change == case.first.change and not probe.label]
    grown = [probe for probe in probes if probe.change.size]
    others = [probe for probe in probes if probe not in first and not probe.change.size]
    return [*first, *grown[:2], *others[: 0 if grown else 2]][:MAX_LINES]


def _where(case: Case, probe: Probe) -> str:
    """Return what a line is about: the shapes that went in, or the label, or that it is another question."""
    if probe.label:
        return probe.label
    shapes = _shapes(case, probe)
    if shapes and (probe.change.size or probe.change == case.first.change):
        return shapes
    if probe.change == case.first.change:
        return case.label
    return said("other draw" if probe.change.seed else "other numbers")


def _shapes(case: Case, probe: Probe) -> str:
    """Return `logits 5x3, targets 5`, of the arrays of the last question that had any."""
    arrays = [(one, shape) for one in probe.inputs if (shape := _shape(one.value))]
    if not arrays:
        return ""
    asked = arrays[-1][0].place.partition(":")[0]
    last = [(case.names.of(one), shape) for one, shape in arrays if one.place.partition(":")[0] == asked]
    named = sorted([(name, shape) for name, shape in last if name], key=lambda pair: "[" in pair[0])
    if len(named) > MAX_ARRAYS:
        return said("other sizes") if probe.change.size else ""
    return ", ".join(f"{name} {'x'.join(map(str, shape))}" for name, shape in named)


def _shape(value: Any) -> tuple[int, ...]:
    return () if isinstance(value, list | tuple) else shape_of(value)


def pair(probe: Probe) -> str:
    """Return both sides of the most telling value that is wrong; where shapes differ, the shapes."""
    if probe.yours.shape != probe.expected.shape:
        return said("axes.shapes", yours=str(probe.yours.shape), expected=str(probe.expected.shape))
    sides = list(zip(probe.yours.values, probe.expected.values, strict=True))
    wrong = [sides[index] for index in sorted(probe.wrong)] or [side for side in sides if side[0] != side[1]] or sides
    mine, theirs = numbers.pair(*next((side for side in wrong if _telling(*side)), wrong[0]))
    return said("pair", yours=mine, expected=theirs)


def _telling(mine: float, theirs: float) -> bool:
    """Say whether two numbers differ at first sight, and what is expected is neither 0 nor tiny nor far out."""
    return ORDINARY[0] <= abs(theirs) <= ORDINARY[1] and not abs(mine - theirs) <= 0.01 * abs(theirs)
