"""Checks of unit 04: the size of first weights, BatchNorm in training and in use, gauges, and a deep net that trains.

Values and gradients are compared in float64 under random cotangents, with weights put in by the names that the text
promises. Sizes differ from each other, but for checks that want them equal. Core checks take the lecture's variance in
BatchNorm's forward pass (N - 1) as well as torch's (N); which of them is an edge.
"""

import itertools
import math

import numpy as np
import pytest

from grader import Tensor, close, edge, exercise, raises, same, tensor

UNIT = {
    "title": "initialisation, BatchNorm, diagnostics",
    "lecture": "Building makemore Part 3: Activations & Gradients, BatchNorm",
    "libraries": ["torch"],
    "forbid": {
        "layers are what you build here: plain classes with plain tensors": [
            "torch.nn.Module",
            "torch.nn.Linear",
            "torch.nn.Sequential",
            "torch.nn.functional.linear",
        ],
        "batch_norm is an exercise: mean and variance of each column, a gain and a shift": [
            "torch.nn.BatchNorm*",
            "torch.nn.SyncBatchNorm",
            "torch.nn.InstanceNorm*",
            "torch.nn.GroupNorm",
            "torch.nn.LayerNorm",
            "torch.nn.functional.batch_norm",
            "torch.nn.functional.instance_norm",
            "torch.nn.functional.group_norm",
            "torch.nn.functional.layer_norm",
            "torch.batch_norm",
            "torch.layer_norm",
        ],
        "the size of first weights is an exercise: gain divided by the root of fan_in": [
            "torch.nn.init",
            "torch.nn.init.*",
        ],
        "a step of gradient descent is one line here": ["torch.optim", "torch.optim.*"],
    },
}

EXACT = {"rtol": 0.0, "atol": 0.0}
# Room for float32 on the way: its noise is below 1e-5 here; the smallest slip moves a value by more than 1e-3.
ROOM = {"rtol": 1e-4, "atol": 1e-4}
# float64 sums in another order differ by 1e-15.
TIGHT = {"rtol": 1e-7, "atol": 1e-10}


def normal(rng, *size, scale=1.0):
    return rng.normal(size=size) * scale


def seed(rng):
    return int(rng.integers(2**31))


def spread(array):
    """Return the standard deviation of what a learner made, which may be nan, without a word on the terminal."""
    with np.errstate(all="ignore"):
        return float(array.std())


def stays(props, name, *args):
    """Require that a call leaves its tensors as they were."""
    assert not props.changed(name, *args), "an argument was changed in place; the caller still needs what was in there"


@exercise("kaiming_std", points=4, cpu=1.0)
class TestKaimingStd:
    """gain / sqrt(fan_in), with the gain of the nonlinearity."""

    @pytest.mark.parametrize("nonlinearity", ["linear", "tanh", "relu"])
    def test_gains(self, learner, oracle, rng, nonlinearity):
        """the gain of each nonlinearity, for several numbers of inputs"""
        for fan_in in (30, 7, int(rng.integers(50, 900))):
            expected = oracle.kaiming(fan_in, nonlinearity)
            close(
                learner.kaiming_std(fan_in, nonlinearity), expected, f"kaiming_std({fan_in}, {nonlinearity!r})", **TIGHT
            )

    def test_one_input(self, learner, oracle):
        """one input: what is left is the gain"""
        for nonlinearity in ("tanh", "relu"):
            expected = oracle.kaiming(1, nonlinearity)
            close(learner.kaiming_std(1, nonlinearity), expected, f"kaiming_std(1, {nonlinearity!r})", **TIGHT)

    @pytest.mark.parametrize(("nonlinearity", "act"), [("relu", "relu"), ("tanh", "tanh")])
    def test_ten_layers(self, learner, oracle, rng, nonlinearity, act):
        """ten layers of 256 units: what goes in comes out at about its size"""
        std = learner.kaiming_std(256, nonlinearity)
        close(std, oracle.kaiming(256, nonlinearity), f"kaiming_std(256, {nonlinearity!r})", **TIGHT)
        x = normal(rng, 100, 256)
        for _ in range(10):
            x = x @ (normal(rng, 256, 256) * float(std))
            x = np.tanh(x) if act == "tanh" else np.maximum(x, 0)
        size = math.sqrt(np.mean(x * x))
        assert 0.4 < size < 2.5, f"numbers of size 1 went in, and behind ten layers of {act} they have size {size:.3g}"

    @edge
    def test_leaky(self, learner, oracle):
        """leaky_relu, with its own slope and with others"""
        close(learner.kaiming_std(40, "leaky_relu"), oracle.kaiming(40, "leaky_relu", 0.01), "leaky_relu", **TIGHT)
        for slope in (0.2, 1.0):
            expected = oracle.kaiming(40, "leaky_relu", slope)
            close(learner.kaiming_std(40, "leaky_relu", slope), expected, f"leaky_relu with slope {slope}", **TIGHT)

    @edge
    def test_unknown(self, learner, oracle):
        """another word raises ValueError"""
        close(learner.kaiming_std(40, "relu"), oracle.kaiming(40, "relu"), "kaiming_std(40, 'relu')", **TIGHT)
        raises(ValueError, lambda: learner.kaiming_std(40, "rulu"), "kaiming_std(40, 'rulu')")


NAMES = ["C", "W1", "b1", "W2", "b2"]


