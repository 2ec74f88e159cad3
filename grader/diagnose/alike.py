"""Compare what two subjects were asked and what they answered, to a tolerance."""

import math
from itertools import zip_longest
from typing import Any

from grader.values import Tensor
from grader.worker.codec import Codec, Garbage
from grader.worker.subject import Exchange, Transcript

RTOL, ATOL = 1e-9, 1e-12
UNSTABLE = ("RecursionError", "MemoryError")  # their texts depend on how deep the caller stands


class Stand:
    """Stands for an object that stayed on the learner's side: equal where number and class name are."""

    def __init__(self, number: int, name: str = "") -> None:
        self.key = (number, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stand) and self.key[0] == other.key[0]

    def __hash__(self) -> int:
        return hash(self.key[0])


_CODEC = Codec(keep=None, find=Stand, call=lambda number: lambda: number, host=True)


def alike(left: Transcript, right: Transcript) -> bool:
    """Say whether two subjects were asked the same and answered the same, from the first question to the last."""
    pairs = zip_longest(left.exchanges, right.exchanges)
    return all(one is not None and two is not None and _same_exchange(one, two) for one, two in pairs)


def _same_exchange(left: Exchange, right: Exchange) -> bool:
    return _same_bytes(left.question, right.question) and _same_bytes(left.answer, right.answer)


def _same_bytes(left: bytes, right: bytes) -> bool:
    if left == right:
        return True
    try:
        one, two = (_CODEC.decode(memoryview(message)[1:]) for message in (left, right))
    except Garbage:
        return False
    if _is_error(one) and _is_error(two):
        return _same_error(one[1], two[1])
    return same(one, two)


def _is_error(message: Any) -> bool:
    return isinstance(message, list) and len(message) == 2 and message[0] == "error" and isinstance(message[1], dict)


def _same_error(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Two exceptions are alike in type and text; where they came from is the programs' own affair."""
    if left.get("type") != right.get("type"):
        return False
    return left.get("type") in UNSTABLE or left.get("message") == right.get("message")


def same(left: Any, right: Any) -> bool:
    """Say whether two values are of the same kind and agree to the tolerance."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return (
            left == right
            or math.isclose(left, right, rel_tol=RTOL, abs_tol=ATOL)
            or (math.isnan(left) and math.isnan(right))
        )
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    if isinstance(left, Tensor):
        return left.dtype == right.dtype and _same_array(left.array, right.array)
    if type(left).__module__ == "numpy" and hasattr(left, "dtype"):
        return bool(left.dtype == right.dtype and _same_array(left, right))
    if callable(left) and callable(right):
        return True  # host functions, lent in the same order
    return bool(left == right)


def _same_array(left: Any, right: Any) -> bool:
    import numpy as np

    if left.shape != right.shape:
        return False
    if left.dtype.kind in "fc":
        return bool(np.allclose(left, right, rtol=RTOL, atol=ATOL, equal_nan=True))
    return bool(np.array_equal(left, right))
