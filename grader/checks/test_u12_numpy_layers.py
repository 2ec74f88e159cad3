"""Checks of unit 12: layers forward and backward, losses, optimizers, and a gradient checker that is itself checked.

Gradients are compared under random cotangents, in float64; sizes differ from each other, but for checks that want them
equal. Layers get their weights written into the arrays that the text promises.
"""

import math

import numpy as np
import pytest

from grader import close, edge, exercise, raises, same, weight

UNIT = {
    "title": "numpy layer library",
    "lecture": "",
    "libraries": ["numpy"],
    "forbid": {
        "in this unit every backward pass is written by hand": [
            "torch",
            "torch.*",
            "jax",
            "jax.*",
            "autograd",
            "autograd.*",
            "tensorflow",
            "tensorflow.*",
            "scipy",
            "scipy.*",
        ],
    },
}


def normal(rng, *size, scale=1.0):
    return rng.normal(size=size) * scale


def agree(found, expected, words, **tolerance):
    """Compare what a pass gave, one quantity after the other; words: what each is called."""
    for name, word in words.items():
        close(found[name], expected[name], word, **tolerance)


# Linear.

PARTS = {"out": "forward(x)", "dx": "backward(dout)", "dW": "dW", "db": "db"}


def linear_of(props, rng, n_in, n_out):
    """Return a Linear with random W and b, and these two."""
    layer = props.made("Linear", {}, n_in, n_out, seed=3)
    same([one.shape for one in props.held(layer, "W", "b")], [(n_in, n_out), (n_out,)], "shapes of W and b")
    put = {"W": normal(rng, n_in, n_out), "b": normal(rng, n_out)}
    return props.made("Linear", put, n_in, n_out, seed=3), put["W"], put["b"]


def linear(props, oracle, rng, front, n_in, n_out):
    """Require output and gradients of a Linear for x (*front, n_in)."""
    layer, weight, bias = linear_of(props, rng, n_in, n_out)
    x, dout = normal(rng, *front, n_in), normal(rng, *front, n_out)
    expected = oracle.linear(x, weight, bias, dout)
    agree(props.pulled(layer, x, dout, "dW", "db"), expected, PARTS)
    return layer, x, dout, expected


@exercise("linear", points=6, answers=("Linear.__init__", "Linear.forward", "Linear.backward"))
class TestLinear:
    """x @ W + b as an object, and the three gradients of it."""

    def test_values(self, props, oracle, rng):
        """output, dx, dW and db for 6 rows, 4 inputs, 3 outputs"""
        linear(props, oracle, rng, (6,), 4, 3)

    def test_one_row(self, props, oracle, rng):
        """a batch of one row"""
        linear(props, oracle, rng, (1,), 5, 3)

    def test_square(self, props, oracle, rng):
        """as many inputs as outputs, where a transposed W has a legal shape"""
        linear(props, oracle, rng, (6,), 4, 4)

    def test_all_sizes_equal(self, props, oracle, rng):
        """4 rows, 4 inputs, 4 outputs: no shape can help"""
        linear(props, oracle, rng, (4,), 4, 4)

    def test_again(self, props, oracle, rng):
        """a second batch of another size, after zero_grad"""
        layer, weight, bias = linear_of(props, rng, 4, 3)
        passes = [[normal(rng, rows, 4), normal(rng, rows, 3)] for rows in (6, 5)]
        found = props.again(layer, passes, "dW", "db")
        agree(found, oracle.linear(passes[1][0], weight, bias, passes[1][1]), PARTS)

    def test_last_forward(self, props, oracle, rng):
        """after two forwards, backward is about the last one"""
        layer, weight, bias = linear_of(props, rng, 4, 3)
        first, second, dout = normal(rng, 5, 4), normal(rng, 5, 4), normal(rng, 5, 3)
        found = props.after_two(layer, first, second, dout, "dW", "db")
        agree(found, oracle.linear(second, weight, bias, dout), PARTS)

    def test_first_weights(self, props):
        """a fresh W has standard deviation 1 / sqrt(n_in), b is zero"""
        for n_in in (400, 25):
            weight, bias = props.held(props.made("Linear", {}, n_in, 90, seed=n_in), "W", "b")
            same([weight.shape, bias.shape], [(n_in, 90), (90,)], "shapes of W and b")
            spread = float(np.std(weight)) * math.sqrt(n_in)
            close(spread, 1.0, "standard deviation of W, times sqrt(n_in)", rtol=0, atol=0.08)
            close(bias, np.zeros(90), "b", rtol=0, atol=0)

    @edge
    def test_gain(self, props):
        """a gain of 1.4 and of 5 / 3"""
        for gain in (1.4, 5 / 3):
            weight = props.held(props.made("Linear", {}, 100, 90, seed=4, gain=gain), "W")[0]
            spread = float(np.std(weight)) * 10 / gain
            close(spread, 1.0, "standard deviation of W, times sqrt(n_in) / gain", rtol=0, atol=0.05)

    @edge
    def test_generator(self, props):
        """W comes from rng and from nothing else: one draw of n_in * n_out normal numbers"""
        weights = [props.held(props.made("Linear", {}, 5, 4, seed=s), "W")[0] for s in (8, 8, 9)]
        close(weights[0], np.random.default_rng(8).normal(size=(5, 4)) / math.sqrt(5), "W from default_rng(8)")
        close(weights[1], weights[0], "W from the same seed again", rtol=0, atol=0)
        assert not np.array_equal(weights[0], weights[2]), "two generators give the same W"

    @edge
    @pytest.mark.parametrize("front", [(2, 5), (2, 1, 3), ()], ids=str)
    def test_axes(self, props, oracle, rng, front):
        """any number of axes in front of the last one; dW and db sum over all of them"""
        linear(props, oracle, rng, front, 4, 3)

    @edge
    def test_adds_up(self, props, oracle, rng):
        """two backwards without zero_grad: dW and db are the sums, in the arrays that they were"""
        layer, weight, bias = linear_of(props, rng, 4, 3)
        passes = [[normal(rng, rows, 4), normal(rng, rows, 3)] for rows in (6, 5)]
        grads, are_same = props.added(layer, passes, "dW", "db")
        one, two = (oracle.linear(x, weight, bias, dout) for x, dout in passes)
        close(grads, [one["dW"] + two["dW"], one["db"] + two["db"]], "[dW, db] after two backwards")
        same(are_same, [True, True], "[dW, db] are the arrays that they were")

    @edge
    def test_overwritten(self, props, oracle, rng):
        """x is overwritten by the caller between forward and backward"""
        layer, weight, bias = linear_of(props, rng, 4, 3)
        x, dout = normal(rng, 5, 4), normal(rng, 5, 3)
        found = props.reused(layer, x, dout, "dW", "db")
        agree(found, oracle.linear(x, weight, bias, dout), PARTS)

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """x and dout stay as they are"""
        layer, x, dout, _ = linear(props, oracle, rng, (5,), 4, 3)
        same(props.changed(layer, x, dout), [], "what was changed in place")

    @edge
    def test_before_forward(self, props, oracle, rng):
        """backward before forward raises RuntimeError"""
        linear(props, oracle, rng, (5,), 4, 3)
        fresh = props.made("Linear", {}, 4, 3, seed=3)
        raises(RuntimeError, lambda: fresh.backward(np.ones((5, 3))), "backward before forward")


# Activations.

