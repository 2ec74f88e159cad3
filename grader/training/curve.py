"""A loss curve made of characters. ASCII alone: what else there is, some consoles cannot show."""

import math
from collections.abc import Sequence
from itertools import pairwise

ROWS, LABEL = 12, 8
HUGE, MOST = 1e6, 1e100
MARK, LINE = "*", "-"


def figure(number: float, digits: int = 4) -> str:
    """Return a number in few characters: `2.0312`, `1.3e+08`, `12,000` for one that counts something."""
    if type(number) is int:
        return f"{number:,}"
    return f"{number:.{digits}f}" if abs(number) < HUGE else f"{number:.1e}"


def is_drawn(number: float) -> bool:
    """Say whether it has a place on a curve: nan and infinity have none, and what is absurdly large has none either."""
    return math.isfinite(number) and abs(number) < MOST


def binned(values: Sequence[float], bins: int) -> list[float]:
    """Return the means of so many equal parts of a list; of fewer values each one by itself.

    What has no place on a curve is left out; a part that is empty then is nan.
    """
    bins = min(bins, len(values))
    edges = [len(values) * one // bins for one in range(bins + 1)] if bins else []
    parts = [[one for one in values[a:b] if is_drawn(one)] for a, b in pairwise(edges)]
    return [math.fsum(part) / len(part) if part else math.nan for part in parts]


def drawn(losses: Sequence[float], width: int, floor: float | None = None) -> list[str]:
    """Return the rows of a plot, no wider than so many columns. floor: drawn as a line.

    Each column is the mean of the losses that fall into it.
    """
    room = width - LABEL - 3
    columns = binned(losses, room)
    known = [one for one in columns if math.isfinite(one)]
    if not known:
        return []
    low, high = min([*known, *([floor] if floor is not None else [])]), max(known)
    span = high - low or 1.0

    def row_of(value: float) -> int:
        return round((high - value) / span * (ROWS - 1))

    rows = [[" "] * len(columns) for _ in range(ROWS)]
    if floor is not None:
        rows[row_of(floor)] = [LINE] * len(columns)
    for at, value in enumerate(columns):
        if math.isfinite(value):
            rows[row_of(value)][at] = MARK
    told = {one: f"{figure(high - span * one / (ROWS - 1), 3):>{LABEL}}" for one in (0, ROWS // 2, ROWS - 1)}
    drawing = [f"{told.get(at, ''):{LABEL}} |{''.join(row)}".rstrip() for at, row in enumerate(rows)]
    last = f"{len(losses):,}"
    axis = f"{'':{LABEL}} +{'-' * len(columns)}"
    steps = f"{'':{LABEL}}  0{last:>{max(len(columns) - 1, len(last) + 1)}}"
    return [*drawing, axis, steps]
