"""Checks of unit 08: attention and its parts, a GPT, and what it is good for.

Values and gradients are compared in float64, under random cotangents, with weights copied in by the names that the
text promises. Sizes differ from each other, but for checks that want them equal.
"""

import math

import numpy as np
import pytest

from grader import Tensor, close, exercise, raises, same, tensor

UNIT = {
    "title": "attention: a GPT from its parts",
    "lecture": "Let's build GPT: from scratch, in code, spelled out",
    "libraries": ["torch"],
    "forbid": [
        "torch.nn.functional.scaled_dot_product_attention",
        "torch.nn.functional.multi_head_attention_forward",
        "torch.nn.attention.*",
        "torch.nn.MultiheadAttention",
        "torch.nn.Transformer*",
        "torch.nn.LayerNorm",
        "torch.nn.functional.layer_norm",
        "torch.layer_norm",
        "torch.native_layer_norm",
        "torch.nn.Dropout*",
        "torch.nn.functional.dropout*",
        "torch.dropout",
        "torch.native_dropout",
        "torch.nn.GELU",
        "torch.nn.functional.gelu",
        "torch.nn.CrossEntropyLoss",
        "torch.nn.functional.cross_entropy",
    ],
}

EXACT = {"rtol": 0.0, "atol": 0.0}
# float64 sums in another order differ by 1e-15; the smallest slip below moves a value by 1e-5.
TIGHT = {"rtol": 1e-7, "atol": 1e-10}
# What is exactly zero on paper; products of tiny weights may leave dust.
DUST = {"rtol": 0.0, "atol": 1e-14}
SIZES = {"vocab_size": 11, "block_size": 7, "n_layer": 2, "n_head": 3, "n_embd": 12}


# Inputs.


def normal(rng, *size, scale=1.0):
    return rng.normal(size=size) * scale


def drawn(rng, shapes, scale=0.5):
    """Return weights of these shapes, as tensors by name."""
    return {name: tensor(normal(rng, *shape, scale=scale)) for name, shape in shapes.items()}


def ids(rng, vocab_size, *size):
    return tensor(rng.integers(vocab_size, size=size))


def seed(rng):
    return int(rng.integers(2**31))


def head_shapes(n_embd, head_size):
    return {f"{name}.weight": (head_size, n_embd) for name in ("key", "query", "value")}


