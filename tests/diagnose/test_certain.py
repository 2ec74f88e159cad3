"""What is said holds far from where a check asked: of numbers of both signs, of masks turned round, of parts at 0.

For each mechanism there is a program that has it, which is told, and one that only looks like it, which is not.
"""

import pytest

from grader.model import Outcome
from grader.session import Session

CHECKS = '''
import math

import numpy as np
import pytest

from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": ["numpy"], "forbid": []}


@exercise("power", points=1)
class TestPower:
    """e to the power of x."""

    def test_far(self, learner):
        for x in (-700.0, -100.0, -20.0, 0.5, 3.0):
            close(learner.power(x), math.exp(x), f"e^x at {x:g}", rtol=1e-9, atol=0.0)


@exercise("less_one", points=1)
class TestLessOne:
    """e^x - 1, exact for small x."""

    def test_small(self, learner):
        close(learner.less_one(1e-9), math.expm1(1e-9), "e^x - 1 at 1e-9", rtol=1e-12, atol=0.0)


@exercise("slope", points=1)
class TestSlope:
    """The slope of tanh."""

    def test_slope(self, learner):
        for x in (0.7, -1.2):
            close(learner.slope(x), 1 - math.tanh(x) ** 2, f"the slope at {x:g}")


@exercise("times", points=1)
class TestTimes:
    """Every number n times."""

    def test_three(self, learner, rng):
        x = rng.normal(size=(4, 3))
        close(learner.times(x, n=2), 2 * x, "the numbers")


@exercise("average", points=1)
class TestAverage:
    """The running average, which begins with zeros."""

    def test_step(self, learner, rng):
        x = rng.normal(size=5)
        close(learner.average(np.zeros(5), x), 0.1 * x, "the average")


@exercise("shares", points=1)
class TestShares:
    """The softmax of each row."""

    def test_rows(self, learner, oracle, rng):
        x = rng.normal(size=(4, 6))
        close(learner.shares(x), oracle.shares(x), "the shares")


@exercise("far_shares", points=1)
class TestFarShares:
    """The softmax of each row, where one row lies far above the others."""

    def test_rows(self, learner, rng):
        x = rng.normal(size=(4, 6)) + np.array([[0.0], [-3000.0], [0.0], [-2000.0]])
        e = np.exp(x - x.max(axis=1, keepdims=True))
        close(learner.far_shares(x), e / e.sum(axis=1, keepdims=True), "the shares")


@exercise("looks", points=1)
class TestLooks:
    """Causal attention of x with itself."""

    def test_places(self, learner, oracle, rng):
        x = rng.normal(size=(2, 5, 3))
        close(learner.looks(x), oracle.looks(x), "the result")


@exercise("kept", points=1)
class TestKept:
    """The numbers that a mask allows; 0 elsewhere."""

    def test_mask(self, learner, rng):
        x, mask = rng.normal(size=(4, 6)), rng.random(size=(4, 6)) < 0.4
        close(learner.kept(x, mask), np.where(mask, x, 0.0), "the numbers")


@exercise("stream", points=1)
class TestStream:
    """Two parts, each added to the stream."""

    def test_both(self, learner, oracle, rng):
        x = rng.normal(size=(2, 4))
        weights = {"first.w": rng.normal(size=(4, 4)), "second.w": rng.normal(size=(4, 4))}
        close(learner.stream(weights, x), oracle.stream(weights, x), "the stream")
'''
SOLUTION = """
import math

import numpy as np


def power(x):
    return math.exp(x)


def less_one(x):
    return math.expm1(x)


def slope(x):
    return 1 - math.tanh(x) ** 2


def times(x, n):
    return n * x


def average(old, new):
    return 0.9 * old + 0.1 * new


def shares(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def far_shares(x):
    return shares(x)


def looks(x):
    scores = x @ x.transpose(0, 2, 1)
    scores = np.where(np.tri(x.shape[1], dtype=bool), scores, -np.inf)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True) @ x


def kept(x, mask):
    return np.where(mask, x, 0.0)


def stream(weights, x):
    x = x + np.tanh(x) @ weights["first.w"]
    return x + np.tanh(x) @ weights["second.w"]
"""
ORACLES = "".join(
    f"def {name}({given}):\n    return solution.{name}({given})\n\n\n"
    for name, given in {"shares": "x", "looks": "x", "stream": "weights, x"}.items()
)
LOOKS = SOLUTION[SOLUTION.index("def looks") : SOLUTION.index("def kept")]
STREAM = SOLUTION[SOLUTION.index("def stream") :]


