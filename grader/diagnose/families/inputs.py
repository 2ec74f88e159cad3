"""Something that went in is missing or is there once too often: a factor, a summand, a weight, a sign."""

import math
from collections.abc import Callable, Sequence
from itertools import combinations

from grader.diagnose.case import Case
from grader.diagnose.evidence import pairs
from grader.diagnose.layout import fitting
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.words import number, said

Row = Sequence[float]
LEAST_VALUES = 3
MAX_PAIRED = 24
FEW = 48
SHORT = (1.0, 2.0, 0.5, 3.0, 4.0, 0.25)  # numbers that a formula may well have before a factor
# What can stand for an input `x` in a formula.
FORMS: dict[str, Callable[[float], float]] = {
    "{x}": lambda x: x,
    "1 - {x}": lambda x: 1 - x,
    "1 + {x}": lambda x: 1 + x,
    "{x} * {x}": lambda x: x * x,
    "1 - {x} * {x}": lambda x: 1 - x * x,
    "1 + {x} * {x}": lambda x: 1 + x * x,
    "{x} / 2": lambda x: x / 2,
}


def find(case: Case) -> Relation | None:
    """Return the input that is missing from yours, or too much in it, or has another weight."""
    return _search(case, _RELATIONS, pairs_too=True)


def weighted(case: Case) -> Relation | None:
    """Return the input that is missing as a factor, whatever number stands before it.

    Asked late: a missing factor of 10000 * alpha says less than that alpha is not used at all.
    """
    return _search(case, _WEIGHTED)


def _search(case: Case, relations: "Forms", *, pairs_too: bool = False) -> Relation | None:
    probes = case.telling
    if case.seen.lent:  # what holds may hold of the check's own function only: no probe has another one
        return None
    if not probes or any(probe.yours.shape != probe.expected.shape for probe in probes):
        return None
    if sum(len(probe.expected.values) for probe in probes) < LEAST_VALUES or any(probe.right for probe in probes):
        return None
    if not all(math.isfinite(value) for probe in probes for value in probe.yours.values):
        return None
    inputs = list(fitting(case, probes))
    few = [probe.only(range(len(probe.yours.values))[:: _step(probe)]) for probe in probes]
    some = [(name, [row[:: _step(probe)] for probe, row in zip(probes, rows, strict=True)]) for name, rows in inputs]
    for relation, forms in relations.items():
        for (name, rows), (_, short) in zip(inputs, some, strict=True):
            for form in forms:
                if _try(case, few, _shaped(form, short), relation, name):  # most fail on few numbers, and cost no more
                    found = _try(case, probes, _shaped(form, rows), relation, form.format(x=name))
                    if found is not None:
                        return found
    return _of_two(case, probes, inputs) if pairs_too else None


