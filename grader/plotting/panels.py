"""How each kind of panel is drawn with matplotlib."""

import math
from collections.abc import Callable, Iterator
from typing import Any

from grader.plotting.figure import Bars, Curves, Graph, Heat, Histograms, Panel, Plane, Series, Tokens
from grader.plotting.graphs import places
from grader.plotting.look import Look

THIN = 800  # points of a curve
BINS = 80
ROW = 0.42  # inches of a row of tokens
LINE = 84  # characters of a row of tokens
DASHES = ("solid", (0, (6, 2)), (0, (1, 1.2)), (0, (4, 1.5, 1, 1.5)))


def drawn(axes: Any, panel: Panel, look: Look) -> None:
    """Draw a panel."""
    DRAWERS[type(panel)](axes, panel, look)


def thinned(one: Series, most: int = THIN) -> tuple[Any, Any]:
    """Return x and y of at most so many points: means of equal parts, without gaps."""
    import numpy as np

    known = np.isfinite(one.ys)
    xs, ys = one.xs[known], one.ys[known]
    if len(ys) <= most:
        return one.xs if len(one.xs) <= most else xs, one.ys if len(one.ys) <= most else ys
    parts = [np.array_split(numbers, most) for numbers in (xs, ys)]
    return tuple(np.array([part.mean() for part in numbers]) for numbers in parts)  # type: ignore[return-value]


