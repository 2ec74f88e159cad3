"""Compare a learner's answer with what was expected, and say exactly where they part.

The order is fixed: kind, then length or shape, then dtype, then every value. What differs first is the message.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from grader.failures import LearnerError, WrongAnswer
from grader.language import later, phrase
from grader.model import Mismatch
from grader.numbers import is_ordinary, pair, scalar
from grader.values import Remote, Tensor, is_array, kind
from grader.wording import described, shown

RTOL, ATOL = 1e-7, 1e-10
NUMBERS = (int, float, complex)
INFINITE = float("inf")


def close(yours: Any, expected: Any, label: str, *, rtol: float = RTOL, atol: float = ATOL) -> None:
    """Require numbers that agree within `atol + rtol * |expected|`, in the same structure.

    yours, expected: number, array, tensor, or lists, tuples, dicts of them, nested. An int may stand for a float; a
    bool, a learner's object, an array of another dtype or shape may not. NaN agrees only with an expected NaN.
    label: the quantity in the learner's words, `d(a + a)/da`. Raises WrongAnswer.
    """
    _settle(yours, expected, label, _Tally(rtol, atol))


def same(yours: Any, expected: Any, label: str) -> None:
    """Require the same kind and the same value, exactly: 1 is neither 1.0 nor True. Raises WrongAnswer."""
    _settle(yours, expected, label, _Tally(0.0, 0.0, exact=True))


def raises(expected: type[BaseException], function: Callable[[], Any], label: str) -> LearnerError:
    """Require that the learner's code raises; return what it raised. Raises WrongAnswer.

    label: what was tried, in the learner's words, `a ** b with a Value as exponent`.
    """
    try:
        value = function()
    except LearnerError as error:
        # An unwritten answer is a RuntimeError, a missing one an AttributeError, and neither is what was asked for.
        if error.missing or (error.unwritten and (error.message or expected is not NotImplementedError)):
            raise
        if error.is_a(expected):
            return error
        said = f"{error.type}: {error.message}" if error.message else error.type
        raise _wrong(label, "", "exception", said, expected.__name__) from None
    raise _wrong(
        label, "", "exception", phrase("no exception; the result was {value}", value=shown(value)), expected.__name__
    )


@dataclass(frozen=True)
class Compared:
    """One comparison of a check that is only watched. wrong: what it would have raised."""

    yours: Any
    expected: Any
    label: str
    rtol: float
    atol: float
    wrong: WrongAnswer | None


_WATCHERS: list[Callable[[Compared], None]] = []


@contextmanager
def watched(note: Callable[[Compared], None]) -> Iterator[None]:
    """Hand every comparison to `note` instead of raising, so that a check goes on where it would end."""
    _WATCHERS.append(note)
    try:
        yield
    finally:
        _WATCHERS.pop()


def _settle(yours: Any, expected: Any, label: str, tally: "_Tally") -> None:
    if not _WATCHERS:
        try:
            _compare(yours, expected, label, tally)
        except WrongAnswer as error:
            error.compared = yours
            raise
        return
    wrong = None
    try:
        _compare(yours, expected, label, tally)
    except WrongAnswer as error:
        wrong = error.with_traceback(None)  # it would hold this frame, and so the answers, until a collector comes
    _WATCHERS[-1](Compared(yours, expected, label, tally.rtol, tally.atol, wrong))


def _wrong(label: str, at: str, problem: str, yours: str, expected: str) -> WrongAnswer:
    return WrongAnswer(Mismatch(label=_at(label, at), problem=problem, yours=yours, expected=expected), at=at)


@dataclass
class _Tally:
    """Counts what differs over all parts of one comparison. first: what is shown, if possible an ordinary number."""

    rtol: float
    atol: float
    exact: bool = False
    total: int = 0
    differ: int = 0
    first: tuple[str, Any, Any] | None = None
    max_abs: float = 0.0
    max_rel: float = 0.0
    worst_at: str = ""
    right: str = ""
    shapes: tuple[str, str] = field(default=("", ""))

    def number(self, at: str, yours: Any, expected: Any) -> None:
        """Compare two numbers."""
        self.total += 1
        if _equal(yours, expected):
            return
        gap = _gap(yours, expected)
        size = 0.0 if gap == INFINITE else float(abs(expected))
        if gap == INFINITE or gap > self.atol + self.rtol * size:
            self.note(at, yours, expected, gap, size)

    def note(self, at: str, yours: Any, expected: Any, gap: float = 0.0, size: float = 0.0) -> None:
        """Record one difference. size: of the expected number."""
        self.differ += 1
        if self.first is None or (not is_ordinary(*self.first[1:]) and is_ordinary(yours, expected)):
            self.first = at, yours, expected
        if gap > self.max_abs:
            self.max_abs, self.worst_at = gap, at
        self.max_rel = max(self.max_rel, gap / size if size else INFINITE)


def _compare(yours: Any, expected: Any, label: str, tally: _Tally) -> None:
    for at, one, other in _leaves(yours, expected, "", label, exact=tally.exact):
        _leaf(at, one, other, label, tally)
    if tally.first is None:
        return
    at, one, other = tally.first
    left, right = pair(one, other)
    counted = isinstance(other, NUMBERS) and not isinstance(other, bool)
    mismatch = Mismatch(
        label=label,
        problem="value",
        yours=left,
        expected=right,
        yours_shape=tally.shapes[0],
        expected_shape=tally.shapes[1],
        at=at,
        differ=tally.differ,
        total=tally.total,
        max_abs=tally.max_abs if counted else None,
        max_rel=tally.max_rel if counted else None,
        worst_at=tally.worst_at,
        rtol=tally.rtol,
        atol=tally.atol,
        right=tally.right,
    )
    raise WrongAnswer(mismatch, (yours, expected), at=at)


def _leaves(yours: Any, expected: Any, at: str, label: str, *, exact: bool) -> Iterator[tuple[str, Any, Any]]:
    """Yield pairs that are no containers. Raises WrongAnswer where the containers differ."""
    if not isinstance(expected, list | tuple | dict):
        yield at, yours, expected
        return
    if type(yours) is not type(expected):
        raise _wrong(label, at, "kind", described(yours), kind(expected))
    if isinstance(expected, dict) and isinstance(yours, dict):
        if exact and yours.keys() == expected.keys():
            _same_kinds(yours, expected, label, at)
        yield from _dict_leaves(yours, expected, at, label, exact=exact)
        return
    if len(yours) != len(expected):
        raise _wrong(label, at, "length", _items(yours), _items(expected))
    for index, (one, other) in enumerate(zip(yours, expected, strict=True)):
        yield from _leaves(one, other, f"{at}[{index}]", label, exact=exact)


def _items(values: Any) -> str:
    return phrase(later("{number} item") if len(values) == 1 else later("{number} items"), number=len(values))


def _keys(values: dict[Any, Any]) -> str:
    return phrase(later("{number} key") if len(values) == 1 else later("{number} keys"), number=len(values))


def _some(keys: list[Any]) -> str:
    """Return the first keys; the rest is counted."""
    named = phrase(", ").join(map(shown, keys[:3]))
    return phrase("{names} and {number} more", names=named, number=len(keys) - 3) if len(keys) > 3 else named


def _dict_leaves(
    yours: dict[Any, Any], expected: dict[Any, Any], at: str, label: str, *, exact: bool
) -> Iterator[tuple[str, Any, Any]]:
    lacking = [key for key in expected if key not in yours]
    extra = [key for key in yours if key not in expected]
    if lacking or extra:
        parts = [_keys(yours)]
        parts += [phrase("missing: {keys}", keys=_some(lacking))] if lacking else []
        parts += [phrase("unexpected: {keys}", keys=_some(extra))] if extra else []
        wanted = _keys(expected)
        if len(expected) < 10:
            wanted = phrase("{keys}: {names}", keys=wanted, names=shown(list(expected)))
        raise _wrong(label, at, "keys", phrase("; ").join(parts), wanted)
    for key, value in expected.items():
        yield from _leaves(yours[key], value, f"{at}[{shown(key)}]", label, exact=exact)


def _same_kinds(yours: Iterable[Any], expected: Iterable[Any], label: str, at: str) -> None:
    """Require equal keys or members to be of equal kinds, too: Python finds 1 where 1.0 or True is."""
    here, there = ({_with_kind(one): one for one in many} for many in (yours, expected))
    if here.keys() != there.keys():
        left = [_told(one) for key, one in here.items() if key not in there]
        right = [_told(one) for key, one in there.items() if key not in here]
        raise _wrong(label, at, "kind", ", ".join(left[:3]), ", ".join(right[:3]))


def _with_kind(value: Any) -> tuple[type, Any]:
    """Return a key that is equal only for equal values of the same kinds."""
    if isinstance(value, tuple):
        return tuple, tuple(map(_with_kind, value))
    if isinstance(value, frozenset):
        return frozenset, frozenset(map(_with_kind, value))
    return type(value), value


def _told(value: Any) -> str:
    """Describe a key with the kinds of its parts."""
    if not isinstance(value, tuple | frozenset) or len(value) > 3:
        return described(value)
    parts = ", ".join(map(_told, value))
    return f"({parts})" if isinstance(value, tuple) else f"{kind(value)} {{{parts}}}"


def _leaf(at: str, yours: Any, expected: Any, label: str, tally: _Tally) -> None:
    if isinstance(expected, Tensor) or is_array(expected):
        from grader.judging import expect_arrays

        expect_arrays.compare(at, yours, expected, _at(label, at), tally)
    elif _is_number(expected):
        if not (type(yours) is type(expected) if tally.exact else _may_stand_for(yours, expected)):
            raise _wrong(label, at, "kind", described(yours), kind(expected))
        tally.number(at, scalar(yours), scalar(expected))
    else:
        if type(yours) is not type(expected):
            raise _wrong(label, at, "kind", described(yours), kind(expected))
        if tally.exact and isinstance(expected, set | frozenset) and yours == expected:
            _same_kinds(yours, expected, label, at)
        tally.total += 1
        if isinstance(yours, Remote) or yours != expected:
            tally.note(at, yours, expected)


def _at(label: str, at: str) -> str:
    """Return what stands at a place: `ids[2]`, `the slopes in a, b and c, at [2]`."""
    words = " " in label and label[-1].isalnum()
    return phrase("{label}, at {place}", label=label, place=at) if at and words else f"{label}{at}"


def _is_number(value: Any) -> bool:
    """A plain number, of Python or numpy; truth values are none."""
    if type(value) in NUMBERS:
        return True
    return (
        type(value).__module__ == "numpy" and hasattr(value, "dtype") and value.dtype.kind in "iufc" and not value.shape
    )


def _may_stand_for(yours: Any, expected: Any) -> bool:
    """Say whether one number can be compared with another at all; a complex one only with a complex one."""
    if not _is_number(yours):
        return False
    return isinstance(scalar(expected), complex) or not isinstance(scalar(yours), complex)


def _equal(yours: Any, expected: Any) -> bool:
    return bool(yours == expected or (yours != yours and expected != expected))  # noqa: PLR0124 (NaN)


def _gap(yours: Any, expected: Any) -> float:
    """Return how far apart two numbers are; infinite where one is not finite, or a whole number that no float holds."""
    try:
        float(abs(expected))
        return float(abs(yours - expected)) if _finite(yours) and _finite(expected) else INFINITE
    except OverflowError:
        return INFINITE


def _finite(value: Any) -> bool:
    return bool(value - value == 0)
