"""Find a course, its units and its exercises. The only module that knows folder names.

Facts are read from the check files by their syntax tree: nothing of the course is imported here, so listing a course
costs milliseconds and a broken check file is reported with its line.
"""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.errors import CourseError, UsageError

FORMAT = 1
STATE = ".grade"


@dataclass(frozen=True)
class Check:
    """One check function. title: the line a learner reads. hidden: left out of a release."""

    name: str
    title: str
    weight: int
    hidden: bool
    line: int


@dataclass(frozen=True)
class Exercise:
    """One graded function or class of a unit.

    answers: the names a learner writes for it. needs: exercises of the unit without which it cannot pass.
    """

    unit: str
    name: str
    points: int
    cpu: float
    answers: tuple[str, ...]
    forbid: tuple[str, ...]
    needs: tuple[str, ...]
    text: str
    checks: tuple[Check, ...]

    @property
    def id(self) -> str:
        """`u05.softmax`: stable, what learners type and what state is keyed by."""
        return f"{unit_key(self.unit)}.{self.name}"


@dataclass(frozen=True)
class Unit:
    """One module of a course and the files that belong to it; any but `checks` may be missing.

    libraries: what it may import besides the standard library. scratch: whether its answers write files.
    """

    name: str
    title: str
    lecture: str
    libraries: tuple[str, ...]
    forbid: tuple[str, ...]
    scratch: bool
    exercises: tuple[Exercise, ...]
    checks: Path
    hidden: Path
    oracles: Path
    props: Path
    solution: Path
    misconceptions: Path
    stub: Path

    @property
    def key(self) -> str:
        """`u05` of `u05_backprop_ninja`."""
        return unit_key(self.name)


@dataclass(frozen=True)
class Course:
    """A folder whose pyproject has `[tool.grader]`. seed: where every random input comes from."""

    root: Path
    title: str
    seed: int
    checks: Path
    names: tuple[str, ...] = field(default=())

    @classmethod
    def find(cls, start: Path, *, empty: bool = False) -> "Course":
        """Return the course that `start` lies in. Raises UsageError where there is none.

        empty: one without any unit will do, for the author who begins it.
        """
        start = start.resolve()
        for folder in (start, *start.parents):
            settings = _settings(folder / "pyproject.toml")
            if settings is not None:
                return cls._load(folder, settings, empty=empty)
        raise UsageError(
            f"No course here: neither {start} nor a folder above it has a pyproject.toml with "
            "[tool.grader].\nGo to the folder you cloned and run grade there."
        )

    @classmethod
    def _load(cls, root: Path, settings: dict[str, Any], *, empty: bool = False) -> "Course":
        version = settings.get("format", FORMAT)
        if version != FORMAT:
            raise CourseError(
                f"{root / 'pyproject.toml'}: [tool.grader] format is {version!r}, this grader reads {FORMAT}. "
                "Install the version of chainrule that came with the course."
            )
        checks = root / settings.get("checks", "checks")
        names = tuple(sorted(path.stem.removeprefix("test_") for path in checks.glob("test_*.py")))
        if not names and not empty:
            raise CourseError(f"{checks}: no check file test_*.py here. Is the course complete?")
        return cls(root, settings.get("title", root.name), int(settings.get("seed", 0)), checks, names)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """All units in the order of their names. Raises CourseError, naming file and line."""
        return tuple(self.read(name) for name in self.names)

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """All exercises of all units, in teaching order."""
        return tuple(exercise for unit in self.units for exercise in unit.exercises)

    @property
    def learner_folder(self) -> Path:
        """Where a learner writes."""
        return self.root / "exercises"

    @property
    def solutions(self) -> Path:
        """Where the references are."""
        return self.root / "solutions"

    @property
    def data(self) -> Path:
        """Where data files and their catalogue are."""
        return self.root / "datasets"

    @property
    def state_folder(self) -> Path:
        """Where progress, backups and the oracle store are kept."""
        return self.root / STATE

    def unit(self, name: str) -> Unit:
        """Return the unit of that name or key. Raises KeyError."""
        for unit in self.units:
            if name in (unit.name, unit.key):
                return unit
        raise KeyError(name)

    def files(self, name: str) -> dict[str, Path]:
        """Return where the files of a unit are, or would be, by the names that `Unit` gives them."""
        return {
            "checks": self.checks / f"test_{name}.py",
            "hidden": self.checks / "hidden" / f"test_{name}.py",
            "oracles": self.checks / "oracles" / f"{name}.py",
            "props": self.checks / "props" / f"{name}.py",
            "solution": self.solutions / f"{name}.py",
            "misconceptions": self.solutions / "misconceptions" / f"{name}.py",
            "stub": self.learner_folder / f"{name}.py",
        }

    def read(self, name: str) -> Unit:
        """Read one unit, whatever the others are like. Raises CourseError, naming file and line."""
        files = self.files(name)
        facts, exercises = read_checks(files["checks"], name, hidden=False)
        if files["hidden"].exists():
            _, more = read_checks(files["hidden"], name, hidden=True)
            exercises = _merge(exercises, more, files["hidden"])
        return Unit(
            name=name,
            title=facts.get("title", name),
            lecture=facts.get("lecture", ""),
            libraries=tuple(facts.get("libraries", ())),
            forbid=tuple(facts.get("forbid", ())),
            scratch=bool(facts.get("scratch", False)),
            exercises=exercises,
            **files,
        )