ACTIVATIONS = ("ReLU", "Tanh", "Sigmoid", "GELU")


@exercise(
    "activations",
    points=5,
    answers=(
        "ReLU.forward",
        "ReLU.backward",
        "Tanh.forward",
        "Tanh.backward",
        "Sigmoid.forward",
        "Sigmoid.backward",
        "GELU.__init__",
        "GELU.forward",
        "GELU.backward",
    ),
)
class TestActivations:
    """Four nonlinearities: one number in, one number out, and the slope on the way back."""

    @pytest.mark.parametrize("name", ACTIVATIONS)
    def test_values(self, props, oracle, rng, name):
        """output and gradient, for gradients of both signs"""
        x, dout = normal(rng, 4, 3, scale=1.5), normal(rng, 4, 3)
        self.agree(props.pulled(props.made(name, {}), x, dout), oracle.activation(name, x, dout), name)

    @pytest.mark.parametrize("name", ACTIVATIONS)
    def test_again(self, props, oracle, rng, name):
        """a second batch, of another size, and with more axes"""
        passes = [[normal(rng, *size), normal(rng, *size)] for size in ((3, 4), (2, 3, 5))]
        found = props.after_two(props.made(name, {}), passes[0][0], *passes[1])
        self.agree(found, oracle.activation(name, *passes[1]), name)

    def test_relu_at_zero(self, props, rng):
        """the slope of ReLU at exactly 0 is 0"""
        dout = normal(rng, 4)
        found = props.pulled(props.made("ReLU", {}), np.array([0.0, 2.0, -1.5, 0.5]), dout)
        close(found["out"], np.array([0.0, 2.0, 0.0, 0.5]), "ReLU: forward(x)")
        close(found["dx"], dout * [0, 1, 0, 1], "ReLU: backward(dout)")

    @edge
    def test_gelu_none(self, props, oracle, rng):
        """GELU("none"), by the normal distribution itself, also as a keyword"""
        x, dout = normal(rng, 4, 3, scale=1.5), normal(rng, 4, 3)
        for layer in (props.made("GELU", {}, "none"), props.made("GELU", {}, approximate="none")):
            self.agree(props.pulled(layer, x, dout), oracle.activation("GELU", x, dout, exact=True), 'GELU("none")')

    @edge
    def test_gelu_words(self, learner, props, oracle, rng):
        """another word than "tanh" and "none" raises ValueError"""
        x, dout = normal(rng, 4, 3), normal(rng, 4, 3)
        layer = props.made("GELU", {}, "tanh")
        self.agree(props.pulled(layer, x, dout), oracle.activation("GELU", x, dout), 'GELU("tanh")')
        raises(ValueError, lambda: learner.GELU("erf"), 'GELU("erf")')

    @edge
    @pytest.mark.parametrize("far", [1000.0, -1000.0], ids=["1000", "-1000"])
    @pytest.mark.parametrize("name", ["Sigmoid", "GELU", "exact GELU"])
    def test_far_out(self, props, rng, name, far):
        """x of 1000 and of -1000: right, and without a warning"""
        x, dout = np.array([far, 0.0]), 1 + rng.random(size=2)
        layer = props.made("GELU", {}, "none") if name == "exact GELU" else props.made(name, {})
        found = props.quietly(layer, x, dout)
        step = np.array([float(far > 0), 0.5])
        close(found["out"], step if name == "Sigmoid" else x * step, f"{name}: forward(x)")
        close(found["dx"], dout * ([0, 0.25] if name == "Sigmoid" else step), f"{name}: backward(dout)")
        same(found["warned"], None, "what NumPy warns of")

    @edge
    @pytest.mark.parametrize("name", ["ReLU", "Tanh", "Sigmoid", "GELU", "exact GELU"])
    def test_float32(self, props, oracle, rng, name):
        """float32 stays float32, both ways"""
        x, dout = (normal(rng, 4, 3).astype(np.float32) for _ in range(2))
        exact = name == "exact GELU"
        layer = props.made("GELU", {}, "none") if exact else props.made(name, {})
        found = props.pulled(layer, x, dout)
        same(props.dtypes(layer, x, dout), ["float32", "float32"], f"dtypes of {name}: [output, gradient of x]")
        expected = oracle.activation(name.split()[-1], x.astype(np.float64), dout.astype(np.float64), exact=exact)
        close(found["dx"], expected["dx"].astype(np.float32), f"{name}: backward(dout)", rtol=1e-4, atol=1e-5)

    @edge
    @pytest.mark.parametrize("name", ACTIVATIONS)
    def test_arguments_stay(self, props, oracle, rng, name):
        """x and dout stay as they are"""
        x, dout = normal(rng, 4, 3), normal(rng, 4, 3)
        layer = props.made(name, {})
        self.agree(props.pulled(layer, x.copy(), dout.copy()), oracle.activation(name, x, dout), name)
        same(props.changed(layer, x, dout), [], f"what {name} changed in place")

    def agree(self, found, expected, name):
        """Compare output and gradient."""
        agree(found, expected, {"out": f"{name}: forward(x)", "dx": f"{name}: backward(dout)"})


# Sequential.


def row(props, rng, count, width=3):
    """Return a row of toy layers, the toys, and their scales."""
    scales = [0.5 + rng.random(size=width) for _ in range(count)]
    layers = props.toys(scales)
    return props.row(layers), layers, scales


def through(scales, x, dout):
    """Go through toy layers by the chain rule for single numbers; return output, dx and the layers' gradients."""
    inputs = [x]
    for scale in scales:
        inputs.append(np.tanh(inputs[-1] * scale))
    grads = []
    for at in reversed(range(len(scales))):
        slope = dout * (1 - inputs[at + 1] ** 2)
        grads.insert(0, (slope * inputs[at]).sum(axis=0))
        dout = slope * scales[at]
    return {"out": inputs[-1], "dx": dout, "grads": grads}


