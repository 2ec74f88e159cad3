"""A learner's file as its lines are named to them: by line, in a notebook by code cell and line."""

import bisect
from dataclasses import dataclass

from grader.model import RAN, Location


@dataclass(frozen=True)
class Text:
    """name: the file as the learner would type it. lines: of the module.

    cells: for a notebook, the module's line at which each code cell begins; lines and cells count from 1.
    numbers: of each cell, the 7 of `In [7]` where a kernel has run it, else 0; or nothing.
    """

    name: str = ""
    lines: tuple[str, ...] = ()
    cells: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()

    def place(self, line: int) -> tuple[int, int]:
        """Return code cell and line in it; cell 0 and the line itself where there are no cells."""
        cell = bisect.bisect_right(self.cells, line)
        return (cell, line - self.cells[cell - 1] + 1) if cell else (0, line)

    def of(self, line: int) -> str:
        """Return a line; empty where there is none."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""

    def location(self, line: int, function: str = "", *, last: int = 0) -> Location:
        """Return the place of one of the module's lines. last: where it ends; in a notebook inside the same cell."""
        cell, inside = self.place(line)
        end_cell, end = self.place(last)
        end = end if last > line and end_cell == cell else 0
        number = self.numbers[cell - 1] if cell and self.numbers else 0
        file = f"{RAN}{number}]" if number else self.name
        return Location(file=file, cell=cell, line=inside, end=end, function=function, text=self.of(line).strip())


NO_TEXT = Text()
