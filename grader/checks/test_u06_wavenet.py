"""Checks of unit 06: a tree over the context, BatchNorm over batch and time, causal convolution.

Core checks are in float32, as the lecture is, and take either variance in BatchNorm's forward pass; float64 and the
biased one are edges. Sizes differ from each other, but for checks that want them equal.
"""

import math

import numpy as np
import pytest

from grader import close, edge, exercise, raises, same, tensor

UNIT = {
    "title": "WaveNet: a tree over the past",
    "lecture": "Building makemore Part 5: Building a WaveNet",
    "libraries": ["torch"],
    "forbid": {
        "causal_conv1d is an exercise: a padded x, slices of it, and one product for each place of the kernel": [
            "torch.nn.Conv*",
            "torch.nn.Unfold",
            "torch.nn.functional.conv*",
            "torch.nn.functional.unfold",
            "torch.conv*",
            "torch.Tensor.unfold",
        ],
        "BatchNorm1d is an exercise: mean and variance of each channel, a gain and a shift": [
            "torch.nn.BatchNorm*",
            "torch.nn.SyncBatchNorm",
            "torch.nn.functional.batch_norm",
            "torch.batch_norm",
            "torch.native_batch_norm",
        ],
    },
}

EXACT = {"rtol": 0.0, "atol": 0.0}
# Room for float32: its noise is below 1e-5 here, and the smallest slip moves a value by more than 1e-3.
ROOM = {"rtol": 1e-4, "atol": 1e-4}
# float64 sums in another order differ by 1e-15.
TIGHT = {"rtol": 1e-7, "atol": 1e-10}


def single(value):
    """Return an array, a tensor, or a list or dict of such, in float32."""
    if isinstance(value, dict):
        return {name: single(one) for name, one in value.items()}
    if isinstance(value, list):
        return [single(one) for one in value]
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float32))


def double(value):
    """Return an array, or a list or dict of such, as tensors of float64."""
    if isinstance(value, dict):
        return {name: double(one) for name, one in value.items()}
    if isinstance(value, list):
        return [double(one) for one in value]
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float64))


def normal(rng, *size, scale=1.0):
    """Return numbers that float32 holds exactly."""
    return (rng.normal(size=size) * scale).astype(np.float32).astype(np.float64)


def seed(rng):
    return int(rng.integers(2**31))


def stays(props, function, *args, **kwargs):
    """Require that a call leaves its arguments as they were."""
    moved = props.changed(function, *args, **kwargs)
    assert not moved, f"{moved[0]} was changed in place; the caller still needs what was in there"


def joined(x, n):
    """Return what FlattenConsecutive(n) gives: the n strided parts of x side by side."""
    out = np.concatenate([x[:, i::n] for i in range(n)], axis=-1)
    return out[:, 0] if out.shape[1] == 1 else out


def flattens(learner, x, n, layer=None, kind=single):
    layer = layer or learner.FlattenConsecutive(n)
    close(layer(kind(x)), kind(joined(x, n)), f"FlattenConsecutive({n})(x)", **EXACT)
    return layer


@exercise(
    "flatten_consecutive",
    points=5,
    cpu=1.0,
    answers=("FlattenConsecutive.__init__", "FlattenConsecutive.__call__", "FlattenConsecutive.parameters"),
)
class TestFlattenConsecutive:
    """Neighbouring places side by side, in their order."""

    def test_pairs(self, learner, rng):
        """n = 2: places 0 and 1 become one, places 2 and 3 the next"""
        flattens(learner, normal(rng, 5, 6, 3), 2)

    @pytest.mark.parametrize(("n", "places"), [(3, 6), (4, 8), (5, 10)])
    def test_other_n(self, learner, rng, n, places):
        """other n: 3, 4 and 5; and n = 1, which changes nothing"""
        flattens(learner, normal(rng, 2, places, 7), n)
        flattens(learner, normal(rng, 2, places, 3), 1)

    @pytest.mark.parametrize("n", [2, 8])
    def test_one_place_left(self, learner, rng, n):
        """n = T: one place is left, and its axis goes"""
        flattens(learner, normal(rng, 5, n, 3), n)

    def test_one_example(self, learner, rng):
        """a batch of one stays a batch"""
        flattens(learner, normal(rng, 1, 4, 3), 2)
        flattens(learner, normal(rng, 1, 4, 3), 4)

    def test_one_channel(self, learner, rng):
        """one channel: that axis stays, too"""
        flattens(learner, normal(rng, 3, 6, 1), 2)
        flattens(learner, normal(rng, 3, 1, 1), 1)

    def test_used(self, learner, rng):
        """the same layer again, with other sizes"""
        layer = flattens(learner, normal(rng, 4, 6, 3), 2)
        flattens(learner, normal(rng, 2, 10, 5), 2, layer)

    def test_gradient(self, learner, rng):
        """each number gets the gradient of the place it went to"""
        x = normal(rng, 3, 4, 5)
        place = np.arange(60.0).reshape(3, 4, 5)
        pull = learner.vjp(learner.FlattenConsecutive(2), single(x))
        close(pull.value, single(joined(x, 2)), "FlattenConsecutive(2)(x)", **EXACT)
        close(pull(single(joined(place, 2)))[0], single(place), "gradient of x", **EXACT)

    def test_parameters(self, learner, props, rng):
        """nothing is trained: parameters() is an empty list"""
        layer = flattens(learner, normal(rng, 2, 4, 3), 2)
        same(props.numbers(layer), [], "parameters()")

    @edge
    @pytest.mark.parametrize(("n", "places"), [(2, 5), (3, 8), (4, 2)])
    def test_rest(self, learner, rng, n, places):
        """a T that n does not divide raises ValueError"""
        layer = flattens(learner, normal(rng, 2, 12, 3), n)
        raises(ValueError, lambda: layer(single(normal(rng, 2, places, 12))), f"n = {n} with {places} places")

    @edge
    def test_transposed(self, learner, props, rng):
        """an x that lies in memory in another order"""
        x = normal(rng, 6, 5, 3)
        out = props.transposed(learner.FlattenConsecutive(2), single(x))
        close(out, single(joined(x.transpose(1, 0, 2), 2)), "FlattenConsecutive(2)(x.transpose(0, 1))", **EXACT)

    @edge
    def test_precision(self, learner, props, rng):
        """float64 stays float64, and x stays as it is"""
        x = rng.normal(size=(3, 4, 5))
        layer = flattens(learner, x, 2, kind=double)
        stays(props, layer, double(x))


