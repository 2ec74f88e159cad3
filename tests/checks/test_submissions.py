"""Whole units, right and written by other hands.

`lecture_*`: typed after the lecture, with what it leaves out left out: every exercise passes, edges may stay open.
All others get every point: free styles, and `hinted`, which follows the last hint of each ladder to the letter.
"""

import contextlib
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.judging.candidate import Learner
from grader.judging.judge import Judge
from grader.model import Outcome
from grader.session import Session
from grader.submission.files import Folder

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


@pytest.mark.parametrize(("unit", "author", "seed"), CASES)
def test_passes(session, unit, author, seed):
    """Judged as `grade` judges, but nobody asks why an edge stays open: that takes longer than all the checks."""
    unit = COURSE.unit(unit)
    judge = Judge(COURSE, unit, seed=seed)
    work = Folder(SUBMISSIONS / unit.key / author)
    with contextlib.closing(Learner.of(unit, work, session.launcher(unit))) as learner:
        scanned = learner.scanned
        refused = [scanned.problem or scanned.broken_rule(unit, exercise) for exercise in unit.exercises]
        items = [item for item in session.items(unit) if not (author.startswith(LECTURE) and judge.is_edge(item))]
        results = [judge.check(item, learner, scanned).result for item in items]
    assert not any(refused)
    lost = [(one.id, one.message or one.mismatch) for one in results if one.outcome is not Outcome.PASS]
    assert lost == []
    assert {item.exercise.name for item in items} == {exercise.name for exercise in unit.exercises}


@pytest.mark.parametrize("unit", [unit.key for unit in COURSE.units])
def test_a_unit_has_programs_after_the_lecture_and_after_its_hints(unit):
    authors = [author for key, author in ALL if key == unit]
    assert len([author for author in authors if author.startswith(LECTURE)]) >= 3
    assert "hinted" in authors
