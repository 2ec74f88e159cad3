"""Units 05 and 08, written freely by different hands: whatever keeps the text's promises gets full marks."""

from pathlib import Path

import pytest

from grader.course import Course
from grader.session import Session

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path for unit in ("u05", "u08") for path in (ROOT / "tests" / "submissions" / unit).iterdir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_full_marks(folder):
    course = Course.find(ROOT)
    unit = course.unit(folder.parent.name)
    with Session(course) as session:
        report = session.grade(unit.exercises, submission=folder)
    wrong = [(one.id, one.first_failure.id, one.first_failure.message) for one in report.exercises if one.first_failure]
    assert wrong == []
    assert report.earned == report.points > 0
