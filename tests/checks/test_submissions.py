"""Whole units, right and written by other hands.

`lecture_*`: typed after the lecture, with what it leaves out left out: every exercise passes, edges may stay open.
All others get every point: free styles, and `hinted`, which follows the last hint of each ladder to the letter.
"""

from pathlib import Path

import pytest

from grader.course.course import Course
from grader.model import Outcome
from grader.running.job import Options
from grader.session import Session

COURSE = Course.find(Path(__file__))
SUBMISSIONS = Path(__file__).parent.parent / "submissions"
ALL = sorted((path.parent.name, path.name) for path in SUBMISSIONS.glob("u*/*") if path.is_dir())
LECTURE = "lecture"
# Every submission under the course's own seed or another one, so that both are met in every unit.
CASES = [(unit, author, 7 * (number % 2) or COURSE.seed) for number, (unit, author) in enumerate(ALL)]


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as opened:
        yield opened


def lost(report, *, core):
    """Return each check that did not pass: all of them, or those that decide."""
    return [
        (exercise.id, check.id, check.message or check.mismatch)
        for exercise in report.exercises
        for check in (exercise.core if core else exercise.checks)
        if check.outcome is not Outcome.PASS
    ]


@pytest.mark.parametrize(("unit", "author", "seed"), CASES)
def test_passes(session, unit, author, seed):
    is_lecture = author.startswith(LECTURE)
    report = session.grade(
        COURSE.unit(unit).exercises, submission=SUBMISSIONS / unit / author, options=Options(seed=seed)
    )
    assert lost(report, core=is_lecture) == []
    assert report.exit_code == 0
    assert is_lecture or report.earned == report.points > 0


@pytest.mark.parametrize("unit", [unit.key for unit in COURSE.units])
def test_a_unit_has_programs_after_the_lecture_and_after_its_hints(unit):
    authors = [author for key, author in ALL if key == unit]
    assert len([author for author in authors if author.startswith(LECTURE)]) >= 3
    assert "hinted" in authors
