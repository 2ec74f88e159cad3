"""Take the module out of a Jupyter notebook: imports, definitions and constants of its code cells.

Runs in a worker that never loads learner code. The format is nbformat 4 or 3 (nbformat's documentation, "The notebook
file format"); of a cell only its kind, its source and, of one that a kernel has run, its number are looked at.
"""

import ast
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

MAGIC = re.compile(r"^\s*(?:[%!?]|\w[\w.]*\?{1,2}\s*$|[\w, ]+=\s*[%!])")
CELL_MAGIC = re.compile(r"\s*%%(\w+)")
AROUND = ("capture", "grade", "prun", "time")  # cell magics whose cell is Python, and counts
CODING = re.compile(r"^\s*#.*?coding[:=]")  # a notebook is UTF-8, whatever a cell says (PEP 263)
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
DEFINITIONS = (ast.Import, ast.ImportFrom, *NAMED)
LINE_END = re.compile(r"\r\n|\n|\r")


class NotANotebook(ValueError):
    """The bytes are none. The text says why, for the learner."""


@dataclass(frozen=True)
class Module:
    """The text of all code cells, one below the other.

    begins: the line at which each cell begins, counted from 1. numbers: of each cell, the 7 of `In [7]`; 0 for none.
    """

    text: str
    begins: list[int]
    numbers: list[int]

    def on_top_of(self, text: str, begins: Sequence[int]) -> "Module":
        """Return a module with these cells below another text. begins: of the cells of that one."""
        lines = LINE_END.split(text.removesuffix("\n"))
        shifted = [begin + len(lines) for begin in self.begins]
        numbers = [*(0 for _ in begins), *self.numbers]
        return Module("\n".join(lines) + "\n" + self.text, [*begins, *shifted], numbers)


def module(data: bytes, *, readable: bool = False) -> Module:
    """Take the code cells out of a notebook. readable: leave out those that are no Python. Raises NotANotebook."""
    text, begins, numbers = [], [], []
    line = 1
    for cell, number in _code_cells(data):
        lines = _without_magics(cell)
        if readable and not _is_python("\n".join(lines)):
            continue
        begins.append(line)
        numbers.append(number)
        text += lines
        line += len(lines)
    text[:2] = ["" if CODING.match(row) else row for row in text[:2]]
    return Module("\n".join(text) + "\n", begins, numbers)


def kept_on_top(line: int, *, notebook: bool) -> Callable[[Sequence[ast.stmt]], list[ast.stmt]]:
    """Return what chooses the statements of a file with cells below it: the cells begin at a line.

    notebook: what stands above them is one, too. What the cells define anew is left out above.
    """

    def chosen(body: Sequence[ast.stmt]) -> list[ast.stmt]:
        above = [node for node in body if node.lineno < line]
        all_kept = kept(body) if notebook else [*above, *kept(body[len(above) :])]
        return [node for at, node in enumerate(all_kept) if not _replaced(node, all_kept[at + 1 :], line)]

    return chosen


def _replaced(node: ast.stmt, after: Sequence[ast.stmt], line: int) -> bool:
    """Say whether a cell defines the same name again, and nothing in between has made something of it."""
    if not isinstance(node, NAMED):
        return False
    again = [at for at, other in enumerate(after) if isinstance(other, NAMED) and other.name == node.name]
    again = [at for at in again if after[at].lineno >= line]
    between = after[: again[-1]] if again else ()
    return bool(again) and not any(
        node.name in _loaded(other) for other in between if not isinstance(other, ast.FunctionDef)
    )


def kept(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the top-level statements that belong to the module: what only tries things out is left out.

    That is: imports and definitions; assignments to names in capitals, or without any call; a choice between such.
    What is made of something left out, or looks into a variable that a loop may have filled, is left out, too.
    """
    left_out, variables, chosen = set[str](), set[str](), []
    for node in body:
        is_definition = isinstance(node, DEFINITIONS)
        if _belongs(node) and (is_definition or not (_loaded(node) & left_out or _looked_into(node) & variables)):
            chosen.append(node)
            left_out -= _bound(node)
            variables = variables - _bound(node) if is_definition else variables | _bound(node)
        else:
            left_out |= _bound(node)
    return chosen


def _belongs(node: ast.stmt) -> bool:
    if isinstance(node, DEFINITIONS):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(_is_constant(target) for target in targets) or not _calls(node)
    if isinstance(node, ast.If | ast.Try):
        parts = [*node.body, *node.orelse]
        if isinstance(node, ast.Try):
            parts += [*node.finalbody, *(inner for handler in node.handlers for inner in handler.body)]
        return all(_belongs(inner) or isinstance(inner, ast.Pass) for inner in parts)
    return False


def _is_constant(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id.isupper()


def _calls(node: ast.AST) -> bool:
    """Say whether something is computed: then it is a trial, unless its name says that it is a constant."""
    return any(isinstance(part, ast.Call | ast.Await | ast.NamedExpr | ast.comprehension) for part in ast.walk(node))


def _loaded(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def _looked_into(node: ast.AST) -> set[str]:
    """Return the names of which an item is taken, or an item or attribute is changed."""
    return {
        part.value.id
        for part in ast.walk(node)
        if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.value, ast.Name)
        if isinstance(part, ast.Subscript) or isinstance(part.ctx, ast.Store)
    }


def _bound(node: ast.AST) -> set[str]:
    """Return the names that a statement gives a value."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    names |= {alias.asname or alias.name.partition(".")[0] for alias in getattr(node, "names", ()) if alias}
    return names | ({node.name} if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else set())


def _code_cells(data: bytes) -> list[tuple[str, int]]:
    """Return the source of each code cell, and the number that a kernel gave it."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotANotebook("it is not saved as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise NotANotebook("it is not JSON; it may have been cut off, or saved with merge conflicts in it") from error
    cells = _cells(found) if isinstance(found, dict) else None
    if not isinstance(cells, list):
        raise NotANotebook("it has no list of cells; open it in Jupyter and save it again")
    code = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return [(_source(cell), _number(cell)) for cell in code]


def _cells(found: dict[str, Any]) -> Any:
    """Return the list of cells: of nbformat 3 those of all sheets; None where there is none."""
    sheets = found.get("worksheets")
    if "cells" in found or not isinstance(sheets, list):
        return found.get("cells")
    lists = [sheet["cells"] for sheet in sheets if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)]
    return [cell for cells in lists for cell in cells] if lists else None


def _number(cell: dict[str, Any]) -> int:
    number = cell.get("execution_count")
    return number if isinstance(number, int) and 0 < number < 1 << 31 else 0


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))  # nbformat 3 says input
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NotANotebook("a code cell's source is no text; open it in Jupyter and save it again")
    return source.encode("utf-8", "replace").decode()  # JSON can hold half a character


def _without_magics(source: str) -> list[str]:
    """Return a cell's lines, those empty that only Jupyter understands."""
    lines = LINE_END.split(source)
    at, first = next(((at, line) for at, line in enumerate(lines) if line.strip()), (0, ""))
    if magic := CELL_MAGIC.match(first):
        if magic[1] not in AROUND:
            return ["" for _ in lines]
        lines[at] = ""
        return _without_magics("\n".join(lines))
    if first.lstrip().startswith("%%"):
        return ["" for _ in lines]
    if _is_python(source):  # a line of a text, or of an expression, may begin with a per cent sign
        return lines
    return ["" if MAGIC.match(line) else line for line in lines]


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
