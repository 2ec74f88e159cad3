"""What a check file declares: read from its syntax tree, without running it, and remembered by its contents.

So listing a course costs milliseconds, and a broken check file is reported with its line.
"""

import ast
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import CourseError
from grader.store import Memo, key

VERSION = b"declared-3"  # raised with every change of the classes below, and of what is refused
# What UNIT and @exercise may say, and as what.
UNIT_KEYS = {"title": "text", "lecture": "text", "libraries": "names", "forbid": "names", "scratch": "yes or no"}
EXERCISE_KEYS = ("points", "cpu", "answers", "forbid", "needs")


@dataclass(frozen=True)
class Check:
    """One check function. title: the line a learner reads. hidden: left out of a release.

    edge: it asks a promise beyond the lecture, without which the exercise passes.
    """

    name: str
    title: str
    weight: int
    hidden: bool
    line: int
    edge: bool = False


@dataclass(frozen=True)
class Exercise:
    """One graded function or class of a unit.

    answers: the names a learner writes for it. needs: exercises of the unit without which it cannot pass.
    """

    unit: str
    name: str
    points: int
    cpu: float
    answers: tuple[str, ...]
    forbid: tuple[str, ...]
    needs: tuple[str, ...]
    text: str
    checks: tuple[Check, ...]

    @property
    def id(self) -> str:
        """`u05.softmax`: stable, what learners type and what state is keyed by."""
        return f"{unit_key(self.unit)}.{self.name}"


def unit_key(unit: str) -> str:
    """Return `u05` of `u05_backprop_ninja`."""
    return unit.partition("_")[0]


