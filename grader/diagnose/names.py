"""What a learner calls the things that went in: `dout`, `d['counts']`, `Value(-3)`.

Parameters are read from the text of the solution, or of the stub where there is none, and of the props.
"""

import ast
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.course.unit import Unit
from grader.diagnose.vary import Input
from grader.diagnose.words import said
from grader.judging import reference
from grader.wording import shown

CALLED = ("forward", "__call__", "__init__")
MAX_NAME = 40


class UnitNames:
    """The names of one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    @cached_property
    def _written(self) -> dict[str, list[str]]:
        return _signatures(self._unit.solution if self._unit.solution.exists() else self._unit.stub)

    @cached_property
    def _helpers(self) -> dict[str, list[str]]:
        return _signatures(self._unit.props)

    def of(self, one: Input) -> str:
        """Return the name of an input; empty where a learner knows none."""
        kind, *rest = one.path
        if one.operation == "set":
            return one.name if one.name[:1].islower() else ""  # an attribute of an object, which has no name here
        if one.operation == "operator" or not rest:
            return _number(one.value)
        argument, *inner = rest
        if kind == 1:
            return _with(str(argument), inner)
        if one.operation == "help":
            return self._helped(one, argument, inner)
        return self._called(one, argument, inner)

    def _called(self, one: Input, argument: int, inner: list[Any]) -> str:
        ways = [one.name, *(f"{one.name}.{way}" for way in CALLED)] if one.operation != "apply" else []
        ways += [f"{one.name}.{way}" for way in CALLED[:2]]
        names = next((self._written[way] for way in ways if way in self._written), [])
        is_class = one.operation == "call" and f"{one.name}.__init__" in self._written
        if is_class and type(one.value) in (int, float) and not inner and argument == 0:
            return said("number in", thing=f"{one.name}({shown(one.value)})")
        return _with(names[argument], inner) if argument < len(names) else _number(one.value)

    def _helped(self, one: Input, argument: int, inner: list[Any]) -> str:
        """Name what goes in through a helper: by the function that it calls, else by a key, else by its own."""
        if one.first in self._written and argument:
            names = self._written[one.first]
            return _with(names[argument - 1], inner) if argument - 1 < len(names) else _number(one.value)
        keys = [part for part in inner if isinstance(part, str)]
        if keys:
            return keys[-1]
        names = self._helpers.get(one.name, [])
        return _with(names[argument], inner) if argument < len(names) else _number(one.value)


def _with(name: str, inner: list[Any]) -> str:
    return f"{name}{''.join(f'[{part!r}]' for part in inner)}"[:MAX_NAME]


def _number(value: Any) -> str:
    return shown(value) if type(value) in (int, float) else ""


def _signatures(path: Path) -> dict[str, list[str]]:
    """Return the parameters of functions and methods, `self` left out."""
    if not path.exists():
        return {}
    found: dict[str, list[str]] = {}
    for node in reference.tree(path).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = _parameters(node)
        elif isinstance(node, ast.ClassDef):
            methods = [inner for inner in node.body if isinstance(inner, ast.FunctionDef)]
            found |= {f"{node.name}.{method.name}": _parameters(method)[1:] for method in methods}
    return found


def _parameters(node: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
