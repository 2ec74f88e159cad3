"""The misconceptions of a unit as their file declares them, read without running it: that would load libraries."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.course.course import Exercise, Unit
from grader.judging import reference

Declared = ast.FunctionDef | ast.ClassDef


def misconceptions(unit: Unit) -> list[reference.Misconception]:
    """Return a unit's misconceptions, in the order of their file and in the language that is spoken."""
    return [replace(one, says=unit.in_words(one.says)) for one in as_written(unit)]


def as_written(unit: Unit) -> list[reference.Misconception]:
    """Return a unit's misconceptions as their file has them; run it only where its marks are no plain literals."""
    if not unit.misconceptions.exists():
        return []
    try:
        return list(_declared(unit, reference.tree(unit.misconceptions)))
    except (ValueError, SyntaxError):
        return reference.misconceptions(unit)


def _declared(unit: Unit, tree: ast.Module) -> Iterator[reference.Misconception]:
    for node in tree.body:
        for mark in getattr(node, "decorator_list", ()):
            if isinstance(node, Declared) and isinstance(mark, ast.Call) and _name(mark.func) == "misconception":
                yield _one(unit, node, mark)


def _one(unit: Unit, node: Declared, mark: ast.Call) -> reference.Misconception:
    """Read one mark. Raises ValueError where only running the file can tell."""
    facts = {word.arg: ast.literal_eval(word.value) for word in mark.keywords if word.arg}
    name = ast.literal_eval(mark.args[0]) if mark.args else facts.get("name")
    exercise = next((exercise for exercise in unit.exercises if exercise.name == name), None)
    if exercise is None or not isinstance(facts.get("says"), str):
        raise ValueError(node.name)
    replaces = facts.get("replaces") or _stands_for(node, exercise)
    own, symptom, also = f"{unit.key}.{node.name}", facts.get("symptom") is True, tuple(facts.get("also", ()))
    return reference.Misconception(own, exercise.id, facts["says"], replaces, node.lineno, symptom, also)


def _stands_for(node: Declared, exercise: Exercise) -> str:
    if isinstance(node, ast.ClassDef) and node.bases and isinstance(node.bases[0], ast.Name):
        return node.bases[0].id
    if len(exercise.answers) == 1:
        return exercise.answers[0]
    raise ValueError(node.name)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
