"""A figure as a PNG or SVG: the paper, the places of the panels, the title. `panels.py` draws what is in them."""

import io
import math
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.language import phrase
from grader.plotting import panels
from grader.plotting.figure import Curves, Figure, Graph, Heat, Histograms, Panel, Tokens
from grader.plotting.graphs import extent
from grader.plotting.look import Look, look
from grader.report.style import wrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Paper

ENDS = (".png", ".svg")
DPI = 150
WIDE, HIGH = 4.6, 3.7  # inches of a panel among several
ALONE = (8.0, 4.8)
BIG, MIDDLE, SMALL = 7.4, 9.6, 11.0  # characters of title, panel's title and note that fit into an inch


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
    small = 0.8 if columns > 3 else 1.0
    wide, high = ALONE if rows == columns == 1 else (small * WIDE * columns, small * HIGH * rows)
    own = [_own(panel) for panel in figure.panels]
    if rows == columns == 1 and isinstance(figure.panels[0], Heat):
        return 8.0, 7.0
    if any(own):
        wide = max(wide if rows * columns > 1 else 0.0, *(small * columns * one[0] for one in own if one))
        high = small * sum(
            max([(one or (0, HIGH))[1] for one in own[at : at + columns]]) for at in range(0, len(own), columns)
        )
    note = len(wrap(figure.note, int(wide * SMALL))) if figure.note else 0
    return min(max(wide, 6.0), 24.0), min(high + 0.5 + 0.25 * note, 24.0)


def _own(panel: Panel) -> tuple[float, float] | None:
    """Return inches that a panel asks for, where its content decides."""
    if isinstance(panel, Graph):
        return extent(panel)
    if isinstance(panel, Tokens):
        return 10.0, 0.4 + panels.rows_of(panel) * panels.ROW
    if isinstance(panel, Heat):
        high, wide = panel.values.shape
        return (5.0, 4.4) if max(high, wide) > 12 else None
    return None


def _filled(paper: "Paper", figure: Figure, grid: tuple[int, int], style: Look) -> None:
    rows, columns = grid
    engine: Any = paper.get_layout_engine()
    engine.set(w_pad=0.12, h_pad=0.1, wspace=0.03, hspace=0.06)
    wide = paper.get_figwidth()
    paper.suptitle(
        "\n".join(wrap(figure.title, int(wide * BIG))), x=0.1 / wide, ha="left", fontsize=16, fontweight="bold"
    )
    spans = _spans(figure)
    drawn: dict[str, list[Any]] = {}
    for at, panel in enumerate(figure.panels):
        axes = paper.add_subplot(rows, columns, at + 1)
        axes.set_title("\n".join(wrap(panel.title, int(wide / columns * MIDDLE))))
        axes.set_xlabel(panel.x)
        axes.set_ylabel(panel.y)
        if isinstance(panel, Heat):
            drawn.setdefault(panel.unit, []).append(panels.heat(axes, panel, style, spans[panel.unit]))
        else:
            panels.drawn(axes, panel, style)
    for unit, images in drawn.items():
        if unit:
            capped = any(isinstance(one, Heat) and one.top for one in figure.panels)
            bar = paper.colorbar(
                images[0], ax=[one.axes for one in images], label=unit, fraction=0.04, pad=0.02, aspect=25,
                extend="max" if capped else "neither",
            )  # fmt: skip
            bar.outline.set_visible(False)
    _legends(paper, figure)
    notes = [figure.note] if figure.note else []
    if figure.lost:
        notes.append(phrase("{number} numbers are not finite and not drawn.", number=f"{figure.lost:,}"))
    if notes:
        said = [row for note in notes for row in wrap(note, int(wide * SMALL))]
        paper.supxlabel("\n".join(said), x=0.1 / wide, ha="left", fontsize=11, color=style.quiet)


def _spans(figure: Figure) -> dict[str, tuple[float, float]]:
    """Return from where to where the colours of each unit go, over all tables of the figure that have it."""
    found: dict[str, tuple[float, float]] = {}
    for panel in figure.panels:
        if isinstance(panel, Heat):
            low, high = panels.heat_span(panel)
            before = found.get(panel.unit, (low, high))
            found[panel.unit] = min(low, before[0]), max(high, before[1])
    return found


def _legends(paper: "Paper", figure: Figure) -> None:
    """Name the curves: once, beside all panels, where the names are the same in several of them."""
    lined = [
        (axes, *axes.get_legend_handles_labels())
        for axes, panel in zip(paper.axes, figure.panels, strict=False)
        if isinstance(panel, Curves | Histograms)
    ]
    named = [one for one in lined if len(one[2]) > 1]
    if len(named) > 1 and all(one[2] == named[0][2] for one in named):
        paper.legend(named[0][1], named[0][2], loc="outside right center")
        return
    for axes, _, names in named:
        many = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)} if len(names) > 5 else {}
        axes.legend(**many)
