"""Oracles of unit 13 against numpy written out here and gradients by central differences; and its run's last number."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.course.course import Course
from grader.course.training import training
from grader.errors import CourseError
from grader.judging import reference
from grader.training.beside import beside

pytest.importorskip("torch")

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u13")
B, T, C, NH = 2, 3, 4, 2
SIZES = {
    "max_seq_len": 4,
    "vocab_size": 5,
    "padded_vocab_size": 7,
    "num_layers": 2,
    "num_heads": NH,
    "channels": C,
}


@pytest.fixture
def rng():
    return np.random.default_rng(13)


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
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=atol)


def softmax(row):
    return np.exp(row) / np.exp(row).sum()


def normed(x, w, b):
    return (x - x.mean()) / math.sqrt(((x - x.mean()) ** 2).sum() / len(x) + 1e-5) * w + b


def attended(inp):
    """Attention with loops: one token of one head at a time."""
    size, out = C // NH, np.zeros((len(inp), C))
    for head in range(NH):
        at = slice(head * size, (head + 1) * size)
        q, k, v = inp[:, :C][:, at], inp[:, C : 2 * C][:, at], inp[:, 2 * C :][:, at]
        for t in range(len(inp)):
            out[t, at] = softmax(k[: t + 1] @ q[t] / math.sqrt(size)) @ v[: t + 1]
    return out


def gelu(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def test_layernorm(oracle, rng):
    x, w, b, dout = rng.normal(size=(1, 2, C)), rng.normal(size=C), rng.normal(size=C), rng.normal(size=(1, 2, C))

    def out():
        return np.array([[normed(row, w, b) for row in x[0]]])

    found, mean, rstd, *grads = oracle.layernorm(x, w, b, dout)
    near(found, out())
    near(mean, x.mean(axis=2))
    near(rstd, 1 / np.sqrt(x.var(axis=2) + 1e-5))
    for grad, one in zip(grads, (x, w, b), strict=True):
        near(grad, slope(lambda: (out() * dout).sum(), one), 1e-7)


def test_attention(oracle, rng):
    inp, dout = rng.normal(size=(1, T, 3 * C)), rng.normal(size=(1, T, C))
    out, _, att, dinp = oracle.attention(inp, NH, dout)
    near(out, attended(inp[0])[None])
    near(np.triu(att, 1), 0)
    near(dinp, slope(lambda: (attended(inp[0]) * dout[0]).sum(), inp), 1e-7)


def test_the_padded_loss(oracle, rng):
    logits, targets, dlosses = rng.normal(size=(1, 2, 6)), np.array([[3, 0]]), rng.normal(size=(1, 2))

    def losses():
        return np.array([[-math.log(softmax(logits[0, t, :4])[targets[0, t]]) for t in range(2)]])

    probs, found, dlogits = oracle.crossentropy(logits, targets, dlosses, 4)
    near(found, losses())
    near(probs[..., 4:], 0)
    near(dlogits, slope(lambda: (losses() * dlosses).sum(), logits), 1e-7)


def drawn(rng):
    shapes = {"wte": (7, C), "wpe": (4, C), "qkvw": (2, 3 * C, C), "qkvb": (2, 3 * C), "attprojw": (2, C, C)}
    shapes |= {"fcw": (2, 4 * C, C), "fcb": (2, 4 * C), "fcprojw": (2, C, 4 * C), "lnfw": (C,), "lnfb": (C,)}
    shapes |= dict.fromkeys(("ln1w", "ln1b", "attprojb", "ln2w", "ln2b", "fcprojb"), (2, C))
    params = {name: rng.normal(size=shape) * 0.6 for name, shape in shapes.items()}
    return params, rng.integers(5, size=(B, T)), rng.integers(5, size=(B, T))


def whole_loss(params, inp, targets):
    """The loss of a batch, a sequence at a time, all layers written out."""
    total = 0.0
    for tokens, right in zip(inp, targets, strict=True):
        stream = params["wte"][tokens] + params["wpe"][:T]
        for layer in range(2):
            p = {name: value[layer] for name, value in params.items()}
            x = np.array([normed(row, p["ln1w"], p["ln1b"]) for row in stream])
            stream = stream + attended(x @ p["qkvw"].T + p["qkvb"]) @ p["attprojw"].T + p["attprojb"]
            x = np.array([normed(row, p["ln2w"], p["ln2b"]) for row in stream])
            stream = stream + gelu(x @ p["fcw"].T + p["fcb"]) @ p["fcprojw"].T + p["fcprojb"]
        for row, target in zip(stream, right, strict=True):
            logits = params["wte"] @ normed(row, params["lnfw"], params["lnfb"])
            total -= math.log(softmax(logits[:5])[target])
    return total / inp.size


def test_the_model(oracle, solution, rng):
    params, *batch = drawn(rng)
    found = oracle.model(params, *batch, SIZES)
    near(found["loss"], whole_loss(params, *batch))
    for name, value in params.items():
        near(found["grads"][name], slope(lambda: whole_loss(params, *batch), value), 1e-7)
    assert set(found["acts"]) == set(solution.gpt2_forward(params, *batch, solution.GPT2Config(**SIZES))[1])


def test_the_gradients_that_are_handed_out(oracle, rng):
    """A nudge of the last bias moves all of residual3, and one of lnfb all of lnf: sums over the places."""
    params, *batch = drawn(rng)
    found = oracle.model(params, *batch, SIZES)
    handed, grads = found["dacts"], found["grads"]
    for layer in range(2):
        near(handed["residual3"][layer].sum(axis=(0, 1)), grads["fcprojb"][layer])
        near(handed["residual2"][layer].sum(axis=(0, 1)), grads["attprojb"][layer])
        near(handed["qkv"][layer].sum(axis=(0, 1)), grads["qkvb"][layer])
    near(handed["lnf"].sum(axis=(0, 1)), grads["lnfb"])
    near(handed["encoded"].sum(axis=0), grads["wpe"][:T])


def test_the_updates(oracle, rng):
    """AdamW in the one line of llm.c, three times."""
    settings = {"lr": 0.1, "beta1": 0.7, "beta2": 0.8, "eps": 1e-3, "weight_decay": 0.2}
    p, grads = rng.normal(size=3), rng.normal(size=(3, 3))
    found = oracle.updates({"p": p}, [{"p": grad} for grad in grads], settings)
    m = v = np.zeros(3)
    for t, grad in enumerate(grads, 1):
        m, v = 0.7 * m + 0.3 * grad, 0.8 * v + 0.2 * grad * grad
        p = p - 0.1 * (m / (1 - 0.7**t) / (np.sqrt(v / (1 - 0.8**t)) + 1e-3) + 0.2 * p)
    near(found["params"]["p"], p)
    near(found["m"]["p"], m)
    near(found["v"]["p"], v)


def test_the_exact_gelu_is_as_near_as_its_misconception_says(solution, oracle, rng):
    """llm.c's own test allows 0.02 in each entry: this wrong gradient would pass it, as a model begins."""
    sizes = SIZES | {"channels": C}
    config = solution.GPT2Config(**sizes)
    params = solution.random_params(config, rng)
    batch = rng.integers(5, size=(2, B, T))
    acts = solution.gpt2_forward(params, *batch, config)[1]
    wrong, _ = reference.misconceived(UNIT, "slope_of_the_exact_gelu")
    found = wrong.gpt2_backward(params, acts, *batch, config)
    right = oracle.model(params, *batch, sizes)["grads"]
    worst = max(float(np.abs(found[name] - right[name]).max()) for name in found)
    assert 1e-9 < worst < 2e-2


def test_the_run_ends_beside_torch(rng):
    """The last numbers of the run: what torch's step takes, and the ratio."""
    plan = training(UNIT.run)
    params, *_ = drawn(rng)
    state = params | {f"m.{name}": value for name, value in params.items()} | {"sizes": [B, T, NH, 5]}
    found = beside(UNIT, plan, state, {"a step of yours, ms": 30.0})
    assert list(found) == ["a step of torch, ms", "yours / torch"]
    assert found["a step of torch, ms"] > 0
    assert found["yours / torch"] == pytest.approx(30.0 / found["a step of torch, ms"])


def test_without_torch_a_run_ends_with_its_own_numbers(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert beside(UNIT, training(UNIT.run), {}, {}) == {}


def test_an_oracle_that_there_is_not_is_an_error_of_the_course():
    with pytest.raises(CourseError, match=r"has no oracle 'step_of_nobody', which u13_llmc\.py names"):
        beside(UNIT, replace(training(UNIT.run), beside="step_of_nobody"), {}, {})
    assert beside(UNIT, replace(training(UNIT.run), beside=""), {}, {"dev": 1.0}) == {}
