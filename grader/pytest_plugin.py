"""The checks under a bare pytest: `pytest grader/checks` judges the solutions.

`--submission DIR` judges a learner, `--misconception NAME` a wrong solution of ours. Where the kit is installed pytest
loads it in every course by itself (`pytest_entry`); elsewhere `-p grader.pytest_plugin` does.

Only functions of classes marked with `@exercise` are touched; any other test runs as it always does.
"""

from pathlib import Path
from typing import Any

import pytest

from grader.course.course import Course
from grader.course.decorators import marked
from grader.course.unit import Unit
from grader.errors import GraderError, UsageError
from grader.judging import collect
from grader.judging.candidate import Candidate, Learner, Ours
from grader.judging.judge import Item, Judge
from grader.model import CheckResult, ExerciseResult, Outcome
from grader.submission.files import opened
from grader.submission.scanned import Scanned
from grader.worker.host.launchers import Launchers


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what says who is judged."""
    group = parser.getgroup("grader", "chainrule: who is judged by the checks")
    group.addoption("--submission", metavar="DIR", help="judge the files in this folder instead of the solutions")
    group.addoption("--misconception", metavar="NAME", default="", help="judge this wrong solution instead")
    group.addoption("--grade-seed", metavar="N", type=int, help="the seed of random inputs, instead of the course's")


@pytest.fixture
def learner() -> None:
    """Stand for whoever is asked; the judge puts the real one in."""


@pytest.fixture
def oracle() -> None:
    """Stand for the expected values."""


@pytest.fixture
def props() -> None:
    """Stand for the check's helper code on the learner's side."""


@pytest.fixture
def rng() -> None:
    """Stand for the check's own random generator."""


class CheckFile(pytest.Module):
    """A file of checks: a hidden one has the same name as the public one, which only importlib mode allows."""

    def _getobj(self) -> Any:
        options = self.config.option
        before, options.importmode = options.importmode, "importlib"
        try:
            return super()._getobj()  # type: ignore[no-untyped-call]
        finally:
            options.importmode = before


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect a file of checks; leave other tests alone."""
    try:
        files = Course.find(module_path.parent, empty=True).files("")
    except GraderError:
        return None
    if module_path.parent not in (files["checks"].parent, files["hidden"].parent):
        return None
    return CheckFile.from_parent(parent, path=module_path)


class Judges:
    """The judges and candidates of one pytest run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._units: dict[Path, tuple[Judge, Candidate, Scanned | None]] = {}
        self._launchers = Launchers()

    def seat(self, function: pytest.Function) -> tuple[Item, Judge, Candidate, Scanned | None]:
        """Return what is needed to judge one collected function."""
        path = Path(function.path)
        if path not in self._units:
            self._units[path] = self._open(path)
        judge, candidate, found = self._units[path]
        item = collect.item_of(function, judge.unit)
        if item is None:
            raise UsageError(f"{path}: {function.name} belongs to no exercise of {judge.unit.name}")
        return item, judge, candidate, found

    def _open(self, path: Path) -> tuple[Judge, Candidate, Scanned | None]:
        course = Course.find(path.parent)
        unit = _unit_of(course, path)
        judge = Judge(course, unit, seed=self._config.getoption("--grade-seed"))
        submission = self._config.getoption("--submission")
        if not submission:
            return judge, Ours(unit, _mine(course, unit, self._config.getoption("--misconception"))), None
        launcher = self._launchers.of(unit.libraries, scratch=unit.scratch)
        candidate = Learner.of(unit, opened(course, submission, self._launchers.reader), launcher)
        return judge, candidate, candidate.scanned

    def close(self) -> None:
        """End what was started."""
        for _, candidate, _ in self._units.values():
            candidate.close()
        self._launchers.close()


BENCH = pytest.StashKey[Judges]()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the run."""
    config.stash[BENCH] = Judges(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    bench = config.stash.get(BENCH, None)
    if bench is not None:
        bench.close()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Judge a check; leave other tests alone."""
    if not (pyfuncitem.cls and marked(pyfuncitem.cls, "__exercise__")):
        return None
    try:
        item, judge, candidate, found = pyfuncitem.config.stash[BENCH].seat(pyfuncitem)
        problem = (found.problem or found.broken_rule(judge.unit, item.exercise)) if found else None
        result = problem or judge.check(item, candidate, found).result
    except GraderError as error:
        pytest.fail(str(error), pytrace=False)
    if result.outcome is Outcome.TODO:
        pytest.skip(result.message)
    if result.edge and found is not None and result.outcome is not Outcome.PASS:
        pytest.xfail(f"open edge: {_told(result)}")
    if result.outcome is not Outcome.PASS:
        pytest.fail(_page(item, result, found.file) if found is not None else _told(result), pytrace=False)
    return True


def _page(item: Item, result: CheckResult, file: str) -> str:
    """Return what a learner reads of one check: the page of `grade`, without a cause, which takes the other checks."""
    from grader.report import verdict
    from grader.report.hidden import withhold_exercise
    from grader.report.page import Page
    from grader.report.style import Style

    one = ExerciseResult(id=item.exercise.id, points=item.exercise.points, checks=(result,))
    bare, page = withhold_exercise(one), Page(Style())
    verdict.show_check(page, verdict.ShownCheck(bare, bare.checks[0], file, alone=True))
    return page.text()


def _told(result: Any) -> str:
    wrong = result.mismatch
    words = [f"{result.outcome}: {result.title}"]
    if wrong is not None:
        words.append(f"{wrong.label}{wrong.at}: {wrong.problem}: yours {wrong.yours}, expected {wrong.expected}")
    return "\n".join([*words, result.message] if result.message else words)


def _unit_of(course: Course, path: Path) -> Unit:
    for unit in course.units:
        if path in (unit.checks, unit.hidden):
            return unit
    raise UsageError(f"{path} is no check file of the course {course.title!r}")


def _mine(course: Course, unit: Unit, misconception: str) -> str:
    """A misconception belongs to one unit; the other units are judged by their solutions."""
    key, _, _ = misconception.rpartition(".")
    if misconception and key not in {other.key for other in course.units}:
        raise UsageError(f"--misconception {misconception}: say the unit's key first, {unit.key}.its_name")
    return misconception if key == unit.key else ""