def numbers(rng, *size):
    """Return x that is neither centred nor of size 1, gamma, beta, and a cotangent, as arrays."""
    x = normal(rng, *size) * np.linspace(0.5, 2.0, size[-1]) + np.linspace(-1.0, 2.0, size[-1])
    if len(size) == 3:  # the places differ: a mean for each of them would show
        x = x + np.linspace(-1.0, 1.5, size[1])[:, None]
    x = x.astype(np.float32).astype(np.float64)
    return x, normal(rng, size[-1]) + 1.5, normal(rng, size[-1]), normal(rng, *size)


def nearer(found, *expected):
    """Return the expected answer whose value is nearest to what was found."""
    if getattr(found, "shape", None) != expected[0]["out"].shape:
        return expected[0]
    return min(expected, key=lambda one: np.abs(found.array.astype(np.float64) - one["out"].array).max())


def normalises(props, oracle, layer, x, gamma, beta, cotangent, eps=1e-5):
    """Require value and gradients in training, with either variance."""
    found = props.pulled(layer, single(x), single(cotangent))
    both = [oracle.batch_norm(x, gamma, beta, cotangent, eps=eps, lecture=lecture) for lecture in (False, True)]
    expected = nearer(found["out"], *both)
    close(found["out"], single(expected["out"]), "BatchNorm1d(C)(x) in training", **ROOM)
    for name in ("x", "gamma", "beta"):
        close(found[name], single(expected[name]), f"gradient of {name}", **ROOM)


def normer(props, gamma, beta, **kwargs):
    return props.normer(single(gamma), single(beta), **kwargs)


def remembers(props, oracle, layer, batches, momentum=0.1):
    """Require the running statistics after some batches, whatever axes of size 1 they have."""
    expected = oracle.running(batches, momentum=momentum)
    found, count = props.buffers(layer), "one batch" if len(batches) == 1 else f"{len(batches)} batches"
    for name in ("running_mean", "running_var"):
        close(found[name], single(expected[name]), f"{name} after {count}", **ROOM)
    return expected


PLACES = [(5, 4, 3), (32, 4, 6), (6, 1, 5), (1, 6, 3), (4, 4, 4)]
BOTH = [(7, 3), (5, 4, 3)]


