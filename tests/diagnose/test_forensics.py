"""Each relation is found in a learner's answers, in words that are true of it; and nothing is said where none holds."""

import pytest

from grader.model import Outcome
from grader.session import Session

CHECKS = '''
import numpy as np
from grader import close, exercise, same

UNIT = {"title": "Made", "lecture": "", "libraries": ["numpy"], "forbid": []}


@exercise("mean_slope", points=1)
class TestMeanSlope:
    """The gradient of the mean squared gap."""

    def test_seven(self, learner, oracle, rng):
        x, y = rng.normal(size=7), rng.normal(size=7)
        close(learner.mean_slope(x, y), oracle.mean_slope(x, y), "the slope")


@exercise("totals", points=1)
class TestTotals:
    """The sum of each column."""

    def test_matrix(self, learner, rng):
        x = rng.normal(size=(5, 3))
        close(learner.totals(x), x.sum(axis=0), "the totals")


@exercise("turned", points=1)
class TestTurned:
    """The product of x, turned, and w."""

    def test_product(self, learner, rng):
        x, w = rng.normal(size=(5, 3)), rng.normal(size=(5, 4))
        close(learner.turned(x, w), x.T @ w, "the product")


@exercise("so_far", points=1)
class TestSoFar:
    """The mean of all places so far, along the middle axis."""

    def test_places(self, learner, oracle, rng):
        x = rng.normal(size=(2, 5, 3))
        close(learner.so_far(x), oracle.so_far(x), "the means")


@exercise("both", points=1)
class TestBoth:
    """Sum and product of two columns."""

    def test_two(self, learner, rng):
        a, b = rng.normal(size=4), rng.normal(size=4)
        added, multiplied = learner.both(a, b)
        close(added, a + b, "the sum")
        close(multiplied, a * b, "the product")


@exercise("roots", points=1)
class TestRoots:
    """The root of the magnitude of each number."""

    def test_signs(self, learner, rng):
        x = rng.normal(size=(4, 6))
        close(learner.roots(x), np.sqrt(abs(x)), "the roots")


@exercise("halves", points=1)
class TestHalves:
    """One half of a number."""

    def test_one(self, learner):
        close(learner.halves(7.0), 3.5, "half of 7")

    def test_other(self, learner):
        close(learner.halves(4.0), 2.0, "half of 4")


@exercise("steps", points=1)
class TestSteps:
    """The numbers from 0 to n."""

    def test_rows(self, learner):
        same(learner.steps(4), [0, 1, 2, 3, 4], "the numbers up to 4")

    def test_more_rows(self, learner):
        same(learner.steps(6), [0, 1, 2, 3, 4, 5, 6], "the numbers up to 6")


@exercise("limit", points=1)
class TestLimit:
    """What is left of a number above 1."""

    def test_at_the_limit(self, learner):
        close(learner.limit([0.5, 1.0, 3.0]), [0.0, 1.0, 3.0], "the numbers from 1 on")


@exercise("bent", points=1)
class TestBent:
    """tanh of x, weighed."""

    def test_rows(self, learner, oracle, rng):
        x, w = rng.normal(size=(4, 6)), rng.normal(size=6)
        close(learner.bent(x, w), oracle.bent(x, w), "the bent ones")


@exercise("clipped", points=1)
class TestClipped:
    """The k largest numbers, and 0 for the others."""

    def test_three(self, learner, oracle, rng):
        x = rng.normal(size=9)
        close(learner.clipped(x, 3), oracle.clipped(x, 3), "the largest")


@exercise("table", points=1)
class TestTable:
    """How often each pair of letters occurs."""

    def test_pairs(self, learner):
        same(learner.table("abca"), {("a", "b"): 1, ("b", "c"): 1, ("c", "a"): 1}, "the pairs of abca")

    def test_more_pairs(self, learner):
        same(learner.table("abab"), {("a", "b"): 2, ("b", "a"): 1}, "the pairs of abab")


@exercise("thirds", points=1)
class TestThirds:
    """Two arrays, each divided by 3, to the last bit."""

    def test_two(self, learner, rng):
        a, b = rng.normal(size=3), rng.normal(size=3)
        close(learner.thirds(a, b), [a / 3, b / 3], "the thirds", rtol=0, atol=0)
'''
SOLUTION = """
import numpy as np


def mean_slope(x, y):
    return 2 * (x - y) / len(x)


def totals(x):
    return x.sum(axis=0)


def turned(x, w):
    return x.T @ w


def so_far(x):
    return np.cumsum(x, axis=1) / np.arange(1, x.shape[1] + 1)[:, None]


def both(a, b):
    return a + b, a * b


def roots(x):
    return np.sqrt(abs(x))


def halves(x):
    return x / 2


def steps(n):
    return list(range(n + 1))


def limit(xs):
    return [x if x >= 1 else 0.0 for x in xs]


def bent(x, w):
    return np.tanh(x) * w


def clipped(x, k):
    return np.where(x >= np.sort(x)[-k], x, 0.0)


def table(text):
    pairs = list(zip(text, text[1:]))
    return {pair: pairs.count(pair) for pair in pairs}


def thirds(a, b):
    return [a / 3, b / 3]
"""
ORACLES = (
    "def mean_slope(x, y):\n    return solution.mean_slope(x, y)\n\n\ndef so_far(x):\n    return solution.so_far(x)\n"
    "\n\ndef bent(x, w):\n    return solution.bent(x, w)\n\n\ndef clipped(x, k):\n    return solution.clipped(x, k)\n"
)


