"""The misconceptions of a unit as their files declare them, read without running it: that would load libraries."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from msgspec import structs

from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.judging import reference

Declared = ast.FunctionDef | ast.ClassDef


def misconceptions(unit: Unit) -> list[reference.Misconception]:
    """Return a unit's misconceptions, exercise by exercise, in the language that is spoken."""
    return [
        replace(one, says=unit.in_words(one.says, one.exercise), less=unit.in_words(one.less, one.exercise))
        for one in as_written(unit)
    ]


def as_written(unit: Unit) -> list[reference.Misconception]:
    """Return a unit's misconceptions as their files have them, or the manifest of a release without these files."""
    if not unit.solution.exists():
        return [reference.Misconception(**structs.asdict(one), line=1) for one in unit.manifest.misconceptions]
    return [one for exercise in unit.exercises for one in _of(unit, exercise)]


def _of(unit: Unit, exercise: Exercise) -> list[reference.Misconception]:
    """Return those of an exercise; their file is run only where its marks are no plain literals."""
    file = unit.wrong_file(exercise.name)
    if not file.exists():
        return []
    try:
        return list(_declared(unit, exercise, reference.tree(file)))
    except (ValueError, SyntaxError):
        return reference.misconceptions(unit, exercise)


def _declared(unit: Unit, exercise: Exercise, tree: ast.Module) -> Iterator[reference.Misconception]:
    for node in tree.body:
        for mark in getattr(node, "decorator_list", ()):
            if isinstance(node, Declared) and isinstance(mark, ast.Call) and _name(mark.func) == "misconception":
                yield _one(unit, exercise, node, mark)


def _one(unit: Unit, exercise: Exercise, node: Declared, mark: ast.Call) -> reference.Misconception:
    """Read one mark. Raises ValueError where only running the file can tell."""
    facts = {word.arg: ast.literal_eval(word.value) for word in mark.keywords if word.arg}
    name = ast.literal_eval(mark.args[0]) if mark.args else facts.get("name")
    if name != exercise.name or not isinstance(facts.get("says"), str):
        raise ValueError(node.name)
    replaces = facts.get("replaces") or _stands_for(node, exercise)
    own, symptom, also = f"{unit.key}.{node.name}", facts.get("symptom"), tuple(facts.get("also", ()))
    less = symptom if isinstance(symptom, str) else ""
    return reference.Misconception(own, exercise.id, facts["says"], replaces, node.lineno, symptom is True, also, less)


def _stands_for(node: Declared, exercise: Exercise) -> str:
    if isinstance(node, ast.ClassDef) and node.bases and isinstance(node.bases[0], ast.Name):
        return node.bases[0].id
    if len(exercise.answers) == 1:
        return exercise.answers[0]
    raise ValueError(node.name)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