def start(props, rng, sizes=(27, 10, 3, 200)):
    """Return the first parameters as arrays, after a look at their names, shapes and dtypes."""
    vocab, embed, block, hidden = sizes
    shapes = [(vocab, embed), (block * embed, hidden), (hidden,), (hidden, vocab), (vocab,)]
    values = props.drawn(seed(rng), *sizes)["values"]
    same(sorted(values), sorted(NAMES), "names of the parameters")
    same([values[name].shape for name in NAMES], shapes, "shapes of C, W1, b1, W2, b2")
    same([values[name].dtype for name in NAMES], ["float32"] * 5, "dtypes of C, W1, b1, W2, b2")
    for name in ("C", "W1"):
        assert np.ptp(values[name].array) > 0, f"{name} is the same number everywhere: letters and units would be twins"
    return {name: one.array.astype(np.float64) for name, one in values.items()}


def first_pass(params, rng, block=3):
    """Return the hidden layer and the logits for 400 random contexts."""
    tokens = rng.integers(len(params["C"]), size=(400, block))
    with np.errstate(all="ignore"):
        h = np.tanh(params["C"][tokens].reshape(400, -1) @ params["W1"] + params["b1"])
        return h, h @ params["W2"] + params["b2"]


@exercise("init_mlp", points=6, cpu=1.0)
class TestInitMlp:
    """Parameters without an opinion, and tanh units that can move."""

    def test_shapes(self, props, rng):
        """names, shapes and dtypes where all sizes differ"""
        start(props, rng, (11, 4, 5, 23))

    def test_first_loss(self, props, rng):
        """three seeds: the first loss is near ln 27 = 3.30"""
        for _ in range(3):
            _, logits = first_pass(start(props, rng), rng)
            with np.errstate(all="ignore"):
                logits = logits - logits.max(axis=1, keepdims=True)
                losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(400), rng.integers(27, size=400)]
            loss = float(losses.mean())
            assert abs(loss - math.log(27)) < 0.05, (
                f"the first loss is {loss:.2f}; without an opinion it is ln 27 = 3.30"
            )

    def test_saturation(self, props, rng):
        """three seeds: few tanh units are saturated, and none are asleep"""
        for _ in range(3):
            h, _ = first_pass(start(props, rng), rng)
            share = float(np.mean(np.abs(h) > 0.97))
            assert share < 0.3, f"{share:.0%} of all tanh are beyond 0.97 or -0.97, where the slope is nearly 0"
            assert spread(h) > 0.1, f"hidden units have a spread of {spread(h):.2g} only: tanh is hardly used"

    def test_not_zero(self, props, rng):
        """W2 is small and not zero, and b2 is zero"""
        params = start(props, rng)
        assert np.abs(params["W2"]).max() > 0, "W2 is all zeros: no gradient reaches W1 in the first step"
        close(params["b2"], np.zeros(27), "b2", **EXACT)

    def test_units_differ(self, props, rng):
        """hidden units differ from each other, and so do letters"""
        params = start(props, rng)
        for name, rows in (("W1", params["W1"].T), ("C", params["C"]), ("W2", params["W2"].T)):
            assert len(np.unique(rows, axis=0)) == len(rows), (
                f"{name}: two units have the same weights and will stay twins"
            )

    def test_embedding(self, props, rng):
        """C is normal with standard deviation 1"""
        values = start(props, rng, (40, 30, 2, 9))["C"]
        assert abs(spread(values) - 1) < 0.11, f"C has standard deviation {spread(values):.2f}, not 1"

    def test_leaves(self, props, rng):
        """all five are leaves that require gradients"""
        start(props, rng)
        kinds = props.drawn(3, 11, 4, 5, 23)["kinds"]
        for name in NAMES:
            assert kinds[name] != "without gradients", f"{name} does not require gradients"
            assert kinds[name] == "leaf", f"{name} requires gradients and is no leaf: it was computed from another one"

    @edge
    def test_gain(self, props, rng):
        """W1 has standard deviation (5 / 3) / sqrt(K * E), and b1 is small"""
        found = spread(start(props, rng)["b1"])
        assert found < 0.1, f"b1 has standard deviation {found:.2f}; less than 0.1 is asked for"
        for sizes in ((27, 10, 3, 200), (20, 6, 8, 150)):
            expected = 5 / 3 / math.sqrt(sizes[1] * sizes[2])
            found = spread(start(props, rng, sizes)["W1"])
            close(
                found / expected, 1.0, "standard deviation of W1, divided by (5 / 3) / sqrt(K * E)", rtol=0, atol=0.05
            )

    @edge
    def test_generator(self, props, rng):
        """the generator decides, and the global one does not move"""
        start(props, rng)
        first, again, other = (props.drawn(s, 11, 4, 5, 23)["values"] for s in (8, 8, 9))
        for name in NAMES:
            close(again[name], first[name], f"{name} from the same generator", **EXACT)
        assert not np.array_equal(first["W1"].array, other["W1"].array), "two generators give the same W1"
        assert not props.moves_global("init_mlp", 11, 4, 5, 23), "torch's global generator moves beside yours"


def linear(props, oracle, rng, shape, outs, bias=True, what="Linear(x)"):
    """Require value and gradients of a Linear with random weights."""
    weight = normal(rng, shape[-1], outs)
    tensors = {"weight": tensor(weight)} | ({"bias": tensor(normal(rng, outs))} if bias else {})
    layer = props.made("Linear", tensors, shape[-1], outs, **({} if bias else {"bias": False}))
    x, cotangent = normal(rng, *shape), normal(rng, *shape[:-1], outs)
    expected = oracle.linear(x, weight, tensors["bias"] if bias else None, cotangent)
    kinds = [(shape[-1], outs), (outs,)][: 1 + bias]
    same(props.described(layer), kinds, "shapes of parameters()")
    found = props.pulled(layer, tensor(x), tensor(cotangent))
    close(found["out"], expected["out"], what, **TIGHT)
    names = ["gradient of x", "gradient of weight", "gradient of bias"]
    for name, mine, right in zip(names, found["grads"], expected["grads"], strict=False):
        close(mine, right, name, **TIGHT)
    return found