@pytest.fixture(scope="module")
def made(course_of):
    with Session(course_of(CHECKS, SOLUTION, oracles=ORACLES)) as opened:
        yield opened


@pytest.fixture
def cause(made, grade):
    """Grade a wrong version of one function; return the cause of the failure that is shown."""

    def run(code, **options):
        name = code.partition("def ")[2].partition("(")[0]
        exercises = [exercise for exercise in made.course.exercises if exercise.name == name]
        exercise = grade(made, f"{SOLUTION}\n\n{code}", exercises=exercises, **options).exercises[0]
        assert exercise.outcome is not Outcome.PASS
        return exercise.first_failure.cause

    return run


def one(arguments, result):
    return f"def {arguments}:\n    return {result}\n"


FUTURE = "Place 0 sees place 4, which comes later."
EDGE = "These very numbers matter: a tie, a limit, or their size."
ROWS, COLUMNS = "the number of rows of x", "the number of columns of x"
SLOPE, PLACES = "mean_slope(x, y)", "so_far(x)"
NAMED = {
    "a mean is missing": (
        one(SLOPE, "2 * (x - y)"),
        "the slope: yours is N times too large, where N is the length of x.",
    ),
    "a mean taken twice": (
        one(SLOPE, "2 * (x - y) / len(x) ** 2"),
        "the slope: yours is N times too small, where N is the length of x.",
    ),
    "the root of a size": (
        one(SLOPE, "2 * (x - y) / len(x) ** 0.5"),
        "the slope: yours is sqrt(N) times too large, where N is the length of x.",
    ),
    "one less than a size": (
        one(SLOPE, "2 * (x - y) / (len(x) - 1)"),
        "the slope: yours is N / (N - 1) times too large, where N is the length of x.",
    ),
    "one size for another": (
        one("totals(x)", "x.sum(axis=0) * len(x) / len(x[0])"),
        f"the totals: yours is N / M times the expected one, where N is {ROWS}, and M is {COLUMNS}.",
    ),
    "a sign": (one(SLOPE, "2 * (y - x) / len(x)"), "the slope: yours has the right size and the wrong sign."),
    "a constant": (one(SLOPE, "(x - y) / len(x)"), "the slope: yours is exactly half of the expected one."),
    "a factor that fits one size only": (
        one(SLOPE, "10 * (x - y) / len(x) if len(x) == 7 else 4 * (x - y)"),
        "the slope: the proportions are right, but all of it is off by one factor, another one for other inputs.",
    ),
    "what is not finite": (one(SLOPE, "x * float('inf')"), "the slope: yours is inf everywhere."),
    "nothing": (one(SLOPE, "0 * x"), "the slope: yours is 0, whatever goes in."),
    "what came in": (one(SLOPE, "x.copy()"), "the slope: yours is x, as it came in."),
    "a constant is added": (
        one(SLOPE, "2 * (x - y) / len(x) + 3"),
        "the slope: yours is always 3 too large.",
    ),
    "single precision": (
        one(SLOPE, "(2 * (x - y) / len(x)).astype(np.float32)"),
        "the slope: yours is float32, although float64 went in. Something on the way made it float32.",
    ),
    "single precision on the way": (
        one(SLOPE, "(np.float32(2) * (x.astype(np.float32) - y.astype(np.float32)) / len(x)).astype(float)"),
        "the slope: every value of yours is a float32 number. Somewhere it was computed in single precision.",
    ),
    "a summand": (
        one(SLOPE, "2 * (x - y) / len(x) + x"),
        "the slope: yours is the expected one plus x. That summand is one too many.",
    ),
    "the first is left out": (
        "def mean_slope(x, y):\n    out = 2 * (x - y) / len(x)\n    out[0] = 0\n    return out\n",
        "the slope: yours is wrong exactly in the first place, and right everywhere else. There it is 0.",
    ),
    "a wrong axis": (
        one("totals(x)", "x.sum(axis=1)"),
        "the totals: yours is x, summed over axis 1; the expected one is summed over axis 0.",
    ),
    "no sum": (one("totals(x)", "x"), "the totals: yours is not summed over axis 0. With that it is right."),
    "a sum over all": (
        one("totals(x)", "np.array(x.sum())"),
        "the totals: yours is summed over axis 0. Without that it is right.",
    ),
    "an axis that stays": (
        one("totals(x)", "x.sum(axis=0, keepdims=True)"),
        "the totals: the numbers are right and the shape is not.",
    ),
    "in reverse": (one("totals(x)", "x.sum(axis=0)[::-1]"), "the totals: yours is in reverse order."),
    "running totals": (
        one("totals(x)", "np.cumsum(x.sum(axis=0))"),
        "the totals: yours holds running totals, and single values are expected.",
    ),
    "transposed": (one("turned(x, w)", "w.T @ x"), "the product: yours is transposed."),
    "a view of the future": (
        one(PLACES, "np.broadcast_to(x.mean(axis=1, keepdims=True), x.shape)"),
        "the means: x[:, 4] makes a difference to [:, 0] of yours, and it should not. " + FUTURE,
    ),
    "two that changed places": (
        one("both(a, b)", "(a * b, a + b)"),
        "the sum: yours is what is expected of the product, and the other way round. They have changed places.",
    ),
    "a root of negative numbers": (
        "def roots(x):\n    with np.errstate(all='ignore'):\n        return np.sqrt(x)\n",
        "the roots: yours is nan where x is negative.",
    ),
    "an input that is ignored": (
        one("both(a, b)", "(a + 1, a * b)"),
        "the sum: a change of b makes no difference to yours, and it should.",
    ),
    "whole numbers": (
        one("halves(x)", "float(x // 2)"),
        "half of 7: yours is the expected one, cut off to whole numbers.",
    ),
    "the last one": (
        one("steps(n)", "list(range(n))"),
        "the numbers up to 4: the last one is missing, and nothing else is wrong.",
    ),
    "arrays in their order, but for rounding": (
        one("thirds(a, b)", "[(a + 7) / 3 - 7 / 3, (b + 7) / 3 - 7 / 3]"),
        "the thirds[0]: yours is close to the expected one, and not close enough.",
    ),
    "an order": (one("steps(n)", "list(range(n, -1, -1))"), "the numbers up to 4: yours is in reverse order."),
    "a limit": (
        one("limit(xs)", "[x if x > 1 else 0.0 for x in xs]"),
        "the numbers from 1 on: with other numbers yours is right. " + EDGE,
    ),
    "half of what goes in": (
        one("bent(x, w)", "np.tanh(x / 2) * w"),
        "the bent ones: yours is what is right for half of x.",
    ),
    "a size too much inside of a function": (
        one("bent(x, w)", "np.tanh(x * x.shape[1] ** 0.5) * w"),
        "the bent ones: yours is what is right for the root of N times x, where N is the size of axis 1 of x.",
    ),
    "one more than was asked for": (
        one("clipped(x, k)", "np.where(x >= np.sort(x)[-k - 1], x, 0.0)"),
        "the largest: yours is what is right for k + 1.",
    ),
    "pairs the other way round": (
        "def table(text):\n    pairs = list(zip(text[1:], text))\n    return {p: pairs.count(p) for p in pairs}\n",
        "the pairs of abca: every pair of yours is the other way round.",
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_it_is_named(cause, name):
    code, says = NAMED[name]
    found = cause(code)
    assert found
    assert found.says == says
    assert found.evidence
    assert not found.misconception
    assert all(line.isascii() for line in (*found.evidence, found.advice))


SILENT = {
    "an amount that the other failing check does not have": one("halves(x)", "x / 2 + (1 if x > 4.5 else 3)"),
    "nan for these inputs": one("roots(x)", "np.full_like(x, np.nan if (x < 4).all() else 1.0)"),
    "other numbers": one(SLOPE, "2 * (x - y ** 3) / len(x) + np.sin(7 * x)"),
    "a right one with one question too many": "def mean_slope(x, y):\n    raise ValueError(x)\n",
    "half of what goes in, with these numbers only": (
        one("bent(x, w)", "np.tanh(x / 2) * w if x.max() > 1.5 else np.tanh(x / 3 + x ** 3) * w")
    ),
    "one more, and bent": one("clipped(x, k)", "np.where(x >= np.sort(x)[-k - 1], x + np.sin(9 * x), 0.0)"),
    "an object": "class Box:\n    pass\n\n\ndef mean_slope(x, y):\n    return Box()\n",
    "a huge number": one("halves(x)", "10 ** 400 + int(x)"),
    "an end": "def halves(x):\n    import os\n\n    if x != 7.0:\n        os._exit(0)\n    return 3.0\n",
    "a loop": "def halves(x):\n    while x != 7.0:\n        pass\n    return 3.0\n",
}


@pytest.mark.parametrize("name", SILENT)
def test_where_nothing_holds_nothing_is_said(cause, name):
    assert cause(SILENT[name], timeout=0.3) is None
