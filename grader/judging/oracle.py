"""The memoised oracle store: expected values, computed once.

An oracle is a pure function in `checks/oracles/uNN.py`, data in, data out. Its answer is kept on disk under a key made
of the source of what computes it, its name and its arguments, so a warm run imports no torch, and a changed oracle or
solution is asked again. The store never leaves the host.
"""

import contextlib
import copy
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import store
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.judging import reference
from grader.judging.limits import off_the_clock
from grader.worker.wire.codec import Codec, Garbage, Refused
from grader.worker.wire.protocol import PROTOCOL


class Solution:
    """The reference as an oracle sees it: loaded when first used."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def __getattr__(self, name: str) -> Any:
        module = reference.solution(self._unit)
        vars(self).update({key: value for key, value in vars(module).items() if not key.startswith("__")})
        return getattr(module, name)


class Store:
    """The oracles of one unit. `store.ask("softmax", args, kwargs)` returns data."""

    def __init__(self, unit: Unit, folder: Path) -> None:
        """folder: where answers are kept; one that cannot be written is done without."""
        self._unit = unit
        self.computes = True  # else it knows only what was asked before, and raises LookupError
        self.hurried = False  # whether what it computes is part of a check's time
        self._sources = unit.digest(unit.oracles, unit.solution)
        self._memo = store.Memo(folder / unit.name, self._sources)
        self._codec = data_codec("a handle in the oracle store")

    def ask(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the oracle's answer, from the store if it is there. Raises CourseError for a broken oracle."""
        try:
            question = self._codec.encode([name, args, kwargs])
        except Refused as error:
            raise CourseError(f"{self._unit.oracles}: {name}: arguments must be data: {error}") from error
        key = store.key(self._sources, str(PROTOCOL).encode(), question)
        kept = self._memo.get(key)
        if kept is not None:
            try:
                return self._codec.decode(kept)
            except Garbage:  # a disk that lost bytes: ask again
                pass
        if not self.computes:
            raise LookupError(name)
        with contextlib.nullcontext() if self.hurried else off_the_clock():
            answer = self._compute(name, args, kwargs)
        self._memo.put(key, answer)
        try:
            return self._codec.decode(answer)
        except Garbage as error:
            raise CourseError(f"{self._unit.oracles}: {name}: its answer is too large: {error}") from error

    def _compute(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
        function = getattr(self._module, name, None)
        if function is None:
            raise CourseError(f"{self._unit.oracles}: has no oracle {name!r}.")
        reference.one_thread()
        try:
            return self._codec.encode(function(*copy.deepcopy(args), **copy.deepcopy(kwargs)))
        except Refused as error:
            raise CourseError(f"{self._unit.oracles}: {name}: its answer must be data: {error}") from error
        except Exception as error:
            where = reference.line_of(error, self._unit.oracles)
            raise CourseError(f"{where}: {name}: {type(error).__name__}: {error}") from error

    @cached_property
    def _module(self) -> ModuleType:
        return loaded(self._unit)


def loaded(unit: Unit) -> ModuleType:
    """Execute the oracles of a unit. Raises CourseError where they do not run, for a library that is not there, too."""
    module = ModuleType(f"oracles_{unit.name}")
    vars(module)["solution"] = Solution(unit)
    code = reference.compiled(unit.oracles)
    try:
        exec(code, vars(module))  # noqa: S102 (ours)
    except Exception as error:
        where = reference.line_of(error, unit.oracles)
        raise CourseError(f"{where}: does not run: {type(error).__name__}: {error}") from error
    return module


class Oracle:
    """What a check is given: `oracle.softmax(x)`."""

    def __init__(self, answers: Store) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._answers.ask(name, args, kwargs)


def data_codec(otherwise: str) -> Codec:
    """Return a codec of the host's that carries data alone. otherwise: what a handle in it would be, for `Garbage`."""

    def find(_number: int, _name: str) -> object:
        raise Garbage(otherwise)

    return Codec(keep=None, find=find, host=True)
