"""Oracles of unit 12 against torch, and the layers for the checker against torch and against what unit 05 knows."""

import types
from pathlib import Path

import numpy as np
import pytest

from grader.course.course import Course
from grader.judging import reference

torch = pytest.importorskip("torch")
functional = torch.nn.functional

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u12")


@pytest.fixture
def rng():
    return np.random.default_rng(12)


def executed(path, **names):
    module = types.ModuleType(path.stem)
    module.__dict__.update(names)
    exec(compile(path.read_text("utf-8"), str(path), "exec"), module.__dict__)  # noqa: S102 (a file of the course)
    return module


@pytest.fixture(scope="module")
def props():
    return executed(COURSE.checks / "props" / "u12_numpy_layers.py", learner=reference.solution(UNIT))


@pytest.fixture(scope="module")
def checks():
    return executed(COURSE.checks / "test_u12_numpy_layers.py")


def pulled(function, arrays, cotangent, names):
    """Return output and gradients of a function of tensors, by autograd."""
    leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
    out = function(*leaves)
    grads = torch.autograd.grad(out, leaves, torch.tensor(cotangent).expand_as(out))
    return {"out": out.detach().numpy(), **{name: g.numpy() for name, g in zip(names, grads, strict=True)}}


def agree(found, expected):
    assert set(found) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-9, atol=1e-12, err_msg=name)


def test_linear(oracle, rng):
    x, W, b, dout = rng.normal(size=(2, 5, 4)), rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(2, 5, 3))
    agree(oracle.linear(x, W, b, dout), pulled(lambda x, W, b: x @ W + b, [x, W, b], dout, ["dx", "dW", "db"]))


@pytest.mark.parametrize(
    ("name", "function", "exact"),
    [
        ("ReLU", functional.relu, False),
        ("Tanh", torch.tanh, False),
        ("Sigmoid", torch.sigmoid, False),
        ("GELU", lambda x: functional.gelu(x, approximate="tanh"), False),
        ("GELU", functional.gelu, True),
    ],
)
def test_activations(oracle, rng, name, function, exact):
    x, dout = rng.normal(size=(4, 3)) * 2, rng.normal(size=(4, 3))
    agree(oracle.activation(name, x, dout, exact=exact), pulled(function, [x], dout, ["dx"]))


def test_losses(oracle, rng):
    pred, target, labels = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), np.array([2, 0, 2, 1, 0])
    agree(oracle.mse(pred, target), pulled(lambda p: functional.mse_loss(p, torch.tensor(target)), [pred], 1.0, ["dx"]))
    expected = pulled(lambda p: functional.cross_entropy(p, torch.tensor(labels)), [pred * 3], 1.0, ["dx"])
    agree(oracle.cross_entropy(pred * 3, labels), expected)


def test_norms(oracle, rng):
    x, gamma, beta, dout = rng.normal(size=(6, 4)), rng.normal(size=4), rng.normal(size=4), rng.normal(size=(6, 4))
    mean, var, names = rng.normal(size=4), rng.uniform(0.5, 2.0, size=4), ["dx", "dgamma", "dbeta"]
    kept = [torch.tensor(mean), torch.tensor(var)]

    def normal(training):
        return lambda x, g, b: functional.batch_norm(x, *(one.clone() for one in kept), g, b, training, 0.3, 1e-3)

    agree(oracle.batch_norm(x, gamma, beta, dout, eps=1e-3), pulled(normal(True), [x, gamma, beta], dout, names))
    expected = pulled(normal(False), [x, gamma, beta], dout, names)
    agree(oracle.batch_norm_in_use(x, gamma, beta, mean, var, dout, eps=1e-3), expected)
    functional.batch_norm(torch.tensor(x), *kept, None, None, True, 0.3, 1e-3)
    np.testing.assert_allclose(oracle.running([x], mean, var, 0.3), [one.numpy() for one in kept], rtol=1e-12)
    x, dout = x.reshape(2, 3, 4), dout.reshape(2, 3, 4)
    expected = pulled(lambda x, g, b: functional.layer_norm(x, (4,), g, b, 1e-3), [x, gamma, beta], dout, names)
    agree(oracle.layer_norm(x, gamma, beta, dout, eps=1e-3), expected)