def _curves(axes: Any, panel: Curves, look: Look) -> None:
    numbers = {True: 0, False: 0}
    several = sum(not one.other for one in panel.curves) > 1
    for one in panel.curves:
        xs, ys = thinned(one)
        at = numbers[one.other]
        numbers[one.other] += 1
        style: dict[str, Any] = {"color": look.series[at % len(look.series)]}
        if one.other:
            style = {"color": look.line, "linestyle": (0, (2, 2)), "zorder": 3}
        elif several and not one.pale:
            style["linestyle"] = DASHES[(at // 3) % len(DASHES)]
        dots = {"marker": "o", "markersize": 4} if len(ys) <= 12 else {}
        axes.plot(xs, ys, label=one.name, alpha=0.4 if one.pale else 1.0, **style, **dots)
    for (name, level), dash in zip(panel.lines.items(), DASHES[2:] * len(panel.lines), strict=False):
        axes.axhline(level, color=look.ink, linewidth=1.6, linestyle=dash, label=f"{name} {level:.4g}")
    for axis in "xy":
        if axis in panel.log and _positive(panel, axis):
            getattr(axes, f"set_{axis}scale")("log")
            getattr(axes, f"{axis}axis").set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(visible=True, which="major")


def _positive(panel: Curves, axis: str) -> bool:
    numbers = [one.xs if axis == "x" else one.ys for one in panel.curves]
    return all(bool((part[part == part] > 0).all()) for part in numbers)  # noqa: PLR0124 (nan is not itself)


def heat_span(panel: Heat) -> tuple[float, float]:
    """Return the numbers that have the first and the last colour."""
    import numpy as np

    if panel.centre:
        most = float(np.nanmax(np.abs(panel.values))) or 1.0
        return -most, most
    low = min(0.0, float(np.nanmin(panel.values)))
    return low, max(panel.top or float(np.nanmax(panel.values)), low + 1e-12)


def heat(axes: Any, panel: Heat, look: Look, span: tuple[float, float]) -> Any:
    """Draw a table in colours; return what a bar of colours is made for."""
    from matplotlib.colors import LinearSegmentedColormap

    low, high = span
    table = LinearSegmentedColormap.from_list(
        "ours", (look.below, look.paper, look.above) if panel.centre else look.heat
    )
    table.set_bad(look.faint)
    image = axes.imshow(panel.values, cmap=table, vmin=low, vmax=high, aspect="auto", interpolation="nearest")
    _named(axes, panel)
    for side in axes.spines.values():
        side.set_visible(False)
    for i, row in enumerate(panel.marks):
        for j, mark in enumerate(row):
            share = (panel.values[i, j] - low) / (high - low)
            strong = abs(share - 0.5) > 0.3 if panel.centre else share > 0.55
            axes.text(j, i, mark, ha="center", va="center", fontsize=9, color=look.paper if strong else look.ink)
    return image


def _named(axes: Any, panel: Heat) -> None:
    """Name rows and columns, as many as can be read."""
    for names, setter in ((panel.rows, axes.set_yticks), (panel.columns, axes.set_xticks)):
        if names:
            step = math.ceil(len(names) / 40)
            kept = range(0, len(names), step)
            long = max(map(len, names)) > 3 and setter == axes.set_xticks
            setter(
                list(kept),
                [names[at] for at in kept],
                fontsize=9 if len(names) > 14 else 11,
                rotation=90 if long else 0,
            )
    axes.tick_params(length=0)


def _histograms(axes: Any, panel: Histograms, look: Look) -> None:
    import numpy as np

    most = max(len(one.ys) for one in panel.values)
    bins = min(BINS, max(12, round(1.3 * most**0.5)))
    all_ = np.concatenate([one.ys[np.isfinite(one.ys)] for one in panel.values])
    low, high = panel.span or (float(all_.min()), float(all_.max()))
    if low == high:
        low, high = low - 0.5, high + 0.5
    for at, one in enumerate(panel.values):
        density, edges = shares(one, low, high, bins)
        middle = (edges[1:] + edges[:-1]) / 2
        colour = look.series[at % len(look.series)]
        axes.plot(middle, density, color=colour, label=one.name, linestyle=DASHES[(at // 3) % len(DASHES)])
        axes.fill_between(middle, density, color=colour, alpha=0.12, linewidth=0)
    axes.set_ylim(bottom=0)
    axes.set_xlim(low, high)
    axes.grid(visible=True, axis="x")


def shares(one: Series, low: float, high: float, bins: int) -> tuple[Any, Any]:
    """Return the share of numbers in each bin, in percent, and the bins' borders; what is outside has none."""
    import numpy as np

    known = one.ys[np.isfinite(one.ys)]
    counts, edges = np.histogram(known, bins=bins, range=(low, high))
    return 100 * counts / max(len(known), 1), edges


def _bars(axes: Any, panel: Bars, look: Look) -> None:
    import numpy as np
    from matplotlib.ticker import PercentFormatter

    at, wide = np.arange(len(panel.names)), 0.8 / len(panel.bars)
    for number, one in enumerate(panel.bars):
        shift = (number - (len(panel.bars) - 1) / 2) * wide
        axes.bar(at + shift, one.ys, wide * 0.92, color=look.series[number % len(look.series)], label=one.name)
    axes.set_xticks(at, panel.names, fontsize=10, rotation=90 if max(map(len, panel.names)) > 12 else 0)
    if panel.percent:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_ylim(0, max(1e-3, *(float(np.nanmax(one.ys)) * (1.1 + 0.12 * len(panel.bars)) for one in panel.bars)))
    axes.axhline(0, color=look.line, linewidth=0.8)
    axes.grid(visible=True, axis="y")
    axes.set_axisbelow(True)
    if len(panel.bars) > 1:
        axes.legend()


def _graph(axes: Any, panel: Graph, look: Look) -> None:
    at = places(panel)
    edge = {"value": look.series[0], "in": look.series[2], "op": look.series[1]}
    boxes = []
    for (x, y), (lines, kind) in zip(at, panel.nodes, strict=True):
        shape = "circle,pad=0.35" if kind == "op" else "round,pad=0.4"
        box = {"boxstyle": shape, "facecolor": look.box, "edgecolor": edge[kind], "linewidth": 1.6}
        said = axes.text(x, y, "\n".join(lines), ha="center", va="center", fontsize=10, bbox=box, linespacing=1.25)
        boxes.append(said.get_bbox_patch())
    xs, ys = zip(*at, strict=True)
    axes.set_xlim(min(xs) - 0.8, max(xs) + 0.8)
    axes.set_ylim(min(ys) - 0.6, max(ys) + 0.6)
    axes.axis("off")
    axes.figure.draw_without_rendering()  # the boxes get their sizes, at which arrows end
    for start, end in panel.edges:
        arrow = {"arrowstyle": "-|>", "color": look.line, "linewidth": 1.3, "mutation_scale": 12, "shrinkA": 0}
        axes.annotate(
            "", at[end], at[start], zorder=1,
            arrowprops={**arrow, "shrinkB": 2, "patchA": boxes[start], "patchB": boxes[end]},
        )  # fmt: skip


def _plane(axes: Any, panel: Plane, look: Look) -> None:
    import numpy as np
    from matplotlib.colors import ListedColormap, to_rgb

    colours = [look.series[at] for at in range(len(panel.names))]
    paper = np.array(to_rgb(look.paper))
    pale = ListedColormap([0.72 * paper + 0.28 * np.array(to_rgb(one)) for one in colours])
    if panel.ground is not None:
        axes.imshow(
            panel.ground, origin="lower", extent=(*panel.across, *panel.up), cmap=pale, vmin=-0.5, aspect="auto",
            vmax=len(colours) - 0.5, interpolation="nearest",
        )  # fmt: skip
    for at, (name, mark) in enumerate(zip(panel.names, "osD^vP", strict=False)):
        chosen = panel.points[[one == at for one in panel.classes]]
        if not panel.labels:
            axes.scatter(
                *chosen.T, s=34, marker=mark, color=colours[at], edgecolor=look.paper, linewidth=0.8, label=name
            )
    for (x, y), one, label in zip(panel.points.tolist(), panel.classes, panel.labels, strict=False):
        axes.text(x, y, label, color=colours[one], fontsize=14, fontweight="bold", ha="center", va="center")
    for at, name in enumerate(panel.names if panel.labels else ()):
        axes.plot([], [], "s", color=colours[at], label=name)
    axes.set_xlim(*panel.across)
    axes.set_ylim(*panel.up)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2, handletextpad=0.1)


def _lines(tokens: tuple[str, ...]) -> Iterator[list[tuple[int, str]]]:
    """Yield tokens in rows, each with its number."""
    row: list[tuple[int, str]] = []
    used = 0
    for at, token in enumerate(tokens):
        if row and used + len(token) > LINE:
            yield row
            row, used = [], 0
        row.append((at, token))
        used += len(token)
    yield row


def rows_of(panel: Tokens) -> int:
    """Return how many rows the tokens take, with one more for each name."""
    return sum(1 + len(list(_lines(tokens))) for _, tokens in panel.rows)


def _tokens(axes: Any, panel: Tokens, look: Look) -> None:
    from matplotlib.colors import to_rgb

    axes.set_xlim(0, LINE + 2)
    axes.set_ylim(rows_of(panel), 0)
    axes.axis("off")
    paper, y = to_rgb(look.paper), 0.6
    for name, tokens in panel.rows:
        axes.text(0, y, name, va="center", fontsize=11, color=look.ink, fontweight="bold")
        for row in _lines(tokens):
            y, x = y + 1, 0.0
            for at, token in row:
                colour = to_rgb(look.series[at % 5])
                pale = tuple(0.6 * a + 0.4 * b for a, b in zip(paper, colour, strict=True))
                wide = max(len(token), 1)
                axes.add_patch(_box(x, y, wide, pale))
                for place, letter in enumerate(token):
                    axes.text(
                        x + place + 0.5, y, letter, ha="center", va="center", fontsize=10, family="DejaVu Sans Mono"
                    )
                x += wide
        y += 1


def _box(x: float, y: float, wide: int, colour: tuple[float, ...]) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x + 0.06, y - 0.42), wide - 0.12, 0.84, facecolor=colour, edgecolor="none")


DRAWERS: dict[type[Panel], Callable[[Any, Any, Look], None]] = {
    Curves: _curves,
    Histograms: _histograms,
    Bars: _bars,
    Graph: _graph,
    Plane: _plane,
    Tokens: _tokens,
}
