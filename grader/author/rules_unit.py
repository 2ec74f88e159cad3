"""The rules on what UNIT says: it is there, and it names the libraries that the unit uses."""

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random

from grader.author import checkfile
from grader.author.findings import Finding
from grader.author.source import read_text
from grader.course.plots import plots
from grader.course.training import training
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.language import table
from grader.training.asker import used

WANTED = 'UNIT = {"title": "...", "lecture": "", "libraries": [], "forbid": []}'


def facts(unit: Unit) -> Iterator[Finding]:
    """Find what UNIT lacks; without it a unit would be run as something else than is meant."""
    tree = checkfile.parsed(read_text(unit.checks), unit.checks)
    line = checkfile.bound(tree).get("UNIT")
    if line is None:
        yield Finding(unit.name, "", unit.checks, 1, f"there is no UNIT: write {WANTED}")
        return
    for library in unit.libraries:
        if not _is_installed(library):
            message = (
                f"UNIT names the library {library!r}, which is not installed here: install it, or correct the name."
            )
            yield Finding(unit.name, "", unit.checks, line, message)
    yield from _imports(unit)
    yield from _run(unit)
    yield from _plots(unit)
    for path in (unit.checks, unit.hidden):
        if path.exists():
            yield from _generator(unit, path)


def _is_installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):
        return False


def _run(unit: Unit) -> Iterator[Finding]:
    """Find what keeps `grade run` from beginning, and what of it a language lacks."""
    if not unit.run.exists():
        return
    try:
        plan = training(unit.run)
        used(unit, plan)
    except CourseError as error:
        yield _misdeclared(unit, str(error), unit.run)
        return
    for folder in sorted(unit.run.parent.glob("*/")):
        known = table(folder / f"{unit.name}.toml")
        for says in plan.sentences if known else ():
            if says not in known:
                yield Finding(
                    unit.name, "", unit.run, 1, f"{folder.name}/{unit.name}.toml has no translation of {says!r}"
                )


def _plots(unit: Unit) -> Iterator[Finding]:
    """Find what keeps `grade plot` from drawing, and which of its lines in a list a language lacks."""
    try:
        declared = plots(unit)
        for plot in declared:
            used(unit, plot)
    except CourseError as error:
        yield _misdeclared(unit, str(error), unit.plots)
        return
    for folder in sorted(unit.plots.parent.glob("*/")) if declared else ():
        known = table(folder / f"{unit.name}.toml")
        for says in [plot.about for plot in declared] if known else ():
            if says not in known:
                lacks = f"{folder.name}/{unit.name}.toml has no translation of {says!r}"
                yield Finding(unit.name, "", unit.plots, 1, lacks)


def _misdeclared(unit: Unit, says: str, file: Path) -> Finding:
    """Return what a CourseError about a run or a plot says, at its line."""
    line, _, rest = says.removeprefix(f"{file}:").partition(":")
    if line.strip().isdigit():
        return Finding(unit.name, "", file, int(line), rest.strip())
    return Finding(unit.name, "", file, 1, says.removeprefix(f"{file}:").strip())


def _imports(unit: Unit) -> Iterator[Finding]:
    """Find what the solution imports and a learner's worker would not have."""
    tree = checkfile.parsed(read_text(unit.solution), unit.solution)
    for node in ast.walk(tree):
        for name in _roots(node):
            if name not in sys.stdlib_module_names and name not in unit.libraries:
                message = f'{name} is imported here, and UNIT does not name it: "libraries": {[*unit.libraries, name]}.'
                yield Finding(unit.name, "", unit.solution, node.lineno, message.replace("'", '"'))  # type: ignore[attr-defined]


def _roots(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0]


def _generator(unit: Unit, path: Path) -> Iterator[Finding]:
    """Find what is asked of `rng` and its generator does not have: which one it is depends on the libraries."""
    has = set(dir(Random)) if not unit.has_arrays else _of_numpy()
    kind = "numpy's Generator" if unit.has_arrays else "Python's random.Random"
    why = "" if unit.has_arrays else ': it would be numpy\'s if "libraries" of UNIT named numpy or torch'
    for node in ast.walk(checkfile.parsed(read_text(path), path)):
        is_rng = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "rng"
        if isinstance(node, ast.Attribute) and is_rng and node.attr not in has:
            message = f"`rng` is {kind} in this unit and has no `{node.attr}`{why}."
            yield Finding(unit.name, "", path, node.lineno, message)


def _of_numpy() -> set[str]:
    import numpy as np

    return set(dir(np.random.Generator))