@exercise(
    "batch_norm_1d",
    points=5,
    cpu=1.0,
    answers=("BatchNorm1d.__init__", "BatchNorm1d.__call__", "BatchNorm1d.parameters"),
)
class TestBatchNorm1d:
    """Each channel is normalised over all examples and all places."""

    def test_rows(self, props, oracle, rng):
        """(N, C): value and gradients in training"""
        x, gamma, beta, cotangent = numbers(rng, 7, 3)
        normalises(props, oracle, normer(props, gamma, beta), x, gamma, beta, cotangent)

    @pytest.mark.parametrize("size", PLACES, ids=str)
    def test_places(self, props, oracle, rng, size):
        """(B, T, C): mean and variance are over batch and time together"""
        x, gamma, beta, cotangent = numbers(rng, *size)
        normalises(props, oracle, normer(props, gamma, beta), x, gamma, beta, cotangent)

    def test_fresh(self, learner, props, oracle, rng):
        """a fresh layer: gamma is 1, beta is 0, and so are the running variance and mean"""
        x, _, _, cotangent = numbers(rng, 6, 5, 3)
        layer = learner.BatchNorm1d(3)
        close(props.buffers(layer), single({"running_mean": np.zeros(3), "running_var": np.ones(3)}), "fresh", **EXACT)
        out = layer(single(x))
        both = [oracle.batch_norm(x, np.ones(3), np.zeros(3), cotangent, lecture=lecture) for lecture in (False, True)]
        close(out, single(nearer(out, *both)["out"]), "a fresh BatchNorm1d(3)(x)", **ROOM)

    @pytest.mark.parametrize("eps", [0.5, 2.0])
    def test_eps(self, props, oracle, rng, eps):
        """eps is added to the variance, under the root"""
        x, gamma, beta, cotangent = numbers(rng, 5, 4, 3)
        normalises(props, oracle, normer(props, gamma, beta, eps=eps), x, gamma, beta, cotangent, eps=eps)

    @pytest.mark.parametrize("size", BOTH, ids=str)
    def test_running(self, props, oracle, rng, size):
        """the running statistics after one batch and after two: one number a channel, variance unbiased"""
        layer = normer(props, np.ones(size[-1]), np.zeros(size[-1]))
        batches = [numbers(rng, *size)[0] for _ in range(2)]
        for i in range(2):
            layer(single(batches[i]))
            remembers(props, oracle, layer, batches[: i + 1])

    @pytest.mark.parametrize("momentum", [0.3, 1.0])
    def test_momentum(self, props, oracle, rng, momentum):
        """momentum is the weight of the new value"""
        layer = normer(props, np.ones(3), np.zeros(3), momentum=momentum)
        batches = [numbers(rng, 6, 2, 3)[0] for _ in range(2)]
        for batch in batches:
            layer(single(batch))
        remembers(props, oracle, layer, batches, momentum=momentum)

    @pytest.mark.parametrize("size", [(1, 3), (1, 4, 3), (1, 1, 3), (5, 2, 3)], ids=str)
    def test_eval(self, props, oracle, rng, size):
        """in eval mode the running statistics are used, also for a batch of one, and stay as they are"""
        _, gamma, beta, _ = numbers(rng, 1, 3)
        x, mean, var = normal(rng, *size), normal(rng, 3), normal(rng, 3) ** 2 + 0.5
        layer = props.fill(normer(props, gamma, beta), single(mean), single(var))
        expected = single(oracle.evaluated(x, gamma, beta, mean, var))
        for _ in range(2):
            close(layer(single(x)), expected, "BatchNorm1d(C)(x) in eval mode", **ROOM)
        close(props.buffers(layer), single({"running_mean": mean, "running_var": var}), "statistics after it", **ROOM)

    def test_used(self, props, oracle, rng):
        """training, eval mode, training again: each call does what the layer is set to"""
        x, gamma, beta, cotangent = numbers(rng, 5, 4, 3)
        layer = normer(props, gamma, beta)
        normalises(props, oracle, layer, x, gamma, beta, cotangent)
        kept = remembers(props, oracle, layer, [x])
        props.set_training(layer, False)
        one = normal(rng, 1, 4, 3)
        expected = oracle.evaluated(one, gamma, beta, kept["running_mean"], kept["running_var"])
        close(layer(single(one)), single(expected), "BatchNorm1d(C)(x) in eval mode, after one batch", **ROOM)
        props.set_training(layer, True)
        normalises(props, oracle, layer, x, gamma, beta, cotangent)
        remembers(props, oracle, layer, [x, x])

    def test_parameters(self, props, oracle, rng):
        """parameters() is gamma and beta, each (dim,)"""
        x, gamma, beta, cotangent = numbers(rng, 7, 5)
        layer = normer(props, gamma, beta)
        normalises(props, oracle, layer, x, gamma, beta, cotangent)
        close(props.numbers(layer), [single(gamma), single(beta)], "parameters()", **EXACT)

    @edge
    @pytest.mark.parametrize("size", [(2, 3), (3, 3), (2, 2, 3)], ids=str)
    def test_biased(self, props, oracle, rng, size):
        """x is divided by the root of the biased variance, also for a small n"""
        x, gamma, beta, cotangent = numbers(rng, *size)
        found = props.pulled(normer(props, gamma, beta), single(x), single(cotangent))
        expected = oracle.batch_norm(x, gamma, beta, cotangent)
        close(found["out"], single(expected["out"]), "BatchNorm1d(C)(x) in training", **ROOM)

    @edge
    @pytest.mark.parametrize("size", BOTH, ids=str)
    def test_buffers(self, props, oracle, rng, size):
        """the running statistics keep the shape (dim,), and no graph hangs on them"""
        batch = numbers(rng, *size)[0]
        layer = normer(props, np.ones(3), np.zeros(3))
        dragging = props.drags_graph(layer, single(batch))
        remembers(props, oracle, layer, [batch])
        for name, value in props.buffers(layer, flat=False).items():
            same(list(value.shape), [3], f"shape of {name}")
        assert not dragging, f"{dragging[0]} requires a gradient: it keeps the graph of every batch alive"

    @edge
    @pytest.mark.parametrize("size", [(1, 3), (1, 1, 3)], ids=str)
    def test_one_value(self, props, oracle, rng, size):
        """in training, a single value a channel raises ValueError"""
        x, gamma, beta, cotangent = numbers(rng, 2, 2, 3)
        layer = normer(props, gamma, beta)
        normalises(props, oracle, layer, x, gamma, beta, cotangent)
        raises(ValueError, lambda: layer(single(normal(rng, *size))), f"x of shape {size} in training")

    @edge
    @pytest.mark.parametrize("training", [True, False])
    @pytest.mark.parametrize("size", [(3,), (2, 3, 2, 3)], ids=str)
    def test_axes(self, props, oracle, rng, size, training):
        """an x with one axis, or with four, raises ValueError"""
        x, gamma, beta, cotangent = numbers(rng, 2, 2, 3)
        layer = normer(props, gamma, beta)
        normalises(props, oracle, layer, x, gamma, beta, cotangent)
        props.set_training(layer, training)
        raises(ValueError, lambda: layer(single(normal(rng, *size))), f"x of shape {size}")

    @edge
    def test_precision(self, props, oracle, rng):
        """float64 is computed in float64, and x stays as it is"""
        x, gamma, beta, cotangent = (rng.normal(size=size) + 0.5 for size in ((5, 4, 3), 3, 3, (5, 4, 3)))
        layer = props.normer(double(gamma), double(beta))
        found = props.pulled(layer, double(x), double(cotangent))
        both = [oracle.batch_norm(x, gamma, beta, cotangent, lecture=lecture) for lecture in (False, True)]
        expected = nearer(found["out"], *both)
        for name, what in (("out", "BatchNorm1d(C)(x) in training"), ("x", "gradient of x")):
            close(found[name], expected[name], what, **TIGHT)
        stays(props, layer, double(x))


