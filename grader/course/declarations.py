"""What a check file declares: read from its syntax tree, without running it, and remembered by its contents.

So listing a course costs milliseconds, and a broken check file is reported with its line.
"""

import ast
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

import msgspec

from grader.course import settings
from grader.course.settings import literal
from grader.errors import CourseError
from grader.qualnames import is_in
from grader.store import Memo, key

VERSION = b"declared-5"  # raised with every change of the classes below, and of what is refused


@dataclass(frozen=True)
class Check:
    """One check function. title: the line a learner reads. hidden: left out of a release.

    edge: it asks a promise beyond the lecture, without which the exercise passes. cases: how many checks `parametrize`
    makes of it; verdicts count each.
    """

    name: str
    title: str
    weight: int
    hidden: bool
    line: int
    edge: bool = False
    cases: int = 1


@dataclass(frozen=True)
class Rule:
    """A name that may not be used, `torch.nn.*`. reason: what to do instead; empty where it is the thing to write."""

    name: str
    reason: str = ""


@dataclass(frozen=True)
class Exercise:
    """One graded function or class of a unit.

    answers: the names a learner writes for it. needs: exercises of the unit without which it cannot pass.
    source: the digest of its check class and of what stands outside of such classes: all that its checks are made of.
    hidden: the digest of its hidden checks; empty where it has none.
    """

    unit: str
    name: str
    points: int
    cpu: float
    answers: tuple[str, ...]
    forbid: tuple[Rule, ...]
    needs: tuple[str, ...]
    text: str
    checks: tuple[Check, ...]
    source: str = ""
    hidden: str = ""

    @property
    def id(self) -> str:
        """`u05.softmax`: stable, what learners type and what state is keyed by."""
        return f"{unit_key(self.unit)}.{self.name}"

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Its text, paragraph by paragraph, each on one line."""
        return tuple(" ".join(words.split()) for words in self.text.split("\n\n"))

    @property
    def total(self) -> int:
        """How many checks a verdict counts."""
        return sum(check.cases for check in self.checks)

    def owns(self, name: str) -> bool:
        """Say whether a function is one of its answers, or a part of one."""
        return any(is_in(name, answer) for answer in self.answers)


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
        text = source.decode("utf-8")
        tree = ast.parse(text)
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: cannot be read: {error}") from error
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from error
    facts: dict[str, Any] = {}
    exercises = []
    lists = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    digests = _digests(text, tree)
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(_named(target, "UNIT") for target in node.targets):
            facts = settings.of_unit(node.value, path, hidden=hidden)
        if isinstance(node, ast.ClassDef):
            exercises += [
                replace(_exercise(node, call, path, unit, lists, hidden=hidden), source=digests[node.name])
                for call in _marks(node)
            ]
    return facts, tuple(exercises)


def _marks(node: ast.ClassDef) -> list[ast.Call]:
    return [call for call in node.decorator_list if isinstance(call, ast.Call) and _named(call.func, "exercise")]


def _digests(text: str, tree: ast.Module) -> dict[str, str]:
    """Return for each class of checks a digest of its text, and of the text outside of all these classes.

    Where one of the classes is named in the file, as a base or for its helpers, the digests are of the whole file.
    """
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and _marks(node)]
    names = {node.name for node in classes}
    if any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(tree)):
        return dict.fromkeys(names, key(text.encode()))
    lines = list(io.StringIO(text, newline=""))
    firsts = {node.name: min(mark.lineno for mark in node.decorator_list) for node in classes}
    spans = {node.name: range(firsts[node.name] - 1, node.end_lineno or 0) for node in classes}
    inside = {row for span in spans.values() for row in span}
    outside = "".join(line for row, line in enumerate(lines) if row not in inside).encode()
    return {name: key(outside, "".join(lines[row] for row in span).encode()) for name, span in spans.items()}


def rules(forbid: Any) -> tuple[Rule, ...]:
    """Return what an author forbids: a list of names, or a dict from each reason to the names that it forbids."""
    if isinstance(forbid, dict):
        return tuple(Rule(name, reason) for reason, names in forbid.items() for name in names)
    return tuple(map(Rule, forbid))


def _exercise(
    node: ast.ClassDef, call: ast.Call, path: Path, unit: str, lists: dict[str, ast.expr], *, hidden: bool
) -> Exercise:
    name, given = settings.of_exercise(call, path)
    return Exercise(
        unit=unit,
        name=name,
        points=given.get("points", 0),
        cpu=float(given.get("cpu", 1.0)),
        answers=tuple(given.get("answers") or (name,)),
        forbid=rules(given.get("forbid", ())),
        needs=tuple(given.get("needs", ())),
        text=ast.get_docstring(node) or "",
        checks=tuple(_checks(node, path, lists, hidden=hidden)),
    )


def _checks(node: ast.ClassDef, path: Path, lists: dict[str, ast.expr], *, hidden: bool) -> Iterator[Check]:
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name.startswith("test_"):
            weights = [
                literal(call.args[0], path)
                for call in item.decorator_list
                if isinstance(call, ast.Call) and _named(call.func, "weight") and call.args
            ]
            title = title_of(item.name, ast.get_docstring(item))
            edge = any(_named(mark, "edge") for mark in item.decorator_list)
            cases = _cases([*node.decorator_list, *item.decorator_list], path, lists)
            yield Check(item.name, title, weights[0] if weights else 1, hidden, item.lineno, edge, cases)


def _cases(marks: list[ast.expr], path: Path, lists: dict[str, ast.expr]) -> int:
    """Return how many checks `parametrize` makes. lists: what the file's own names stand for."""
    calls = [mark for mark in marks if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith(".parametrize")]
    return prod(_length(call.args[1] if len(call.args) > 1 else call, path, lists) for call in calls)


def _length(node: ast.expr, path: Path, lists: dict[str, ast.expr]) -> int:
    """Return how many values a list has that is written out, or named in the same file."""
    if isinstance(node, ast.Name) and node.id in lists:
        return _length(lists[node.id], path, {})
    if not isinstance(node, ast.List | ast.Tuple):
        raise CourseError(
            f"{path}:{node.lineno}: write out the values of parametrize, here or in a list of this file that has a "
            "name; they are counted without running the file."
        )
    return sum(_length(one.value, path, lists) if isinstance(one, ast.Starred) else 1 for one in node.elts)


def title_of(name: str, doc: str | None) -> str:
    """Return the line a learner reads: the docstring's first line, else the name in words."""
    return doc.strip().splitlines()[0].rstrip(".") if doc else name.removeprefix("test_").replace("_", " ")


def merged(public: tuple[Exercise, ...], hidden: tuple[Exercise, ...], path: Path) -> tuple[Exercise, ...]:
    """Add the hidden checks to the exercises that the public file declares."""
    extra = {exercise.name: exercise for exercise in hidden}
    unknown = set(extra) - {exercise.name for exercise in public}
    if unknown:
        raise CourseError(f"{path}: exercise {min(unknown)!r} is not in the public check file.")
    return tuple(_with_hidden(exercise, extra.get(exercise.name)) for exercise in public)


def _with_hidden(exercise: Exercise, hidden: Exercise | None) -> Exercise:
    if hidden is None:
        return exercise
    return replace(exercise, checks=exercise.checks + hidden.checks, hidden=hidden.source)


def _named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
