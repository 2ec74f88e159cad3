"""What is named must hold in every failing check that can be compared, and for another call-back too."""

import pytest

from grader.model import Outcome

STEP_LOST = """
def numerical_gradient(f, xs, h=1e-5):
    h = 1e-5
    slopes = []
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[i] += h
        down[i] -= h
        slopes.append((f(*up) - f(*down)) / (2 * h))
    return slopes
"""
TIMES_STEP = STEP_LOST.replace("    h = 1e-5\n", "").replace("(2 * h)", "2 * h")
PER_ROW = """
def linear_backward(dout, X, W):
    D = dout.reshape(-1, dout.shape[-1])
    flat = X.reshape(-1, X.shape[-1])
    return dout @ W.T, flat.T @ D / len(D), D.sum(axis=0)
"""
CALLED = """
def _mul(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward()
    return out


Value.__mul__ = _mul
"""
NO_BACKWARD = """
def _todo(self):
    raise NotImplementedError("TODO: Value.backward")


Value.backward = _todo
"""


def causes(exercise):
    return [check.cause for check in exercise.checks if check.cause is not None]


def test_no_term_that_only_the_lent_function_makes(graded):
    exercise = graded("u01.numerical_gradient", STEP_LOST)
    assert exercise.outcome is Outcome.FAIL
    assert all("h * h" not in cause.says for cause in causes(exercise))


def test_a_constant_factor_holds_in_every_failing_check(graded):
    exercise = graded("u01.numerical_gradient", TIMES_STEP)
    assert exercise.outcome is Outcome.FAIL
    assert all("1e-10" not in cause.says for cause in causes(exercise))


def test_a_size_is_named_beside_checks_with_more_axes(graded):
    cause = graded("u05.linear_backward", PER_ROW).first_failure.cause
    assert cause.says == "dW: yours is N times too small, where N is the number of rows of dout."
    assert len(cause.evidence) >= 2


@pytest.mark.parametrize("rest", ["", NO_BACKWARD])
def test_called_instead_of_stored(graded, rest):
    exercise = graded("u01.add_mul", CALLED + rest)
    assert exercise.outcome is Outcome.ERROR
    assert "_backward of a result is None" in exercise.first_failure.message
    assert exercise.first_failure.cause.misconception == "u01.mul_calls_at_once"


SUM_ALONE = """
def _add(self, other):
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad = out.grad
        other.grad = out.grad

    out._backward = _backward
    return out


Value.__add__ = _add
"""
SILENT_SUM = """
Value.__add__ = lambda self, other: Value(self.data + other.data, (self, other), "+")
"""
SILENT_RELU = """
Value.relu = lambda self: Value(max(0.0, self.data), (self,), "relu")
"""


def unwritten(*names):
    """Return code that has these answers as the stub has them."""
    stub = (
        "def _stub{number}(self, *others):\n    raise NotImplementedError('TODO: {name}')\n\n{name} = _stub{number}\n"
    )
    return "\n".join(stub.format(number=number, name=name) for number, name in enumerate(names))


ALONE = {
    "a sum that writes over": (
        "u01.add_mul",
        SUM_ALONE + unwritten("Value.__radd__", "Value.__mul__", "Value.__rmul__"),
        "In a + a yours counts only one of them.",
    ),
    "a sum that reports to nobody": (
        "u01.add_mul",
        SILENT_SUM + unwritten("Value.__radd__", "Value.__mul__", "Value.__rmul__"),
        "The gradient ends at your sum",
    ),
    "a relu that reports to nobody": (
        "u01.relu",
        SILENT_RELU + unwritten("Value.leaky_relu"),
        "No gradient gets through your relu",
    ),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_first_answer_is_explained_while_the_others_are_not_written(graded, name):
    exercise, code, says = ALONE[name]
    assert says in graded(exercise, code).first_failure.cause.says
