"""Checks of unit 13 that a release leaves out: the same claims, with sizes and inputs that nobody has seen."""

from grader import close, exercise, same

TENSORS = (
    *("wte", "wpe", "ln1w", "ln1b", "qkvw", "qkvb", "attprojw", "attprojb"),
    *("ln2w", "ln2b", "fcw", "fcb", "fcprojw", "fcprojb", "lnfw", "lnfb"),
)


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def drawn(rng):
    """Return sizes, parameters and a batch of a small model, all drawn."""
    heads, vocab, longest = size(rng, 1, 3), size(rng, 4, 9), size(rng, 3, 6)
    sizes = {"max_seq_len": longest, "vocab_size": vocab, "padded_vocab_size": vocab + size(rng, 0, 4)}
    sizes |= {"num_layers": size(rng, 1, 3), "num_heads": heads, "channels": heads * size(rng, 2, 3)}
    L, C = sizes["num_layers"], sizes["channels"]
    shapes = {"wte": (sizes["padded_vocab_size"], C), "wpe": (longest, C), "qkvw": (L, 3 * C, C), "qkvb": (L, 3 * C)}
    shapes |= {"attprojw": (L, C, C), "fcw": (L, 4 * C, C), "fcb": (L, 4 * C), "fcprojw": (L, C, 4 * C)}
    shapes |= dict.fromkeys(("ln1w", "ln1b", "attprojb", "ln2w", "ln2b", "fcprojb"), (L, C))
    shapes |= {"lnfw": (C,), "lnfb": (C,)}
    params = {name: rng.normal(size=shapes[name]) * 0.7 for name in TENSORS}
    batch = rng.integers(vocab, size=(2, size(rng, 1, 4), size(rng, 1, longest)))
    return sizes, params, list(batch)


@exercise("encoder")
class TestEncoderAgain:
    def test_other_sizes(self, learner, props, oracle, rng):
        """forward and backward, one token many times"""
        for tokens in (2, 7):
            inp, wte, wpe = rng.integers(3, size=(4, tokens)), rng.normal(size=(9, 3)), rng.normal(size=(7, 3))
            dout, dwte, dwpe = rng.normal(size=(4, tokens, 3)), rng.normal(size=(9, 3)), rng.normal(size=(7, 3))
            out, more, also = oracle.encoder(inp, wte, wpe, dout)
            close(learner.encoder_forward(inp, wte, wpe), out, "encoder_forward")
            found = props.tables(dout, inp, dwte, dwpe)
            close(found[:2], [dwte + more, dwpe + also], "dwte and dwpe after encoder_backward")


@exercise("layernorm")
class TestLayernormAgain:
    def test_other_sizes(self, learner, oracle, rng):
        """two numbers a vector, and eleven"""
        for width in (2, 11):
            x, dout = rng.normal(size=(2, 4, 3, width))[0, :2], rng.normal(size=(2, 3, width))
            w, b = rng.normal(size=width), rng.normal(size=width)
            out, mean, rstd, *grads = oracle.layernorm(x, w, b, dout)
            close(list(learner.layernorm_forward(x, w, b)), [out, mean, rstd], "out, mean, rstd")
            close(list(learner.layernorm_backward(dout, x, w, mean, rstd)), grads, "dx, dw, db")


@exercise("matmul")
class TestMatmulAgain:
    def test_other_sizes(self, learner, oracle, rng):
        """one output, one input, and more of both"""
        for inputs, outputs in ((5, 1), (1, 4), (3, 8)):
            x, w, b = rng.normal(size=(2, 6, inputs)), rng.normal(size=(outputs, inputs)), rng.normal(size=outputs)
            dout = rng.normal(size=(2, 6, outputs))
            out, *grads = oracle.matmul(x, w, b, dout)
            close(learner.matmul_forward(x, w, b), out, "matmul_forward(x, w, b)")
            close(list(learner.matmul_backward(dout, x, w)), grads, "dx, dw, db")


@exercise("attention")
class TestAttentionAgain:
    def test_other_sizes(self, learner, props, oracle, rng):
        """4 heads of one number, 2 heads of 5"""
        for heads, width, tokens in ((4, 4, 3), (2, 10, 6)):
            inp, dout = rng.normal(size=(3, tokens, 3 * width)), rng.normal(size=(3, tokens, width))
            out, _, att, dinp = oracle.attention(inp, heads, dout)
            found = props.attended(inp, heads)
            close([found[0], found[2]], [out, att], "out, att")
            close(learner.attention_backward(dout, inp, att, heads), dinp, "dinp")


@exercise("gelu")
class TestGeluAgain:
    def test_other_inputs(self, learner, oracle, rng):
        """entries near 0 and far from it, on one axis and on four"""
        for shape in ((9,), (2, 1, 3, 2)):
            x, dout = rng.normal(size=shape) * 4, rng.normal(size=shape)
            out, dx = oracle.gelu(x, dout)
            close(learner.gelu_forward(x), out, "gelu_forward(x)")
            close(learner.gelu_backward(x, dout), dx, "gelu_backward(x, dout)")
            close(list(learner.residual_backward(dout)), [dout, dout], "d1, d2")


@exercise("crossentropy")
class TestCrossentropyAgain:
    def test_other_sizes(self, learner, oracle, rng):
        """a single real column, and one column of padding"""
        for vocab, padded in ((1, 3), (6, 7)):
            logits, targets = rng.normal(size=(3, 2, padded)) * 3, rng.integers(vocab, size=(3, 2))
            dlosses = rng.normal(size=(3, 2))
            probs, losses, dlogits = oracle.crossentropy(logits, targets, dlosses, vocab)
            close(learner.softmax_forward(logits, vocab), probs, "softmax_forward")
            close(learner.crossentropy_forward(probs, targets), losses, "crossentropy_forward")
            close(learner.crossentropy_softmax_backward(dlosses, probs, targets, vocab), dlogits, "dlogits")


@exercise("gpt2_forward")
class TestGpt2ForwardAgain:
    def test_any_sizes(self, props, oracle, rng):
        """loss and logits of models whose sizes are drawn"""
        for _ in range(4):
            sizes, params, batch = drawn(rng)
            loss, acts = props.forward(params, *batch, sizes)
            expected = oracle.model(params, *batch, sizes)
            close(loss, expected["loss"], "the loss")
            assert "logits" in acts, 'acts has no "logits"'
            close(acts["logits"], expected["acts"]["logits"], 'acts["logits"]')


@exercise("gpt2_backward")
class TestGpt2BackwardAgain:
    def test_any_sizes(self, props, oracle, rng):
        """all sixteen gradients of models whose sizes are drawn"""
        for _ in range(4):
            sizes, params, batch = drawn(rng)
            grads = props.backward(params, *batch, sizes)
            same(sorted(grads), sorted(TENSORS), "the names of the gradients")
            close(grads, oracle.model(params, *batch, sizes)["grads"], "the gradients", rtol=1e-6, atol=1e-9)


@exercise("train")
class TestTrainAgain:
    def test_any_sizes(self, props, oracle, rng):
        """ten losses with settings that are drawn"""
        sizes, params, batch = drawn(rng)
        settings = {"lr": float(rng.uniform(0.005, 0.02)), "beta1": 0.85, "beta2": 0.97, "weight_decay": 0.3}
        found = props.losses(params, [batch] * 10, sizes, settings)
        close(found, oracle.training(params, [batch] * 10, sizes, settings)["losses"], "ten losses", rtol=1e-7)
