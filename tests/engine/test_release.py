"""A course without its solutions: what was kept is found by the manifest, and misconceptions are named from it."""

import shutil
from pathlib import Path

import pytest

from grader.author import manifests
from grader.course.course import Course
from grader.errors import CourseError
from grader.session import Session

TINY = Path(__file__).parent.parent / "tiny"


@pytest.fixture
def released(tmp_path):
    """A copy of the second course that was graded once where it was whole, and then lost what a release leaves out."""
    root = tmp_path / "tiny"
    shutil.copytree(TINY, root, ignore=shutil.ignore_patterns(".grade", "__pycache__"))
    manifests.write(Course.find(root))
    before = named(root)
    shutil.rmtree(root / "solutions")
    shutil.rmtree(root / "checks" / "hidden")
    return root, before


def named(root):
    """Return what is said of each exercise of the wrong submission: the misconception, or nothing."""
    with Session(Course.find(root)) as session:
        report = session.grade(submission=TINY / "submissions" / "wrong")
    found = {}
    for exercise in report.exercises:
        causes = [check.cause for check in exercise.checks if check.cause]
        found[exercise.id] = [(cause.misconception, cause.says) for cause in causes]
    return found


def kept(root):
    return {path for path in (root / ".grade" / "store").rglob("*") if path.is_file() and "declared" not in path.parts}


def test_a_release_finds_what_was_kept_and_names_the_same(released):
    root, before = released
    assert any(name for said in before.values() for name, _ in said)
    there = kept(root)
    assert named(root) == before
    assert kept(root) == there


def test_without_what_was_kept_a_release_names_nothing_and_grades(released):
    root, before = released
    shutil.rmtree(root / ".grade")
    assert named(root).keys() == before.keys()
    assert not any(name for said in named(root).values() for name, _ in said)


def test_without_a_manifest_nothing_kept_is_found(released):
    root, _ = released
    (root / "checks" / "manifest.json").unlink()
    assert not any(name for said in named(root).values() for name, _ in said)


def test_a_manifest_that_is_none_is_said_with_its_file(released):
    root, _ = released
    (root / "checks" / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(CourseError, match=r"checks/manifest\.json:1: this is no manifest: "):
        _ = Course.find(root).units
