"""The rules that a translation of a unit's misconceptions and reasons keeps. A course without one keeps them all."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from grader.author.findings import Finding
from grader.course.course import Unit
from grader.diagnose import listing


def translations(unit: Unit) -> Iterator[Finding]:
    """Find sentences that a language lacks, and translations of sentences that are no longer said."""
    said = {one.says: one for one in listing.as_written(unit)} if unit.translations else {}
    reasons = {rule.reason for rule in unit.rules if rule.reason}
    for path in unit.translations.values():
        try:
            text = path.read_text(encoding="utf-8")
            there = tomllib.loads(text)
        except (OSError, ValueError) as error:
            yield Finding(unit.name, "", path, 1, f"this is no TOML: {error}")
            continue
        for says, one in said.items():
            if not isinstance(there.get(says), str):
                message = f"{one.name.partition('.')[2]} has no translation here: {says!r}"
                yield Finding(unit.name, one.exercise, unit.misconceptions, one.line, f"{_shown(path)}: {message}")
        for reason in reasons - there.keys():
            yield Finding(
                unit.name,
                "",
                unit.checks,
                1,
                f"{_shown(path)}: the reason of a rule has no translation here: {reason!r}",
            )
        for english in there.keys() - said.keys() - reasons:
            message = f"no misconception says this any more: {english!r}. Translate what it says now, or delete this."
            yield Finding(unit.name, "", path, _line(text, english), message)


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _line(text: str, english: str) -> int:
    """Return the line of an entry; its first words are enough to find it."""
    start = english.replace("\\", "\\\\").replace('"', '\\"')[:60]
    return next((number for number, line in enumerate(text.split("\n"), 1) if start in line), 1)
