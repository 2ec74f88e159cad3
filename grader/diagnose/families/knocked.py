"""One part of a model at 0, all its weights: what is left tells how the parts are put together."""

from dataclasses import replace

from grader.diagnose.case import Case
from grader.diagnose.families import inputs, nothing
from grader.diagnose.layout import laid, named
from grader.diagnose.probe import Probe, Relation
from grader.diagnose.vary import Change

MOST = 6  # parts


def find(case: Case) -> Relation | None:
    """Return what is the matter with yours when the weights of one part are 0, where that can be told."""
    parts = _parts(case)
    if len(parts) < 2 or not case.telling or case.random:
        return None
    for name, places in parts[:MOST]:
        probe = case.ask(Change(zero="|".join(places)))
        left = case.without("|".join(places), name) if probe and _promising(case, probe) else None
        if left is None or not left.telling:
            continue
        for family in (nothing.find, inputs.find):
            found = family(left)
            if found is not None:
                return replace(found, key=("knocked", *found.key, name))
    return None


def _promising(case: Case, probe: Probe) -> bool:
    """Say whether what is left looks simple: 0, an input, or the expected one but for an input."""
    if not probe.telling or probe.yours.shape != probe.expected.shape:
        return False
    rows = [row for one in named(case) if (row := laid(probe, one.places)) is not None]
    gaps = [theirs - mine for mine, theirs in zip(probe.yours.values, probe.expected.values, strict=True)]
    return not any(probe.yours.values) or any(
        probe.alike(side, row) for row in rows for side in (probe.yours.values, gaps)
    )


def _parts(case: Case) -> list[tuple[str, list[str]]]:
    """Return the parts that weights went into, by the word before the first dot of their names: `mlp.c_proj.bias`."""
    found: dict[str, list[str]] = {}
    for one in case.first.inputs:
        part, dot, _ = next((key for key in reversed(one.path) if isinstance(key, str)), "").partition(".")
        if dot and part.isidentifier() and "float" in str(getattr(one.value, "dtype", "")):
            found.setdefault(part, []).append(one.place)
    return list(found.items())