@exercise(
    "sequential",
    points=5,
    answers=(
        "Sequential.__init__",
        "Sequential.forward",
        "Sequential.backward",
        "Sequential.parameters",
        "Sequential.train",
        "Sequential.eval",
    ),
)
class TestSequential:
    """Layers one after the other, forward and backward, with their parameters and their mode."""

    def test_values(self, props, rng):
        """three layers: output, gradient of x, and what each layer gets to learn from"""
        self.walk(props, rng, 3)

    def test_one_layer(self, props, rng):
        """a single layer"""
        self.walk(props, rng, 1)

    def test_order(self, props, rng):
        """forward from the first to the last, once each; backward from the last to the first"""
        sequence, layers, scales = row(props, rng, 3)
        x, dout = normal(rng, 4, 3), normal(rng, 4, 3)
        found = props.walked(sequence, layers, x, dout)
        close(found["out"], through(scales, x, dout)["out"], "forward(x)")
        turns = [f"{name} forward" for name in "abc"] + [f"{name} backward" for name in "cba"]
        same(found["turns"], turns, "turns of the layers a, b, c")

    def test_nested(self, props, rng):
        """a row inside of a row"""
        scales = [0.5 + rng.random(size=3) for _ in range(4)]
        a, b, c, d = layers = props.toys(scales)
        sequence = props.row([a, props.row([b, c]), d])
        x, dout = normal(rng, 4, 3), normal(rng, 4, 3)
        found, expected = props.walked(sequence, list(layers), x, dout), through(scales, x, dout)
        agree(found, expected, {"out": "forward(x)", "dx": "backward(dout)", "grads": "gradients in the layers"})
        same(props.listed(sequence, list(layers))["arrays"], list("abcd"), "whose arrays parameters() gives")

    def test_parameters(self, props, rng):
        """parameters() gives the layers' own arrays and gradients, in order"""
        sequence, layers, _ = row(props, rng, 3)
        found = props.listed(sequence, layers)
        same(found["arrays"], list("abc"), "whose arrays parameters() gives")
        same(found["gradients"], list("abc"), "whose gradients parameters() gives")

    def test_modes(self, props, rng):
        """eval() and train() reach every layer"""
        sequence, layers, _ = row(props, rng, 3)
        found = props.modes(sequence, layers, "eval", "train", "eval")
        same([one[:3] for one in found], [[False] * 3, [True] * 3, [False] * 3], "training of the layers after each")

    def test_nested_modes(self, props, rng):
        """eval() and train() reach layers inside of layers"""
        a, b, c = layers = props.toys([0.5 + rng.random(size=3) for _ in range(3)])
        sequence = props.row([a, props.row([props.row([b]), c])])
        found = props.modes(sequence, list(layers), "eval", "train")
        same([one[:3] for one in found], [[False] * 3, [True] * 3], "training of the layers after eval() and train()")

    @edge
    def test_own_mode(self, props, rng):
        """the row's own flag is switched, too"""
        sequence, layers, _ = row(props, rng, 2)
        found = props.modes(sequence, layers, "eval", "train")
        same(found, [[False] * 3, [True] * 3], "training of the layers and of the row after eval() and train()")

    @edge
    def test_names(self, props, rng):
        """a name is the place, a dot and the name there, also in a row inside of a row"""
        a, b, c = layers = props.toys([0.5 + rng.random(size=3) for _ in range(3)])
        sequence = props.row([a, props.row([b, c])])
        names = props.listed(sequence, list(layers))["names"]
        same(names, ["0.scale", "1.0.scale", "1.1.scale"], "names of parameters()")

    @edge
    def test_empty(self, props, rng):
        """without layers x comes out as it went in, and dout as well"""
        # idle (as given): this is what an empty row does
        # idle (other inputs): an empty row has nothing to do
        sequence, x, dout = props.row([]), normal(rng, 4, 3), normal(rng, 4, 3)
        found = props.pulled(sequence, x, dout)
        close([found["out"], found["dx"]], [x, dout], "[forward(x), backward(dout)] of an empty row")
        same(props.listed(sequence, [])["names"], [], "parameters() of an empty row")

    @edge
    def test_twice(self, props, rng):
        """the same layer twice raises ValueError"""
        self.walk(props, rng, 2)
        a, b = props.toys([0.5 + rng.random(size=3) for _ in range(2)])
        raises(ValueError, lambda: props.row([a, b, a]), "the same layer twice")

    @edge
    def test_own_list(self, props, rng):
        """the list that was given may change afterwards"""
        self.walk(props, rng, 2)
        a, b, c = props.toys([0.5 + rng.random(size=3) for _ in range(3)])
        same(props.grown([a, b], c), 2, "layers in the row after the list has grown from 2 to 3")

    def walk(self, props, rng, count):
        """Require output, gradient of x, and gradients in the layers."""
        sequence, layers, scales = row(props, rng, count)
        x, dout = normal(rng, 4, 3), normal(rng, 4, 3)
        found, expected = props.walked(sequence, layers, x, dout), through(scales, x, dout)
        agree(found, expected, {"out": "forward(x)", "dx": "backward(dout)", "grads": "gradients in the layers"})


# Losses.

CE = "SoftmaxCrossEntropyLoss"


@exercise(
    "losses",
    points=6,
    answers=(
        "MSELoss.forward",
        "MSELoss.backward",
        "SoftmaxCrossEntropyLoss.forward",
        "SoftmaxCrossEntropyLoss.backward",
    ),
)
class TestLosses:
    """Two losses, and where the backward pass begins."""

    def test_mse(self, props, oracle, rng):
        """MSELoss of (5, 3): the mean over all 15 numbers, and its gradient"""
        pair = [normal(rng, 5, 3), normal(rng, 5, 3)]
        self.agree(props.lost("MSELoss", pair), oracle.mse(*pair), "MSELoss")

    def test_mse_sizes(self, props, oracle, rng):
        """MSELoss of one row, of one column, and of another shape after the first"""
        pairs = [[normal(rng, *size), normal(rng, *size)] for size in ((1, 4), (6, 1), (7,))]
        for pair in pairs:
            self.agree(props.lost("MSELoss", pair), oracle.mse(*pair), f"MSELoss of {pair[0].shape}")
        self.agree(props.lost("MSELoss", *pairs), oracle.mse(*pairs[-1]), "MSELoss, used again")

    def test_cross_entropy(self, props, oracle, rng):
        """SoftmaxCrossEntropyLoss of (5, 3), targets that repeat"""
        pair = [normal(rng, 5, 3, scale=2), np.array([2, 0, 2, 1, 0])]
        self.agree(props.lost(CE, pair), oracle.cross_entropy(*pair), CE)

    def test_cross_entropy_sizes(self, props, oracle, rng):
        """one row; as many rows as classes; many rows; and another shape after the first"""
        pairs = []
        for rows, classes in ((1, 4), (5, 5), (9, 2)):
            pairs.append([normal(rng, rows, classes, scale=2), rng.integers(classes, size=rows)])
            self.agree(props.lost(CE, pairs[-1]), oracle.cross_entropy(*pairs[-1]), f"{CE} of ({rows}, {classes})")
        self.agree(props.lost(CE, *pairs), oracle.cross_entropy(*pairs[-1]), f"{CE}, used again")

    @edge
    @pytest.mark.parametrize("size", [1000.0, 10000.0], ids=["1000", "10000"])
    def test_large_logits(self, props, oracle, rng, size):
        """logits far out are right, and without a warning"""
        logits = normal(rng, 4, 3) + size * np.array([[1, 0, 0], [0, -1, 0], [1, 1, 0], [0, 0, -1]])
        pair = [logits, np.array([1, 1, 0, 0])]
        found = props.lost(CE, pair)
        self.agree(found, oracle.cross_entropy(*pair), f"{CE} of logits of {size:.0f}")
        same(found["warned"], None, "what NumPy warns of")

    @edge
    def test_twice(self, props, oracle, rng):
        """backward() asked twice gives the same twice"""
        pair = [normal(rng, 5, 3, scale=2), np.array([2, 0, 2, 1, 0])]
        expected = oracle.cross_entropy(*pair)["dx"]
        close(props.lost_twice(CE, *pair), [expected, expected], f"{CE}: backward(), twice")

    @edge
    def test_float32(self, props, oracle, rng):
        """float32 logits have a float32 gradient"""
        logits, targets = normal(rng, 5, 3).astype(np.float32), np.array([2, 0, 2, 1, 0])
        expected = oracle.cross_entropy(logits.astype(np.float64), targets)["dx"].astype(np.float32)
        close(props.lost(CE, [logits, targets])["dx"], expected, "gradient of float32 logits", rtol=1e-4, atol=1e-5)

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """the arguments stay as they are"""
        pair, labels = [normal(rng, 5, 3), normal(rng, 5, 3)], np.array([2, 0, 2, 1, 0])
        self.agree(props.lost("MSELoss", pair), oracle.mse(*pair), "MSELoss")
        self.agree(props.lost(CE, [pair[0], labels]), oracle.cross_entropy(pair[0], labels), CE)
        same(props.lost_changed("MSELoss", *pair), [], "what MSELoss changed in place")
        same(props.lost_changed(CE, pair[0], labels), [], f"what {CE} changed in place")

    def agree(self, found, expected, name):
        """Compare loss and gradient."""
        agree(found, expected, {"out": f"{name}: forward(pred, target)", "dx": f"{name}: backward()"})


