"""The memo of expected values: asked once, asked again when a source changed, and never wrong."""

import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from grader.errors import CourseError
from grader.judging.judge import Judge, store_folder
from grader.judging.oracle import Oracle, Store
from grader.session import Session

ROOT = Path(__file__).parent.parent.parent
CHECKS = '''
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("half", points=1)
class TestHalf:
    """Half of a number."""

    def test_any(self, learner, oracle):
        close(learner.half(3.0), oracle.half(3.0), "half(3)")
'''
SOLUTION = "def half(x):\n    return x / 2\n"
ORACLES = """
import pathlib

CALLS = pathlib.Path(r"{calls}")

def half(x):
    CALLS.write_text(CALLS.read_text() + "half ")
    return solution.half(x)

def echo(*args, **kwargs):
    return [list(args), kwargs]

def spoils(values):
    values[0] = -1.0
    return list(values)

def thing():
    return object()

def broken():
    return 1 / 0

def huge():
    return [[n] for n in range(300_000)]
"""


@pytest.fixture
def calls(tmp_path):
    path = tmp_path / "calls"
    path.write_text("")
    return path


@pytest.fixture
def course(course_of, calls):
    return course_of(CHECKS, SOLUTION, oracles=ORACLES.format(calls=calls))


def oracle(course):
    return Oracle(Store(course.units[0], store_folder(course)))


def test_an_answer_is_computed_once(course, calls):
    assert [oracle(course).half(3.0) for _ in range(3)] == [1.5] * 3
    assert calls.read_text() == "half "


def test_other_arguments_are_another_question(course, calls):
    assert [oracle(course).half(x) for x in (3.0, 3, 4.0)] == [1.5, 1.5, 2.0]
    assert calls.read_text() == "half " * 3


@pytest.mark.parametrize("which", ["solution", "oracles"])
def test_a_changed_source_is_asked_again(course, calls, which):
    oracle(course).half(3.0)
    path = getattr(course.units[0], which)
    path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
    oracle(course).half(3.0)
    assert calls.read_text() == "half half "


def entries(course):
    return [path for path in (store_folder(course) / course.names[0]).rglob("*") if path.is_file()]


@pytest.mark.parametrize("spoil", [b"", b"garbage", zlib.compress(b"garbage"), zlib.compress(b"\xff" * 100)], ids=repr)
def test_a_spoilt_entry_is_computed_again(course, calls, spoil):
    oracle(course).half(3.0)
    (entry,) = entries(course)
    entry.write_bytes(spoil)
    assert oracle(course).half(3.0) == 1.5
    assert calls.read_text() == "half half "


def test_a_folder_that_cannot_be_written_costs_time_only(course, calls):
    store_folder(course).parent.mkdir(exist_ok=True)
    store_folder(course).write_text("in the way")
    assert [oracle(course).half(3.0) for _ in range(2)] == [1.5] * 2
    assert calls.read_text() == "half half "


def test_every_kind_goes_in_and_comes_out(course):
    for _ in range(2):
        args, words = oracle(course).echo(1, 2.0, (3,), [True, None], a=np.float32(1))
        assert args == [1, 2.0, (3,), [True, None]]
        assert type(words["a"]) is np.float32


def test_an_oracle_cannot_change_what_the_check_goes_on_with(course):
    values = [1.0, 2.0]
    assert oracle(course).spoils(values) == [-1.0, 2.0]
    assert values == [1.0, 2.0]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("thing", "its answer must be data: it holds a object"),
        ("broken", "ZeroDivisionError: division by zero"),
        ("huge", "its answer is too large"),
        ("nothing", "has no oracle 'nothing'"),
    ],
)
def test_a_broken_oracle_is_the_courses_fault_and_named(course, name, why):
    with pytest.raises(CourseError, match=rf"oracles/u01_made\.py(:\d+)?: .*{why}"):
        getattr(oracle(course), name)()


def test_arguments_must_be_data(course):
    with pytest.raises(CourseError, match="arguments must be data"):
        oracle(course).echo(object())


def test_an_oracle_file_that_does_not_run_is_named(course_of):
    course = course_of(CHECKS, SOLUTION, oracles="import a_package_that_is_not_there\n")
    with pytest.raises(CourseError, match=r"oracles/u01_made\.py:1: does not run: ModuleNotFoundError"):
        oracle(course).half(1.0)


SLOW = """
import time

def half(x):
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass
    return x / 2
"""


def test_a_slow_oracle_is_not_held_against_the_solution(course_of):
    course = course_of(CHECKS.replace("points=1", "points=1, cpu=0.2"), SOLUTION, oracles=SLOW)
    with Session(course) as session:
        assert session.grade_ours().exit_code == 0


WARM = """
import sys
from pathlib import Path
from grader.course.course import Course
from grader.session import Session

course = Course.find(Path(sys.argv[1]))
with Session(course) as session:
    assert session.grade(submission=course.root / "solutions").exit_code == 0
print("fractions" in sys.modules and "colorsys" in sys.modules)
"""


def test_a_warm_run_imports_nothing_that_the_oracle_needs(course_of):
    course = course_of(CHECKS, SOLUTION, oracles="import colorsys, fractions\n\ndef half(x):\n    return x / 2\n")
    outs = [
        subprocess.run(
            [sys.executable, "-c", WARM, course.root], check=True, cwd=ROOT, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    ]
    assert outs == ["True\n", "False\n"]


def test_a_judge_keeps_answers_beside_the_course(course):
    Judge(course, course.units[0]).oracle.half(3.0)
    assert all(path.is_relative_to(course.root / ".grade") for path in entries(course))