@pytest.mark.parametrize(
    ("name", "kind", "settings"),
    [
        ("sgd", torch.optim.SGD, {}),
        ("sgd", torch.optim.SGD, {"momentum": 0.9, "weight_decay": 0.1}),
        ("sgd", torch.optim.SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
        ("adam", torch.optim.Adam, {}),
        ("adam", torch.optim.Adam, {"betas": (0.8, 0.95), "eps": 0.1}),
    ],
)
def test_optimizers(oracle, rng, name, kind, settings):
    values, rates = [rng.normal(size=(3, 2)), rng.normal(size=4)], [0.05, 0.05, 0.01, 0.2, 0.1]
    grads = [[rng.normal(size=value.shape) for value in values] for _ in rates]
    leaves = [torch.tensor(value, requires_grad=True) for value in values]
    optimizer = kind(leaves, lr=rates[0], **settings)
    for slopes, rate in zip(grads, rates, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        for leaf, slope in zip(leaves, slopes, strict=True):
            leaf.grad = torch.tensor(slope)
        optimizer.step()
    for found, leaf in zip(getattr(oracle, name)(values, grads, rates, **settings), leaves, strict=True):
        np.testing.assert_allclose(found, leaf.detach().numpy(), rtol=1e-10)


def jacobian(forward, x, dout):
    """Return the gradient of sum(dout * forward(x)) by central differences."""
    found = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        there, back = x.copy(), x.copy()
        there[place] += 1e-5
        back[place] -= 1e-5
        found[place] = np.sum((forward(there) - forward(back)) * dout) / 2e-5
    return found


def test_each_kind_has_one_right_letter(props, checks, rng):
    """Held against central differences: the letter that is called right is, and no other one."""
    for kind, right in checks.RIGHT.items():
        x, constants = checks.drawn(rng, kind)
        forward, backwards = props.KINDS[kind](**constants)
        dout = rng.normal(size=np.shape(forward(x)))
        measured = jacobian(forward, x, dout)
        for letter, backward in backwards.items():
            forward(x)
            given = np.asarray(backward(dout))
            fits = given.shape == x.shape and bool(np.all(np.abs(given - measured) < 1e-7 * (1 + np.abs(measured))))
            late = (kind, letter) == ("batch_norm", "f")  # gamma is the same along a column: no slip there
            assert fits == (letter == right or late), (kind, letter)


def test_a_slip_stands_for_every_letter(props, checks, rng):
    """No wrong backward pass is forgotten: each stands in the list of slips, or in a check of its own."""
    slips = (*checks.SLIPS, *checks.UNSEEN)
    listed = {(kind, letter) for _, kind, letter, _ in slips}
    alone = {("bias", "e"), *(("square", letter) for letter in "adefhi"), ("linear", "d"), ("batch_norm", "f")}
    alone |= {("batch_norm", letter) for letter in "hj"} | {("layer_norm", letter) for letter in "di"}
    for kind, right in checks.RIGHT.items():
        if kind in ("first", "last"):  # squares, for one slip each
            continue
        _, backwards = props.KINDS[kind](**checks.drawn(rng, kind)[1])
        for letter in set(backwards) - {right}:
            assert (kind, letter) in listed | alone, (kind, letter)
    assert len({name for name, *_ in slips}) == len(slips)


NINJA = [
    ("linear", "a", "dx_no_transpose", lambda m, x, d, c: m.linear_backward(d, x, c["W"])[0]),
    ("weights", "a", "dw_over_N", lambda m, x, d, c: m.linear_backward(d, c["X"], x)[1]),
    ("weights", "b", "dW_transposed", lambda m, x, d, c: m.linear_backward(d, c["X"], x)[1]),
    ("relu", "a", "relu_masks_dout", lambda m, x, d, _: m.relu_backward(d, np.maximum(x, 0))),
    ("cross_entropy", "a", "no_1_over_N", lambda m, x, d, c: d * m.cross_entropy_backward(x, c["targets"])),
    ("cross_entropy", "f", "softmax_dim0", lambda m, x, d, c: d * m.cross_entropy_backward(x, c["targets"])),
    (
        "batch_norm",
        "a",
        "plain_scale",
        lambda m, x, d, c: m.batchnorm_backward(d, x, c["gamma"][None], c["eps"], False)[0],
    ),
    (
        "batch_norm",
        "b",
        "mean_only",
        lambda m, x, d, c: m.batchnorm_backward(d, x, c["gamma"][None], c["eps"], False)[0],
    ),
    (
        "embedding",
        "a",
        "assigns_rows",
        lambda m, x, d, c: m.embedding_backward(d[:, None], c["tokens"][:, None], len(x)),
    ),
    ("embedding", "c", "fancy_add", lambda m, x, d, c: m.embedding_backward(d[:, None], c["tokens"][:, None], len(x))),
    (
        "embedding",
        "d",
        "divide_counts",
        lambda m, x, d, c: m.embedding_backward(d[:, None], c["tokens"][:, None], len(x)),
    ),
]


@pytest.mark.parametrize(
    ("kind", "letter", "name", "asked"), NINJA, ids=lambda one: one if isinstance(one, str) else ""
)
def test_slips_of_unit_05(props, checks, rng, kind, letter, name, asked):
    """A wrong layer gives what the misconception of unit 05 with the same slip gives."""
    wrong, _ = reference.misconceived(COURSE.unit("u05"), name)
    x, constants = checks.drawn(rng, kind)
    forward, backwards = props.KINDS[kind](**constants)
    dout = rng.normal(size=np.shape(forward(x)))
    np.testing.assert_allclose(backwards[letter](dout), asked(wrong, x, dout, constants), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "layer", "letter", "name"),
    [
        ("batch_norm", "BatchNorm", "a", "bn_constants"),
        ("batch_norm", "BatchNorm", "b", "bn_mean_only"),
        ("batch_norm", "BatchNorm", "c", "bn_variance_only"),
        ("batch_norm", "BatchNorm", "d", "bn_less_one"),
        ("layer_norm", "LayerNorm", "a", "ln_constants"),
        ("layer_norm", "LayerNorm", "b", "ln_mean_only"),
        ("layer_norm", "LayerNorm", "c", "ln_variance_only"),
        ("layer_norm", "LayerNorm", "f", "gamma_too_late"),
        ("layer_norm", "LayerNorm", "g", "ln_backward_over_rows"),
        ("layer_norm", "LayerNorm", "j", "ln_no_gamma"),
        ("tanh", "Tanh", "a", "tanh_no_square"),
        ("tanh", "Tanh", "b", "tanh_of_the_input"),
        ("tanh", "Tanh", "d", "tanh_without_dout"),
        ("sigmoid", "Sigmoid", "b", "sigmoid_half"),
        ("sigmoid", "Sigmoid", "c", "sigmoid_slope_of_tanh"),
        ("gelu", "GELU", "a", "gelu_gate_only"),
        ("gelu", "GELU", "b", "gelu_no_three"),
        ("gelu", "GELU", "c", "slope_of_the_exact"),
        ("gelu", "GELU", "e", "gelu_no_root"),
        ("gelu", "GELU", "f", "gelu_no_square"),
    ],
)
def test_slips_of_this_unit(props, checks, rng, kind, layer, letter, name):
    """A wrong layer gives what this unit's misconception with the same slip gives."""
    wrong, _ = reference.misconceived(UNIT, name)
    x, constants = checks.drawn(rng, kind)
    forward, backwards = props.KINDS[kind](**constants)
    if constants:
        other = getattr(wrong, layer)(x.shape[1], eps=constants["eps"])
        other.gamma[...] = constants["gamma"]
    else:
        other = getattr(wrong, layer)()
    dout = rng.normal(size=np.shape(forward(x)))
    other.forward(x)
    np.testing.assert_allclose(backwards[letter](dout), other.backward(dout), rtol=1e-10, atol=1e-12)
