"""Put the questions of a check with other numbers in them, the same other numbers for everybody who is asked.

Numbers shrink a little, each by a share of its own that depends on the number, so that equal ones stay equal, zero
stays zero and signs stay. Or one size of the arrays grows. Or a single number or array moves, or a slice of it.
"""

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.diagnose.forms import formed
from grader.values import Remote, Tensor, is_array, tensor

OPERATIONS = {"call": 1, "apply": 1, "help": 1, "vjp": 1, "operator": 1, "set": 2}  # the first argument that is one
SHARE = 0.3
TINY = 1e-3
MARK = re.compile(r"(<\|[^|]*\|>)")


@dataclass(frozen=True)
class Change:
    """What is changed.

    seed: of the random check, instead of the run's; 0 for none. noise: of what the learner's side draws, likewise.
    jitter: which other numbers. fill: what zeros become. letters: how far small letters move on in the alphabet.
    size, by: axes of this size grow by so much; whole numbers that equal it as well where `counts` is set.
    rolled: whole numbers and truth values of arrays and lists change places. wild: what moves changes sign and size.
    only: the inputs that move, by their places, one or more with "|" between them. axis, index: the slice that moves.
    plain: every float becomes an ordinary one. 1 keeps its sign, 2 takes the other one and is larger, 3 keeps its sign
    and leaves zeros, 4 and 5 are as 1, with masks that allow, or ban, all, 6 is large and positive. gentle: single ones
    between 0 and 1 stay, since they may be options that must not leave this range.
    put: what goes in at `only`, whatever stood there. flip: where truth values say the opposite. zero: places, with "|"
    between them, that become 0. form: what is done to the input at `formed`, after all else; a key of `forms`.
    """

    seed: int = 0
    jitter: int = 0
    size: int = 0
    by: int = 0
    counts: bool = False
    only: str = ""
    axis: int = -1
    index: int = 0
    fill: float = 0.0
    letters: int = 0
    noise: int = 0
    rolled: bool = False
    wild: bool = False
    plain: int = 0
    gentle: bool = False
    put: float | None = None
    flip: str = ""
    zero: str = ""
    form: str = ""
    formed: str = ""

    @property
    def key(self) -> str:
        """A name for the change."""
        return repr(self)


@dataclass(frozen=True)
class Input:
    """One number, flag or array that went in.

    place: question and path, `2:1[0]['counts']`. operation, name: what was asked, of whom. first: the first argument
    where it is a text. path: 0 or 1 (by place or by name), then the place or name of the argument, then into it.
    """

    place: str
    value: Any
    operation: str
    name: str
    first: str
    path: tuple[Any, ...]


