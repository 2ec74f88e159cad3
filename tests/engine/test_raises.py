"""`raises`: the learner's exception, another one, none, or a stub's."""

import pytest

from grader import raises
from grader.failures import LearnerError, WrongAnswer
from grader.values import Remote


class Value(Remote):
    _class_name, _id = "Value", 0

    def __repr__(self):
        return "Value(2)"


def facts(mismatch, *names):
    return tuple(getattr(mismatch, name) for name in names)


def fail(name, *bases, message="no"):
    def ask():
        raise LearnerError(type=name, bases=(name, *bases), message=message)

    return ask


def test_the_exception_that_was_asked_for():
    assert raises(TypeError, fail("TypeError"), "x").message == "no"
    raises(ArithmeticError, fail("ZeroDivisionError", "ArithmeticError", "Exception"), "x")


def test_another_exception():
    with pytest.raises(WrongAnswer) as caught:
        raises(TypeError, fail("ValueError", "Exception"), "a ** b")
    assert facts(caught.value.mismatch, "problem", "yours", "expected", "label") == (
        "exception",
        "ValueError: no",
        "TypeError",
        "a ** b",
    )


def test_no_exception():
    with pytest.raises(WrongAnswer) as caught:
        raises(TypeError, lambda: Value(), "x")
    assert caught.value.mismatch.yours == "no exception; the result was Value(2)"


def test_what_is_not_written_yet_is_no_wrong_exception():
    for message in ("TODO: f", ""):
        with pytest.raises(LearnerError):
            raises(TypeError, fail("NotImplementedError", "RuntimeError", message=message), "x")
    with pytest.raises(WrongAnswer):
        raises(TypeError, fail("NotImplementedError", "RuntimeError", message="only for 2-D"), "x")
