"""Where it is wrong, in words, where it is right everywhere else; and what is the matter there, if that can be told."""

from dataclasses import replace

from grader.diagnose.case import Case
from grader.diagnose.evidence import lines
from grader.diagnose.families import factor, function, inputs, nothing, offset
from grader.diagnose.places import predicates
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.words import number, said
from grader.language import sentences

LEAST_VALUES = 4


def find(case: Case) -> Relation | None:
    """Return the place that is wrong."""
    probes = case.telling
    if not probes or any(probe.yours.shape != probe.expected.shape or not probe.wrong for probe in probes):
        return None
    if any(len(probe.wrong) == len(probe.expected.values) for probe in probes):
        return None
    if any(len(probe.expected.values) < LEAST_VALUES for probe in probes):
        return None
    fits = (words for words, chosen in predicates(case) if all(chosen(probe) == probe.wrong for probe in probes))
    words = next(fits, "")
    return _at(case, probes, words) if words else None


def few(case: Case) -> Relation | None:
    """Return what is the matter with some of a few numbers in a row, where the same ones are always wrong."""
    probes = case.telling
    wrong = probes[0].wrong if probes else frozenset()
    if not wrong or len(probes) < 3 or case.first.expected.kind != "list":
        return None
    if any(probe.wrong != wrong or probe.expected.shape != probes[0].expected.shape for probe in probes):
        return None
    if len(wrong) == len(probes[0].expected.values):
        return None
    narrow = case.narrowed(sorted(wrong))
    for family in (nothing.find, factor.find, function.find, offset.find, inputs.find):
        found = family(narrow)
        if found is not None:
            return replace(found, key=("few", tuple(sorted(wrong)), *found.key))
    return None


def _at(case: Case, probes: list[Probe], words: str) -> Relation:
    key, also = _relation([probe.only(sorted(probe.wrong)) for probe in probes])

    def fact(probe: Probe) -> str:
        return said("parts.line", count=len(probe.wrong), total=len(probe.expected.values))

    says = said("parts", what=case.label, where=words)
    return Relation(("parts", words, *key), sentences(says, also), lines(case, fact, probes))


def _relation(probes: list[Probe]) -> tuple[tuple[object, ...], str]:
    """Return what holds of the wrong values: zero, or one multiple."""
    if any(not probe.telling for probe in probes):
        return (), ""
    if all(not any(probe.yours.values) for probe in probes):
        return ("zero",), said("parts.zero")
    factors = [factor.ratio(probe) for probe in probes]
    if not all(factors) or not all(factor.same(one, factors[0]) for one in factors):
        return (), ""
    if factor.same(factors[0], -1.0):
        return ("factor", -1.0), said("parts.sign")
    words = factor.simple_factor(factors[0]) or number(factors[0])
    return ("factor", float(f"{factors[0]:.5g}")), said("parts.factor", factor=words)
