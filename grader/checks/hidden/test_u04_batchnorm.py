"""Hidden checks of unit 04: the claims of the public ones, with sizes and inputs that nobody has seen."""

import math

import numpy as np

from grader import close, edge, exercise, tensor

EXACT = {"rtol": 0.0, "atol": 0.0}
ROOM = {"rtol": 1e-4, "atol": 1e-4}  # for float32 on the way


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def far(rng, n, dim):
    """Return columns with means and spreads of their own, beside which eps is nothing."""
    return rng.normal(size=(n, dim)) * rng.uniform(3, 50, size=dim) + rng.normal(size=dim) * 20


def either(found, x, gain, bias):
    """Require columns normalised with the variance over N or over N - 1."""
    right = [gain * (x - x.mean(0)) / np.sqrt(x.var(0, ddof=d) + 1e-5) + bias for d in (0, 1)]
    array = getattr(found, "array", None)
    same_shape = array is not None and array.shape == x.shape
    nearest = min(right, key=lambda one: np.abs(array - one).max()) if same_shape else right[0]
    close(found, tensor(nearest), "the normalised batch", **ROOM)


@exercise("kaiming_std")
class TestKaimingStd:
    def test_hidden_sizes(self, learner, oracle, rng):
        """other numbers of inputs"""
        for nonlinearity in ("relu", "tanh", "linear"):
            fan_in = size(rng, 2, 3000)
            expected = oracle.kaiming(fan_in, nonlinearity)
            close(
                learner.kaiming_std(fan_in, nonlinearity),
                expected,
                f"kaiming_std({fan_in}, {nonlinearity!r})",
                rtol=1e-9,
            )


@exercise("init_mlp")
class TestInitMlp:
    def test_hidden_shapes(self, props, rng):
        """other sizes"""
        vocab, embed, block, hidden = size(rng, 20, 40), size(rng, 5, 9), size(rng, 2, 6), size(rng, 50, 90)
        values = props.drawn(size(rng, 0, 999), vocab, embed, block, hidden)["values"]
        shapes = {name: one.shape for name, one in values.items()}
        assert shapes["W1"] == (block * embed, hidden), f"W1 has shape {shapes['W1']}"
        assert shapes["W2"] == (hidden, vocab), f"W2 has shape {shapes['W2']}"
        assert 0 < values["W2"].array.std() < 0.1, "W2 is to be small, and not zero"
        close(values["b2"], tensor(np.zeros(vocab, "f")), "b2", **EXACT)


@exercise("linear")
class TestLinear:
    def test_hidden_values(self, props, rng):
        """other sizes"""
        n, a, b = size(rng, 2, 9), size(rng, 2, 9), size(rng, 2, 9)
        weight, bias, x = rng.normal(size=(a, b)), rng.normal(size=b), rng.normal(size=(n, a))
        layer = props.made("Linear", {"weight": tensor(weight), "bias": tensor(bias)}, a, b)
        close(layer(tensor(x)), tensor(x @ weight + bias), "Linear(x)", **ROOM)


@exercise("batch_norm")
class TestBatchNorm:
    def test_hidden_values(self, learner, rng):
        """other sizes"""
        n, dim = size(rng, 4, 12), size(rng, 2, 12)
        x, gain, bias = far(rng, n, dim), rng.normal(size=dim) + 2, rng.normal(size=dim)
        either(learner.batch_norm(tensor(x), tensor(gain), tensor(bias)), x, gain, bias)


@exercise("batch_norm_1d")
class TestBatchNorm1d:
    def test_hidden_use(self, props, oracle, rng):
        """some batches in training, then in use"""
        dim = size(rng, 2, 9)
        batches = [far(rng, size(rng, 3, 9), dim) for _ in range(size(rng, 2, 6))]
        gamma, beta, x = rng.normal(size=dim) + 2, rng.normal(size=dim), far(rng, size(rng, 2, 9), dim)
        tensors = {"running_mean": tensor(np.zeros(dim)), "running_var": tensor(np.ones(dim))}
        layer = props.made("BatchNorm1d", {"gamma": tensor(gamma), "beta": tensor(beta), **tensors}, dim)
        found, expected = props.fed(layer, [tensor(batch) for batch in batches]), oracle.buffers(batches)
        close(
            [found["mean"], found["var"]], [expected["mean"], expected["var"]], "running_mean and running_var", **ROOM
        )
        right = gamma * (x - expected["mean"].array) / np.sqrt(expected["var"].array + 1e-5) + beta
        close(props.used(layer, tensor(x))[0], tensor(right), "BatchNorm1d(x) in use", **ROOM)


@exercise("calibrate_batchnorm")
class TestCalibrateBatchnorm:
    @edge
    def test_hidden_batches(self, props, rng):
        """other sizes of batches"""
        n, batch = size(rng, 20, 60), size(rng, 2, 19)
        X, W, b = rng.normal(size=(n, 5)), rng.normal(size=(5, 4)), rng.normal(size=4) * 100
        found, made = props.calibrated(tensor(X), tensor(W), tensor(b), batch), X @ W + b
        close(found["mean"], tensor(made.mean(0, keepdims=True)), "mean", rtol=1e-9, atol=1e-9)
        close(found["var"], tensor(made.var(0, ddof=1, keepdims=True)), "variance", rtol=1e-9, atol=1e-9)


@exercise("saturation")
class TestSaturation:
    def test_hidden_units(self, learner, rng):
        """other sizes"""
        preact = rng.normal(size=(size(rng, 3, 5), size(rng, 30, 60)))
        dead = np.flatnonzero((preact < 0).all(axis=0))
        close(learner.dead_relu_units(tensor(preact)), tensor(dead), "dead_relu_units(preact)", **EXACT)
        h = np.tanh(preact * 3)
        close(
            learner.saturation_fraction(tensor(h)), float(np.mean(np.abs(h) > 0.97)), "saturation_fraction(h)", **ROOM
        )


@exercise("gauges")
class TestGauges:
    def test_hidden_ratio(self, props, rng):
        """another parameter, another learning rate"""
        value, grad, lr = (
            rng.normal(size=(7, 3)) * 5 + 2,
            rng.normal(size=(7, 3)) * 0.01 + 1,
            float(rng.uniform(0.01, 0.5)),
        )
        found, _ = props.with_grads("update_to_data_ratio", [tensor(value)], [tensor(grad)], lr)
        close(found, [math.log10(lr * grad.std() / value.std())], "update_to_data_ratio(params, lr)", **ROOM)


@exercise("sequential")
class TestSequential:
    def test_hidden_order(self, props, rng):
        """some layers of equal width"""
        pairs = [(rng.normal(size=(4, 4)), rng.normal(size=4)) for _ in range(size(rng, 3, 6))]
        x = expected = rng.normal(size=(3, 4))
        for weight, shift in pairs:
            expected = expected @ weight + shift
        sequence = props.row(props.toys([[tensor(w), tensor(b)] for w, b in pairs]))
        close(sequence(tensor(x)), tensor(expected), "Sequential(layers)(x)", **ROOM)


@exercise("deep_net")
class TestDeepNet:
    def test_hidden_spreads(self, props, rng):
        """eight layers: behind the last tanh there is still something to see"""
        for norm in (True, False):
            net = props.deep(size(rng, 0, 9999), 20, 50, 7, 8, norm)
            outs, _ = props.spreads(net, tensor(rng.normal(size=(100, 20)).astype("f")))
            assert 0.3 < outs[-2] < 0.95, f"behind the eighth tanh numbers have a spread of {outs[-2]:.2g}"
