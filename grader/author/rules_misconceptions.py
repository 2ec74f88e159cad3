"""The rules that the files of a unit's misconceptions keep, read from their text.

They are executed in the solution's own namespace, so a name that both define would change the solution.
"""

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.author import checkfile
from grader.author.findings import Finding
from grader.author.source import PercentFile, read_text
from grader.course.declarations import Exercise
from grader.course.settings import unknown
from grader.course.unit import SHARED, Unit

KEYS = ("says", "replaces", "symptom", "also")


@dataclass(frozen=True)
class Declared:
    """One misconception as it is written."""

    node: ast.FunctionDef | ast.ClassDef
    call: ast.Call

    def word(self, name: int | str) -> str:
        """Return an argument of the mark; empty where it is missing or no text."""
        value = checkfile.literal(self.call, name)
        return value if isinstance(value, str) else ""

    @property
    def also(self) -> tuple[str, ...]:
        """The other exercises that the mark names."""
        value = checkfile.literal(self.call, "also")
        return tuple(map(str, value)) if isinstance(value, tuple) else ()

    def replaces(self, exercise: Exercise) -> str:
        """Return the name that it stands in for; empty where nobody can tell."""
        if self.word("replaces"):
            return self.word("replaces")
        if isinstance(self.node, ast.ClassDef):
            return ast.unparse(self.node.bases[0]) if self.node.bases else ""
        return exercise.answers[0] if len(exercise.answers) == 1 else ""


def misconceptions(unit: Unit, source: PercentFile) -> Iterator[Finding]:
    """Find misconceptions of nothing, without words, or that would change the solution. Raises CourseError."""
    yield from _strays(unit)
    homes: dict[str, Path] = {}
    shared = unit.wrong_file(SHARED)
    if shared.exists():
        yield from _file(unit, source, shared, None, homes)
    for exercise in unit.exercises:
        file = unit.wrong_file(exercise.name)
        if file.exists():
            yield from _file(unit, source, file, exercise, homes)


def _strays(unit: Unit) -> Iterator[Finding]:
    """Find files that are of no exercise."""
    names = [exercise.name for exercise in unit.exercises]
    for path in sorted(unit.misconceptions.glob("*.py")):
        if path.stem not in (*names, SHARED):
            near = difflib.get_close_matches(path.stem, names, n=1)
            hint = f" Is {near[0]}.py meant?" if near else ""
            message = (
                f"unit {unit.key} has no exercise {path.stem!r}: a file of misconceptions is called like one.{hint}"
            )
            yield Finding(unit.name, "", path, 1, message)


def _file(
    unit: Unit, source: PercentFile, path: Path, exercise: Exercise | None, homes: dict[str, Path]
) -> Iterator[Finding]:
    """Find what is wrong in one file. exercise: none for what is shared. homes: where each misconception stands."""
    tree = checkfile.parsed(read_text(path), path)
    seen: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = seen.setdefault(node.name, node)
            if first is not node:
                message = f"{node.name} is defined at line {first.lineno}: give it another name."
                yield Finding(unit.name, "", path, node.lineno, message)
            for call in checkfile.marks_of(node, "misconception"):
                home = homes.setdefault(node.name, path)
                if home != path:
                    message = f"{node.name} is in {home.name}, too: give it another name."
                    yield Finding(unit.name, "", path, node.lineno, message)
                yield from _declared(unit, source, path, exercise, Declared(node, call))
    yield from _shadows(unit, source, path, tree)


def _declared(
    unit: Unit, source: PercentFile, path: Path, exercise: Exercise | None, one: Declared
) -> Iterator[Finding]:
    name, given = one.node.name, one.word(0)
    if exercise is None or given != exercise.name:
        names = [exercise.name for exercise in unit.exercises]
        near = difflib.get_close_matches(given, names, n=1)
        hint = f" Is {near[0]!r} meant?" if near else ""
        missing = f"unit {unit.key} has no exercise {given!r}.{hint}"
        message = f"move it to {given}.py beside this file." if given in names else missing
        yield Finding(unit.name, "", path, one.call.lineno, f"{name}: {message}")
        return
    for word in one.call.keywords:
        if word.arg not in KEYS:
            message = f"{name}: in @misconception {unknown(word.arg, KEYS)}"
            yield _at(unit, word.value.lineno, message, exercise)
    if not one.word("says").strip():
        message = f'{name}: give it says="...", the sentence that a good teacher would say.'
        yield _at(unit, one.call.lineno, message, exercise)
    for other in one.also:
        if other not in {exercise.name for exercise in unit.exercises}:
            message = f"{name}: unit {unit.key} has no exercise {other!r}: correct `also`."
            yield _at(unit, one.call.lineno, message, exercise)
    replaces = one.replaces(exercise)
    if not replaces:
        message = f'{name}: say what it replaces: replaces="{exercise.answers[0]}".'
        yield _at(unit, one.call.lineno, message, exercise)
    elif replaces not in {*source.definitions, *source.names, *exercise.answers}:
        near = difflib.get_close_matches(replaces, source.definitions, n=1)
        message = (
            f"{name}: the solution has no {replaces}{f'; {near[0]} is there' if near else ''}: correct `replaces`."
        )
        yield _at(unit, one.call.lineno, message, exercise)


def _shadows(unit: Unit, source: PercentFile, path: Path, tree: ast.Module) -> Iterator[Finding]:
    """Find names that the solution has, too; importing the same thing again changes nothing."""
    imported = {name for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) for name in _names(node)}
    for name, line in checkfile.bound(tree).items():
        if name not in imported and (name in source.definitions or name in source.names):
            message = f"the solution has a {name}, too, and this one would replace it: call it otherwise."
            yield Finding(unit.name, "", path, line, message)


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.asname or alias.name.partition(".")[0] for alias in node.names]


def _at(unit: Unit, line: int, message: str, exercise: Exercise) -> Finding:
    return Finding(unit.name, exercise.id, unit.wrong_file(exercise.name), line, message)
