"""Oracles of unit 04 against its formulas, written out in NumPy with central differences."""

from pathlib import Path

import numpy as np
import pytest

from grader.course.course import Course

pytest.importorskip("torch")

UNIT = Course.find(Path(__file__)).unit("u04")


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def slopes(function, arrays, cotangent, h=1e-6):
    """Return central differences of the sum of cotangent times function, for each array."""
    found = []
    for array in arrays:
        slope = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + h
            above = (function(*arrays) * cotangent).sum()
            array[place] = kept - h
            slope[place] = (above - (function(*arrays) * cotangent).sum()) / (2 * h)
            array[place] = kept
        found.append(slope)
    return found


def agree(answer, function, arrays, cotangent):
    np.testing.assert_allclose(answer["out"].array, function(*arrays), rtol=1e-9, atol=1e-9)
    for mine, slope in zip(answer["grads"], slopes(function, arrays, cotangent), strict=True):
        np.testing.assert_allclose(mine.array, slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("unbiased", [False, True])
@pytest.mark.parametrize("eps", [1e-5, 0.1])
def test_batch_norm(oracle, rng, unbiased, eps):
    x, gain, bias = rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=3)
    cotangent = rng.normal(size=(5, 3))

    def formula(x, gain, bias):
        return gain * (x - x.mean(0)) / np.sqrt(x.var(0, ddof=int(unbiased)) + eps) + bias

    agree(oracle.batch_norm(x, gain, bias, cotangent, eps=eps, unbiased=unbiased), formula, [x, gain, bias], cotangent)


def test_linear(oracle, rng):
    arrays = [rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)]
    cotangent = rng.normal(size=(5, 3))
    agree(oracle.linear(*arrays, cotangent), lambda x, w, b: x @ w + b, arrays, cotangent)


def test_buffers(oracle, rng):
    batches, mean, var = [rng.normal(size=(n, 3)) for n in (4, 7)], np.zeros(3), np.ones(3)
    for batch in batches:
        mean, var = 0.7 * mean + 0.3 * batch.mean(0), 0.7 * var + 0.3 * batch.var(0, ddof=1)
    found = oracle.buffers(batches, momentum=0.3)
    np.testing.assert_allclose(found["mean"].array, mean)
    np.testing.assert_allclose(found["var"].array, var)


@pytest.mark.parametrize(
    ("word", "gain"), [("linear", 1), ("tanh", 5 / 3), ("relu", 2**0.5), ("leaky_relu", 1.04**-0.5 * 2**0.5)]
)
def test_gains(oracle, word, gain):
    assert oracle.kaiming(9, word, 0.2 if word == "leaky_relu" else None) == pytest.approx(gain / 3)
