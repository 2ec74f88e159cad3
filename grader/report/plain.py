"""Values as any reader of JSON takes them: ASCII, no lone surrogate, no number that JSON does not have."""

import json
from math import isfinite
from typing import Any, Literal

Number = float | Literal["inf", "-inf", "nan"] | None


def text(value: Any) -> str:
    """Return a document; it ends in a newline."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, indent=2) + "\n"


def clean(value: Any) -> Any:
    """Spell out lone surrogates: a learner's string may hold them, a JSON document may not."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    return [clean(item) for item in value] if isinstance(value, list | tuple) else value


def number(value: float | None) -> Number:
    """Return a number, or its name where JSON has none for it."""
    if value is None or isfinite(value):
        return value
    return "nan" if value != value else "inf" if value > 0 else "-inf"  # noqa: PLR0124 (NaN)
