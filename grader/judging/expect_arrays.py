"""The part of comparing that needs numpy: arrays and tensors, whole. Loaded only where arrays are compared."""

from typing import Any, Protocol

import numpy as np

from grader.failures import WrongAnswer
from grader.language import later, phrase
from grader.model import Mismatch
from grader.values import Tensor, kind

MAX_NAMED = 8


class Tally(Protocol):
    """What `expect` counts with."""

    rtol: float
    atol: float
    total: int
    differ: int
    first: tuple[str, Any, Any] | None
    max_abs: float
    max_rel: float
    worst_at: str
    right: str
    shapes: tuple[str, str]


def compare(at: str, yours: Any, expected: Any, label: str, tally: Tally) -> None:
    """Compare two arrays or two tensors: kind, shape, dtype, then values. Raises WrongAnswer for the first three."""
    if type(yours) is not type(expected):
        raise WrongAnswer(Mismatch(label=label, problem="kind", yours=kind(yours), expected=kind(expected)), at=at)
    left, right = _array(yours), _array(expected)
    shapes: dict[str, Any] = {"yours_shape": _shape(left), "expected_shape": _shape(right)}
    if left.shape != right.shape:
        facts: dict[str, Any] = {"yours": _shape(left), "expected": _shape(right), **shapes}
        raise WrongAnswer(Mismatch(label=label, problem="shape", **facts), (yours, expected), at=at)
    if _dtype(yours) != _dtype(expected):
        facts = {"yours": _dtype(yours), "expected": _dtype(expected), **shapes}
        raise WrongAnswer(Mismatch(label=label, problem="dtype", **facts), (yours, expected), at=at)
    _values(at, left, right, tally)


def _array(value: Any) -> np.ndarray:
    if not isinstance(value, Tensor):
        return np.asarray(value)
    if value.dtype == "bfloat16":
        return (value.array.astype(np.uint32) << 16).view(np.float32)
    return np.asarray(value.array)


def _values(at: str, yours: np.ndarray, expected: np.ndarray, tally: Tally) -> None:
    tally.total += expected.size
    wide = np.complex128 if expected.dtype.kind == "c" else np.float64
    left, right = (part.astype(wide) if part.dtype.kind in "fc" else part for part in (yours, expected))
    wrong = _wrong(left, right, tally)
    if not wrong.any():
        return
    gap, relative = _gaps(left, right, wrong)
    places = np.argwhere(wrong)
    tally.differ += len(places)
    if tally.first is None:
        first = tuple(places[0])
        tally.first = (at + _place(first), yours[first].item(), expected[first].item())
    worst = np.unravel_index(int(np.argmax(gap)), gap.shape) if gap.ndim else ()
    if gap[worst] > tally.max_abs:
        tally.max_abs, tally.worst_at = float(gap[worst]), at + _place(worst)
    tally.max_rel = max(tally.max_rel, float(relative.max()))
    tally.shapes = (_shape(yours), _shape(expected))
    tally.right = right_parts(wrong)


def _wrong(yours: np.ndarray, expected: np.ndarray, tally: Tally) -> np.ndarray:
    """Return where values differ by more than is allowed, or only one of both is NaN or infinite."""
    if expected.dtype.kind in "fc":
        near = np.isclose(yours, expected, rtol=tally.rtol, atol=tally.atol, equal_nan=True)
        return np.asarray(~near)
    return np.asarray(yours != expected)


def _gaps(yours: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(all="ignore"):
        gap = np.abs(yours.astype(np.float64 if expected.dtype.kind != "c" else np.complex128) - expected)
        gap = np.where(wrong, np.where(np.isfinite(gap), gap, np.inf), 0.0)
        relative = np.where(wrong, gap / np.abs(expected), 0.0)
    return np.asarray(gap), np.where(np.isnan(relative), np.inf, relative)


def right_parts(wrong: np.ndarray) -> str:
    """Say which whole rows, or else columns, of a matrix are right; nothing where none or too many are."""
    if wrong.ndim != 2:
        return ""
    rows = later("row {number} is right"), later("rows {numbers} and {number} are right")
    columns = later("column {number} is right"), later("columns {numbers} and {number} are right")
    for (one, many), axis in ((rows, 1), (columns, 0)):
        right = [str(index) for index in np.flatnonzero(~wrong.any(axis=axis))]
        if 0 < len(right) <= MAX_NAMED:
            return phrase(one if len(right) == 1 else many, numbers=phrase(", ").join(right[:-1]), number=right[-1])
    return ""


def _place(index: tuple[Any, ...]) -> str:
    return f"[{', '.join(str(int(part)) for part in index)}]" if index else ""


def _shape(array: np.ndarray) -> str:
    return str(tuple(int(size) for size in array.shape))


def _dtype(value: Any) -> str:
    return str(value.dtype)
