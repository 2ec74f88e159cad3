"""Checks of unit 13: a transformer in NumPy, layer by layer and as a whole.

Cotangents are random, all sizes differ, and one case of each layer is square, so that no shape can help.
"""

import numpy as np
import pytest

from grader import close, edge, exercise, same, weight

UNIT = {
    "title": "llm.c in NumPy: a transformer by hand",
    "lecture": "llm.c (train_gpt2.c)",
    "libraries": ["numpy"],
    "forbid": {
        "in this unit every gradient is found by hand": [
            "torch",
            "torch.*",
            "jax",
            "jax.*",
            "autograd",
            "autograd.*",
            "tensorflow",
            "tensorflow.*",
        ],
    },
}
TENSORS = (
    *("wte", "wpe", "ln1w", "ln1b", "qkvw", "qkvb", "attprojw", "attprojb"),
    *("ln2w", "ln2b", "fcw", "fcb", "fcprojw", "fcprojb", "lnfw", "lnfb"),
)
NAMES = (
    *("encoded", "ln1", "ln1_mean", "ln1_rstd", "qkv", "preatt", "att", "atty", "attproj", "residual2", "ln2"),
    *("ln2_mean", "ln2_rstd", "fch", "fch_gelu", "fcproj", "residual3", "lnf", "lnf_mean", "lnf_rstd", "logits"),
    *("probs", "losses"),
)
# The activations whose gradients are not handed out with the check of a tensor: those between it and what is known.
# Each belongs to one tensor, so that a wrong gradient costs one tensor, and a bias is not charged for its weight's.
OWN = {
    "wte": ("logits",),
    "wpe": ("encoded",),
    "ln1w": ("ln1",),
    "qkvw": ("atty", "qkv"),
    "attprojw": ("residual2", "attproj"),
    "ln2w": ("ln2",),
    "fcw": ("fch_gelu", "fch"),
    "fcprojw": ("residual3", "fcproj"),
    "lnfw": ("lnf",),
}
SIZES = {
    "max_seq_len": 7,
    "vocab_size": 10,
    "padded_vocab_size": 13,
    "num_layers": 2,
    "num_heads": 3,
    "channels": 6,
}


def keeps(props, name, **args):
    """Require that a function leaves its arguments as they are."""
    moved = props.changed(name, args)
    assert not moved, f"{name} changed {' and '.join(moved)} in place; the caller still needs what was in there"


def narrow(props, name, *args):
    """Require float32 results for float32 arguments; the values need not be exact."""
    for kind in props.in_float32(name, *args):
        same(kind, "float32", f"dtype of {name} for float32 arguments")


def agree(found, expected, names):
    """Compare results one by one, each under its name."""
    same(len(found), len(names), "how many results")
    for name, mine, theirs in zip(names, found, expected, strict=True):
        close(mine, theirs, name)


@exercise("encoder", points=5, answers=("encoder_forward", "encoder_backward"))
class TestEncoder:
    """Token and position vectors added; backward, every place adds to the rows that it came from."""

    def test_forward(self, learner, oracle, rng):
        """the sum of a token's row and a position's row, for 3 sequences of 4 tokens"""
        inp, wte, wpe, dout = self.draw(rng, 3, 4)
        close(learner.encoder_forward(inp, wte, wpe), oracle.encoder(inp, wte, wpe, dout)[0], "encoder_forward")

    def test_forward_square(self, learner, oracle, rng):
        """as many sequences as tokens, a single sequence, and as many tokens as there are positions"""
        for batch, tokens in ((5, 5), (1, 4), (2, 6)):
            inp, wte, wpe, dout = self.draw(rng, batch, tokens)
            label = f"encoder_forward for {batch} x {tokens} tokens"
            close(learner.encoder_forward(inp, wte, wpe), oracle.encoder(inp, wte, wpe, dout)[0], label)

    @pytest.mark.parametrize("name", ["dwte", "dwpe"])
    def test_backward(self, props, oracle, rng, name):
        """the gradients of both tables, for tables that held zeros"""
        inp, wte, wpe, dout = self.draw(rng, 3, 4)
        self.backward(props, oracle, (inp, wte, wpe, dout), 0 * wte, 0 * wpe, name)

    def test_repeats(self, props, oracle, rng):
        """a token that stands at five places of two sequences"""
        _, wte, wpe, dout = self.draw(rng, 2, 4)
        inp = np.array([[3, 3, 1, 3], [0, 3, 0, 3]])
        self.backward(props, oracle, (inp, wte, wpe, dout), 0 * wte, 0 * wpe, "dwte")

    @pytest.mark.parametrize("name", ["dwte", "dwpe"])
    def test_adds(self, props, oracle, rng, name):
        """what was in dwte and dwpe stays, and is added to"""
        drawn = self.draw(rng, 3, 4)
        self.backward(props, oracle, drawn, rng.normal(size=drawn[1].shape), rng.normal(size=drawn[2].shape), name)

    def test_one_sequence(self, props, oracle, rng):
        """B = 1, and a single token"""
        for tokens in (4, 1):
            drawn = self.draw(rng, 1, tokens)
            for name in ("dwte", "dwpe"):
                self.backward(props, oracle, drawn, 0 * drawn[1], 0 * drawn[2], name)

    @edge
    def test_arguments_stay(self, learner, oracle, props, rng):
        """inp, wte, wpe and dout are not changed, and float32 stays float32"""
        inp, wte, wpe, dout = self.draw(rng, 3, 4)
        close(learner.encoder_forward(inp, wte, wpe), oracle.encoder(inp, wte, wpe, dout)[0], "encoder_forward")
        keeps(props, "encoder_forward", inp=inp, wte=wte, wpe=wpe)
        narrow(props, "encoder_forward", inp, wte, wpe)
        dwte, _, stays = props.tables(dout, inp, 0 * wte, 0 * wpe)
        close(dwte, oracle.encoder(inp, wte, wpe, dout)[1], "dwte")
        assert stays is True, "encoder_backward changed dout or inp in place; the caller still needs what was in there"

    def draw(self, rng, batch, tokens):
        """Return inp, wte (8, 5), wpe (6, 5) and a cotangent."""
        inp = rng.integers(8, size=(batch, tokens))
        return inp, rng.normal(size=(8, 5)), rng.normal(size=(6, 5)), rng.normal(size=(batch, tokens, 5))

    def backward(self, props, oracle, drawn, dwte, dwpe, name):
        """Compare one of the tables after encoder_backward."""
        inp, wte, wpe, dout = drawn
        found = props.tables(dout, inp, dwte, dwpe)
        new = oracle.encoder(inp, wte, wpe, dout)
        at = ("dwte", "dwpe").index(name)
        close(found[at], (dwte, dwpe)[at] + new[1 + at], f"{name} after encoder_backward")


