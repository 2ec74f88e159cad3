"""Find misconceptions that fail by a slip of their own: a name that is not defined, a function that a module lacks.

A misconception is a wrong solution that runs. One that crashes is caught by every check, so nothing else would tell
that it is not the mistake which it is meant to be. What a misconception may raise is left alone: ValueError, TypeError,
IndexError and the like are what a learner with that mistake meets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.diagnose.alike import Stand
from grader.worker.host.subject import Exchange
from grader.worker.wire.codec import Codec, Garbage

_CODEC = Codec(keep=None, find=Stand, call=lambda number, _name: lambda: number, host=True)
OWN = ("NameError", "ImportError", "SyntaxError")  # an UnboundLocalError is a NameError
OF_A_MODULE = "module '"  # how Python says that a module lacks an attribute
ARGUMENTS = ("positional argument", "keyword argument", "required keyword-only argument")
ITSELF = " (it has the place of the function that it calls, and so it calls itself)"


@dataclass(frozen=True)
class Crash:
    """What was raised. line: of the misconceptions' file; 0 where the call itself failed."""

    said: str
    line: int


def first(exchanges: Iterable[Exchange], own: str = "") -> Crash | None:
    """Return the first exception among the answers that only a slip of the misconception's own explains.

    own: the misconception, if it stands in for a function of the module: there the function's name means itself.
    """
    for exchange in exchanges:
        record = _error(exchange.answer)
        if record is not None and _is_own(record, own):
            frames = record.get("frames") or []
            more = ITSELF if "RecursionError" in (record.get("bases") or []) else ""
            return Crash(f"{record.get('type')}: {record.get('message')}{more}", frames[-1][0] if frames else 0)
    return None


def _error(answer: bytes) -> dict[str, Any] | None:
    try:
        value = _CODEC.decode(memoryview(answer)[1:])
    except Garbage:
        return None
    is_error = isinstance(value, list) and len(value) == 2 and value[0] == "error" and isinstance(value[1], dict)
    return value[1] if is_error else None


def _is_own(record: dict[str, Any], own: str) -> bool:
    bases, message, inside = record.get("bases") or [], str(record.get("message")), bool(record.get("frames"))
    if any(kind in bases for kind in OWN):
        return inside
    if "RecursionError" in bases:
        return inside and own != "" and record.get("again") == own
    if "AttributeError" in bases:
        return inside and message.startswith(OF_A_MODULE)
    return "TypeError" in bases and not inside and any(words in message for words in ARGUMENTS)
