"""Compare what two subjects were asked and what they answered, to a tolerance.

Addresses in texts count for nothing: they neither keep two texts apart nor make them alike.
"""

import math
import re
import struct
from itertools import zip_longest
from typing import Any

from grader.values import Tensor
from grader.worker.host.subject import Exchange, Transcript
from grader.worker.wire.codec import Codec, Garbage

RTOL, ATOL = 1e-9, 1e-12  # ATOL: of arrays, whose other places may be large
ALONE = 4e-15  # of a single number: what rounding leaves of numbers near 1
SINGLE = (1e-4, 1e-5)  # for float32 and shorter: correct programs differed by 2e-6 of a value
MEASURED = 1 << 20  # whole numbers from here on may be bytes that were counted: no two runs take the same
MAX_UNORDERED = 64  # calls that may have been made in another order
# Texts of these depend on how deep the caller stands, or on how a division or a power is written.
UNSTABLE = ("RecursionError", "MemoryError", "ZeroDivisionError", "OverflowError")
HEXADECIMAL = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
DECIMAL = re.compile(r"(?<![\d.])\d{13,15}(?![\d.])")  # what id() gives, on 64 bits
MODULE = re.compile(r"\b(?:submission|solution_u\d\d_\w+)\.(?=[A-Za-z_])")


class Stand:
    """Stands for an object that stayed on the learner's side: equal where number and class name are."""

    def __init__(self, number: int, name: str = "") -> None:
        self.key = (number, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stand) and self.key[0] == other.key[0]

    def __hash__(self) -> int:
        return hash(self.key[0])


_CODEC = Codec(keep=None, find=Stand, call=lambda number, _: lambda: number, host=True)


def alike(left: Transcript, right: Transcript) -> bool:
    """Say whether two subjects were asked the same and answered the same, from the first question to the last."""
    pairs = zip_longest(left.exchanges, right.exchanges)
    return all(one is not None and two is not None and _same_exchange(one, two) for one, two in pairs)


def same_calls(left: Transcript, right: Transcript) -> bool:
    """Say whether call-backs were called with the same arguments as often, in any order, question by question."""
    pairs = zip_longest(left.exchanges, right.exchanges)
    return all(one is not None and two is not None and _same_calls(one.calls, two.calls) for one, two in pairs)


def _same_calls(left: tuple[bytes, ...], right: tuple[bytes, ...]) -> bool:
    if len(left) != len(right):
        return False
    if all(map(_same_bytes, left, right)):
        return True
    if len(left) > MAX_UNORDERED:
        return False
    left_over = list(right)
    for call in left:
        twin = next((other for other in left_over if _same_bytes(call, other)), None)
        if twin is None:
            return False
        left_over.remove(twin)
    return True


def _same_exchange(left: Exchange, right: Exchange) -> bool:
    return _same_bytes(left.question, right.question) and _same_bytes(left.answer, right.answer)


def _same_bytes(left: bytes, right: bytes) -> bool:
    if left == right:
        return True
    one, two = content(left), content(right)
    if one is None or two is None:
        return False
    if _is_error(one) and _is_error(two):
        return _same_error(one[1], two[1])
    return same(one, two)


def content(message: bytes) -> Any:
    """Return what a message carries; None for one that cannot be read."""
    try:
        return _CODEC.decode(memoryview(message)[1:])
    except Garbage:
        return None


def _is_error(message: Any) -> bool:
    return isinstance(message, list) and len(message) == 2 and message[0] == "error" and isinstance(message[1], dict)


def _same_error(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Two exceptions are alike in type and text; where they came from is the programs' own affair."""
    if left.get("type") != right.get("type"):
        return False
    return left.get("type") in UNSTABLE or _same_text(str(left.get("message")), str(right.get("message")))


def _same_text(left: str, right: str) -> bool:
    return left == right or _without_addresses(left) == _without_addresses(right)


def _without_addresses(text: str) -> str:
    return DECIMAL.sub(_address, HEXADECIMAL.sub("0x", MODULE.sub("", text)))


def _address(match: re.Match[str]) -> str:
    """Replace a number that can be an address: objects stand at multiples of eight, in the lower 47 bits."""
    number = int(match[0])
    return "0x" if number % 8 == 0 and number < 1 << 47 else match[0]


def same(left: Any, right: Any) -> bool:
    """Say whether two values are of the same kind and agree to the tolerance; 3 and 3.0 are the same number."""
    if type(left) is not type(right):
        return {type(left), type(right)} == {int, float} and bool(left == right)
    if isinstance(left, float):
        return (
            left == right
            or math.isclose(left, right, rel_tol=SINGLE[0] if _is_single(left, right) else RTOL, abs_tol=ALONE)
            or (math.isnan(left) and math.isnan(right))
        )
    if type(left) is int and min(left, right) >= MEASURED:
        return math.isclose(left, right, rel_tol=1e-3)
    if isinstance(left, str):
        return _same_text(left, right)
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
        short = left.dtype.itemsize < 8 or all(map(_is_single, left.ravel().tolist(), right.ravel().tolist()))
        rtol, atol = SINGLE if short else (RTOL, ATOL)
        return bool(np.allclose(left, right, rtol=rtol, atol=atol, equal_nan=True))
    return bool(np.array_equal(left, right))


def _is_single(left: float, right: float) -> bool:
    """Say whether two numbers were computed in single precision, and are no whole ones: any of these could be."""
    return all(math.isfinite(x) and x != int(x) and abs(x) < 1e38 and _single(x) == x for x in (left, right))


def _single(x: float) -> float:
    return float(struct.unpack("f", struct.pack("f", x))[0])