def tree_shapes(vocab, n_embd, n_hidden, block):
    """Return the shapes of all parameters, in the order of the layers."""
    shapes, channels = [(vocab, n_embd)], n_embd
    for _ in range(int(math.log2(block))):
        shapes += [(2 * channels, n_hidden), (n_hidden,), (n_hidden,)]
        channels = n_hidden
    return [*shapes, (channels, vocab), (vocab,)]


def count(shapes):
    return sum(math.prod(shape) for shape in shapes)


def drawn(rng, shapes):
    return [normal(rng, *shape, scale=1.0 / math.sqrt(shape[0]) if len(shape) == 2 else 0.7) for shape in shapes]


def ids_of(rng, vocab, *size):
    return tensor(rng.integers(vocab, size=size))


def loaded(learner, props, rng, sizes):
    """Build a model and give it random weights; return both."""
    weights = drawn(rng, tree_shapes(*sizes))
    model = learner.build_wavenet(*sizes)
    problem = props.load(model, single(weights))
    assert not problem, problem
    return model, weights


# V, n_embd, n_hidden, block_size
TREES = [(11, 3, 5, 8), (7, 4, 6, 8)]  # the lecture's three levels
OTHER_TREES = [(7, 4, 6, 4), (5, 3, 4, 2), (9, 2, 3, 16)]


def matches(learner, props, oracle, rng, sizes):
    """Require logits and gradients of a tree in training."""
    model, weights = loaded(learner, props, rng, sizes)
    ids, cotangent = ids_of(rng, sizes[0], 10, sizes[3]), normal(rng, 10, sizes[0])
    found = props.answers(model, ids, single(cotangent))
    both = [oracle.wavenet(weights, ids, cotangent, lecture=lecture) for lecture in (False, True)]
    expected = nearer(found["out"], *both)
    close(found["out"], single(expected["out"]), "logits in training", **ROOM)
    close(found["parameters"], single(expected["parameters"]), "gradients of the parameters", rtol=1e-3, atol=1e-3)


