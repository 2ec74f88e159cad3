"""What a check has asked so far: whose method it was, about which objects, and what came back. Names, never texts.

So the place of a wrong answer is told by what was asked for it. Where more than one answer had a part in it, nobody can
say which one is wrong, and all of them are told.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.values import Remote

LOOKED_AT = 200  # of the parts of an argument, these may be objects
PLAIN = frozenset({bool, int, float, str, bytes, type(None)})
CALLABLE = ("method", "function", "builtin_function_or_method", "method-wrapper")
ARITHMETIC = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift",
)  # fmt: skip
# What Python asks for where a class has no method of the first name.
INSTEAD = {"ne": ("eq",), "iter": ("getitem",), "str": ("repr",), "bool": ("len",), "contains": ("iter",)}
MADE = "__init__"
DATA = "data"


@dataclass(frozen=True)
class Asked:
    """A name that was asked for. owner: the class of the object; empty for a name of the module.

    names: what it may be called there, the first that is defined: `module(x)` is `__call__` or `forward`.
    """

    owner: str
    names: tuple[str, ...]


class Names(Protocol):
    """What a learner's file tells of the names that were asked for."""

    def answer(self, asked: Asked) -> str:
        """Return the answer that a name stands for; empty where it is none of the exercise's."""

    def is_own(self, class_name: str) -> bool:
        """Say whether it is a class of the learner's."""


@dataclass(frozen=True, slots=True)
class Step:
    """One question. given, made: the numbers of the objects that it was about, and of those that came back new.

    reads: it read an attribute. kinds: helper code that was given no object gave these, by their classes; `data` for
    what is none. Nobody knows what such code asked on its way.
    """

    number: int
    asked: Asked | None
    given: tuple[int, ...]
    reads: bool
    helps: bool
    made: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


@dataclass
class Trail:
    """The questions of one check, in order."""

    _steps: list[Step] = field(default_factory=list)
    _makers: dict[int, list[Step]] = field(default_factory=dict)
    _called: dict[int, Asked] = field(default_factory=dict)

    def ask(self, operation: str, arguments: tuple[Any, ...]) -> Step:
        """Note a question before it is put."""
        given = tuple(one._id for one in _remotes(arguments))  # noqa: SLF001 (a number, not a question)
        asked, helps = self._asked(operation, arguments), operation == "help" and not given
        step = Step(len(self._steps), asked, given, operation == "get", helps)
        self._steps.append(step)
        return step

    def answered(self, step: Step, value: Any, made: Iterable[int]) -> None:
        """Note what came back. made: the numbers of objects in it that were not known before.

        Whoever gives back what was handed in may have changed it, and so has a part in what it is from then on.
        """
        step.made.extend(made)
        given_back = [] if step.reads else [one._id for one in _remotes(value) if one._id in step.given]  # noqa: SLF001
        for number in (*step.made, *given_back):
            self._makers.setdefault(number, []).append(step)
        if step.helps:
            step.kinds.append(value._class_name if isinstance(value, Remote) else DATA)  # noqa: SLF001
        if isinstance(value, Remote) and value._class_name in CALLABLE and step.asked:  # noqa: SLF001
            self._called[value._id] = step.asked  # noqa: SLF001

    def last(self, names: Names) -> set[str]:
        """Return the answers that had a part in what the last question gave, or would have given.

        names: of the learner's file.
        """
        return self._parts(self._steps[-1:], names)

    def of(self, number: int, names: Names) -> set[str]:
        """Return the answers that had a part in what the question of that number gave; empty where nobody can tell."""
        return self._parts(self._steps[number : number + 1], names)

    def all(self, names: Names) -> set[str]:
        """Return the answers that the check has asked for."""
        return self._parts(self._steps, names)

    def _parts(self, steps: list[Step], names: Names) -> set[str]:
        """Return the answers that had a part in some steps. What made an object is left out where it was used since."""
        found: set[str] = set()
        for step in steps:
            own = names.answer(step.asked) if step.asked else ""
            parts = [step] if own else [step, *self._history(step)]
            if any(kind == DATA or names.is_own(kind) for one in parts for kind in one.kinds):
                return set()
            found |= {own or names.answer(one.asked) for one in parts if one.asked}
        found.discard("")
        return {name for name in found if name.rpartition(".")[2] != MADE} or found

    def _history(self, step: Step) -> Iterator[Step]:
        """Yield the steps that made what a step was about; where it was changed since, all that had to do with it."""
        if not step.reads or self._is_fresh(step):
            waiting, seen = list(step.given), set[int]()
            while waiting:
                number = waiting.pop()
                makers = [one for one in self._makers.get(number, ()) if one.number < step.number]
                if number not in seen:
                    seen.add(number)
                    waiting += (each for maker in makers for each in maker.given)
                    yield from makers
        else:
            yield from self._connected(step)

    def _is_fresh(self, step: Step) -> bool:
        """Say whether an attribute was read right after its object was made."""
        before = next((one for one in reversed(self._steps[: step.number]) if not one.reads), None)
        return before is not None and set(step.given) <= set(before.made)

    def _connected(self, step: Step) -> Iterator[Step]:
        """Yield the steps about objects that are tied to those of a step by a chain of questions."""
        tied: dict[int, int] = {}

        def root(number: int) -> int:
            while tied.setdefault(number, number) != number:
                tied[number] = tied[tied[number]]
                number = tied[number]
            return number

        for one in self._steps:
            first, *others = (*one.given, *one.made, -1)
            for other in others[:-1]:
                tied[root(other)] = root(first)
        mine = {root(number) for number in step.given}
        yield from (
            one for one in self._steps if one is not step and any(root(n) in mine for n in (*one.given, *one.made))
        )

    def _asked(self, operation: str, arguments: tuple[Any, ...]) -> Asked | None:
        if operation in ("call", "fetch"):
            return Asked("", (arguments[0],))
        if operation in ("apply", "vjp"):
            return self._applied(arguments[0])
        if operation == "get":
            return Asked(arguments[0]._class_name, (arguments[1],))  # noqa: SLF001
        return _operator(*arguments) if operation == "operator" else None

    def _applied(self, function: Any) -> Asked | None:
        if isinstance(function, str):
            return Asked("", (function,))
        if not isinstance(function, Remote):
            return None
        known = self._called.get(function._id)  # noqa: SLF001
        return known or Asked(function._class_name, ("__call__", "forward"))  # noqa: SLF001


def _operator(name: str, operands: tuple[Any, ...]) -> Asked | None:
    """Return the method that Python asks for: `10 - x` is `__rsub__`."""
    plain = name.rstrip("_")
    reflected = plain in ARITHMETIC and not isinstance(operands[0], Remote)
    owner = operands[-1] if reflected else operands[0]
    if not isinstance(owner, Remote):
        return None
    names = (f"r{plain}",) if reflected else (plain, *INSTEAD.get(plain, ()))
    return Asked(owner._class_name, tuple(f"__{one}__" for one in names))  # noqa: SLF001


def _remotes(value: Any, depth: int = 3) -> Iterator[Remote]:
    """Yield the objects of the learner's in what is sent to them, as far as it is looked at."""
    if isinstance(value, Remote):
        yield value
    elif depth and type(value) in (list, tuple, dict):
        parts = value.values() if type(value) is dict else value
        for part in itertools.islice(parts, LOOKED_AT):
            if type(part) not in PLAIN:
                yield from _remotes(part, depth - 1)
