"""The name that was probably meant, where Python does not know one. Runs on the learner's side only.

Python itself suggests one, but not in what an exception says as a text, and not in the same words in each version.
"""

import builtins
import keyword
from types import FrameType, ModuleType, TracebackType

LONGEST = 60
MOST = 2000  # names that are looked at
CLOSE = 0.65  # one letter of three is another one
_NAMES = type.__dict__["__dict__"].__get__  # of a class, whatever its metaclass says


def near(error: BaseException, trace: TracebackType | None) -> str:
    """Return the known name that comes nearest to an unknown one, of a variable or an attribute; else nothing.

    Nothing of the learner's runs: an object is asked for what stands in it and in its classes, and not by its own ways.
    """
    wrong = getattr(error, "name", None)
    if type(wrong) is not str or not 2 <= len(wrong) <= LONGEST:
        return ""
    known: list[str] = []
    if type(error) in (NameError, UnboundLocalError):
        frame = _last(trace)
        known = _variables(frame) if frame is not None else []
    elif type(error) is AttributeError:
        known = _attributes(getattr(error, "obj", None))
    return _nearest(wrong, known[:MOST])


def _last(trace: TracebackType | None) -> FrameType | None:
    frame = None
    while trace is not None:
        frame, trace = trace.tb_frame, trace.tb_next
    return frame


def _variables(frame: FrameType) -> list[str]:
    return [*frame.f_locals, *frame.f_globals, *vars(builtins)]


def _attributes(thing: object) -> list[str]:
    if isinstance(thing, ModuleType):
        return list(vars(thing))
    try:
        own = list(object.__getattribute__(thing, "__dict__"))
    except AttributeError:
        own = []
    return [*own, *(name for kind in type.__dict__["__mro__"].__get__(type(thing)) for name in _NAMES(kind))]


def _nearest(wrong: str, known: list[str]) -> str:
    from difflib import get_close_matches  # only where something went wrong

    names = [name for name in known if type(name) is str and name.startswith("_") == wrong.startswith("_")]
    names = [name for name in names if name != wrong and not keyword.iskeyword(name) and len(name) > 1]
    found = get_close_matches(wrong, names, n=1, cutoff=CLOSE)
    return found[0][:LONGEST] if found else ""
