"""What is drawn: a figure is panels, a panel is data and labels. A number that is none is nan, and leaves a gap."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.language import phrase


@dataclass(frozen=True)
class Series:
    """A row of numbers with a name, and where they stand; nan is a gap. other: our solution's. pale: it lies behind."""

    name: str
    ys: Any  # (N,) float64
    xs: Any  # (N,) float64
    other: bool = False
    pale: bool = False


@dataclass(frozen=True)
class Panel:
    """One picture. x, y: what the axes show, with the unit. lost: how many numbers were none."""

    title: str = ""
    x: str = ""
    y: str = ""
    lost: int = 0


@dataclass(frozen=True)
class Curves(Panel):
    """Curves over steps, or over whatever x is. lines: levels by name. log: the axes that have powers of ten."""

    curves: tuple[Series, ...] = ()
    lines: Mapping[str, float] = field(default_factory=dict)
    log: str = ""


@dataclass(frozen=True)
class Heat(Panel):
    """A table in colours (R, C). rows, columns: names of its lines. unit: of the colours. centre: 0 has no colour.

    top: what has the last colour, instead of the largest number. marks: short texts in the cells, R rows of C, or none.
    """

    values: Any = None
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    unit: str = ""
    top: float = 0.0
    centre: bool = False
    marks: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Histograms(Panel):
    """How often numbers occur, one curve a series. span: from where to where; None for all that there is."""

    values: tuple[Series, ...] = ()
    span: tuple[float, float] | None = None


@dataclass(frozen=True)
class Bars(Panel):
    """Bars by name, a group for each name. names: of the groups. percent: the numbers are shares."""

    bars: tuple[Series, ...] = ()
    names: tuple[str, ...] = ()
    percent: bool = False


@dataclass(frozen=True)
class Graph(Panel):
    """Nodes and who feeds whom. nodes: lines of text, and a kind: `value`, `op`, `in`. edges: from, to."""

    nodes: tuple[tuple[tuple[str, ...], str], ...] = ()
    edges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Plane(Panel):
    """Points of some classes, and which class wins where.

    ground: (R, C) classes, the first row at the bottom; None where nothing wins. labels: of points, in their place.
    """

    points: Any = None
    classes: tuple[int, ...] = ()
    ground: Any = None
    across: tuple[float, float] = (0, 1)
    up: tuple[float, float] = (0, 1)
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tokens(Panel):
    """Rows of tokens, each row with a name before it."""

    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Figure:
    """A picture with a title and a note below it. columns: panels in a row; 0 for as many as look well."""

    title: str
    panels: tuple[Panel, ...]
    note: str = ""
    columns: int = 0

    @property
    def lost(self) -> int:
        """How many numbers were none."""
        return sum(panel.lost for panel in self.panels)


def beside(yours: Figure, ours: Figure) -> Figure:
    """Return the figure of a learner with that of our solution in it: curves in one, other panels side by side."""
    panels: list[Panel] = []
    for mine, other in zip(yours.panels, ours.panels, strict=True):
        if isinstance(mine, Curves) and isinstance(other, Curves):
            theirs = tuple(
                replace(one, name=phrase("{name}, reference", name=one.name), other=True) for one in other.curves
            )
            panels.append(replace(mine, curves=(*mine.curves, *theirs)))
        else:
            panels.append(replace(mine, title=phrase("{name}, yours", name=mine.title)))
            panels.append(replace(other, title=phrase("{name}, reference", name=other.title)))
    return replace(yours, panels=tuple(panels))
