"""Oracles and solution of unit 02 against each other, and against formulas that neither of them uses."""

from pathlib import Path

import numpy as np
import pytest

from grader.course.course import Course
from grader.values import tensor

torch = pytest.importorskip("torch")

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u02")
V = 9


@pytest.fixture
def rng():
    return np.random.default_rng(2)


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_softmax_has_the_gradient_of_its_formula(oracle, rng, dim):
    x, cotangent = rng.normal(size=(3, 4, 5)), rng.normal(size=(3, 4, 5))
    found = oracle.softmax(tensor(x), tensor(cotangent), dim)
    p = np.exp(x) / np.exp(x).sum(axis=dim, keepdims=True)
    slope = p * (cotangent - (p * cotangent).sum(axis=dim, keepdims=True))
    assert np.allclose(found["out"].array, p, rtol=1e-12)
    assert np.allclose(found["grad"].array, slope, rtol=1e-10, atol=1e-14)


def test_training_is_descent_by_hand(oracle, rng):
    """The gradient of a table of logits: shares of what the model says, minus shares of what came."""
    xs, ys, steps, lr, reg = rng.integers(V, size=70), rng.integers(V, size=70), 12, 5.0, 0.3
    W = oracle.first_weights(V, 4).array.astype(np.float64)
    losses = []
    for _ in range(steps):
        p = np.exp(W) / np.exp(W).sum(axis=1, keepdims=True)
        losses.append(-np.log(p[xs, ys]).mean() + reg * (W**2).mean())
        slope = np.zeros_like(W)
        np.add.at(slope, xs, p[xs] / len(xs))
        np.add.at(slope, (xs, ys), -1 / len(xs))
        W -= lr * (slope + reg * 2 * W / W.size)
    found = oracle.training(tensor(xs), tensor(ys), V, 4, steps=steps, lr=lr, reg=reg)
    assert np.allclose(found["losses"], losses, rtol=1e-5)
    assert np.allclose(found["W"].array, W, rtol=1e-4, atol=1e-5)


def test_learning_ends_where_counting_does(solution):
    """Without a regulariser, and with time, the network becomes the table."""
    words = ["anna", "nan", "a", "an", "anan", "nana", "aa"]
    stoi, _ = solution.build_vocab(words)
    ids = [[stoi[char] for char in f".{word}."] for word in words]
    xs = torch.tensor([ix for word in ids for ix in word[:-1]])
    ys = torch.tensor([ix for word in ids for ix in word[1:]])
    counted = solution.normalize_rows(solution.bigram_counts(words, stoi), smoothing=0)
    generator = torch.Generator().manual_seed(1)
    W, losses = solution.train_neural_bigram(xs, ys, len(stoi), 600, 3.0, 0.0, generator=generator)
    learned = solution.softmax(W)
    assert abs(losses[-1] - solution.mean_nll(words, counted, stoi)) < 0.005
    assert torch.allclose(learned, counted, atol=0.02)