@pytest.fixture(scope="module")
def made(course_of):
    with Session(course_of(CHECKS, SOLUTION, oracles=ORACLES)) as opened:
        yield opened


@pytest.fixture
def cause(made, grade):
    """Grade a wrong version of one function; return the cause of the failure that is shown."""

    def run(code):
        name = code.partition("def ")[2].partition("(")[0]
        exercises = [exercise for exercise in made.course.exercises if exercise.name == name]
        exercise = grade(made, f"{SOLUTION}\n\n{code}", exercises=exercises).exercises[0]
        assert exercise.outcome is not Outcome.PASS
        return exercise.first_failure.cause

    return run


def one(arguments, result):
    return f"def {arguments}:\n    return {result}\n"


def off(text, old, new):
    assert old in text
    return text.replace(old, new)


FUTURE = "the result: x[:, 4] makes a difference to [:, 0] of yours, and it should not. "
SEES = "Place 0 sees place 4, which comes later."
TOLD = {
    "0 for both signs": (one("power(x)", "0.0"), "e^x at -700: yours is 0, whatever goes in."),
    "1 for both signs": (one("power(x)", "1.0"), "e^x at -700: yours is always 1, whatever goes in."),
    "the number that went in": (one("power(x)", "x"), "e^x at -700: yours is x, and nothing else."),
    "a function of the right one": (
        one("power(x)", "math.exp(math.exp(x))"),
        "e^x at -700: yours is e to the power of the expected value.",
    ),
    "its square": (one("power(x)", "math.exp(x) ** 2"), "e^x at -700: yours is the square of the expected value."),
    "a limit that lies between": (
        one("power(x)", "math.exp(max(x, -30.0))"),
        "e^x at -700: as far as was tried, yours is 9.35762e-14 at -30 and all beyond, and not yet at -29.6.",
    ),
    "another formula beyond a limit": (
        one("power(x)", "math.exp(x) if x > -10.0 else math.exp(2 * x)"),
        "e^x at -700: as far as was tried, yours is right down to -9.97 and wrong from -10.1 on.",
    ),
    "digits that a difference leaves": (
        one("less_one(x)", "math.exp(x) - 1"),
        (
            "e^x - 1 at 1e-9: yours is off by what rounding does to a number near 1, and the expected one is so small "
            "that it shows."
        ),
    ),
    "a plus for a minus": (
        one("slope(x)", "1 + math.tanh(x) ** 2"),
        "the slope at 0.7: what yours adds to 1 the right one takes away, or the other way round.",
    ),
    "a piece of the formula": (
        one("slope(x)", "math.tanh(x)"),
        "the slope at 0.7: one minus the square of yours is the expected value.",
    ),
    "a whole number that is ignored": (
        one("times(x, n)", "np.sin(9 * x)"),
        "the numbers: a change of n makes no difference to yours, and it should.",
    ),
    "zeros that stay": (one("average(old, new)", "old"), "the average: yours is old, as it came in."),
    "another axis": (
        off(one("shares(x)", "np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)"), "axis=1", "axis=0"),
        "the shares: each row of the right one sums to 1. In yours each column does.",
    ),
    "one maximum for all": (
        (
            "def far_shares(x):\n    e = np.exp(x - x.max())\n    with np.errstate(all='ignore'):\n"
            "        return e / e.sum(axis=1, keepdims=True)\n"
        ),
        (
            "the shares: yours is nan in each row of x that lies 1190.59 or more below its largest value, and in none "
            "that lies 1.1971 or less below it."
        ),
    ),
    "weights over the wrong axis": (
        off(LOOKS, "e.sum(axis=-1", "e.sum(axis=-2"),
        (
            "the result: x[:, 4] makes [:, 0] of yours larger or smaller as a whole, and it should make no difference "
            "there."
        ),
    ),
    "a mask upside down": (
        off(LOOKS, "np.tri(x.shape[1], dtype=bool)", "np.tri(x.shape[1], dtype=bool).T"),
        f"{FUTURE}{SEES} Place 4 does not see place 0, and should: it is the wrong way round.",
    ),
    "0 for a ban": (off(LOOKS, "-np.inf", "0.0"), f"{FUTURE}{SEES}"),
    "a mask that says the opposite": (
        one("kept(x, mask)", "np.where(mask, 0.0, x)"),
        "the numbers: yours is what is expected when mask says the opposite.",
    ),
    "0 under a mask": (
        one("kept(x, mask)", "np.where(mask.all(), x, 0.0) + 0 * x"),
        "the numbers: yours is 0 with this mask, whatever else goes in.",
    ),
    "a sum from the start": (
        off(STREAM, "x = x + np.tanh(x) @ weights", "y = x + np.tanh(x) @ weights").replace(
            'np.tanh(x) @ weights["second.w"]', 'np.tanh(y) @ weights["second.w"]'
        ),
        "the stream, with all of second at 0: yours is x, as it came in.",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_it_is_told(cause, name):
    code, says = TOLD[name]
    found = cause(code)
    assert found
    assert found.says == says
    assert found.evidence


LIKE_IT = {
    "0 on one side only": (one("power(x)", "max(0.0, x)"), "whatever"),
    "1 on one side only": (one("power(x)", "max(1.0, x)"), "whatever"),
    "0 for a shape that is wrong": (one("times(x, n)", "np.zeros(1)"), "whatever"),
    "1e-305 for 0": (one("power(x)", "2 * math.log(700 + abs(x)) - 13"), "of the expected"),
    "few digits, and no float32": (one("less_one(x)", "math.exp(x) - 1"), "float32"),
    "0 up to a limit": (one("times(x, n)", "np.where(np.abs(x) > 8, n * x, 0.0)"), "summand"),
    "a mask that is ignored": (one("kept(x, mask)", "1.0 * x"), "opposite"),
    "a limit that nobody tried": (one("power(x)", "math.exp(max(x, -30.0))"), "708"),
    "weights that are wrong, and no leak": (off(LOOKS, "return e /", "return 2 * e /"), "later"),
    "a leak to both sides": (off(LOOKS, "np.tri(x.shape[1], dtype=bool)", "True"), "wrong way round"),
    "a leak of values": (off(LOOKS, "-np.inf", "0.0"), "as a whole"),
    "a sum that starts right": (off(STREAM, "return x + ", "return x - "), "as it came in"),
}


@pytest.mark.parametrize("name", LIKE_IT)
def test_what_only_looks_like_it_is_not_told(cause, name):
    code, words = LIKE_IT[name]
    found = cause(code)
    assert words not in (found.says if found else "")


def test_the_pair_that_is_shown_is_an_ordinary_one(cause):
    """The check asks at -700 first; what proves the cause is shown where a number can be read."""
    shown = " ".join(cause(one("power(x)", "1.0")).evidence)
    assert "e-" not in shown


def test_two_numbers_that_look_alike_are_shown_with_more_digits(cause):
    for line in cause(one("less_one(x)", "math.exp(x) - 1.000000000001")).evidence:
        for pair in line.split(": ", 1)[1].removesuffix(".").split("; "):
            yours, _, expected = pair.partition(", expected ")
            assert yours.removeprefix("yours ") != expected


ADVICE = {
    "a sum that is missing": (one("shares(x)", "np.exp(x)"), ""),
    "what came in": (one("average(old, new)", "old"), "Is a result computed, and then neither returned nor stored?"),
    "0 for a ban": (off(LOOKS, "-np.inf", "0.0"), "0 bans nothing."),
    "a clamp": (one("power(x)", "math.exp(max(x, -30.0))"), "a min or a max?"),
    "one maximum for all": (TOLD["one maximum for all"][0], "of the row, or of the whole array?"),
    "a sum from the start": (TOLD["a sum from the start"][0], "what does each sum start from?"),
}


@pytest.mark.parametrize("name", ADVICE)
def test_the_advice_fits(cause, name):
    code, words = ADVICE[name]
    found = cause(code)
    assert found
    assert found.advice.endswith(words)
