"""The rules that a translation of a unit's misconceptions and reasons keeps. A course without one keeps them all."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.author.findings import Finding
from grader.course.declarations import Exercise
from grader.course.unit import SHARED, Unit
from grader.diagnose import listing
from grader.judging import reference


def translations(unit: Unit) -> Iterator[Finding]:
    """Find sentences that a language lacks, and translations of sentences that are no longer said."""
    says: dict[str, dict[str, reference.Misconception]] = {}
    for one in listing.as_written(unit) if unit.translations else ():
        said = says.setdefault(one.exercise.partition(".")[2], {})
        said |= {sentence: one for sentence in (one.says, one.less) if sentence}
    for old in sorted(unit.misconceptions.parent.glob(f"*/{unit.name}.toml")):
        message = (
            f"translations are a file an exercise: move each sentence to {unit.name}/EXERCISE.toml beside this file."
        )
        yield Finding(unit.name, "", old, 1, message)
    reasons = {rule.reason for rule in unit.rules if rule.reason}
    for folder in unit.translations.values():
        yield from _strays(unit, folder)
        for exercise in unit.exercises:
            yield from _of_exercise(unit, exercise, folder, says.get(exercise.name, {}))
        yield from _of_rules(unit, folder, reasons)


def _strays(unit: Unit, folder: Path) -> Iterator[Finding]:
    names = {SHARED, *(exercise.name for exercise in unit.exercises)}
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in names:
            message = f"unit {unit.key} has no exercise {path.stem!r}: a file of translations is called like one."
            yield Finding(unit.name, "", path, 1, message)


def _of_exercise(
    unit: Unit, exercise: Exercise, folder: Path, said: dict[str, reference.Misconception]
) -> Iterator[Finding]:
    path = folder / f"{exercise.name}.toml"
    text, there, wrong = read(unit, path)
    if wrong:
        yield wrong
        return
    for says, one in said.items():
        if not isinstance(there.get(says), str):
            message = f"{one.name.partition('.')[2]} has no translation here: {says!r}"
            file = unit.wrong_file(exercise.name)
            yield Finding(unit.name, exercise.id, file, one.line, f"{shown(path)}: {message}")
    for english in there.keys() - said.keys():
        message = f"no misconception says this any more: {english!r}. Translate what it says now, or delete this."
        yield Finding(unit.name, exercise.id, path, line_of(text, english), message)


def _of_rules(unit: Unit, folder: Path, reasons: set[str]) -> Iterator[Finding]:
    path = folder / f"{SHARED}.toml"
    text, there, wrong = read(unit, path)
    if wrong:
        yield wrong
        return
    for reason in reasons - there.keys():
        message = f"{shown(path)}: the reason of a rule has no translation here: {reason!r}"
        yield Finding(unit.name, "", unit.checks, 1, message)
    for english in there.keys() - reasons - _of_helpers(unit):
        says = f"no rule gives this reason any more, and no helper says it: {english!r}."
        message = f"{says} Translate what it says now, or delete this."
        yield Finding(unit.name, "", path, line_of(text, english), message)


def _of_helpers(unit: Unit) -> set[str]:
    """Return the texts in a unit's props: what they raise is said in the learner's language."""
    if not unit.props.exists():
        return set()
    tree = ast.parse(unit.props.read_text(encoding="utf-8"))
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return said | set(unit.helpers.values())


def read(unit: Unit, path: Path) -> tuple[str, dict[str, Any], Finding | None]:
    """Return a file's text and entries, and what is wrong with it; a missing file has none."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return text, tomllib.loads(text), None
    except (OSError, ValueError) as error:
        return "", {}, Finding(unit.name, "", path, 1, f"this is no TOML: {error}")


def shown(path: Path) -> str:
    """Return a file of translations as findings name it."""
    return "/".join(path.parts[-3:])


def line_of(text: str, english: str) -> int:
    """Return the line of an entry; its first words are enough to find it."""
    start = english.replace("\\", "\\\\").replace('"', '\\"')[:60]
    return next((number for number, line in enumerate(text.split("\n"), 1) if start in line), 1)
