"""Hidden checks of unit 11: the same claims on inputs that no learner has seen."""

import math

from grader import close, edge, exercise, same

GRAPH = {"rtol": 1e-9, "atol": 1e-11}
TRAINED = {"rtol": 1e-6, "atol": 1e-9}
SIZES = {"vocab_size": 7, "block_size": 5, "n_layer": 2, "n_head": 3, "n_embd": 6}
DOCS = ["fade", "cab", "bed"]  # letters a to f, so that BOS is 6


def numbers(rng, *shape):
    """Return numbers in nested lists."""
    if len(shape) > 1:
        return [numbers(rng, *shape[1:]) for _ in range(shape[0])]
    return [rng.uniform(-1.3, 1.3) for _ in range(shape[0])]


def parameters(rng, sizes):
    """Return the matrices of a model."""
    V, C = sizes["vocab_size"], sizes["n_embd"]
    shapes = {"wte": (V, C), "wpe": (sizes["block_size"], C), "lm_head": (V, C)}
    for i in range(sizes["n_layer"]):
        shapes |= {f"layer{i}.{name}": (C, C) for name in ("attn_wq", "attn_wk", "attn_wv", "attn_wo")}
        shapes |= {f"layer{i}.mlp_fc1": (4 * C, C), f"layer{i}.mlp_fc2": (C, 4 * C)}
    return {name: numbers(rng, *shape) for name, shape in shapes.items()}


@exercise("value")
class TestValue:
    def test_larger_graphs(self, props, oracle, rng):
        """larger random graphs of all operations"""
        for size in (9, 12, 14):
            case = oracle.expression(rng.getrandbits(32), size)
            close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **GRAPH)

    @edge
    def test_longer_chain(self, props):
        """50,000 nodes, one above the other"""
        close(props.chain(50_000, 0.25), [0.0625 + 12_500, 0.5 + 50_000], "x*x + x + x + ..., and its slope", **GRAPH)


@exercise("name_tokenizer")
class TestNameTokenizer:
    def test_other_names(self, props, rng):
        """names of random letters"""
        docs = ["".join(rng.choices("qwertzuiop", k=rng.randint(1, 6))) for _ in range(5)]
        chars, tok = sorted(set("".join(docs))), props.tokenizer(docs)
        for doc in docs:
            expected = [len(chars), *map(chars.index, doc), len(chars)]
            same(tok.encode(doc), expected, f"encode({doc!r}) after {docs}")
            same(tok.decode(expected), doc, f"decode({expected})")


@exercise("linear")
class TestLinear:
    def test_other_sizes(self, props, oracle, rng):
        """five inputs, six outputs"""
        x, w, shares = numbers(rng, 5), numbers(rng, 6, 5), numbers(rng, 6)
        close(props.linear(x, w, shares), oracle.linear(x, w, shares), "outputs, gradients of x and of w", **GRAPH)


@exercise("softmax")
class TestSoftmax:
    def test_other_scores(self, props, oracle, rng):
        """six scores, far apart and far out"""
        for shift in (0.0, 5000.0, -5000.0):
            scores, shares = [shift + 4 * one for one in numbers(rng, 6)], numbers(rng, 6)
            found, expected = props.vector("softmax", scores, shares), oracle.softmax(scores, shares)
            close(found, expected, f"softmax of scores near {shift}, and its gradient", **GRAPH)


@exercise("norms")
class TestNorms:
    def test_other_vectors(self, props, oracle, rng):
        """six numbers, small ones and large ones"""
        for name in ("rmsnorm", "layernorm"):
            for size in (1e-3, 1.0, 30.0):
                x, shares = [size * one for one in numbers(rng, 6)], numbers(rng, 6)
                found, expected = props.vector(name, x, shares), getattr(oracle, name)(x, shares)
                close(found, expected, f"{name} of numbers of size {size}, and its gradient", **GRAPH)


@exercise("attention_step")
class TestAttentionStep:
    def test_other_sizes(self, props, oracle, rng):
        """three heads of four numbers over five tokens"""
        q, keys, values, shares = numbers(rng, 12), numbers(rng, 5, 12), numbers(rng, 5, 12), numbers(rng, 12)
        expected = oracle.attention(q, keys, values, 3, shares)
        close(props.attention(q, keys, values, 3, shares), expected, "output and gradients", **GRAPH)


@exercise("gpt_step")
class TestGPTStep:
    def test_other_sizes(self, props, oracle, rng):
        """the scores at each position, two layers of three heads"""
        state, tokens = parameters(rng, SIZES), [6, 2, 5, 2, 0]
        expected = oracle.gpt(state, SIZES, tokens, [[0.0] * 7] * 5)[0]
        close(props.steps(state, SIZES, tokens), expected, "scores at each position", **GRAPH)


@exercise("sequence_loss")
class TestSequenceLoss:
    def test_other_names(self, props, oracle, rng):
        """a short, a long and an empty name in a row"""
        state, names = parameters(rng, SIZES), [[6, 1, 6], [6, 0, 5, 4, 4, 3, 2, 6], [6, 6]]
        expected = [oracle.loss(state, SIZES, name)[0] for name in names]
        close(props.losses(state, SIZES, names), expected, "losses of three names", **GRAPH)


@exercise("adam")
class TestAdam:
    def test_more_steps(self, props, oracle, rng):
        """nine steps with gradients of different sizes"""
        start, gradients = numbers(rng, 4), [[10 ** rng.uniform(-6, 2) for _ in range(4)] for _ in range(9)]
        expected = oracle.adam(start, gradients, 0.03)
        close(props.adam(start, gradients, 0.03)[0], expected[0], "parameters after each step", **GRAPH)

    def test_other_gradients(self, props, rng):
        """clipping of seven gradients"""
        grads = numbers(rng, 7)
        length = math.sqrt(math.fsum(g * g for g in grads))
        expected = [length, [g * 0.3 for g in grads]]
        close(props.clipped(grads, 0.3 * length), expected, "clip_gradients", rtol=1e-5, atol=1e-12)


@exercise("generate")
class TestGenerate:
    def test_other_models(self, props, oracle, rng):
        """names of a model with two layers, with and without a prompt"""
        state = parameters(rng, SIZES)
        for prompt in ("", "fa", "bed"):
            seed = rng.getrandbits(16)
            expected = oracle.generated(state, SIZES, "abcdef", prompt, 0.9, seed)[0]
            same(props.generate(state, SIZES, DOCS, prompt, 0.9, seed)[0], expected, f"a name after {prompt!r}")


@exercise("train_microgpt")
class TestTrainMicroGPT:
    def test_other_names(self, props, oracle, rng):
        """six losses on other names, two layers of three heads"""
        seed = rng.getrandbits(16)
        expected = oracle.training(DOCS, SIZES, 6, 0.03, seed)[0]
        close(props.train(DOCS, SIZES, 6, 0.03, seed), expected, "losses of 6 steps", **TRAINED)
