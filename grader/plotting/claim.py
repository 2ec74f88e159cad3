"""What a worker gave to be drawn is a claim: a Figure is made of it, or it is refused with a sentence.

A number that is none (nan, infinity) is left out, and what was left out is counted.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from grader.language import later, phrase
from grader.plotting.figure import (
    Bars,
    Curves,
    Figure,
    Graph,
    Heat,
    Histograms,
    Panel,
    Plane,
    Series,
    Tokens,
)
from grader.report.style import visible
from grader.values import Tensor, is_array

MOST = {"panels": 12, "series": 12, "numbers": 2_000_000, "side": 600, "nodes": 150, "points": 3000, "tokens": 1500}
LONGEST = 160  # characters of a text
WIDEST = 1e100  # a number beyond it has no place in a picture
Translate = Callable[[str], str]


def figure(value: Any, translate: Translate = str) -> Figure:
    """Return what is to be drawn, of what a worker gave. translate: puts the course's words into the language."""
    parts = _dict(value)
    panels = _list(parts.get("panels"))
    _require(0 < len(panels) <= MOST["panels"], len(panels), "panels")
    said = _Words(translate, parts)
    columns = parts.get("columns", 0)
    _demand(type(columns) is int and 0 <= columns <= MOST["panels"])
    return Figure(said.of("title"), tuple(_panel(_dict(one), translate) for one in panels), said.of("note"), columns)


class _Words:
    """The texts of a figure or a panel, translated, with the facts filled in."""

    def __init__(self, translate: Translate, parts: Mapping[str, Any]) -> None:
        self._translate = translate
        self._parts = parts
        self._facts = {str(name): _text(one) for name, one in _dict(parts.get("facts", {})).items()}

    def of(self, name: str) -> str:
        return self.said(self._parts.get(name, ""), 3 * LONGEST if name in ("title", "note") else LONGEST)

    def said(self, text: Any, most: int = LONGEST) -> str:
        found = self._translate(_text(text, most))
        return re.sub(r"\{(\w+)\}", lambda one: self._facts.get(one[1], one[0]), found)


def _panel(parts: Mapping[str, Any], translate: Translate) -> Panel:
    kind = parts.get("kind")
    make = MAKERS.get(kind) if isinstance(kind, str) else None
    _demand(make is not None)
    said = _Words(translate, parts)
    made: Panel = make(parts, said)  # type: ignore[misc]
    return replace(made, title=said.of("title"), x=said.of("x"), y=said.of("y"))


def _curves(parts: Mapping[str, Any], said: _Words) -> Curves:
    curves, lost = _series(parts.get("curves"), said, parts.get("at"))
    lines = {said.said(name): _number(one) for name, one in _dict(parts.get("lines", {})).items()}
    log = parts.get("log", "")
    _demand(isinstance(log, str) and set(log) <= {"x", "y"} and len(lines) <= MOST["series"])
    return Curves(curves=curves, lines={name: one for name, one in lines.items() if _drawn(one)}, log=log, lost=lost)


def _heat(parts: Mapping[str, Any], said: _Words) -> Heat:
    values, lost = _array(parts.get("values"), 2)
    _require(max(values.shape) <= MOST["side"], max(values.shape), "rows or columns")
    rows, columns = (tuple(said.said(one) for one in _list(parts.get(name, []))) for name in ("rows", "columns"))
    for names, size in ((rows, values.shape[0]), (columns, values.shape[1])):
        _require(len(names) in (0, size), len(names), "names of rows or columns", of=size)
    marks = tuple(tuple(_text(one) for one in _list(row)) for row in _list(parts.get("marks", [])))
    _demand(not marks or tuple(map(len, marks)) == (values.shape[1],) * values.shape[0])
    top, centre = _number(parts.get("top", 0.0)), bool(parts.get("centre"))
    return Heat(
        values=values, rows=rows, columns=columns, unit=said.of("unit"), marks=marks, centre=centre, lost=lost,
        top=top if _drawn(top) else 0.0,
    )  # fmt: skip


def _histograms(parts: Mapping[str, Any], said: _Words) -> Histograms:
    values, lost = _series(parts.get("values"), said, None)
    span = parts.get("span")
    if span is not None:
        low, high = _pair(span)
        _demand(low < high)
        span = (low, high)
    return Histograms(values=values, span=span, lost=lost)


