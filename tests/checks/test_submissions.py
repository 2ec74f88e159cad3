"""Whole units by other authors, right and written in other ways, get every point, whatever the seed."""

from pathlib import Path

import pytest

from grader.course import Course
from grader.model import Outcome
from grader.session import Session

COURSE = Course.find(Path(__file__))
SUBMISSIONS = Path(__file__).parent.parent / "submissions"
# Every one under a seed; each unit also under the course's own.
CASES = [
    ("u01", "closures", COURSE.seed),
    ("u01", "local_gradients", 7),
    ("u01", "slots", 8),
    ("u05", "compact", COURSE.seed),
    ("u05", "verbose", COURSE.seed),
    ("u08", "loops", COURSE.seed),
    ("u08", "fused", COURSE.seed),
    ("u08", "fused", 7),
    ("u09", "plain", COURSE.seed),
    ("u09", "clever", 7),
]


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as opened:
        yield opened


@pytest.mark.parametrize(("unit", "author", "seed"), CASES)
def test_full_marks(session, unit, author, seed):
    report = session.grade(COURSE.unit(unit).exercises, submission=SUBMISSIONS / unit / author, seed=seed)
    lost = [
        (exercise.id, check.id, check.message or check.mismatch)
        for exercise in report.exercises
        for check in exercise.checks
        if check.outcome is not Outcome.PASS
    ]
    assert lost == []
    assert report.earned == report.points > 0


def test_every_submission_is_graded():
    there = {(path.parent.name, path.name) for path in SUBMISSIONS.glob("u*/*")}
    assert there == {(unit, author) for unit, author, _ in CASES}
