"""Mutants that are as good as the solution: `solutions/mutants/uNN.toml` lists them, each with the reason.

    [[equivalent]]
    why = "a square has no sign."
    mutants = ["mse_loss: ...sum((({p - y -> y - p}) ** 2 for p, y in ..."]

A name is compared word by word, so that one may copy it from a terminal that has broken the line.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.author.findings import Finding
from grader.author.mutants import Mutant
from grader.course.unit import Unit
from grader.errors import CourseError


@dataclass(frozen=True)
class Equivalent:
    """One line of the list. mutant: its name. line: where it stands, 1 where that cannot be told."""

    mutant: str
    why: str
    line: int


def normal(name: str) -> str:
    """Return a mutant's name with single spaces."""
    return " ".join(name.split())


def listed(unit: Unit) -> tuple[Equivalent, ...]:
    """Return what is listed for a unit; nothing where there is no list. Raises CourseError."""
    if not unit.mutants.exists():
        return ()
    try:
        text = unit.mutants.read_text(encoding="utf-8")
        table = tomllib.loads(text)
        entries = table.pop("equivalent", [])
        if table:
            raise CourseError(f"{unit.mutants}: {min(table)!r} is not known here; there is [[equivalent]].")
        return tuple(_entry(text, name, str(one["why"])) for one in entries for name in _names(one))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CourseError(f"{unit.mutants}: each [[equivalent]] needs `why` and a list `mutants`: {error}") from error


def unfit(unit: Unit, made: Iterable[Mutant]) -> Iterator[Finding]:
    """Find entries that name no mutant, stand there twice, or give no reason. made: the unit's mutants.

    Raises CourseError.
    """
    entries = listed(unit)
    known = {normal(mutant.name) for mutant in made}
    times = Counter(entry.mutant for entry in entries)
    for entry in entries:
        if entry.mutant not in known:
            yield _finding(
                unit, entry, f"there is no mutant `{entry.mutant}` any more: take it out, or find its new name."
            )
        elif times[entry.mutant] > 1:
            yield _finding(unit, entry, f"`{entry.mutant}` is listed twice: take one out.")
        elif not entry.why.strip():
            yield _finding(unit, entry, f"say why `{entry.mutant}` is as good as the solution.")


def needless(unit: Unit, caught: Iterable[Mutant]) -> Iterator[Finding]:
    """Find entries of mutants that a check does catch. Raises CourseError."""
    names = {normal(mutant.name) for mutant in caught}
    for entry in listed(unit):
        if entry.mutant in names:
            yield _finding(unit, entry, f"a check fails on `{entry.mutant}`, so it needs no reason: take it out.")


def _names(entry: dict[str, object]) -> list[str]:
    names = entry["mutants"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"{names!r} is no list of names")
    return names


def _entry(text: str, name: str, why: str) -> Equivalent:
    quoted = json.dumps(name, ensure_ascii=False)[1:-1]
    at = max(text.find(quoted), text.find(name))
    return Equivalent(normal(name), why, text[:at].count("\n") + 1 if at >= 0 else 1)


def _finding(unit: Unit, entry: Equivalent, message: str) -> Finding:
    return Finding(unit.name, "", unit.mutants, entry.line, message)
