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
