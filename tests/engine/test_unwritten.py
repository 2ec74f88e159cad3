"""What is not written yet: whose it is does not depend on what a check happens to meet first."""

from grader.model import Outcome

CHECKS = """
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("lower", points=1, answers=("lower", "half"))
class TestLower:
    def test_lower(self, learner):
        close(learner.lower(3.0), 2.0, "lower(3)")

    def test_half(self, learner):
        close(learner.half(3.0), 1.5, "half(3)")


@exercise("upper", points=1, answers=("upper", "double"), needs=("lower",))
class TestUpper:
    def test_below_first(self, learner):
        close(learner.upper(learner.lower(3.0)), 3.0, "upper(lower(3))")

    def test_upper(self, learner):
        close(learner.upper(3.0), 4.0, "upper(3)")

    def test_double(self, learner):
        close(learner.double(3.0), 6.0, "double(3)")
"""
SOLUTION = """
def lower(x):
    return x - 1


def half(x):
    return x / 2


def upper(x):
    return x + 1


def double(x):
    return x + x
"""


def program(**written):
    """Return the stub, but for what is written: the text of a function's body by its name."""
    stub = 'raise NotImplementedError("TODO: {}")'
    names = ("lower", "half", "upper", "double")
    return "\n\n".join(f"def {name}(x):\n    {written.get(name) or stub.format(name)}\n" for name in names)


def ended(report):
    return {exercise.id: {check.outcome for check in exercise.checks} for exercise in report.exercises}


def test_an_untouched_exercise_is_to_do_whatever_it_needs(course_of, grade):
    report = grade(course_of(CHECKS, SOLUTION), program())
    assert ended(report) == {"u01.lower": {Outcome.TODO}, "u01.upper": {Outcome.TODO}}


def test_one_that_is_half_written_is_to_do(course_of, grade):
    report = grade(course_of(CHECKS, SOLUTION), program(upper="return x + 1"))
    assert ended(report)["u01.upper"] == {Outcome.TODO, Outcome.PASS}
    assert report.exercises[1].first_failure.message.startswith("double is not written yet.")


def test_one_that_is_written_waits_for_what_it_needs(course_of, grade):
    report = grade(course_of(CHECKS, SOLUTION), program(upper="return x + 1", double="return x + x"))
    assert ended(report)["u01.upper"] == {Outcome.BLOCKED, Outcome.PASS}
    assert report.exercises[1].first_failure.waits_for == "u01.lower"


def test_a_helper_of_ones_own_is_named_by_its_name(course_of, grade):
    helper = "\n\ndef helper(x):\n    raise NotImplementedError\n"
    report = grade(course_of(CHECKS, SOLUTION), program(lower="return helper(x)", half="return x / 2") + helper)
    shown = report.exercises[0].first_failure
    assert (shown.outcome, shown.message) == (Outcome.TODO, "helper is not written yet.")
    assert shown.where.function == "helper"
