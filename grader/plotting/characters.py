"""A figure made of characters, for a terminal. ASCII alone, but for what a learner's text has in it."""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from grader.language import phrase
from grader.plotting.figure import Bars, Curves, Figure, Graph, Heat, Histograms, Panel, Plane, Series, Tokens
from grader.plotting.panels import shares, thinned
from grader.report.style import Style, cells, padded, wrap
from grader.training.curve import figure as number

HIGH = 14  # rows of a plot
LABEL = 9  # columns of its numbers
MARKS, FLOOR = "*+ox#%@&", "-"
RAMP = " .:-=+*#%@"
CLASSES = (".:-,~'", "O#@X%&")  # of ground and points
INKS = ("green", "yellow", "magenta", "red")


def characters(figure: Figure, style: Style) -> str:
    """Return the rows of a figure, no wider than the style's columns."""
    rows = wrap(figure.title, style.width)
    for panel in figure.panels:
        named = [figure.title] if panel.title == figure.title else wrap(panel.title, style.width)
        rows += ["", *(named if panel.title and panel.title != figure.title else [])]
        axes = [f"{axis}: {says}" for axis, says in (("y", panel.y), ("x", panel.x)) if says]
        rows += (
            [padded("", 2) + "   ".join(axes)] if axes and isinstance(panel, Curves | Plane | Heat | Histograms) else []
        )
        rows += DRAWERS[type(panel)](panel, style)
    notes = [figure.note] if figure.note else []
    if figure.lost:
        notes.append(phrase("{number} numbers are not finite and not drawn.", number=f"{figure.lost:,}"))
    if notes:
        rows += ["", *(row for note in notes for row in wrap(note, style.width))]
    return "\n".join(row.rstrip() for row in rows) + "\n"