def keeps(found):
    """Require that a layer has kept the tensor that it returned."""
    assert found["kept"] != "nothing", "after a call there is no .out: what the call returns is to be kept there"
    assert found["kept"] == "that tensor", ".out is not the tensor that the call returned"


@exercise("linear", points=4, cpu=1.0, answers=("Linear.__init__", "Linear.__call__", "Linear.parameters"))
class TestLinear:
    """x @ weight + bias, as an object that keeps its output."""

    def test_values(self, props, oracle, rng):
        """value and all gradients"""
        linear(props, oracle, rng, (6, 4), 3)

    def test_square(self, props, oracle, rng):
        """as many inputs as outputs: a transposed weight or a bias on the wrong side shows"""
        linear(props, oracle, rng, (5, 4), 4)

    def test_without_bias(self, props, oracle, rng):
        """bias=False: no bias, and parameters() has the weight alone"""
        linear(props, oracle, rng, (6, 4), 3, bias=False)

    def test_out(self, props, oracle, rng):
        """.out is the very tensor that was returned, so that its gradient can be looked at"""
        keeps(linear(props, oracle, rng, (6, 4), 3))

    def test_first_weights(self, learner, props):
        """a fresh weight has standard deviation 1 / sqrt(fan_in), a fresh bias is zero, all float32"""
        for fan_in in (400, 25):
            weight, bias = props.held(learner.Linear(fan_in, 90), "weight", "bias")
            same([weight.dtype, bias.dtype], ["float32"] * 2, "dtypes of weight and bias")
            same(weight.shape, (fan_in, 90), "shape of weight")
            scaled = spread(weight.array) * math.sqrt(fan_in)
            close(scaled, 1.0, "standard deviation of the weight, times sqrt(fan_in)", rtol=0, atol=0.08)
            close(bias, tensor(np.zeros(90, "f")), "bias", **EXACT)

    def test_independent(self, learner, props):
        """two layers share nothing"""
        one, two = (props.held(learner.Linear(5, 4), "weight")[0].array for _ in range(2))
        same(one.shape, (5, 4), "shape of a weight")
        assert not np.array_equal(one, two), "two fresh layers have the same weights"

    @edge
    @pytest.mark.parametrize("shape", [(2, 3, 4), (4,), (2, 1, 3, 4)], ids=str)
    def test_axes(self, props, oracle, rng, shape):
        """any number of axes in front"""
        linear(props, oracle, rng, shape, 5)

    @edge
    def test_generator(self, learner, props):
        """the generator decides, and the global one does not move"""
        made = [props.held(learner.Linear(5, 4, generator=props.generator(s)), "weight")[0] for s in (8, 8, 9)]
        close(made[1], made[0], "weight from the same generator", **EXACT)
        assert not np.array_equal(made[0].array, made[2].array), "two generators give the same weight"
        assert not props.moves_global("Linear", 5, 4), "torch's global generator moves beside yours"


# What is expected then depends on the answer, and the page says so.
NEARER = ", its variance over N or N - 1, whichever is nearer to yours"


def nearer(found, candidates):
    """Return the candidate whose output is nearest to what was found, the first where none compares."""

    def distance(one):
        if not isinstance(found, Tensor) or found.shape != one["out"].shape:
            return 0.0
        return float(np.nan_to_num(np.abs(found.array - one["out"].array), nan=np.inf).max())

    return min(candidates, key=distance)


def normed(learner, oracle, rng, x, *, row=False, tolerance=ROOM, exact=False, **options):
    """Require value and gradients of batch_norm with random gain and bias. Core: with either variance."""
    dim = x.shape[1]
    gain, bias, cotangent = 1.5 + normal(rng, dim, scale=0.5), normal(rng, dim), normal(rng, *x.shape)
    if row:
        gain, bias = gain[None], bias[None]
    pull = learner.vjp("batch_norm", tensor(x), tensor(gain), tensor(bias), **options)
    if exact:
        expected = oracle.batch_norm(x, gain, bias, cotangent, **options)
    else:
        expected = nearer(pull.value, [oracle.batch_norm(x, gain, bias, cotangent, unbiased=u) for u in (False, True)])
    which = "" if exact else NEARER
    close(pull.value, expected["out"], f"batch_norm(hpreact, bngain, bnbias){which}", **tolerance)
    for name, mine, right in zip(
        ("hpreact", "bngain", "bnbias"), pull(tensor(cotangent)), expected["grads"], strict=True
    ):
        close(mine, right, f"gradient of {name}", **tolerance)


