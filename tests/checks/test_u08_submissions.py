"""Whole units 08 by other authors, right and written in other ways, get every point, whatever the seed."""

from pathlib import Path

import pytest

from grader.course import Course
from grader.model import Outcome
from grader.session import Session

COURSE = Course.find(Path(__file__))
SUBMISSIONS = Path(__file__).parent.parent / "submissions" / "u08"


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as opened:
        yield opened


@pytest.mark.parametrize(("author", "seed"), [("loops", COURSE.seed), ("fused", 7)])
def test_full_marks(session, author, seed):
    report = session.grade(COURSE.unit("u08").exercises, submission=SUBMISSIONS / author, seed=seed)
    lost = [
        (exercise.id, check.id, check.message or check.mismatch)
        for exercise in report.exercises
        for check in exercise.checks
        if check.outcome is not Outcome.PASS
    ]
    assert lost == []
    assert report.earned == report.points
