"""Read a submission's syntax tree without running it, in a worker that loads no learner code: so it is believed."""

import ast
import marshal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from grader.worker.guest import notebook as notebooks
from grader.worker.guest.definitions import Definition, Definitions
from grader.worker.guest.load import decode, encoding_of
from grader.worker.guest.outline import outline, strayed

MAX_USES = 5000  # uses that were left out could be of what is forbidden
CROWDED = f"This file uses other modules in more than {MAX_USES} places. Write it in fewer lines."
GBK, UTF16 = "GBK", "UTF-16"
DEEP = 20_000
NESTED = "An expression in this file is nested too deeply to be read. Write it in several lines."


def scan(source: bytes, filename: str, *, notebook: bool = False, ran: bytes = b"") -> dict[str, Any]:
    """Return what stands in a module, or the problem that keeps it from being read.

    `defs`: qualified name -> [first line, last line, digest, unwritten]; lines count from 1, decorators included;
    unwritten: the line of the stub's that is in it still, or 0. `bases`: class -> names of its bases.
    `twice`: name -> the line of each definition, where a later one in the same place took the name.
    `selfless`: methods that take no `self`. `parameters`: function -> their names.
    `empty`: whether the module says nothing at all.
    `outline`: of a file that is no Python, name -> [first line, last line] by the looks of it.
    `uses`: [line, dotted name] of everything imported or reached through an import, aliases resolved.
    `names`: the module's top-level names. `problem`: None, or {what, line, column, message, text}.
    `code`: the compiled module, marshalled, for the workers that will run it; nobody else may read it.
    `encoding`: the one that the source is read in, of a file that can be read.
    notebook: take the module out of a notebook first; then there are also `text`, the module's, and `cells`, the lines
    at which its code cells begin. ran: a notebook of the cells that a kernel has run; they come below what is in the
    file, and what they define anew is left out there. Then there are `text` and `cells` of both, and `numbers`: of each
    cell, the 7 of `In [7]`, or 0.
    """
    try:
        if ran:
            return _with_cells(source, filename, ran, notebook=notebook)
        if not notebook:
            text = decode(source)
            if "\0" in text and _guess(source):
                return _encoding(source, 1)
            return {**_read(text, filename), "encoding": encoding_of(source)}
        made = notebooks.module(source)
        read = _read(made.text, filename, kept=notebooks.kept)
        return {**read, "text": made.text.encode(), "cells": made.begins}
    except notebooks.NotANotebook as error:
        return _problem("notebook", message=str(error))
    except UnicodeDecodeError as error:
        return _encoding(source, source[: error.start].count(b"\n") + 1)
    except SyntaxError:  # of the coding line
        return _encoding(source, _first_bad_line(source))
    except LookupError:  # a coding line that names no encoding of text
        return _encoding(source, 1)
    except (RecursionError, MemoryError):
        return _problem("syntax", message=NESTED)


def _with_cells(source: bytes, filename: str, ran: bytes, *, notebook: bool) -> dict[str, Any]:
    """Read a file with cells below it. A cell that is no Python was not run, and a kernel has said so."""
    below = notebooks.module(source, readable=True) if notebook else notebooks.Module(decode(source), [], [])
    made = notebooks.module(ran).on_top_of(below.text, below.begins)
    first = made.begins[len(below.begins)] if len(made.begins) > len(below.begins) else made.text.count("\n") + 1
    read = _read(made.text, filename, kept=notebooks.kept_on_top(first, notebook=notebook))
    return {**read, "text": made.text.encode(), "cells": made.begins, "numbers": made.numbers}


