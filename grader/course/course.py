"""Find a course, its units and its exercises. The only module that knows folder names.

Nothing of the course is imported here: see `declarations` for what check files say.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from grader.course import manifest
from grader.course.declarations import Exercise, merged, read_checks, rules
from grader.course.manifest import Manifest, OfUnit
from grader.course.settings import require_known
from grader.course.unit import SHARED, Unit
from grader.errors import CourseError, UsageError
from grader.language import later, phrase
from grader.model import OPEN, REQUIRED

FORMAT = 1
STATE = ".grade"


@dataclass(frozen=True)
class Course:
    """A folder whose pyproject has `[tool.grader]`.

    seed: where every random input comes from. edges: open, an exercise passes without them, or required.
    """

    root: Path
    title: str
    seed: int
    checks: Path
    names: tuple[str, ...] = field(default=())
    edges: str = OPEN

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
        says = later(
            "No course here: neither {folder} nor a folder above it has a pyproject.toml with "
            "[tool.grader].\nGo to the folder you cloned and run grade there."
        )
        raise UsageError(phrase(says, folder=start))

    @classmethod
    def _load(cls, root: Path, settings: dict[str, Any], *, empty: bool = False) -> "Course":
        version = settings.get("format", FORMAT)
        if version != FORMAT:
            raise CourseError(
                f"{root / 'pyproject.toml'}: [tool.grader] format is {version!r}, this grader reads {FORMAT}. "
                "Install the version of chainrule that came with the course."
            )
        require_known(root / "pyproject.toml", settings)
        checks = root / settings.get("checks", "checks")
        names = tuple(sorted(path.stem.removeprefix("test_") for path in checks.glob("test_*.py")))
        if not names and not empty:
            raise CourseError(
                f"{checks}: no check file test_*.py here. Is the course complete?\n"
                'To begin one with its first unit: grade author new u01_first "The title of the unit"'
            )
        edges = settings.get("edges", OPEN)
        if edges not in (OPEN, REQUIRED):
            raise CourseError(
                f"{root / 'pyproject.toml'}: [tool.grader] edges is {edges!r}: say {OPEN!r}, so that an exercise "
                f"passes without them, or {REQUIRED!r}."
            )
        return cls(root, settings.get("title", root.name), settings.get("seed", 0), checks, names, edges)

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
    def mutants_page(self) -> Path:
        """The page that says how many mutants of the solutions are caught."""
        return self.root / "docs" / "mutants.md"

    @cached_property
    def manifest(self) -> Manifest:
        """What stands for files that a release left out. Raises CourseError."""
        return manifest.read(self.checks)

    @property
    def data(self) -> Path:
        """Where data files and their catalogue are."""
        return self.root / "datasets"

    @property
    def state_folder(self) -> Path:
        """Where progress, backups and the oracle store are kept."""
        return self.root / STATE

    @property
    def checkpoints(self) -> Path:
        """Where runs of `grade run` are saved."""
        return self.state_folder / "runs"

    @property
    def scans(self) -> Path:
        """Where it is kept what stood in the learner's own files when they were read."""
        return self.state_folder / "store" / "scans"

    @property
    def self_tests(self) -> Path:
        """Where it is kept how well workers were shut in on this machine."""
        return self.state_folder / "store" / "isolation"

    @property
    def _declared(self) -> Path:
        return self.state_folder / "store" / "declared"

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
            "run": self.checks / "runs" / f"{name}.py",
            "plots": self.checks / "plots" / f"{name}.py",
            "solution": self.solutions / f"{name}.py",
            "misconceptions": self.solutions / "misconceptions" / name,
            "mutants": self.solutions / "mutants" / f"{name}.toml",
            "stub": self.learner_folder / f"{name}.py",
        }

    def read(self, name: str) -> Unit:
        """Read one unit, whatever the others are like. Raises CourseError, naming file and line."""
        files = self.files(name)
        _refuse_old_layout(files["misconceptions"])
        facts, exercises = read_checks(files["checks"], name, hidden=False, folder=self._declared)
        if files["hidden"].exists():
            _, more = read_checks(files["hidden"], name, hidden=True, folder=self._declared)
            exercises = merged(exercises, more, files["hidden"])
        return Unit(
            name=name,
            title=facts.get("title", name),
            lecture=facts.get("lecture", ""),
            libraries=tuple(facts.get("libraries", ())),
            forbid=rules(facts.get("forbid", ())),
            scratch=bool(facts.get("scratch", False)),
            exercises=exercises,
            manifest=self.manifest.units.get(name, OfUnit()),
            **files,
        )


def _refuse_old_layout(folder: Path) -> None:
    """Raise CourseError where misconceptions stand in one file for the whole unit."""
    old = folder.with_name(f"{folder.name}.py")
    if old.exists():
        raise CourseError(
            f"{old}: misconceptions are a file an exercise. Move those of each exercise to {folder.name}/EXERCISE.py "
            f"beside this file, what several of them use to {folder.name}/{SHARED}.py, and delete this file."
        )


def _settings(path: Path) -> dict[str, Any] | None:
    """Return `[tool.grader]` of a pyproject, None where the file or the table is missing."""
    try:
        table = _table(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: {error}") from error
    return table if isinstance(table, dict) else None


@cache
def _table(data: bytes) -> Any:
    """Return `[tool.grader]` of a pyproject's text, None where it has none. Not to be changed: it is kept."""
    return tomllib.loads(data.decode("utf-8")).get("tool", {}).get("grader")
