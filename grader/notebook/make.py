"""Make a notebook from the text of a unit's file. The text is cut at its `# %%` lines and never parsed.

Ids are made of the exercises and of the order, so that the same file makes the same bytes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

MARK = re.compile(r"# ?%%(?P<prose> *\[(?:markdown|md)\])?")
LOAD = "%load_ext grader.notebook"
EXPLORE = """%load_ext autoreload
%autoreload 2
import sys
sys.path.insert(0, "../{folder}")
from {module} import *"""
Cell = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """What stands between two marks of a file. first: its first line, counted from 1."""

    is_prose: bool
    first: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The cell's text: of prose without the comment signs, without empty rows around it."""
        lines = [re.sub(r"^# ?", "", line) for line in self.lines] if self.is_prose else list(self.lines)
        return "\n".join(lines).strip("\n")

    def holds(self, line: int) -> bool:
        """Say whether a line of the file is in it."""
        return self.first <= line < self.first + len(self.lines)


def pieces(lines: Sequence[str]) -> Iterator[Piece]:
    """Yield the cells of a percent file; what stands above the first mark is code."""
    is_prose, first = False, 1
    for row, line in enumerate(lines, 1):
        if mark := MARK.match(line):
            yield Piece(is_prose, first, tuple(lines[first - 1 : row - 1]))
            is_prose, first = bool(mark["prose"]), row + 1
    yield Piece(is_prose, first, tuple(lines[first - 1 :]))


def to_answer(lines: Sequence[str], exercises: Mapping[str, int], about: str) -> bytes:
    """Return a notebook to answer in: the file's cells, and `%grade` below each one that holds an exercise.

    exercises: id -> the line where it begins. about: what the learner is told at the top.
    """
    cells = [_code("load", LOAD), _prose("about", about)]
    for number, piece in enumerate((piece for piece in pieces(lines) if piece.text.strip()), 1):
        cells.append((_prose if piece.is_prose else _code)(f"cell-{number:02}", piece.text))
        cells += [_asked(name) for name, line in exercises.items() if not piece.is_prose and piece.holds(line)]
    return _written(cells)


def to_explore(lines: Sequence[str], exercises: Mapping[str, int], about: str, folder: str, module: str) -> bytes:
    """Return a notebook to explore answers in that stay in the file: it imports them, and has a cell to try each."""
    cells = [_code("load", LOAD), _prose("about", about)]
    cells.append(_code("answers", EXPLORE.format(folder=folder, module=module)))
    for number, piece in enumerate((piece for piece in pieces(lines) if piece.text.strip()), 1):
        if piece.is_prose:
            cells.append(_prose(f"cell-{number:02}", piece.text))
            continue
        for name, line in exercises.items():
            if piece.holds(line):
                cells += [_code(f"try-{_id(name)}", f"# Try {name} here."), _asked(name)]
    return _written(cells)


def _asked(exercise: str) -> Cell:
    return _code(f"grade-{_id(exercise)}", f"%grade {exercise}")


def _id(exercise: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "-", exercise)[:50]


def _code(name: str, text: str) -> Cell:
    return _v4().new_code_cell(text, id=name)


def _prose(name: str, text: str) -> Cell:
    return _v4().new_markdown_cell(text, id=name)


def _written(cells: list[Cell]) -> bytes:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    v4 = _v4()
    return (v4.writes(v4.new_notebook(cells=cells, metadata=metadata)) + "\n").encode()


def _v4() -> Any:
    """Load the module of nbformat 4, which takes its time and has no types."""
    return import_module("nbformat.v4")
