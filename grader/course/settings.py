"""What an author may set: in [tool.grader], in UNIT and in @exercise. A setting that nobody reads is refused.

A misspelt one would be a rule that nobody keeps. Nothing here runs a file of the course.
"""

import ast
import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from grader.errors import CourseError

OF_COURSE = {
    "format": "a whole number",
    "title": "a text",
    "seed": "a whole number",
    "checks": "a text",
    "edges": "a text",
}
OF_UNIT = {
    "title": "a text",
    "lecture": "a text",
    "libraries": "a list of names",
    "forbid": "a list of names, or a dict from a reason to names",
    "scratch": "True or False",
}
OF_EXERCISE = ("points", "cpu", "answers", "forbid", "needs")
KINDS = {"a text": str, "a whole number": int, "True or False": bool}


def unknown(name: object, known: Iterable[str]) -> str:
    """Return the sentence on a setting that there is not: what may have been meant, else what there is."""
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1)
    return f"there is no {name!r}. " + (f"Is {near[0]!r} meant?" if near else f"There is {', '.join(known)}.")


def require_known(path: Path, given: Mapping[str, Any]) -> None:
    """Raise CourseError for a setting of [tool.grader] that there is not, or of another kind, naming its line."""
    for name, value in given.items():
        if name not in OF_COURSE:
            raise CourseError(f"{path}:{_line(path, name)}: in [tool.grader] {unknown(name, OF_COURSE)}")
        if not _fits(value, OF_COURSE[name]):
            message = f"[tool.grader] {name} must be {OF_COURSE[name]}, not {value!r}."
            raise CourseError(f"{path}:{_line(path, name)}: {message}")


def of_unit(node: ast.expr, path: Path, *, hidden: bool) -> dict[str, Any]:
    """Return what UNIT says. Raises CourseError, naming file and line."""
    facts = literal(node, path)
    if hidden:
        raise CourseError(f"{path}:{node.lineno}: UNIT stands in the public check file alone: take it out here.")
    if not isinstance(facts, dict) or not isinstance(node, ast.Dict):
        raise CourseError(f'{path}:{node.lineno}: UNIT is a dict: UNIT = {{"title": "...", "libraries": []}}.')
    places = {literal(at, path): at.lineno for at in node.keys if at is not None}
    for name, value in facts.items():
        if name not in OF_UNIT:
            raise CourseError(f"{path}:{places[name]}: in UNIT {unknown(name, OF_UNIT)}")
        if not _fits(value, OF_UNIT[name]):
            raise CourseError(f"{path}:{places[name]}: {name} of UNIT must be {OF_UNIT[name]}, not {value!r}.")
    return facts


def of_exercise(call: ast.Call, path: Path) -> tuple[str, Mapping[str, Any]]:
    """Return the name and the keywords of a mark @exercise. Raises CourseError, naming file and line."""
    name = literal(call.args[0], path) if len(call.args) == 1 else None
    if not isinstance(name, str):
        raise CourseError(f'{path}:{call.lineno}: write the exercise\'s name first: @exercise("softmax", ...)')
    for word in call.keywords:
        if word.arg not in OF_EXERCISE:
            raise CourseError(f"{path}:{word.value.lineno}: in @exercise {unknown(word.arg, OF_EXERCISE)}")
    given = {str(word.arg): literal(word.value, path) for word in call.keywords}
    cpu = given.get("cpu", 1.0)
    if type(cpu) not in (int, float) or cpu <= 0:
        raise CourseError(f"{path}:{call.lineno}: cpu is seconds of processor time, more than 0: not {cpu!r}.")
    return name, given


def literal(node: ast.expr, path: Path) -> Any:
    """Return the value of a literal. Raises CourseError for anything else, naming file and line."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError) as error:
        raise CourseError(
            f"{path}:{node.lineno}: this must be a literal; it is read without running the file."
        ) from error


def _fits(value: object, kind: str) -> bool:
    if kind in KINDS:
        return type(value) is KINDS[kind]
    return _are_names(value) or ("dict" in kind and isinstance(value, dict) and all(map(_are_names, value.values())))


def _are_names(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _line(path: Path, name: str) -> int:
    """Return the line of a key of [tool.grader]; that of the table where it cannot be found."""
    lines = path.read_text(encoding="utf-8").splitlines()
    table = next((number for number, line in enumerate(lines, 1) if line.strip() == "[tool.grader]"), 1)
    quoted = re.compile(rf"""\s*["']?{re.escape(name)}["']?\s*=""")
    return next((at for at, line in enumerate(lines[table:], table + 1) if quoted.match(line)), table)