@exercise("layernorm", points=8, answers=("layernorm_forward", "layernorm_backward"))
class TestLayernorm:
    """Each vector to mean 0 and variance 1, and the three terms of the way back."""

    def test_forward(self, learner, oracle, rng):
        """out, mean and rstd for vectors of 4 numbers"""
        self.forward(learner, oracle, *self.draw(rng, 3, 5, 4))

    def test_forward_square(self, learner, oracle, rng):
        """as many sequences as tokens as numbers: 3 x 3 x 3"""
        self.forward(learner, oracle, *self.draw(rng, 3, 3, 3))

    @pytest.mark.parametrize("name", ["dx", "dw", "db"])
    def test_backward(self, learner, oracle, rng, name):
        """the gradients for vectors of 4 numbers"""
        self.backward(learner, oracle, *self.draw(rng, 3, 5, 4), only=name)

    def test_backward_square(self, learner, oracle, rng):
        """the gradients for 3 x 3 x 3, and for vectors of 7 numbers"""
        self.backward(learner, oracle, *self.draw(rng, 3, 3, 3))
        self.backward(learner, oracle, *self.draw(rng, 1, 2, 7))

    def test_one_number(self, learner, oracle, rng):
        """C = 1: every output is b, and nothing comes back to x"""
        drawn = self.draw(rng, 3, 5, 1)
        self.forward(learner, oracle, *drawn)
        self.backward(learner, oracle, *drawn)

    def test_small_spread(self, learner, oracle, rng):
        """x with a spread of 0.001, where eps decides"""
        x, w, b, dout = self.draw(rng, 3, 5, 4)
        self.forward(learner, oracle, x * 1e-3, w, b, dout)
        self.backward(learner, oracle, x * 1e-3, w, b, dout)

    def test_far_from_zero(self, learner, oracle, rng):
        """x around 1000: rounding grows with the square of the mean, so less is asked (rtol 1e-6)"""
        x, w, b, dout = self.draw(rng, 3, 5, 4)
        room = {"rtol": 1e-6, "atol": 1e-8}
        self.forward(learner, oracle, x + 1e3, w, b, dout, **room)
        self.backward(learner, oracle, x + 1e3, w, b, dout, **room)

    def test_rows_sum_to_zero(self, learner, oracle, rng):
        """a common shift of a vector changes nothing, so each row of dx sums to zero"""
        x, w, b, dout = self.draw(rng, 3, 5, 6)
        _, mean, rstd, dx, _, _ = oracle.layernorm(x, w, b, dout)
        found = learner.layernorm_backward(dout, x, w, mean, rstd)[0]
        same(found.shape, x.shape, "shape of dx")
        close(found.sum(axis=2), np.zeros((3, 5)), "the sum of each row of dx", rtol=0, atol=1e-11)
        close(found, dx, "dx")

    @edge
    def test_own_eps(self, learner, oracle, rng):
        """eps as it is given"""
        x, w, b, dout = self.draw(rng, 3, 5, 4)
        agree(
            learner.layernorm_forward(x, w, b, 0.3), oracle.layernorm(x, w, b, dout, 0.3)[:3], ("out", "mean", "rstd")
        )

    @edge
    def test_arguments_stay(self, learner, oracle, props, rng):
        """the arguments are not changed, and float32 stays float32"""
        x, w, b, dout = self.draw(rng, 3, 5, 4)
        self.forward(learner, oracle, x, w, b, dout)
        self.backward(learner, oracle, x, w, b, dout)
        _, mean, rstd, *_ = oracle.layernorm(x, w, b, dout)
        keeps(props, "layernorm_forward", x=x, w=w, b=b)
        keeps(props, "layernorm_backward", dout=dout, x=x, w=w, mean=mean, rstd=rstd)
        narrow(props, "layernorm_forward", x, w, b)
        narrow(props, "layernorm_backward", dout, x, w, mean, rstd)

    def draw(self, rng, batch, tokens, size):
        """Return x, w, b and a cotangent; w keeps away from 0 and 1."""
        w = rng.choice([-1.0, 1.0], size=size) * rng.uniform(1.5, 2.5, size=size)
        x = rng.normal(size=(batch, tokens, size)) * 1.7 + 0.4
        return x, w, rng.normal(size=size), rng.normal(size=x.shape)

    def forward(self, learner, oracle, x, w, b, dout, **room):
        """Compare out, mean and rstd."""
        found, expected = learner.layernorm_forward(x, w, b), oracle.layernorm(x, w, b, dout)[:3]
        same(len(found), 3, "how many results")
        for name, mine, theirs in zip(("out", "mean", "rstd"), found, expected, strict=True):
            close(mine, theirs, name, **room)

    def backward(self, learner, oracle, x, w, b, dout, only="", **room):
        """Compare dx, dw and db, or one of them."""
        _, mean, rstd, *expected = oracle.layernorm(x, w, b, dout)
        found = learner.layernorm_backward(dout, x, w, mean, rstd)
        same(len(found), 3, "how many results")
        for name, mine, theirs in zip(("dx", "dw", "db"), found, expected, strict=True):
            if only in ("", name):
                close(mine, theirs, name, **room)


