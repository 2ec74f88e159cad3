"""Oracles and solution of unit 03 against what is written out here in numpy, and gradients by central differences."""

from pathlib import Path

import numpy as np
import pytest

from grader.course.course import Course

torch = pytest.importorskip("torch")

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u03")
SHAPES = {"C": (7, 2), "W1": (6, 5), "b1": (5,), "W2": (5, 7), "b2": (7,)}


@pytest.fixture
def rng():
    return np.random.default_rng(3)


@pytest.fixture
def params(rng):
    return {name: rng.normal(size=shape) for name, shape in SHAPES.items()}


def logits_of(params, tokens):
    side_by_side = np.concatenate([params["C"][tokens[:, k]] for k in range(tokens.shape[1])], axis=1)
    return np.tanh(side_by_side @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def surprise(logits, targets):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return float(-np.log(p[np.arange(len(targets)), targets] / p.sum(axis=1)).mean())


def slope(function, array, h=1e-6):
    """Return the gradient of a function of an array, measured."""
    found = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + h
        up = function()
        array[place] = kept - h
        found[place], array[place] = (up - function()) / (2 * h), kept
    return found


def near(mine, theirs, atol=1e-12):
    np.testing.assert_allclose(getattr(mine, "array", mine), theirs, rtol=0, atol=atol)


def test_the_network(oracle, rng, params):
    tokens, cotangent = rng.integers(7, size=(4, 3)), rng.normal(size=(4, 7))
    logits, grads = oracle.mlp(params, tokens, cotangent)
    near(logits, logits_of(params, tokens))
    for name, grad in grads.items():
        near(grad, slope(lambda: (logits_of(params, tokens) * cotangent).sum(), params[name]), atol=1e-7)


def test_the_loss(oracle, solution, rng):
    logits, targets = rng.normal(size=(5, 7)), rng.integers(7, size=5)
    loss, grad = oracle.cross_entropy(logits, targets)
    near(loss, surprise(logits, targets))
    near(grad, slope(lambda: surprise(logits, targets), logits), atol=1e-8)
    targets[2] = -1
    kept = targets != -1
    near(oracle.cross_entropy(logits, targets)[0], surprise(logits[kept], targets[kept]))
    near(solution.cross_entropy(torch.tensor(logits), torch.tensor(targets)), surprise(logits[kept], targets[kept]))


def test_a_data_set(oracle, rng, params):
    tokens, targets = rng.integers(7, size=(9, 3)), rng.integers(7, size=9)
    near(oracle.loss(params, tokens, targets), surprise(logits_of(params, tokens), targets))


def test_a_descent(oracle, rng, params):
    """Two steps by measured gradients."""
    tokens, targets = rng.integers(7, size=(3, 3)), rng.integers(7, size=3)
    found = oracle.descent(params, tokens, targets, [0.3, 0.1])
    losses = []
    for lr in (0.3, 0.1):
        losses.append(surprise(logits_of(params, tokens), targets))
        grads = {n: slope(lambda: surprise(logits_of(params, tokens), targets), params[n]) for n in params}
        for name, grad in grads.items():
            params[name] -= lr * grad
    near(found["losses"], losses, atol=1e-7)
    for name, value in params.items():
        near(found["params"][name], value, atol=1e-7)


def test_the_floors_of_the_names(solution):
    """A training of the solution on the names that are shipped ends above what three letters allow."""
    words = (COURSE.root / "datasets/names.txt").read_text(encoding="ascii").split()
    stoi, _ = solution.alphabet(words)
    train, dev, _ = (solution.build_dataset(part, stoi, 3) for part in solution.split_words(words))
    generator = torch.Generator().manual_seed(1)
    params = solution.init_params(27, 3, 10, 64, generator)
    losses = solution.train_mlp(params, *train, [0.3] * 1500 + [0.05] * 500, 64, generator)
    assert abs(losses[0] - np.log(27)) < 0.05
    assert 1.5722 < solution.evaluate(params, *dev) < 2.3346 - 0.15  # three letters, and one
