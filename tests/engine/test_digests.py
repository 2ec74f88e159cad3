"""What a report says of what it was made of: it changes with each of the four parts, and with nothing else."""

import shutil
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.running import digests as made
from grader.running.job import Options
from grader.session import Session

TINY = Path(__file__).parents[1] / "tiny"


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "tiny"
    shutil.copytree(TINY, root, ignore=shutil.ignore_patterns(".*"))
    return Course.find(root)


def found(course, submission="right", **options):
    with Session(course) as session:
        exercises = [exercise for exercise in course.exercises if exercise.name == "cross"]
        folder = course.root / "submissions" / submission
        return session.grade(exercises, submission=folder, options=Options(digested=True, **options)).digests


def test_the_same_is_the_same_wherever_it_lies_and_whoever_judges(course, tmp_path):
    other = Path(shutil.copytree(course.root, tmp_path / "moved"))
    (other / "checks" / "__pycache__").mkdir(exist_ok=True)
    (other / "checks" / "__pycache__" / "more.py").write_text("", "utf-8")
    (other / ".grade").mkdir(exist_ok=True)
    (other / ".grade" / "notes.py").write_text("", "utf-8")
    (other / "exercises" / "u01_area.py").write_text("", "utf-8")
    assert found(Course.find(other), jobs=2) == found(course)


def test_each_part_changes_its_own(course):
    before = found(course)
    with (course.root / "submissions" / "right" / "u01_area.py").open("a") as file:
        file.write("# changed\n")
    after = found(course)
    assert [after.course, after.engine, after.seed] == [before.course, before.engine, before.seed]
    assert after.submission != before.submission
    with (course.root / "checks" / "test_u02_mean.py").open("a") as file:
        file.write("# changed\n")
    last = found(course)
    assert [last.engine, last.seed, last.submission] == [after.engine, after.seed, after.submission]
    assert last.course != after.course


def test_a_seed_of_ones_own_is_costly_to_guess_and_needs_the_hidden_checks(course):
    before, public = found(course, seed=5), found(course)
    assert found(course, seed=course.seed) == public
    assert len({before.seed, public.seed, found(course, seed=6).seed}) == 3
    hidden = next((course.checks / "hidden").glob("*.py"))
    hidden.write_text(f"{hidden.read_text('utf-8')}# changed\n", "utf-8")
    assert found(course, seed=5).seed != before.seed
    assert made.COST["n"] * made.COST["r"] * 128 >= 16 << 20  # bytes that each guess takes


def test_nobody_is_told_who_did_not_ask(course):
    with Session(course) as session:
        assert session.grade(submission=course.root / "submissions" / "right").digests is None
