"""Grade a few lines of code that stand below a solution, where they replace what it has."""

from pathlib import Path

import pytest

from grader.course import Course
from grader.session import Session

COURSE = Course.find(Path(__file__))


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as opened:
        yield opened


@pytest.fixture
def graded(session, tmp_path):
    """Grade one exercise of the course with some code of its unit replaced; return its result."""

    def run(name, code, **options):
        exercise = next(exercise for exercise in COURSE.exercises if exercise.id == name)
        unit = COURSE.unit(exercise.unit)
        text = f"{unit.solution.read_text('utf-8')}\n\n{code}"
        (tmp_path / f"{unit.name}.py").write_text(text, "utf-8")
        session.grade([exercise], submission=tmp_path, **options)  # now it is known what misconceptions do
        return session.grade([exercise], submission=tmp_path, **options).exercises[0]

    return run


@pytest.fixture
def why(graded):
    """Grade likewise; return what is said of the check that a learner is shown."""

    def run(name, code, **options):
        check = graded(name, code, **options).first_failure
        return check.cause if check else None

    return run
