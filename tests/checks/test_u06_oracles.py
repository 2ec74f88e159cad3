"""Oracles and solution of unit 06 against each other and against torch's modules and plain loops in float64."""

from pathlib import Path

import numpy as np
import pytest

from grader.course.course import Course

torch = pytest.importorskip("torch")

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u06")


@pytest.fixture
def rng():
    return np.random.default_rng(6)


def agree(mine, theirs):
    theirs = theirs.detach().numpy() if isinstance(theirs, torch.Tensor) else theirs
    np.testing.assert_allclose(mine.array, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("lecture", [False, True])
def test_batch_norm(oracle, rng, lecture):
    """Written out: mean and variance over batch and time."""
    x, gamma, beta = rng.normal(size=(5, 4, 3)), rng.normal(size=3), rng.normal(size=3)
    cotangent = rng.normal(size=x.shape)
    leaves = [torch.tensor(one, requires_grad=True) for one in (x, gamma, beta)]
    mean, var = leaves[0].mean((0, 1)), leaves[0].var((0, 1), unbiased=lecture)
    out = (leaves[0] - mean) / torch.sqrt(var + 0.3) * leaves[1] + leaves[2]
    slopes = torch.autograd.grad(out, leaves, torch.tensor(cotangent))
    answer = oracle.batch_norm(x, gamma, beta, cotangent, eps=0.3, lecture=lecture)
    for name, theirs in zip(("out", "x", "gamma", "beta"), (out, *slopes), strict=True):
        agree(answer[name], theirs)


def test_running(oracle, rng):
    """torch's module, which wants the channels in the middle."""
    batches = [rng.normal(size=(5, 4, 3)) for _ in range(3)]
    module = torch.nn.BatchNorm1d(3, momentum=0.3, dtype=torch.float64)
    for batch in batches:
        module(torch.tensor(batch).transpose(1, 2))
    answer = oracle.running(batches, momentum=0.3)
    agree(answer["running_mean"], module.running_mean)
    agree(answer["running_var"], module.running_var)
    module.eval()
    x, ones, zeros = rng.normal(size=(1, 4, 3)), np.ones(3), np.zeros(3)
    mean, var = answer["running_mean"].array, answer["running_var"].array
    agree(oracle.evaluated(x, ones, zeros, mean, var), module(torch.tensor(x).transpose(1, 2)).transpose(1, 2))


@pytest.mark.parametrize("dilation", [1, 3])
def test_conv(oracle, rng, dilation):
    """A loop over places and kernel."""
    x, w, b = rng.normal(size=(2, 7, 3)), rng.normal(size=(3, 3, 4)), rng.normal(size=4)
    out = np.tile(b, (2, 7, 1))
    for t in range(7):
        for k in range(3):
            if (s := t - (2 - k) * dilation) >= 0:
                out[:, t] += x[:, s] @ w[k]
    agree(oracle.conv(x, w, b, np.ones((2, 7, 4)), dilation=dilation)[0], out)


@pytest.mark.parametrize("training", [False, True])
def test_wavenet(oracle, solution, rng, training):
    """The solution's tree, with the same weights."""
    model = solution.build_wavenet(7, 3, 5, 8)
    weights = [rng.normal(size=tuple(one.shape)) for one in model.parameters()]
    for one, weight in zip(model.parameters(), weights, strict=True):
        one.data = torch.tensor(weight)
    for layer in model.layers:
        layer.training = training
        if isinstance(layer, solution.BatchNorm1d):
            layer.running_var = layer.running_var.double()
    ids = rng.integers(7, size=(6, 8))
    answer = oracle.wavenet(weights, ids, np.ones((6, 7)), training=training)
    agree(answer["out"], model(torch.tensor(ids)))


def test_gated(oracle, rng):
    """Written out for a kernel of one place."""
    shapes = {"wf": (1, 3, 2), "bf": (2,), "wg": (1, 3, 2), "bg": (2,), "wr": (2, 3), "br": (3,), "ws": (2, 4)}
    params = {name: rng.normal(size=shape) for name, shape in (shapes | {"bs": (4,)}).items()}
    x = rng.normal(size=(2, 5, 3))
    z = np.tanh(x @ params["wf"][0] + params["bf"]) / (1 + np.exp(-(x @ params["wg"][0] + params["bg"])))
    answer = oracle.gated(x, params, np.ones((2, 5, 3)), np.ones((2, 5, 4)), 2)
    agree(answer["residual"], x + z @ params["wr"] + params["br"])
    agree(answer["skip"], z @ params["ws"] + params["bs"])
