"""Take away what an exercise forbids, in the worker, before a line of the learner's is read.

A function keeps its identity and loses its code, so that no alias of it works either. What torch computes outside of
Python is refused by its dispatcher (`dispatch`), which every way to an operation passes.
"""

import fnmatch
import importlib
import importlib.abc
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from grader.worker.guest import dispatch
from grader.worker.wire.protocol import REFUSED

MADE_BY = ("__init__", "__new__", "__call__", "forward")
# Where torch keeps the same formulas once more, in Python; loaded together with it.
AGAIN = ("torch._refs", "torch._decomp", "torch._prims", "torch._inductor.decomposition")

# Attention once more, in Python and as an operator that is none of the dispatcher's; all of it is loaded with torch.
FLEX = "torch._higher_order_ops.flex_attention"


class ForbiddenModules(importlib.abc.MetaPathFinder):
    """Refuses to load modules whose names match a pattern, `torch.nn.attention.*`."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.patterns = patterns

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> None:
        """Raise ImportError for what is forbidden, else leave it to the next finder."""
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns):
            raise ImportError(_sentence(name), name=name)


def forbid(patterns: Sequence[str]) -> None:
    """Take away what dotted names stand for, `sys.setrecursionlimit` or `torch.nn.functional.dropout*`.

    A name of a module that is not loaded and cannot be is left alone. Raises RuntimeError where torch does not refuse
    what it was told to refuse, or refuses more.
    """
    names = [name for pattern in patterns for name in _take(pattern)]
    sys.meta_path.insert(0, ForbiddenModules([pattern for pattern in patterns if pattern.endswith(".*")]))
    if "torch" not in sys.modules:
        return
    operations = dispatch.operations(names)
    dispatch.refuse(operations, _sentence)
    for name, function in _again(operations):
        _empty(function, _sentence(f"torch.{name}"))
    if "scaled_dot_product_attention" in operations or any(one.startswith("torch.nn.attention.") for one in patterns):
        for thing in _defined(FLEX):
            _empty(thing, _sentence(FLEX))
    dispatch.prove(names, REFUSED)


def _sentence(name: str) -> str:
    return f"{name} {REFUSED}: write it yourself"


def _take(pattern: str) -> list[str]:
    """Take away what one pattern stands for; return the full names of it, but for those that stand for everything."""
    module_name, _, last = pattern.rpartition(".")
    try:
        owner = _owner(module_name)
    except (ImportError, ValueError):  # the name of a whole module has no owner
        return []
    names = [last] if hasattr(owner, last) else fnmatch.filter(dir(owner), last)
    for name in names:
        if callable(thing := getattr(owner, name)) and (last == name or not name.startswith("_")):
            text = _sentence(f"{module_name}.{name}")
            # A pattern also finds what a module only uses, and others do, too.
            if last == name or f"{getattr(thing, '__module__', '')}.".startswith(f"{module_name}."):
                _empty(thing, text)
            setattr(owner, name, dispatch.refusal(text))
    return [] if last == "*" else [f"{module_name}.{name}" for name in names or [last]]


def _owner(dotted: str) -> Any:
    """Return a module, or a class that stands in one. Raises ImportError where it is not there, ValueError for ''."""
    try:
        return importlib.import_module(dotted)
    except ImportError:
        module, _, last = dotted.rpartition(".")
        found = getattr(_owner(module), last, None) if module else None
        if not isinstance(found, type):
            raise
        return found


def _empty(thing: Any, text: str) -> None:
    """Put the refusal in the place of a function's code, of what it wraps, and of what makes an object of a class."""
    if isinstance(thing, type):
        for name in MADE_BY:
            _empty(vars(thing).get(name), text)
    while isinstance(thing, FunctionType):
        thing.__code__ = _code(text).replace(co_freevars=thing.__code__.co_freevars)
        thing = vars(thing).get("__wrapped__")


@cache
def _code(text: str) -> CodeType:
    made: dict[str, Any] = {}
    exec(f"def write_it_yourself(*args, **kwargs):\n    raise RuntimeError({text!r})", made)  # noqa: S102
    code: CodeType = made["write_it_yourself"].__code__
    return code


@cache
def _modules() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith(AGAIN)]


def _again(operations: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield name and function of what torch has of some operations in Python."""
    for module in _modules():
        yield from ((name, vars(module)[name]) for name in operations if name in vars(module))


@cache
def _defined(name: str) -> list[Any]:
    """Return the functions and classes of a module that it does not only use."""
    module = sys.modules.get(name)
    return [thing for thing in vars(module).values() if getattr(thing, "__module__", "") == name] if module else []


def warm() -> None:
    """Look up beforehand what every worker will ask for."""
    _modules()
    _defined(FLEX)
    dispatch.warm()
