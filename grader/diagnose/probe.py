"""Yours and the expected answer for one set of inputs: what a relation between the two is tried on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from grader.diagnose.leaf import Leaf
from grader.diagnose.vary import Change, Input

TIGHT, SINGLE = 1e-6, 2e-4


@dataclass(frozen=True)
class Probe:
    """Yours and the expected one for one set of inputs.

    rtol, atol: what the check allows. label: of another check, whose first wrong answer it is.
    """

    change: Change
    yours: Leaf
    expected: Leaf
    inputs: tuple[Input, ...]
    rtol: float
    atol: float
    label: str = ""

    @cached_property
    def tolerance(self) -> tuple[float, float]:
        """Return how near two numbers are that count as equal: relative, and absolute by the size of the values."""
        coarse = "float32" in self.expected.dtype or "float16" in self.expected.dtype
        relative = max(SINGLE if coarse else TIGHT, self.rtol)
        return relative, max(self.atol, relative * 1e-4 * self.expected.size)

    def near(self, left: Any, right: Any, scale: float = 0.0) -> bool:
        """Say whether two numbers are equal but for rounding. scale: of what they are differences of."""
        if left == right or (left != left and right != right):  # noqa: PLR0124 (NaN)
            return True
        relative, absolute = self.tolerance
        gap = abs(left - right)
        return math.isfinite(gap) and gap <= relative * max(abs(right), scale) + absolute

    def alike(self, left: Sequence[Any], right: Sequence[Any]) -> bool:
        """Say whether two rows of numbers are equal but for rounding."""
        return len(left) == len(right) and all(map(self.near, left, right))

    def equals(self, values: Sequence[Any]) -> bool:
        """Say whether yours are these numbers but for rounding, however small they are beside the expected ones."""
        relative = self.tolerance[0]
        room = relative * 1e-4 * max((abs(value) for value in values if math.isfinite(value)), default=0.0)
        return len(values) == len(self.yours.values) and all(
            one == two
            or (one != one and two != two)  # noqa: PLR0124 (NaN)
            or (math.isfinite(two) and abs(one - two) <= relative * abs(two) + room)  # a finite number is not infinity
            for one, two in zip(self.yours.values, values, strict=True)
        )

    @cached_property
    def right(self) -> bool:
        """Whether yours is the expected one, as far as the check looks."""
        same = self.yours.shape == self.expected.shape and self.yours.kind == self.expected.kind
        if not same or (self.yours.dtype != self.expected.dtype and self.yours.kind in ("array", "tensor")):
            return False
        if self.expected.kind == "thing":
            return self.yours.values == self.expected.values
        return all(self._allowed(mine, theirs) for mine, theirs in zip(self.yours.values, self.expected.values))

    def _allowed(self, mine: Any, theirs: Any) -> bool:
        if mine == theirs or (mine != mine and theirs != theirs):  # noqa: PLR0124 (NaN)
            return True
        gap = abs(mine - theirs)
        return math.isfinite(gap) and gap <= self.atol + self.rtol * abs(theirs)

    @cached_property
    def wrong(self) -> frozenset[int]:
        """The numbers of the values that are wrong; empty where shapes differ."""
        if self.yours.shape != self.expected.shape:
            return frozenset()
        pairs = zip(self.yours.values, self.expected.values, strict=True)
        return frozenset(index for index, (mine, theirs) in enumerate(pairs) if not self.near(mine, theirs))

    @cached_property
    def telling(self) -> bool:
        """Whether there are numbers, large enough, against what rounding does, to tell a relation by."""
        numbers = self.yours.numeric and self.expected.numeric and all(map(math.isfinite, self.expected.values))
        large = numbers and self.expected.size > 1e3 * self.tolerance[1]
        return large and not (
            self.yours.shape == self.expected.shape and self.alike(self.yours.values, self.expected.values)
        )

    def only(self, chosen: Sequence[int]) -> "Probe":
        """Return the probe as if there were some of the values only."""
        mine = self.yours.of([self.yours.values[index] for index in chosen])
        theirs = self.expected.of([self.expected.values[index] for index in chosen])
        return replace(self, yours=mine, expected=theirs)


@dataclass(frozen=True)
class Relation:
    """What holds on every probe. key: what it is, for machines, the family first. says, evidence: for the learner."""

    key: tuple[Any, ...]
    says: str
    evidence: tuple[str, ...] = ()


def shape_of(value: Any) -> tuple[int, ...]:
    """Return the sizes of an input; (n,) for a list."""
    if isinstance(value, list | tuple):
        return (len(value),)
    return tuple(int(size) for size in getattr(value, "shape", ()))
