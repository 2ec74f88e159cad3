"""Let pytest find a unit's checks, once a process, and hand them over as items that can be run at any time.

pytest reads the files, the classes and the parameters; it does not run the checks here. What it found is compared with
what the files declare, so that a check that got lost is our fault and never marks.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.decorators import marked
from grader.course.unit import Unit
from grader.errors import CourseError, GraderFault
from grader.judging import reference
from grader.judging.judge import Item

SETTINGS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
NOT_NEEDED = (
    *("cacheprovider", "terminal", "faulthandler", "unraisableexception"),
    *("threadexception", "logging", "capture", "warnings"),
)


class Collector:
    """A pytest plugin that keeps what was collected and runs nothing."""

    def __init__(self) -> None:
        self.functions: list[pytest.Function] = []
        self.problems: list[BaseException] = []

    def pytest_exception_interact(self, call: pytest.CallInfo[Any]) -> None:
        """Keep what kept a file from being read."""
        if call.excinfo is not None:
            self.problems.append(call.excinfo.value.__cause__ or call.excinfo.value)

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Keep what stopped pytest, such as an exit in a check file, and say that it need not be printed."""
        self.problems.append(excinfo.value)
        return True

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the items and skip pytest's own loop."""
        self.functions = [item for item in session.items if isinstance(item, pytest.Function)]
        return True


def collect(course: Course, unit: Unit) -> list[Item]:
    """Return a unit's checks in the order of its exercises, hidden ones last.

    Raises CourseError for a file that does not run, GraderFault for a check that pytest did not find.
    """
    files = [path for path in (unit.checks, unit.hidden) if path.exists()]
    collector = Collector()
    with _no_settings():
        code = pytest.main([*_arguments(course), *map(str, files)], plugins=[collector])
    _forget(files)
    if code == pytest.ExitCode.INTERRUPTED and not collector.problems:
        raise KeyboardInterrupt
    if collector.problems:
        problem = collector.problems[0]
        raise CourseError(
            f"{reference.line_of(problem, *files)}: the checks do not load: {type(problem).__name__}: {problem}"
        )
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise GraderFault(f"pytest ended with exit code {int(code)} while it collected {files[0].name}")
    items = [item for function in collector.functions if (item := item_of(function, unit))]
    _require_all(unit, items)
    return sorted(items, key=lambda item: unit.exercises.index(item.exercise))


def _forget(files: Sequence[Path]) -> None:
    """Take check files out of Python's table of modules: another course has files of the same names."""
    names = {str(path) for path in files}
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) in names:
            del sys.modules[name]


def item_of(function: pytest.Function, unit: Unit) -> Item | None:
    """Return the item of a collected function, None where its class is no exercise."""
    facts = marked(function.cls, "__exercise__") if function.cls else None
    exercise = _named(unit, facts["name"]) if facts else None
    if exercise is None:
        return None
    hidden = Path(function.path) == unit.hidden
    check = next(one for one in exercise.checks if one.name == function.originalname and one.hidden is hidden)
    callspec: Any = getattr(function, "callspec", None)
    return Item(exercise, check, function.name, function.cls, dict(callspec.params) if callspec else {})


def _named(unit: Unit, name: str) -> Exercise | None:
    return next((exercise for exercise in unit.exercises if exercise.name == name), None)


def _require_all(unit: Unit, items: Sequence[Item]) -> None:
    """Every check that the files declare was found."""
    found = Counter((item.exercise.name, item.check) for item in items)
    for exercise in unit.exercises:
        for check in exercise.checks:
            number = found[exercise.name, check]
            if not number:
                raise GraderFault(f"pytest did not find {unit.checks.name}::{exercise.name}::{check.name}")
            if number != check.cases:
                file = unit.hidden if check.hidden else unit.checks
                says = f"{file}:{check.line}: pytest makes {number} checks of {check.name}, the file declares"
                raise CourseError(f"{says} {check.cases}. Give parametrize a list that is written out in the file.")


def _arguments(course: Course) -> list[str]:
    """Return pytest's arguments: no settings of the course or the learner, no plugin that is not needed."""
    plain = [word for name in NOT_NEEDED for word in ("-p", f"no:{name}")]
    root = str(course.root)
    return [
        "-c",
        os.devnull,
        "--rootdir",
        root,
        "--confcutdir",
        root,
        "--import-mode=importlib",
        "--assert=plain",
        *plain,
    ]


@contextmanager
def _no_settings() -> Iterator[None]:
    """Hide pytest's own environment variables, and load no third-party plugin."""
    kept = {name: os.environ.pop(name, None) for name in SETTINGS}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update({name: value for name, value in kept.items() if value is not None})
