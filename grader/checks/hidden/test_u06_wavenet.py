"""Hidden checks of unit 06: the claims of the public ones, with sizes and inputs that nobody has seen."""

import numpy as np

from grader import close, edge, exercise, same, tensor

EXACT = {"rtol": 0.0, "atol": 0.0}
ROOM = {"rtol": 1e-4, "atol": 1e-4}  # for float32 on the way


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def single(value):
    """Return an array, a tensor, or a list or dict of such, in float32."""
    if isinstance(value, dict):
        return {name: single(one) for name, one in value.items()}
    if isinstance(value, list):
        return [single(one) for one in value]
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float32))


def normal(rng, *sizes, scale=1.0):
    return (rng.normal(size=sizes) * scale).astype(np.float32).astype(np.float64)


def nearer(found, *expected):
    """Return the expected answer whose value is nearest to what was found."""
    if getattr(found, "shape", None) != expected[0]["out"].shape:
        return expected[0]
    return min(expected, key=lambda one: np.abs(found.array.astype(np.float64) - one["out"].array).max())


@exercise("flatten_consecutive")
class TestFlattenConsecutive:
    def test_sizes(self, learner, rng):
        """any sizes: neighbours side by side"""
        n, groups = size(rng, 2, 5), size(rng, 2, 4)
        x = normal(rng, size(rng, 2, 6), n * groups, size(rng, 2, 6))
        expected = np.concatenate([x[:, i::n] for i in range(n)], axis=-1)
        close(learner.FlattenConsecutive(n)(single(x)), single(expected), f"FlattenConsecutive({n})(x)", **EXACT)


@exercise("batch_norm_1d")
class TestBatchNorm1d:
    def test_sizes(self, props, oracle, rng):
        """any sizes: value, gradients, and statistics after two batches"""
        sizes = size(rng, 4, 9), size(rng, 2, 5), size(rng, 2, 6)
        gamma, beta, momentum = normal(rng, sizes[2]) + 1.5, normal(rng, sizes[2]), float(rng.uniform(0.1, 0.9))
        layer = props.normer(single(gamma), single(beta), momentum=momentum)
        batches = [normal(rng, *sizes) + normal(rng, sizes[1], 1) for _ in range(2)]
        batches = [batch.astype(np.float32).astype(np.float64) for batch in batches]
        for x in batches:
            cotangent = normal(rng, *sizes)
            found = props.pulled(layer, single(x), single(cotangent))
            both = [oracle.batch_norm(x, gamma, beta, cotangent, lecture=lecture) for lecture in (False, True)]
            expected = nearer(found["out"], *both)
            for name in ("out", "x", "gamma", "beta"):
                close(found[name], single(expected[name]), f"BatchNorm1d(C)(x) in training: {name}", **ROOM)
        expected = oracle.running(batches, momentum=momentum)
        close(props.buffers(layer), single(expected), "statistics after two batches", **ROOM)


@exercise("build_wavenet", needs=("flatten_consecutive", "batch_norm_1d"))
class TestBuildWavenet:
    def test_sizes(self, learner, props, oracle, rng):
        """any sizes: logits in training"""
        levels = size(rng, 1, 4)
        block = 2**levels
        V, E, H = size(rng, 5, 12), size(rng, 2, 5), size(rng, 3, 7)
        model = learner.build_wavenet(V, E, H, block)
        weights, channels = [normal(rng, V, E)], E
        for _ in range(levels):
            weights += [normal(rng, 2 * channels, H, scale=0.5), normal(rng, H), normal(rng, H)]
            channels = H
        weights += [normal(rng, H, V, scale=0.5), normal(rng, V)]
        problem = props.load(model, single(weights))
        assert not problem, problem
        ids = tensor(rng.integers(V, size=(9, block)))
        found = props.answers(model, ids, single(np.ones((9, V))))
        both = [oracle.wavenet(weights, ids, np.ones((9, V)), lecture=lecture) for lecture in (False, True)]
        close(found["out"], single(nearer(found["out"], *both)["out"]), "logits in training", rtol=1e-3, atol=1e-3)


@exercise("causal_conv1d")
class TestCausalConv1d:
    def test_sizes(self, learner, oracle, rng):
        """any sizes: value and gradients"""
        kernel, dilation, wide, out = size(rng, 2, 4), size(rng, 1, 5), size(rng, 2, 5), size(rng, 2, 5)
        T = (kernel - 1) * dilation + size(rng, 2, 6)
        x, w, b = normal(rng, 3, T, wide), normal(rng, kernel, wide, out, scale=0.5), normal(rng, out)
        cotangent = normal(rng, 3, T, out)
        expected = single(list(oracle.conv(x, w, b, cotangent, dilation=dilation)))
        pull = learner.vjp("causal_conv1d", single(x), single(w), single(b), dilation)
        close(pull.value, expected[0], "causal_conv1d(x, w, b, dilation)", **ROOM)
        for name, slope, right in zip("xwb", pull(single(cotangent)), expected[1:], strict=False):
            close(slope, right, f"gradient of {name}", **ROOM)


@exercise("gated_block", needs=("causal_conv1d",))
class TestGatedBlock:
    def test_any_stack(self, learner, rng):
        """any stack"""
        kernel, dilations = size(rng, 2, 5), [size(rng, 1, 9) for _ in range(size(rng, 2, 5))]
        field = 1 + sum((kernel - 1) * d for d in dilations)
        same(learner.receptive_field(kernel, dilations), field, f"receptive_field({kernel}, {dilations})")

    def test_sizes(self, props, oracle, rng):
        """any sizes: both results and all gradients"""
        kernel, C, D, S, dilation = (size(rng, 2, 5) for _ in range(5))
        shapes = {"wf": (kernel, C, D), "bf": (D,), "wg": (kernel, C, D), "bg": (D,)}
        shapes |= {"wr": (D, C), "br": (C,), "ws": (D, S), "bs": (S,)}
        params = {name: normal(rng, *shape, scale=0.6) for name, shape in shapes.items()}
        x, of_residual, of_skip = normal(rng, 2, 9, C), normal(rng, 2, 9, C), normal(rng, 2, 9, S)
        found = props.block_pulled(single(x), single(params), single(of_residual), single(of_skip), dilation)
        expected = oracle.gated(x, params, of_residual, of_skip, dilation)
        for name in ("residual", "skip", "x", *params):
            close(found[name], single(expected[name]), f"gated_block(x, params, dilation): {name}", **ROOM)


@exercise("smooth_losses")
class TestSmoothLosses:
    @edge
    def test_sizes(self, learner, rng):
        """any window, with a rest"""
        window, blocks = size(rng, 2, 9), size(rng, 2, 9)
        losses = [float(one) for one in rng.normal(size=window * blocks + size(rng, 1, window - 1))]
        expected = np.array([np.mean(losses[i * window : (i + 1) * window]) for i in range(blocks)])
        answer = learner.smooth_losses(losses, window)
        close(single(answer), single(expected), f"smooth_losses(losses, {window})", rtol=1e-4, atol=1e-5)