@exercise("batch_norm", points=8, cpu=1.0)
class TestBatchNorm:
    """Each column: minus its mean, by its standard deviation, times a gain, plus a bias."""

    def test_values(self, learner, oracle, rng):
        """value and all gradients"""
        normed(learner, oracle, rng, 3 + normal(rng, 4, 6, scale=5))

    def test_square(self, learner, oracle, rng):
        """as many examples as units: a mean over the wrong axis shows"""
        normed(learner, oracle, rng, normal(rng, 5, 5, scale=4) + normal(rng, 5) * 9)

    def test_rows(self, learner, oracle, rng):
        """gain and bias of shape (1, H), as the lecture has them"""
        normed(learner, oracle, rng, 2 + normal(rng, 7, 3, scale=4), row=True)

    def test_two(self, learner, oracle, rng):
        """a batch of four with columns of very different size"""
        normed(learner, oracle, rng, normal(rng, 4, 3) * [3.0, 40.0, 500.0] + [0.0, -70.0, 200.0])

    def test_float32(self, learner, oracle, rng):
        """float32 stays float32"""
        x, gain, bias = (normal(rng, *size).astype(np.float32) for size in ((9, 5), (5,), (5,)))
        found = learner.batch_norm(*map(tensor, (x, gain, bias)))
        arrays = [one.astype(np.float64) for one in (x, gain, bias)]
        options = [oracle.batch_norm(*arrays, np.ones((9, 5)), unbiased=u) for u in (False, True)]
        expected = nearer(found, options)["out"].array.astype(np.float32)
        close(found, tensor(expected), "batch_norm in float32", **ROOM)

    @edge
    @pytest.mark.parametrize("unbiased", [False, True])
    def test_unbiased(self, learner, oracle, rng, unbiased):
        """unbiased says which variance: N - 1 with True, N with False and by default"""
        x = normal(rng, 4, 6, scale=5)
        normed(learner, oracle, rng, x, exact=True, tolerance=TIGHT, unbiased=unbiased)
        normed(learner, oracle, rng, x, exact=True, tolerance=TIGHT)

    @edge
    def test_small_spread(self, learner, oracle, rng):
        """columns with a spread of 0.001: eps is 1e-5, and stands under the root"""
        normed(learner, oracle, rng, 0.3 + normal(rng, 6, 4, scale=1e-3), exact=True, tolerance=TIGHT)

    @edge
    def test_eps(self, learner, oracle, rng):
        """an eps of 0.1 is used"""
        normed(learner, oracle, rng, normal(rng, 6, 4), exact=True, tolerance=TIGHT, eps=0.1)

    @edge
    def test_pair(self, learner, oracle, rng):
        """a batch of two"""
        normed(learner, oracle, rng, normal(rng, 2, 5, scale=5), exact=True, tolerance=TIGHT)

    @edge
    def test_constant(self, learner, oracle, rng):
        """a column of equal numbers becomes its bias, and its gradient is no nan"""
        x = normal(rng, 6, 4)
        x[:, 2] = 1.5
        normed(learner, oracle, rng, x, exact=True, tolerance=TIGHT)

    @edge
    def test_one_example(self, learner, oracle, rng):
        """N = 1 raises ValueError"""
        normed(learner, oracle, rng, normal(rng, 5, 4, scale=5))
        one = [tensor(normal(rng, *size)) for size in ((1, 4), (4,), (4,))]
        raises(ValueError, lambda: learner.batch_norm(*one), "a batch of one example")

    @edge
    def test_arguments_stay(self, learner, props, oracle, rng):
        """arguments stay as they are"""
        normed(learner, oracle, rng, normal(rng, 5, 4, scale=5))
        stays(props, "batch_norm", *(tensor(normal(rng, *size)) for size in ((5, 4), (4,), (4,))))


def layer_of(props, rng, dim, **options):
    """Return a BatchNorm1d with random gamma and beta, and these two."""
    gamma, beta = 1.5 + normal(rng, dim, scale=0.5), normal(rng, dim)
    zeros, ones = tensor(np.zeros(dim)), tensor(np.ones(dim))
    tensors = {"gamma": tensor(gamma), "beta": tensor(beta), "running_mean": zeros, "running_var": ones}
    return props.made("BatchNorm1d", tensors, dim, **options), gamma, beta


def layered(props, oracle, rng, x, *, tolerance=ROOM, exact=False, **options):
    """Require value and gradients of a BatchNorm1d in training. Core: with either variance."""
    layer, gamma, beta = layer_of(props, rng, x.shape[1], **options)
    cotangent = normal(rng, *x.shape)
    found = props.pulled(layer, tensor(x), tensor(cotangent))
    kinds = (False,) if exact else (False, True)
    eps = {"eps": options["eps"]} if "eps" in options else {}
    expected = nearer(found["out"], [oracle.batch_norm(x, gamma, beta, cotangent, unbiased=u, **eps) for u in kinds])
    close(found["out"], expected["out"], f"BatchNorm1d(x) in training{'' if exact else NEARER}", **tolerance)
    same(len(found["grads"]), 3, "gradients: of x, and of what parameters() gives")
    for name, mine, right in zip(("x", "gamma", "beta"), found["grads"], expected["grads"], strict=True):
        close(mine, right, f"gradient of {name}", **tolerance)
    return layer, found


def remembers(props, oracle, rng, batches, tolerance=TIGHT, **options):
    """Require the running averages after some batches; return the layer, gamma, beta, and what was found."""
    layer, gamma, beta = layer_of(props, rng, batches[0].shape[1], **options)
    expected = oracle.buffers(batches, **({"momentum": options["momentum"]} if "momentum" in options else {}))
    after = f"{len(batches)} batches" if len(batches) > 1 else "one batch"
    found = props.fed(layer, [tensor(batch) for batch in batches])
    close(found["mean"], expected["mean"], f"running_mean after {after}", **tolerance)
    close(found["var"], expected["var"], f"running_var after {after}", **tolerance)
    return layer, gamma, beta, found


def draw_batches(rng, sizes, dim):
    return [normal(rng, n, dim, scale=3) + normal(rng, dim, scale=4) for n in sizes]


def in_use(props, layer, gamma, beta, found, x, what):
    """Require what the layer makes of x outside of training, and that its buffers stay."""
    mean, var = found["mean"].array, found["var"].array
    out, mean_after, var_after = props.used(layer, tensor(x))
    close(out, tensor(gamma * (x - mean) / np.sqrt(var + 1e-5) + beta), what, **ROOM)
    close([mean_after, var_after], [tensor(mean), tensor(var)], "running_mean and running_var afterwards", **TIGHT)


