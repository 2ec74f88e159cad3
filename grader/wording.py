"""Questions as a learner would write them: `softmax(<array 5x3>)`, `(a + b).grad`. Short, never a whole value."""

from typing import Any

from grader.language import phrase
from grader.numbers import text
from grader.values import Remote, Tensor, is_array, kind, name_of

MAX_EXPRESSION = 160
MAX_SEQUENCE = 100
MAX_UNORDERED = 8
MAX_TEXT = 60


def expression(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Return a call as a learner would write it."""
    words = [shown(arg) for arg in args] + [f"{key}={shown(value)}" for key, value in kwargs.items()]
    return _short(f"{name}({', '.join(words)})")


def shown(value: Any) -> str:
    """Return a value as a learner would write it: short, and sizes instead of long contents."""
    if isinstance(value, Remote):
        return _short(repr(value))
    if isinstance(value, Tensor):
        return f"<tensor {'x'.join(map(str, value.shape)) or '()'}>"
    if type(value).__module__ == "numpy" and hasattr(value, "shape") and value.shape:
        return f"<array {'x'.join(map(str, value.shape))}>"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return _sequence(value)
    if isinstance(value, dict | set | frozenset):
        return _unordered(value)
    if isinstance(value, str | bytes) and len(value) > MAX_SEQUENCE:
        return f"<{type(value).__name__} of {len(value)}>"
    if callable(value):
        return name_of(value)
    return _short(text(value))


def described(value: Any) -> str:
    """Return kind and value in a few words: `str 'a'`, `None`, `list of 3 items`, `Value object`."""
    name = kind(value)
    if value is None or isinstance(value, Remote | Tensor) or is_array(value):
        return name
    if isinstance(value, list | tuple | dict | set | frozenset) and len(value) > 3:
        return phrase("{kind} of {number} items", kind=name, number=len(value))
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return phrase("{kind} of {number} characters", kind=name, number=len(value))
    return f"{name} {shown(value)}"


def _sequence(values: Any) -> str:
    left, right = "[]" if isinstance(values, list) else "()"
    words = ", ".join(shown(value) for value in values[:20])
    if len(values) > 20 or len(words) > MAX_SEQUENCE:
        return f"<{type(values).__name__} of {len(values)}>"
    return f"{left}{words}{',' if left == '(' and len(values) == 1 else ''}{right}"


def _unordered(values: Any) -> str:
    """Return a small dict or set of plain things in full; anything else by its size, without looking at its parts."""
    if len(values) <= MAX_UNORDERED:
        parts = values.items() if isinstance(values, dict) else values
        words = [f"{shown(part[0])}: {shown(part[1])}" if isinstance(values, dict) else shown(part) for part in parts]
        text = f"{{{', '.join(words)}}}"
        if words and len(text) <= MAX_SEQUENCE:
            return text
    return f"<{type(values).__name__} of {len(values)}>" if values else repr(values)


def operand(value: Any) -> str:
    """Return a value as it stands beside an operator: in parentheses where it needs them."""
    text = shown(value)
    return f"({text})" if isinstance(value, Remote) and is_sum_like(text) else text


def is_sum_like(text: str) -> bool:
    """Say whether an expression has an operator outside all brackets."""
    depth = 0
    for character in text:
        depth += (character in "([{<") - (character in ")]}>")
        if character == " " and depth <= 0:
            return True
    return text.startswith("-")


def _short(text: str) -> str:
    return text if len(text) <= MAX_EXPRESSION else f"{text[: MAX_EXPRESSION - 3]}..."