@exercise("build_wavenet", points=8, cpu=4.0, needs=("flatten_consecutive", "batch_norm_1d"))
class TestBuildWavenet:
    """A tree of pairs over the context, and a score for each letter."""

    @pytest.mark.parametrize("sizes", TREES, ids=str)
    def test_values(self, learner, props, oracle, rng, sizes):
        """logits and gradients in training, for contexts of 8 letters"""
        matches(learner, props, oracle, rng, sizes)

    def test_layers(self, learner, props, rng):
        """the shape behind each layer: 8 places, 4, 2, 1"""
        V, E, H, B = 11, 3, 5, 6
        levels = [[(B, T, 2 * before), *[(B, T, H)] * 3] for T, before in ((4, E), (2, H))]
        expected = [(B, 8, E), *levels[0], *levels[1], (B, 2 * H), *[(B, H)] * 3, (B, V)]
        same(props.along(learner.build_wavenet(V, E, H, 8), ids_of(rng, V, B, 8)), expected, "shapes behind the layers")

    def test_lecture(self, learner, props):
        """the lecture's size: 22,397 parameters, in the order of the layers"""
        shapes = props.shape_of(learner.build_wavenet(27, 10, 68))
        same(sum(math.prod(shape) for shape in shapes), 22397, "parameters of build_wavenet(27, 10, 68)")
        same(shapes, tree_shapes(27, 10, 68, 8), "shapes of the parameters")

    @pytest.mark.parametrize("sizes", TREES, ids=str)
    def test_eval(self, learner, props, oracle, rng, sizes):
        """in eval mode one example can be asked alone"""
        model, weights = loaded(learner, props, rng, sizes)
        props.set_training(model, False)
        ids = ids_of(rng, sizes[0], 3, sizes[3])
        expected = single(oracle.wavenet(weights, ids, np.ones((3, sizes[0])), training=False)["out"])
        close(props.logits(model, ids), expected, "logits in eval mode", **ROOM)
        one = tensor(ids.array[:1])
        close(props.logits(model, one), single(expected.array[:1]), "logits of one example in eval mode", **ROOM)

    def test_fresh(self, learner, props):
        """fresh weights: the size of each Linear's, a tenth of it in the last one, and biases of zero"""
        found = [one.array for one in props.numbers(learner.build_wavenet(60, 30, 40, 8))]
        same([one.shape for one in found], tree_shapes(60, 30, 40, 8), "shapes of the parameters")
        sizes = [1.0, 60**-0.5, 80**-0.5, 80**-0.5, 0.1 * 40**-0.5]
        names = ["embedding", "first level", "second level", "third level", "last Linear"]
        for place, size, name in zip([0, 1, 4, 7, -2], sizes, names, strict=True):
            close(
                found[place].std() / size,
                1.0,
                f"spread of the weights, {name}, beside what is right",
                rtol=0,
                atol=0.15,
            )
        close(tensor(found[-1]), single(np.zeros(60)), "last bias", **EXACT)

    def test_first_loss(self, learner, props, rng):
        """a fresh model is sure of nothing: its loss is nearly ln V"""
        V = 20
        ids, targets = ids_of(rng, V, 300, 8), rng.integers(V, size=300)
        out = props.logits(learner.build_wavenet(V, 6, 30), ids).array.astype(np.float64)
        loss = np.mean(np.log(np.exp(out).sum(1)) - out[np.arange(300), targets])
        close(loss, math.log(V), "first loss", rtol=0, atol=0.06)
        assert out.std() > 0.01, "all scores are the same: nothing can be learned from there"

    def test_two_models(self, learner, props):
        """each call makes a model of its own, with other weights"""
        one, two = (props.numbers(learner.build_wavenet(7, 3, 5, 8)) for _ in range(2))
        same([one.shape for one in two], tree_shapes(7, 3, 5, 8), "shapes of the parameters")
        for place in (0, 1, 4, -2):
            assert (one[place].array != two[place].array).any(), f"two models have the same weights: parameter {place}"

    def test_trains(self, props, rng):
        """it learns a rule of two neighbours, as far as it can be known"""
        V, steps, rows, noise = 6, 250, 64, 0.1

        def examples(n):
            ids = rng.integers(V, size=(n, 8))
            sums = (ids[:, 2] + ids[:, 3]) % V
            return ids, np.where(rng.random(n) < noise, rng.integers(V, size=n), sums)

        ids, targets = examples(steps * rows)
        dev, answers = examples(2000)
        p = 1 - noise + noise / V
        q = noise / V
        floor = -p * math.log(p) - (V - 1) * q * math.log(q)
        out = props.trained(seed(rng), [V, 6, 24, 8], tensor(ids), tensor(targets), steps, rows, tensor(dev))
        out = out.array.astype(np.float64)
        top = out.max(1, keepdims=True)
        loss = np.mean(np.log(np.exp(out - top).sum(1)) + top[:, 0] - out[np.arange(2000), answers])
        assert loss > floor - 0.12, f"the loss is {loss:.2f}, and below {floor:.2f} is impossible: the answers leaked"
        assert loss < floor + 0.45, f"the loss in eval mode is {loss:.2f} after {steps} steps; {floor:.2f} is possible"

    @edge
    @pytest.mark.parametrize("sizes", OTHER_TREES, ids=str)
    def test_other_contexts(self, learner, props, oracle, rng, sizes):
        """as many levels as the context needs: logits and gradients for 4, 2 and 16 letters"""
        matches(learner, props, oracle, rng, sizes)

    @edge
    @pytest.mark.parametrize("block", [1, 3, 6, 12, 0])
    def test_block_size(self, learner, props, block):
        """a block_size that is no power of two, or 1, raises ValueError"""
        same(props.shape_of(learner.build_wavenet(7, 3, 5, 4)), tree_shapes(7, 3, 5, 4), "shapes of the parameters")
        raises(ValueError, lambda: learner.build_wavenet(7, 3, 5, block), f"block_size = {block}")

    @edge
    def test_generator(self, learner, props, rng):
        """the generator decides: the same weights from the same seed, others from another one"""
        s = seed(rng)
        first, again, other = (
            props.numbers(learner.build_wavenet(7, 3, 5, 4, generator=props.generator(number)))
            for number in (s, s, s + 1)
        )
        same([one.shape for one in first], tree_shapes(7, 3, 5, 4), "shapes of the parameters")
        close(again, first, "weights from the same seed", **EXACT)
        for place in (0, 1, 4, -2):
            assert (first[place].array != other[place].array).any(), f"parameter {place} is the same from another seed"
        moves = props.moves_global("build_wavenet", 7, 3, 5, 4, generator=props.generator(s))
        assert not moves, "torch's global generator was used, although a generator is given"

    @edge
    def test_global_generator(self, props, rng):
        """without a generator torch's global one decides"""
        s = seed(rng)
        first, again = (props.numbers(props.seeded(s, "build_wavenet", 7, 3, 5, 4)) for _ in range(2))
        same([one.shape for one in first], tree_shapes(7, 3, 5, 4), "shapes of the parameters")
        close(again, first, "weights after torch.manual_seed", **EXACT)


