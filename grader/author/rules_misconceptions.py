"""The rules that a misconceptions' file keeps, read from its text.

The file is executed in the solution's own namespace, so a name that both define would change the solution.
"""

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from grader.author import checkfile
from grader.author.findings import Finding
from grader.author.source import Source, read_text
from grader.course.course import Exercise, Unit
from grader.course.settings import unknown

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


def misconceptions(unit: Unit, source: Source) -> Iterator[Finding]:
    """Find misconceptions of nothing, without words, or that would change the solution. Raises CourseError."""
    if not unit.misconceptions.exists():
        return
    tree = checkfile.parsed(read_text(unit.misconceptions), unit.misconceptions)
    seen: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = seen.setdefault(node.name, node)
            if first is not node:
                yield _at(unit, node.lineno, f"{node.name} is defined at line {first.lineno}: give it another name.")
            for call in checkfile.marks_of(node, "misconception"):
                yield from _declared(unit, source, Declared(node, call))
    yield from _shadows(unit, source, tree)


def _declared(unit: Unit, source: Source, one: Declared) -> Iterator[Finding]:
    name = one.node.name
    exercise = next((exercise for exercise in unit.exercises if exercise.name == one.word(0)), None)
    if exercise is None:
        near = difflib.get_close_matches(one.word(0), [exercise.name for exercise in unit.exercises], n=1)
        hint = f" Is {near[0]!r} meant?" if near else ""
        yield _at(unit, one.call.lineno, f"{name}: unit {unit.key} has no exercise {one.word(0)!r}.{hint}")
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


def _shadows(unit: Unit, source: Source, tree: ast.Module) -> Iterator[Finding]:
    """Find names that the solution has, too; importing the same thing again changes nothing."""
    imported = {name for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) for name in _names(node)}
    for name, line in checkfile.bound(tree).items():
        if name not in imported and (name in source.definitions or name in source.names):
            yield _at(unit, line, f"the solution has a {name}, too, and this one would replace it: call it otherwise.")


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.asname or alias.name.partition(".")[0] for alias in node.names]


def _at(unit: Unit, line: int, message: str, exercise: Exercise | None = None) -> Finding:
    return Finding(unit.name, exercise.id if exercise else "", unit.misconceptions, line, message)