# Normalisation.

NORMED = {"out": "forward(x)", "dx": "backward(dout)", "dgamma": "dgamma", "dbeta": "dbeta"}
TRAINED = ("dgamma", "dbeta")


def norm_of(props, rng, name, dim, **options):
    """Return a BatchNorm or a LayerNorm with random gamma and beta, and these two."""
    put = {"gamma": 1.5 + normal(rng, dim, scale=0.5), "beta": normal(rng, dim)}
    return props.made(name, put, dim, **options), put["gamma"], put["beta"]


def normed(props, oracle, rng, name, x, tolerance=None, **options):
    """Require output and gradients in training."""
    layer, gamma, beta = norm_of(props, rng, name, x.shape[-1], **options)
    dout = normal(rng, *x.shape)
    ask = oracle.batch_norm if name == "BatchNorm" else oracle.layer_norm
    eps = {"eps": options["eps"]} if "eps" in options else {}
    expected = ask(x, gamma, beta, dout, **eps)
    words = {key: f"{name}: {word}" for key, word in NORMED.items()}
    agree(props.pulled(layer, x, dout, *TRAINED), expected, words, **(tolerance or {}))
    return layer, dout, expected


@exercise(
    "norms", points=9, answers=("BatchNorm.forward", "BatchNorm.backward", "LayerNorm.forward", "LayerNorm.backward")
)
class TestNorms:
    """BatchNorm over the batch and LayerNorm over a row: forward, backward, in training and in use."""

    def test_batch_norm(self, props, oracle, rng):
        """BatchNorm in training: output, dx, dgamma, dbeta"""
        normed(props, oracle, rng, "BatchNorm", 3 + normal(rng, 4, 6, scale=2))

    def test_batch_norm_square(self, props, oracle, rng):
        """BatchNorm with as many examples as units: the wrong axis shows"""
        normed(props, oracle, rng, "BatchNorm", normal(rng, 5, 5, scale=4) + normal(rng, 5) * 9)

    def test_batch_norm_pair(self, props, oracle, rng):
        """BatchNorm of two examples in training"""
        normed(props, oracle, rng, "BatchNorm", normal(rng, 2, 5, scale=0.01))

    def test_batch_norm_again(self, props, oracle, rng):
        """a second batch of another size, after zero_grad"""
        layer, gamma, beta = norm_of(props, rng, "BatchNorm", 3)
        passes = [[normal(rng, rows, 3, scale=2), normal(rng, rows, 3)] for rows in (4, 6)]
        agree(props.again(layer, passes, *TRAINED), oracle.batch_norm(passes[1][0], gamma, beta, passes[1][1]), NORMED)

    def test_running(self, props, oracle, rng):
        """the running averages after three batches; momentum is the weight of the new value"""
        batches = [5 + normal(rng, rows, 3, scale=3) for rows in (6, 4, 7)]
        for options in ({}, {"momentum": 0.3}):
            layer, _, _ = norm_of(props, rng, "BatchNorm", 3, **options)
            found = props.fed(layer, batches)
            either = [oracle.running(batches, np.zeros(3), np.ones(3), *options.values(), less=less) for less in (1, 0)]
            nearest = min(either, key=lambda one: self.distance(found, one))
            close(found, nearest, f"[running_mean, running_var], momentum {options.get('momentum', 0.1)}")

    def test_in_use(self, props, oracle, rng):
        """BatchNorm in use takes the running averages, which stay; one example will do"""
        for rows in (5, 1):
            layer, gamma, beta = norm_of(props, rng, "BatchNorm", 3)
            mean, var = props.fed(layer, [5 + normal(rng, 6, 3, scale=3)])
            layer.eval()
            x = normal(rng, rows, 3)
            expected = oracle.batch_norm_in_use(x, gamma, beta, mean, var, np.ones(x.shape))["out"]
            close(layer.forward(x), expected, f"BatchNorm in use: forward(x) of {rows} rows")
            close(props.held(layer, "running_mean", "running_var"), [mean, var], "running averages after use")

    def test_layer_norm(self, props, oracle, rng):
        """LayerNorm: output, dx, dgamma, dbeta"""
        normed(props, oracle, rng, "LayerNorm", 3 + normal(rng, 4, 6, scale=2))

    def test_layer_norm_square(self, props, oracle, rng):
        """LayerNorm with as many rows as numbers in a row: the wrong axis shows"""
        normed(props, oracle, rng, "LayerNorm", normal(rng, 5, 5, scale=4) + normal(rng, 5, 1) * 9)

    def test_layer_norm_one_row(self, props, oracle, rng):
        """LayerNorm of a single row, in training and in use the same"""
        layer, gamma, beta = norm_of(props, rng, "LayerNorm", 4)
        x, dout = normal(rng, 1, 4), normal(rng, 1, 4)
        for mode in ("train", "eval"):
            found = props.switched(layer, mode, x, dout, *TRAINED)
            agree(found, oracle.layer_norm(x, gamma, beta, dout), NORMED)

    @edge
    def test_backward_in_use(self, props, oracle, rng):
        """BatchNorm: backward after a forward in use, where mean and variance are constants"""
        layer, gamma, beta = norm_of(props, rng, "BatchNorm", 3)
        mean, var = props.fed(layer, [5 + normal(rng, 6, 3, scale=3)])
        x, dout = normal(rng, 5, 3), normal(rng, 5, 3)
        found = props.switched(layer, "eval", x, dout, *TRAINED)
        agree(found, oracle.batch_norm_in_use(x, gamma, beta, mean, var, dout), NORMED)

    @edge
    def test_running_unbiased(self, props, oracle, rng):
        """the running variance takes the batch's variance divided by N - 1; the shapes stay (dim,)"""
        batches = [5 + normal(rng, rows, 3, scale=3) for rows in (4, 3)]
        layer, _, _ = norm_of(props, rng, "BatchNorm", 3)
        close(
            props.fed(layer, batches), oracle.running(batches, np.zeros(3), np.ones(3)), "[running_mean, running_var]"
        )

    @edge
    @pytest.mark.parametrize("momentum", [0.0, 1.0])
    def test_momentum(self, props, oracle, rng, momentum):
        """a momentum of 0 remembers nothing new, one of 1 nothing old; the batch is normalised all the same"""
        x = 5 + normal(rng, 6, 3, scale=3)
        layer, _, _ = normed(props, oracle, rng, "BatchNorm", x, momentum=momentum)
        expected = oracle.running([x], np.zeros(3), np.ones(3), momentum)
        close(props.held(layer, "running_mean", "running_var"), expected, f"running averages, momentum {momentum}")

    @edge
    @pytest.mark.parametrize("name", ["BatchNorm", "LayerNorm"])
    def test_eps(self, props, oracle, rng, name):
        """an eps of 0.1 is used, and numbers with a spread of 0.001 show that it stands under the root"""
        normed(props, oracle, rng, name, normal(rng, 4, 6), eps=0.1)
        normed(props, oracle, rng, name, 0.3 + normal(rng, 6, 5, scale=1e-3))

    @edge
    def test_axes(self, props, oracle, rng):
        """LayerNorm of (2, 4, 3) and of (3,): dgamma and dbeta sum over all axes but the last"""
        normed(props, oracle, rng, "LayerNorm", normal(rng, 2, 4, 3))
        normed(props, oracle, rng, "LayerNorm", normal(rng, 3))

    @edge
    @pytest.mark.parametrize("name", ["BatchNorm", "LayerNorm"])
    def test_far_out(self, props, oracle, rng, name):
        """numbers around a million, with a spread of 1"""
        normed(props, oracle, rng, name, 1e6 + normal(rng, 6, 5), {"rtol": 1e-5, "atol": 1e-6})

    @edge
    def test_one_example(self, props, oracle, rng):
        """BatchNorm: one example in training raises ValueError"""
        layer, _, _ = normed(props, oracle, rng, "BatchNorm", normal(rng, 4, 3))
        raises(ValueError, lambda: layer.forward(np.ones((1, 3))), "one example in training")

    @edge
    @pytest.mark.parametrize("name", ["BatchNorm", "LayerNorm"])
    def test_adds_up(self, props, oracle, rng, name):
        """two backwards without zero_grad: dgamma and dbeta are sums, in the arrays that they were"""
        layer, gamma, beta = norm_of(props, rng, name, 3)
        passes = [[normal(rng, rows, 3, scale=2), normal(rng, rows, 3)] for rows in (4, 6)]
        ask = oracle.batch_norm if name == "BatchNorm" else oracle.layer_norm
        one, two = (ask(x, gamma, beta, dout) for x, dout in passes)
        grads, are_same = props.added(layer, passes, *TRAINED)
        close(grads, [one[key] + two[key] for key in TRAINED], "[dgamma, dbeta] after two backwards")
        same(are_same, [True, True], "[dgamma, dbeta] are the arrays that they were")

    @edge
    @pytest.mark.parametrize("name", ["BatchNorm", "LayerNorm"])
    def test_arguments_stay(self, props, oracle, rng, name):
        """x and dout stay as they are"""
        x = normal(rng, 4, 3)
        layer, dout, _ = normed(props, oracle, rng, name, x)
        same(props.changed(layer, x, dout), [], f"what {name} changed in place")

    def distance(self, found, expected):
        """How far two pairs of arrays are apart; 0 where they cannot be compared."""
        pairs = list(zip(found, expected, strict=True))
        if any(one.shape != other.shape for one, other in pairs):
            return 0.0
        return float(np.nan_to_num(max(np.abs(one - other).max() for one, other in pairs), nan=np.inf))


