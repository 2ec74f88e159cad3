"""Right, for another input: yours is what the right one gives for half of it, its opposite, one more.

Only the solution is asked, and it must agree with yours on every probe: with other numbers, with other sizes.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

from grader import numbers
from grader.diagnose.case import Case
from grader.diagnose.evidence import lines
from grader.diagnose.forms import forms
from grader.diagnose.probe import Probe, Relation, shape_of
from grader.diagnose.words import said

MOST = 4  # inputs
LEAST = 2  # probes with different answers


def find(case: Case) -> Relation | None:
    """Return the input that stands in yours in another form."""
    probes = [case.first, *case.shaken, *case.reseeded, *case.grown]
    answers = {(probe.yours.values, probe.expected.values) for probe in probes}
    if case.seen.lent or len(answers) < LEAST or not all(map(_comparable, probes)) or case.random:
        return None
    for name, place, value in _named(case):
        for form in forms(value):
            if all(_is(case, probe, place, form) for probe in probes):
                return _finding(case, name, form, shape_of(value), _proof(case, probes, place, form))
    return None


def _comparable(probe: Probe) -> bool:
    """Say whether a probe tells anything: nan everywhere is what many an input gives, in any form."""
    fits = probe.telling and probe.yours.shape == probe.expected.shape
    return fits and any(map(math.isfinite, probe.yours.values))


def _is(case: Case, probe: Probe, place: str, form: str) -> bool:
    """Say whether yours is what is expected for an input in this form."""
    other = case.side(replace(probe.change, form=form, formed=place), mine=False)
    return other is not None and other.numeric and other.shape == probe.yours.shape and probe.equals(other.values)


def _named(case: Case) -> Iterator[tuple[str, str, object]]:
    """Yield the inputs of the last question that have a name: name, place, value."""
    last, seen = "", set[str]()
    for one in reversed(case.first.inputs):
        name = case.names.of(one)
        last = last or one.place.partition(":")[0]
        if name and name not in seen and len(seen) < MOST and one.place.partition(":")[0] == last:
            seen.add(name)
            yield name, one.place, one.value


def _proof(case: Case, probes: list[Probe], place: str, form: str) -> tuple[str, ...]:
    """Return lines with a value of yours, the same one of the right answer to the other input, and the expected one."""

    def fact(probe: Probe) -> str:
        other = case.side(replace(probe.change, form=form, formed=place), mine=False)
        index = min(probe.wrong, default=0)
        right = other.values[index] if other is not None else math.nan
        both = {"yours": numbers.text(probe.yours.values[index]), "other": numbers.text(right)}
        return said("instead.line", **both, expected=numbers.text(probe.expected.values[index]))

    return lines(case, fact, probes)


def _finding(case: Case, name: str, form: str, shape: tuple[int, ...], proof: tuple[str, ...]) -> Relation:
    kind, *axes = form.split(":")
    words = said(f"instead.{kind}", name=name)
    sizes = [said("size.axis", axis=axis, name=name) for axis in axes]
    if len(shape) == 1:
        sizes = [said("size.length", name=name) for _ in axes]
    key = ("instead", "instead.size", "instead.sizes")[len(sizes)]
    facts = dict(zip(("size", "other"), sizes, strict=False))
    return Relation(("instead", kind, name), said(key, what=case.label, words=words, **facts), proof)