@exercise("matmul", points=5, answers=("matmul_forward", "matmul_backward"))
class TestMatmul:
    """x @ w.T + b with weights (out, in), and its three gradients."""

    def test_forward(self, learner, oracle, rng):
        """3 sequences of 5 tokens, 4 numbers in, 6 out"""
        x, w, b, dout = self.draw(rng, 3, 5, 4, 6)
        close(learner.matmul_forward(x, w, b), oracle.matmul(x, w, b, dout)[0], "matmul_forward(x, w, b)")

    def test_forward_square(self, learner, oracle, rng):
        """as many outputs as inputs, where a transposed weight has a legal shape"""
        x, w, b, dout = self.draw(rng, 3, 5, 4, 4)
        close(learner.matmul_forward(x, w, b), oracle.matmul(x, w, b, dout)[0], "matmul_forward(x, w, b)")

    def test_no_bias(self, learner, oracle, rng):
        """b is None: no bias"""
        x, w, _, dout = self.draw(rng, 3, 5, 4, 6)
        close(learner.matmul_forward(x, w, None), oracle.matmul(x, w, None, dout)[0], "matmul_forward(x, w, None)")

    @pytest.mark.parametrize("name", ["dx", "dw", "db"])
    def test_backward(self, learner, oracle, rng, name):
        """the gradients, 4 numbers in and 6 out"""
        x, w, b, dout = self.draw(rng, 3, 5, 4, 6)
        found = learner.matmul_backward(dout, x, w)
        same(len(found), 3, "how many results")
        at = ("dx", "dw", "db").index(name)
        close(found[at], oracle.matmul(x, w, b, dout)[1 + at], name)

    def test_backward_square(self, learner, oracle, rng):
        """as many outputs as inputs, then all sizes equal"""
        for batch, tokens in ((3, 5), (4, 4)):
            x, w, b, dout = self.draw(rng, batch, tokens, 4, 4)
            agree(learner.matmul_backward(dout, x, w), oracle.matmul(x, w, b, dout)[1:], ("dx", "dw", "db"))

    def test_one_token(self, learner, oracle, rng):
        """B = 1, T = 1"""
        x, w, b, dout = self.draw(rng, 1, 1, 3, 5)
        close(learner.matmul_forward(x, w, b), oracle.matmul(x, w, b, dout)[0], "matmul_forward(x, w, b)")
        agree(learner.matmul_backward(dout, x, w), oracle.matmul(x, w, b, dout)[1:], ("dx", "dw", "db"))

    @edge
    def test_arguments_stay(self, learner, oracle, props, rng):
        """the arguments are not changed, and float32 stays float32"""
        x, w, b, dout = self.draw(rng, 3, 5, 4, 6)
        close(learner.matmul_forward(x, w, b), oracle.matmul(x, w, b, dout)[0], "matmul_forward(x, w, b)")
        agree(learner.matmul_backward(dout, x, w), oracle.matmul(x, w, b, dout)[1:], ("dx", "dw", "db"))
        keeps(props, "matmul_forward", x=x, w=w, b=b)
        keeps(props, "matmul_backward", dout=dout, x=x, w=w)
        narrow(props, "matmul_forward", x, w, b)
        narrow(props, "matmul_backward", dout, x, w)

    def draw(self, rng, batch, tokens, inputs, outputs):
        """Return x, w, b and a cotangent."""
        shapes = (batch, tokens, inputs), (outputs, inputs), (outputs,), (batch, tokens, outputs)
        return tuple(rng.normal(size=shape) for shape in shapes)


