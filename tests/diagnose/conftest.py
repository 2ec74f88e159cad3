"""Grade a few lines of code that stand below a solution, where they replace what it has."""

from pathlib import Path

import pytest

from grader.course.course import Course
from grader.diagnose import forensics
from grader.session import Session

COURSE = Course.find(Path(__file__))


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Whatever the machine does meanwhile, there is time enough."""
    monkeypatch.setattr(forensics, "SECONDS", 10.0)


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as opened:
        yield opened


@pytest.fixture
def units():
    """The units of the course, by their keys."""
    return {unit.key: unit for unit in COURSE.units}


@pytest.fixture
def graded(session, tmp_path):
    """Grade one exercise of the course with some code of its unit replaced; return its result."""

    def run(name, code, **options):
        exercise = next(exercise for exercise in COURSE.exercises if exercise.id == name)
        unit = COURSE.unit(exercise.unit)
        text = f"{unit.solution.read_text('utf-8')}\n\n{code}"
        (tmp_path / f"{unit.name}.py").write_text(text, "utf-8")
        return session.grade([exercise], submission=tmp_path, **options).exercises[0]

    return run
