"""What to look at next leads to the mistake, or at least not away from it."""

import pytest

SLOPELESS = """
def _log(self):
    out = Value(math.log(self.data), (self,), "log")

    def _backward():
        self.grad += out.grad

    out._backward = _backward
    return out


Value.log = _log
"""
TURNED = """
def _sigmoid(self):
    s = 1 / (1 + math.exp(self.data))
    out = Value(s, (self,), "sigmoid")

    def _backward():
        self.grad += s * (1 - s) * out.grad

    out._backward = _backward
    return out


Value.sigmoid = _sigmoid
"""
PROGRAMS = {
    "a local slope is missing": (
        "u01.exp_log",
        SLOPELESS,
        "Which of the inputs should it depend on? Find the line that uses that one.",
    ),
    "a minus is missing": (
        "u01.tanh_sigmoid",
        TURNED,
        "Look at each minus of the formula: is one missing, or one too many?",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_leads_to_the_mistake(graded, name):
    exercise, code, advice = PROGRAMS[name]
    assert graded(exercise, code).first_failure.cause.advice == advice


STEPS = {
    "a step stays": """
def numerical_gradient(f, xs, h=1e-5):
    xs, slopes = list(xs), []
    for i in range(len(xs)):
        left = f(*xs)
        xs[i] += h
        slopes.append((f(*xs) - left) / h)
    return slopes
""",
    "both names mean one list": """
def numerical_gradient(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        right = left = list(xs)
        right[i] += h
        left[i] -= h
        slopes.append((f(*right) - f(*left)) / (2 * h))
    return slopes
""",
}


@pytest.mark.parametrize("name", STEPS)
def test_where_a_function_is_called_no_constant_is_suspected(graded, name):
    cause = graded("u01.numerical_gradient", STEPS[name]).first_failure.cause
    assert cause is None or ("constant" not in cause.advice and "multiplied by 0?" not in cause.advice)