class Changer:
    """Changes the arguments of one run and keeps what went in."""

    def __init__(self, change: Change, *, lists: bool) -> None:
        """lists: Python lists have sizes, too."""
        self._change = change
        self._only = change.only.split("|") if change.only else []
        self._zero = frozenset(change.zero.split("|") if change.zero else ())
        self._lists = lists
        self._asked = -1
        self.inputs: list[Input] = []
        self.texts: list[str | bytes] = []
        self.questions: list[bytes] = []
        self.last = ""
        self.lent = False  # whether a function of the check went in, which no change varies

    def __call__(self, operation: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments to ask with."""
        self._asked += 1
        first = OPERATIONS.get(operation)
        if first is None:
            self._note(operation, arguments)
            return arguments
        changed = tuple(
            self._value(argument, f"{self._asked}:{index}") if index >= first else argument
            for index, argument in enumerate(arguments)
        )
        if operation == "help" and changed[1][:1] and isinstance(changed[1][0], str) and len(changed[1]) > 1:
            changed = (changed[0], (arguments[1][0], *changed[1][1:]), *changed[2:])  # it may be a function's name
        self._note(operation, changed)
        name = arguments[0] if isinstance(arguments[0], str) else _class_of(arguments[0])
        self.last = f"{operation} {name}" if operation != "set" else self.last
        leading = changed[first][:1] if isinstance(changed[first], tuple) else ()
        text = leading[0] if leading and isinstance(leading[0], str) else ""
        self.texts += [
            one for part in changed[first:] if isinstance(part, tuple) for one in part if isinstance(one, str | bytes)
        ]
        for index in range(first, len(changed)):
            for path, value in _arguments(changed[index], index - first):
                place = f"{self._asked}:{index}{_subscripts(path[1:])}"
                self.inputs.append(Input(place, value, operation, name, text, path))
        return changed

    def _note(self, operation: str, arguments: tuple[Any, ...]) -> None:
        """Keep a digest of a question; whose objects are in it is left out, since learners number them differently."""
        digest = hashlib.sha256(operation.encode())
        _feed(digest, arguments)
        self.questions.append(digest.digest())

    def _value(self, value: Any, place: str) -> Any:
        changed = self._varied(value, place)
        return formed(changed, self._change.form) if place == self._change.formed else changed

    def _varied(self, value: Any, place: str) -> Any:
        if isinstance(value, tuple | list):
            inner = [self._value(item, f"{place}[{index!r}]") for index, item in enumerate(value)]
            return type(value)(self._sized(inner, value))
        if type(value) is dict:
            return {key: self._value(item, f"{place}[{key!r}]") for key, item in value.items()}
        if isinstance(value, Tensor):
            changed = self._array(value.array, place) if value.dtype != "bfloat16" else value.array
            return value if changed is value.array else tensor(changed, requires_grad=value.requires_grad)
        if is_array(value):
            return self._array(value, place)
        if type(value) is float:
            return self._float(value, place)
        self.lent = self.lent or (callable(value) and not isinstance(value, Remote))
        if type(value) is bool:
            return value != (self._chosen(place) or place == self._change.flip)
        if type(value) is str and self._change.letters:
            return _rotated(value, self._change.letters)
        return self._whole(value, place) if type(value) is int else value

    def _whole(self, value: int, place: str) -> float:
        change = self._change
        if change.counts and value == change.size:
            return value + change.by
        if place == change.only:
            return value + change.jitter + (10 if change.wild else 0) if change.put is None else change.put
        return value

    def _sized(self, inner: list[Any], before: Any) -> list[Any]:
        """Grow a tuple that is a shape, or a list of the size that grows."""
        change = self._change
        if change.rolled and type(before) is list and all(type(item) is int for item in before):
            return [*inner[1:], *inner[:1]]
        if not change.size:
            return inner
        if type(before) is tuple and before and all(type(item) is int for item in before):
            return [item + change.by if own == change.size else item for own, item in zip(before, inner, strict=True)]
        if type(before) is list and self._lists and len(inner) == change.size:
            more = [_moved(inner[i % len(inner)], 101 + i) for i in range(change.by)]
            return [*inner, *more]
        return inner

    def _float(self, value: float, place: str) -> float:
        change = self._change
        if change.fill and value == 0:
            return change.fill
        if change.plain:
            return _ordinary(value, change)
        if not change.only:
            return _moved(value, change.jitter)
        if not self._chosen(place):
            return value
        if change.put is not None:
            return change.put
        moves = value or "|" not in change.only  # among many a single 0 may well stand for "off"
        if not value and moves:
            return -7.0 if change.wild else 0.5 * change.jitter
        if moves and change.wild:
            return -7 * _moved(value, change.jitter, place)
        return _moved(value, change.jitter, place) + 0.01 if moves else value

    def _chosen(self, place: str) -> bool:
        """Say whether an input, or the list that it stands in, is one that moves."""
        return any(place == one or place.startswith(f"{one}[") for one in self._only)

    def _array(self, array: Any, place: str) -> Any:
        change = self._change
        if change.only and not self._chosen(place):
            return array
        from grader.diagnose import vary_arrays

        if change.plain:
            return vary_arrays.ordinary(array, change.plain)
        if place in self._zero or change.put is not None:
            return vary_arrays.put(array, 0.0 if change.put is None else change.put)
        if place == change.flip:
            return vary_arrays.flipped(array)
        if change.size and change.size in array.shape:
            array = vary_arrays.grown(array, change.size, change.by)
        if change.fill:
            array = vary_arrays.filled(array, change.fill)
        if change.rolled:
            array = vary_arrays.rolled(array)
        if not change.jitter:
            return array
        if change.only:
            moved = vary_arrays.thrown if change.wild else vary_arrays.shaken
            return vary_arrays.only(array, moved(array, change.jitter), change.axis, change.index)
        return vary_arrays.shrunk(array, change.jitter)


def _moved(value: Any, jitter: int, salt: str = "") -> Any:
    if type(value) is not float or not jitter or not math.isfinite(value):
        return value
    digest = hashlib.sha256(f"{value!r}/{jitter}/{salt}".encode()).digest()
    return value * (1 - SHARE * (int.from_bytes(digest[:4], "little") + 1) / 2**32)


def _ordinary(value: float, change: Change) -> float:
    """Return a number from 0.3 to 2.5 on the other side of 1, or with the other sign and up to 6.

    Equal numbers stay equal.
    """
    size = abs(value)
    if not math.isfinite(value) or (change.gentle and TINY < size < 1) or (change.plain == 3 and not value):
        return value
    share = int.from_bytes(hashlib.sha256(f"{value!r}/plain".encode()).digest()[:4], "little") / 2**32
    if change.plain in (2, 6):
        return math.copysign(2 + 4 * share, -value if change.plain == 2 else 1.0)
    return math.copysign(0.3 + 0.6 * share if size >= 1 else 1.1 + 1.4 * share, value)


def _feed(digest: "hashlib._Hash", value: Any) -> None:
    if isinstance(value, dict):
        _feed(digest, list(value.items()))
    elif isinstance(value, list | tuple):
        digest.update(b"[%d" % len(value))
        for item in value:
            _feed(digest, item)
    elif isinstance(value, Tensor):
        digest.update(value.array.tobytes())
    elif type(value).__module__ == "numpy":
        digest.update(value.tobytes())
    else:
        plain = value is None or isinstance(value, str | bytes | int | float)
        digest.update(repr(value).encode("utf-8", "backslashreplace") if plain else b"object")


def _rotated(text: str, by: int) -> str:
    """Return a text with other small letters, the same one for the same one; marks like `<|end|>` stay whole."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    parts = MARK.split(text)
    table = str.maketrans(letters, letters[by:] + letters[:by])
    return "".join(part if index % 2 else part.translate(table) for index, part in enumerate(parts))


def _class_of(thing: Any) -> str:
    return vars(thing).get("_class_name", "") if isinstance(thing, Remote) else ""


def _arguments(given: Any, kind: int) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the parts of arguments given by place (a tuple) or by name (a dict), or of a single one."""
    if isinstance(given, tuple | dict):
        for key, value in given.items() if isinstance(given, dict) else enumerate(given):
            yield from _parts(value, (kind, key))
    else:
        yield from _parts(given, (kind,))


def _parts(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield every flag, number, list of numbers, array and tensor of an argument, with the path to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _parts(item, (*path, key))
    elif isinstance(value, list | tuple):
        if value and all(type(item) in (int, float) for item in value):
            yield path, value
        else:
            for index, item in enumerate(value):
                yield from _parts(item, (*path, index))
    elif type(value) in (bool, int, float) or isinstance(value, Tensor) or type(value).__module__ == "numpy":
        yield path, value


def _subscripts(path: tuple[Any, ...]) -> str:
    return "".join(f"[{part!r}]" for part in path)
