"""`docs/lectures.md` names exercises that there are, and each of them somewhere."""

import re
from pathlib import Path

from grader.course.course import Course

ROOT = Path(__file__).parents[2]


def test_every_exercise_stands_beside_a_technique():
    course = Course.find(ROOT)
    text = (ROOT / "docs" / "lectures.md").read_text("utf-8").partition("## What is where")[2]
    named = set(re.findall(r"`(u\d\d\.\w+)`", text))
    whole = set(re.findall(r"all of `(u\d\d)`", text))
    there = {exercise.id for exercise in course.exercises}
    assert named <= there
    assert {one for one in there if one.partition(".")[0] not in whole} <= named


def test_every_exercise_has_its_minutes():
    """`docs/learning.md` has a row for each exercise, once, or says what belongs to a whole unit."""
    course = Course.find(ROOT)
    text = (ROOT / "docs" / "learning.md").read_text("utf-8")
    rows = re.findall(r"^\| `(u\d\d\.\w+)` \|", text, re.MULTILINE)
    whole = set(re.findall(r"All of `(u\d\d)`", text))
    assert sorted(rows) == sorted(one.id for one in course.exercises if one.id.partition(".")[0] not in whole)
    assert {unit.name for unit in course.units} == set(re.findall(r"`(u\d\d_\w+)`", text))
    assert set(re.findall(r"`(u\d\d\.\w+)`", text)) <= {one.id for one in course.exercises}