@exercise(
    "batch_norm_1d",
    points=8,
    cpu=1.0,
    answers=("BatchNorm1d.__init__", "BatchNorm1d.__call__", "BatchNorm1d.parameters"),
)
class TestBatchNorm1d:
    """BatchNorm as a layer, with running averages for use without a batch."""

    def test_training(self, props, oracle, rng):
        """in training: value and all gradients"""
        layered(props, oracle, rng, 3 + normal(rng, 4, 6, scale=5))

    def test_out(self, props, oracle, rng):
        """.out is the very tensor that was returned"""
        _, found = layered(props, oracle, rng, normal(rng, 6, 3, scale=5))
        keeps(found)

    @pytest.mark.parametrize("sizes", [(4,), (6, 4, 9, 5, 7)], ids=["one", "five"])
    def test_buffers(self, props, oracle, rng, sizes):
        """the running averages after one batch and after five: 10 % of the new one each time"""
        remembers(props, oracle, rng, draw_batches(rng, sizes, 3))

    def test_in_use(self, props, oracle, rng):
        """with training False: the running averages take the place of the batch, and stay as they are"""
        layer, gamma, beta, found = remembers(props, oracle, rng, draw_batches(rng, (6, 4, 9), 3))
        for _ in range(2):
            in_use(props, layer, gamma, beta, found, 2 + normal(rng, 5, 3, scale=6), "BatchNorm1d(x) in use")

    def test_no_graph(self, props, oracle, rng):
        """the buffers require no gradient and are no parameters"""
        layer, _, _, found = remembers(props, oracle, rng, draw_batches(rng, (6, 4), 3))
        assert not found["graph"], "a buffer requires a gradient: it keeps the graphs of all steps alive"
        same(props.described(layer), [(3,), (3,)], "shapes of parameters(), which are gamma and beta")

    def test_fresh(self, learner, props, oracle, rng):
        """a fresh layer: ones and zeros of shape (dim,), and training is True"""
        layer = learner.BatchNorm1d(5)
        ones, zeros = tensor(np.ones(5, "f")), tensor(np.zeros(5, "f"))
        names = ("gamma", "beta", "running_mean", "running_var")
        for name, mine, right in zip(names, props.held(layer, *names), (ones, zeros, zeros, ones), strict=True):
            close(mine, right, f"{name} of a fresh layer", **EXACT)
        same(layer.training, True, "training of a fresh layer")
        layered(props, oracle, rng, normal(rng, 6, 3, scale=5))

    @edge
    def test_biased(self, props, oracle, rng):
        """in training the forward pass divides by N, the buffer gets N - 1"""
        layered(props, oracle, rng, 3 + normal(rng, 4, 6, scale=5), exact=True, tolerance=TIGHT)
        layered(props, oracle, rng, normal(rng, 6, 4, scale=1e-3), exact=True, tolerance=TIGHT, eps=1e-3)

    @edge
    def test_shape(self, props, oracle, rng):
        """the buffers keep their shape (dim,)"""
        _, _, _, found = remembers(props, oracle, rng, draw_batches(rng, (6, 4), 3))
        same(found["shapes"], [(3,), (3,)], "shapes of running_mean and running_var after two batches")

    @edge
    @pytest.mark.parametrize("momentum", [1.0, 0.0, 0.3])
    def test_momentum(self, props, oracle, rng, momentum):
        """a momentum of 1 copies the last batch, one of 0 changes nothing"""
        remembers(props, oracle, rng, draw_batches(rng, (6, 4, 5), 3))
        remembers(props, oracle, rng, draw_batches(rng, (6, 4, 5), 3), momentum=momentum)

    @edge
    def test_one_example(self, props, oracle, rng):
        """one example: fine in use, ValueError in training; two are enough"""
        layered(props, oracle, rng, normal(rng, 2, 3, scale=5), exact=True, tolerance=TIGHT)
        layer, gamma, beta, found = remembers(props, oracle, rng, draw_batches(rng, (6, 4), 3))
        in_use(props, layer, gamma, beta, found, normal(rng, 1, 3), "BatchNorm1d(x) of one example in use")
        fresh, _, _ = layer_of(props, rng, 3)
        raises(ValueError, lambda: fresh(tensor(normal(rng, 1, 3))), "one example in training")


def measured(props, rng, rows, *args, offset=0.0, tolerance=TIGHT):
    """Require mean and variance of a linear layer over all rows; return what was found."""
    X, W, b = normal(rng, rows, 4), normal(rng, 4, 3), offset + normal(rng, 3)
    found = props.calibrated(tensor(X), tensor(W), tensor(b), *args)
    made = X @ W
    close(found["mean"], tensor(made.mean(axis=0, keepdims=True) + b), "mean", **tolerance)
    close(found["var"], tensor(made.var(axis=0, ddof=1, keepdims=True)), "variance", **tolerance)
    return found


@exercise("calibrate_batchnorm", points=5, cpu=1.0)
class TestCalibrateBatchnorm:
    """Mean and variance of every hidden unit over a whole data set."""

    def test_values(self, props, rng):
        """mean and variance, (1, H) each"""
        measured(props, rng, 50)

    def test_few(self, props, rng):
        """five rows: the variance divides by N - 1"""
        measured(props, rng, 5)

    def test_no_graph(self, props, rng):
        """neither of them requires a gradient"""
        assert not measured(props, rng, 30)["graph"], "the result requires a gradient; nobody will call backward on it"

    @pytest.mark.parametrize("size", [10, 7], ids=["even", "rest"])
    def test_batches(self, props, rng, size):
        """the same for every batch_size, also where the last batch is smaller"""
        measured(props, rng, 50, size)

    @edge
    @pytest.mark.parametrize("size", [7, 1, 49, 500])
    def test_at_most(self, props, rng, size):
        """never more than batch_size rows at once"""
        found = measured(props, rng, 50, size)
        assert found["largest"] <= size, f"{found['largest']} rows went in at once; batch_size was {size}"

    @edge
    def test_offset(self, props, rng):
        """columns with a mean of a million and a spread of 1"""
        measured(props, rng, 50, 8, offset=1e6, tolerance={"rtol": 1e-8, "atol": 1e-8})