# Dropout.


def dropped(out, x, p, label="forward(x)"):
    """Require that a share p of x, roughly, became 0 and the rest was divided by 1 - p; return what stayed."""
    kept = np.asarray(out) != 0
    close(out, np.where(kept, x / (1 - p), 0.0).astype(x.dtype), f"Dropout({p}): {label}")
    close(float(kept.mean()), 1 - p, f"Dropout({p}): the share that stays", rtol=0, atol=0.25)
    return kept


@exercise("dropout", points=4, answers=("Dropout.__init__", "Dropout.forward", "Dropout.backward"))
class TestDropout:
    """Drops numbers in training, keeps the expected value, and goes back through the same mask."""

    @pytest.mark.parametrize("p", [0.2, 0.5, 0.7])
    def test_what_stays_is_scaled(self, props, rng, p):
        """a number becomes 0, with probability p, or is divided by 1 - p"""
        x = 1 + rng.random(size=(50, 40))
        out = props.passes(props.made("Dropout", {}, p, seed=1), x, x, 1)[0][0]
        kept = dropped(out, x, p)
        close(float(kept.mean()), 1 - p, f"Dropout({p}): the share that stays", rtol=0, atol=0.05)

    @pytest.mark.parametrize("p", [0.3, 0.5])
    def test_backward(self, props, rng, p):
        """the gradient goes through the same mask and the same scale, each time anew"""
        x, dout = 1 + rng.random(size=(12, 10)), normal(rng, 12, 10)
        for out, dx in props.passes(props.made("Dropout", {}, p, seed=2), x, dout, 2):
            kept = dropped(out, x, p)
            close(dx, np.where(kept, dout / (1 - p), 0.0), f"Dropout({p}): backward(dout)")

    def test_masks_differ(self, props, rng):
        """a second pass has another mask"""
        x = 1 + rng.random(size=(12, 10))
        one, two = (np.asarray(out) == 0 for out, _ in props.passes(props.made("Dropout", {}, 0.4, seed=3), x, x, 2))
        close([float(one.mean()), float(two.mean())], [0.4, 0.4], "shares that are dropped", rtol=0, atol=0.2)
        assert not np.array_equal(one, two), "two passes have the same mask"

    def test_in_use(self, props, rng):
        """in use nothing is dropped and nothing scaled, both ways; in training again it is"""
        x, dout = 1 + rng.random(size=(12, 10)), normal(rng, 12, 10)
        layer = props.made("Dropout", {}, 0.4, seed=4)
        before = props.passes(layer, x, dout, 1)[0][0]
        used = props.passes(layer, x, dout, 1, "eval")[0]
        after = props.passes(layer, x, dout, 1)[0][0]
        close(used, [x, dout], "[forward(x), backward(dout)] in use")
        shares = [float(np.mean(np.asarray(one) == 0)) for one in (before, after)]
        close(shares, [0.4, 0.4], "shares that are dropped before and after", rtol=0, atol=0.2)

    def test_zero(self, props, rng):
        """p = 0 drops nothing, where p = 0.5 does"""
        x, dout = 1 + rng.random(size=(12, 10)), normal(rng, 12, 10)
        close(
            props.passes(props.made("Dropout", {}, 0.0, seed=5), x, dout, 1)[0], [x, dout], "p = 0: [forward, backward]"
        )
        dropped(props.passes(props.made("Dropout", {}, 0.5, seed=5), x, dout, 1)[0][0], x, 0.5)

    @edge
    def test_one(self, props, rng):
        """p = 1 drops all, both ways, without a warning"""
        x, dout = 1 + rng.random(size=(12, 10)), normal(rng, 12, 10)
        found = props.quietly(props.made("Dropout", {}, 1.0, seed=6), x, dout)
        close([found["out"], found["dx"]], [np.zeros((12, 10))] * 2, "p = 1: [forward(x), backward(dout)]")
        same(found["warned"], None, "what NumPy warns of")
        dropped(props.passes(props.made("Dropout", {}, 0.5, seed=6), x, dout, 1)[0][0], x, 0.5)

    @edge
    def test_draw(self, props, rng):
        """the draw is one rng.random(x.shape), a number stays where it is at least p; in use nothing is drawn"""
        x, ours = 1 + rng.random(size=(6, 5)), np.random.default_rng(7)
        out, following = props.drawn(props.made("Dropout", {}, 0.4, seed=7), x)
        close(out, np.where(ours.random((6, 5)) >= 0.4, x / 0.6, 0.0), "forward(x) with default_rng(7)")
        same(following, float(ours.random()), "the next number of the generator, after training")
        layer = props.made("Dropout", {}, 0.4, seed=7)
        layer.eval()
        same(props.drawn(layer, x)[1], float(np.random.default_rng(7).random()), "the next number, after use")

    @edge
    def test_float32(self, props, rng):
        """float32 stays float32, both ways"""
        x = (1 + rng.random(size=(12, 10))).astype(np.float32)
        layer = props.made("Dropout", {}, 0.5, seed=8)
        out = props.passes(layer, x, x, 1)[0][0]
        same(props.dtypes(layer, x, x), ["float32", "float32"], "dtypes: [output, gradient of x]")
        dropped(out, x, 0.5)

    @edge
    @pytest.mark.parametrize("p", [-0.1, 1.5])
    def test_no_share(self, learner, props, rng, p):
        """a p below 0 or above 1 raises ValueError"""
        x = 1 + rng.random(size=(12, 10))
        out = props.passes(props.made("Dropout", {}, 0.5, seed=9), x, x, 1)[0][0]
        dropped(out, x, 0.5)
        raises(ValueError, lambda: learner.Dropout(p, props.generator(9)), f"Dropout({p})")

    @edge
    def test_arguments_stay(self, props, rng):
        """x and dout stay as they are"""
        x, dout = 1 + rng.random(size=(12, 10)), normal(rng, 12, 10)
        layer = props.made("Dropout", {}, 0.5, seed=10)
        out, dx = props.passes(layer, x, dout, 1)[0]
        close(dx, np.where(dropped(out, x, 0.5), 2 * dout, 0.0), "backward(dout)")
        same(props.changed(layer, x, dout), [], "what was changed in place")


