"""A limit between numbers for which an answer is wrong and numbers for which it is right: only as what was measured."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

LEAST = 2  # different numbers on either side, or it may be chance
STEPS = 10
NARROW = 0.02
SIDES: dict[str, Callable[[float], float]] = {"above": lambda x: x, "below": lambda x: -x, "far": abs}


@dataclass(frozen=True)
class Limit:
    """side: above, below or far (from 0). right, wrong: the two numbers that were tried and lie nearest to it."""

    side: str
    right: float
    wrong: float


def between(wrong: Collection[float], right: Collection[float]) -> Limit | None:
    """Return the limit that parts the two; None where numbers of both kinds lie mixed, or are few."""
    if min(len(set(wrong)), len(set(right))) < LEAST:
        return None
    for side, size in SIDES.items():
        inner, outer = max(right, key=size), min(wrong, key=size)
        if size(inner) < size(outer):
            return Limit(side, inner, outer)
    return None


def narrowed(limit: Limit, is_right: Callable[[float], bool | None]) -> Limit:
    """Try numbers in the middle until the two lie close together, or one cannot be tried."""
    right, wrong = limit.right, limit.wrong
    for _ in range(STEPS):
        if abs(right - wrong) <= NARROW * max(abs(right), abs(wrong)):
            break
        middle = float(f"{(right + wrong) / 2:.3g}")
        found = is_right(middle) if min(right, wrong) < middle < max(right, wrong) else None
        if found is None:
            break
        right, wrong = (middle, wrong) if found else (right, middle)
    return Limit(limit.side, right, wrong)
