"""Begin a unit: a small one that is whole and passes the audit as made, to be overwritten step by step.

No existing file is touched; a new course without a .gitignore, or without settings for VS Code, gets them. Where one of
the files of the unit is there already, none is written.
"""

import json
import re
from pathlib import Path

from grader.author import editors, stubs
from grader.course.course import Course
from grader.course.declarations import unit_key
from grader.errors import CourseError, UsageError

NAME = re.compile(r"u\d\d_[a-z0-9_]+")

IGNORED = """\
# What grade keeps here: progress, backups, expected values.
.grade/
__pycache__/
"""

BEGIN_A_COURSE = """\
No course here. To begin one, make a folder with a pyproject.toml that says:

[tool.grader]
format = 1
title = "The title of your course"
seed = 2026         # random inputs come from it
checks = "checks"   # the folder of the check files

Then, in that folder: grade author new u01_first "The title of its first unit"
"""

SOLUTION = '''\
# %% [markdown]
# # {title}
#
# Say what this unit is about, what a learner can do afterwards, and where the symbols come from. What stands between
# the markers below is the answer; everything else is what the learner is given.


# %%
def mean_square(values: list[float]) -> float:
    """Return the mean of the squares, a float.

    values: N floats, N at least 1. They stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: What is the square of one value?
    # HINT: There are N squares. What makes one number of them?
    # HINT: Add the squares up, then divide by how many there are.
    return sum(v * v for v in values) / len(values)
    # END SOLUTION
'''

MISCONCEPTIONS = '''\
"""Wrong answers to mean_square of unit {name}, run in the solution's namespace."""

from grader import misconception


@misconception("mean_square", says="You added the squares up; a mean is divided by how many there are.")
def forgets_the_mean(values):
    return sum(v * v for v in values)
'''

CHECKS = '''\
"""Checks of unit {name}."""

from grader import close, exercise

UNIT = {{"title": {quoted}, "lecture": "", "libraries": [], "forbid": []}}


@exercise("mean_square", points=2)
class TestMeanSquare:
    """The mean of the squares of some numbers."""

    def test_small_list(self, learner):
        """a list that you can do in your head"""
        close(learner.mean_square([1.0, -2.0, 4.0]), 7.0, "mean_square([1, -2, 4])")

    def test_size(self, learner, rng):
        """numbers of one size c have the mean square c * c, whatever their signs"""
        size = rng.uniform(1, 2)
        values = [rng.choice([size, -size]) for _ in range(5)]
        close(learner.mean_square(values), size * size, "the mean square")
'''


def course_at(start: Path) -> Course:
    """Return the course that `start` lies in, if need be without any unit. Raises UsageError that says how to begin."""
    try:
        return Course.find(start, empty=True)
    except UsageError as error:
        raise UsageError(BEGIN_A_COURSE) from error


def new(course: Course, name: str, title: str) -> list[Path]:
    """Write the files of a new unit and return them. Raises UsageError for a name that cannot be used."""
    _refuse_name(course, name)
    if not title.strip() or not title.isprintable():
        raise UsageError('Give the unit a title of one line: grade author new u09_dropout "Dropout".')
    files = course.files(name)
    words = {"name": name, "title": title.strip(), "quoted": json.dumps(title.strip(), ensure_ascii=False)}
    texts = {
        files["solution"]: SOLUTION.format(**words),
        files["misconceptions"] / "mean_square.py": MISCONCEPTIONS.format(**words),
        files["checks"]: CHECKS.format(**words),
    }
    there = next((path for path in (*texts, files["misconceptions"], files["stub"]) if path.exists()), None)
    if there is not None:
        raise UsageError(f"{there} is there already; nothing was written. Take another name, or move that file away.")
    if not course.names:
        begun = {course.root / ".gitignore": IGNORED, **editors.files(course)}
        texts |= {path: text for path, text in begun.items() if not path.exists()}
    _write(texts)
    return [*texts, *stubs.build(course, [course.read(name)])]


def _refuse_name(course: Course, name: str) -> None:
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be a unit's name: it must be like u09_dropout, the letter u, two digits, an underscore, "
            "then small letters, digits and underscores."
        )
    taken = next((other for other in course.names if unit_key(other) == unit_key(name)), None)
    if taken is not None:
        free = next((f"u{n:02}" for n in range(1, 100) if f"u{n:02}" not in map(unit_key, course.names)), "another key")
        raise UsageError(f"{unit_key(name)} is {taken} already. Take a free key, {free} for one.")


def _write(texts: dict[Path, str]) -> None:
    """Write new files, all or none."""
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise CourseError(f"{error.filename}: cannot be written: {error.strerror}. Nothing was written.") from error