def _curves(panel: Curves, style: Style) -> Iterator[str]:
    room = style.width - LABEL - 3
    series = [(mark, *_placed(one, panel, room)) for one, mark in zip(panel.curves, MARKS * 2, strict=False)]
    levels = [_scaled(one, "y" in panel.log) for one in panel.lines.values()]
    ys = [y for _, _, ys in series for y in ys if math.isfinite(y)] + [one for one in levels if math.isfinite(one)]
    xs = [x for _, xs, _ in series for x in xs if math.isfinite(x)]
    if not ys or not xs:
        return
    low, high, left, right = min(ys), max(ys), min(xs), max(xs)
    rows = [[" "] * room for _ in range(HIGH)]
    for level in levels:
        rows[_at(high, low, level, HIGH)] = [FLOOR] * room
    for mark, xs_, ys_ in reversed(series):
        for x, y in zip(xs_, ys_, strict=True):
            if math.isfinite(x) and math.isfinite(y):
                rows[_at(high, low, y, HIGH)][_at(left, right, x, room)] = mark
    for at, row in enumerate(rows):
        told = _told(high - (high - low) * at / (HIGH - 1), "y" in panel.log) if at in (0, HIGH // 2, HIGH - 1) else ""
        yield f"{told:>{LABEL}} |{''.join(row)}"
    first, last = (_told(one, "x" in panel.log) for one in (left, right))
    yield f"{'':{LABEL}} +{'-' * room}"
    yield f"{'':{LABEL}}  {first}{last:>{room - len(first)}}"
    names = [f"{mark} {one.name}" for one, (mark, _, _) in zip(panel.curves, series, strict=True)]
    names += [f"{FLOOR} {name} {number(one)}" for name, one in panel.lines.items()]
    if len(names) > 1:
        yield from (f"  {row}" for row in wrap("   ".join(names), style.width - 2))


def _placed(one: Series, panel: Curves, most: int) -> tuple[list[float], list[float]]:
    xs, ys = thinned(one, most)
    return [_scaled(x, "x" in panel.log) for x in xs.tolist()], [_scaled(y, "y" in panel.log) for y in ys.tolist()]


def _scaled(value: float, log: bool) -> float:
    if not log:
        return value
    return math.log10(value) if value > 0 else math.nan


def _told(value: float, log: bool) -> str:
    shown = 10**value if log and abs(value) < 300 else value
    return f"{shown:.4g}"


def _at(low: float, high: float, value: float, places: int) -> int:
    return round((value - low) / ((high - low) or 1.0) * (places - 1))


def _heat(panel: Heat, style: Style) -> Iterator[str]:
    import numpy as np

    most_rows, names = 48, [name[:12] for name in panel.rows]
    margin = max(map(cells, names), default=0) + 1
    room = style.width - margin - 2
    values = np.abs(panel.values) if panel.centre else panel.values
    high, wide = values.shape
    rows, columns = _parts(high, most_rows), _parts(wide, room)
    broad = 2 if 2 * len(columns) <= room else 1
    low, top = min(0.0, float(np.nanmin(values))), float(np.nanmax(values))
    if panel.columns and len(columns) == wide and broad >= max(map(cells, panel.columns)):
        yield " " * (margin + 1) + "".join(padded(name, broad) for name in panel.columns)
    for a, b in rows:
        inks = [(_ink(values[a:b, c:d], low, top), _is_below(panel, panel.values[a:b, c:d])) for c, d in columns]
        line = "".join(f"{ink}-"[:broad] if below and ink != " " else ink * broad for ink, below in inks)
        yield f"{padded(names[a] if names else '', margin)}|{line}|"
    yield f"  {RAMP[0]!r} {low:.3g}   {RAMP[-1]!r} {top:.3g}   {panel.unit}"
    if panel.centre and broad > 1:
        yield f"  '{RAMP[-1]}-' {-top:.3g}"


def _is_below(panel: Heat, part: Any) -> bool:
    known = part[part == part]  # noqa: PLR0124 (nan is not itself)
    return bool(panel.centre and known.size and known.mean() < 0)


def _parts(size: int, most: int) -> list[tuple[int, int]]:
    count = min(size, most)
    return list(pairwise(size * at // count for at in range(count + 1)))


def _ink(part: Any, low: float, high: float) -> str:
    known = part[part == part]  # noqa: PLR0124 (nan is not itself)
    if not known.size:
        return "?"
    return RAMP[_at(low, high, float(known.mean()), len(RAMP))]


def _histograms(panel: Histograms, style: Style) -> Iterator[str]:
    import numpy as np

    known = np.concatenate([one.ys[np.isfinite(one.ys)] for one in panel.values])
    low, high = panel.span or (float(known.min()), float(known.max()))
    low, high = (low, high) if low < high else (low - 0.5, high + 0.5)
    margin = min(max(cells(one.name) for one in panel.values), 24)
    room = style.width - margin - 4
    for one in panel.values:
        found = shares(one, low, high, room)[0]
        top = float(found.max()) or 1.0
        inks = "".join(RAMP[math.ceil(share / top * (len(RAMP) - 1))] for share in found)
        yield f"  {padded(one.name[:24], margin)}|{inks}|"
    first, last = f"{low:.4g}", f"{high:.4g}"
    yield f"  {'':{margin}} {first}{last:>{room - len(first)}}"


def _bars(panel: Bars, style: Style) -> Iterator[str]:
    margin = min(max(cells(name) for name in panel.names), 24)
    most = (
        max(max(map(abs, (y for y in one.ys.tolist() if math.isfinite(y))), default=0.0) for one in panel.bars) or 1.0
    )
    room = style.width - margin - 16
    for one in panel.bars:
        if len(panel.bars) > 1:
            yield f"  {one.name}"
        for name, y in zip(panel.names, one.ys.tolist(), strict=True):
            told = "" if not math.isfinite(y) else f"{y:.1%}" if panel.percent else f"{y:.4g}"
            yield f"  {padded(name[:24], margin)} {told:>9} {'#' * round(room * abs(y) / most) if told else ''}"


def _graph(panel: Graph, style: Style) -> Iterator[str]:
    """Yield a tree from each end back to where it comes from; what stands above already is only named."""
    before: dict[int, list[int]] = {}
    for start, end in panel.edges:
        before.setdefault(end, []).append(start)
    ends = [at for at in range(len(panel.nodes)) if at not in {start for start, _ in panel.edges}]
    seen: set[int] = set()
    stack = [(at, 0) for at in reversed(ends or [0])]
    while stack:
        at, depth = stack.pop()
        said = "  ".join(panel.nodes[at][0])
        inside = before.get(at, [])
        more = f"  ({phrase('see above')})" if at in seen and inside else ""
        yield f"{'  ' * (depth + 1)}{said}{more}"[: style.width]
        if at not in seen:
            stack += [(one, depth + 1) for one in reversed(inside)]
        seen.add(at)


def _plane(panel: Plane, style: Style) -> Iterator[str]:
    high, wide = 22, min(style.width - 6, 64)
    ground, marks = panel.ground, panel.labels or [CLASSES[1][one] for one in panel.classes]
    rows = [[" "] * wide for _ in range(high)]
    if ground is not None:
        down, along = (
            [size * at // to for at in range(to)] for size, to in zip(ground.shape, (high, wide), strict=True)
        )
        rows = [[_class(ground[j, i], CLASSES[0]) for i in along] for j in reversed(down)]
    for (x, y), mark in zip(panel.points.tolist(), marks, strict=True):
        if panel.across[0] <= x <= panel.across[1] and panel.up[0] <= y <= panel.up[1]:
            rows[_at(panel.up[1], panel.up[0], y, high)][_at(*panel.across, x, wide)] = mark[:1]
    yield from (f"    |{''.join(row)}|" for row in rows)
    if not panel.labels:
        named = zip(*CLASSES, panel.names, strict=False)
        yield "    " + "   ".join(f"{at} {point} {name}" for at, point, name in named)


def _class(value: float, marks: str) -> str:
    return marks[int(value)] if math.isfinite(value) and 0 <= value < len(marks) else "?"


def _tokens(panel: Tokens, style: Style) -> Iterator[str]:
    for name, tokens in panel.rows:
        yield f"  {name}"
        row, used = "    ", 4
        for at, token in enumerate(tokens):
            wide = cells(token) + 1
            if used + wide > style.width:
                yield row
                row, used = "    ", 4
            row, used = f"{row}{style.paint(token, INKS[at % len(INKS)])}|", used + wide
        yield row


DRAWERS: dict[type[Panel], Callable[[Any, Style], Iterator[str]]] = {
    Curves: _curves,
    Heat: _heat,
    Histograms: _histograms,
    Bars: _bars,
    Graph: _graph,
    Plane: _plane,
    Tokens: _tokens,
}
