"""Find the answer regions of a solution and the hints in them.

    def softmax(scores):
        '''Contract.'''
        # BEGIN SOLUTION
        # HINT: the vaguest rung
        #   and its second line
        # HINT: a nearer rung
        ...
        # END SOLUTION

A region covers whole statements of one block inside a function, one region a function; anything else is refused.
"""

import ast
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from grader.errors import CourseError

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
HINT = "# HINT:"
CONTINUED = "#   "
LAYOUT = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
# What was probably meant as a marker: `#BEGIN SOLUTION`, `# begin solution`, `# END SOLUTION (naive)`, `# Hint: ...`.
NEARLY = re.compile(r"#+\s*(?:(?P<side>begin|end)[\s_-]*solution\b|(?P<hint>hint)\s*\d*\s*:).*", re.IGNORECASE)


@dataclass(frozen=True)
class Region:
    """One answer. name: the qualified name of its function. begin, end: the lines of its markers, from 1."""

    name: str
    begin: int
    end: int
    indent: str
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Comment:
    """A comment. alone: nothing else stands on its line. indent: what stands before it, where it is alone."""

    row: int
    text: str
    alone: bool
    indent: str


@dataclass(frozen=True)
class Marks:
    """What the tokenizer says of one file. indents: of each logical line. code: the rows that hold any."""

    path: Path
    comments: tuple[Comment, ...]
    indents: tuple[tuple[int, str], ...]
    code: frozenset[int]

    def wrong(self, line: int, message: str) -> NoReturn:
        """Raise CourseError, naming file and line."""
        raise CourseError(f"{self.path}:{line}: {message}.")


def find(tree: ast.Module, tokens: list[tokenize.TokenInfo], path: Path) -> tuple[Region, ...]:
    """Return the regions in the order of the file. Raises CourseError, naming file and line."""
    marks = Marks(path, tuple(_comments(tokens)), tuple(_indents(tokens)), frozenset(_code(tokens)))
    _refuse_nearly(marks)
    found: dict[str, Region] = {}
    pairs = list(_pairs(marks))
    _refuse_stray_hints(marks, pairs)
    for begin, end in pairs:
        region = _region(tree, marks, begin, end)
        if region.name in found:
            first = found[region.name].begin
            marks.wrong(
                region.begin,
                f"a second region in {region.name}; the first begins at line {first}. A function has one region: "
                "join the two, or move one part into a function of its own",
            )
        found[region.name] = region
    return tuple(found.values())


def start(node: ast.stmt) -> int:
    """Return a statement's first line, decorators included."""
    return min([node.lineno, *(mark.lineno for mark in getattr(node, "decorator_list", ()))])


def _comments(tokens: list[tokenize.TokenInfo]) -> Iterator[Comment]:
    for token in tokens:
        if token.type == tokenize.COMMENT:
            before = token.line[: token.start[1]]
            yield Comment(token.start[0], token.string.rstrip(), not before.strip("\ufeff \t\f"), before)


def _indents(tokens: list[tokenize.TokenInfo]) -> Iterator[tuple[int, str]]:
    """Yield row and indent of each logical line of code."""
    fresh = True
    for token in tokens:
        if token.type == tokenize.NEWLINE:
            fresh = True
        elif token.type not in LAYOUT and fresh:
            fresh = False
            yield token.start[0], token.line[: token.start[1]]


def _code(tokens: list[tokenize.TokenInfo]) -> Iterator[int]:
    for token in tokens:
        if token.type not in LAYOUT:
            yield from range(token.start[0], token.end[0] + 1)


def _refuse_nearly(marks: Marks) -> None:
    for comment in marks.comments:
        match = NEARLY.fullmatch(comment.text)
        if match is None:
            continue
        side = match["side"]
        exact = HINT if side is None else {"begin": BEGIN, "end": END}[side.lower()]
        right = comment.text.startswith(HINT) if side is None else comment.text == exact
        if not (right and comment.alone):
            marks.wrong(comment.row, f"write this marker as a line of its own, exactly `{exact}`")