# Optimizers.

SHAPES = ((3, 2), (4,), (3, 2))  # two of one shape
# Adam is written in two ways that differ in where eps stands: no more than this with gradients of size 1.
EITHER = {"rtol": 0.0, "atol": 1e-5}


def stepped(props, rng, ask, name, steps, rates=None, scale=1.0, exact=False, **settings):
    """Require the parameters after each of some steps. exact: with eps where the text says."""
    values = [normal(rng, *shape) for shape in SHAPES]
    grads = [[normal(rng, *shape, scale=scale) for shape in SHAPES] for _ in range(steps)]
    rates = rates or [0.05] * steps
    found = props.optimized(name, values, grads, rates, **settings)
    words = ", ".join([name, *(f"{key}={value}" for key, value in settings.items())])
    for step in range(1, steps + 1):
        expected = ask(values, grads[:step], rates[:step], **settings)
        room = EITHER if name == "Adam" and not exact else {}
        close(found["params"][step - 1], expected, f"parameters after {step} steps of {words}", **room)
    return found


@exercise("optimizers", points=6, answers=("SGD.__init__", "SGD.step", "Adam.__init__", "Adam.step"))
class TestOptimizers:
    """SGD, momentum and Adam change the parameters in place, each with a memory of its own."""

    def test_sgd(self, props, oracle, rng):
        """SGD without momentum, 3 steps"""
        stepped(props, rng, oracle.sgd, "SGD", 3)

    @pytest.mark.parametrize("momentum", [0.9, 0.5])
    def test_momentum(self, props, oracle, rng, momentum):
        """SGD with momentum, 10 steps; the first one moves by the whole gradient"""
        stepped(props, rng, oracle.sgd, "SGD", 10, momentum=momentum)

    def test_adam(self, props, oracle, rng):
        """Adam, 10 steps, and 3 with another rate"""
        stepped(props, rng, oracle.adam, "Adam", 10)
        stepped(props, rng, oracle.adam, "Adam", 3, rates=[0.02] * 3)

    @pytest.mark.parametrize("name", ["SGD", "Adam"])
    def test_a_second_one(self, props, oracle, rng, name):
        """a second optimizer begins anew"""
        values = [normal(rng, *shape) for shape in SHAPES]
        grads = [[normal(rng, *shape) for shape in SHAPES] for _ in range(3)]
        settings = {"momentum": 0.9} if name == "SGD" else {}
        found = props.two_optimizers(name, values, grads, [0.05] * 3, **settings)
        ask = oracle.sgd if name == "SGD" else oracle.adam
        expected, room = ask(values, grads, [0.05] * 3, **settings), EITHER if name == "Adam" else {}
        close(found[-1], expected, f"parameters after 3 steps of a second {name}", **room)

    @edge
    def test_nesterov(self, props, oracle, rng):
        """SGD with nesterov, 6 steps"""
        stepped(props, rng, oracle.sgd, "SGD", 6, momentum=0.9, nesterov=True)

    @edge
    def test_weight_decay(self, props, oracle, rng):
        """SGD with weight_decay, alone and with momentum"""
        stepped(props, rng, oracle.sgd, "SGD", 4, weight_decay=0.1)
        stepped(props, rng, oracle.sgd, "SGD", 4, momentum=0.9, weight_decay=0.1)

    @edge
    def test_betas(self, props, oracle, rng):
        """Adam with other betas"""
        stepped(props, rng, oracle.adam, "Adam", 5, betas=(0.8, 0.95))

    @edge
    def test_eps(self, props, oracle, rng):
        """Adam with an eps of 0.1: it is used, and added to the root of the corrected v"""
        stepped(props, rng, oracle.adam, "Adam", 5, exact=True, eps=0.1)

    @edge
    def test_tiny_gradients(self, props, oracle, rng):
        """Adam with gradients of 1e-8: eps is added to the root"""
        stepped(props, rng, oracle.adam, "Adam", 5, scale=1e-8, exact=True)
        stepped(props, rng, oracle.adam, "Adam", 5, scale=1e-3, exact=True)

    @edge
    @pytest.mark.parametrize("name", ["SGD", "Adam"])
    def test_rate(self, props, oracle, rng, name):
        """lr is set to another number between steps"""
        settings = {"momentum": 0.9} if name == "SGD" else {}
        ask = oracle.sgd if name == "SGD" else oracle.adam
        stepped(props, rng, ask, name, 4, rates=[0.05, 0.05, 0.01, 0.2], **settings)

    @edge
    @pytest.mark.parametrize("name", ["SGD", "Adam"])
    def test_gradients_stay(self, props, oracle, rng, name):
        """the gradients stay as they are"""
        settings = {"momentum": 0.9, "weight_decay": 0.1} if name == "SGD" else {}
        ask = oracle.sgd if name == "SGD" else oracle.adam
        found = stepped(props, rng, ask, name, 3, **settings)
        same(found["gradients stay"], True, "the gradients are what they were before a step")


# The learner's own checker, on layers of ours.

