"""Take the module out of a Jupyter notebook: imports, definitions and constants of its code cells.

Runs in a worker that never loads learner code. The format is nbformat 4 (nbformat's documentation, "The notebook file
format"); of a cell only `cell_type` and `source` are looked at.
"""

import ast
import json
import re
from collections.abc import Sequence
from typing import Any

MAGIC = re.compile(r"^\s*(?:[%!?]|\w[\w.]*\?{1,2}\s*$|[\w, ]+=\s*[%!])")
CODING = re.compile(r"^\s*#.*?coding[:=]")  # a notebook is UTF-8, whatever a cell says (PEP 263)
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class NotANotebook(ValueError):
    """The bytes are none. The text says why, for the learner."""


def module(data: bytes) -> tuple[str, list[int]]:
    """Return the text of all code cells, one below the other, and the line at which each begins, counted from 1.

    Raises NotANotebook.
    """
    text, begins = [], []
    line = 1
    for cell in _code_cells(data):
        lines = _without_magics(cell)
        begins.append(line)
        text += lines
        line += len(lines)
    text[:2] = ["" if CODING.match(row) else row for row in text[:2]]
    return "\n".join(text) + "\n", begins


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


def _code_cells(data: bytes) -> list[str]:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotANotebook("it is not saved as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise NotANotebook("it is not JSON; it may have been cut off, or saved with merge conflicts in it") from error
    cells = found.get("cells") if isinstance(found, dict) else None
    if not isinstance(cells, list):
        raise NotANotebook("it has no list of cells; open it in Jupyter and save it again")
    return [_source(cell) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NotANotebook("a code cell's source is no text; open it in Jupyter and save it again")
    return source.encode("utf-8", "replace").decode()  # JSON can hold half a character


def _without_magics(source: str) -> list[str]:
    """Return a cell's lines, those empty that only Jupyter understands."""
    lines = re.split(r"\r\n|\n|\r", source)
    first = next((line.lstrip() for line in lines if line.strip()), "")
    if first.startswith("%%"):
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
