"""What a unit's plots declare: `PLOTS`, a literal in a file that a worker runs beside the learner's code.

The host reads the literal from the syntax tree, and runs nothing of the file.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.settings import literal, unknown
from grader.course.training import parsed, source, training
from grader.course.unit import Unit
from grader.errors import CourseError

NAME = "PLOTS"
SETTINGS = {
    "about": str,
    "uses": list,
    "on": str,
    "data": list,
    "run": bool,
    "beside": bool,
    "cpu": (int, float),
    "memory": int,
}
NEEDED = ("about", "uses")


@dataclass(frozen=True)
class Plot:
    """One picture of a unit. name: its function in the file, with `-` for `_`. file: what the worker runs.

    about: what is seen, a line. uses: exercises that it cannot do without. on: what it is about unless something else
    is asked for, a sentence or an expression; empty where nothing can be asked for. data: names of data sets, the
    first that is there is taken. run: it shows what a saved run has learned. beside: the same of our solution is drawn
    beside it. cpu: processor seconds. memory: MB.
    """

    unit: Unit
    file: Path
    name: str
    about: str
    uses: tuple[str, ...]
    on: str = ""
    data: tuple[str, ...] = ()
    run: bool = False
    beside: bool = False
    cpu: float = 30.0
    memory: int = 1024

    @property
    def id(self) -> str:
        """`u01.graph`."""
        return f"{self.unit.key}.{self.name}"

    @property
    def function(self) -> str:
        """The function that makes its data."""
        return self.name.replace("-", "_")

    @property
    def program(self) -> ast.Module:
        """What a worker runs: the unit's run, if it has one, whose names the plots may use; then the plots."""
        before = source(self.unit.run).body if self.unit.run.exists() else []
        return ast.Module(body=[*before, *source(self.file).body], type_ignores=[])


def plots(unit: Unit) -> tuple[Plot, ...]:
    """Read the plots of a unit, in their order; none where it has no file of them. Raises CourseError."""
    file = unit.plots
    if not file.exists():
        return ()
    tree = parsed(file)
    node = next((one.value for one in tree.body if isinstance(one, ast.Assign) and _is_plots(one)), None)
    table = literal(node, file) if node is not None else None
    if node is None or not isinstance(table, dict):
        raise CourseError(f"{file}:1: there is no {NAME}: a dict from names of plots to what they are.")
    defined = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    found = tuple(_plot(unit, file, str(name), facts, node.lineno) for name, facts in table.items())
    for one in found:
        if one.function not in defined:
            raise CourseError(f"{file}:{node.lineno}: there is no function {one.function}, which makes {one.name!r}.")
    return found


def _plot(unit: Unit, file: Path, name: str, facts: Any, line: int) -> Plot:
    if not isinstance(facts, Mapping):
        raise CourseError(f"{file}:{line}: what {name!r} of {NAME} is must be a dict.")
    for key, value in facts.items():
        if key not in SETTINGS:
            raise CourseError(f"{file}:{line}: in {name!r} of {NAME} {unknown(key, SETTINGS)}")
        if not isinstance(value, SETTINGS[key]):  # type: ignore[arg-type]
            raise CourseError(f"{file}:{line}: {key} of {name!r} cannot be {value!r}.")
    lacking = [key for key in NEEDED if not facts.get(key)]
    if lacking:
        raise CourseError(f"{file}:{line}: {name!r} of {NAME} needs {', '.join(NEEDED)}: {lacking[0]} is missing.")
    found = {**facts, "uses": tuple(facts["uses"]), "data": tuple(facts.get("data", ()))}
    if found.get("run"):
        if not unit.run.exists():
            raise CourseError(f"{file}:{line}: {name!r} shows what a run has learned, and {unit.key} has none.")
        found["data"] = found["data"] or training(unit.run).data
    return Plot(unit=unit, file=file, name=name, **found)


def _is_plots(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == NAME for target in node.targets)