@exercise("attention", points=14, answers=("attention_forward", "attention_backward"))
class TestAttention:
    """Causal attention with several heads, and the way back through its softmax."""

    @pytest.mark.parametrize("name", ["out", "preatt", "att"])
    def test_forward(self, props, oracle, rng, name):
        """3 heads, 4 tokens, 6 numbers a token"""
        self.forward(props, oracle, *self.draw(rng, 2, 4, 6), 3, only=name)

    def test_one_head(self, props, oracle, rng):
        """NH = 1"""
        self.forward(props, oracle, *self.draw(rng, 2, 4, 5), 1)

    def test_square(self, props, oracle, rng):
        """as many sequences as tokens, heads and numbers a head: 3 of each"""
        self.forward(props, oracle, *self.draw(rng, 3, 3, 9), 3)

    def test_one_token(self, learner, props, oracle, rng):
        """T = 1: the only token sees itself, forward and backward"""
        inp, dout = self.draw(rng, 2, 1, 6)
        self.forward(props, oracle, inp, dout, 3)
        self.backward(learner, oracle, inp, dout, 3)

    def test_upper_triangle(self, props, oracle, rng):
        """above the diagonal att is exactly 0, and each of its rows adds up to 1"""
        inp, dout = self.draw(rng, 2, 5, 6)
        att = props.attended(inp, 2)[2]
        same(att.shape, (2, 2, 5, 5), "shape of att")
        close(np.triu(att, 1), np.zeros((2, 2, 5, 5)), "att above the diagonal", rtol=0, atol=0)
        close(att.sum(axis=-1), np.ones((2, 2, 5)), "the sum of each row of att")
        close(att, oracle.attention(inp, 2, dout)[2], "att")

    def test_large_scores(self, props, oracle, rng):
        """scores of about 1000 in one sequence and of about -1000 in another"""
        parts = [self.far(rng, 1e3), self.far(rng, -1e3)]
        inp, dout = (np.concatenate(both) for both in zip(*parts, strict=True))
        self.forward(props, oracle, inp, dout, 2, rtol=1e-6)

    @edge
    def test_scores_below(self, props, oracle, rng):
        """all scores of a row below -10000"""
        inp, dout = self.far(rng, -3e4)
        self.forward(props, oracle, inp, dout, 2, rtol=1e-6)

    @pytest.mark.parametrize("name", ["queries", "keys", "values"])
    def test_backward(self, learner, oracle, rng, name):
        """the gradient of each third of the input: 3 heads, 4 tokens, 6 numbers a token"""
        self.backward(learner, oracle, *self.draw(rng, 2, 4, 6), 3, only=name)

    def test_backward_one_head(self, learner, oracle, rng):
        """the gradient with NH = 1"""
        self.backward(learner, oracle, *self.draw(rng, 2, 4, 5), 1)

    def test_backward_square(self, learner, oracle, rng):
        """the gradient where there are 3 sequences, tokens, heads and numbers a head"""
        self.backward(learner, oracle, *self.draw(rng, 3, 3, 9), 3)

    @edge
    def test_arguments_stay(self, learner, props, oracle, rng):
        """the arguments are not changed, and float32 stays float32"""
        inp, dout = self.draw(rng, 2, 4, 6)
        self.forward(props, oracle, inp, dout, 3)
        self.backward(learner, oracle, inp, dout, 3)
        att = oracle.attention(inp, 3, dout)[2]
        keeps(props, "attention_forward", inp=inp, NH=3)
        keeps(props, "attention_backward", dout=dout, inp=inp, att=att, NH=3)
        narrow(props, "attention_forward", inp, 3)
        narrow(props, "attention_backward", dout, inp, att, 3)

    def draw(self, rng, batch, tokens, size):
        """Return queries, keys and values side by side, and a cotangent; scores are of size 1 or 2."""
        return rng.normal(size=(batch, tokens, 3 * size)) * 1.3, rng.normal(size=(batch, tokens, size))

    def far(self, rng, score):
        """Return an input whose scores lie around a number, for 2 heads of 4 numbers."""
        inp, dout = self.draw(rng, 2, 4, 8)
        inp[..., 0:8:4] = inp[..., 8:16:4] = (2 * abs(score)) ** 0.5
        inp[..., 8:16:4] *= np.sign(score)
        return inp, dout

    def forward(self, props, oracle, inp, dout, heads, only="", **room):
        """Compare out, preatt on and below the diagonal, and att, or one of them."""
        found = props.attended(inp, heads)
        same(len(found), 3, "how many results")
        for name, mine, theirs in zip(
            ("out", "preatt", "att"), found, oracle.attention(inp, heads, dout), strict=False
        ):
            if only in ("", name):
                close(mine, theirs, name, **room)

    def backward(self, learner, oracle, inp, dout, heads, only=""):
        """Compare dinp, or one of its thirds."""
        _, _, att, expected = oracle.attention(inp, heads, dout)
        found = learner.attention_backward(dout, inp, att, heads)
        if not only:
            close(found, expected, "dinp")
            return
        same(found.shape, inp.shape, "shape of dinp")
        third = dout.shape[-1] * np.arange(4)
        at = ("queries", "keys", "values").index(only)
        part = slice(int(third[at]), int(third[at + 1]))
        close(found[..., part], expected[..., part], f"dinp, the {only}")


@exercise("gelu", points=5, answers=("gelu_forward", "gelu_backward", "residual_backward"))
class TestGelu:
    """GELU by tanh and its slope; an addition hands its gradient to both sides."""

    def test_forward(self, learner, oracle, rng):
        """entries from -6 to 6"""
        x, dout = np.linspace(-6, 6, 42).reshape(2, 3, 7), rng.normal(size=(2, 3, 7))
        close(learner.gelu_forward(x), oracle.gelu(x, dout)[0], "gelu_forward(x)")

    def test_backward(self, learner, oracle, rng):
        """the gradient for entries from -6 to 6"""
        x, dout = np.linspace(-6, 6, 42).reshape(2, 3, 7), rng.normal(size=(2, 3, 7))
        close(learner.gelu_backward(x, dout), oracle.gelu(x, dout)[1], "gelu_backward(x, dout)")

    def test_backward_is_the_slope(self, learner, rng):
        """the gradient at five places, measured with your own gelu_forward"""
        x, dout, h = rng.uniform(-3, 3, size=5), rng.uniform(1, 2, size=5), 1e-5
        up, down = learner.gelu_forward(x + h), learner.gelu_forward(x - h)
        slope = (up - down) / (2 * h)
        assert float(np.abs(slope).max()) > 0.1, "gelu_forward has no slope between -3 and 3"
        close(learner.gelu_backward(x, dout), dout * slope, "gelu_backward(x, dout)", rtol=1e-5, atol=1e-7)

    def test_far_out(self, learner, oracle, rng):
        """entries of 50 and -50, forward and backward"""
        x, dout = np.array([[50.0, -50.0, 0.5], [-50.0, 1.5, 50.0]]), rng.normal(size=(2, 3))
        out, dx = oracle.gelu(x, dout)
        close(learner.gelu_forward(x), out, "gelu_forward(x)")
        close(learner.gelu_backward(x, dout), dx, "gelu_backward(x, dout)")

    @edge
    def test_no_warning(self, props, oracle, rng):
        """nothing overflows at 50 and -50"""
        x, dout = np.array([50.0, -50.0, 0.5]), rng.normal(size=3)
        found, warned = props.warned("gelu_backward", x, dout)
        close(found, oracle.gelu(x, dout)[1], "gelu_backward(x, dout)")
        same(warned, [], "what NumPy warned of in gelu_backward(x, dout) at 50 and -50")

    def test_residual(self, learner, rng):
        """both summands get all of dout"""
        dout = rng.normal(size=(2, 3, 4))
        agree(learner.residual_backward(dout), (dout, dout), ("d1", "d2"))

    @edge
    def test_residual_apart(self, props, rng):
        """adding to one of both in place leaves the other and dout alone"""
        dout = rng.normal(size=(2, 3))
        first, second, given = props.apart(dout)
        close(first, dout, "d1 before anything is added to it")
        close(second, dout, "d2 after 1 was added to d1 in place")
        close(given, dout, "dout after 1 was added to d1 and to d2 in place")

    @edge
    def test_arguments_stay(self, learner, oracle, props, rng):
        """x and dout are not changed, and float32 stays float32"""
        x, dout = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
        out, dx = oracle.gelu(x, dout)
        close(learner.gelu_forward(x), out, "gelu_forward(x)")
        close(learner.gelu_backward(x, dout), dx, "gelu_backward(x, dout)")
        keeps(props, "gelu_forward", x=x)
        keeps(props, "gelu_backward", x=x, dout=dout)
        narrow(props, "gelu_forward", x)
        narrow(props, "gelu_backward", x, dout)


