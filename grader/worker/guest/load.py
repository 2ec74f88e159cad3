"""Turn the bytes of a submission into a module. Runs on the learner's side only."""

import builtins
import io
import linecache
import marshal
import sys
import tokenize
from types import ModuleType
from typing import Any

from grader.worker.guest.absent import stand_ins
from grader.worker.guest.server import Server

MODULE = "submission"


def load(server: Server, source: bytes, filename: str, code: bytes = b"") -> None:
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
    builtins.input = _no_input
    vars(builtins).update(exit=sys.exit, quit=sys.exit)
    sys.breakpointhook = _no_debugger
    debugger: Any = sys.modules.setdefault("pdb", _Debugger("pdb"))
    debugger.set_trace = _no_debugger
    compiled = marshal.loads(code) if code else compile(text, filename, "exec", dont_inherit=True)  # noqa: S302
    with stand_ins(filename, text):
        exec(compiled, vars(module))  # noqa: S102 (what a worker is for)


def decode(source: bytes) -> str:
    """Return a source's text, by its byte order mark or coding line, else UTF-8."""
    return io.TextIOWrapper(io.BytesIO(source), encoding_of(source)).read()


def encoding_of(source: bytes) -> str:
    """Return the encoding that a source is read in. Raises SyntaxError for one that Python does not know."""
    return tokenize.detect_encoding(io.BytesIO(source).readline)[0]


class BdbQuit(Exception):
    """Somebody asked for a debugger."""


class _Debugger(ModuleType):
    """Stands in for pdb, which would ask at a prompt that nobody sees."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _no_debugger

    class Pdb:
        """What others inherit; making one is asking for a debugger."""

        def __init__(self, *_: object, **__: object) -> None:
            _no_debugger()


def _no_debugger(*_: object, **__: object) -> None:
    raise BdbQuit


def _no_input(_prompt: object = "") -> str:
    raise EOFError("input() has nobody to ask while your code is graded")
