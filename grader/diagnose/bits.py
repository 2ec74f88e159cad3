"""How much it proves that two programs give the same wrong answer, in bits.

The measure is coarse on purpose. A truth value, a kind, a dtype, an exception, a time-out can be wrong in few ways: so
can a number that many programs would give. A number that hardly two programs give by chance counts `NUMBER`.

    2   another kind, shape, length, dtype; an exception of the same type
    1   0, 1, -1, 2, 0.5, infinity, nan, True, None; a number that went in, with either sign
    1   all that came back as it went in, taken together, unless the very same checks fail and no other one
    4   any other whole number or half up to 1000; the expected one with the other sign; a number that went in, when the
        check is put again with other numbers
    16  any other number
    1   for each check that fails in the same way
    1   for each place of an array that is wrong where others are right, up to 4: a pattern is evidence, too
    4   a character of a text that is another one, or a key, up to 16

Equal values count once, wherever they come up again.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import islice, zip_longest
from typing import Any

from grader.diagnose.alike import content, same, same_calls
from grader.numbers import scalar
from grader.values import Remote, Tensor, is_array
from grader.worker.host.subject import Transcript

ENOUGH = 8  # a sentence that tells a mechanism needs as much
PLENTY = 64  # four numbers or more: it is the same mistake
KIND, COMMON, WHOLE, NUMBER, LETTER, CALLS = 2, 1, 4, 16, 4, 8
MOST_PLACES, MOST_LETTERS, MOST_VALUES, MOST_ROW = 4, 16, 256, 1024
MOST_TEXT = 200  # of what is no number
SMALL = 1000
SHARE = 0.01  # of what a number is off by
USUAL = frozenset((0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5))


class Evidence:
    """Adds up what wrong answers prove."""

    def __init__(self, *, whole: bool = True) -> None:
        """whole: whether all that failed is explained: then it says more that an input came back as it was."""
        self.bits = 0
        self._whole = whole
        self._given: set[float] = set()
        self._given_later: set[float] = set()
        self._rows: set[tuple[str, ...]] = set()  # lists and arrays that went in, as a whole
        self._counted: set[object] = set()

    def give(self, value: Any, *, later: bool = False) -> None:
        """Take note of what went in: to get it back proves little. later: when other numbers went in than at first."""
        (self._given_later if later else self._given).update(abs(one) for one in _numbers(value))
        self._rows |= set(_rows(value))

    def answer(self, wrong: Any, right: Any) -> None:
        """Count a wrong answer, beside the right one."""
        if not same(wrong, right):
            self._value(wrong, right)

    def compared(self, mine: Any, wrong: Any, right: Any) -> None:
        """Count two answers that agree where a check is not content with them, however near the right one they are.

        Of single numbers what they are off by must be the same, too.
        """
        numbers = [_plain(value) for value in (mine, wrong, right)]
        if any(type(number) is not float for number in numbers):
            self.answer(wrong, right)
        elif not abs(numbers[0] - numbers[1]) > SHARE * abs(numbers[1] - numbers[2]):
            self._value(wrong, right)

    def check(self, wrong: Transcript, right: Transcript) -> None:
        """Count a check that fails, and what is wrong in its answers and in what was asked of call-backs."""
        self.bits += COMMON
        for mine, theirs in zip_longest(wrong.exchanges, right.exchanges):
            if mine is None:
                break
            self.give(content(mine.question))
            if theirs is None:
                continue
            if mine.answer != theirs.answer:
                self._reply(content(mine.answer), content(theirs.answer))
            if mine.calls and not same_calls(Transcript([mine]), Transcript([theirs])):
                self._count(("calls", len(mine.calls)), CALLS)

    def _reply(self, wrong: Any, right: Any) -> None:
        """Count what came back: a value, or an exception in its place."""
        values = [reply[1] for reply in (wrong, right) if isinstance(reply, list) and reply[:1] == ["value"]]
        if len(values) == 2:
            self.answer(*values)
        elif not same(wrong, right):
            self._count("exception", KIND)

    def _count(self, what: object, bits: int) -> None:
        if what not in self._counted:
            self._counted.add(what)
            self.bits += bits

    def _value(self, wrong: Any, right: Any) -> None:
        mine, theirs = _plain(wrong), _plain(right)
        if not self._whole and isinstance(mine, list) and len(mine) <= MOST_ROW and _shown(mine) in self._rows:
            self._count("as it went in", COMMON)
            return
        if isinstance(mine, dict) and isinstance(theirs, dict):
            self._table(mine, theirs)
        elif isinstance(mine, list) and isinstance(theirs, list):
            self._row(mine, theirs)
        elif type(mine) in (float, int):
            self._number(mine, theirs)
        elif isinstance(mine, str | bytes) and isinstance(theirs, str | bytes):
            self._text(mine, theirs)
        else:
            self._count(("kind", type(mine), type(theirs)), KIND)
        if _form(wrong) != _form(right):
            self._count((_form(wrong), _form(right)), KIND)

    def _number(self, mine: Any, theirs: Any) -> None:
        comparable = type(theirs) in (float, int)
        if not comparable:
            self._count(("kind", type(mine), type(theirs)), KIND)
        flipped = comparable and mine == -theirs
        odd = type(mine) is float and not math.isfinite(mine)
        usual = odd or mine in USUAL or abs(mine) in self._given
        whole = not odd and abs(mine) <= SMALL and float(2 * mine).is_integer()
        whole = whole or flipped or abs(mine) in self._given_later
        self._count(_digits(mine), COMMON if usual else WHOLE if whole else NUMBER)

    def _text(self, mine: str | bytes, theirs: str | bytes) -> None:
        other = sum(one != two for one, two in zip_longest(mine, theirs) if one is not None)
        self._count(mine, max(COMMON, min(LETTER * other, MOST_LETTERS)))

    def _row(self, mine: Sequence[Any], theirs: Sequence[Any]) -> None:
        if len(mine) != len(theirs):
            self._count(("length", len(mine) - len(theirs)), KIND)
        pairs = [(one, two) for one, two in zip(mine, theirs, strict=False) if not same(one, two)]
        for one, two in islice(pairs, MOST_VALUES):
            self._value(one, two)
        places = min(len(pairs), len(mine) - len(pairs), MOST_PLACES)
        self._count(("places", len(mine), len(pairs)), max(places, 0))

    def _table(self, mine: dict[Any, Any], theirs: dict[Any, Any]) -> None:
        for key in islice(mine.keys() ^ theirs.keys(), MOST_VALUES):
            self._count(("key", key), LETTER)
        for key in islice(mine.keys() & theirs.keys(), MOST_VALUES):
            if not same(mine[key], theirs[key]):
                self._value(mine[key], theirs[key])


def _plain(value: Any) -> Any:
    """Return an array as a flat list, a tuple as a list, a number of numpy's as Python's."""
    if isinstance(value, Tensor):
        return _plain(value.array)
    if is_array(value):
        flat: list[Any] = value.ravel().tolist()
        return flat
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, Remote) else scalar(value)


def _form(value: Any) -> object:
    """Return dtype and shape, where it has any, and its kind."""
    shape = tuple(getattr(value, "shape", ())) if isinstance(value, Tensor) or is_array(value) else ()
    return type(value).__name__, str(getattr(value, "dtype", "")), shape


def _numbers(value: Any) -> Iterable[float]:
    value = _plain(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in islice(value, MOST_VALUES):
            yield from _numbers(item)
    elif type(value) in (float, int):
        yield value


def _rows(value: Any) -> Iterable[tuple[str, ...]]:
    """Yield the rows of numbers in what went in, an array as one row."""
    value = _plain(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        if 1 < len(value) <= MOST_ROW and all(type(item) in (float, int) for item in value):
            yield _shown(value)
        else:
            for item in islice(value, MOST_VALUES):
                yield from _rows(item)


def _shown(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple(map(_digits, row))


def _digits(value: Any) -> str:
    """Return a number to nine digits: noise makes no new one."""
    return f"{value:.9g}" if type(value) is float else repr(value)[:MOST_TEXT]