def beyond(h, threshold=0.97):
    return float(np.mean(np.abs(h) > threshold))


@exercise("saturation", points=4, cpu=1.0, answers=("saturation_fraction", "dead_relu_units"))
class TestSaturation:
    """Which share of tanh is saturated, and which relus are dead."""

    @pytest.mark.parametrize("shape", [(8, 5), (64, 3), (40,)], ids=str)
    def test_share(self, learner, rng, shape):
        """the share beyond 0.97, on both sides"""
        h = np.tanh(normal(rng, *shape, scale=3))
        close(learner.saturation_fraction(tensor(h)), beyond(h), "saturation_fraction(h)", **ROOM)

    def test_sides(self, learner, rng):
        """beyond 0.97 and beyond -0.97, each for itself"""
        up, down = (int(n) for n in rng.integers(1, 20, size=2))
        inner = rng.uniform(-0.96, 0.96, size=60 - up - down)
        h = rng.permutation(np.concatenate([np.full(up, 0.98), np.full(down, -0.99), inner]))
        close(learner.saturation_fraction(tensor(h)), beyond(h), "saturation_fraction(h)", **ROOM)

    def test_dead(self, learner, rng):
        """units that are below 0 for every example, and no others"""
        preact, dead = normal(rng, 5, 17, scale=0.05), np.sort(rng.choice(17, size=4, replace=False))
        preact[0] = np.abs(preact[0]) + 0.01
        preact[:, dead] = -np.abs(preact[:, dead]) - 0.01
        close(learner.dead_relu_units(tensor(preact)), tensor(dead), "dead_relu_units(preact)", **EXACT)

    def test_square(self, learner, rng):
        """as many examples as units; an example for which every unit is off is no dead unit"""
        preact, dead = np.abs(normal(rng, 13, 13, scale=0.05)) + 0.01, np.sort(rng.choice(13, size=3, replace=False))
        preact[:, dead] *= -1
        preact[rng.integers(13)] *= -1
        preact[:, dead] = -np.abs(preact[:, dead])
        close(learner.dead_relu_units(tensor(preact)), tensor(dead), "dead_relu_units(preact)", **EXACT)

    def test_one_example(self, learner, rng):
        """a single example: what is off for it is dead"""
        preact = normal(rng, 1, 25, scale=0.05)
        close(learner.dead_relu_units(tensor(preact)), tensor(np.flatnonzero(preact < 0)), "dead_relu_units", **EXACT)

    @edge
    def test_threshold(self, learner, rng):
        """another threshold, and a float as the answer"""
        h = np.tanh(normal(rng, 9, 5))
        for threshold in (0.5, 0.8):
            found = learner.saturation_fraction(tensor(h), threshold)
            close(found, beyond(h, threshold), f"saturation_fraction(h, {threshold})", **ROOM)
        h = np.array([0.5, -0.5, 0.75, 0.25])
        close(
            learner.saturation_fraction(tensor(h), 0.5),
            0.25,
            "saturation_fraction, two numbers at the threshold",
            **ROOM,
        )

    @edge
    def test_zero(self, learner, rng):
        """exactly 0 is off, too"""
        preact, dead = np.abs(normal(rng, 3, 17, scale=0.05)) + 0.01, np.sort(rng.choice(17, size=4, replace=False))
        preact[:, dead] *= -1
        preact[1, dead[1:]] = 0
        preact[:, dead[0]] = 0
        close(learner.dead_relu_units(tensor(preact)), tensor(dead), "dead_relu_units(preact)", **EXACT)

    @edge
    def test_none_dead(self, learner, rng):
        """nothing dead: an empty int64 tensor"""
        preact, dead = np.abs(normal(rng, 4, 17, scale=0.05)) + 0.01, np.sort(rng.choice(17, size=3, replace=False))
        empty = learner.dead_relu_units(tensor(preact))
        close(empty, tensor(np.zeros(0, np.int64)), "dead_relu_units where none is dead", **EXACT)
        preact[:, dead] *= -1
        close(learner.dead_relu_units(tensor(preact)), tensor(dead), "dead_relu_units(preact)", **EXACT)


def ratios(props, rng, lr, *, without=(), lazy=False):
    """Require the ratios of three parameters; return whether a tensor was changed."""
    values = [normal(rng, *shape, scale=s) for shape, s in (((3, 4), 2.0), ((7,), 0.3), ((2, 5), 10.0))]
    grads = [normal(rng, *value.shape, scale=s) for value, s in zip(values, (0.1, 4.0, 0.5), strict=True)]
    expected = [math.log10(lr * g.std() / v.std()) for v, g in zip(values, grads, strict=True)]
    sent = [None if i in without else tensor(g) for i, g in enumerate(grads)]
    found, changed = props.with_grads("update_to_data_ratio", [tensor(v) for v in values], sent, lr, lazy=lazy)
    expected = [math.nan if i in without else one for i, one in enumerate(expected)]
    close(found, expected, f"update_to_data_ratio(params, {lr})", **ROOM)
    return changed


def reports(props, expected, grads, what="grad_report(params)", **options):
    """Require the report about parameters with these gradients."""
    values = [tensor(np.ones(3 if g is None else np.shape(g))) for g in grads]
    sent = [None if g is None else tensor(np.array(g, dtype=np.float64)) for g in grads]
    found, _ = props.with_grads("grad_report", values, sent, **options)
    names = ("exploding", "vanishing", "nan")
    same({name: list(found[name]) for name in names}, dict(zip(names, expected, strict=True)), what)


