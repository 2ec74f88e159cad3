"""Make the mutants of a solution: its file with one small slip in one answer, everything else as it stands.

A mutant that every check passes is either as good as the solution or a hole in the checks.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile

from grader.author.slips import slips
from grader.author.source import PercentFile, bare, read
from grader.course.declarations import Exercise
from grader.course.unit import Unit

MOST_CODE, MOST_AROUND = 60, 40  # characters of a mutant's name
UNRUN = ("annotation", "returns", "type_comment")
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
TOKEN = re.compile(r"\d+\.\d+|\w+|(?:\*\*|//|<<|>>|[-+*/%@&|^<>=!])=?|\s+|.")


@dataclass(frozen=True)
class Mutant:
    """One slip. answer: the function it is in. kind: of the slip. change: what was done, in its statement.

    number: of those that read the same in one answer, from 1. text: the whole file.
    """

    exercise: Exercise
    answer: str
    line: int
    kind: str
    change: str
    number: int
    text: str

    @property
    def name(self) -> str:
        """How it is called, also when lines have moved: `softmax: p = scores.max(axis={1 -> 0})`."""
        return f"{self.answer}: {self.change}{f' #{self.number}' if self.number > 1 else ''}"


@dataclass(frozen=True)
class NodePlace:
    """Where a node stands in its tree. index: in a list of nodes. statement: the one that it is part of, or is itself.

    formatted: the outermost f-string that it is inside.
    """

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    statement: ast.stmt
    formatted: ast.JoinedStr | None

    @contextmanager
    def holding(self, new: ast.AST) -> Iterator[None]:
        """Let another node stand here inside the context."""
        self._put(new)
        try:
            yield
        finally:
            self._put(self.node)

    def _put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(unit: Unit) -> Iterator[Mutant]:
    """Yield every mutant of a unit's solution, no two alike, in the order of its lines. Raises CourseError."""
    source = read(unit.solution)
    text = "".join(f"{bare(line)}\n" for line in source.lines).removeprefix("\ufeff")
    tree = ast.parse(text)
    lines = text.encode().split(b"\n")
    modules = frozenset(_modules(tree))
    named: Counter[tuple[str, str]] = Counter()
    for exercise, answer, places in _answers(unit, source, tree):
        seen = {(place.statement, _code(place.statement)) for place in places}
        for place in places:
            before = _code(place.statement)
            for kind, new in slips(place.node, place.parent, place.field, modules):
                with place.holding(new):
                    after = _code(new if place.node is place.statement else place.statement)
                    changed = _spliced(lines, place, new)
                if (place.statement, after) in seen:
                    continue
                seen.add((place.statement, after))
                change = _shown(before, after)
                named[answer, change] += 1
                line = _start(place)[0]
                yield Mutant(exercise, answer, line, kind, change, named[answer, change], changed)


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.asname or name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (name.asname or name.name for name in node.names if name.name.islower())


def _answers(unit: Unit, source: PercentFile, tree: ast.Module) -> Iterator[tuple[Exercise, str, list[NodePlace]]]:
    """Yield each answer region that belongs to an exercise, with all places in it."""
    owners = {answer: exercise for exercise in unit.exercises for answer in exercise.answers}
    everything = [place for place in _places(tree) if isinstance(place.node, ast.expr | ast.stmt | ast.keyword)]
    for region in source.regions:
        owner = owners.get(region.name) or owners.get(region.name.partition(".")[0])
        inside = [place for place in everything if region.begin < _start(place)[0] < region.end]
        if owner is not None:
            yield owner, region.name, sorted(inside, key=_start)


def _start(place: NodePlace) -> tuple[int, int]:
    node = place.formatted or place.node  # what stands in an f-string has no place of its own before Python 3.12
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _places(
    node: ast.AST, statement: ast.stmt | None = None, outer: ast.JoinedStr | None = None
) -> Iterator[NodePlace]:
    """Yield all places below a node that are run; the message of an error is not counted among them.

    statement, outer: the statement and the outermost f-string that the node is in, or is.
    """
    for field, value in ast.iter_fields(node):
        if field in UNRUN or isinstance(node, ast.Raise):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST):
                inner = child if isinstance(child, ast.stmt) else statement
                if inner is not None:
                    yield NodePlace(child, node, field, index, inner, outer)
                yield from _places(child, inner, outer or (child if isinstance(child, ast.JoinedStr) else None))


def _head(statement: ast.AST) -> ast.AST:
    """Return a statement without the statements inside it."""
    if not isinstance(statement, ast.stmt):
        return statement
    fields = {name: [] if name in BLOCKS else value for name, value in ast.iter_fields(statement)}
    return type(statement)(**fields)


def _code(node: ast.AST) -> str:
    """Return a piece of code on one line."""
    return " ".join(ast.unparse(ast.fix_missing_locations(_head(node))).split())


def _shown(before: str, after: str) -> str:
    """Return what changed in a statement: `x = logits[{1 -> 2}:]`."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    first, last = "".join(old[:head]), "".join(old[len(old) - tail :])
    was, now = ("".join(tokens[head : len(tokens) - tail]).strip() for tokens in (old, new))
    first = first if len(first) <= MOST_AROUND else f"...{first[3 - MOST_AROUND :]}"
    return f"{first}{{{_short(was)} -> {_short(now)}}}{_short(last, MOST_AROUND)}"


def _shared(one: list[str], other: list[str]) -> int:
    """Return how many tokens two lists have in common before they differ."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _short(code: str, most: int = MOST_CODE) -> str:
    return code if len(code) <= most else f"{code[: most - 3]}..."


def _spliced(lines: list[bytes], place: NodePlace, new: ast.AST) -> str:
    """Return the file with one piece replaced; all other text stays where it is."""
    old = place.formatted or place.node
    last: ast.AST = old
    if place.formatted:
        code = _code(place.formatted)
    elif isinstance(old, ast.With):
        code, last = "if True", old.items[-1].context_expr
    else:
        code = _code(new)
    plain = isinstance(old, ast.stmt | ast.keyword | ast.Slice | ast.JoinedStr)
    piece = (code if plain else f"({code})").encode()
    first, end = old.lineno - 1, last.end_lineno - 1  # type: ignore[attr-defined]
    before, after = lines[first][: old.col_offset], lines[end][last.end_col_offset :]  # type: ignore[attr-defined]
    return b"\n".join([*lines[:first], before + piece + after, *lines[end + 1 :]]).decode()