@exercise(
    "crossentropy",
    points=6,
    answers=("softmax_forward", "crossentropy_forward", "crossentropy_softmax_backward"),
)
class TestCrossentropy:
    """Softmax over the real part of a padded vocabulary, the loss of each place, and the way back through both."""

    def test_probs(self, learner, oracle, rng):
        """the probabilities of 5 tokens in 8 columns"""
        logits, targets, dlosses = self.draw(rng, 2, 3, 5, 8)
        close(
            learner.softmax_forward(logits, 5), oracle.crossentropy(logits, targets, dlosses, 5)[0], "softmax_forward"
        )

    def test_no_padding(self, learner, oracle, rng):
        """as many columns as tokens"""
        drawn = self.draw(rng, 2, 3, 5, 5)
        close(learner.softmax_forward(drawn[0], 5), oracle.crossentropy(*drawn, 5)[0], "softmax_forward")

    def test_padding_of_any_size(self, learner, oracle, rng):
        """padded logits of 1e9: their probability is exactly 0, and nothing else moves"""
        logits, targets, dlosses = self.draw(rng, 2, 3, 5, 8)
        logits[..., 5:] = 1e9
        found = learner.softmax_forward(logits, 5)
        same(found.shape, logits.shape, "shape of the probabilities")
        close(found[..., 5:], np.zeros((2, 3, 3)), "the probabilities of the padding", rtol=0, atol=0)
        close(found, oracle.crossentropy(logits, targets, dlosses, 5)[0], "softmax_forward")

    def test_large_logits(self, learner, oracle, rng):
        """logits around 1000, around -1000 in other rows, and both in one"""
        logits, targets, dlosses = self.draw(rng, 2, 3, 5, 8)
        logits[0] += 1e3
        logits[1] -= 1e3
        logits[0, 1, 2] -= 2e3
        close(
            learner.softmax_forward(logits, 5), oracle.crossentropy(logits, targets, dlosses, 5)[0], "softmax_forward"
        )

    @edge
    def test_logits_below(self, learner, oracle, rng):
        """all logits of a row below -10000"""
        logits, targets, dlosses = self.draw(rng, 2, 3, 5, 8)
        logits[1] -= 3e4
        close(
            learner.softmax_forward(logits, 5), oracle.crossentropy(logits, targets, dlosses, 5)[0], "softmax_forward"
        )

    def test_losses(self, learner, oracle, rng):
        """the loss of each place"""
        logits, targets, dlosses = self.draw(rng, 2, 3, 5, 8)
        probs, losses, _ = oracle.crossentropy(logits, targets, dlosses, 5)
        close(learner.crossentropy_forward(probs, targets), losses, "crossentropy_forward(probs, targets)")

    def test_backward_of_a_mean(self, learner, oracle, rng):
        """the gradient where each place weighs 1 / (B * T)"""
        logits, targets, dlosses = self.draw(rng, 2, 3, 5, 8)
        self.backward(learner, oracle, logits, targets, np.full_like(dlosses, 1 / 6))

    def test_backward(self, learner, oracle, rng):
        """the gradient where every place has another weight, one of them 0"""
        logits, targets, dlosses = self.draw(rng, 2, 3, 5, 8)
        dlosses[1, 0] = 0.0
        self.backward(learner, oracle, logits, targets, dlosses)

    def test_backward_of_the_padding(self, learner, oracle, rng):
        """nothing comes back to the padding, whatever its logits were; without padding it is right, too"""
        logits, targets, dlosses = self.draw(rng, 2, 3, 5, 8)
        logits[..., 5:] = 1e9
        self.backward(learner, oracle, logits, targets, dlosses)
        drawn = self.draw(rng, 4, 4, 4, 4)
        self.backward(learner, oracle, *drawn, vocab=4)

    @edge
    def test_arguments_stay(self, learner, oracle, props, rng):
        """the arguments are not changed, and float32 stays float32"""
        logits, targets, dlosses = self.draw(rng, 2, 3, 5, 8)
        probs, losses, _ = oracle.crossentropy(logits, targets, dlosses, 5)
        close(learner.softmax_forward(logits, 5), probs, "softmax_forward")
        close(learner.crossentropy_forward(probs, targets), losses, "crossentropy_forward(probs, targets)")
        self.backward(learner, oracle, logits, targets, dlosses)
        keeps(props, "softmax_forward", logits=logits, V=5)
        keeps(props, "crossentropy_forward", probs=probs, targets=targets)
        keeps(props, "crossentropy_softmax_backward", dlosses=dlosses, probs=probs, targets=targets, V=5)
        narrow(props, "softmax_forward", logits, 5)
        narrow(props, "crossentropy_forward", probs, targets)
        narrow(props, "crossentropy_softmax_backward", dlosses, probs, targets, 5)

    def draw(self, rng, batch, tokens, vocab, padded):
        """Return logits, targets and the gradient in each loss."""
        logits = rng.normal(size=(batch, tokens, padded)) * 2
        return logits, rng.integers(vocab, size=(batch, tokens)), rng.normal(size=(batch, tokens))

    def backward(self, learner, oracle, logits, targets, dlosses, vocab=5):
        """Compare dlogits."""
        probs, _, expected = oracle.crossentropy(logits, targets, dlosses, vocab)
        found = learner.crossentropy_softmax_backward(dlosses, probs, targets, vocab)
        close(found, expected, "dlogits")


