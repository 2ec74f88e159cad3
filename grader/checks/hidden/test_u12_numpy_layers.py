"""Checks of unit 12 that a release leaves out: the same claims on other inputs."""

import numpy as np
import pytest

from grader import close, edge, exercise, same


def normal(rng, *size, scale=1.0):
    return rng.normal(size=size) * scale


@exercise("linear")
class TestLinearAgain:
    @pytest.mark.parametrize("sizes", [(7, 2, 9), (3, 1, 4), (5, 6, 1)], ids=str)
    def test_other_sizes(self, props, oracle, rng, sizes):
        """other sizes, one input, one output"""
        rows, n_in, n_out = sizes
        weight, bias = normal(rng, n_in, n_out), normal(rng, n_out)
        layer = props.made("Linear", {"W": weight, "b": bias}, n_in, n_out, seed=1)
        x, dout = normal(rng, rows, n_in), normal(rng, rows, n_out)
        close(props.pulled(layer, x, dout, "dW", "db"), oracle.linear(x, weight, bias, dout), "output and gradients")


@exercise("activations")
class TestActivationsAgain:
    @pytest.mark.parametrize("name", ["ReLU", "Tanh", "Sigmoid", "GELU"])
    def test_other_inputs(self, props, oracle, rng, name):
        """one axis and three, numbers from -6 to 6"""
        for size in ((9,), (2, 3, 4)):
            x, dout = rng.uniform(-6, 6, size=size), normal(rng, *size)
            found = props.pulled(props.made(name, {}), x, dout)
            close(found, oracle.activation(name, x, dout), f"{name}: output and gradient")


@exercise("sequential")
class TestSequentialAgain:
    def test_five(self, props, rng):
        """five layers, used twice: their turns, and whose arrays parameters() gives"""
        layers = props.toys([0.5 + rng.random(size=2) for _ in range(5)])
        sequence = props.row(layers)
        first = props.walked(sequence, layers, normal(rng, 3, 2), normal(rng, 3, 2))
        again = props.walked(sequence, layers, normal(rng, 4, 2), normal(rng, 4, 2))
        turns = [f"{name} forward" for name in "abcde"] + [f"{name} backward" for name in "edcba"]
        same([first["turns"], again["turns"]], [turns, turns], "turns of the layers, first and second time")
        same(props.listed(sequence, layers)["arrays"], list("abcde"), "whose arrays parameters() gives")


@exercise("losses")
class TestLossesAgain:
    def test_other_inputs(self, props, oracle, rng):
        """predictions with three axes; 27 classes"""
        pair = [normal(rng, 2, 3, 4), normal(rng, 2, 3, 4)]
        found, expected = props.lost("MSELoss", pair), oracle.mse(*pair)
        close([found["out"], found["dx"]], [expected["out"], expected["dx"]], "MSELoss: loss and gradient")
        pair = [normal(rng, 16, 27, scale=3), rng.integers(27, size=16)]
        found, expected = props.lost("SoftmaxCrossEntropyLoss", pair), oracle.cross_entropy(*pair)
        close([found["out"], found["dx"]], [expected["out"], expected["dx"]], "cross-entropy: loss and gradient")


@exercise("norms")
class TestNormsAgain:
    @pytest.mark.parametrize("name", ["BatchNorm", "LayerNorm"])
    def test_other_inputs(self, props, oracle, rng, name):
        """three rows, a gamma of 0 and a negative one"""
        put = {"gamma": np.array([0.0, -1.5, 0.7, 2.0]), "beta": normal(rng, 4)}
        x, dout = 2 + normal(rng, 3, 4, scale=3), normal(rng, 3, 4)
        ask = oracle.batch_norm if name == "BatchNorm" else oracle.layer_norm
        found = props.pulled(props.made(name, put, 4), x, dout, "dgamma", "dbeta")
        close(found, ask(x, put["gamma"], put["beta"], dout), f"{name}: output and gradients")

    @edge
    def test_in_use_then_training(self, props, oracle, rng):
        """BatchNorm: backward goes by the mode of the forward before it, after use in training again"""
        put = {"gamma": normal(rng, 3), "beta": normal(rng, 3)}
        layer = props.made("BatchNorm", put, 3)
        x, dout = normal(rng, 5, 3), normal(rng, 5, 3)
        used = props.switched(layer, "eval", x, dout, "dgamma", "dbeta")
        fresh = oracle.batch_norm_in_use(x, *put.values(), np.zeros(3), np.ones(3), dout)
        close(used, fresh, "output and gradients in use, before any training")
        found = props.switched(layer, "train", x, dout, "dgamma", "dbeta")
        close(found, oracle.batch_norm(x, *put.values(), dout), "output and gradients in training, after use")


@exercise("dropout")
class TestDropoutAgain:
    def test_other_inputs(self, props, rng):
        """three axes, and numbers of both signs"""
        x, dout = normal(rng, 4, 5, 6) + 5, normal(rng, 4, 5, 6)
        for p in (0.15, 0.6):
            out, dx = props.passes(props.made("Dropout", {}, p, seed=11), x.reshape(20, 6), dout.reshape(20, 6), 1)[0]
            kept = np.asarray(out) != 0
            close(float(kept.mean()), 1 - p, f"Dropout({p}): the share that stays", rtol=0, atol=0.2)
            close(dx, np.where(kept, dout.reshape(20, 6) / (1 - p), 0.0), f"Dropout({p}): backward(dout)")


@exercise("optimizers")
class TestOptimizersAgain:
    @pytest.mark.parametrize("name", ["SGD", "Adam"])
    def test_one_parameter(self, props, oracle, rng, name):
        """a single parameter, 20 steps"""
        values, rates = [normal(rng, 5)], [0.02] * 20
        grads = [[1 + normal(rng, 5, scale=0.2)] for _ in rates]
        settings = {"momentum": 0.8} if name == "SGD" else {}
        expected = (oracle.sgd if name == "SGD" else oracle.adam)(values, grads, rates, **settings)
        found = props.optimized(name, values, grads, rates, **settings)["params"][-1]
        close(found, expected, f"parameters after 20 steps of {name}", rtol=0, atol=1e-5)


@exercise("gradcheck")
class TestGradcheckAgain:
    @pytest.mark.parametrize(
        ("kind", "letters", "words"),
        [
            ("batch_norm", "eh", "a BatchNorm with eps outside of the root on the way back"),
            ("batch_norm", "ej", "a BatchNorm that forgets gamma on the way back"),
            ("layer_norm", "ed", "a LayerNorm that divides by N - 1 on the way back"),
            ("layer_norm", "ei", "a LayerNorm with a plus before the way through the variance"),
            ("square", "bh", "a square that goes back by zeros"),
        ],
        ids=["batchnorm-eps", "batchnorm-gamma", "layernorm-less", "layernorm-sign", "square-zeros"],
    )
    def test_other_layers(self, props, rng, kind, letters, words):
        """slips that no other check has"""
        # idle (other inputs): a layer is right or wrong wherever x is
        x = 1 + normal(rng, 4, 5, scale=2)
        constants = {"scale": 1.0, "at": (1, 1)} if kind == "square" else {"gamma": 1 + rng.random(size=5), "eps": 0.05}
        found = props.verdicts(kind, letters, x, constants)
        same(found[0], True, f"gradcheck of a right layer ({kind})")
        same(found[1], False, f"gradcheck of {words}")