def _read(
    text: str, filename: str, kept: Callable[[Sequence[ast.stmt]], list[ast.stmt]] | None = None
) -> dict[str, Any]:
    """Read a module's text. kept: chooses the statements that count; all, if not given."""
    if "\0" in text:
        return _problem("null", line=text[: text.index("\0")].count("\n") + 1)
    try:
        tree = ast.parse(text, filename)
        if kept is not None:
            tree.body = kept(tree.body)
        code = compile(tree, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        return {**_syntax(error, text.split("\n")), "outline": outline(text.split("\n"))}
    return {**_found(tree), "code": marshal.dumps(code)}


def _found(tree: ast.Module) -> dict[str, Any]:
    definitions = Definitions()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEP)  # a sum of 400 terms is 400 levels deep in the tree, and good Python
    try:
        definitions.collect(tree.body)
        uses = _uses(tree)
        if len(uses) > MAX_USES:
            return _problem("syntax", message=CROWDED)
        facts = {"uses": uses, "names": sorted(_top_level(tree)), "empty": _says_nothing(tree)}
        return {"problem": None, **definitions.facts(), **facts}
    except RecursionError:
        return _problem("syntax", message=NESTED)
    finally:
        sys.setrecursionlimit(limit)


def _says_nothing(tree: ast.Module) -> bool:
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in tree.body)


def _problem(what: str, **facts: Any) -> dict[str, Any]:
    blank = {"what": what, "line": 0, "column": 0, "message": "", "text": "", "before": ""}
    return {"problem": {**blank, **facts}, **Definitions().facts(), "uses": [], "names": [], "empty": False}


def _syntax(error: SyntaxError, lines: list[str]) -> dict[str, Any]:
    line = error.lineno or 0
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    before = lines[line - 2] if 1 < line <= len(lines) else ""
    column = error.offset or 0
    if isinstance(error, IndentationError) and error.msg.startswith("unindent"):
        column = len(text) - len(text.lstrip()) + 1  # Python points at the end of the line
    stray = strayed(lines, line) if isinstance(error, IndentationError) else None
    if stray is not None:
        row, name = stray
        return _problem("margin", line=row, message=name, text=lines[row - 1][:300])
    return _problem(
        "syntax", line=line, column=column, message=str(error.msg)[:300], text=text[:300], before=before[:300]
    )


def _encoding(source: bytes, line: int) -> dict[str, Any]:
    """Say which line cannot be read and from which column on; the line in the encoding that the file seems to have."""
    guess = _guess(source)
    bad = source.split(b"\n")[line - 1]
    column = next((index for index, byte in enumerate(bad, 1) if byte > 127), 1)
    text = bad.decode("gbk").rstrip("\r") if guess == GBK else ""
    return _problem("encoding", line=line, column=column, message=guess, text=text[:300])


def _guess(source: bytes) -> str:
    """Return the encoding that a file seems to be saved in: UTF-16 or GBK; nothing where that is not clear."""
    if source.startswith((b"\xff\xfe", b"\xfe\xff")) or source.count(0) > len(source) // 3:
        return UTF16
    try:
        text = source.decode("gbk")
    except UnicodeDecodeError:
        return ""
    foreign = [character for character in text if character > "\x7f"]
    usual = "".join(foreign).encode("gb2312", "ignore").decode("gb2312")  # of Big5, say, hardly anything would be left
    return GBK if foreign and len(usual) > len(foreign) * 9 // 10 else ""


def _first_bad_line(source: bytes) -> int:
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        return source[: error.start].count(b"\n") + 1
    return 1


def _top_level(tree: ast.Module) -> set[str]:
    names = {node.name for node in tree.body if isinstance(node, Definition)}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _uses(tree: ast.Module) -> list[list[Any]]:
    aliases = _aliases(tree)
    uses = {(getattr(node, "lineno", 0), name) for node in ast.walk(tree) for name in _used(node, aliases)}
    return [list(use) for use in sorted(uses)]


def _aliases(tree: ast.Module) -> dict[str, str]:
    """Local name -> dotted name, for everything the module imports under any name."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                aliases[name.asname or name.name.partition(".")[0]] = (
                    name.name if name.asname else name.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                aliases[name.asname or name.name] = f"{node.module}.{name.name}"
    return aliases


def _used(node: ast.AST, aliases: dict[str, str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{name.name}" for name in node.names]
    if isinstance(node, ast.Attribute | ast.Name):
        dotted = _dotted(node, aliases)
        return [dotted] if dotted else []
    return []


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value, aliases)
        return f"{base}.{node.attr}" if base else ""
    return ""