def unit_key(unit: str) -> str:
    """Return `u05` of `u05_backprop_ninja`."""
    return unit.partition("_")[0]


def read_checks(path: Path, unit: str, *, hidden: bool) -> tuple[dict[str, Any], tuple[Exercise, ...]]:
    """Return the UNIT facts and the exercises that a check file declares, without running it.

    Raises CourseError, naming file and line.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: cannot be read: {error}") from error
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: {error.msg}") from error
    facts: dict[str, Any] = {}
    exercises = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(_named(target, "UNIT") for target in node.targets):
            facts = _literal(node.value, path)
        if isinstance(node, ast.ClassDef):
            exercises += [
                _exercise(node, call, path, unit, hidden=hidden)
                for call in node.decorator_list
                if isinstance(call, ast.Call) and _named(call.func, "exercise")
            ]
    return facts, tuple(exercises)


def _exercise(node: ast.ClassDef, call: ast.Call, path: Path, unit: str, *, hidden: bool) -> Exercise:
    if len(call.args) != 1:
        raise CourseError(f'{path}:{call.lineno}: write the exercise\'s name first: @exercise("softmax", ...)')
    name = _literal(call.args[0], path)
    given = {word.arg: _literal(word.value, path) for word in call.keywords}
    return Exercise(
        unit=unit,
        name=name,
        points=given.get("points", 0),
        cpu=float(given.get("cpu", 1.0)),
        answers=tuple(given.get("answers") or (name,)),
        forbid=tuple(given.get("forbid", ())),
        needs=tuple(given.get("needs", ())),
        text=ast.get_docstring(node) or "",
        checks=tuple(_checks(node, path, hidden=hidden)),
    )


def _checks(node: ast.ClassDef, path: Path, *, hidden: bool) -> Iterator[Check]:
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name.startswith("test_"):
            weights = [
                _literal(call.args[0], path)
                for call in item.decorator_list
                if isinstance(call, ast.Call) and _named(call.func, "weight") and call.args
            ]
            title = title_of(item.name, ast.get_docstring(item))
            yield Check(item.name, title, weights[0] if weights else 1, hidden, item.lineno)


def title_of(name: str, doc: str | None) -> str:
    """Return the line a learner reads: the docstring's first line, else the name in words."""
    return doc.strip().splitlines()[0].rstrip(".") if doc else name.removeprefix("test_").replace("_", " ")


def _merge(public: tuple[Exercise, ...], hidden: tuple[Exercise, ...], path: Path) -> tuple[Exercise, ...]:
    """Add the hidden checks to the exercises that the public file declares."""
    extra = {exercise.name: exercise.checks for exercise in hidden}
    unknown = set(extra) - {exercise.name for exercise in public}
    if unknown:
        raise CourseError(f"{path}: exercise {min(unknown)!r} is not in the public check file.")
    merged = []
    for exercise in public:
        checks = exercise.checks + extra.get(exercise.name, ())
        merged.append(Exercise(**{**vars(exercise), "checks": checks}))
    return tuple(merged)


def _settings(path: Path) -> dict[str, Any] | None:
    """Return `[tool.grader]` of a pyproject, None where the file or the table is missing."""
    try:
        with path.open("rb") as file:
            table = tomllib.load(file).get("tool", {}).get("grader")
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path}: {error}") from error
    return table if isinstance(table, dict) else None


def _named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _literal(node: ast.expr, path: Path) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        raise CourseError(
            f"{path}:{node.lineno}: this must be a literal; it is read without running the file."
        ) from error