def convolves(learner, oracle, rng, size, kernel, out, dilation, bias=True, kind=single, tolerance=ROOM):
    """Require value and gradients of causal_conv1d. size: (B, T, Cin)."""
    x, w = normal(rng, *size), normal(rng, kernel, size[2], out, scale=0.6)
    b, cotangent = normal(rng, out) if bias else None, normal(rng, *size[:2], out)
    expected = kind([one for one in oracle.conv(x, w, b, cotangent, dilation=dilation)])
    pull = learner.vjp("causal_conv1d", kind(x), kind(w), None if b is None else kind(b), dilation)
    close(pull.value, expected[0], "causal_conv1d(x, w, b, dilation)", **tolerance)
    slopes = pull(kind(cotangent))
    for name, found, right in zip("xwb", slopes, expected[1:], strict=False):
        close(found, right, f"gradient of {name}", **tolerance)


@exercise("causal_conv1d", points=8, cpu=1.0)
class TestCausalConv1d:
    """A linear layer slides over the sequence, and sees nothing that comes later."""

    @pytest.mark.parametrize("kernel", [1, 2, 3, 4])
    def test_kernel(self, learner, oracle, rng, kernel):
        """kernels of 1, 2, 3 and 4 places: value and gradients"""
        convolves(learner, oracle, rng, (2, 7, 3), kernel, 5, 1)

    @pytest.mark.parametrize("kernel", [2, 3])
    @pytest.mark.parametrize("dilation", [2, 3, 4])
    def test_dilation(self, learner, oracle, rng, kernel, dilation):
        """dilations of 2, 3 and 4: value and gradients"""
        convolves(learner, oracle, rng, (2, 13, 3), kernel, 5, dilation)

    def test_no_bias(self, learner, oracle, rng):
        """b is None"""
        convolves(learner, oracle, rng, (3, 6, 4), 2, 5, 2, bias=False)

    def test_defaults(self, learner, oracle, rng):
        """called with x and w only: no bias, dilation 1"""
        x, w = normal(rng, 2, 6, 3), normal(rng, 3, 3, 4)
        expected = oracle.conv(x, w, None, np.ones((2, 6, 4)))[0]
        close(learner.causal_conv1d(single(x), single(w)), single(expected), "causal_conv1d(x, w)", **ROOM)

    def test_equal_sizes(self, learner, oracle, rng):
        """all sizes equal: no axis is taken for another one"""
        convolves(learner, oracle, rng, (4, 4, 4), 4, 4, 1)

    def test_one_channel(self, learner):
        """a moving sum, by hand: 1, 2, 4, 8 with the kernel (1, 10)"""
        x = single(np.array([1.0, 2.0, 4.0, 8.0]).reshape(1, 4, 1))
        w = single(np.array([1.0, 10.0]).reshape(2, 1, 1))
        expected = single(np.array([10.0, 21.0, 42.0, 84.0]).reshape(1, 4, 1))
        close(learner.causal_conv1d(x, w, None, 1), expected, "causal_conv1d(x, w)", **EXACT)

    @pytest.mark.parametrize(("kernel", "dilation"), [(2, 1), (3, 2), (2, 4)])
    def test_sees(self, props, rng, kernel, dilation):
        """out[:, t] depends on x[:, t], x[:, t - d], ... and on no other place"""
        size = 10
        table = props.influence(single(normal(rng, 2, size, 3)), single(normal(rng, kernel, 3, 4)), dilation).array
        for t in range(size):
            wanted = {t - k * dilation for k in range(kernel)}
            for s in range(size):
                if s > t:
                    assert table[t, s] == 0, f"out[:, {t}] depends on x[:, {s}], which comes later"
                elif s in wanted:
                    assert table[t, s] > 0, f"K = {kernel}, d = {dilation}: out[:, {t}] does not depend on x[:, {s}]"
                else:
                    assert table[t, s] == 0, f"K = {kernel}, d = {dilation}: out[:, {t}] depends on x[:, {s}]"

    def test_tree(self, props, rng):
        """three levels with d = 1, 2, 4 give at each place what a tree over its 8 letters gives"""
        x, w = normal(rng, 2, 11, 3), normal(rng, 2, 3, 3, scale=0.6)
        found = props.stacked(single(x), single(w), [1, 2, 4])
        level = w.reshape(6, 3)
        trees = []
        for t in range(7, 11):
            window = x[:, t - 7 : t + 1]
            while window.shape[1] > 1:
                window = window.reshape(2, -1, 6) @ level
            trees.append(window[:, 0])
        close(tensor(found.array[:, 7:]), single(np.stack(trees, 1)), "places 7 to 10 behind three levels", **ROOM)

    @edge
    @pytest.mark.parametrize(("places", "kernel", "dilation"), [(3, 2, 4), (4, 3, 5), (1, 3, 2), (1, 1, 1), (2, 5, 1)])
    def test_short(self, learner, oracle, rng, places, kernel, dilation):
        """sequences shorter than the reach of the kernel, down to a single place"""
        convolves(learner, oracle, rng, (3, places, 2), kernel, 4, dilation)

    @edge
    def test_precision(self, learner, oracle, props, rng):
        """float64 is computed in float64, and no argument changes"""
        convolves(learner, oracle, rng, (2, 7, 3), 2, 5, 2, kind=double, tolerance=TIGHT)
        args = normal(rng, 2, 7, 3), normal(rng, 2, 3, 5), normal(rng, 5)
        stays(props, "causal_conv1d", *(double(one) for one in args), 2)

    @edge
    @pytest.mark.parametrize("poison", [math.nan, math.inf])
    def test_later_nan(self, learner, oracle, rng, poison):
        """nan or inf at a later place leaves all places before it as they are"""
        x, w, b = normal(rng, 2, 8, 3), normal(rng, 3, 3, 4), normal(rng, 4)
        expected = oracle.conv(x, w, b, np.ones((2, 8, 4)), dilation=2)[0].array[:, :5]
        x[:, 5] = poison
        out = learner.causal_conv1d(single(x), single(w), single(b), 2)
        close(tensor(out.array[:, :5]), single(expected), f"places 0 to 4, with {poison} at place 5", **ROOM)


