"""Parse a solution file: its definitions, its answer regions with their hints, and its percent cells.

Markers are whole-line comments, found by the tokenizer, so one inside a string is text. Where a region belongs is read
from the syntax tree. The file is never run. Every error is a CourseError that names file and line and says what to do.
"""

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from grader.author import regions
from grader.author.regions import Region
from grader.errors import CourseError
from grader.qualnames import is_in

Function = ast.FunctionDef | ast.AsyncFunctionDef
CELL = re.compile(r"# ?%%(?P<title>.*)")
MARKDOWN = re.compile(r"\[(markdown|md)\]")


@dataclass(frozen=True)
class Definition:
    """A function, class or method. first, last: its lines from 1, decorators included. doc: cleaned of its indent."""

    name: str
    first: int
    last: int
    signature: str
    doc: str
    is_class: bool = False


@dataclass(frozen=True)
class PercentCell:
    """One percent cell. first, last: its lines without the marker; `last < first` where it is empty."""

    markdown: bool
    title: str
    first: int
    last: int


@dataclass(frozen=True)
class PercentFile:
    """A solution, or a stub, as its author wrote it. lines: with their endings. regions: in the order of the file."""

    path: Path
    lines: tuple[str, ...]
    definitions: dict[str, Definition]
    names: frozenset[str]
    regions: tuple[Region, ...]
    cells: tuple[PercentCell, ...]

    def regions_of(self, answer: str) -> tuple[Region, ...]:
        """Return the region of a function, or those of all methods of a class."""
        return tuple(region for region in self.regions if is_in(region.name, answer))

    def hints(self, answer: str) -> tuple[str, ...]:
        """Return an answer's hints, the vaguest first."""
        return tuple(hint for region in self.regions_of(answer) for hint in region.hints)


def read(path: Path) -> PercentFile:
    """Read and parse a solution. Raises CourseError, naming file and line."""
    return parse(read_text(path), path)


def read_text(path: Path) -> str:
    """Return a file's text with its line endings and byte order mark as they are. Raises CourseError."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise CourseError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CourseError(f"{path}:{line}: this is not UTF-8. Save the file as UTF-8.") from error


def parse(text: str, path: Path) -> PercentFile:
    """Parse a solution's text. path: named in errors only. Raises CourseError, naming file and line."""
    if "\0" in text:
        _wrong(path, text[: text.index("\0")].count("\n") + 1, "a null byte: a solution must be a plain text file")
    lines = split_lines(text)
    plain = "".join(f"{bare(line)}\n" for line in lines).removeprefix("\ufeff")
    try:
        tree = ast.parse(plain, str(path))
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}. A solution must be a Python file that runs.") from error
    tokens = list(tokenize.generate_tokens(io.StringIO(plain).readline))
    return PercentFile(
        path=path,
        lines=tuple(lines),
        definitions={found.name: found for found in _definitions(tree.body, "")},
        names=frozenset(_names(tree)),
        regions=regions.find(tree, tokens, path),
        cells=tuple(_cells(tree, tokens, lines, path)),
    )


def code_of(tree: ast.Module) -> str:
    """Return the code of a module, without its docstrings and comments; the tree loses its docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


def split_lines(text: str) -> list[str]:
    """Split as Python does, at line feeds and carriage returns only, and keep the endings."""
    return list(io.StringIO(text, newline=""))


def bare(line: str) -> str:
    """Return a line without its ending."""
    return line.rstrip("\r\n")


def _definitions(body: list[ast.stmt], prefix: str) -> Iterator[Definition]:
    """Yield functions, classes and methods; functions inside functions belong to the outer one."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef):
            yield _definition(node, prefix)
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _definitions(node.body, prefix)


def _definition(node: Function | ast.ClassDef, prefix: str) -> Definition:
    return Definition(
        name=f"{prefix}{node.name}",
        first=regions.start(node),
        last=node.end_lineno or node.lineno,
        signature=_signature(node),
        doc=inspect.cleandoc(ast.get_docstring(node) or ""),
        is_class=isinstance(node, ast.ClassDef),
    )


def _signature(node: Function | ast.ClassDef) -> str:
    """Return `def softmax(scores: np.ndarray) -> np.ndarray` on one line, without decorators and colon."""
    fields = {name: value for name, value in ast.iter_fields(node) if name not in ("body", "decorator_list")}
    header = type(node)(**fields, body=[ast.Pass()], decorator_list=[])
    return ast.unparse(ast.fix_missing_locations(header)).splitlines()[0].removesuffix(":")


def _names(tree: ast.Module) -> Iterator[str]:
    """Yield every name that the module or one of its classes binds by assignment, `Value.__radd__` among them."""
    owners = [("", tree.body), *((f"{node.name}.", node.body) for node in tree.body if isinstance(node, ast.ClassDef))]
    for prefix, body in owners:
        for node in body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            yield from (f"{prefix}{target.id}" for target in targets if isinstance(target, ast.Name))


def cells(text: str, path: Path) -> tuple[PercentCell, ...]:
    """Return the percent cells of a solution or a stub. Raises CourseError, naming file and line."""
    return parse(text, path).cells


def _cells(tree: ast.Module, tokens: list[tokenize.TokenInfo], lines: list[str], path: Path) -> Iterator[PercentCell]:
    """Yield the cells; what stands above the first marker is a code cell of its own unless it is blank."""
    marks = [(row, match["title"].strip()) for row, match in _cell_marks(tokens)]
    for row, _ in marks:
        _refuse_inside(tree, row, path)
    rows = [0, *(row for row, _ in marks), len(lines) + 1]
    titles = ["", *(title for _, title in marks)]
    for title, above, below in zip(titles, rows, rows[1:], strict=False):
        markdown = bool(MARKDOWN.search(title))
        cell = PercentCell(markdown, MARKDOWN.sub("", title).strip(), above + 1, below - 1)
        if markdown:
            _refuse_code(lines, cell, path)
        if above or "".join(lines[: below - 1]).strip("\ufeff \t\r\n\f"):
            yield cell


def _cell_marks(tokens: list[tokenize.TokenInfo]) -> Iterator[tuple[int, re.Match[str]]]:
    for token in tokens:
        if token.type == tokenize.COMMENT and token.start[1] == 0:
            match = CELL.fullmatch(token.string)
            if match:
                yield token.start[0], match


def _refuse_inside(tree: ast.Module, row: int, path: Path) -> None:
    for node in tree.body:
        if regions.start(node) < row <= (node.end_lineno or 0):
            _wrong(path, row, "a cell marker inside a statement: a cell of a notebook must hold whole statements")


def _refuse_code(lines: list[str], cell: PercentCell, path: Path) -> None:
    for row in range(cell.first, cell.last + 1):
        line = lines[row - 1].strip()
        if line and not line.startswith("#"):
            _wrong(path, row, "code in a markdown cell: begin a code cell above it with a line `# %%`")


def _wrong(path: Path, line: int, message: str) -> NoReturn:
    raise CourseError(f"{path}:{line}: {message}.")
