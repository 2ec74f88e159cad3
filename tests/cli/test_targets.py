"""What may be typed for an exercise, and what is said where nothing is meant by it."""

import re

import pytest

from grader.cli.targets import Targets, matching
from grader.course.course import Course
from grader.errors import UsageError
from grader.model import CheckResult, Outcome
from grader.submission.scanned import Scanned, Span
from grader.worker.host.text import NO_TEXT, Text

SPANS = {
    "cross": Span(10, 12, ""),
    "Polygon": Span(15, 40, ""),
    "Polygon.area": Span(20, 24, ""),
    "Polygon.__mul__": Span(26, 28, ""),
    "Polygon.__rmul__": Span(30, 33, ""),
}


@pytest.fixture
def targets(tiny, monkeypatch):
    monkeypatch.chdir(tiny)
    course = Course.find(tiny)
    return Targets(course, course.learner_folder, lambda _unit: Scanned(Text("u01_area.py"), None, SPANS))


AREA, MEAN = ["u01.cross", "u01.area", "u01.scale"], ["u02.column_means", "u02.center"]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["u01"], AREA),
        (["u01_area"], AREA),
        (["area"], AREA),  # a unit's name comes before an exercise's
        (["u01.area"], ["u01.area"]),
        (["u01_area.area"], ["u01.area"]),
        (["mean.center"], ["u02.center"]),
        (["center"], ["u02.center"]),
        (["Polygon.__rmul__"], ["u01.scale"]),
        (["u01.Polygon.area"], ["u01.area"]),
        (["Polygon"], ["u01.area", "u01.scale"]),
        (["exercises/u02_mean.py"], MEAN),
        (["exercises/u01_area.py:10"], ["u01.cross"]),
        (["exercises/u01_area.py:24:7"], ["u01.area"]),
        (["exercises/u01_area.py:31"], ["u01.scale"]),
        (["u02", "u01.cross", "u01.cross"], ["u01.cross", *MEAN]),
        ([], []),
    ],
)
def test_what_words_mean(targets, words, ids):
    assert [exercise.id for exercise in targets.find(words)] == ids


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("u01.cros", "Did you mean u01.cross?"),
        ("u07", "The units are u01_area, u02_mean."),
        ("CROSS", "Did you mean cross?"),
        ("statsu", "Did you mean status?"),
        ("Polygon.areas", "Did you mean Polygon.area?"),
        ("zzzzzz", "grade list shows them all."),
        ("exercises/u01_area.py:13", "grade list u01"),
        ("exercises/u09_none.py", "is no file of this course"),
        ("submissions/right/u01_area.py", "grade --submission submissions/right"),
        ("u01_area.py", "There is no u01_area.py here. Did you mean exercises/u01_area.py?"),
        ("u01_area.py:20", "There is no u01_area.py here. Did you mean exercises/u01_area.py?"),
    ],
)
def test_what_is_said_where_nothing_is_meant(targets, word, says):
    with pytest.raises(UsageError, match=re.escape(says)):
        targets.find([word])


def test_one_exercise_is_wanted(targets):
    with pytest.raises(UsageError, match=r"u01 is 3 exercises; name one: u01.cross, u01.area, u01.scale"):
        targets.one("u01")


def test_a_name_that_two_units_have(tiny):
    path = tiny / "checks" / "test_u02_mean.py"
    path.write_text(path.read_text(encoding="utf-8").replace('"center"', '"cross"'), encoding="utf-8")
    course = Course.find(tiny)
    targets = Targets(course, course.learner_folder, lambda _unit: Scanned(NO_TEXT, None))
    with pytest.raises(UsageError, match=r"2 exercises are called cross: u01.cross, u02.cross"):
        targets.find(["cross"])
    assert [exercise.id for exercise in targets.find(["u02.cross"])] == ["u02.cross"]


def test_a_line_of_a_file_that_cannot_be_read_is_its_first_exercise(tiny, monkeypatch):
    monkeypatch.chdir(tiny)
    course = Course.find(tiny)
    problem = CheckResult(id="file", title="", outcome=Outcome.SYNTAX)
    targets = Targets(course, course.learner_folder, lambda _unit: Scanned(NO_TEXT, None, problem=problem))
    assert [exercise.id for exercise in targets.find(["exercises/u02_mean.py:3"])] == ["u02.column_means"]


def test_matching_knows_ids_and_answers(tiny):
    exercises = Course.find(tiny).exercises
    assert [exercise.id for exercise in matching(exercises, "RMUL")] == ["u01.scale"]
    assert [exercise.id for exercise in matching(exercises, "u02")] == MEAN