def _step(probe: Probe) -> int:
    return -(-len(probe.yours.values) // FEW)


def _shaped(form: str, rows: Sequence[Row]) -> list[list[float]]:
    return [[FORMS[form](x) for x in row] for row in rows]


def _try(case: Case, probes: list[Probe], rows: list[list[float]], form: "Form", name: str) -> Relation | None:
    return form(case, probes, rows, name) if _varied(rows) else None


def _of_two(case: Case, probes: list[Probe], inputs: Sequence[tuple[str, Sequence[Row]]]) -> Relation | None:
    """Return that yours lacks the product of two inputs, or has it once too often, with a fixed weight."""
    few = probes[0].only(range(len(probes[0].yours.values))[:: _step(probes[0])])
    for (one, left), (two, right) in combinations(inputs[:MAX_PAIRED], 2):
        start = [x * y for x, y in zip(left[0][:: _step(probes[0])], right[0][:: _step(probes[0])], strict=True)]
        if len(start) < LEAST_VALUES or not _weights(few, start):
            continue
        rows = [[x * y for x, y in zip(*pair, strict=True)] for pair in zip(left, right, strict=True)]
        found = _try(case, probes, rows, _weight, f"{one} * {two}")
        if found is not None:
            return found
    return None


def _varied(rows: Sequence[Row]) -> bool:
    """Say whether an input is another one in enough of the probes: else it could be any constant."""
    different = len({tuple(row) for row in rows})
    finite = all(math.isfinite(x) for row in rows for x in row)
    return finite and 3 * different > len(rows) and (different >= LEAST_VALUES or len(rows[0]) >= LEAST_VALUES)


def _power(case: Case, probes: list[Probe], rows: list[list[float]], name: str) -> Relation | None:
    """Return that yours is the expected one times a power of an input, and a constant that a formula may have."""
    return _any_power(case, probes, rows, name, odd=False)


def _any_power(
    case: Case, probes: list[Probe], rows: list[list[float]], name: str, *, odd: bool = True
) -> Relation | None:
    """Return the same for any constant. odd: also for one before a missing factor that no short formula has."""
    power, constant = _exponent(probes, rows)
    if not power or not all(_has_power(probe, row, power, constant) for probe, row in zip(probes, rows, strict=True)):
        return None
    words = name if abs(power) == 1 else f"{_bracketed(name)} ** {number(abs(power))}"
    key, weight = ("extra factor", constant) if power > 0 else ("missing factor", 1 / constant)
    if not odd and key == "missing factor" and not any(math.isclose(abs(weight), one, rel_tol=1e-6) for one in SHORT):
        return None
    if abs(weight - 1) > 1e-6:
        words = f"{number(weight)} * {_bracketed(words)}"
    return Relation(("input", key, words), said(f"input.{key}", what=case.label, name=words), pairs(case))


def _exponent(probes: list[Probe], rows: list[list[float]]) -> tuple[float, float]:
    """Return power and constant from the two numbers of an input that are furthest apart; 0 where it cannot be told."""
    points = []
    for probe, row in zip(probes, rows, strict=True):
        for mine, theirs, x in zip(probe.yours.values, probe.expected.values, row, strict=True):
            if x and math.isfinite(mine) and abs(theirs) > 1e-3 * probe.expected.size and mine / theirs:
                points.append((math.log(abs(x)), math.log(abs(mine / theirs)), mine / theirs, x))
    if len(points) < LEAST_VALUES:
        return 0.0, 1.0
    (low, first, *_), (high, last, ratio, x) = min(points), max(points)
    power = (last - first) / (high - low) if high - low > 0.005 else 0.0
    nice = round(2 * power) / 2
    if abs(power - nice) > 1e-5 or abs(nice) > 4:
        return 0.0, 1.0
    return nice, ratio / (x**nice if nice == int(nice) else math.exp(high * nice))


def _has_power(probe: Probe, row: Row, power: float, constant: float) -> bool:
    if power != int(power) and min(row) < 0:
        return False
    try:
        values = [constant * theirs * x**power for theirs, x in zip(probe.expected.values, row, strict=True)]
    except (ZeroDivisionError, OverflowError):
        return False
    return probe.alike(probe.yours.values, values)


def _linear(case: Case, probes: list[Probe], rows: list[list[float]], name: str) -> Relation | None:
    """Return that yours is an input, or a fixed multiple of it, and nothing else."""
    largest = max(range(len(rows[0])), key=lambda index: abs(rows[0][index]))
    weight = probes[0].yours.values[largest] / rows[0][largest] if rows[0][largest] else 0.0
    if not weight or not math.isfinite(weight):
        return None
    for probe, row in zip(probes, rows, strict=True):
        if not all(probe.near(mine, weight * x) for mine, x in zip(probe.yours.values, row, strict=True)):
            return None
    words = name if abs(weight - 1) < 1e-6 else f"{number(weight)} * {_bracketed(name)}"
    return Relation(("input", "only", words), said("input.only", what=case.label, name=words), pairs(case))


def _weights(probe: Probe, row: Row) -> list[float]:
    """Return how many times an input each expected value is larger than yours; empty where there is no telling."""
    scale = max(probe.yours.size, probe.expected.size)
    largest = max(range(len(row)), key=lambda index: abs(row[index]))
    if abs(row[largest]) < 1e-3 * scale:
        return []
    weight = (probe.expected.values[largest] - probe.yours.values[largest]) / row[largest]
    triples = zip(probe.yours.values, probe.expected.values, row, strict=True)
    return [weight] if all(probe.near(theirs - mine, weight * x, scale) for mine, theirs, x in triples) else []


def _weight(case: Case, probes: list[Probe], rows: list[list[float]], name: str) -> Relation | None:
    """Return that yours lacks an input, or has it once too often, with a fixed weight."""
    if not any(probe.yours.size for probe in probes):  # where all is 0, nothing is there that a summand is missing from
        return None
    weights = [weight for probe, row in zip(probes, rows, strict=True) for weight in _weights(probe, row)]
    first = weights[0] if weights else 0.0
    if len(weights) < len(probes) or abs(first) < 1e-4 or any(abs(one - first) > 1e-5 * abs(first) for one in weights):
        return None
    words = name if abs(abs(first) - 1) < 1e-5 else f"{number(abs(first))} * {_bracketed(name)}"
    key = "missing term" if first > 0 else "extra term"
    return Relation(("input", key, words), said(f"input.{key}", what=case.label, name=words), pairs(case))


def _turned(case: Case, probes: list[Probe], rows: list[list[float]], name: str) -> Relation | None:
    """Return that something is added to an input where it should be taken away: the input lies half way between."""
    if any(len(row) < LEAST_VALUES for row in rows):
        return None
    for probe, row in zip(probes, rows, strict=True):
        scale = max(probe.yours.size, probe.expected.size)
        triples = zip(probe.yours.values, probe.expected.values, row, strict=True)
        if not all(probe.near((mine + theirs) / 2, x, scale) for mine, theirs, x in triples):
            return None
        if max(map(abs, row)) < 1e-3 * scale:
            return None
    return Relation(("input", "turned", name), said("input.turned", what=case.label, name=name), pairs(case))


def _loose(case: Case, probes: list[Probe], rows: list[list[float]], name: str) -> Relation | None:
    """Return that an input has another weight in yours, one that depends on what goes in."""
    weights = [_weights(probe, row) for probe, row in zip(probes, rows, strict=True)]
    enough = all(len(set(row)) >= LEAST_VALUES for row in rows)
    if not enough or not all(weights) or any(abs(weight[0]) < 1e-4 for weight in weights):
        return None
    return Relation(("input", "weight", name), said("input.weight", what=case.label, name=name), pairs(case))


def _bracketed(name: str) -> str:
    return f"({name})" if " " in name else name


Form = Callable[[Case, list[Probe], list[list[float]], str], Relation | None]
Forms = dict[Form, tuple[str, ...]]
_POWERS = ("{x}", "1 - {x}", "1 + {x}", "1 - {x} * {x}", "1 + {x} * {x}")
_WEIGHTED: Forms = {_any_power: _POWERS}
_RELATIONS: Forms = {
    _linear: ("{x}", "1 - {x}"),
    _power: _POWERS,
    _weight: ("{x}", "{x} * {x}"),
    _turned: tuple(FORMS),
    _loose: ("{x}",),
}