STACKS = [(2, [1, 2, 4, 8]), (2, [1]), (3, [1, 2]), (3, [1, 3, 9]), (2, [3, 3]), (1, [1, 2, 4])]


def block_params(rng, kernel, C, D, S):
    shapes = {"wf": (kernel, C, D), "bf": (D,), "wg": (kernel, C, D), "bg": (D,)}
    shapes |= {"wr": (D, C), "br": (C,), "ws": (D, S), "bs": (S,)}
    return {name: normal(rng, *shape, scale=0.7) for name, shape in shapes.items()}


def gates(props, oracle, rng, size, kernel, inner, skip, dilation, kind=single, tolerance=ROOM):
    """Require both results of gated_block, and the gradients of x and of all parameters."""
    params = block_params(rng, kernel, size[2], inner, skip)
    x, of_residual, of_skip = normal(rng, *size), normal(rng, *size), normal(rng, *size[:2], skip)
    found = props.block_pulled(kind(x), kind(params), kind(of_residual), kind(of_skip), dilation)
    expected = oracle.gated(x, params, of_residual, of_skip, dilation)
    close(found["residual"], kind(expected["residual"]), "residual of gated_block(x, params, dilation)", **tolerance)
    close(found["skip"], kind(expected["skip"]), "skip of gated_block(x, params, dilation)", **tolerance)
    for name in ("x", *params):
        close(found[name], kind(expected[name]), f"gradient of {name}", **tolerance)