# Of each kind the letter of the backward pass that is right; and slips: name, kind, letter, what it is.
RIGHT = {
    "linear": "b",
    "weights": "c",
    "bias": "a",
    "relu": "b",
    "tanh": "c",
    "sigmoid": "a",
    "gelu": "d",
    "softmax": "e",
    "cross_entropy": "c",
    "batch_norm": "e",
    "layer_norm": "e",
    "attention": "f",
    "embedding": "b",
    "dropout": "c",
    "residual": "b",
    "square": "b",
    "first": "b",
    "last": "b",
}
SLIPS = [
    ("linear: not transposed", "linear", "a", "a linear layer that goes back by dout @ W"),
    ("linear: averaged", "linear", "c", "a linear layer whose dx is divided by the rows"),
    ("weights: averaged", "weights", "a", "a linear layer whose dW is divided by the rows"),
    ("weights: transposed", "weights", "b", "a linear layer whose dW is transposed"),
    ("weights: last row", "weights", "d", "a linear layer whose dW knows the last row only"),
    ("bias: averaged", "bias", "c", "a bias whose gradient is a mean"),
    ("bias: last row", "bias", "d", "a bias whose gradient is the last row"),
    ("relu: mask of dout", "relu", "a", "a relu that goes back where dout is positive"),
    ("relu: no mask", "relu", "c", "a relu that lets every gradient through"),
    ("relu: leaky", "relu", "d", "a relu that leaks a hundredth on the way back"),
    ("tanh: no square", "tanh", "a", "a tanh with slope 1 - out"),
    ("tanh: of the input", "tanh", "b", "a tanh with slope 1 - x ** 2"),
    ("sigmoid: half a slope", "sigmoid", "b", "a sigmoid with slope out"),
    ("sigmoid: slope of tanh", "sigmoid", "c", "a sigmoid with slope 1 - out ** 2"),
    ("gelu: gate only", "gelu", "a", "a gelu whose slope is the gate alone"),
    ("gelu: no 3", "gelu", "b", "a gelu whose cube has slope x ** 2"),
    ("gelu: of the other", "gelu", "c", "a gelu by tanh with the slope of the exact one"),
    ("gelu: no root", "gelu", "e", "a gelu whose slope lacks sqrt(2 / pi)"),
    ("gelu: no square", "gelu", "f", "a gelu whose inner slope is 1 - tanh"),
    ("softmax: p dout", "softmax", "a", "a softmax that goes back by p * dout"),
    ("softmax: diagonal", "softmax", "c", "a softmax that goes back by p * (1 - p) * dout"),
    ("softmax: wrong axis", "softmax", "d", "a softmax that sums over the other axis on the way back"),
    ("cross-entropy: no mean", "cross_entropy", "a", "a cross-entropy whose gradient is not divided by the rows"),
    ("cross-entropy: no target", "cross_entropy", "b", "a cross-entropy that takes nothing off at the target"),
    ("cross-entropy: set, not less", "cross_entropy", "d", "a cross-entropy with -1 at the target, not p - 1"),
    ("cross-entropy: sign", "cross_entropy", "e", "a cross-entropy whose gradient has the other sign"),
    ("cross-entropy: columns", "cross_entropy", "f", "a cross-entropy whose softmax goes back over columns"),
    ("batchnorm: constants", "batch_norm", "a", "a BatchNorm that takes mean and variance for constants"),
    ("batchnorm: variance only", "batch_norm", "c", "a BatchNorm without the way through the mean"),
    ("batchnorm: wrong axis", "batch_norm", "g", "a BatchNorm whose means are over units on the way back"),
    ("layernorm: constants", "layer_norm", "a", "a LayerNorm that takes mean and variance for constants"),
    ("layernorm: mean only", "layer_norm", "b", "a LayerNorm without the way through the variance"),
    ("layernorm: variance only", "layer_norm", "c", "a LayerNorm without the way through the mean"),
    ("layernorm: gamma too late", "layer_norm", "f", "a LayerNorm that takes its means before gamma"),
    ("layernorm: no gamma", "layer_norm", "j", "a LayerNorm that forgets gamma on the way back"),
    ("layernorm: wrong axis", "layer_norm", "g", "a LayerNorm whose means are over rows on the way back"),
    ("layernorm: eps outside", "layer_norm", "h", "a LayerNorm with eps outside of the root on the way back"),
    ("attention: no scale", "attention", "a", "an attention that forgets the scale on the way back"),
    ("attention: softmax half", "attention", "b", "an attention whose softmax goes back by p * dout"),
    ("attention: q and k", "attention", "c", "an attention that mixes up the gradients of queries and keys"),
    ("attention: v not turned", "attention", "d", "an attention whose dv is p @ dout"),
    ("attention: k not turned", "attention", "e", "an attention whose dk is ds @ q"),
    ("embedding: last one wins", "embedding", "a", "an embedding that sets the rows of its table"),
    ("embedding: +=", "embedding", "c", "an embedding whose repeats are lost in grad[tokens] += dout"),
    ("embedding: averaged", "embedding", "d", "an embedding that divides by how often a token occurs"),
    ("dropout: no scale", "dropout", "a", "a dropout that forgets 1 / (1 - p) on the way back"),
    ("dropout: no mask", "dropout", "b", "a dropout that forgets its mask on the way back"),
    ("dropout: another mask", "dropout", "d", "a dropout with another mask on the way back"),
    ("residual: branch only", "residual", "a", "a residual block that forgets the skip"),
    ("residual: skip only", "residual", "c", "a residual block that forgets the branch"),
    ("square: one entry", "square", "c", "a square that is off by 0.001 in one entry"),
    ("square: first entry", "first", "c", "a square that is off by 0.001 in its first entry"),
    ("square: last entry", "last", "c", "a square that is off by 0.001 in its last entry"),
    ("square: doubled", "square", "k", "a square with slope 4 * x"),
    ("square: halved", "square", "l", "a square with slope x"),
    ("square: sign", "square", "g", "a square with slope -2 * x"),
    ("square: turned round", "square", "j", "a square whose gradient stands in the wrong order"),
]
# Slips that the plain sum of the outputs does not show.
UNSEEN = [
    ("bias: wrong axis", "bias", "b", "a bias whose gradient is summed over the outputs"),
    ("tanh: without dout", "tanh", "d", "a tanh that returns its slope without dout"),
    ("softmax: zeros", "softmax", "b", "a softmax that goes back by zeros"),
    ("batchnorm: mean only", "batch_norm", "b", "a BatchNorm without the way through the variance"),
    ("batchnorm: N - 1", "batch_norm", "d", "a BatchNorm that divides by N forward and by N - 1 backward"),
    ("batchnorm: sign", "batch_norm", "i", "a BatchNorm with a plus before the way through the variance"),
]


def spread_out(rng, *size):
    """Return numbers between 0.3 and 1.8 of either sign: away from the kink at 0."""
    return (0.3 + 1.5 * rng.random(size=size)) * np.where(rng.random(size=size) < 0.5, -1, 1)


MASK = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [1, 1, 1]], dtype=bool)
# Of each kind: an input, and what else the layer consists of. Means are not zero.
DRAWN = {
    "linear": lambda rng: (1 + normal(rng, 3, 4), {"W": normal(rng, 4, 4)}),
    "weights": lambda rng: (normal(rng, 3, 3), {"X": 1 + normal(rng, 5, 3)}),
    "bias": lambda rng: (normal(rng, 4), {"xW": normal(rng, 4, 4)}),
    "relu": lambda rng: (spread_out(rng, 4, 3), {}),
    "cross_entropy": lambda rng: (1 + normal(rng, 4, 3), {"targets": np.array([2, 0, 2, 1])}),
    "batch_norm": lambda rng: (1 + normal(rng, 4, 5, scale=2), {"gamma": 1 + rng.random(size=5), "eps": 0.01}),
    "layer_norm": lambda rng: (1 + normal(rng, 4, 5, scale=2), {"gamma": 1 + rng.random(size=5), "eps": 0.01}),
    "attention": lambda rng: (normal(rng, 4, 12), {"heads": 2}),
    "embedding": lambda rng: (normal(rng, 5, 3), {"tokens": np.array([1, 3, 1, 1, 0, 4])}),
    "dropout": lambda rng: (spread_out(rng, 4, 3), {"mask": MASK, "p": 0.25}),
    "residual": lambda rng: (0.3 + normal(rng, 3, 4), {"W": normal(rng, 4, 4)}),
    "square": lambda rng: (spread_out(rng, 3, 4), {"scale": 1.0, "at": (2, 1)}),
    "first": lambda rng: (spread_out(rng, 3, 4), {"scale": 1.0, "at": (0, 0)}),
    "last": lambda rng: (spread_out(rng, 3, 4), {"scale": 1.0, "at": (2, 3)}),
}