def shapes(sizes):
    """Return the shapes of the sixteen tensors."""
    L, C = sizes["num_layers"], sizes["channels"]
    return {
        "wte": (sizes["padded_vocab_size"], C),
        "wpe": (sizes["max_seq_len"], C),
        "ln1w": (L, C),
        "ln1b": (L, C),
        "qkvw": (L, 3 * C, C),
        "qkvb": (L, 3 * C),
        "attprojw": (L, C, C),
        "attprojb": (L, C),
        "ln2w": (L, C),
        "ln2b": (L, C),
        "fcw": (L, 4 * C, C),
        "fcb": (L, 4 * C),
        "fcprojw": (L, C, 4 * C),
        "fcprojb": (L, C),
        "lnfw": (C,),
        "lnfb": (C,),
    }


def draw_model(rng, **sizes):
    """Return all sizes and random parameters: nothing is 0 or 1, so that every path counts."""
    sizes = SIZES | sizes
    params = {name: rng.normal(size=shape) * 0.6 for name, shape in shapes(sizes).items()}
    for name in ("ln1w", "ln2w", "lnfw"):
        params[name] = np.abs(params[name]) + 0.5
    return sizes, params


def draw_batch(rng, batch, tokens, vocab=SIZES["vocab_size"]):
    """Return inp and targets, each (batch, tokens)."""
    return rng.integers(vocab, size=(batch, tokens)), rng.integers(vocab, size=(batch, tokens))


@exercise(
    "gpt2_forward",
    points=10,
    cpu=2.0,
    needs=("encoder", "layernorm", "matmul", "attention", "gelu", "crossentropy"),
)
class TestGpt2Forward:
    """The loss of a batch, and everything that was computed on the way, block by block."""

    def test_loss(self, props, oracle, rng):
        """the mean loss of 4 sequences of 5 tokens, 2 blocks"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 4, 5)
        close(props.forward(params, *batch, sizes)[0], oracle.model(params, *batch, sizes)["loss"], "the loss")

    def test_logits(self, props, oracle, rng):
        """the logits: those of a head that is wte itself"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 4, 5)
        found = self.acts(props, params, batch, sizes)
        close(found["logits"], oracle.model(params, *batch, sizes)["acts"]["logits"], 'acts["logits"]')

    @weight(3)
    def test_activations(self, props, oracle, rng):
        """all 23 activations, those of both blocks"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 4, 5)
        self.agree(self.acts(props, params, batch, sizes), oracle.model(params, *batch, sizes)["acts"])

    def test_one_token(self, props, oracle, rng):
        """T = 1 and B = 1"""
        sizes, params = draw_model(rng)
        for batch in (draw_batch(rng, 3, 1), draw_batch(rng, 1, 4)):
            close(props.forward(params, *batch, sizes)[0], oracle.model(params, *batch, sizes)["loss"], "the loss")

    def test_longest(self, props, oracle, rng):
        """as many tokens as there are positions"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 2, 7)
        close(props.forward(params, *batch, sizes)[0], oracle.model(params, *batch, sizes)["loss"], "the loss")

    @pytest.mark.parametrize("layers", [1, 3])
    def test_depth(self, props, oracle, rng, layers):
        """one block, and three"""
        sizes, params = draw_model(rng, num_layers=layers)
        batch = draw_batch(rng, 2, 4)
        self.agree(self.acts(props, params, batch, sizes), oracle.model(params, *batch, sizes)["acts"])

    def test_other_sizes(self, props, oracle, rng):
        """one head, no padding, other sizes"""
        sizes, params = draw_model(rng, num_heads=1, channels=5, vocab_size=8, padded_vocab_size=8, max_seq_len=4)
        batch = draw_batch(rng, 3, 4, 8)
        self.agree(self.acts(props, params, batch, sizes), oracle.model(params, *batch, sizes)["acts"])

    def test_padding(self, props, oracle, rng):
        """rows of wte that belong to no token make no difference, however large they are"""
        sizes, params = draw_model(rng)
        params["wte"][sizes["vocab_size"] :] *= 1e4
        batch = draw_batch(rng, 4, 5)
        close(props.forward(params, *batch, sizes)[0], oracle.model(params, *batch, sizes)["loss"], "the loss")

    def test_second_call(self, props, oracle, rng):
        """what a call returned stays as it is when another one follows"""
        sizes, params = draw_model(rng)
        _, others = draw_model(rng)
        first, second = [params, *draw_batch(rng, 4, 5)], [others, *draw_batch(rng, 4, 5)]
        loss, acts = props.forward_after(first, second, sizes)
        expected = oracle.model(*first, sizes)
        close(loss, expected["loss"], "the loss of the first call")
        self.agree(acts, expected["acts"])

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """params and the batch are not changed"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 4, 5)
        close(props.forward(params, *batch, sizes)[0], oracle.model(params, *batch, sizes)["loss"], "the loss")
        moved = props.forward_changes(params, *batch, sizes)
        assert not moved, f"gpt2_forward changed {' and '.join(moved[:3])} in place; the caller still needs it"

    @edge
    def test_float32(self, props, oracle, rng):
        """with float32 parameters all activations are float32"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 2, 4)
        close(props.forward(params, *batch, sizes)[0], oracle.model(params, *batch, sizes)["loss"], "the loss")
        same(props.forward_kinds(params, *batch, sizes), dict.fromkeys(sorted(NAMES), "float32"), "the dtypes of acts")

    def acts(self, props, params, batch, sizes):
        """Return the activations, all of them there."""
        found = props.forward(params, *batch, sizes)[1]
        same(sorted(found), sorted(NAMES), "the names in acts")
        return found

    def agree(self, found, expected):
        """Compare activations in the order of the forward pass, so that the first wrong one is told."""
        for name in NAMES:
            close(found[name], expected[name], f'acts["{name}"]')


