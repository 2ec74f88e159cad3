"""An answer taken apart: each array, tensor, list of numbers or single value of it, as plain Python numbers.

Arrays stay small here (`MAX_VALUES`), so that relations between two of them need no numpy.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, product
from typing import Any

from grader.numbers import scalar
from grader.values import Remote, Tensor, is_array
from grader.wording import shown

MAX_VALUES = 2048
MAX_LEAVES = 48
NUMBERS = (int, float)


@dataclass(frozen=True)
class Leaf:
    """One part of an answer. at: where it stands, `[1]`; empty for the whole.

    kind: array, tensor, list, number or thing (text, None, an object). shape: sizes of the axes, () for a number.
    values: all numbers, row by row; for a thing the thing itself.
    """

    at: str
    kind: str
    dtype: str
    shape: tuple[int, ...]
    values: tuple[Any, ...]

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers, few enough to look at."""
        return self.kind != "thing" and 0 < len(self.values) <= MAX_VALUES

    @property
    def numbers(self) -> tuple[Any, ...]:
        """Its values, if they are numbers."""
        return self.values if self.numeric else ()

    @cached_property
    def size(self) -> float:
        """The largest finite magnitude in it; 0 where there is none."""
        return max((abs(value) for value in self.values if math.isfinite(value)), default=0.0)

    def of(self, values: Sequence[Any], shape: tuple[int, ...] | None = None) -> "Leaf":
        """Return a leaf of the same kind with other values."""
        return replace(self, values=tuple(values), shape=(len(values),) if shape is None else shape)


def leaves(value: Any, at: str = "") -> list[Leaf]:
    """Take an answer apart, in the order in which its parts stand; none where there are very many."""
    found = list(islice(_leaves(value, at), MAX_LEAVES + 1))
    return found if len(found) <= MAX_LEAVES else []


def _leaves(value: Any, at: str) -> Iterator[Leaf]:
    if isinstance(value, Tensor):
        yield _array(at, value, "tensor")
    elif is_array(value):
        yield _array(at, value, "array")
    elif isinstance(value, list | tuple):
        yield from _sequence(value, at)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{at}[{shown(key)}]")
    elif is_number(value):
        plain = scalar(value)
        yield Leaf(at, "number", type(plain).__name__, (), (plain,))
    else:
        yield Leaf(at, "thing", type(value).__name__, (), (None if isinstance(value, Remote) else value,))


def _sequence(value: Sequence[Any], at: str) -> Iterator[Leaf]:
    if value and all(is_number(item) for item in value):
        plain = [scalar(item) for item in value]
        kinds = {type(item).__name__ for item in plain}
        yield Leaf(at, "list", kinds.pop() if len(kinds) == 1 else "", (len(plain),), tuple(plain))
        return
    for index, item in enumerate(value):
        yield from _leaves(item, f"{at}[{index}]")


def _array(at: str, value: Any, kind: str) -> Leaf:
    array = value.array if kind == "tensor" else value
    shape = tuple(int(size) for size in array.shape)
    small = array.size <= MAX_VALUES and array.dtype.kind in "biuf" and str(value.dtype) != "bfloat16"
    values = tuple(array.ravel().tolist()) if small else ()
    return Leaf(at, kind, str(value.dtype), shape, values)


def is_number(value: Any) -> bool:
    """Say whether something is a plain number, of Python or numpy; truth values are none."""
    plain = scalar(value) if type(value).__module__ == "numpy" and not getattr(value, "shape", None) else value
    return type(plain) in NUMBERS


def axes_of(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return size and stride of each axis, in values."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append((size, step))
        step *= size
    return strides[::-1]


def places(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Return the index of each value, row by row."""
    return product(*map(range, shape))


def transposed(leaf: Leaf, order: tuple[int, ...]) -> Leaf:
    """Return the leaf with its axes in another order."""
    strides = axes_of(leaf.shape)
    shape = tuple(leaf.shape[axis] for axis in order)
    steps = [strides[axis][1] for axis in order]
    values = [leaf.values[sum(i * step for i, step in zip(place, steps, strict=True))] for place in places(shape)]
    return leaf.of(values, shape)


def summed(leaf: Leaf, axes: tuple[int, ...], *, keep: bool = False, mean: bool = False) -> Leaf:
    """Return the leaf summed, or averaged, over some axes. keep: they stay, with size 1."""
    small = reduced(leaf.shape, axes, keep=True)
    steps = [0 if axis in axes else step for axis, (_, step) in enumerate(axes_of(small))]
    totals = [0.0] * math.prod(small)
    for place, value in zip(places(leaf.shape), leaf.values, strict=True):
        totals[sum(i * step for i, step in zip(place, steps, strict=True))] += value
    if mean:
        count = math.prod(leaf.shape[axis] for axis in axes)
        totals = [total / count for total in totals]
    return leaf.of(totals, reduced(leaf.shape, axes, keep=keep))


def reduced(shape: tuple[int, ...], axes: tuple[int, ...], *, keep: bool) -> tuple[int, ...]:
    """Return the shape of a sum over some axes."""
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape) if keep or axis not in axes)


def spread(leaf: Leaf, shape: tuple[int, ...]) -> Leaf | None:
    """Return the leaf broadcast to a shape by numpy's rules; None where that cannot be done."""
    if leaf.shape == shape:
        return leaf
    missing = len(shape) - len(leaf.shape)
    if missing < 0 or any(own not in (1, size) for own, size in zip(leaf.shape, shape[missing:], strict=True)):
        return None
    steps = [0] * missing + [0 if size == 1 else step for size, step in axes_of(leaf.shape)]
    values = [leaf.values[sum(i * step for i, step in zip(place, steps, strict=True))] for place in places(shape)]
    return leaf.of(values, shape)