def drawn(rng, kind):
    """Return an input for a kind of layer, and what else it consists of."""
    return DRAWN.get(kind, lambda rng: (0.4 + normal(rng, 3, 4), {}))(rng)


def told_apart(found, kind, words):
    """Require that of two layers the right one passes and the other does not."""
    same(found[0], True, f"gradcheck of a right layer ({kind})")
    same(found[1], False, f"gradcheck of {words}")


@exercise("gradcheck", points=12, cpu=3.0)
class TestGradcheck:
    """Right layers pass the checker, and wrong ones do not: each slip that it finds has its points."""

    def test_bent(self, props, rng):
        """1000 * x ** 2 at x of 0.001, where the slope is small beside the bend"""
        # idle (other inputs): a layer is right or wrong wherever x is
        x, constants = drawn(rng, "square")
        found = props.verdicts("square", "ba", 1e-3 * x, {**constants, "scale": 1000.0})
        told_apart(found, "1000 * x ** 2", "1000 * x ** 2 with a slope half too large")

    @pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip[0])
    def test_finds(self, props, rng, slip):
        """a right layer passes, and the same layer with this slip in its backward pass does not"""
        # idle (other inputs): a layer is right or wrong wherever x is
        _, kind, letter, words = slip
        x, constants = drawn(rng, kind)
        told_apart(props.verdicts(kind, RIGHT[kind] + letter, x, constants), kind, words)

    @weight(5)
    @pytest.mark.parametrize("slip", UNSEEN, ids=lambda slip: slip[0])
    def test_finds_behind_the_sum(self, props, rng, slip):
        """a slip that the plain sum of the outputs does not show"""
        # idle (other inputs): a layer is right or wrong wherever x is
        _, kind, letter, words = slip
        x, constants = drawn(rng, kind)
        told_apart(props.verdicts(kind, RIGHT[kind] + letter, x, constants), kind, words)

    def test_tiny_gradients(self, props, rng):
        """gradients of 0.00001 are compared, too"""
        # idle (other inputs): a layer is right or wrong wherever x is
        x, constants = drawn(rng, "square")
        found = props.verdicts("square", "ba", x, {**constants, "scale": 1e-5})
        told_apart(found, "1e-5 * x ** 2", "1e-5 * x ** 2 with a slope half too large")

    def test_zero_gradients(self, props, rng):
        """a relu that is off everywhere has gradient 0, and passes"""
        # idle (other inputs): a layer is right or wrong wherever x is
        x = -np.abs(spread_out(rng, 4, 3))
        told_apart(
            props.verdicts("relu", "bc", x, {}), "relu, off everywhere", "a relu, off everywhere, that lets all through"
        )

    def test_single_number(self, props, rng):
        """x with a single entry"""
        # idle (other inputs): a layer is right or wrong wherever x is
        told_apart(props.verdicts("tanh", "ca", 0.4 + rng.random(size=1), {}), "tanh", "a tanh with slope 1 - out")

    @pytest.mark.parametrize("option", ["rtol", "atol"])
    def test_tolerances(self, props, rng, option):
        """a gap within rtol or atol passes, beyond it does not"""
        # idle (other inputs): a gap is a gap wherever x is
        x, constants = drawn(rng, "square")
        letter, wide, narrow = ("d", 1e-3, 1e-4) if option == "rtol" else ("e", 1e-5, 1e-6)
        words = "a gap of 0.0003 of the slope" if option == "rtol" else "a gap of 3e-6"
        for size, right in ((wide, True), (narrow, False)):
            allowed = {"rtol": size} if option == "rtol" else {"rtol": 0.0, "atol": size}
            constants["scale"] = 100.0 if option == "rtol" else 1.0  # so that one is not taken for the other
            said = props.verdicts("square", letter + "g", x, constants, **allowed)
            same(said, [right, False], f"gradcheck of [{words}, the other sign] with {option}={size}")

    @edge
    def test_eps(self, props, rng):
        """eps is how far an entry is moved: with 0.5 no slope of a tanh is met"""
        # idle (other inputs): a slope is a slope wherever x is
        x, _ = drawn(rng, "tanh")
        told_apart(props.verdicts("tanh", "ca", x, {}, eps=1e-5), "tanh", "a tanh with slope 1 - out, eps=1e-5")
        same(props.verdicts("tanh", "c", x, {}, eps=0.5), [False], "gradcheck of a right tanh with eps=0.5")

    @edge
    def test_x_stays(self, props, rng):
        """x stays as it is"""
        # idle (other inputs): a layer is right or wrong wherever x is
        x, constants = drawn(rng, "layer_norm")
        for letter, right in (("e", True), ("b", False)):
            found = props.left_as_it_was("layer_norm", letter, x, constants)
            same(found, [right, False], "[the verdict, whether x was changed]")

    @edge
    def test_view(self, props, rng):
        """x may have gaps in memory"""
        # idle (other inputs): a layer is right or wrong wherever x is
        x, constants = drawn(rng, "square")
        told_apart(props.in_a_view("square", "bc", x, constants), "x ** 2", "a square that is off in one entry")

    @edge
    def test_shape(self, props, rng):
        """a gradient of another shape than x is wrong, also one that broadcasts"""
        # idle (other inputs): a shape is wrong wherever x is
        x, constants = drawn(rng, "bias")
        told_apart(props.verdicts("bias", "ae", x, constants), "bias", "a bias (4,) with a gradient (1, 4)")
        x, constants = drawn(rng, "square")
        told_apart(props.verdicts("square", "bi", x, constants), "x ** 2", "x (3, 4) with a gradient (1, 3, 4)")

    @edge
    def test_nan(self, props, rng):
        """a nan in the gradient is wrong"""
        # idle (other inputs): a nan is wrong wherever x is
        x, constants = drawn(rng, "square")
        told_apart(props.verdicts("square", "bf", x, constants), "x ** 2", "a gradient with a nan in it")

    @edge
    def test_float32(self, props, rng):
        """an x that is not float64 raises ValueError"""
        x, constants = drawn(rng, "square")
        told_apart(props.verdicts("square", "ba", x, constants), "x ** 2", "x ** 2 with a slope half too large")
        for one in (x.astype(np.float32), np.ones((3, 4), dtype=np.int64)):
            raises(ValueError, lambda: props.verdicts("square", "b", one, constants), f"x of dtype {one.dtype}")  # noqa: B023

    @edge
    def test_generator(self, props, rng):
        """numbers come from rng where there is one, and the global generator never moves"""
        # idle (other inputs): a layer is right or wrong wherever x is
        x, constants = drawn(rng, "softmax")
        for letter, right in (("e", True), ("b", False)):
            same(props.drew("softmax", letter, x, constants, 5), [right, True], "[the verdict, whether rng has moved]")
            found = props.checker_moves_global("softmax", letter, x, constants)
            same(found, [right, False], "[the verdict, whether the global generator has moved]")