@exercise(
    "gpt2_backward",
    points=24,
    cpu=3.0,
    needs=("gpt2_forward",),
)
class TestGpt2Backward:
    """The gradients of all sixteen tensors: each judged on its own, then all from the loss alone."""

    @pytest.mark.parametrize("name", TENSORS)
    def test_tensor(self, props, oracle, rng, name):
        """the gradient of one tensor, with the gradients of what lies above it handed out in dacts"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 4, 5)
        expected = oracle.model(params, *batch, sizes)
        dacts = {key: value for key, value in expected["dacts"].items() if key not in OWN.get(name, ())}
        grads = props.backward(params, *batch, sizes, dacts)
        assert name in grads, f"there is no gradient of {name} in what gpt2_backward returned"
        close(grads[name], expected["grads"][name], f"the gradient of {name}")

    @weight(4)
    def test_all(self, props, oracle, rng):
        """all sixteen from the loss alone: one block, two and three"""
        for layers in (1, 2, 3):
            sizes, params = draw_model(rng, num_layers=layers)
            batch = draw_batch(rng, 4, 5)
            self.agree(props.backward(params, *batch, sizes), oracle.model(params, *batch, sizes)["grads"])

    def test_both_ends_of_wte(self, props, oracle, rng):
        """wte where some tokens are read and never a target, others a target and never read"""
        sizes, params = draw_model(rng)
        batch = rng.integers(0, 4, size=(3, 5)), rng.integers(4, 9, size=(3, 5))
        grads = props.backward(params, *batch, sizes)
        assert "wte" in grads, "there is no gradient of wte in what gpt2_backward returned"
        close(grads["wte"], oracle.model(params, *batch, sizes)["grads"]["wte"], "the gradient of wte")

    def test_short(self, props, oracle, rng):
        """T = 1, B = 1, and no padding: positions that do not occur get zeros"""
        for tokens in (1, 4):
            sizes, params = draw_model(rng, vocab_size=9, padded_vocab_size=9)
            batch = draw_batch(rng, 1, tokens, 9)
            self.agree(props.backward(params, *batch, sizes), oracle.model(params, *batch, sizes)["grads"])

    def test_measured(self, props, rng):
        """20 entries drawn at random against the slope of your own loss, measured"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 3, 5)
        names = [*TENSORS, *rng.choice(TENSORS, size=4)]
        places = [[str(name), int(rng.integers(params[name].size))] for name in names]
        grads = props.backward(params, *batch, sizes)
        same(sorted(grads), sorted(TENSORS), "the names of the gradients")
        slopes = props.slopes(params, places, *batch, sizes, 1e-5)
        assert max(map(abs, slopes)) > 1e-4, "your loss does not move, whatever entry is nudged"
        for (name, at), slope in zip(places, slopes, strict=True):
            place = tuple(int(one) for one in np.unravel_index(at, params[name].shape))
            same(grads[name].shape, params[name].shape, f"shape of the gradient of {name}")
            close(float(grads[name][place]), slope, f"the gradient of {name} at {place}", rtol=1e-5, atol=1e-7)

    def test_two_calls(self, props, oracle, rng):
        """each of two calls begins from zero, and the second leaves what the first returned"""
        sizes, params = draw_model(rng)
        first, second = draw_batch(rng, 4, 5), draw_batch(rng, 2, 4)
        found = props.one_after_the_other(params, first, second, sizes)
        for grads, batch in zip(found, (first, second), strict=True):
            self.agree(grads, oracle.model(params, *batch, sizes)["grads"])

    @edge
    def test_micro_batches(self, props, oracle, rng):
        """gradients of two batches add up in the arrays that are given as grads"""
        sizes, params = draw_model(rng)
        batches = [draw_batch(rng, 4, 5), draw_batch(rng, 2, 3)]
        both = [oracle.model(params, *batch, sizes)["grads"] for batch in batches]
        self.agree(props.added(params, batches, sizes), {name: both[0][name] + both[1][name] for name in TENSORS})

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """params and acts are not changed"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 4, 5)
        self.agree(props.backward(params, *batch, sizes), oracle.model(params, *batch, sizes)["grads"])
        moved = props.moved(params, *batch, sizes)
        assert not moved, f"gpt2_backward changed {' and '.join(moved[:3])} in place; the caller still needs it"

    @edge
    def test_float32(self, props, oracle, rng):
        """with float32 parameters all gradients are float32"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 2, 4)
        self.agree(props.backward(params, *batch, sizes), oracle.model(params, *batch, sizes)["grads"])
        kinds = props.backward_kinds(params, *batch, sizes)
        same(kinds, dict.fromkeys(sorted(TENSORS), "float32"), "the dtypes of the gradients")

    def agree(self, grads, expected):
        """Compare all sixteen, from the head down."""
        same(sorted(grads), sorted(TENSORS), "the names of the gradients")
        for name in reversed(TENSORS):
            close(grads[name], expected[name], f"the gradient of {name}")


SETTINGS = {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-8, "weight_decay": 0.1}


