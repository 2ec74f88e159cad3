"""What a module defines, read from its syntax tree: functions, classes, methods, and what is odd about them."""

import ast
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_DEFS = 2000
TODO = "TODO: "  # what a stub raises begins so
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@dataclass
class Definitions:
    """The names of a module and where they stand; see `scan` for the facts."""

    defs: dict[str, list[Any]] = field(default_factory=dict)
    bases: dict[str, list[str]] = field(default_factory=dict)
    twice: dict[str, list[int]] = field(default_factory=dict)
    selfless: list[str] = field(default_factory=list)
    parameters: dict[str, list[str]] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Return all of it as data."""
        return dict(vars(self))

    def collect(self, body: Sequence[ast.stmt], prefix: str = "") -> None:
        """Record functions, classes and their methods; a later definition of a name wins, as it does in Python."""
        seen: dict[str, list[int]] = {}
        for node in body:
            if isinstance(node, Definition) and len(self.defs) < MAX_DEFS:
                if not _adds(node):
                    seen.setdefault(node.name, []).append(node.lineno)
                self._define(node, prefix)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                self._assign(node, prefix)
            elif isinstance(node, ast.If | ast.Try | ast.With) and not _is_guard(node):
                self.collect(node.body, prefix)
        self.twice |= {prefix + name: lines for name, lines in seen.items() if len(lines) > 1}

    def _define(self, node: Definition, prefix: str) -> None:
        name = prefix + node.name
        for old in [known for known in self.defs if known.startswith(f"{name}.")]:
            del self.defs[old]  # a class of that name that stood there before, with all its methods
        first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
        self.defs[name] = [first, node.end_lineno or node.lineno, _digest(node), _unwritten(node)]
        if isinstance(node, ast.ClassDef):
            self.bases[name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
            self.collect(node.body, f"{name}.")
            return
        given = node.args
        self.parameters[name] = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        if prefix and _takes_no_self(node):
            self.selfless.append(name)

    def _assign(self, node: ast.Assign | ast.AnnAssign, prefix: str) -> None:
        """`__radd__ = __add__` in a class body defines a method too, and so does `Value.relu = relu` below it."""
        if node.value is None:
            return
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            name = _named(target)
            if name and len(self.defs) < MAX_DEFS:
                self.defs[prefix + name] = [node.lineno, node.end_lineno or node.lineno, _digest(node), 0]


def _named(target: ast.expr) -> str:
    """Return the name that an assignment gives to, of the module or of a class; empty for any other place."""
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        return f"{target.value.id}.{target.attr}"
    return ""


def _digest(node: ast.AST) -> str:
    """Return a digest of a piece of syntax; comments and layout change nothing."""
    return hashlib.sha256(ast.dump(node).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _unwritten(node: Definition) -> int:
    """Return the first line of the stub's that is in it still; 0 where none is."""
    return min((one.lineno for one in ast.walk(node) if isinstance(one, ast.Raise) and _is_todo(one.exc)), default=0)


def _is_todo(raised: ast.expr | None) -> bool:
    if not (isinstance(raised, ast.Call) and _named(raised.func) == "NotImplementedError" and raised.args):
        return False
    said = raised.args[0]
    return isinstance(said, ast.Constant) and str(said.value).startswith(TODO)


def _is_guard(node: ast.stmt) -> bool:
    """Say whether it is `if __name__ == "__main__"`: what stands below runs for the learner alone."""
    test = node.test if isinstance(node, ast.If) else None
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
        return False
    sides = (test.left, *test.comparators)
    has_name = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return has_name and any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)


def _adds(node: Definition) -> bool:
    """Say whether a definition adds to one of its name, as the setter of a property does, or is no name to keep."""
    marks = (mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list)
    return node.name == "_" or any(
        (isinstance(mark, ast.Attribute) and mark.attr in ("setter", "getter", "deleter", "register", "overload"))
        or _named(mark) == "overload"
        for mark in marks
    )


def _takes_no_self(node: Function) -> bool:
    """Say whether a method was written like a function, without a first parameter for the object."""
    given = node.args
    first = next(iter((*given.posonlyargs, *given.args)), None)
    if node.decorator_list or (first is None and given.vararg):
        return False
    return first is None or first.arg not in ("self", "cls", "this", "me", "_", "__self__")
