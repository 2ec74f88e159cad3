"""The idle programs: each is made from a right answer and does none of its work."""

import copy
import functools
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class AnyRefusal(ValueError, TypeError, ArithmeticError, LookupError, RuntimeError):
    """Whatever a check may ask to be raised."""


@dataclass(frozen=True)
class Idle:
    """A right answer to be replaced. is_method: the first argument is the object. makes: it is an `__init__`."""

    right: Callable[..., Any]
    is_method: bool
    makes: bool
    owner: Any

    def asked(self, *arguments: Any, **named: Any) -> Any:
        """Return the right answer; nothing where it is to raise."""
        try:
            return self.right(*arguments, **named)
        except Exception:  # noqa: BLE001 (an idle program does not know)
            return None

    def given(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Return the first argument that was given; the object where there is no other."""
        own = arguments[1:] if self.is_method else arguments
        return next(iter((*own, *named.values(), *arguments)), None)


Made = Callable[..., Any]
Maker = Callable[[Idle], Made]


def _quiet(idle: Idle, answer: Made) -> Made:
    """Return a function that gives an answer; an `__init__` gives none, but lets a base class do its part."""

    @functools.wraps(idle.right)
    def asleep(*arguments: Any, **named: Any) -> Any:
        if not idle.makes:
            return answer(*arguments, **named)
        for base in idle.owner.__mro__[1:]:
            if base.__module__.startswith("torch."):
                return base.__init__(arguments[0])
        return None

    return asleep


def _constant(value: Any) -> Maker:
    return lambda idle: _quiet(idle, lambda *_, **__: value)


def _empty(idle: Idle) -> Made:
    return _quiet(idle, lambda *_, **__: [])


def _as_given(idle: Idle) -> Made:
    return _quiet(idle, lambda *arguments, **named: idle.given(arguments, named))


def _itself(idle: Idle) -> Made:
    return _quiet(idle, lambda *arguments, **_: arguments[0] if idle.is_method else None)


def _filled(value: float) -> Maker:
    """Make a program that returns what it was given with each number replaced."""
    return lambda idle: _quiet(idle, lambda *args, **named: Numbers(lambda _: value).of(idle.given(args, named)))


def _shaped(idle: Idle) -> Made:
    """Return a constant where the right answer has a number. It is not asked what it does with functions."""

    def answer(*arguments: Any, **named: Any) -> Any:
        if any(map(inspect.isroutine, (*arguments, *named.values()))):
            return None
        numbers = Numbers(lambda _: 0.617)
        try:
            own = copy.deepcopy((arguments, named))  # what it writes to is written to copies
        except Exception:  # noqa: BLE001 (objects of a learner's kind may refuse)
            return None
        made = numbers.of(idle.asked(*own[0], **own[1]))
        return made if numbers.count else None

    return _quiet(idle, answer)


def _other_inputs(idle: Idle) -> Made:
    """Return the right answer to another question: every float bent, every letter the next one."""

    def answer(*arguments: Any, **named: Any) -> Any:
        numbers = Numbers(_bend, whole=False)
        keep = 1 if idle.is_method else 0
        bent = [*arguments[:keep], *map(numbers.of, arguments[keep:])]
        others = {name: numbers.of(one) for name, one in named.items()}
        return idle.asked(*bent, **others) if numbers.count else None

    return _quiet(idle, answer)


def _raises(idle: Idle) -> Made:
    def asleep(*_: Any, **__: Any) -> Any:
        raise AnyRefusal("idle")

    return functools.wraps(idle.right)(asleep)


def _bend(number: float) -> float:
    return number + 0.3 * math.sin(7 * number + 1) if math.isfinite(number) else number


class Numbers:
    """Replaces the numbers of data, each in its own kind."""

    def __init__(self, change: Callable[[float], float], *, whole: bool = True) -> None:
        """whole: whole numbers and truth values, too, and what is no data becomes None.

        Else these stay as they are, and letters become the next ones. `count` says how many were replaced.
        """
        self._change, self._whole, self.count = change, whole, 0

    def of(self, value: Any) -> Any:
        """Return data with its numbers replaced."""
        if type(value) in (list, tuple):
            return type(value)(map(self.of, value))
        if type(value) is dict:
            return {key: self.of(one) for key, one in value.items()}
        if isinstance(value, float):
            self.count += 1
            return self._change(value)
        if isinstance(value, bool | int):
            return self._integer(value)
        if isinstance(value, str) and not self._whole:
            return "".join(map(self._letter, value))
        home = type(value).__module__
        if home == "numpy" and hasattr(value, "dtype"):
            return self._array(value)
        if home == "torch" and hasattr(value, "detach"):
            return self._tensor(value)
        return None if self._whole else value

    def _integer(self, value: int) -> int:
        if not self._whole:
            return value
        self.count += 1
        return type(value)(self._change(value) + 0.5)

    def _letter(self, letter: str) -> str:
        if not (letter.isascii() and letter.isalpha()):
            return letter
        self.count += 1
        return chr(ord(letter) + 1)

    def _array(self, value: Any) -> Any:
        import numpy as np

        if value.dtype.kind != "f":
            return np.ones_like(value) if self._whole else value
        self.count += value.size
        return np.vectorize(self._change, otypes=[value.dtype])(value) if value.size else value

    def _tensor(self, value: Any) -> Any:
        import torch

        if not value.is_floating_point():
            return torch.ones_like(value) if self._whole else value
        self.count += value.numel()
        flat = [self._change(number) for number in value.detach().double().flatten().tolist()]
        return torch.tensor(flat, dtype=torch.float64).reshape(value.shape).to(value.dtype)


KINDS: dict[str, Maker] = {
    "None": _constant(None),
    "0": _constant(0),
    "False": _constant(False),
    "empty list": _empty,
    "first argument": _as_given,
    "itself": _itself,
    "zeros": _filled(0.0),
    "ones": _filled(1.0),
    "constant": _shaped,
    "other inputs": _other_inputs,
    "raises": _raises,
}
