"""What a unit's run declares: `RUN`, a literal in the file that a worker runs beside the learner's code.

The host reads the literal from the syntax tree, and runs nothing of the file.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader import store
from grader.course.settings import literal, unknown
from grader.course.unit import SHARED
from grader.errors import CourseError

FUNCTIONS = ("begin", "advance", "finish")
PUBLISHED = "published"
SETTINGS = {
    "about": str,
    "uses": list,
    "steps": (int, dict),
    "chunk": int,
    "cpu": (int, float),
    "memory": int,
    "data": list,
    "loss": str,
    "samples": str,
    "floor": dict,
    "compare": dict,
    "beside": str,
    "open": bool,
}
NEEDED = ("about", "uses", "steps")
ELSE = ""  # in a table by data sets: for any other text, or where there is no data


@dataclass(frozen=True)
class Training:
    """How a unit's code is trained. file: what the worker runs; its functions are in `docs/writing-a-unit.md`.

    about: what is trained, a line. uses: exercises that it cannot do without. steps: by the name of the data set.
    chunk: steps between two checkpoints. cpu: processor seconds that a chunk may take. memory: MB.
    data: names of data sets, the first that is there is taken; with none of them it reads no text.
    loss: what the curve shows. samples: what stands above them.
    floor, compare: by data set, what no honest model beats, and what to compare with.
    beside: the oracle that is asked, at the end, for numbers to stand beside the run's own.
    open: it can run in the open, on several processes or a GPU. published: it makes something of published weights.
    """

    file: Path
    about: str
    uses: tuple[str, ...]
    steps: Mapping[str, int]
    chunk: int = 1
    cpu: float = 20.0
    memory: int = 512
    data: tuple[str, ...] = ()
    loss: str = ""
    samples: str = ""
    floor: Mapping[str, float] = field(default_factory=dict)
    compare: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""
    open: bool = False
    published: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is said of it in the course's own words."""
        return tuple(filter(None, (self.about, self.loss, self.samples, *self.compare.values())))

    def steps_on(self, data: str) -> int:
        """Return how many steps a run takes on a data set."""
        return self.steps.get(data, self.steps[ELSE])


def training(file: Path) -> Training:
    """Read a run's settings. Raises CourseError, naming file and line."""
    tree = parsed(file)
    node = next((one.value for one in tree.body if isinstance(one, ast.Assign) and _is_run(one)), None)
    if node is None:
        raise CourseError(f'{file}:1: there is no RUN: write RUN = {{"about": "...", "uses": [], "steps": 1000}}')
    facts = literal(node, file)
    if not isinstance(facts, dict):
        raise CourseError(f"{file}:{node.lineno}: RUN is a dict.")
    _require(facts, file, node.lineno)
    defined = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    lacking = [name for name in FUNCTIONS if name not in defined]
    if lacking:
        raise CourseError(f"{file}:1: a run has the functions {', '.join(FUNCTIONS)}: {lacking[0]} is missing.")
    steps = facts.pop("steps")
    facts["steps"] = steps if isinstance(steps, dict) else {ELSE: steps}
    facts["uses"], facts["data"] = tuple(facts["uses"]), tuple(facts.get("data", ()))
    if facts["data"] and "prepare" not in defined:
        raise CourseError(f"{file}:1: RUN names data, so there must be a function prepare(text).")
    if ELSE not in facts["steps"]:
        raise CourseError(f'{file}:{node.lineno}: steps of RUN has no "", which is for any other text.')
    return Training(file=file, published=PUBLISHED in defined, **facts)


def source(file: Path) -> ast.Module:
    """Return the program that a worker runs: `_shared.py` beside the file, if there is one, then the file itself."""
    shared = file.with_name(f"{SHARED}.py")
    before = parsed(shared).body if shared.exists() else []
    return ast.Module(body=[*before, *parsed(file).body], type_ignores=[])


def digest(plan: Training) -> str:
    """Return a digest of what a run does: comments and what is only said of it are left out."""
    does = [node for node in source(plan.file).body if not (isinstance(node, ast.Assign) and _is_run(node))]
    return store.key(*(ast.dump(node).encode() for node in does), b"%d" % plan.chunk)[:16]


def parsed(file: Path) -> ast.Module:
    """Return the syntax tree of a file of the course's. Raises CourseError."""
    try:
        return ast.parse(file.read_bytes(), str(file))
    except (OSError, ValueError) as error:
        raise CourseError(f"{file}: cannot be read: {error}") from error
    except SyntaxError as error:
        raise CourseError(f"{file}:{error.lineno}: {error.msg}") from error


def _is_run(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "RUN" for target in node.targets)


def _require(facts: dict[str, Any], file: Path, line: int) -> None:
    for name, value in facts.items():
        if name not in SETTINGS:
            raise CourseError(f"{file}:{line}: in RUN {unknown(name, SETTINGS)}")
        if not isinstance(value, SETTINGS[name]):  # type: ignore[arg-type]
            raise CourseError(f"{file}:{line}: {name} of RUN cannot be {value!r}.")
    lacking = [name for name in NEEDED if name not in facts]
    if lacking:
        raise CourseError(f"{file}:{line}: RUN needs {', '.join(NEEDED)}: {lacking[0]} is missing.")
