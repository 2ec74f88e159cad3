"""Numbers as text: six digits where six tell two numbers apart, else as many as it takes."""

from typing import Any

DIGITS = 6
MOST = 17
LARGE = 10**40  # from here on a whole number is told by its ends and its length


def scalar(value: Any) -> Any:
    """Return a numpy scalar as Python's own number; anything else as it is."""
    return value.item() if type(value).__module__ == "numpy" else value


def pair(yours: Any, expected: Any) -> tuple[str, str]:
    """Return two values in text, numbers with the fewest digits (at least six) that tell them apart."""
    if not (_real(yours) and _real(expected)):
        return text(yours), text(expected)
    for digits in range(DIGITS, MOST + 1):
        left, right = text(yours, digits), text(expected, digits)
        if left != right:
            break
    return left, right


def is_ordinary(*values: Any) -> bool:
    """Say whether a reader sees at once how two values differ: neither is tiny, huge or no number at all."""
    numbers = [value for value in values if isinstance(value, int | float | complex)]
    return all(not value or 1e-3 <= abs(value) <= 1e3 for value in numbers)


def text(value: Any, digits: int = DIGITS) -> str:
    """Return a value in text."""
    value = scalar(value)
    if isinstance(value, float):
        value = value or 0.0 if digits < MOST else value  # the sign of a zero tells nothing, but from another zero
        return f"{value:.{digits}g}"
    if isinstance(value, int) and abs(value) > LARGE:
        return _ends(value)
    return repr(value)


def _ends(value: int) -> str:
    try:
        whole = str(value)
    except ValueError:  # Python writes no more than 4,300 digits
        return f"a whole number of {value.bit_length()} bits"
    return f"{whole[:8]}...{whole[-8:]} ({len(whole.removeprefix('-'))} digits)"


def _real(value: Any) -> bool:
    return isinstance(scalar(value), int | float) and not isinstance(value, bool)
