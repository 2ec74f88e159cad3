"""Inputs laid out like the answer: the same number for every value that shares a row, a column or all with it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from grader.diagnose.case import Case
from grader.diagnose.leaf import Leaf, leaves, spread
from grader.diagnose.probe import Probe
from grader.diagnose.words import said

MAX_INPUTS = 80


@dataclass(frozen=True)
class Named:
    """An input that a learner has a name for. places: where it went in; several single numbers make a list."""

    name: str
    places: tuple[str, ...]


def named(case: Case) -> list[Named]:
    """Return the inputs that have names, the last question's first; each name once."""
    found: dict[str, Named] = {}
    for one in reversed(case.first.inputs):
        name = case.names.of(one)
        if name:
            found.setdefault(name, Named(name, (one.place,)))
    return [*_in_a_row(case), *list(found.values())[:MAX_INPUTS]]


def _in_a_row(case: Case) -> list[Named]:
    """Return the single numbers that went in since the comparison before as a list, if there is one for each value."""
    own = case.first.inputs[case.fresh :]
    numbers = [one.place for one in own if type(one.value) is float]
    if case.first.expected.kind != "list" or len(numbers) != len(case.first.expected.values) or len(numbers) < 3:
        return []
    return [Named(said("listed"), tuple(numbers))]


def part(probe: Probe, places: tuple[str, ...]) -> Leaf | None:
    """Return an input of a probe as numbers; None where it is something else."""
    values = [one.value for one in probe.inputs if one.place in places]
    if len(values) != len(places):
        return None
    parts = leaves(values if len(places) > 1 else values[0])
    return parts[0] if len(parts) == 1 and parts[0].numeric else None


def laid(probe: Probe, places: tuple[str, ...]) -> tuple[float, ...] | None:
    """Return an input's numbers, one for each value of the answer; None where its shape does not fit."""
    found = part(probe, places)
    if found is None or not all(map(math.isfinite, found.values)):
        return None
    if len(found.shape) == 1 and len(probe.expected.shape) > 1 and found.shape[0] == probe.expected.shape[0]:
        found = found.of(found.values, (*found.shape, *(1 for _ in probe.expected.shape[1:])))  # one number a row
    over = spread(found, probe.expected.shape)
    return over.values if over else None


def fitting(case: Case, probes: list[Probe]) -> Iterator[tuple[str, list[tuple[float, ...]]]]:
    """Yield each named input that can be laid out in every probe: its name, its numbers probe by probe."""
    for one in named(case):
        rows = [laid(probe, one.places) for probe in probes]
        known = [row for row in rows if row is not None]
        if len(known) == len(rows):
            yield one.name, known
