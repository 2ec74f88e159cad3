"""What may be done to an input on its way: half of it, its opposite, one more, the root of a size times it.

A key is the name of a function, or what is done with a size and the number of its axis: `*sqrt:1`; of two for a ratio.
"""

import math
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

from grader.values import Tensor, is_array, tensor

FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "half": lambda x, _: x / 2,
    "twice": lambda x, _: 2 * x,
    "minus": lambda x, _: -x,
    "one over": lambda x, _: 1 / x,
    "square": lambda x, _: x * x,
    "root": lambda x, library: library.sqrt(x),
    "exp": lambda x, library: library.exp(x),
    "tanh": lambda x, library: library.tanh(x),
    "log": lambda x, library: library.log(x),
}
STEPS: dict[str, int] = {"one more": 1, "one less": -1}
SIZES: dict[str, Callable[[float], float]] = {
    "*": lambda size: size,
    "/": lambda size: 1 / size,
    "*sqrt": math.sqrt,
    "/sqrt": lambda size: 1 / math.sqrt(size),
}
RATIO = "*sqrt ratio"


def forms(value: Any) -> Iterator[str]:
    """Yield the keys of what may be done to an input."""
    if type(value) is int:
        yield from STEPS
    elif type(value) is float:
        yield from FUNCTIONS
    else:
        plain = value.array if isinstance(value, Tensor) else value
        if is_array(plain) and plain.dtype.kind == "f" and plain.size:
            yield from FUNCTIONS
            axes = [axis for axis, size in enumerate(plain.shape) if size > 1]
            yield from (f"{name}:{axis}" for axis in axes for name in SIZES)
            yield from (f"{RATIO}:{one}:{other}" for one, other in permutations(axes, 2))


def formed(value: Any, form: str) -> Any:
    """Return an input after that; as it is where it cannot be done. Infinite and undefined numbers may come out."""
    if isinstance(value, Tensor):
        return tensor(formed(value.array, form), requires_grad=value.requires_grad) if is_array(value.array) else value
    if type(value) is int:
        return value + STEPS.get(form, 0)
    if type(value) is float:
        try:
            return FUNCTIONS[form](value, math) if form in FUNCTIONS else value
        except (ArithmeticError, ValueError):
            return math.nan
    return _array(value, form) if is_array(value) and value.dtype.kind == "f" else value


def _array(array: Any, form: str) -> Any:
    import numpy as np

    name, *axes = form.split(":")
    with np.errstate(all="ignore"):
        if form in FUNCTIONS:
            return np.asarray(FUNCTIONS[form](array, np), dtype=array.dtype)
        if any(int(axis) >= array.ndim for axis in axes):
            return array
        sizes = [array.shape[int(axis)] for axis in axes]
        by = math.sqrt(sizes[0] / sizes[1]) if name == RATIO else SIZES[name](sizes[0])
        return np.asarray(array * by, dtype=array.dtype)