@exercise("gauges", points=4, cpu=1.0, answers=("update_to_data_ratio", "grad_report"))
class TestGauges:
    """How fast parameters move, and which gradients are unhealthy."""

    def test_thousandth(self, props, rng):
        """a step of a thousandth: -3"""
        value = normal(rng, 6, 4)
        found, _ = props.with_grads("update_to_data_ratio", [tensor(value)], [tensor(value / 100)], 0.1)
        close(found, [-3.0], "update_to_data_ratio(params, 0.1)", **ROOM)

    @pytest.mark.parametrize("lr", [1.0, 0.1, 0.037])
    def test_ratios(self, props, rng, lr):
        """three parameters, with several learning rates"""
        ratios(props, rng, lr)

    def test_report(self, props):
        """one that explodes, one that has vanished, one with nan, two that are fine"""
        nan = math.nan
        grads = [[0.1, -0.2], [200.0, 3.0], [1e-10, -1e-11], [0.5, nan], [3.0, -4.0]]
        reports(props, [[1], [2], [3]], grads)

    def test_signs(self, props):
        """large negative gradients explode, and two that cancel have not vanished"""
        reports(props, [[0, 2], [1], []], [[-500.0, 1.0], [1e-12, 1e-12], [300.0, -300.0], [0.5, -0.5]])

    def test_norm(self, props):
        """the norm decides: many numbers of 20 explode together, and so does one of 150 among small ones"""
        reports(props, [[0, 3], [2], []], [[20.0] * 36, [20.0] * 4, [0.0, 0.0, 0.0], [150.0, 1.0, 1.0, 1.0]])

    @edge
    def test_none(self, props, rng):
        """a grad that is None: nan as a ratio, and in no list of the report"""
        ratios(props, rng, 0.1, without=(1,))
        reports(props, [[1], [2], []], [None, [200.0], [0.0], None])

    @edge
    def test_limits(self, props):
        """other limits, and inf explodes"""
        reports(props, [[2, 3], [0], []], [[0.01], [0.5], [2.0], [math.inf]], low=0.1, high=1.0)

    @edge
    def test_nan_and_large(self, props):
        """nan beside huge numbers is nan, and stands in one list only"""
        reports(props, [[1], [], [0]], [[math.nan, 1e9], [1e9, 1.0]])

    @edge
    def test_manners(self, props, rng):
        """a generator of parameters; parameters and gradients stay as they are"""
        assert not ratios(props, rng, 0.1, lazy=True), "a parameter or its gradient was changed"


def toy_row(props, rng, *widths):
    """Return toy layers of these widths, and their tensors as arrays in order."""
    pairs = [(normal(rng, a, b), normal(rng, b)) for a, b in itertools.pairwise(widths)]
    return props.toys([[tensor(w), tensor(b)] for w, b in pairs]), [one for pair in pairs for one in pair]


def through(x, arrays):
    for weight, shift in zip(arrays[::2], arrays[1::2], strict=True):
        x = x @ weight + shift
    return x


def runs(props, rng, *widths):
    """Require a row's value; return the row, its layers and their arrays."""
    layers, arrays = toy_row(props, rng, *widths)
    sequence, x = props.row(layers), normal(rng, 5, widths[0])
    close(sequence(tensor(x)), tensor(through(x, arrays)), "Sequential(layers)(x)", **TIGHT)
    return sequence, layers, arrays


@exercise(
    "sequential",
    points=6,
    cpu=1.0,
    answers=(
        "Sequential.__init__",
        "Sequential.__call__",
        "Sequential.parameters",
        "Sequential.train",
        "Sequential.eval",
    ),
)
class TestSequential:
    """Layers in a row, their parameters, and the flag that all of them share."""

    def test_order(self, props, rng):
        """each layer gets what the one before gave; the same again the second time"""
        sequence, _, arrays = runs(props, rng, 4, 3, 6, 2)
        x = normal(rng, 3, 4)
        close(sequence(tensor(x)), tensor(through(x, arrays)), "the second call", **TIGHT)

    def test_square(self, props, rng):
        """layers of equal width: their order shows in the numbers alone"""
        runs(props, rng, 3, 3, 3, 3)

    def test_out(self, props, rng):
        """.out is the last result"""
        sequence, _, arrays = runs(props, rng, 4, 3, 6)
        x = normal(rng, 2, 4)
        sequence(tensor(x))
        close(sequence.out, tensor(through(x, arrays)), "Sequential.out", **TIGHT)

    def test_parameters(self, props, rng):
        """the parameters of all layers, in order, in one flat list"""
        sequence, _, arrays = runs(props, rng, 4, 3, 6, 2)
        found = props.flat(sequence)
        assert not isinstance(found, str), f"parameters() {found}; a flat list of tensors is wanted"
        close(found, [tensor(one) for one in arrays], "parameters()", **EXACT)

    def test_layers(self, props, rng):
        """.layers holds the very layers that were given"""
        sequence, layers, _ = runs(props, rng, 4, 3, 6, 2)
        assert props.holds(sequence, layers), ".layers does not hold the layers that were given, in their order"

    def test_modes(self, props, rng):
        """eval() and train() set the flag on every layer"""
        sequence, layers, _ = runs(props, rng, 4, 3, 6, 2)
        sequence.eval()
        same(props.flags(layers), [False] * 3, "training of the layers after eval()")
        sequence.train()
        same(props.flags(layers), [True] * 3, "training of the layers after train()")

    @edge
    def test_nested(self, props, rng):
        """a row in a row: flags and parameters, however deep"""
        inner, inner_layers, inner_arrays = runs(props, rng, 3, 5, 2)
        first, arrays = toy_row(props, rng, 4, 3)
        outer = props.row([props.row([*first, inner])])
        x = normal(rng, 3, 4)
        close(outer(tensor(x)), tensor(through(x, arrays + inner_arrays)), "nested rows", **TIGHT)
        close(props.flat(outer), [tensor(one) for one in arrays + inner_arrays], "parameters() of nested rows", **EXACT)
        outer.eval()
        same(
            props.flags([outer, inner, *first, *inner_layers]), [False] * 5, "training of rows and layers after eval()"
        )
        outer.train()
        same(
            props.flags([outer, inner, *first, *inner_layers]), [True] * 5, "training of rows and layers after train()"
        )

    @edge
    def test_twice(self, props, rng):
        """a layer that stands in the row twice gives its parameters once"""
        layers, arrays = toy_row(props, rng, 3, 3)
        sequence, x = props.row([*layers, *layers]), normal(rng, 4, 3)
        close(sequence(tensor(x)), tensor(through(x, arrays * 2)), "a layer used twice", **TIGHT)
        close(props.flat(sequence), [tensor(one) for one in arrays], "parameters()", **EXACT)

    @edge
    def test_empty(self, props, rng):
        """no layers: x comes back"""
        runs(props, rng, 4, 3)
        x = tensor(normal(rng, 3, 4))
        close(props.row([])(x), x, "an empty row", **EXACT)