@exercise("gated_block", points=6, cpu=2.0, answers=("receptive_field", "gated_block"), needs=("causal_conv1d",))
class TestGatedBlock:
    """How far a stack of convolutions sees, and WaveNet's block of filter and gate."""

    def test_field(self, learner):
        """the receptive field of stacks that are counted place by place"""
        for kernel, dilations in STACKS:
            seen = {0}
            for d in dilations:
                seen = {place + k * d for place in seen for k in range(kernel)}
            field = max(seen) + 1
            same(learner.receptive_field(kernel, dilations), field, f"receptive_field({kernel}, {dilations})")

    def test_measured(self, learner, props, rng):
        """the receptive field is what your causal_conv1d really reaches"""
        for kernel, dilations in ((2, [1, 2, 4]), (3, [1, 3])):
            places = {2: 8, 3: 9}[kernel]
            same(learner.receptive_field(kernel, dilations), places, f"receptive_field({kernel}, {dilations})")
            x, w = np.ones((1, places + 5, 2)), np.abs(normal(rng, kernel, 2, 2)) + 0.1
            reached = props.reach(single(x), single(w), dilations)
            same(reached, places, f"places that reach the output through convolutions with d = {dilations}")

    @pytest.mark.parametrize("dilation", [1, 2, 3])
    def test_block(self, props, oracle, rng, dilation):
        """residual and skip, and all gradients, with dilations of 1, 2 and 3"""
        gates(props, oracle, rng, (2, 7, 3), 2, 5, 4, dilation)

    def test_kernel(self, props, oracle, rng):
        """a kernel of three places"""
        gates(props, oracle, rng, (3, 8, 4), 3, 2, 5, 2)

    def test_equal_sizes(self, props, oracle, rng):
        """all sizes equal: filter and gate, residual and skip are not mixed up"""
        gates(props, oracle, rng, (3, 3, 3), 3, 3, 3, 1)

    @edge
    def test_no_layers(self, learner):
        """no layers see one place"""
        for kernel in (2, 3, 5):
            same(learner.receptive_field(kernel, [1, 2]), 1 + 3 * (kernel - 1), f"receptive_field({kernel}, [1, 2])")
            same(learner.receptive_field(kernel, []), 1, f"receptive_field({kernel}, [])")

    @edge
    def test_one_place(self, props, oracle, rng):
        """a sequence of one place"""
        gates(props, oracle, rng, (4, 1, 3), 2, 5, 2, 2)

    @edge
    def test_precision(self, props, oracle, rng):
        """float64 is computed in float64, and no argument changes"""
        gates(props, oracle, rng, (2, 6, 3), 2, 5, 4, 2, kind=double, tolerance=TIGHT)
        stays(props, "gated_block", double(normal(rng, 2, 6, 3)), double(block_params(rng, 2, 3, 5, 4)), 2)


def smooths(answer, losses, window):
    """Require the means of blocks, whatever dtype they have."""
    n = len(losses) // window
    expected = np.array([np.mean(losses[i * window : (i + 1) * window]) for i in range(n)])
    label = f"smooth_losses(losses, {window}) with {len(losses)} losses"
    close(double(answer), double(expected), label, rtol=1e-5, atol=1e-6)


def losses_of(rng, n):
    """Return losses that come down."""
    return [float(one) for one in 2.0 + np.exp(-np.arange(n) / n) + rng.normal(size=n) * 0.3]


@exercise("smooth_losses", points=2, cpu=1.0)
class TestSmoothLosses:
    """One point for each block of losses that follow each other."""

    def test_blocks(self, learner):
        """six losses in blocks of three, by hand"""
        losses = [1.0, 2.0, 6.0, 10.0, 20.0, 60.0]
        smooths(learner.smooth_losses(losses, 3), losses, 3)

    @pytest.mark.parametrize(("n", "window"), [(1000, 100), (60, 5), (12, 12), (7, 1)])
    def test_windows(self, learner, rng, n, window):
        """other windows; the points are the means of neighbours"""
        losses = losses_of(rng, n)
        smooths(learner.smooth_losses(losses, window), losses, window)

    def test_default(self, learner, rng):
        """the lecture's window of 1,000"""
        losses = losses_of(rng, 3000)
        smooths(learner.smooth_losses(losses), losses, 1000)

    @edge
    @pytest.mark.parametrize(("n", "window"), [(1050, 100), (17, 4), (9, 5)])
    def test_rest(self, learner, props, rng, n, window):
        """losses that do not fill a block at the end are left out, of the curve and not of the list"""
        losses = losses_of(rng, n)
        smooths(learner.smooth_losses(losses, window), losses, window)
        stays(props, "smooth_losses", losses, window)

    @edge
    @pytest.mark.parametrize("n", [0, 4])
    def test_too_few(self, learner, rng, n):
        """fewer losses than a block: no points"""
        losses = losses_of(rng, 10)
        smooths(learner.smooth_losses(losses, 5), losses, 5)
        smooths(learner.smooth_losses(losses[:n], 5), losses[:n], 5)

    @edge
    def test_nan(self, learner, rng):
        """a nan shows in its block, and in no other one"""
        losses = losses_of(rng, 12)
        losses[5] = math.nan
        smooths(learner.smooth_losses(losses, 4), losses, 4)
