"""The trusted side of a unit: its solution and its misconceptions, loaded in-process and asked over loopback.

Everything here is ours: it runs in the host. A learner's file never does.
"""

import ast
import marshal
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from grader.course import decorators
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.judging.limits import OutOfTime
from grader.worker.guest.server import Server
from grader.worker.host.subject import Loopback, Subject
from grader.worker.host.text import Text
from grader.worker.wire.libraries import THREADS


@dataclass(frozen=True)
class Misconception:
    """A wrong solution that runs. name: `u01.pow_overwrites`. replaces: what it stands in for, `Value.__pow__`.

    symptom: its sentence tells what goes wrong, and no mechanism. less: another sentence that does so. also: other
    exercises that show it.
    """

    name: str
    exercise: str
    says: str
    replaces: str
    line: int
    symptom: bool = False
    also: tuple[str, ...] = ()
    less: str = ""


@cache
def _compiled(path: Path, _stamp: int) -> CodeType:
    try:
        return compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except OSError as error:
        raise CourseError(f"{path}: cannot be read: {error.strerror}") from error
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from error


def compiled(path: Path) -> CodeType:
    """Return a file's code, compiled once. Raises CourseError, naming file and line."""
    try:
        return _compiled(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise CourseError(f"{path}: not found. Is the course complete?") from error


def one_thread() -> None:
    """Have torch compute on one thread here, too, loaded or not: sums in another order are other sums."""
    for name, count in THREADS.items():
        os.environ.setdefault(name, count)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def solution(unit: Unit, base: str = "") -> ModuleType:
    """Execute a fresh copy of a unit's solution. Raises CourseError where it does not run.

    base: of `unit.bases`, whose text is executed below it and replaces names of it.
    """
    module = ModuleType(f"solution_{unit.name}")
    module.__file__ = str(unit.solution)
    sys.modules[module.__name__] = module  # dataclasses look their module up by name
    one_thread()
    _execute(module, unit.solution)
    if base:
        _based(module, unit.bases[base])
    return module


def _execute(module: ModuleType, path: Path) -> None:
    code = compiled(path)
    try:
        exec(code, vars(module))  # noqa: S102 (ours)
    except Exception as error:
        raise CourseError(f"{line_of(error, path)}: does not run: {type(error).__name__}: {error}") from error


def _based(module: ModuleType, path: Path) -> dict[str, Any]:
    """Execute a base below a solution; return the names that it has in its own manner."""
    before = dict(vars(module))
    _execute(module, path)
    return {name: value for name, value in vars(module).items() if before.get(name) is not value}


def line_of(error: BaseException, *files: Path) -> str:
    """Return file and line of the innermost frame that stands in one of the files."""
    trace, found = error.__traceback__, str(files[0])
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in map(str, files):
            found = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def misconceptions(unit: Unit, exercise: Exercise) -> list[Misconception]:
    """Return the misconceptions of an exercise, in the order of their file."""
    if not unit.wrong_file(exercise.name).exists():
        return []
    return [found for found, _ in _collect(unit, exercise, solution(unit))]


def misconceived(unit: Unit, name: str, base: str = "") -> tuple[ModuleType, Path]:
    """Return a fresh solution, or base, with one misconception put in, and that one's file. Raises KeyError."""
    name = name.rpartition(".")[2]
    exercise = next((one for one in unit.exercises if name in _defined(unit.wrong_file(one.name))), None)
    if exercise is None:
        raise KeyError(name)
    module = solution(unit)
    own = _based(module, unit.bases[base]) if base else {}
    collected = _collect(unit, exercise, module)
    vars(module).update(own)  # helpers of the misconceptions' files, too, that the base has in its own manner
    for found, wrong in collected:
        if name == found.name.partition(".")[2]:
            _put(module, found.replaces, wrong)
            return module, unit.wrong_file(exercise.name)
    raise KeyError(name)


def _collect(unit: Unit, exercise: Exercise, module: ModuleType) -> list[tuple[Misconception, Any]]:
    """Execute the misconceptions of an exercise in the solution's namespace, so that its names resolve there."""
    found: list[tuple[Misconception, Any]] = []
    for file in unit.wrong_files(exercise.name):
        if file.exists():
            _execute(module, file)
    for name, wrong in list(vars(module).items()):
        facts = decorators.marked(wrong, "__misconception__")
        if facts is not None:
            found.append((_describe(unit, exercise, name, wrong, facts), wrong))
    return found


def _describe(unit: Unit, exercise: Exercise, name: str, wrong: Any, facts: dict[str, Any]) -> Misconception:
    file = unit.wrong_file(exercise.name)
    line = _defined(file).get(name, 1)
    where = f"{file}:{line}"
    if facts["exercise"] != exercise.name:
        raise CourseError(f"{where}: {name} is a misconception of {facts['exercise']!r}: move it to that one's file.")
    replaces = facts["replaces"]
    if not replaces and isinstance(wrong, type):
        replaces = wrong.__mro__[1].__name__
    if not replaces and len(exercise.answers) == 1:
        replaces = exercise.answers[0]
    if not replaces:
        raise CourseError(f'{where}: {name}: say what it replaces: replaces="{exercise.answers[0]}".')
    also, symptom = tuple(facts["also"]), facts["symptom"]
    own, less = f"{unit.key}.{name}", symptom if isinstance(symptom, str) else ""
    return Misconception(own, exercise.id, facts["says"], replaces, line, symptom is True, also, less)


def _defined(path: Path) -> dict[str, int]:
    """Return the functions and classes at the top of a file, with their lines; none where there is no such file."""
    try:
        body = tree(path).body if path.exists() else []
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from error
    return {node.name: node.lineno for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@cache
def _tree(path: Path, _stamp: int) -> ast.Module:
    return ast.parse(path.read_bytes())


def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree, parsed once. Raises SyntaxError, ValueError."""
    return _tree(path, path.stat().st_mtime_ns)


def owner_of(module: ModuleType, dotted: str) -> tuple[Any, str]:
    """Return what holds a name like `Value.__add__`, and the name there. Raises KeyError."""
    owner: Any = module
    *path, last = dotted.split(".")
    for step in path:
        owner = vars(owner)[step]
    return owner, last


def _put(module: ModuleType, dotted: str, wrong: Any) -> None:
    """Replace one name, `softmax` or `Value.__add__`, of a fresh module."""
    owner, last = owner_of(module, dotted)
    if isinstance(wrong, type):
        wrong.__name__ = wrong.__qualname__ = last  # it stands in for it, also where an error names its class
    setattr(owner, last, wrong)


def subject(unit: Unit, name: str = "", base: str = "") -> Subject:
    """Return the solution or a base, or the misconception of that name in it, as a subject over loopback."""
    module, file = misconceived(unit, name, base) if name else (solution(unit, base), unit.solution)
    return serving(unit, module, file)


def serving(unit: Unit, module: ModuleType, file: Path) -> Subject:
    """Return a module of ours as a subject over loopback. file: where it was written."""

    def serve(ask_host: Callable[[bytes], bytes]) -> Server:
        server = Server(ask_host, passes=(KeyboardInterrupt, OutOfTime))
        server.module = module
        server.filename = str(file)
        return server

    asked = Subject(Loopback(serve), Text(unit.solution.name))
    if unit.props.exists():
        asked.ask("props", props(unit))
    return asked


@contextmanager
def unwarned() -> Iterator[None]:
    """Show no warning of ours: a misconception may well deserve one. They are raised, filtered and recorded as ever."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda *_, **__: None
        yield


def props(unit: Unit) -> bytes:
    """Return the checks' helper code as every worker of this Python can load it. Raises CourseError for no Python."""
    try:
        return _props(unit.props.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise CourseError(f"{unit.props}: {error}") from error


def helper(tree: ast.Module) -> bytes:
    """Return a program of the course's own as every worker of this Python can load it beside a learner's module."""
    return marshal.dumps(compile(tree, "<props>", "exec", dont_inherit=True))


@cache
def _props(source: bytes) -> bytes:
    return marshal.dumps(compile(source, "<props>", "exec", dont_inherit=True))
