"""A function or a method that returns nothing is told so, in every exercise, without an entry in any bank."""

import pytest

SAYS = "Is a return missing?"
PROGRAMS = {
    "a function": ("u01.numerical_gradient", "def numerical_gradient(f, xs, h=1e-5):\n    pass\n"),
    "an operator": ("u01.add_mul", "Value.__mul__ = lambda self, other: None\n"),
    "a method": ("u01.exp_log", "Value.log = lambda self: None\n"),
    "a function of arrays": ("u05.cross_entropy_backward", "def cross_entropy_backward(logits, targets):\n    pass\n"),
    "a tuple": ("u05.linear_backward", "def linear_backward(dout, X, W):\n    dout @ W.T\n"),
    "tokens": ("u09.merge", "def merge(ids, pair, idx):\n    ids.append(idx)\n"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_said(graded, name):
    exercise, code = PROGRAMS[name]
    shown = graded(exercise, code).first_failure
    assert shown.message.split("\n")[-1] == SAYS
    assert shown.cause is None


@pytest.mark.usefixtures("chinese")
def test_it_is_said_in_chinese(graded):
    exercise, code = PROGRAMS["a function"]
    assert "return" in (says := graded(exercise, code).first_failure.message)
    assert SAYS not in says


OTHERS = {
    "None is right here": ("u01.backward", "Value.backward = lambda self: None\n"),
    "a part of the answer": ("u05.linear_backward", "def linear_backward(dout, X, W):\n    return None, None, None\n"),
    "an attribute": (
        "u01.add_mul",
        """
_init = Value.__init__


def _new(self, *args):
    _init(self, *args)
    self.grad = None


Value.__init__ = _new
""",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_it_is_not_said_of_other_things(graded, name):
    exercise, code = OTHERS[name]
    result = graded(exercise, code)
    assert result.first_failure is not None
    assert all(SAYS not in check.message for check in result.checks)
