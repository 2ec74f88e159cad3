"""Lures, made by machine for each misconception: right-mechanism and wrong-mechanism programs, as learners' files.

right    the misconception itself in another completion (`rewrite`), on the solution, on each base of the unit, and on a
         mix of the two: only every other definition is the base's
wrong    like it in all that says little, with other numbers (`bent`); with one slip more in its own lines, where no
         number need be what it was; or with another misconception of the exercise, in another answer. Siblings, mutants
         of the solution and idle programs are made elsewhere.
"""

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.wrong.bent import TEXT
from bench.wrong.ground import MARK, NO_MARK
from bench.wrong.rewrite import rewritten
from grader.author.slips import slips
from grader.course.unit import Unit
from grader.judging.reference import Misconception

Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Lure:
    """One program. kind: how it was made. right: whether it has the misconception's mistake and no other one.

    other: the misconception that is made beside it, in another answer.
    """

    of: Misconception
    kind: str
    right: bool
    text: str
    other: Misconception | None = None


class Maker:
    """Makes the lures of one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._solution = unit.solution.read_text("utf-8")

    def _bank(self, one: Misconception) -> list[ast.stmt]:
        """Return what stands in the files of a misconception's exercise."""
        files = [file for file in self._unit.wrong_files(one.exercise) if file.exists()]
        return [node for file in files for node in ast.parse(file.read_text("utf-8").replace(MARK, "")).body]

    def _helpers(self, one: Misconception) -> str:
        """Return what these files have beside the misconceptions."""
        return NO_MARK + "\n\n".join(ast.unparse(node) for node in self._bank(one) if not _marked(node))

    def _definition(self, one: Misconception) -> Definition:
        name = one.name.partition(".")[2]
        found = next(node for node in self._bank(one) if _marked(node) and node.name == name)  # type: ignore[attr-defined]
        own: Definition = copy.deepcopy(found)  # type: ignore[assignment]
        own.decorator_list = [mark for mark in own.decorator_list if not _is_mark(mark)]
        return own

    def right(self, one: Misconception) -> Iterator[Lure]:
        """Yield programs that make this very mistake."""
        other = ast.unparse(rewritten(self._definition(one)))
        last, helpers = _put(one), self._helpers(one)
        yield Lure(one, "rewritten", True, f"{self._solution}\n{helpers}\n{other}\n{last}")
        for base, path in self._unit.bases.items():
            text = path.read_text("utf-8")
            yield Lure(one, f"on {base}", True, f"{self._solution}\n{helpers}\n{text}\n{other}\n{last}")
            mixed = f"{self._solution}\n{helpers}\n{half(text)}\n{other}\n{last}"
            yield Lure(one, f"on half of {base}", True, mixed)

    def wrong(self, one: Misconception, slipped: int) -> Iterator[Lure]:
        """Yield programs that look like it and are not. slipped: how many with one slip more."""
        own, helpers = ast.unparse(self._definition(one)), self._helpers(one)
        owner, _, last = one.replaces.rpartition(".")
        where = f"_bend({owner or '_Here'}, {last!r}, {one.replaces}, {_name(one)})"
        back = "" if owner else f"{last} = _Here.{last}\n"
        yield Lure(one, "bent", False, f"{self._solution}\n{helpers}\n{own}\n{TEXT}\n{where}\n{back}")
        for text in _slipped(self._definition(one), slipped):
            yield Lure(one, "one slip more", False, f"{self._solution}\n{helpers}\n{text}\n{_put(one)}")

    def both(self, one: Misconception, other: Misconception) -> Lure:
        """Return a program with two mistakes, in two answers of one exercise."""
        made = "\n".join(ast.unparse(self._definition(each)) for each in (one, other))
        text = f"{self._solution}\n{self._helpers(one)}\n{made}\n{_put(one)}{_put(other)}"
        return Lure(one, "two mistakes", False, text, other)


def pairs(ones: Sequence[Misconception], every: int) -> list[tuple[Misconception, Misconception]]:
    """Return every Nth pair of misconceptions that can be made at once: of one exercise, and of two of its answers."""
    found = [
        (one, other)
        for one, other in combinations(ones, 2)
        if one.exercise == other.exercise and not _within(one.replaces, other.replaces)
    ]
    return found[::every]


def half(text: str) -> str:
    """Return a base with every other definition, of its classes' methods every other one but `__init__`."""
    tree = ast.parse(text)
    kept: list[ast.stmt] = []
    for number, node in enumerate(tree.body):
        if (
            isinstance(node, ast.ClassDef)
            and len([each for each in node.body if isinstance(each, ast.FunctionDef)]) > 3
        ):
            for index, method in enumerate(node.body):
                if isinstance(method, ast.FunctionDef) and index % 2 and method.name != "__init__":
                    kept += [method, *ast.parse(f"{node.name}.{method.name} = {method.name}").body]
        elif not isinstance(node, Definition) or number % 2 or node.name.startswith("_"):
            kept.append(node)
    return ast.unparse(ast.fix_missing_locations(ast.Module(kept, [])))


def _within(one: str, other: str) -> bool:
    """Say whether two names are one, or one is that of a class which holds the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _slipped(node: Definition, count: int) -> Iterator[str]:
    """Yield a definition with one small slip each, spread over its lines."""
    places = [
        (parent, field, index, child)
        for parent in ast.walk(node)
        if not isinstance(parent, ast.arguments | ast.Raise)
        for field, value in ast.iter_fields(parent)
        for index, child in (enumerate(value) if isinstance(value, list) else [(None, value)])
        if isinstance(child, ast.expr | ast.stmt | ast.keyword)
    ]
    before, found = ast.unparse(node), dict[str, None]()
    for parent, field, index, child in places:
        for _, new in slips(
            child, parent, field, frozenset(("math", "np", "torch", "nn", "functional", "regex", "json"))
        ):
            _set(parent, field, index, new)
            found.setdefault(ast.unparse(ast.fix_missing_locations(node)))
            _set(parent, field, index, child)
    others = [text for text in found if text != before]
    step = max(1, len(others) // count) if count else 1
    yield from others[step // 2 :: step][:count]


def _set(parent: ast.AST, field: str, index: int | None, new: ast.AST) -> None:
    if index is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[index] = new


def _put(one: Misconception) -> str:
    name = _name(one)
    return f"{name}.__name__ = {name}.__qualname__ = {one.replaces.rpartition('.')[2]!r}\n{one.replaces} = {name}\n"


def _name(one: Misconception) -> str:
    return one.name.partition(".")[2]


def _marked(node: ast.stmt) -> bool:
    return any(map(_is_mark, node.decorator_list if isinstance(node, Definition) else []))


def _is_mark(mark: ast.expr) -> bool:
    return isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "misconception"
