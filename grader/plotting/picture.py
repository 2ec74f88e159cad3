"""A figure as a PNG or SVG: the paper, the places of the panels, the title. `panels.py` draws what is in them."""

import io
import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.language import phrase
from grader.plotting import panels
from grader.plotting.figure import Figure, Graph, Heat, Panel, Tokens
from grader.plotting.graphs import extent
from grader.plotting.look import Look, look
from grader.report.style import wrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Paper

ENDS = (".png", ".svg")
DPI = 150
WIDE, HIGH = 4.6, 3.7  # inches of a panel among several
ALONE = (8.0, 4.8)
UNIT = 13.0  # characters of the title that fit into an inch, at its size


def picture(figure: Figure, kind: str, *, dark: bool = False) -> bytes:
    """Return the picture's bytes. kind: `.png` or `.svg`. The same figure gives the same bytes."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Paper

    style = look(dark=dark)
    file = io.BytesIO()
    settings = {**mpl.rcParamsDefault, "backend": mpl.rcParams["backend"], **style.settings}
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a font has not every letter that a learner's text has
        rows, columns = _grid(figure)
        paper = Paper(figsize=_size(figure, rows, columns), layout="constrained")
        FigureCanvasAgg(paper)
        _filled(paper, figure, (rows, columns), style)
        nothing = {"Date": None} if kind == ".svg" else {"Software": None}
        paper.savefig(file, format=kind[1:], dpi=DPI, metadata=nothing)
    return file.getvalue()


def write(figure: Figure, path: Path, *, dark: bool = False) -> None:
    """Write a picture; its kind is told by the name's end. Raises OSError."""
    data = picture(figure, path.suffix.lower(), dark=dark)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _grid(figure: Figure) -> tuple[int, int]:
    count = len(figure.panels)
    columns = figure.columns or (count if count <= 3 else 2 if count == 4 else 3 if count <= 9 else 4)
    columns = min(columns, count)
    return math.ceil(count / columns), columns


def _size(figure: Figure, rows: int, columns: int) -> tuple[float, float]:
    """Return inches across and down."""
    wide, high = ALONE if rows == columns == 1 else (WIDE * columns, HIGH * rows)
    own = [_own(panel) for panel in figure.panels]
    if any(own):
        wide = max(wide if rows * columns > 1 else 0.0, *(columns * one[0] for one in own if one))
        high = sum(max([(one or (0, HIGH))[1] for one in own[at : at + columns]]) for at in range(0, len(own), columns))
    note = len(wrap(figure.note, int(wide * UNIT))) if figure.note else 0
    return min(max(wide, 6.0), 24.0), min(high + 0.5 + 0.25 * note, 24.0)


def _own(panel: Panel) -> tuple[float, float] | None:
    """Return inches that a panel asks for, where its content decides."""
    if isinstance(panel, Graph):
        return extent(panel)
    if isinstance(panel, Tokens):
        return 10.0, 0.4 + panels.rows_of(panel) * panels.ROW
    if isinstance(panel, Heat):
        high, wide = panel.values.shape
        if panel.marks:
            return max(5.0, 0.32 * wide + 1.6), max(3.6, 0.31 * high + 1.4)
        return (5.2, 4.6) if max(high, wide) > 12 else None
    return None


def _filled(paper: "Paper", figure: Figure, grid: tuple[int, int], style: Look) -> None:
    rows, columns = grid
    engine: Any = paper.get_layout_engine()
    engine.set(w_pad=0.12, h_pad=0.1, wspace=0.03, hspace=0.06)
    room = int(paper.get_figwidth() * UNIT)
    paper.suptitle("\n".join(wrap(figure.title, int(room * 0.8))), x=0.012, ha="left", fontsize=16, fontweight="bold")
    for at, panel in enumerate(figure.panels):
        axes = paper.add_subplot(rows, columns, at + 1)
        axes.set_title("\n".join(wrap(panel.title, int(paper.get_figwidth() / columns * 10.5))))
        axes.set_xlabel(panel.x)
        axes.set_ylabel(panel.y)
        panels.drawn(axes, panel, style)
    notes = [figure.note] if figure.note else []
    if figure.lost:
        notes.append(phrase("{number} numbers are not finite and not drawn.", number=f"{figure.lost:,}"))
    if notes:
        said = [row for note in notes for row in wrap(note, room)]
        paper.supxlabel("\n".join(said), x=0.012, ha="left", fontsize=11, color=style.line)
