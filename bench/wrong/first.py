"""Whether the first report on a machine, with nothing kept from earlier runs, is the third one."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from bench.wrong.ground import file_of
from grader.course.course import Course
from grader.course.unit import Unit
from grader.diagnose import listing
from grader.model import Report
from grader.session import Session


def run(course: Course, unit: Unit, step: int) -> int:
    """Grade every `step`th misconception of a unit three times from nothing; return how many first reports differ."""
    differ, ones = 0, listing.misconceptions(unit)[::step]
    for one in ones:
        with tempfile.TemporaryDirectory() as folder:
            clone, work = _clone(course, Path(folder) / "clone"), Path(folder) / "work"
            work.mkdir()
            (work / f"{unit.name}.py").write_text(file_of(unit, one), encoding="utf-8")
            exercises = [exercise for exercise in clone.exercises if exercise.id == one.exercise]
            reports = []
            for _ in range(3):
                with Session(clone) as session:
                    reports.append(_bare(session.grade(exercises, submission=work)))
            if reports[0] != reports[2] == reports[1]:  # one that differs each time shows an address, or the time
                differ += 1
                print(f"    {one.name}: the first report is not the third", flush=True)
    print(f"| {unit.key} | {len(ones)} graded three times | {differ} first reports differ |", flush=True)
    return differ


def _clone(course: Course, root: Path) -> Course:
    """Return a copy of the course without anything that was kept."""
    for folder in (course.checks, course.solutions, course.learner_folder):
        shutil.copytree(folder, root / folder.relative_to(course.root))
    shutil.copy(course.root / "pyproject.toml", root)
    return Course.find(root)


def _bare(report: Report) -> Any:
    """Return a report as plain data, without the seconds that its checks took."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(item) for key, item in value.items() if key != "seconds"}
        return [bare(item) for item in value] if isinstance(value, list) else value

    return bare(msgspec.json.decode(msgspec.json.encode(report)))
