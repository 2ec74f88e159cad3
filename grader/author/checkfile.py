"""Read check files as their author wrote them: classes, bodies, what they ask of oracles and props. Nothing is run."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.author.source import read_text
from grader.course.declarations import title_of
from grader.course.unit import Unit
from grader.errors import CourseError

SEED_FREE = re.compile(r"\s*# seed-free: *\S.*")
IDLE = re.compile(r"\s*# idle \(([^)]+)\): *\S.*")


@dataclass(frozen=True)
class CheckClass:
    """One class of checks. exercise: the name it is marked with. call: the mark."""

    exercise: str
    path: Path
    hidden: bool
    node: ast.ClassDef
    call: ast.Call
    lines: tuple[str, ...]

    @property
    def line(self) -> int:
        """Where the mark stands."""
        return self.call.lineno

    @cached_property
    def checks(self) -> list[ast.FunctionDef]:
        """Its checks, in the order of the file."""
        return [node for node in self.node.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]

    @property
    def uses_rng(self) -> bool:
        """Whether a check has random inputs."""
        return any(argument.arg == "rng" for check in self.checks for argument in check.args.args)

    @property
    def seed_free(self) -> bool:
        """Whether a comment `# seed-free: reason` says why no check has random inputs."""
        return any(SEED_FREE.fullmatch(line) for line in self.lines[self.line - 1 : self.node.end_lineno])

    def idle(self, check: str) -> frozenset[str]:
        """Return the idle programs that may pass a check, each with a reason: `# idle (other inputs): reason`."""
        nodes = [node for node in self.checks if node.name == check]
        rows = [row for node in nodes for row in self.lines[node.lineno - 1 : node.end_lineno]]
        return frozenset(found[1] for row in rows if (found := IDLE.fullmatch(row)))


def classes(unit: Unit) -> list[CheckClass]:
    """Return a unit's classes of checks, the hidden ones last. Raises CourseError, naming file and line."""
    return read_classes(unit.checks, unit.hidden)


def read_classes(public: Path, hidden: Path) -> list[CheckClass]:
    """Return the classes of two check files, of which the hidden one may be missing. Raises CourseError."""
    found = list(_classes(public, hidden=False))
    if hidden.exists():
        found += _classes(hidden, hidden=True)
    return found


def _classes(path: Path, *, hidden: bool) -> Iterator[CheckClass]:
    text = read_text(path)
    for node in parsed(text, path).body:
        if isinstance(node, ast.ClassDef):
            for call in marks_of(node, "exercise"):
                yield CheckClass(str(literal(call, 0)), path, hidden, node, call, tuple(text.splitlines()))


def parsed(text: str, path: Path) -> ast.Module:
    """Return a file's syntax tree. Raises CourseError, naming file and line."""
    try:
        return ast.parse(text.removeprefix("\ufeff"), str(path))
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from error


def marks_of(node: ast.FunctionDef | ast.ClassDef, name: str) -> list[ast.Call]:
    """Return the decorators `@name(...)` of a function or class."""
    calls = [call for call in node.decorator_list if isinstance(call, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]


def literal(call: ast.Call, name: int | str) -> object:
    """Return an argument of a mark, by place or keyword; None where it is missing or no literal."""
    if isinstance(name, int):
        value = call.args[name] if len(call.args) > name else None
    else:
        value = next((word.value for word in call.keywords if word.arg == name), None)
    try:
        return ast.literal_eval(value) if value is not None else None
    except ValueError:
        return None


def title(check: ast.FunctionDef) -> str:
    """Return the line that a learner reads."""
    return title_of(check.name, ast.get_docstring(check))


def body_length(check: ast.FunctionDef) -> int:
    """Return how many lines a check has from its first statement, the docstring left out."""
    body = check.body[1:] if ast.get_docstring(check) is not None else check.body
    return (check.end_lineno or 0) - body[0].lineno + 1 if body else 0


def wordless_asserts(check: ast.FunctionDef) -> Iterator[int]:
    """Yield the lines of asserts without a sentence."""
    for node in ast.walk(check):
        if isinstance(node, ast.Assert) and node.msg is None:
            yield node.lineno


def asked(check: ast.FunctionDef, face: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of everything that a check asks of `oracle` or `props`."""
    for node in ast.walk(check):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == face:
            yield node.lineno, node.attr


def bound(tree: ast.Module) -> dict[str, int]:
    """Return the names that a module binds at its top, imports among them, with their lines."""
    found: dict[str, int] = {}
    for node in tree.body:
        for name in _binds(node):
            found.setdefault(name, node.lineno)
    return found


def _binds(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