def _bars(parts: Mapping[str, Any], said: _Words) -> Bars:
    bars, lost = _series(parts.get("bars"), said, None)
    names = tuple(said.said(one) for one in _list(parts.get("names")))
    for one in bars:
        _require(len(one.ys) == len(names), len(one.ys), "bars", of=len(names))
    _require(len(names) <= 4 * MOST["series"], len(names), "bars")
    return Bars(bars=bars, names=names, percent=bool(parts.get("percent")), lost=lost)


def _graph(parts: Mapping[str, Any], said: _Words) -> Graph:
    nodes = _list(parts.get("nodes"))
    _require(0 < len(nodes) <= MOST["nodes"], len(nodes), "nodes")
    found = []
    for one in nodes:
        lines, kind = _both(one)
        _demand(kind in ("value", "op", "in"))
        found.append((tuple(said.said(line) for line in _list(lines)[:4]), kind))
    edges = [_both(one) for one in _list(parts.get("edges"))]
    _require(len(edges) <= 4 * MOST["nodes"], len(edges), "arrows")
    for edge in edges:
        _demand(all(type(end) is int and 0 <= end < len(nodes) for end in edge) and edge[0] != edge[1])
    return Graph(nodes=tuple(found), edges=tuple(edges))


def _plane(parts: Mapping[str, Any], said: _Words) -> Plane:
    points, lost = _array(parts.get("points"), 2)
    _demand(points.shape[1] == 2)
    _require(len(points) <= MOST["points"], len(points), "points")
    names = tuple(said.said(one) for one in _list(parts.get("names")))
    classes = [int(one) for one in _array(parts.get("classes"), 1)[0].tolist() if _drawn(one)]
    ground, more = _array(parts["ground"], 2) if "ground" in parts else (None, 0)
    labels = tuple(_text(one) for one in _list(parts.get("labels", [])))
    _require(len(classes) == len(points), len(classes), "classes of points", of=len(points))
    _require(len(labels) in (0, len(points)), len(labels), "names of points", of=len(points))
    if ground is not None:
        _require(max(ground.shape) <= MOST["side"], max(ground.shape), "rows or columns")
    _demand(0 < len(names) <= 6 and all(0 <= one < len(names) for one in classes))
    across, up = _pair(parts.get("across")), _pair(parts.get("up"))
    _demand(across[0] < across[1] and up[0] < up[1])
    return Plane(
        points=points,
        classes=tuple(classes),
        ground=ground,
        across=across,
        up=up,
        names=names,
        lost=lost + more,
        labels=labels,
    )


def _tokens(parts: Mapping[str, Any], said: _Words) -> Tokens:
    rows = [_both(one) for one in _list(parts.get("rows"))]
    found = tuple((said.said(name), tuple(_text(one) for one in _list(tokens))) for name, tokens in rows)
    total = sum(len(tokens) for _, tokens in found)
    _require(len(found) <= MOST["series"], len(found), "rows")
    _require(0 < total <= MOST["tokens"], total, "tokens")
    return Tokens(rows=found)


MAKERS: Mapping[str, Callable[[Mapping[str, Any], _Words], Panel]] = {
    "curves": _curves,
    "heat": _heat,
    "histograms": _histograms,
    "bars": _bars,
    "graph": _graph,
    "plane": _plane,
    "tokens": _tokens,
}


def _series(value: Any, said: _Words, at: Any) -> tuple[tuple[Series, ...], int]:
    """Return rows of numbers by name, and how many numbers in all were none. at: where they stand, else 0, 1, 2."""
    import numpy as np

    table = _dict(value)
    _require(0 < len(table) <= MOST["series"], len(table), "curves")
    found, lost = [], 0
    for name, numbers in table.items():
        ys, bad = _array(numbers, 1)
        xs = np.arange(len(ys), dtype=np.float64) if at is None else _array(at, 1)[0]
        _require(len(xs) == len(ys), len(ys), "numbers of a curve", of=len(xs))
        found.append(Series(said.said(name), ys, xs))
        lost += bad
    return tuple(found), lost


