"""Begin a unit: a small one that is whole and passes the audit as made, to be overwritten step by step.

No existing file is touched; where one of the files is there already, none is written.
"""

import json
import re
from pathlib import Path

from grader.author import stubs
from grader.course import Course, unit_key
from grader.errors import CourseError, UsageError

NAME = re.compile(r"u\d\d_[a-z0-9_]+")

BEGIN_A_COURSE = """\
No course here. To begin one, make a folder with a pyproject.toml that says:

[tool.grader]
format = 1
title = "The title of your course"
seed = 2026         # random inputs come from it
checks = "checks"   # the folder of the check files

[tool.pytest]
addopts = ["-p", "grader.pytest_plugin", "--import-mode=importlib"]

Then, in that folder: grade author new u01_first "The title of its first unit"
"""

SOLUTION = '''\
# %% [markdown]
# # {title}
#
# Say what this unit is about, what a learner can do afterwards, and where the symbols come from. What stands between
# the markers below is the answer; everything else is what the learner is given.


# %%
def mean_gap(predicted: list[float], wanted: list[float]) -> float:
    """Return the mean of the absolute differences, a float.

    predicted, wanted: N floats each, N at least 1. They stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: How far is one prediction from what was wanted? A distance has no sign.
    # HINT: There are N distances. What makes one number of them?
    # HINT: Add the absolute differences pair by pair, then divide by how many there are.
    return sum(abs(p - w) for p, w in zip(predicted, wanted, strict=True)) / len(wanted)
    # END SOLUTION
'''

MISCONCEPTIONS = '''\
"""Wrong answers to unit {name} that run."""

from grader import misconception


@misconception("mean_gap", says="You added the differences up; a mean is divided by how many there are.")
def forgets_the_mean(predicted, wanted):
    return sum(abs(p - w) for p, w in zip(predicted, wanted, strict=True))
'''

CHECKS = '''\
"""Checks of unit {name}."""

from grader import close, exercise

UNIT = {{"title": {quoted}, "lecture": "", "libraries": [], "forbid": []}}


@exercise("mean_gap", points=2)
class TestMeanGap:
    """The mean of the absolute differences of two lists."""

    def test_small_lists(self, learner):
        """two lists that you can do in your head"""
        close(learner.mean_gap([1.0, 2.0], [4.0, 1.0]), 2.0, "mean_gap([1, 2], [4, 1])")

    def test_shift(self, learner, rng):
        """everything shifted by 3 is 3 away, whatever the numbers"""
        wanted = [rng.uniform(-1, 1) for _ in range(5)]
        close(learner.mean_gap([w + 3.0 for w in wanted], wanted), 3.0, "mean_gap(wanted + 3, wanted)")
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
        files["misconceptions"]: MISCONCEPTIONS.format(**words),
        files["checks"]: CHECKS.format(**words),
    }
    there = next((path for path in (*texts, files["stub"]) if path.exists()), None)
    if there is not None:
        raise UsageError(f"{there} is there already; nothing was written. Take another name, or move that file away.")
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