def heads_shapes(n_embd, n_head):
    shapes = {"proj.weight": (n_embd, n_embd), "proj.bias": (n_embd,)}
    for i in range(n_head):
        shapes |= under(f"heads.{i}", head_shapes(n_embd, n_embd // n_head))
    return shapes


def under(prefix, shapes):
    return {f"{prefix}.{name}": shape for name, shape in shapes.items()}


def linear_shapes(n_in, n_out, bias):
    return {"weight": (n_out, n_in), **({"bias": (n_out,)} if bias else {})}


def norm_shapes(n_embd, bias):
    return {"weight": (n_embd,), **({"bias": (n_embd,)} if bias else {})}


def fused_shapes(n_embd, bias=True):
    c_attn, c_proj = linear_shapes(n_embd, 3 * n_embd, bias), linear_shapes(n_embd, n_embd, bias)
    return under("c_attn", c_attn) | under("c_proj", c_proj)


def feed_forward_shapes(n_embd, bias=True):
    c_fc, c_proj = linear_shapes(n_embd, 4 * n_embd, bias), linear_shapes(4 * n_embd, n_embd, bias)
    return under("c_fc", c_fc) | under("c_proj", c_proj)


def block_shapes(n_embd, bias=True):
    norms = under("ln_1", norm_shapes(n_embd, bias)) | under("ln_2", norm_shapes(n_embd, bias))
    return norms | under("attn", fused_shapes(n_embd, bias)) | under("mlp", feed_forward_shapes(n_embd, bias))


def gpt_shapes(vocab_size, block_size, n_layer, n_embd, bias=True, **_):
    shapes = {"wte.weight": (vocab_size, n_embd), "wpe.weight": (block_size, n_embd)}
    for layer in range(n_layer):
        shapes |= under(f"blocks.{layer}", block_shapes(n_embd, bias))
    return shapes | under("ln_f", norm_shapes(n_embd, bias)) | {"lm_head.weight": (vocab_size, n_embd)}


# What is asked again and again.


def loaded(props, module, weights):
    """Copy weights into a module by name; say so if that cannot be done."""
    problem = props.load(module, weights)
    assert not problem, problem
    return module


def agrees(learner, module, expected, x, cotangent, what):
    """Require value, gradient of x, and the gradients of all parameters."""
    pull = learner.vjp(module, tensor(x))
    close(pull.value, expected["out"], what)
    close(pull(tensor(cotangent))[0], expected["x"], "gradient of x")
    close(pull.parameters, expected["parameters"], "gradients of the parameters")


def keeps_dtype(props, function, expected, *args, dtype="float32", atol=1e-5, **kwargs):
    """Require a result of the dtype that comes in, near the float64 one."""
    found, result = props.in_dtype(function, dtype, *args, **kwargs)
    same(found, dtype, f"dtype of the result for {dtype} input")
    close(result, expected, f"the result for {dtype} input", rtol=1e-4 if dtype == "float32" else 0.0, atol=atol)


def stays(props, function, *args, **kwargs):
    """Require that a call leaves its arguments as they were."""
    moved = props.changed(function, *args, **kwargs)
    assert not moved, f"{moved[0]} was changed in place; the caller still needs what was in there"


def any_device(props, function, *args, **kwargs):
    """Require that nothing is made on a device of its own."""
    trouble = props.device_trouble(function, *args, **kwargs)
    assert not trouble, f"this runs on the CPU only: with its input on another device, {trouble}"


def own_generator(props, function, *args, **kwargs):
    """Require that a call with a generator leaves torch's global one alone."""
    moves = props.moves_global(function, *args, **kwargs)
    assert not moves, "torch's global generator was used, although a generator is given"


def whole(answer, shape, what):
    """Require an int64 tensor of this shape; return its array."""
    found = answer.dtype if isinstance(answer, Tensor) else type(answer).__name__
    assert found == "int64", f"{what} must be an int64 tensor of ids, not {found}"
    same(answer.shape, shape, f"shape of {what}")
    return answer.array


def sees_the_past(table, what):
    """Require a table of influences that is zero above the diagonal, and nowhere else."""
    size = len(table.array)
    for t in range(size):
        for s in range(size):
            if s > t:
                assert table.array[t, s] == 0, f"place {t} of {what} depends on place {s}, which comes later"
            else:
                assert table.array[t, s] > 0, f"place {t} of {what} does not depend on place {s}"


def near(count, n, p, what):
    """Require a count within five standard deviations of n * p."""
    room = 5 * math.sqrt(n * p * (1 - p)) + 1
    assert abs(count - n * p) <= room, f"{what}: {int(count)} of {n}; {n * p:.0f} are expected, give or take {room:.0f}"


@exercise("get_batch", points=4, cpu=1.0)
class TestGetBatch:
    """Windows of the data at random places, and for each token in them the token that follows it."""

    def test_targets_follow(self, learner, props, rng):
        """y holds what follows each token of x in the data, and the data are no count-up"""
        data = rng.permutation(1000)[:40]
        x, y = learner.get_batch(tensor(data), 5, 7, generator=props.generator(seed(rng)))
        x, starts = whole(x, (7, 5), "x"), {int(token): i for i, token in enumerate(data)}
        for b, row in enumerate(x):
            start = starts.get(int(row[0]), 0)
            close(row, data[start : start + 5], f"x[{b}]: five neighbours in the data", **EXACT)
            close(whole(y, (7, 5), "y")[b], data[start + 1 : start + 6], f"y[{b}]: what follows them", **EXACT)

    def test_one_window(self, learner, rng):
        """N = T + 1: there is exactly one window"""
        data = rng.permutation(50)[:9]
        x, y = learner.get_batch(tensor(data), 8, 3)
        close(whole(x, (3, 8), "x"), np.tile(data[:-1], (3, 1)), "x", **EXACT)
        close(whole(y, (3, 8), "y"), np.tile(data[1:], (3, 1)), "y", **EXACT)

    def test_one_token(self, learner, rng):
        """T = 1 and B = 1"""
        data = rng.permutation(50)[:2]
        x, y = learner.get_batch(tensor(data), 1, 1)
        same([whole(x, (1, 1), "x").item(), whole(y, (1, 1), "y").item()], [*map(int, data)], "[x, y]")

    @pytest.mark.parametrize("n", [8, 7, 1])
    def test_too_short(self, learner, n):
        """no window with its targets: N <= T raises ValueError"""
        raises(ValueError, lambda: learner.get_batch(tensor(np.arange(n)), 8, 2), f"T = 8 with {n} tokens")

    def test_every_start(self, learner, props, rng):
        """all starts from 0 to N - T - 1 are equally likely, in each row on its own"""
        data, n = rng.permutation(100)[:13], 4000
        x, _ = learner.get_batch(tensor(data), 5, n, generator=props.generator(seed(rng)))
        firsts = whole(x, (n, 5), "x")[:, 0]
        for start in range(8):
            near((firsts == data[start]).sum(), n, 1 / 8, f"windows that start at {start}")

    def test_generator(self, learner, props, rng):
        """the generator decides: the same numbers from the same seed, others from another one"""
        data, s = tensor(rng.permutation(1000)), seed(rng)
        first, again, other = (
            list(learner.get_batch(data, 4, 6, generator=props.generator(number))) for number in (s, s, s + 1)
        )
        close(again, first, "[x, y] from the same seed", **EXACT)
        assert (first[0].array != other[0].array).any(), "another seed gives the same windows"
        own_generator(props, "get_batch", data, 4, 6, generator=props.generator(s))

    def test_global_generator(self, props, rng):
        """without a generator torch's global one decides"""
        data, s = tensor(rng.permutation(1000)), seed(rng)
        first, again = (list(props.seeded(s, "get_batch", data, 4, 6)) for _ in range(2))
        close(again, first, "[x, y] after torch.manual_seed", **EXACT)

    def test_own_memory(self, props, rng):
        """x, y and the data are three: writing into x changes neither of the others"""
        data = rng.integers(1, 50, size=6)
        y, left = props.written_into("get_batch", tensor(data), 5, 2)
        close(y, tensor(np.tile(data[1:], (2, 1))), "y after x was set to zero", **EXACT)
        close(left, tensor(data), "the data after x was set to zero", **EXACT)


WAYS = ["loop", "matmul", "softmax"]


@exercise(
    "causal_average",
    points=5,
    cpu=1.0,
    answers=("causal_average_loop", "causal_average_matmul", "causal_average_softmax"),
)
@pytest.mark.parametrize("way", WAYS)
class TestCausalAverage:
    """Each place gets the mean of itself and all before it: three ways to the same numbers."""

    def test_values(self, learner, oracle, rng, way):
        """values, and the gradient of x"""
        x, cotangent = normal(rng, 2, 5, 3), normal(rng, 2, 5, 3)
        expected = oracle.causal_average(x, cotangent)
        pull = learner.vjp(f"causal_average_{way}", tensor(x))
        close(pull.value, expected["out"], f"causal_average_{way}(x)")
        close(pull(tensor(cotangent)), [expected["x"]], "[gradient of x]")

    def test_one_place(self, learner, rng, way):
        """T = 1: x itself"""
        x = normal(rng, 3, 1, 4)
        close(getattr(learner, f"causal_average_{way}")(tensor(x)), tensor(x), f"causal_average_{way}(x)")

    def test_first_row(self, learner, rng, way):
        """the first place has only itself to average"""
        x = normal(rng, 2, 4, 3)
        out = getattr(learner, f"causal_average_{way}")(tensor(x))
        close(out.array[:, 0], x[:, 0], "the first place of the result")

    def test_weights(self, learner, rng, way):
        """the weights: nothing from the future, and each row sums to one"""
        size = int(rng.integers(5, 9))
        table = getattr(learner, f"causal_average_{way}")(tensor(np.eye(size)[None]))
        same(table.shape, (1, size, size), "shape of the result for the identity matrix")
        table = table.array[0]
        close(np.triu(table, 1), np.zeros((size, size)), "weights of the future", **DUST)
        close(table.sum(axis=1), np.ones(size), "sum of the weights of each row", rtol=0, atol=1e-12)

    def test_future(self, learner, rng, way):
        """changing the last place leaves all others as they were"""
        x = normal(rng, 2, 5, 3)
        before = getattr(learner, f"causal_average_{way}")(tensor(x))
        x[:, -1] += 1e3
        after = getattr(learner, f"causal_average_{way}")(tensor(x))
        close(after.array[:, :-1], before.array[:, :-1], "places 0 to 3, after place 4 changed", rtol=0, atol=1e-9)

    def test_dtype_and_device(self, learner, props, rng, way):
        """float32 stays float32, x stays as it is, and so does the device"""
        x = tensor(normal(rng, 2, 5, 3))
        expected = getattr(learner, f"causal_average_{way}")(x)
        keeps_dtype(props, f"causal_average_{way}", expected, x)
        stays(props, f"causal_average_{way}", x)
        any_device(props, f"causal_average_{way}", x)


def attends(learner, oracle, rng, q, k, v, what="attention(q, k, v)", **masks):
    """Require value and gradients of attention; q, k, v are arrays, a mask is an array of bool."""
    cotangent = normal(rng, *np.broadcast_shapes(q.shape[:-2], v.shape[:-2]), q.shape[-2], v.shape[-1])
    expected = oracle.attention(q, k, v, cotangent, **masks)
    sent = {name: tensor(mask) if name == "mask" else mask for name, mask in masks.items()}
    pull = learner.vjp("scaled_dot_product_attention", tensor(q), tensor(k), tensor(v), **sent)
    close(pull.value, expected["out"], what)
    close(pull(tensor(cotangent)), expected["grads"], "gradients of [q, k, v]")


def some_mask(rng, *size):
    """Return a mask in which every row allows something, and forbids something."""
    mask = rng.random(size) < 0.5
    mask[..., 0], mask[..., 1] = True, False
    return rng.permuted(mask, axis=-1)


@exercise("scaled_dot_product_attention", points=12, cpu=1.0)
class TestAttention:
    """softmax(q k^T / sqrt(d)) v, for any axes in front, with masks that hold whatever the scores are."""

    def test_sizes(self, learner, oracle, rng):
        """values and gradients where T, S, d and dv all differ"""
        attends(learner, oracle, rng, normal(rng, 2, 4, 5), normal(rng, 2, 6, 5), normal(rng, 2, 6, 3))

    def test_equal_sizes(self, learner, oracle, rng):
        """values and gradients where all sizes are equal"""
        attends(learner, oracle, rng, *(normal(rng, 4, 4, 4) for _ in range(3)))

    def test_wide(self, learner, oracle, rng):
        """scores of 64 products: the root of d keeps them small"""
        attends(learner, oracle, rng, *(normal(rng, 2, 3, 64) for _ in range(3)))

    def test_heads(self, learner, oracle, rng):
        """(B, H, T, d): d is the size of a head, and heads do not mix"""
        attends(learner, oracle, rng, normal(rng, 2, 3, 4, 5), normal(rng, 2, 3, 6, 5), normal(rng, 2, 3, 6, 7))

    def test_no_axes_in_front(self, learner, oracle, rng):
        """(T, d), with nothing in front"""
        attends(learner, oracle, rng, normal(rng, 4, 5), normal(rng, 6, 5), normal(rng, 6, 3))

    def test_single(self, learner, oracle, rng):
        """T = 1, and S = 1"""
        attends(learner, oracle, rng, normal(rng, 2, 1, 5), normal(rng, 2, 6, 5), normal(rng, 2, 6, 3))
        attends(learner, oracle, rng, normal(rng, 2, 4, 5), normal(rng, 2, 1, 5), normal(rng, 2, 1, 3))

    def test_mask(self, learner, oracle, rng):
        """a mask: True is for what may be attended to"""
        q, k, v = normal(rng, 2, 4, 5), normal(rng, 2, 6, 5), normal(rng, 2, 6, 3)
        attends(learner, oracle, rng, q, k, v, "attention(q, k, v, mask)", mask=some_mask(rng, 2, 4, 6))

    @pytest.mark.parametrize("shape", [(4, 6), (2, 1, 4, 6), (2, 1, 1, 6)], ids=str)
    def test_mask_broadcasts(self, learner, oracle, rng, shape):
        """one mask for all heads, for all sequences, for all queries"""
        q, k, v = normal(rng, 2, 3, 4, 5), normal(rng, 2, 3, 6, 5), normal(rng, 2, 3, 6, 7)
        attends(learner, oracle, rng, q, k, v, f"attention with a mask {shape}", mask=some_mask(rng, *shape))

    def test_causal(self, learner, oracle, rng):
        """is_causal: query t sees the keys 0 to t, also where T and S differ"""
        for T, S in ((5, 5), (3, 6), (6, 3)):
            q, k, v = normal(rng, 2, T, 4), normal(rng, 2, S, 4), normal(rng, 2, S, 3)
            attends(learner, oracle, rng, q, k, v, f"causal attention, T = {T}, S = {S}", is_causal=True)

    def test_causal_and_mask(self, learner, oracle, rng):
        """is_causal together with a mask: both must allow it"""
        q, k, v, mask = normal(rng, 2, 5, 4), normal(rng, 2, 5, 4), normal(rng, 2, 5, 3), some_mask(rng, 2, 5, 5)
        mask[:, :, 0] = True
        attends(learner, oracle, rng, q, k, v, "causal attention with a mask", mask=mask, is_causal=True)

    def test_large_scores(self, learner, oracle, rng):
        """scores of 10,000 and more: no inf, no nan"""
        q, k, v = normal(rng, 2, 4, 5, scale=200.0), normal(rng, 2, 6, 5, scale=200.0), normal(rng, 2, 6, 3)
        attends(learner, oracle, rng, q, k, v)

    def test_dominant_forbidden_key(self, learner, oracle, rng):
        """the forbidden key has by far the largest score, and still gets nothing"""
        q, k, v, mask = normal(rng, 2, 4, 5), normal(rng, 2, 6, 5), normal(rng, 2, 6, 3), np.ones((4, 6), bool)
        q[..., 0], k[:, 2, 0], mask[:, 2] = 40.0, 60.0, False
        attends(learner, oracle, rng, q, k, v, "attention with key 2 forbidden", mask=mask)

    def test_low_scores(self, learner, oracle, rng):
        """all allowed scores lie below -20,000, and the forbidden ones still get nothing"""
        q, k, v, mask = normal(rng, 2, 4, 4), normal(rng, 2, 6, 4), normal(rng, 2, 6, 3), some_mask(rng, 1, 6)
        q[..., 0], k[..., 0] = 300.0, np.where(mask, -150.0, 0.0)
        attends(learner, oracle, rng, q, k, v, "attention, allowed scores near -22,500", mask=mask)

    def test_nothing_allowed(self, learner, oracle, rng):
        """a query that may attend to nothing gets zeros, and no gradient is nan"""
        q, k, v, mask = normal(rng, 2, 4, 5), normal(rng, 2, 6, 5), normal(rng, 2, 6, 3), some_mask(rng, 4, 6)
        mask[2] = False
        attends(learner, oracle, rng, q, k, v, "attention where query 2 may attend to nothing", mask=mask)

    def test_weights(self, learner, oracle, rng):
        """the weights of each query are its own, and sum to one over the keys"""
        q, k, mask = normal(rng, 2, 4, 5), normal(rng, 2, 6, 5), some_mask(rng, 4, 6)
        table = learner.scaled_dot_product_attention(
            tensor(q), tensor(k), tensor(np.tile(np.eye(6), (2, 1, 1))), tensor(mask)
        )
        close(table, oracle.weights_of(q, k, mask), "the weights, read off with an identity matrix as v")
        close(table.array.sum(axis=-1), np.ones((2, 4)), "sum of the weights over the keys", rtol=0, atol=1e-12)

    def test_order_of_keys(self, learner, rng):
        """keys and values in another order, both alike, change nothing"""
        q, k, v, order = normal(rng, 2, 4, 5), normal(rng, 2, 6, 5), normal(rng, 2, 6, 3), rng.permutation(6)
        one = learner.scaled_dot_product_attention(tensor(q), tensor(k), tensor(v))
        two = learner.scaled_dot_product_attention(tensor(q), tensor(k[:, order]), tensor(v[:, order]))
        close(two, one, "attention with keys and values in another order", rtol=0, atol=1e-12)

    def test_dropout(self, props, oracle, rng):
        """the weights go through the dropout that is given, after the softmax"""
        q, k, v, mask = normal(rng, 2, 4, 5), normal(rng, 2, 6, 5), normal(rng, 2, 6, 3), some_mask(rng, 4, 6)
        sent = [tensor(array) for array in (q, k, v, mask)]
        doubled, shown = props.doubling_dropout("scaled_dot_product_attention", *sent)
        close(shown, [oracle.weights_of(q, k, mask)], "[what dropout was given]")
        plain = oracle.attention(q, k, v, np.ones((2, 4, 3)), mask=mask)["out"]
        close(doubled, tensor(2 * plain.array), "attention with a dropout that doubles the weights")

    @pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
    def test_dtypes(self, props, oracle, rng, dtype):
        """float32 and half precision, with a mask: the dtype stays, nothing overflows"""
        q, k, v, mask = normal(rng, 2, 4, 5), normal(rng, 2, 6, 5), normal(rng, 2, 6, 3), some_mask(rng, 4, 6)
        expected = oracle.attention(q, k, v, np.ones((2, 4, 3)), mask=mask)["out"]
        atol = {"float32": 1e-5, "bfloat16": 0.1, "float16": 0.02}[dtype]
        sent = [tensor(array) for array in (q, k, v, mask)]
        keeps_dtype(props, "scaled_dot_product_attention", expected, *sent, dtype=dtype, atol=atol)

    def test_arguments_stay(self, props, rng):
        """q, k, v and the mask stay as they were, and so does the device"""
        q, k, v = (tensor(normal(rng, 2, 5, 4)) for _ in range(3))
        mask = tensor(np.tril(some_mask(rng, 5, 5)))
        stays(props, "scaled_dot_product_attention", q, k, v, mask=mask, is_causal=True)
        any_device(props, "scaled_dot_product_attention", q, k, v, mask, is_causal=True)


@exercise("dropout", points=5, cpu=1.0, answers=("Dropout.__init__", "Dropout.forward"))
class TestDropout:
    """Zeros at random in training, the others scaled up; outside training, nothing."""

    def test_outside_training(self, learner, rng):
        """in eval mode: the same values, whatever p is"""
        x = normal(rng, 4, 5, 6)
        for p in (0.0, 0.4, 1.0):
            close(learner.Dropout(p).eval()(tensor(x)), tensor(x), f"Dropout({p}) in eval mode", **EXACT)

    def test_back_in_training(self, learner, rng):
        """train() after eval() switches it on again"""
        x = tensor(1 + rng.random(size=(40, 50)))
        out = learner.Dropout(0.5).eval().train()(x)
        near((out.array == 0).sum(), 2000, 0.5, "zeros among the results")

    def test_nothing_dropped(self, learner, rng):
        """p = 0 in training: the same values"""
        x = normal(rng, 4, 5, 6)
        close(learner.Dropout(0.0)(tensor(x)), tensor(x), "Dropout(0.0)(x)", **EXACT)

    def test_everything_dropped(self, learner, rng):
        """p = 1 in training: zeros, no nan, also in the gradient"""
        x = normal(rng, 4, 5, 6)
        pull = learner.vjp(learner.Dropout(1.0), tensor(x))
        close(pull.value, tensor(0 * x), "Dropout(1.0)(x)", **EXACT)
        (slope,) = pull(tensor(normal(rng, 4, 5, 6)))
        close(0 * x if slope is None else slope.array, 0 * x, "gradient of x", **EXACT)

    @pytest.mark.parametrize("p", [0.2, 0.7])
    def test_scale(self, learner, props, rng, p):
        """what is kept is x / (1 - p), what is dropped is 0"""
        x = 1 + rng.random(size=(8, 9, 10))
        out = learner.Dropout(p, generator=props.generator(seed(rng)))(tensor(x))
        same(out.shape, x.shape, "shape of the result")
        kept = out.array != 0
        close(out.array, np.where(kept, x / (1 - p), 0.0), f"Dropout({p})(x)", rtol=1e-12, atol=0.0)
        near((~kept).sum(), kept.size, p, f"dropped with p = {p}")

    def test_mean(self, learner, props, rng):
        """the mean stays, on average"""
        p, n = 0.3, 20_000
        mean = learner.Dropout(p, generator=props.generator(seed(rng)))(tensor(np.ones(n))).array.mean()
        room = 5 * math.sqrt(p / (1 - p) / n)
        assert abs(mean - 1) < room, (
            f"the mean of 20,000 ones became {mean:.4f}; 1 is expected, give or take {room:.3f}"
        )

    @pytest.mark.parametrize("axis", [0, 1, 2])
    def test_each_entry(self, learner, props, rng, axis):
        """each entry is dropped on its own: no axis shares one mask"""
        out = learner.Dropout(0.5, generator=props.generator(seed(rng)))(tensor(np.ones((7, 8, 9)))).array
        same(out.shape, (7, 8, 9), "shape of the result")
        shared = (out == np.take(out, [0], axis=axis)).mean()
        assert shared < 0.8, f"along axis {axis} entries are dropped together; each should have a draw of its own"

    def test_fresh_mask(self, learner, props, rng):
        """each call drops others"""
        module, x = learner.Dropout(0.5, generator=props.generator(seed(rng))), tensor(np.ones((20, 30)))
        one, two = props.called(module, x, 2)
        assert (one.array != two.array).any(), "two calls in a row dropped exactly the same entries"

    def test_gradient(self, learner, props, rng):
        """the gradient goes through the same mask, with the same scale"""
        x, cotangent = 1 + rng.random(size=(8, 9)), normal(rng, 8, 9)
        pull = learner.vjp(learner.Dropout(0.4, generator=props.generator(seed(rng))), tensor(x))
        factor = pull.value.array / x
        close(pull(tensor(cotangent)), [tensor(cotangent * factor)], "[gradient of x]", rtol=1e-12, atol=0.0)

    def test_generator(self, learner, props, rng):
        """the generator decides, and torch's global one stays out of it; without one it is the global one"""
        x, s = tensor(np.ones((20, 30))), seed(rng)
        one, two = (learner.Dropout(0.5, generator=props.generator(s))(x) for _ in range(2))
        close(two, one, "the result from the same seed", **EXACT)
        own_generator(props, learner.Dropout(0.5, generator=props.generator(s)), x)
        one, two = (props.seeded(s, learner.Dropout(0.5), x) for _ in range(2))
        close(two, one, "the result after torch.manual_seed", **EXACT)

    def test_p(self, learner):
        """a p below 0 or above 1 is refused when the layer is made"""
        for p in (-0.1, 1.5, 50):
            raises(ValueError, lambda p=p: learner.Dropout(p), f"Dropout({p})")

    def test_dtype_and_device(self, learner, props, rng):
        """float32 and bfloat16 stay, x stays as it is, and there is nothing to train"""
        x = tensor(normal(rng, 6, 7))
        for dtype in ("float32", "bfloat16"):
            found, _ = props.in_dtype(learner.Dropout(0.5), dtype, x)
            same(found, dtype, f"dtype of the result for {dtype} input")
        stays(props, learner.Dropout(0.5), x)
        same(props.shapes(learner.Dropout(0.5)), {}, "parameters of a Dropout")
        any_device(props, learner.Dropout(0.5), x)


@exercise(
    "head",
    points=6,
    cpu=1.0,
    answers=("Head.__init__", "Head.forward"),
    needs=("scaled_dot_product_attention", "dropout"),
)
class TestHead:
    """One head: queries, keys and values from x, and causal attention between them."""

    @pytest.mark.parametrize("T", [5, 8])
    def test_values(self, learner, props, oracle, rng, T):
        """value and all gradients, for sequences shorter than block_size and as long"""
        module = loaded(props, learner.Head(6, 4, 8), weights := drawn(rng, head_shapes(6, 4)))
        x, cotangent = normal(rng, 2, T, 6), normal(rng, 2, T, 4)
        agrees(learner, module, oracle.head(weights, x, cotangent), x, cotangent, "head(x)")

    def test_one_token(self, learner, props, rng):
        """T = 1 and B = 1: the token has only itself, so the result is its value"""
        module = loaded(props, learner.Head(6, 4, 8), weights := drawn(rng, head_shapes(6, 4)))
        x = normal(rng, 1, 1, 6)
        close(module(tensor(x)), tensor(x @ weights["value.weight"].array.T), "head(x)")

    def test_too_long(self, learner, rng):
        """T larger than block_size raises ValueError"""
        raises(ValueError, lambda: learner.Head(6, 4, 8)(tensor(normal(rng, 2, 9, 6).astype("f"))), "T = 9, block 8")

    def test_what_is_trained(self, learner, props):
        """key, query and value, without bias, and nothing else: a mask is no parameter"""
        same(props.shapes(learner.Head(6, 4, 8)), head_shapes(6, 4), "parameters of Head(6, 4, 8)")

    def test_causal(self, learner, props, rng):
        """by gradient: each place depends on itself and all before it, and on no later one"""
        module = loaded(props, learner.Head(6, 4, 8), drawn(rng, head_shapes(6, 4)))
        sees_the_past(props.influence(module, tensor(normal(rng, 2, 6, 6))), "head(x)")

    def test_dropout(self, learner, props, rng):
        """dropout hits the weights: with a single token, all of its value or nothing"""
        module = loaded(props, learner.Head(6, 4, 8, dropout=0.5), weights := drawn(rng, head_shapes(6, 4)))
        x = normal(rng, 60, 1, 6)
        value = x @ weights["value.weight"].array.T
        out = module(tensor(x)).array
        dropped = (out == 0).all(axis=-1, keepdims=True)
        close(out, np.where(dropped, 0.0, 2 * value), "head(x) in training: each row is twice the value, or zero")
        near(dropped.sum(), 60, 0.5, "rows that were dropped")
        close(module.eval()(tensor(x)), tensor(value), "head(x) in eval mode")

    def test_dtype_and_device(self, learner, props, rng):
        """float32 stays float32, x stays as it is, and so does the device"""
        module, x = loaded(props, learner.Head(6, 4, 8), drawn(rng, head_shapes(6, 4))), tensor(normal(rng, 2, 5, 6))
        expected = module(x)
        stays(props, module, x)
        keeps_dtype(props, module, expected, x)
        any_device(props, module, x)


@exercise(
    "multi_head_attention",
    points=7,
    cpu=1.0,
    answers=("MultiHeadAttention.__init__", "MultiHeadAttention.forward"),
    needs=("head",),
)
class TestMultiHeadAttention:
    """Heads side by side along the channels, then one more layer in which they mix."""

    @pytest.mark.parametrize("n_head", [1, 3, 4])
    def test_values(self, learner, props, oracle, rng, n_head):
        """value and all gradients with 1, 3 and 4 heads"""
        weights = drawn(rng, heads_shapes(12, n_head))
        module = loaded(props, learner.MultiHeadAttention(12, n_head, 7), weights)
        x, cotangent = normal(rng, 2, 5, 12), normal(rng, 2, 5, 12)
        expected = oracle.multi_head(weights, x, cotangent, n_head)
        agrees(learner, module, expected, x, cotangent, f"{n_head} heads of x")

    def test_as_many_tokens_as_heads(self, learner, props, oracle, rng):
        """B, T, H and the head size all equal: a wrong axis has nowhere to hide"""
        module = loaded(props, learner.MultiHeadAttention(9, 3, 7), weights := drawn(rng, heads_shapes(9, 3)))
        x, cotangent = normal(rng, 3, 3, 9), normal(rng, 3, 3, 9)
        agrees(learner, module, oracle.multi_head(weights, x, cotangent, 3), x, cotangent, "3 heads of x")

    def test_one_token(self, learner, props, oracle, rng):
        """T = 1 and B = 1"""
        module = loaded(props, learner.MultiHeadAttention(12, 3, 7), weights := drawn(rng, heads_shapes(12, 3)))
        x = normal(rng, 1, 1, 12)
        close(module(tensor(x)), oracle.multi_head(weights, x, normal(rng, 1, 1, 12), 3)["out"], "3 heads of x")

    def test_uneven(self, learner):
        """a number of heads that does not divide n_embd raises ValueError"""
        for n_embd, n_head in ((10, 4), (12, 5), (3, 6)):
            label = f"{n_head} heads for {n_embd} channels"
            raises(ValueError, lambda a=n_embd, b=n_head: learner.MultiHeadAttention(a, b, 7), label)

    @pytest.mark.parametrize("n_head", [1, 2, 6])
    def test_what_is_trained(self, learner, props, n_head):
        """heads of size n_embd / n_head and proj: as many parameters for any number of heads"""
        found = props.shapes(learner.MultiHeadAttention(12, n_head, 7))
        same(found, heads_shapes(12, n_head), f"parameters of MultiHeadAttention(12, {n_head}, 7)")

    def test_order_of_heads(self, learner, props, rng):
        """heads in another order, with proj's columns alike, change nothing"""
        weights, order = drawn(rng, heads_shapes(12, 3)), [2, 0, 1]
        x = tensor(normal(rng, 2, 5, 12))
        before = loaded(props, learner.MultiHeadAttention(12, 3, 7), weights)(x)
        columns = weights["proj.weight"].array.reshape(12, 3, 4)[:, order].reshape(12, 12)
        moved = {**weights, "proj.weight": tensor(columns)}
        for i, j in enumerate(order):
            moved |= {f"heads.{i}.{name}": weights[f"heads.{j}.{name}"] for name in head_shapes(12, 4)}
        after = loaded(props, learner.MultiHeadAttention(12, 3, 7), moved)(x)
        close(after, before, "the result with the heads in another order", rtol=0, atol=1e-12)

    def test_causal(self, learner, props, rng):
        """by gradient: each place depends on itself and all before it, and on no later one"""
        module = loaded(props, learner.MultiHeadAttention(12, 3, 7), drawn(rng, heads_shapes(12, 3)))
        sees_the_past(props.influence(module, tensor(normal(rng, 2, 5, 12))), "the result")

    def test_dropout(self, learner, props, rng):
        """dropout hits the weights and the output; in eval mode neither"""
        shapes = heads_shapes(12, 3)
        weights = drawn(rng, shapes) | {"proj.weight": tensor(np.eye(12)), "proj.bias": tensor(np.zeros(12))}
        values = np.concatenate([weights[f"heads.{i}.value.weight"].array for i in range(3)])
        module = loaded(props, learner.MultiHeadAttention(12, 3, 7, dropout=0.5), weights)
        x = normal(rng, 50, 1, 12)
        kept_twice(module, x, x @ values.T)

    def test_device(self, learner, props, rng):
        """x stays as it is, float32 stays float32, and so does the device"""
        module = loaded(props, learner.MultiHeadAttention(12, 3, 7), drawn(rng, heads_shapes(12, 3)))
        x = tensor(normal(rng, 2, 5, 12))
        expected = module(x)
        stays(props, module, x)
        keeps_dtype(props, module, expected, x)
        any_device(props, module, x)


def kept_twice(module, x, plain):
    """Require that dropout 0.5 hits weights and output of single tokens: what is kept is four times the plain value."""
    out = module(tensor(x)).array
    same(out.shape, plain.shape, "shape of the result")
    close(out, np.where(out == 0, 0.0, 4 * plain), "in training: what two dropouts of 0.5 leave is 4 times the value")
    left = (out != 0).mean()  # a quarter, of 150 draws for the weights
    assert 0.1 < left < 0.45, f"two dropouts of 0.5 left {left:.0%} of the entries; a quarter is expected"
    close(module.eval()(tensor(x)), tensor(plain), "the result in eval mode")


@exercise(
    "causal_self_attention",
    points=8,
    cpu=1.0,
    answers=("CausalSelfAttention.__init__", "CausalSelfAttention.forward"),
    needs=("scaled_dot_product_attention", "dropout"),
)
class TestCausalSelfAttention:
    """All heads in one layer: the same numbers as MultiHeadAttention with the same weights."""

    @pytest.mark.parametrize(("n_embd", "n_head"), [(24, 3), (10, 1), (12, 6)], ids=str)
    def test_values(self, learner, props, oracle, rng, n_embd, n_head):
        """value and all gradients"""
        module, weights = fused(learner, props, rng, n_embd, n_head)
        x, cotangent = normal(rng, 2, 5, n_embd), normal(rng, 2, 5, n_embd)
        expected = oracle.fused(weights, x, cotangent, n_head)
        agrees(learner, module, expected, x, cotangent, f"{n_head} heads of x, C = {n_embd}")

    def test_equal_sizes(self, learner, props, oracle, rng):
        """T, H and the head size all equal: a wrong axis has nowhere to hide"""
        module, weights = fused(learner, props, rng, 9, 3)
        x, cotangent = normal(rng, 3, 3, 9), normal(rng, 3, 3, 9)
        agrees(learner, module, oracle.fused(weights, x, cotangent, 3), x, cotangent, "3 heads of x, C = 9")

    def test_same_as_the_heads(self, learner, props, oracle, rng):
        """equal to MultiHeadAttention when the weights are laid over each other"""
        weights = drawn(rng, heads_shapes(12, 3))
        rows = [weights[f"heads.{i}.{name}.weight"].array for name in ("query", "key", "value") for i in range(3)]
        laid = {"c_attn.weight": tensor(np.concatenate(rows)), "c_attn.bias": tensor(np.zeros(36))}
        laid |= {f"c_proj.{name}": weights[f"proj.{name}"] for name in ("weight", "bias")}
        module = loaded(props, learner.CausalSelfAttention(config_of(learner, n_embd=12)), laid)
        x, cotangent = normal(rng, 2, 5, 12), normal(rng, 2, 5, 12)
        close(module(tensor(x)), oracle.multi_head(weights, x, cotangent, 3)["out"], "the fused result")

    def test_one_token(self, learner, props, oracle, rng):
        """T = 1, and B = 1"""
        module, weights = fused(learner, props, rng, 12, 3)
        for B, T in ((2, 1), (1, 4), (1, 1)):
            x, cotangent = normal(rng, B, T, 12), normal(rng, B, T, 12)
            close(module(tensor(x)), oracle.fused(weights, x, cotangent, 3)["out"], f"the result for B = {B}, T = {T}")

    def test_full_and_too_long(self, learner, props, oracle, rng):
        """T = block_size works, one more raises ValueError"""
        module, weights = fused(learner, props, rng, 12, 3)
        x, cotangent = normal(rng, 2, 7, 12), normal(rng, 2, 7, 12)
        agrees(learner, module, oracle.fused(weights, x, cotangent, 3), x, cotangent, "the result for T = 7")
        raises(ValueError, lambda: module(tensor(normal(rng, 2, 8, 12))), "T = 8 with block_size 7")

    @pytest.mark.parametrize("bias", [True, False])
    def test_what_is_trained(self, learner, props, oracle, rng, bias):
        """c_attn and c_proj, with and without bias"""
        config = config_of(learner, n_embd=24, bias=bias)
        same(props.shapes(learner.CausalSelfAttention(config)), fused_shapes(24, bias), f"parameters, bias={bias}")
        module, weights = fused(learner, props, rng, 24, 3, bias=bias)
        x, cotangent = normal(rng, 2, 4, 24), normal(rng, 2, 4, 24)
        close(module(tensor(x)), oracle.fused(weights, x, cotangent, 3)["out"], f"the result, bias={bias}")

    def test_uneven(self, learner):
        """a number of heads that does not divide n_embd raises ValueError"""
        config = config_of(learner, n_embd=10, n_head=4)
        raises(ValueError, lambda: learner.CausalSelfAttention(config), "4 heads for 10 channels")

    def test_causal(self, learner, props, rng):
        """by gradient: each place depends on itself and all before it, and on no later one"""
        module, _ = fused(learner, props, rng, 12, 3)
        sees_the_past(props.influence(module, tensor(normal(rng, 2, 5, 12))), "the result")

    def test_dropout(self, learner, props, rng):
        """dropout hits the weights and the output; in eval mode neither"""
        weights = drawn(rng, fused_shapes(12, bias=False)) | {"c_proj.weight": tensor(np.eye(12))}
        config = config_of(learner, n_embd=12, bias=False, dropout=0.5)
        module = loaded(props, learner.CausalSelfAttention(config), weights)
        x = normal(rng, 50, 1, 12)
        kept_twice(module, x, x @ weights["c_attn.weight"].array[24:].T)

    def test_device(self, learner, props, rng):
        """x stays as it is, float32 stays float32, and so does the device"""
        module, _ = fused(learner, props, rng, 12, 3)
        x = tensor(normal(rng, 2, 5, 12))
        expected = module(x)
        stays(props, module, x)
        keeps_dtype(props, module, expected, x)
        any_device(props, module, x)


def config_of(learner, **sizes):
    return learner.GPTConfig(**{**SIZES, **sizes})


def fused(learner, props, rng, n_embd, n_head, bias=True):
    """Return a CausalSelfAttention and the weights that it has."""
    weights = drawn(rng, fused_shapes(n_embd, bias))
    config = config_of(learner, n_embd=n_embd, n_head=n_head, bias=bias)
    return loaded(props, learner.CausalSelfAttention(config), weights), weights


@exercise("layer_norm", points=6, cpu=1.0, answers=("LayerNorm.__init__", "LayerNorm.forward"))
class TestLayerNorm:
    """Each token on its own: minus its mean, by its standard deviation, times a gain, plus a shift."""

    @pytest.mark.parametrize("shape", [(8,), (5, 8), (2, 3, 8), (2, 3, 4, 8)], ids=str)
    def test_values(self, learner, props, oracle, rng, shape):
        """value and all gradients, with any number of axes in front"""
        normalised(learner, props, oracle, rng, normal(rng, *shape))

    def test_equal_sizes(self, learner, props, oracle, rng):
        """as many tokens as channels: a mean that lost its axis would broadcast along the wrong one"""
        normalised(learner, props, oracle, rng, normal(rng, 6, 6))
        normalised(learner, props, oracle, rng, normal(rng, 4, 4, 4))

    def test_small_spread(self, learner, props, oracle, rng):
        """tokens with a spread of 0.001: eps is 1e-5, and stands under the root"""
        normalised(learner, props, oracle, rng, normal(rng, 2, 3, 8, scale=1e-3))

    def test_other_eps(self, learner, props, oracle, rng):
        """an eps of 0.1 is used"""
        normalised(learner, props, oracle, rng, normal(rng, 2, 3, 8), eps=0.1)

    def test_large_mean(self, learner, props, oracle, rng):
        """a mean of 10,000 costs no more digits than it must"""
        # 1e4 + x is rounded at 1e-12, and a mean of such numbers again.
        normalised(learner, props, oracle, rng, 1e4 + normal(rng, 2, 3, 8), rtol=1e-6, atol=1e-7)

    def test_float32(self, learner, props, oracle, rng):
        """float32 stays float32, and a mean of 100 times the spread leaves it its digits"""
        weights, x = drawn(rng, norm_shapes(8, True)), (100 + normal(rng, 4, 5, 8)).astype(np.float32)
        expected = oracle.layer_norm(weights, x.astype(np.float64), np.ones((4, 5, 8)))["out"]
        module = loaded(props, learner.LayerNorm(8), weights)
        keeps_dtype(props, module, expected, tensor(x), atol=2e-4)

    def test_one_channel(self, learner, props, rng):
        """C = 1: nothing is left of x, so the result is the bias"""
        weights = drawn(rng, norm_shapes(1, True))
        module = loaded(props, learner.LayerNorm(1), weights)
        out = module(tensor(normal(rng, 3, 4, 1)))
        close(out, tensor(np.full((3, 4, 1), weights["bias"].array)), "layer_norm(x) with one channel")

    def test_no_spread(self, learner, props, oracle, rng):
        """a token whose channels are all equal becomes the bias, and no gradient is nan"""
        x = normal(rng, 2, 3, 8)
        x[0, 1] = 3.0
        normalised(learner, props, oracle, rng, x)

    @pytest.mark.parametrize("bias", [True, False])
    def test_what_is_trained(self, learner, props, oracle, rng, bias):
        """weight, and bias if wanted: parameters that begin as ones and zeros"""
        module = learner.LayerNorm(8, bias=bias)
        expected = {"weight": np.ones(8, np.float32), **({"bias": np.zeros(8, np.float32)} if bias else {})}
        same(props.shapes(module), norm_shapes(8, bias), f"what is trained of LayerNorm(8, bias={bias})")
        close(props.parameters(module), {name: tensor(one) for name, one in expected.items()}, "parameters", **EXACT)
        normalised(learner, props, oracle, rng, normal(rng, 2, 3, 8), bias=bias)

    def test_no_memory(self, learner, props, rng):
        """no buffers: each token is judged by itself, in training and in eval mode, whatever came before"""
        module = loaded(props, learner.LayerNorm(8), drawn(rng, norm_shapes(8, True)))
        x, other = normal(rng, 2, 3, 8), 5 + normal(rng, 2, 3, 8)
        before = module(tensor(x))
        module(tensor(other))
        close(module.eval()(tensor(x)), before, "layer_norm(x) in eval mode, after another batch", rtol=0, atol=1e-12)
        alone = module(tensor(x[1:, 2:]))
        close(alone.array, before.array[1:, 2:], "layer_norm of one token without the others", rtol=0, atol=1e-12)
        stays(props, module, tensor(x))
        any_device(props, module, tensor(x))


def normalised(learner, props, oracle, rng, x, *, eps=1e-5, bias=True, **tolerance):
    """Require value and gradients of LayerNorm, with random gain and shift."""
    weights, cotangent = drawn(rng, norm_shapes(x.shape[-1], bias)), normal(rng, *x.shape)
    arguments = {} if eps == 1e-5 else {"eps": eps}
    module = loaded(props, learner.LayerNorm(x.shape[-1], bias=bias, **arguments), weights)
    expected = oracle.layer_norm(weights, x, cotangent, eps)
    pull = learner.vjp(module, tensor(x))
    close(pull.value, expected["out"], "layer_norm(x)", **tolerance)
    close(pull(tensor(cotangent)), [expected["x"]], "[gradient of x]", **tolerance)
    close(pull.parameters, expected["parameters"], "gradients of the parameters", **tolerance)


@exercise(
    "feed_forward",
    points=3,
    cpu=1.0,
    answers=("FeedForward.__init__", "FeedForward.forward"),
    needs=("dropout",),
)
class TestFeedForward:
    """Two layers with an activation between, four times as wide in the middle, for each token on its own."""

    @pytest.mark.parametrize("act", ["relu", "gelu_tanh"])
    def test_values(self, learner, props, oracle, rng, act):
        """value and all gradients, with either activation"""
        module = loaded(props, learner.FeedForward(6, act=act), weights := drawn(rng, feed_forward_shapes(6)))
        x, cotangent = normal(rng, 2, 5, 6), normal(rng, 2, 5, 6)
        expected = oracle.feed_forward(weights, x, cotangent, act)
        agrees(learner, module, expected, x, cotangent, f"feed_forward(x) with {act}")

    def test_default(self, learner, props, oracle, rng):
        """gelu_tanh, not gelu with erf, is what it uses by default; also far out"""
        module = loaded(props, learner.FeedForward(6), weights := drawn(rng, feed_forward_shapes(6)))
        x = normal(rng, 2, 5, 6, scale=20.0)
        close(
            module(tensor(x)), oracle.feed_forward(weights, x, normal(rng, 2, 5, 6), "gelu_tanh")["out"], "the result"
        )

    @pytest.mark.parametrize("bias", [True, False])
    def test_what_is_trained(self, learner, props, bias):
        """c_fc and c_proj, 4C wide in the middle, with and without bias"""
        found = props.shapes(learner.FeedForward(6, bias=bias))
        same(found, feed_forward_shapes(6, bias), f"parameters of FeedForward(6, bias={bias})")

    def test_each_token(self, learner, props, rng):
        """tokens in another order give results in that order, and one token alone gives the same"""
        module = loaded(props, learner.FeedForward(6), drawn(rng, feed_forward_shapes(6)))
        x, order = normal(rng, 2, 5, 6), rng.permutation(5)
        out = module(tensor(x)).array
        close(module(tensor(x[:, order])).array, out[:, order], "the result for another order", rtol=0, atol=1e-12)
        close(module(tensor(x[:1, :1])).array, out[:1, :1], "the result for one token alone", rtol=0, atol=1e-12)

    def test_unknown_act(self, learner):
        """an activation of another name raises ValueError"""
        raises(ValueError, lambda: learner.FeedForward(6, act="gleu"), 'FeedForward(6, act="gleu")')

    def test_dropout(self, learner, props, rng):
        """dropout hits the output in training, and nothing in eval mode"""
        weights = drawn(rng, feed_forward_shapes(6))
        module = loaded(props, learner.FeedForward(6, dropout=0.5), weights)
        plain = loaded(props, learner.FeedForward(6), weights)
        x = tensor(normal(rng, 10, 5, 6))
        out, expected = module(x).array, plain(x).array
        close(out, np.where(out == 0, 0.0, 2 * expected), "in training: twice the result, or zero")
        near((out == 0).sum(), out.size, 0.5, "zeros among the results")
        close(module.eval()(x).array, expected, "the result in eval mode")

    def test_device(self, learner, props, rng):
        """x stays as it is, float32 stays float32, and so does the device"""
        for act in ("relu", "gelu_tanh"):
            module = loaded(props, learner.FeedForward(6, act=act), drawn(rng, feed_forward_shapes(6)))
            x = tensor(normal(rng, 2, 5, 6))
            expected = module(x)
            stays(props, module, x)
            keeps_dtype(props, module, expected, x, atol=1e-4)
            any_device(props, module, x)


@exercise(
    "block",
    points=5,
    cpu=1.0,
    answers=("Block.__init__", "Block.forward"),
    needs=("causal_self_attention", "layer_norm", "feed_forward"),
)
class TestBlock:
    """Attention, then feed-forward; each reads the stream through a LayerNorm of its own and adds to it."""

    @pytest.mark.parametrize(("act", "bias"), [("gelu_tanh", True), ("relu", False)], ids=str)
    def test_values(self, learner, props, oracle, rng, act, bias):
        """value and all gradients; act and bias as config says"""
        config, weights = config_of(learner, act=act, bias=bias), drawn(rng, block_shapes(12, bias))
        module = loaded(props, learner.Block(config), weights)
        x, cotangent = normal(rng, 2, 5, 12), normal(rng, 2, 5, 12)
        agrees(learner, module, oracle.block(weights, x, cotangent, 3, act), x, cotangent, "block(x)")

    def test_one_token(self, learner, props, oracle, rng):
        """T = 1 and B = 1"""
        module = loaded(props, learner.Block(config_of(learner)), weights := drawn(rng, block_shapes(12)))
        x, cotangent = normal(rng, 1, 1, 12), normal(rng, 1, 1, 12)
        agrees(learner, module, oracle.block(weights, x, cotangent, 3, "gelu_tanh"), x, cotangent, "block(x)")

    def test_nothing_to_add(self, learner, props, rng):
        """where both parts write zeros the stream passes through unchanged"""
        weights = drawn(rng, block_shapes(12))
        silent = {name: tensor(0 * one.array) for name, one in weights.items() if "c_proj" in name}
        module = loaded(props, learner.Block(config_of(learner)), weights | silent)
        x = normal(rng, 2, 5, 12)
        close(module(tensor(x)), tensor(x), "block(x) with c_proj of both parts set to zero", rtol=0, atol=1e-12)

    @pytest.mark.parametrize("bias", [True, False])
    def test_what_is_trained(self, learner, props, bias):
        """two LayerNorms of their own, attention and feed-forward, with and without bias"""
        found = props.shapes(learner.Block(config_of(learner, bias=bias)))
        same(found, block_shapes(12, bias), f"parameters of a Block with bias={bias}")

    def test_deep(self, learner, props, rng):
        """a gradient arrives at the bottom of 24 blocks about as large as it entered at the top"""
        config = config_of(learner, n_embd=12)
        ratio = props.deep_slope(config, 24, tensor(normal(rng, 2, 5, 12)), tensor(normal(rng, 2, 5, 12)))
        assert 0.5 < ratio < 2, f"through 24 blocks with small weights a gradient was scaled by {ratio:.3g}, not by 1"

    def test_dropout(self, learner, props, rng):
        """dropout of config reaches both parts: with 1.0, in training, nothing is added to the stream"""
        module = loaded(props, learner.Block(config_of(learner, dropout=1.0)), drawn(rng, block_shapes(12)))
        x = normal(rng, 2, 5, 12)
        close(module(tensor(x)), tensor(x), "block(x) with dropout 1.0 in training", rtol=0, atol=1e-12)

    def test_device(self, learner, props, rng):
        """x stays as it is, float32 stays float32, and so does the device"""
        module = loaded(props, learner.Block(config_of(learner)), drawn(rng, block_shapes(12), scale=0.3))
        x = tensor(normal(rng, 2, 5, 12))
        expected = module(x)
        stays(props, module, x)
        keeps_dtype(props, module, expected, x, atol=1e-4)
        any_device(props, module, x)


def gpt(learner, props, rng, scale=0.3, **sizes):
    """Return a GPT and the weights that it has."""
    weights = drawn(rng, gpt_shapes(**{**SIZES, **sizes}), scale)
    return loaded(props, learner.GPT(config_of(learner, **sizes)), weights), weights


def scores(learner, props, oracle, rng, B, T, **sizes):
    """Require logits, and the gradients of all weights under a cotangent of the logits."""
    model, weights = gpt(learner, props, rng, **sizes)
    idx, cotangent = ids(rng, 11, B, T), normal(rng, B, T, 11)
    expected = oracle.gpt(weights, idx, 3, sizes.get("act", "gelu_tanh"), cotangent)
    pull = learner.vjp(model, idx)
    close(pull.value, (expected["out"], None), "[logits, loss]")
    pull((tensor(cotangent), None))
    close(pull.parameters, expected["parameters"], "gradients of the parameters")


@exercise("gpt", points=12, cpu=4.0, answers=("GPT.__init__", "GPT.forward"), needs=("block",))
class TestGPT:
    """Tokens and places in, scores for the next token out, and the loss where the targets are known."""

    @pytest.mark.parametrize(("act", "bias"), [("gelu_tanh", True), ("relu", False)], ids=str)
    def test_logits(self, learner, props, oracle, rng, act, bias):
        """logits, and the gradients of all weights; act and bias as config says"""
        scores(learner, props, oracle, rng, 2, 5, act=act, bias=bias)

    @pytest.mark.parametrize(("B", "T"), [(1, 1), (3, 1), (2, 7)], ids=str)
    def test_lengths(self, learner, props, oracle, rng, B, T):
        """a single token, a single sequence, and a full window"""
        scores(learner, props, oracle, rng, B, T)

    def test_too_long(self, learner, rng):
        """one token more than block_size raises ValueError"""
        model = learner.GPT(config_of(learner))
        raises(ValueError, lambda: model(ids(rng, 11, 2, 8)), "8 tokens with block_size 7")

    def test_only_int64(self, learner):
        """ids of any dtype but int64 raise TypeError"""
        model = learner.GPT(config_of(learner))
        for dtype in (np.float32, np.int32):
            raises(TypeError, lambda kind=dtype: model(tensor(np.ones((2, 5), kind))), f"{dtype.__name__} ids")

    def test_causal(self, learner, props, rng):
        """other tokens from place t on leave the logits before t exactly as they were"""
        model, _ = gpt(learner, props, rng)
        idx = rng.integers(11, size=(3, 7))
        before = model(tensor(idx))[0].array
        for t in (1, 4, 6):
            moved = idx.copy()
            moved[:, t:] = (moved[:, t:] + 1 + rng.integers(10, size=(3, 7 - t))) % 11
            after = model(tensor(moved))[0].array
            close(after[:, :t], before[:, :t], f"logits before place {t}, after the tokens from {t} on changed", **DUST)

    def test_order_matters(self, learner, props, rng):
        """two earlier tokens that change places change the scores after them"""
        model, _ = gpt(learner, props, rng)
        idx = np.stack([rng.permutation(11)[:6] for _ in range(3)])
        before, after = (model(tensor(one))[0].array[:, -1] for one in (idx, idx[:, [1, 0, 2, 3, 4, 5]]))
        gap = np.abs(after - before).max(axis=-1).min()
        assert gap > 1e-6, "tokens 0 and 1 changed places, and the scores at place 5 are the same: order has no effect"

    def test_final_norm(self, learner, props, rng):
        """ln_f stands between the blocks and lm_head: three times its gain, three times the logits"""
        model, weights = gpt(learner, props, rng, bias=False)
        idx = ids(rng, 11, 2, 5)
        before = model(idx)[0]
        loaded(props, model, weights | {"ln_f.weight": tensor(3 * weights["ln_f.weight"].array)})
        close(model(idx)[0], tensor(3 * before.array), "logits with three times the gain in ln_f", rtol=1e-9, atol=1e-9)

    def test_loss(self, learner, props, oracle, rng):
        """the loss: cross-entropy over all B * T predictions, and the gradients of all weights"""
        model, weights = gpt(learner, props, rng)
        idx, targets = ids(rng, 11, 2, 5), ids(rng, 11, 2, 5)
        expected = oracle.gpt_loss(weights, idx, targets, 3, "gelu_tanh")
        pull = learner.vjp(model, idx, targets)
        close(pull.value, (expected["out"], expected["loss"]), "[logits, loss]")
        pull((tensor(0 * expected["out"].array), tensor(np.array(1.0))))
        close(pull.parameters, expected["parameters"], "gradients of the parameters")

    def test_ignored_targets(self, learner, props, oracle, rng):
        """targets of -1 do not count: neither above nor below the line of the mean"""
        model, weights = gpt(learner, props, rng)
        idx, targets = ids(rng, 11, 2, 5), rng.integers(11, size=(2, 5))
        targets[0, :3] = targets[1, 4] = -1
        expected = oracle.gpt_loss(weights, idx, tensor(targets), 3, "gelu_tanh")
        close(model(idx, tensor(targets))[1], expected["loss"], "loss with four of ten targets ignored")

    @pytest.mark.parametrize("bias", [True, False])
    def test_what_is_trained(self, learner, props, bias):
        """the promised parameters and no others, none of them shared"""
        sizes = {**SIZES, "n_embd": 6, "bias": bias}
        model, shapes = learner.GPT(config_of(learner, **sizes)), gpt_shapes(**sizes)
        same(props.shapes(model), shapes, f"parameters of the model, bias={bias}")
        count = sum(math.prod(shape) for shape in shapes.values())
        same(props.count_parameters(model), count, f"number of parameters, bias={bias}")

    def test_start(self, learner, props, rng):
        """a fresh model: weights of spread 0.02, biases zero, and a loss near ln V"""
        sizes = {"vocab_size": 50, "block_size": 32, "n_layer": 2, "n_head": 4, "n_embd": 48}
        model = learner.GPT(config_of(learner, **sizes))
        for name, one in props.parameters(model).items():
            if name.endswith("bias"):
                close(one.array, 0 * one.array, f"{name} of a fresh model", **EXACT)
            elif "ln_" not in name:
                found, room = float(one.array.std()), 5 * 0.02 / math.sqrt(2 * one.array.size)
                assert abs(found - 0.02) < room, f"{name} has a spread of {found:.4f}, not 0.02"
        loss = model(ids(rng, 50, 8, 32), ids(rng, 50, 8, 32))[1]
        close(loss.array, np.array(math.log(50), np.float32), "loss of a fresh model against ln 50", rtol=0, atol=0.05)

    def test_dropout(self, learner, props, oracle, rng):
        """dropout of config reaches embeddings and blocks; in eval mode it does nothing"""
        model, weights = gpt(learner, props, rng, dropout=1.0)
        idx = ids(rng, 11, 2, 5)
        blank = weights["lm_head.weight"].array @ weights["ln_f.bias"].array
        blank = tensor(np.tile(blank, (2, 5, 1)))
        close(model(idx)[0], blank, "logits in training with dropout 1.0: nothing of idx gets through")
        expected = oracle.gpt(weights, idx, 3, "gelu_tanh", np.ones((2, 5, 11)))["out"]
        close(model.eval()(idx)[0], expected, "logits in eval mode")

    def test_dtype_and_device(self, learner, props, rng):
        """float32 logits from float32 weights, ids and targets stay, and so does the device"""
        model, _ = gpt(learner, props, rng)
        idx, targets = ids(rng, 11, 2, 5), ids(rng, 11, 2, 5)
        stays(props, model, idx, targets)
        expected = model(idx)[0]
        near_enough = Tensor(expected.array.astype(np.float32), "float32")
        close(model.float()(idx)[0], near_enough, "logits of the model in float32", rtol=1e-3, atol=1e-4)
        any_device(props, model, idx)

    def test_training(self, learner, props, rng):
        """after 100 steps: near the best possible loss, and not below it"""
        table, usual = markov(rng, 6)
        config = learner.GPTConfig(vocab_size=6, block_size=8, n_layer=1, n_head=2, n_embd=32)
        test = walks(rng, table, usual, 300, 9)
        x, y = tensor(test[:, :-1].copy()), tensor(test[:, 1:].copy())
        loss = props.trained(config, tensor(table), seed(rng), x, y, steps=100, batch_size=32, lr=1e-2)[0]
        frequencies, best = floors(table, usual, test)
        assert loss > best - 0.05, (
            f"the loss is {loss:.3f}, but nobody can be better than {best:.3f} here without reading the answers: "
            "some place sees what comes after it"
        )
        # Over 30 seeds at most a quarter of the way from best to frequencies was left; a leaking mask ends near 0.2.
        bound = (frequencies + best) / 2
        assert loss < bound, f"the loss is {loss:.3f}; below {bound:.3f} is expected, {best:.3f} is the best possible"


def markov(rng, size):
    """Return a source in which a token depends on the last but one: its table, and how often each token occurs."""
    while True:
        table = rng.dirichlet(np.full(size, 0.3), size=size)
        values, vectors = np.linalg.eig(table.T)
        usual = np.real(vectors[:, np.argmax(np.real(values))])
        usual /= usual.sum()
        gap = (usual[:, None] * table * np.log(np.maximum(table, 1e-300) / usual)).sum()
        if gap > 0.6 and usual.min() > 0.02:
            return table, usual


def walks(rng, table, usual, count, length):
    """Return so many sequences of the source."""
    out = np.zeros((count, length), np.int64)
    for t in range(length):
        odds = table[out[:, t - 2]] if t > 1 else np.tile(usual, (count, 1))
        out[:, t] = np.minimum((rng.random((count, 1)) > odds.cumsum(axis=1)).sum(axis=1), len(usual) - 1)
    return out


def floors(table, usual, test):
    """Return two mean losses on sequences: knowing only how often tokens occur, and knowing the source."""
    frequencies = -np.log(usual[test[:, 1:]])
    best = np.concatenate([frequencies[:, :1], -np.log(table[test[:, :-2], test[:, 2:]])], axis=1)
    return float(frequencies.mean()), float(best.mean())


def softmax(scores):
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


@exercise("sample_logits", points=5, cpu=1.0, answers=("sampling_probs", "sample_logits"))
class TestSampleLogits:
    """From scores to probabilities, by temperature and top-k, and from there to a token."""

    @pytest.mark.parametrize("temperature", [1.0, 2.0, 0.5])
    def test_temperature(self, learner, rng, temperature):
        """the scores are divided by the temperature, row by row"""
        logits = normal(rng, 3, 7, scale=2.0)
        expected = tensor(softmax(logits / temperature))
        close(
            learner.sampling_probs(tensor(logits), temperature), expected, f"probabilities, temperature {temperature}"
        )

    def test_temperature_zero(self, learner, rng):
        """temperature 0: everything on the largest score"""
        logits = normal(rng, 4, 7)
        expected = np.eye(7)[logits.argmax(axis=-1)]
        close(learner.sampling_probs(tensor(logits), 0.0), tensor(expected), "probabilities, temperature 0", **EXACT)
        close(learner.sampling_probs(tensor(logits), 0.0, 3), tensor(expected), "the same with top_k = 3", **EXACT)
        picked = learner.sample_logits(tensor(logits), temperature=0.0)
        close(picked, tensor(logits.argmax(axis=-1)[:, None]), "tokens at temperature 0", **EXACT)

    @pytest.mark.parametrize("top_k", [1, 3, 7, 20])
    def test_top_k(self, learner, rng, top_k):
        """the k best stay, and their probabilities sum to one; k may be larger than V"""
        logits = normal(rng, 3, 7)
        threshold = np.sort(logits, axis=-1)[:, [-min(top_k, 7)]]
        expected = softmax(np.where(logits < threshold, -np.inf, logits) / 1.5)
        found = learner.sampling_probs(tensor(logits), 1.5, top_k)
        close(found, tensor(expected), f"probabilities with top_k = {top_k}, temperature 1.5")
        close(found.array.sum(axis=-1), np.ones(3), "sum of each row", rtol=0, atol=1e-12)

    def test_ties(self, learner, rng):
        """all that tie with the k-th best score stay"""
        order, logits = rng.permutation(6), np.array([[2.0, 1.0, 1.0, 1.0, 0.0, -1.0]])
        expected = softmax(np.array([[2.0, 1.0, 1.0, 1.0, -np.inf, -np.inf]]))
        found = learner.sampling_probs(tensor(logits[:, order]), 1.0, 2)
        close(found, tensor(expected[:, order]), "probabilities with top_k = 2, three tokens tie for the second place")

    def test_rows(self, learner, rng):
        """each row is judged by itself: one row alone gives the same"""
        logits = normal(rng, 3, 7)
        whole_batch = learner.sampling_probs(tensor(logits), 0.8, 4)
        alone = learner.sampling_probs(tensor(logits[1:2]), 0.8, 4)
        close(alone.array, whole_batch.array[1:2], "probabilities of row 1 alone", rtol=1e-12, atol=0)

    def test_impossible(self, learner, rng):
        """tokens with a score of -inf stay impossible"""
        logits = normal(rng, 3, 7)
        logits[:, [0, 4]] = -np.inf
        close(learner.sampling_probs(tensor(logits), 0.7), tensor(softmax(logits / 0.7)), "probabilities")
        same(
            learner.sampling_probs(tensor(logits), 0.7, 6).array[:, [0, 4]].sum().item(), 0.0, "their share, top_k = 6"
        )

    def test_refused(self, learner, rng):
        """a negative temperature and a top_k of 0 raise ValueError"""
        logits = tensor(normal(rng, 2, 5))
        raises(ValueError, lambda: learner.sampling_probs(logits, -1.0), "temperature -1")
        raises(ValueError, lambda: learner.sampling_probs(logits, 1.0, 0), "top_k 0")

    def test_arguments_stay(self, learner, props, rng):
        """the caller's logits stay as they were, float32 stays float32, and so does the device"""
        logits = tensor(normal(rng, 3, 7))
        stays(props, "sampling_probs", logits, 0.7, 3)
        stays(props, "sample_logits", logits, 0.7, 3)
        keeps_dtype(props, "sampling_probs", learner.sampling_probs(logits, 0.7, 3), logits, 0.7, 3)
        any_device(props, "sampling_probs", logits, 0.7, 3)

    def test_frequencies(self, learner, props, rng):
        """tokens are drawn as often as their probabilities say: temperature 2, top_k 4"""
        row, n = np.log([0.4, 0.25, 0.15, 0.12, 0.08]), 4000
        drawn_ids = learner.sample_logits(tensor(np.tile(row, (n, 1))), 2.0, 4, generator=props.generator(seed(rng)))
        counts = np.bincount(whole(drawn_ids, (n, 1), "the tokens")[:, 0], minlength=5)
        expected = softmax(np.where(np.arange(5) < 4, row, -np.inf) / 2.0)
        for token, p in enumerate(expected):
            near(counts[token], n, p, f"token {token}")

    def test_own_row(self, learner, rng):
        """each sequence draws from its own row, and the result is (B, 1) int64"""
        picked = rng.permutation(9)[:6]
        logits = np.full((6, 9), -np.inf)
        logits[np.arange(6), picked] = normal(rng, 6)
        close(
            learner.sample_logits(tensor(logits)), tensor(picked[:, None]), "tokens, one possible in each row", **EXACT
        )

    def test_generator(self, learner, props, rng):
        """the generator decides, and torch's global one stays out of it; without one it is the global one"""
        logits, s = tensor(normal(rng, 200, 9)), seed(rng)
        first, again, other = (
            learner.sample_logits(logits, generator=props.generator(number)) for number in (s, s, s + 1)
        )
        close(again, first, "tokens from the same seed", **EXACT)
        assert (other.array != first.array).any(), "another seed gives the same tokens"
        own_generator(props, "sample_logits", logits, 1.0, generator=props.generator(s))
        one, two = (props.seeded(s, "sample_logits", logits) for _ in range(2))
        close(two, one, "tokens after torch.manual_seed", **EXACT)


def echoed(rows, count, block_size, vocab_size):
    """Return what an Echo writes: each new token is one more than the oldest of the last block_size tokens."""
    rows = [list(map(int, row)) for row in rows]
    for row in rows:
        for _ in range(count):
            row.append((row[-block_size:][0] + 1) % vocab_size)
    return tensor(np.array(rows))


@exercise(
    "generate",
    points=7,
    cpu=3.0,
    answers=("generate", "estimate_loss"),
    needs=("sample_logits",),
)
class TestGenerate:
    """Writing token by token, and measuring the loss: two guests that leave the model as they found it."""

    @pytest.mark.parametrize("start", [1, 3, 4, 6])
    def test_window(self, learner, props, rng, start):
        """a model whose next token depends on the oldest one it sees: the last block_size tokens go in"""
        prompt = rng.integers(7, size=(2, start))
        out = learner.generate(props.echo(4, 7), tensor(prompt), 9, temperature=0.0)
        expected = echoed(prompt, 9, 4, 7)
        close(out, expected, f"{start} tokens and 9 more, block_size 4", **EXACT)

    def test_no_more_than_block_size(self, learner, props, rng):
        """the model sees all tokens while they fit, then block_size of them, once for each new token"""
        model = props.echo(4, 7)
        learner.generate(model, ids(rng, 7, 2, 2), 5, temperature=0.0)
        same(
            [seen for _, _, seen in props.diary(model)],
            [2, 3, 4, 4, 4],
            "tokens that the model was shown, call by call",
        )

    def test_prompt(self, learner, props, rng):
        """the prompt stands in front of the result, and stays as it is"""
        prompt = ids(rng, 7, 3, 5)
        out = learner.generate(props.echo(4, 7), prompt, 4)
        close(whole(out, (3, 9), "the result")[:, :5], prompt.array, "the first 5 tokens", **EXACT)
        stays(props, "generate", props.echo(4, 7), prompt, 4)

    def test_nothing_new(self, learner, props, rng):
        """max_new_tokens = 0 gives the prompt"""
        prompt = ids(rng, 7, 3, 5)
        close(learner.generate(props.echo(4, 7), prompt, 0), prompt, "the result", **EXACT)

    def test_mode(self, learner, props, rng):
        """eval mode while the model is asked; afterwards the mode in which it came"""
        for training in (True, False):
            model = props.echo(4, 7).train(training)
            learner.generate(model, ids(rng, 7, 2, 2), 3)
            learner.estimate_loss(model, lambda: (ids(rng, 7, 2, 3), ids(rng, 7, 2, 3)), 2)
            during = [mode for mode, _, _ in props.diary(model)]
            same(during, [False] * 5, "training mode in the five calls of the model")
            same(model.training, training, "training mode afterwards")

    @pytest.mark.parametrize("training", [True, False])
    def test_mode_after_an_error(self, props, rng, training):
        """the model raises: the error gets through, and the mode is restored all the same"""
        found = props.broken(props.echo(4, 7, breaks_at=2), "generate", ids(rng, 7, 2, 2), 5, training=training)
        same(found, ["the model broke", training], "[what generate raised, training mode after it]")
        batch = (ids(rng, 7, 2, 3), ids(rng, 7, 2, 3))
        found = props.broken(props.echo(4, 7, breaks_at=1), "estimate_loss", lambda: batch, 3, training=training)
        same(found, ["the model broke", training], "[what estimate_loss raised, training mode after it]")

    def test_no_gradients(self, learner, props, rng):
        """no graph is kept, and gradients are on again afterwards"""
        model = props.fixed(4, tensor(normal(rng, 7)))
        same(
            props.tracked(model, ids(rng, 7, 2, 2), 3),
            [False, True],
            "[result needs a gradient, gradients on after it]",
        )
        batch = (ids(rng, 7, 2, 3), ids(rng, 7, 2, 3))
        other = props.echo(4, 7)
        learner.estimate_loss(other, lambda: batch, 2)
        on = [grads for _, grads, _ in props.diary(model) + props.diary(other)]
        same(on, [False] * 5, "gradients on in the five calls of the model")

    def test_frequencies(self, learner, props, rng):
        """tokens are drawn, with temperature and top_k as for sample_logits"""
        row, n = np.log([0.4, 0.25, 0.15, 0.12, 0.08]), 3000
        model, generator = props.fixed(4, tensor(row)), props.generator(seed(rng))
        out = learner.generate(model, ids(rng, 5, n, 1), 1, temperature=2.0, top_k=4, generator=generator)
        counts = np.bincount(whole(out, (n, 2), "the result")[:, 1], minlength=5)
        for token, p in enumerate(softmax(np.where(np.arange(5) < 4, row, -np.inf) / 2.0)):
            near(counts[token], n, p, f"token {token}")

    def test_generator(self, learner, props, rng):
        """the generator decides, and goes on from token to token"""
        model, prompt, s = props.fixed(4, tensor(np.zeros(50))), ids(rng, 50, 1, 1), seed(rng)
        first, again = (learner.generate(model, prompt, 40, generator=props.generator(s)) for _ in range(2))
        close(again, first, "the text from the same seed", **EXACT)
        assert len(set(first.array[0, 1:].tolist())) > 5, "nearly the same token again and again: is it drawn afresh?"
        own_generator(props, "generate", model, prompt, 3, generator=props.generator(s))

    def test_mean_loss(self, props, rng):
        """estimate_loss: the mean over all batches, a float, without the noise of training mode"""
        model, xs, ys = props.echo(4, 7), ids(rng, 7, 5, 2, 3), ids(rng, 7, 5, 2, 3)
        found, taken = props.measured(model, xs, ys)
        close(found, float(ys.array.mean()), "estimate_loss over 5 batches")
        same(taken, 5, "batches that were taken")

    def test_one_batch(self, props, rng):
        """estimate_loss with iters = 1"""
        xs, ys = ids(rng, 7, 1, 2, 3), ids(rng, 7, 1, 2, 3)
        found, taken = props.measured(props.echo(4, 7), xs, ys)
        close(found, float(ys.array.mean()), "estimate_loss over 1 batch")
        same(taken, 1, "batches that were taken")


@exercise(
    "induction_task",
    points=6,
    cpu=8.0,
    answers=("make_copy_batch", "attention_pattern"),
    needs=("gpt",),
)
class TestInductionTask:
    """Sequences that repeat themselves, a model that learns to copy, and a look at where it looks."""

    def test_repeats(self, learner, props, rng):
        """the second half of x is the first half once more"""
        x, _ = learner.make_copy_batch(5, 12, 9, generator=props.generator(seed(rng)))
        x = whole(x, (5, 12), "x")
        close(x[:, 6:], x[:, :6], "the second half of x, against the first", **EXACT)

    def test_targets(self, learner, props, rng):
        """y: the next token where it is known, IGNORE at all other places"""
        for B, T in ((5, 12), (1, 2), (2, 4)):
            x, y = learner.make_copy_batch(B, T, 9, generator=props.generator(seed(rng)))
            expected = np.full((B, T), -1)
            expected[:, T // 2 - 1 : -1] = whole(x, (B, T), "x")[:, T // 2 :]
            close(y, tensor(expected), f"y for T = {T}", **EXACT)

    def test_random(self, learner, props, rng):
        """each token of the first half is equally likely, whatever stands beside it"""
        n, V = 1500, 5
        x, _ = learner.make_copy_batch(n, 4, V, generator=props.generator(seed(rng)))
        pairs = whole(x, (n, 4), "x")[:, :2] @ np.array([V, 1])
        for pair in range(V * V):
            near((pairs == pair).sum(), n, 1 / V**2, f"sequences that begin with {pair // V} {pair % V}")

    def test_odd_length(self, learner):
        """an odd length has no halves: ValueError"""
        raises(ValueError, lambda: learner.make_copy_batch(2, 7, 9), "T = 7")

    def test_generator(self, learner, props, rng):
        """the generator decides, and torch's global one stays out of it"""
        s = seed(rng)
        first, again = (list(learner.make_copy_batch(5, 12, 9, generator=props.generator(s))) for _ in range(2))
        close(again, first, "[x, y] from the same seed", **EXACT)
        own_generator(props, "make_copy_batch", 5, 12, 9, generator=props.generator(s))

    @pytest.mark.parametrize(("layer", "head"), [(0, 0), (0, 2), (1, 1)], ids=str)
    def test_pattern(self, learner, props, oracle, rng, layer, head):
        """the weights of any head in any layer"""
        model, weights = gpt(learner, props, rng)
        idx = ids(rng, 11, 2, 5)
        expected = oracle.pattern(weights, idx, 3, "gelu_tanh", layer, head)
        close(learner.attention_pattern(model, idx, layer, head), expected, f"pattern of layer {layer}, head {head}")

    def test_pattern_is_weights(self, learner, props, rng):
        """rows sum to one, nothing above the diagonal, also for a single token and a full window"""
        model, _ = gpt(learner, props, rng)
        for T in (1, 7):
            table = learner.attention_pattern(model, ids(rng, 11, 2, T), 1, 0)
            same(table.shape, (2, T, T), f"shape of the pattern of {T} tokens")
            close(table.array.sum(axis=-1), np.ones((2, T)), "sum of each row", rtol=0, atol=1e-12)
            close(np.triu(table.array, 1), np.zeros((2, T, T)), "weights of the future", **DUST)

    @pytest.mark.parametrize("training", [True, False])
    def test_pattern_leaves_no_trace(self, learner, props, oracle, rng, training):
        """no dropout in the pattern, no gradient on it, and the model stays in its mode"""
        model, weights = gpt(learner, props, rng, dropout=0.5)
        model.train(training)
        idx = ids(rng, 11, 2, 5)
        table = learner.attention_pattern(model, idx, 1, 1)
        close(table, oracle.pattern(weights, idx, 3, "gelu_tanh", 1, 1), "pattern of a model with dropout 0.5")
        same(
            [table.requires_grad, model.training],
            [False, training],
            "[pattern needs a gradient, training mode after it]",
        )

    def test_pattern_device(self, learner, props, rng):
        """the pattern is made where the model and the ids are"""
        model, _ = gpt(learner, props, rng)
        any_device(props, props.asked("attention_pattern", model), ids(rng, 11, 2, 5), 1, 2)

    def test_learns_to_copy(self, learner, props, rng):
        """one layer learns to copy in 110 steps, and looks at the token that it copies"""
        # Over 20 seeds: all copied, 99% of the attention on the right token.
        config = learner.GPTConfig(vocab_size=10, block_size=12, n_layer=1, n_head=1, n_embd=32)
        x, logits, model = props.trained_to_copy(config, 110, 32, 12, seed(rng), 1e-2)
        right = logits.array[:, 5:-1].argmax(axis=-1) == x.array[:, 6:]
        assert right.mean() >= 0.95, f"{right.mean():.0%} of the second half are copied right; 95% are expected"
        pattern = learner.attention_pattern(model, x, 0, 0).array
        looked = np.mean([pattern[:, t, t - 5] for t in range(5, 11)])
        assert looked > 0.5, f"only {looked:.0%} of the attention is on the token that is to be copied"