def read_checks(path: Path, unit: str, *, hidden: bool, folder: Path) -> tuple[dict[str, Any], tuple[Exercise, ...]]:
    """Return the UNIT facts and the exercises that a check file declares, without running it.

    folder: where what was read once is kept. Raises CourseError, naming file and line.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: cannot be read: {error}") from error
    memo, name = Memo(folder, VERSION), key(source, unit.encode(), b"hidden" if hidden else b"")
    kept = memo.get(name)
    if kept is not None:
        try:
            return msgspec.msgpack.decode(kept, type=tuple[dict[str, Any], tuple[Exercise, ...]])
        except msgspec.MsgspecError:  # a disk that lost bytes
            pass
    found = _parsed(source, path, unit, hidden=hidden)
    memo.put(name, msgspec.msgpack.encode(found))
    return found


def _parsed(source: bytes, path: Path, unit: str, *, hidden: bool) -> tuple[dict[str, Any], tuple[Exercise, ...]]:
    try:
        tree = ast.parse(source.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: cannot be read: {error}") from error
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from error
    facts: dict[str, Any] = {}
    exercises = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(_named(target, "UNIT") for target in node.targets):
            facts = _unit(node.value, path, hidden=hidden)
        if isinstance(node, ast.ClassDef):
            exercises += [
                _exercise(node, call, path, unit, hidden=hidden)
                for call in node.decorator_list
                if isinstance(call, ast.Call) and _named(call.func, "exercise")
            ]
    return facts, tuple(exercises)


def unknown(name: object, known: Sequence[str]) -> str:
    """Return the sentence on a setting that there is not: what may have been meant, else what there is."""
    near = difflib.get_close_matches(str(name), known, n=1)
    return f"there is no {name!r}. " + (f"Is {near[0]!r} meant?" if near else f"There is {', '.join(known)}.")


def fits(value: object, kind: str) -> bool:
    """Whether a setting is what it should be: a text, names, a whole number, or yes or no."""
    if kind == "names":
        return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    return type(value) is {"text": str, "whole number": int, "yes or no": bool}[kind]


def _unit(node: ast.expr, path: Path, *, hidden: bool) -> dict[str, Any]:
    """Return what UNIT says. Raises CourseError for what it may not say: it would be a rule that nobody keeps."""
    facts = _literal(node, path)
    if hidden:
        raise CourseError(f"{path}:{node.lineno}: UNIT stands in the public check file alone: take it out here.")
    if not isinstance(facts, dict) or not isinstance(node, ast.Dict):
        raise CourseError(f'{path}:{node.lineno}: UNIT is a dict: UNIT = {{"title": "...", "libraries": []}}.')
    places = {_literal(at, path): at.lineno for at in node.keys if at is not None}
    for name, value in facts.items():
        if name not in UNIT_KEYS:
            raise CourseError(f"{path}:{places[name]}: in UNIT {unknown(name, list(UNIT_KEYS))}")
        if not fits(value, UNIT_KEYS[name]):
            message = f"{name!r} of UNIT must be {_said(UNIT_KEYS[name])}, not {value!r}."
            raise CourseError(f"{path}:{places[name]}: {message}")
    return facts


def _said(kind: str) -> str:
    return {"text": "a text", "names": 'a list of names, like ["numpy"]', "yes or no": "True or False"}[kind]


def _given(call: ast.Call, path: Path) -> Mapping[str, Any]:
    """Return the keywords of a mark. Raises CourseError."""
    for word in call.keywords:
        if word.arg not in EXERCISE_KEYS:
            raise CourseError(f"{path}:{word.value.lineno}: in @exercise {unknown(word.arg, EXERCISE_KEYS)}")
    given = {str(word.arg): _literal(word.value, path) for word in call.keywords}
    cpu = given.get("cpu", 1.0)
    if type(cpu) not in (int, float) or cpu <= 0:
        raise CourseError(f"{path}:{call.lineno}: cpu is seconds of processor time, more than 0: not {cpu!r}.")
    return given


def _exercise(node: ast.ClassDef, call: ast.Call, path: Path, unit: str, *, hidden: bool) -> Exercise:
    if len(call.args) != 1 or not isinstance(name := _literal(call.args[0], path), str):
        raise CourseError(f'{path}:{call.lineno}: write the exercise\'s name first: @exercise("softmax", ...)')
    given = _given(call, path)
    return Exercise(
        unit=unit,
        name=name,
        points=given.get("points", 0),
        cpu=float(given.get("cpu", 1.0)),
        answers=tuple(given.get("answers") or (name,)),
        forbid=tuple(given.get("forbid", ())),
        needs=tuple(given.get("needs", ())),
        text=ast.get_docstring(node) or "",
        checks=tuple(_checks(node, path, hidden=hidden)),
    )


def _checks(node: ast.ClassDef, path: Path, *, hidden: bool) -> Iterator[Check]:
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name.startswith("test_"):
            weights = [
                _literal(call.args[0], path)
                for call in item.decorator_list
                if isinstance(call, ast.Call) and _named(call.func, "weight") and call.args
            ]
            title = title_of(item.name, ast.get_docstring(item))
            edge = any(_named(mark, "edge") for mark in item.decorator_list)
            yield Check(item.name, title, weights[0] if weights else 1, hidden, item.lineno, edge)


def title_of(name: str, doc: str | None) -> str:
    """Return the line a learner reads: the docstring's first line, else the name in words."""
    return doc.strip().splitlines()[0].rstrip(".") if doc else name.removeprefix("test_").replace("_", " ")


def merged(public: tuple[Exercise, ...], hidden: tuple[Exercise, ...], path: Path) -> tuple[Exercise, ...]:
    """Add the hidden checks to the exercises that the public file declares."""
    extra = {exercise.name: exercise.checks for exercise in hidden}
    unknown = set(extra) - {exercise.name for exercise in public}
    if unknown:
        raise CourseError(f"{path}: exercise {min(unknown)!r} is not in the public check file.")
    whole = []
    for exercise in public:
        checks = exercise.checks + extra.get(exercise.name, ())
        whole.append(Exercise(**{**vars(exercise), "checks": checks}))
    return tuple(whole)


def _named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _literal(node: ast.expr, path: Path) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError) as error:
        raise CourseError(
            f"{path}:{node.lineno}: this must be a literal; it is read without running the file."
        ) from error
