"""The question that a verdict shows is the one whose answer is wrong."""

import pytest

from grader.model import Outcome

CHECKS = """
from grader import close, exercise, same

UNIT = {{"title": "Made", "lecture": "", "libraries": [], "forbid": []}}


@exercise("half", points=1, answers=("half", "pair", "Thing"))
class TestHalf:
    def test_it(self, learner):
        {body}
"""
LEARNER = """
def half(x):
    return 7.0 if x == 4 else x / 2

def whole(x):
    return 3 if x == 4 else 2

def pair(x):
    return x, 7.0

def things():
    return [Thing(), Thing()]

def none(x):
    pass

class Thing:
    count = 0

    def bump(self):
        self.count += 1

    def add(self):
        self.count += 1
        return 2

    def reset(self):
        pass

    def __add__(self, other):
        return None

    def __radd__(self, other):
        return 2.0

    def __neg__(self):
        self.count -= 1
        return self
"""
SOLUTION = LEARNER.replace("7.0 if x == 4 else ", "").replace("x, 7.0", "x, x / 2").replace("pass", "return 1.0")
SOLUTION = SOLUTION.replace("return None", "return self").replace("3 if x == 4 else 2", "2")
BODIES = {
    "a loop of comparisons": ("for x in (2, 4, 6): close(learner.half(x), x / 2, 'half')", ["half(4)"]),
    "a list of answers": (
        "close([learner.half(x) for x in (1, 2, 3, 4, 5, 6)], [0.5, 1.0, 1.5, 2.0, 2.5, 3.0], 'halves')",
        ["half(4)"],
    ),
    "a list of equal answers": (
        "same([learner.whole(x) for x in (2, 4, 6, 8)], [2, 2, 2, 2], 'wholes')",
        ["whole(4)"],
    ),
    "a dict of lists": (
        "close({'a': [learner.half(2)], 'b': [learner.half(4), learner.half(6)]}, {'a': [1.0], 'b': [2.0, 3.0]}, 'h')",
        ["half(4)"],
    ),
    "an answer that is not the last": (
        "h = learner.half(4); learner.half(6); learner.half(8); learner.half(10); close(h, 2.0, 'half')",
        ["half(4)"],
    ),
    "part of an answer": ("first, second = learner.pair(2); learner.half(6); close(second, 1.0, 'p')", ["pair(2)"]),
    "computed from answers": (
        "close(learner.half(4) + learner.half(6), 5.0, 'sum')",
        ["half(4)", "half(6)"],
    ),
    "an object that was changed": (
        "t = learner.Thing(); learner.half(2); t.bump(); t.reset(); close(t.count, 2, 'count')",
        ["t = Thing()", "t.bump()", "t.reset()", "t.count"],
    ),
    "an object that changed by what gave something": (
        "t = learner.Thing(); t.count = 5; learner.half(t.add()); close(t.count, 2, 'count')",
        ["t = Thing()", "t.add()", "t.count"],
    ),
    "one of several objects": (
        "a, b = learner.things(); close([a.count, b.count], [0, 1], 'count')",
        ["things()[1].count"],
    ),
    "an object that is used twice": (
        "t = learner.Thing(); other = learner.Thing(); close(learner.half(4) + (other + t + t), 2.0, 'sum')",
        ["t = Thing()", "half(4)", "Thing() + t", "None + t"],
    ),
    "an operator that gives its operand back": (
        "t = -learner.Thing(); close(t.count, 2, 'count')",
        ["(-Thing()).count"],
    ),
    "an object that was asked again": (
        "t = learner.Thing(); t.bump(); c = t.count; t.reset(); t.count; close(c, 2, 'count')",
        ["t = Thing()", "t.bump()", "t.reset()", "t.count"],
    ),
}
NOTHING = {
    "a function": ("close(learner.none(2), 1.0, 'none')", "You returned nothing (None); a float is expected."),
    "a function that should return a list": ("close(learner.none(2), [1.0], 'x')", "; a list is expected."),
    "in a list": ("close([learner.half(2), learner.none(2)], [1.0, 1.0], 'x')", "; a float is expected."),
    "an operator": (
        "close((learner.Thing() + 1).count, 0, 'x')",
        "Thing() + 1 gave None; a Thing is expected.\nIs a return missing?",
    ),
    "what the code trips over itself": (
        "t = learner.Thing(); close(1.0 + (t + 1), 2.0, 'x')",
        "Thing() + 1 gave None; a Thing is expected.\nIs a return missing?",
    ),
    "what a function is given": (
        "close(learner.half(learner.none(2)), 0.5, 'x')",
        "none(2) gave None; a float is expected.\nIs a return missing?",
    ),
    "the first of two": (
        "a, b = learner.none(2), learner.half(2); close(b + a, 2.0, 'sum')",
        "none(2) gave None; a float is expected.\nIs a return missing?",
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_the_question_that_failed_is_shown(course_of, grade, name):
    body, asked = BODIES[name]
    check = grade(course_of(CHECKS.format(body=body)), LEARNER).exercises[0].checks[0]
    assert check.outcome is Outcome.FAIL
    assert list(check.asked) == asked


@pytest.mark.parametrize("name", NOTHING)
def test_a_missing_return_is_named(course_of, grade, name):
    body, says = NOTHING[name]
    check = grade(course_of(CHECKS.format(body=body), SOLUTION), LEARNER).exercises[0].checks[0]
    assert check.outcome is Outcome.FAIL
    assert says in check.message


def test_an_attribute_that_is_none_was_not_returned(course_of, grade):
    body = "t = learner.Thing(); close(t.count, 1.0, 'count')"
    learner = LEARNER.replace("count = 0", "count = None")
    check = grade(course_of(CHECKS.format(body=body), SOLUTION), learner).exercises[0].checks[0]
    assert (check.mismatch.problem, check.message) == ("kind", "")


def test_of_several_numbers_an_ordinary_one_is_shown(course_of, grade):
    body = "close([learner.half(x) for x in (-1e-9, 2, 4)], [-5e-10, 1.0, 2.0], 'halves')"
    check = grade(course_of(CHECKS.format(body=body)), "def half(x):\n    return -x\n").exercises[0].checks[0]
    assert (check.mismatch.at, check.mismatch.yours, check.mismatch.differ) == ("[1]", "-2", 3)
    assert check.asked == ("half(2)",)
