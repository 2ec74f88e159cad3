"""Multiples: a constant, a sign, a size of the inputs or a root of it, one factor for all, one for each row."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

from grader.diagnose.case import Case
from grader.diagnose.evidence import MAX_LINES, lines, pairs
from grader.diagnose.probe import Probe, Relation, shape_of
from grader.diagnose.words import number, said

# What a factor can be, N being a size: its text, how many times, and too large or too small.
POWERS: dict[str, tuple[str, str, Callable[[int], float]]] = {
    "N": ("N", "large", float),
    "1/N": ("N", "small", lambda n: 1 / n),
    "sqrt(N)": ("sqrt(N)", "large", math.sqrt),
    "1/sqrt(N)": ("sqrt(N)", "small", lambda n: n**-0.5),
    "N^2": ("N * N", "large", lambda n: float(n * n)),
    "1/N^2": ("N * N", "small", lambda n: 1 / (n * n)),
    "N/(N-1)": ("N / (N - 1)", "large", lambda n: n / (n - 1) if n > 1 else math.inf),
    "(N-1)/N": ("N / (N - 1)", "small", lambda n: (n - 1) / n),
    "N-1": ("N - 1", "large", lambda n: n - 1.0),
    "1/(N-1)": ("N - 1", "small", lambda n: 1 / (n - 1) if n > 1 else math.inf),
}
LEAST_VALUES = 3


def same(left: float, right: float) -> bool:
    """Say whether two factors are equal but for rounding."""
    return math.isclose(left, right, rel_tol=1e-6)


def ratio(probe: Probe) -> float:
    """Return the one number that every expected value was multiplied by; 0 where there is none, or it is 1."""
    mine, theirs = probe.yours.values, probe.expected.values
    if probe.yours.shape != probe.expected.shape:
        return 0.0
    largest = max(range(len(theirs)), key=lambda index: abs(theirs[index]))
    if not theirs[largest] or not math.isfinite(mine[largest]):
        return 0.0
    factor = mine[largest] / theirs[largest]
    holds = probe.equals([factor * two for two in theirs])
    return factor if holds and not same(factor, 1.0) else 0.0


def find(case: Case) -> Relation | None:
    """Return what multiple of the expected one yours is."""
    probes = case.telling
    factors = [ratio(probe) for probe in probes]
    if not probes or not all(factors) or sum(len(probe.expected.values) for probe in probes) < LEAST_VALUES:
        return None
    others = [(probe, ratio(probe)) for probe in case.cousins if probe.telling]
    if all(same(factor, factors[0]) for factor in (*factors, *(factor for _, factor in others))):
        return None if _may_be_size(case, probes, factors[0]) else constant(case, factors[0])
    ranks = _ranks(case, case.first)
    # A constant must hold in every check; a size has its name for inputs with as many axes, and the same answer.
    alike = [(one, factor) for one, factor in others if one.label == case.label and _ranks(case, one) == ranks]
    probes, factors = [*probes, *(probe for probe, _ in alike)], [*factors, *(factor for _, factor in alike)]
    if all(same(factor, factors[0]) for factor in factors):
        return None
    return _size(case, probes, factors) or _two_sizes(case, probes, factors)


def _ranks(case: Case, probe: Probe) -> list[int]:
    """Return how many axes each input of the first probe has in another one."""
    return [len(_shape_at(probe, one.place)) for one in case.first.inputs]


def _may_be_size(case: Case, probes: Sequence[Probe], factor: float) -> bool:
    """Say whether a size that is the same in all probes gives the factor: then it may be that size, or a number."""
    fixed = {sizes[0] for _, _, _, sizes in _sizes(case, probes) if len(set(sizes)) == 1 and sizes[0] > 1}
    return any(same(power(size), factor) for size in fixed for _, _, power in POWERS.values())


def constant(case: Case, factor: float) -> Relation:
    """Say that yours is a fixed multiple."""
    key = ("factor", float(f"{factor:.5g}"))
    if same(factor, -1.0):
        return Relation(key, said("factor.sign", what=case.label), pairs(case))
    if same(factor, 0.5):
        return Relation(key, said("factor.half", what=case.label), pairs(case))
    simple = simple_factor(factor)
    text = said("factor.times" if simple else "factor.odd", what=case.label, factor=simple or number(factor))
    return Relation(key, text, pairs(case))


def simple_factor(factor: float) -> str:
    """Return `3` or `1/3` for such a factor; nothing for any other one."""
    if not 1e-6 < abs(factor) < 1e6:
        return ""
    if abs(factor) >= 1:
        return number(round(factor)) if same(factor, round(factor)) else ""
    inverse = round(1 / factor)
    return f"{'-' if inverse < 0 else ''}1/{abs(inverse)}" if same(1 / factor, inverse) else ""


def _size(case: Case, probes: Sequence[Probe], factors: list[float]) -> Relation | None:
    """Return the size of an input that the factors follow, where there is exactly one such expression."""
    found: dict[tuple[int, ...], tuple[str, str, int, int]] = {}
    for name, axis, axes, sizes in _sizes(case, probes) if all(factors) else ():
        for text, (_, _, power) in POWERS.items():
            if all(same(power(size), factor) for size, factor in zip(sizes, factors, strict=True)):
                found.setdefault(sizes, (text, name, axis, axes))
    if len(found) != 1:
        return None
    sizes, (text, name, axis, axes) = found.popitem()
    times, large, _ = POWERS[text]
    says = said(f"factor.size.{large}", what=case.label, times=times, name=size_words(name, axis, axes))
    measured = list(dict(zip(sizes, factors, strict=True)).items())[:MAX_LINES]
    facts = tuple(said("factor.size.line", size=size, factor=number(factor)) for size, factor in measured)
    return Relation(("factor", text, name, axis), says, facts)


def _two_sizes(case: Case, probes: Sequence[Probe], factors: list[float]) -> Relation | None:
    """Return the two sizes whose quotient the factors are, where there is exactly one such pair and both vary."""
    varied: dict[tuple[int, ...], tuple[str, int, int]] = {}
    for name, axis, axes, sizes in _sizes(case, probes) if all(factors) else ():
        if len(set(sizes)) > 1 and all(sizes):
            varied.setdefault(sizes, (name, axis, axes))
    found = [
        (above, below)
        for above, below in permutations(varied, 2)
        if all(same(n / m, factor) for n, m, factor in zip(above, below, factors, strict=True))
    ]
    if len(found) != 1:
        return None
    above, below = found[0]
    says = said("factor.sizes", what=case.label, name=size_words(*varied[above]), other=size_words(*varied[below]))
    measured = list(dict(zip(zip(above, below, strict=True), factors, strict=True)).items())[:MAX_LINES]
    facts = tuple(said("factor.sizes.line", n=n, m=m, factor=number(factor)) for (n, m), factor in measured)
    return Relation(("factor", "N/M", *varied[above][:2], *varied[below][:2]), says, facts)


def size_words(name: str, axis: int, axes: int) -> str:
    """Return `the number of rows of logits`."""
    key = ("rows", "columns")[axis] if axes == 2 else "length" if axes == 1 else "axis"
    return said(f"size.{key}", name=name, axis=axis)


def _sizes(case: Case, probes: Sequence[Probe]) -> Iterator[tuple[str, int, int, tuple[int, ...]]]:
    """Yield each axis of each named input: name, axis, how many axes it has, its size in each probe."""
    for one in case.first.inputs:
        name = case.names.of(one)
        shapes = [_shape_at(probe, one.place) for probe in probes]
        if name and all(len(shape) == len(shapes[0]) for shape in shapes):
            for axis in range(len(shapes[0])):
                yield name, axis, len(shapes[0]), tuple(shape[axis] for shape in shapes)


def _shape_at(probe: Probe, place: str) -> tuple[int, ...]:
    return next((shape_of(one.value) for one in probe.inputs if one.place == place), ())


def common(case: Case) -> Relation | None:
    """Return that proportions are right, where there are enough values for that to mean something."""
    probes = case.telling
    factors = [ratio(probe) for probe in probes]
    if not probes or not all(factors) or all(same(factor, factors[0]) for factor in factors):
        return None
    if any(sum(not probe.near(0.0, value) for value in probe.expected.values) < LEAST_VALUES for probe in probes):
        return None

    def fact(probe: Probe) -> str:
        return said("factor.common.line", factor=number(ratio(probe)))

    return Relation(("factor", "common"), said("factor.common", what=case.label), lines(case, fact, probes))


def rows(case: Case) -> Relation | None:
    """Return that each row, or each column, is off by a factor of its own."""
    probes = case.telling
    if not probes or any(len(one.expected.shape) != 2 or one.yours.shape != one.expected.shape for one in probes):
        return None
    for axis, part in enumerate(("row", "column")):
        if all(_row_factors(probe, axis) for probe in probes):

            def fact(probe: Probe, axis: int = axis) -> str:
                few = [number(factor) for factor in _row_factors(probe, axis)[:4]]
                return said("factor.rows.line", factors=", ".join(few))

            says = said("factor.rows", what=case.label, part=part)
            return Relation(("factor", "rows", axis), says, lines(case, fact, probes))
    return None


def _row_factors(probe: Probe, axis: int) -> list[float]:
    """Return the factor of each row, or column; empty where one has none, or has too few numbers to tell."""
    height, width = probe.expected.shape
    count, length = (height, width) if axis == 0 else (width, height)
    found = []
    for index in range(count):
        part = probe.only([index * width + i if axis == 0 else i * width + index for i in range(length)])
        right = part.alike(part.yours.values, part.expected.values)
        if length < LEAST_VALUES or not part.telling or not (right or ratio(part)):
            return []
        found.append(1.0 if right else ratio(part))
    return found if any(not same(factor, found[0]) for factor in found) else []