def builds(props, rng, norm, sizes=(6, 9, 4, 3)):
    """Require the layers of a deep net, with their shapes; return it."""
    n_in, n_hidden, n_out, n_layer = sizes
    net = props.deep(seed(rng), *sizes, norm)
    assert not props.shared(net), "two places of the net hold one and the same layer, and so the same weights"
    expected, width = [], n_in
    for _ in range(n_layer):
        expected.append(["Linear", [(width, n_hidden)] if norm else [(width, n_hidden), (n_hidden,)]])
        expected += [["BatchNorm1d", [(n_hidden,)] * 2]] if norm else []
        expected.append(["Tanh", []])
        width = n_hidden
    same(props.anatomy(net), [*expected, ["Linear", [(width, n_out), (n_out,)]]], "layers and shapes of parameters")
    return net


def task(rng, rows=96):
    """Return a task of five classes that no linear layer can do."""
    x = normal(rng, rows, 12)
    return tensor(x.astype(np.float32)), tensor((x[:, :5] * x[:, 5:10]).argmax(axis=1))


@exercise("deep_net", points=5, cpu=3.0, needs=("linear", "batch_norm_1d", "sequential"))
class TestDeepNet:
    """Six layers that can be trained from the first step on."""

    @pytest.mark.parametrize("norm", [True, False], ids=["norm", "plain"])
    def test_layers(self, props, rng, norm):
        """the layers, one by one, with and without BatchNorm"""
        builds(props, rng, norm)
        builds(props, rng, norm, (5, 8, 3, 1))

    @pytest.mark.parametrize("norm", [True, False], ids=["norm", "plain"])
    def test_sizes(self, props, rng, norm):
        """the size of the weights: gain 5/3 without BatchNorm, and a tenth in the last layer"""
        _, found = props.spreads(props.deep(seed(rng), 50, 100, 40, 3, norm), tensor(normal(rng, 80, 50).astype("f")))
        scaled = [one * math.sqrt(fan) for one, fan in zip(found, (50, 100, 100, 100), strict=True)]
        if not norm:
            close(
                scaled[:3],
                [5 / 3] * 3,
                "standard deviation of the hidden weights, times sqrt(fan_in)",
                rtol=0,
                atol=0.1,
            )
        close(scaled[3], 0.1, "standard deviation of the last weight, times sqrt(fan_in)", rtol=0, atol=0.01)

    @pytest.mark.parametrize("norm", [True, False], ids=["norm", "plain"])
    def test_spreads(self, props, rng, norm):
        """six layers: behind the last tanh there is still something to see"""
        outs, _ = props.spreads(builds(props, rng, norm, (12, 60, 5, 6)), task(rng)[0])
        assert 0.3 < outs[-2] < 0.95, f"behind the sixth tanh numbers have a spread of {outs[-2]:.2g}"

    @pytest.mark.parametrize("norm", [True, False], ids=["norm", "plain"])
    def test_trains(self, props, rng, norm):
        """six layers learn in 80 steps; the first loss is near ln 5 = 1.61"""
        x, y = task(rng)
        first, last = props.trained(props.deep(seed(rng), 12, 40, 5, 6, norm), x, y, 80, 0.3)
        assert abs(first - math.log(5)) < 0.1, f"the first loss is {first:.2f}; without an opinion it is ln 5 = 1.61"
        assert last < 1.0, f"after 80 steps the loss is {last:.2f}"

    def test_badly_begun(self, props, rng):
        """hidden weights a fifth as large: BatchNorm does not mind, and without it the net stands still"""
        x, y = task(rng)
        last = {n: props.trained(props.deep(seed(rng), 12, 40, 5, 6, n), x, y, 80, 0.3, 0.2)[1] for n in (True, False)}
        assert last[True] < 1.0, f"with BatchNorm the loss is {last[True]:.2f} after 80 steps"
        assert last[False] > 1.3, (
            f"without BatchNorm the loss is {last[False]:.2f}: the net is another one than was asked"
        )

    @edge
    def test_generator(self, props, rng):
        """the generator decides, and the global one does not move"""
        builds(props, rng, True)
        x = tensor(normal(rng, 7, 6).astype("f"))
        other, one, two = (props.deep(number, 6, 9, 4, 3, True, given=True)(x) for number in (9, 8, 8))
        close(two, one, "a net from the same generator", **EXACT)
        assert not np.array_equal(other.array, one.array), "two generators give the same net"
        assert not props.moves_global("deep_net", 6, 9, 4, 3), "torch's global generator moves beside yours"