def _pairs(marks: Marks) -> Iterator[tuple[Comment, Comment]]:
    opened: Comment | None = None
    for comment in marks.comments:
        if comment.text == BEGIN:
            if opened is not None:
                marks.wrong(
                    comment.row,
                    f"BEGIN SOLUTION inside the region that line {opened.row} opened: regions do not nest. "
                    f"Close the first with a line `{END}`",
                )
            opened = comment
        elif comment.text == END:
            if opened is None:
                marks.wrong(
                    comment.row, f"END SOLUTION without a line `{BEGIN}` above it: add one, or delete this line"
                )
            yield opened, comment
            opened = None
    if opened is not None:
        marks.wrong(opened.row, f"this region is never closed: add a line `{END}` below the answer")


def _refuse_stray_hints(marks: Marks, pairs: list[tuple[Comment, Comment]]) -> None:
    for comment in marks.comments:
        inside = any(begin.row < comment.row < end.row for begin, end in pairs)
        if comment.text.startswith(HINT) and not inside:
            marks.wrong(comment.row, f"a hint outside a region would stand in the stub: move it below `{BEGIN}`")


def _region(tree: ast.Module, marks: Marks, begin: Comment, end: Comment) -> Region:
    if marks.code.isdisjoint(range(begin.row + 1, end.row)):
        marks.wrong(begin.row, "this region holds no code: write the answer between the markers")
    name, covered = _covered(tree, marks, begin, end)
    if begin.indent != end.indent:
        marks.wrong(end.row, f"indent this line like the `{BEGIN}` of line {begin.row}")
    if not name:
        marks.wrong(begin.row, "a region outside a function: put it inside the function that a learner writes")
    rows = [(row, indent) for row, indent in marks.indents if begin.row < row < end.row]
    if rows[0][1] != begin.indent:
        marks.wrong(begin.row, f"indent this line like the code of line {rows[0][0]}")
    for row, indent in rows:
        if not indent.startswith(begin.indent):
            marks.wrong(row, f"this line leaves the block in which the region of line {begin.row} begins")
    _refuse_docstring(marks, covered)
    return Region(name, begin.row, end.row, begin.indent, tuple(_hints(marks, begin, end)))


def _covered(tree: ast.Module, marks: Marks, begin: Comment, end: Comment) -> tuple[str, list[ast.stmt]]:
    """Return the function of a region (empty: none), and the first statement of its block where it is covered."""
    name, in_function, suite = "", False, tree.body
    while True:
        touched = [node for node in suite if start(node) < end.row and (node.end_lineno or 0) > begin.row]
        covered = [node for node in touched if start(node) > begin.row and (node.end_lineno or 0) < end.row]
        if covered and covered == touched:
            docstring = covered[0] is suite[0] and suite is not tree.body
            return name if in_function else "", covered[:1] if docstring else []
        if len(touched) > 1 or covered:
            marks.wrong(
                begin.row, f"this region cuts the statement of line {start(touched[0])}: cover whole statements"
            )
        node = touched[0]
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not in_function:
            name = f"{name}.{node.name}".lstrip(".")
            in_function = not isinstance(node, ast.ClassDef)
        suite = _inner(node, marks, begin, end)


def _inner(node: ast.stmt, marks: Marks, begin: Comment, end: Comment) -> list[ast.stmt]:
    """Return the one block of a compound statement that a region reaches into."""
    suites = [
        suite
        for suite in _suites(node)
        if any(start(inner) < end.row and (inner.end_lineno or 0) > begin.row for inner in suite)
    ]
    if len(suites) != 1:
        marks.wrong(begin.row, f"this region cuts the statement of line {start(node)}: cover whole statements")
    return suites[0]


def _suites(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        suite = getattr(node, name, None)
        if isinstance(suite, list) and suite:
            yield suite
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _refuse_docstring(marks: Marks, first: list[ast.stmt]) -> None:
    for node in first:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            marks.wrong(node.lineno, f"the docstring is the contract and stays in the stub: move it above `{BEGIN}`")


def _hints(marks: Marks, begin: Comment, end: Comment) -> Iterator[str]:
    inside = {comment.row: comment for comment in marks.comments if begin.row < comment.row < end.row and comment.alone}
    for row, comment in inside.items():
        if not comment.text.startswith(HINT):
            continue
        words = [comment.text.removeprefix(HINT).strip()]
        while (following := inside.get(row := row + 1)) and following.text.startswith(CONTINUED):
            words.append(following.text.removeprefix(CONTINUED).rstrip())
        text = " ".join(words).strip()
        if not text:
            marks.wrong(comment.row, "an empty hint: write what it says, or delete the line")
        yield text