@exercise(
    "train",
    points=10,
    cpu=3.0,
    answers=("gpt2_update", "train"),
    needs=("gpt2_backward",),
)
class TestTrain:
    """AdamW as in llm.c, and ten steps whose losses are torch's to eight digits."""

    @pytest.mark.parametrize("steps", [1, 2, 5])
    def test_update(self, props, oracle, rng, steps):
        """the parameters after 1, 2 and 5 updates, t counted from 1; decay acts on biases, too"""
        params, grads = self.draw(rng, steps)
        expected = oracle.updates(params, grads, SETTINGS)["params"]
        close(props.updated(params, grads, SETTINGS)["params"], expected, f"params, {steps} updates", rtol=1e-9)

    def test_averages(self, props, oracle, rng):
        """m and v after 3 updates"""
        params, grads = self.draw(rng, 3)
        found, expected = props.updated(params, grads, SETTINGS), oracle.updates(params, grads, SETTINGS)
        for name in ("m", "v"):
            close(found[name], expected[name], f"{name} after 3 updates", rtol=1e-9)

    def test_small_gradients(self, props, oracle, rng):
        """gradients of 1e-8, where eps decides; no decay"""
        params, grads = self.draw(rng, 2)
        grads = [{name: one * 1e-8 for name, one in each.items()} for each in grads]
        settings = SETTINGS | {"weight_decay": 0.0}
        expected = oracle.updates(params, grads, settings)["params"]
        close(props.updated(params, grads, settings)["params"], expected, "params after 2 updates", rtol=1e-9)

    def test_decay_alone(self, props, oracle, rng):
        """gradients of 0: only the decay moves the parameters"""
        params, grads = self.draw(rng, 1)
        grads = [{name: 0 * one for name, one in grads[0].items()}]
        expected = oracle.updates(params, grads, SETTINGS)["params"]
        close(props.updated(params, grads, SETTINGS)["params"], expected, "params after 1 update", rtol=1e-9)

    @weight(3)
    def test_ten_steps(self, props, oracle, rng):
        """ten losses on the same batch, each as torch's to 1e-8"""
        sizes, params = draw_model(rng)
        batches = [draw_batch(rng, 4, 5)] * 10
        found = props.losses(params, batches, sizes, SETTINGS)
        close(found, oracle.training(params, batches, sizes, SETTINGS)["losses"], "ten losses", rtol=1e-8, atol=0)

    def test_usual_settings(self, props, oracle, rng):
        """ten losses with nothing said of lr, betas, eps and decay"""
        sizes, params = draw_model(rng)
        batches = [draw_batch(rng, 3, 4)] * 10
        found = props.losses(params, batches, sizes, {})
        close(found, oracle.training(params, batches, sizes, {})["losses"], "ten losses", rtol=1e-8, atol=0)

    def test_other_batches(self, props, oracle, rng):
        """batches of other sizes, one after the other"""
        sizes, params = draw_model(rng)
        batches = [draw_batch(rng, batch, tokens) for batch, tokens in ((4, 5), (1, 7), (3, 2), (4, 5))]
        found = props.losses(params, batches, sizes, SETTINGS)
        close(found, oracle.training(params, batches, sizes, SETTINGS)["losses"], "four losses", rtol=1e-8, atol=0)

    def test_first_loss(self, props, oracle, rng):
        """the first loss is that of the parameters before they move"""
        sizes, params = draw_model(rng)
        batch = draw_batch(rng, 4, 5)
        found = props.losses(params, [batch], sizes, SETTINGS)
        same(len(found), 1, "how many losses one batch gives")
        close(found[0], oracle.model(params, *batch, sizes)["loss"], "losses[0]")

    def test_params_move(self, props, oracle, rng):
        """after the call params holds the trained tensors, all sixteen"""
        sizes, params = draw_model(rng)
        batches = [draw_batch(rng, 4, 5) for _ in range(3)]
        settings = SETTINGS | {
            "eps": 1e-3
        }  # what comes back to a key's bias is rounding noise, which a tiny eps magnifies
        found = props.trained(params, batches, sizes, settings)["params"]
        expected = oracle.training(params, batches, sizes, settings)["params"]
        close(found, expected, "params after 3 steps", rtol=1e-6, atol=1e-8)

    def test_learns_by_heart(self, props, rng):
        """40 steps on one batch bring its loss below a tenth of where it began"""
        sizes, params = draw_model(rng)
        params = {name: value / 4 if name.startswith("w") else value / 2 for name, value in params.items()}
        batch = draw_batch(rng, 2, 5)
        losses = props.losses(params, [batch] * 40, sizes, {"lr": 0.02})
        same(len(losses), 40, "how many losses 40 batches give")
        assert np.isfinite(losses[-1]), "the loss after 39 steps is not a number"
        assert 0.0 < losses[-1] < losses[0] / 10, (
            f"the loss goes from {losses[0]:.3f} to {losses[-1]:.3f} in 40 steps; "
            "one batch of ten tokens can be learned by heart"
        )

    @edge
    def test_no_batch(self, props, rng):
        """no batch: no loss, and nothing moves"""
        # idle (empty list): an empty list is the answer
        # idle (other inputs): where nothing is trained, no number counts
        sizes, params = draw_model(rng)
        found = props.trained(params, [], sizes, {})
        same(found["losses"], [], "the losses of no batch")
        same(found["params"], params, "params after no batch")

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """batches and gradients are not changed, and float32 stays float32"""
        sizes, params = draw_model(rng)
        batches = [draw_batch(rng, 4, 5) for _ in range(2)]
        settings = SETTINGS | {"eps": 1e-3}
        found = props.trained(params, batches, sizes, settings)
        expected = oracle.training(params, batches, sizes, settings)["losses"]
        close(found["losses"], expected, "two losses", rtol=1e-8)
        for mine, theirs in zip(found["batches"], batches, strict=True):
            same(list(mine), list(theirs), "a batch after the training")
        few, grads = self.draw(rng, 2)
        same(props.updated(few, grads, SETTINGS)["grads"], grads, "grads after gpt2_update")
        for kinds in props.updated_in_float32(few, grads[0], SETTINGS).values():
            same(kinds, dict.fromkeys(kinds, "float32"), "the dtypes after gpt2_update in float32")

    def draw(self, rng, steps):
        """Return three small tensors, and gradients for each step."""
        shapes = {"wte": (5, 3), "fcb": (2, 4), "lnfw": (3,)}
        params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        return params, [{name: rng.normal(size=shape) for name, shape in shapes.items()} for _ in range(steps)]
