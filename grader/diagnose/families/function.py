"""A function of the expected value stands where the value should: its square, its logarithm, one over it."""

import math
from collections.abc import Callable
from dataclasses import replace

from grader.diagnose.case import Case
from grader.diagnose.evidence import pairs
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.words import said

FUNCTIONS: dict[str, Callable[[float], float]] = {
    "one over": lambda x: 1 / x,
    "the square": lambda x: x * x,
    "the root": math.sqrt,
    "the absolute value": abs,
    "the exponential": math.exp,
    "the logarithm": math.log,
    "one minus": lambda x: 1 - x,
    "the positive part": lambda x: max(x, 0.0),
    "the negative part": lambda x: min(x, 0.0),
}
OF_YOURS: dict[str, Callable[[float], float]] = {
    "rest": lambda x: x * (1 - x),
    "square": lambda x: 1 - x * x,
}
LEAST_VALUES, LEAST_WRONG = 3, 4
BY_SIGN = ("the absolute value", "the positive part", "the negative part")


def find(case: Case) -> Relation | None:
    """Return the function of the expected one that yours is."""
    probes = case.telling
    if not probes or sum(len(probe.expected.values) for probe in probes) < LEAST_VALUES:
        return None
    if any(probe.yours.shape != probe.expected.shape for probe in probes):
        return None
    for name, function in FUNCTIONS.items():
        # Where few values are wrong it may as well be their places that matter, not their signs.
        if name in BY_SIGN and any(len(probe.wrong) < LEAST_WRONG for probe in probes):
            continue
        if all(_is(probe, function) for probe in probes):
            says = said(f"function.{name}", what=case.label)
            return Relation(("function", name), says, pairs(case))
    for name, function in OF_YOURS.items():
        turned = [replace(probe, yours=probe.expected, expected=probe.yours) for probe in probes]
        if all(_is(probe, function) for probe in turned):
            return Relation(("function", "piece", name), said(f"function.piece.{name}", what=case.label), pairs(case))
    return None


def _is(probe: Probe, function: Callable[[float], float]) -> bool:
    try:
        values = [function(value) for value in probe.expected.values]
    except (ValueError, ZeroDivisionError, OverflowError):
        return False
    return probe.equals(values)
