"""Turn the bytes of a submission into a module. Runs on the learner's side only.

Forbidden names are replaced by functions that say so. That is a courtesy to honest learners, who get a sentence instead
of a lost point; it stops nobody who wants to get round it.
"""

import builtins
import fnmatch
import importlib
import io
import linecache
import marshal
import sys
import tokenize
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from grader.worker.server import Server

MODULE = "submission"
REFUSED = "is not allowed in this exercise"


def load(server: Server, source: bytes, filename: str, forbid: Sequence[str], code: bytes = b"") -> None:
    """Execute a learner's module and make it the server's. Raises whatever the learner's code raises.

    code: the module as a scanning worker compiled it, which saves doing it again for every exercise.
    """
    text = decode(source)
    server.filename = filename
    server.lines = text.splitlines()
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    module = ModuleType(MODULE)
    module.__file__ = filename
    server.module = module
    sys.modules[MODULE] = module  # dataclasses and pickle look their module up by name
    for name in forbid:
        refuse(name)
    builtins.input = _no_input
    compiled = marshal.loads(code) if code else compile(text, filename, "exec", dont_inherit=True)  # noqa: S302
    exec(compiled, vars(module))  # noqa: S102 (what a worker is for)


def decode(source: bytes) -> str:
    """Return a source's text, by its byte order mark or coding line, else UTF-8."""
    return io.TextIOWrapper(io.BytesIO(source), encoding_of(source)).read()


def encoding_of(source: bytes) -> str:
    """Return the encoding that a source is read in. Raises SyntaxError for one that Python does not know."""
    return tokenize.detect_encoding(io.BytesIO(source).readline)[0]


def refuse(pattern: str) -> None:
    """Replace what a dotted name stands for, `sys.setrecursionlimit` or `torch.nn.functional.*`, if it is loaded."""
    module_name, _, last = pattern.rpartition(".")
    if not module_name:
        return
    try:
        owner: Any = importlib.import_module(module_name)
    except ImportError:
        return
    for name in [name for name in dir(owner) if fnmatch.fnmatchcase(name, last)]:
        if callable(getattr(owner, name)) and (last == name or not name.startswith("_")):
            setattr(owner, name, _refusal(f"{module_name}.{name}"))


def _refusal(name: str) -> Callable[..., Any]:
    def write_it_yourself(*_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError(f"{name} {REFUSED}: write it yourself")

    return write_it_yourself


def _no_input(_prompt: object = "") -> str:
    raise EOFError("input() has nobody to ask while your code is graded")