def _array(value: Any, dimensions: int) -> tuple[Any, int]:
    """Return numbers as float64, nan for those that are none, and how many these are. At least one is a number."""
    import numpy as np

    array = value.array if isinstance(value, Tensor) else value
    if isinstance(value, Tensor) and value.dtype == "bfloat16":
        array = (array.astype(np.uint32) << 16).view(np.float32)
    if isinstance(array, list):
        flat = (
            [one for row in array for one in row]
            if dimensions > 1 and all(isinstance(row, list) for row in array)
            else array
        )
        _demand(all(type(one) in (int, float, bool) for one in flat) and len({_length(row) for row in array}) <= 1)
        array = np.array(
            [[float(one) for one in row] for row in array] if dimensions > 1 else [float(one) for one in flat]
        )
    _demand(is_array(array) and array.dtype.kind in "fiub")
    says = later("Numbers with {number} axes are expected: {shape} came.")
    assert array.ndim == dimensions, phrase(says, number=dimensions, shape=tuple(array.shape))  # noqa: S101
    _require(0 < array.size <= MOST["numbers"], array.size, "numbers")
    array = array.astype(np.float64)
    bad = ~np.isfinite(array) | (np.abs(np.nan_to_num(array)) >= WIDEST)
    array[bad] = math.nan
    if bad.all():
        raise AssertionError(
            phrase("Nothing can be drawn: none of {number} numbers is finite.", number=f"{array.size:,}")
        )
    return array, int(bad.sum())


def _length(row: Any) -> int:
    return len(row) if isinstance(row, list) else -1


def _text(value: Any, most: int = LONGEST) -> str:
    """Return a text, or a number as one; what is too long is cut."""
    _demand(isinstance(value, str | int | float))
    text = f"{value:.4g}" if isinstance(value, float) else value if isinstance(value, str) else f"{_number(value):,.0f}"
    return visible(text if len(text) <= most else f"{text[: most - 3]}...")


def _number(value: Any) -> float:
    _demand(isinstance(value, int | float) and (type(value) is float or abs(value) < 1 << 62))
    return float(value)


def _drawn(number: float) -> bool:
    return math.isfinite(number) and abs(number) < WIDEST


def _pair(value: Any) -> tuple[float, float]:
    first, second = map(_number, _both(value))
    _demand(_drawn(first) and _drawn(second))
    return first, second


def _both(value: Any) -> tuple[Any, Any]:
    _demand(isinstance(value, list | tuple) and len(value) == 2)
    return value[0], value[1]


def _dict(value: Any) -> dict[Any, Any]:
    _demand(isinstance(value, dict))
    return dict(value)


def _list(value: Any) -> list[Any]:
    _demand(isinstance(value, list | tuple))
    return list(value)


def _require(holds: bool, number: int, what: str, *, of: int | None = None) -> None:
    """Raise AssertionError for a number of things that cannot be drawn."""
    if holds:
        return
    if of is not None:
        says = later("It cannot be drawn: {number} {what} came, and {of} are expected.")
        raise AssertionError(phrase(says, number=f"{number:,}", what=WHAT[what](), of=f"{of:,}"))
    says = later("It cannot be drawn: there are {number} {what}.")
    raise AssertionError(phrase(says, number=f"{number:,}", what=WHAT[what]()))


WHAT: Mapping[str, Callable[[], str]] = {
    "panels": lambda: phrase("panels"),
    "curves": lambda: phrase("curves"),
    "rows or columns": lambda: phrase("rows or columns"),
    "names of rows or columns": lambda: phrase("names of rows or columns"),
    "bars": lambda: phrase("bars"),
    "nodes": lambda: phrase("nodes"),
    "arrows": lambda: phrase("arrows"),
    "points": lambda: phrase("points"),
    "classes of points": lambda: phrase("classes of points"),
    "names of points": lambda: phrase("names of points"),
    "rows": lambda: phrase("rows"),
    "tokens": lambda: phrase("tokens"),
    "numbers": lambda: phrase("numbers"),
    "numbers of a curve": lambda: phrase("numbers of a curve"),
}


def _demand(holds: bool) -> None:
    if not holds:
        raise AssertionError(
            phrase("What is to be drawn is not made of the numbers and texts that a picture is made of.")
        )
