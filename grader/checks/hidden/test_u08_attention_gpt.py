"""Hidden checks of unit 08: the claims of the public ones, with sizes and inputs that nobody has seen."""

import numpy as np

from grader import close, exercise, same, tensor

EXACT = {"rtol": 0.0, "atol": 0.0}


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def drawn(rng, shapes, scale=0.4):
    return {name: tensor(rng.normal(size=shape) * scale) for name, shape in shapes.items()}


def loaded(props, module, shapes, scale, rng):
    """Give a module random weights of these shapes; return them by name."""
    weights = drawn(rng, shapes, scale)
    problem = props.load(module, weights)
    assert not problem, problem
    return weights


def linear(name, n_in, n_out, bias=True):
    return {f"{name}.weight": (n_out, n_in), **({f"{name}.bias": (n_out,)} if bias else {})}


def heads(prefix, n_embd, head_size):
    return {f"{prefix}{name}.weight": (head_size, n_embd) for name in ("key", "query", "value")}


def fused(prefix, n_embd, bias=True):
    return linear(f"{prefix}c_attn", n_embd, 3 * n_embd, bias) | linear(f"{prefix}c_proj", n_embd, n_embd, bias)


def feed_forward(prefix, n_embd, bias=True):
    return linear(f"{prefix}c_fc", n_embd, 4 * n_embd, bias) | linear(f"{prefix}c_proj", 4 * n_embd, n_embd, bias)


def norm(prefix, n_embd):
    return {f"{prefix}weight": (n_embd,), f"{prefix}bias": (n_embd,)}


def block(prefix, n_embd):
    norms = norm(f"{prefix}ln_1.", n_embd) | norm(f"{prefix}ln_2.", n_embd)
    return norms | fused(f"{prefix}attn.", n_embd) | feed_forward(f"{prefix}mlp.", n_embd)


def gpt(n_embd, n_layer):
    shapes = {"wte.weight": (9, n_embd), "wpe.weight": (8, n_embd), "lm_head.weight": (9, n_embd)}
    for layer in range(n_layer):
        shapes |= block(f"blocks.{layer}.", n_embd)
    return shapes | norm("ln_f.", n_embd)


def agrees(learner, module, expected, x, cotangent, what):
    pull = learner.vjp(module, tensor(x))
    close(pull.value, expected["out"], what)
    close(pull(tensor(cotangent)), [expected["x"]], "[gradient of x]")
    close(pull.parameters, expected["parameters"], "gradients of the parameters")


def sizes_of(rng):
    """Return random sizes of a model: its width, a multiple of its heads, and how many heads and layers it has."""
    n_head, n_layer = size(rng, 2, 4), size(rng, 1, 3)
    return 4 * n_head, n_head, n_layer


def config_of(learner, n_embd, n_head, n_layer, bias=True):
    sizes = {"n_layer": n_layer, "n_head": n_head, "n_embd": n_embd}
    return learner.GPTConfig(vocab_size=9, block_size=8, bias=bias, **sizes)


@exercise("get_batch")
class TestGetBatch:
    def test_any_sizes(self, learner, props, rng):
        """windows and targets for sizes drawn at random"""
        for _ in range(4):
            T, B = size(rng, 1, 6), size(rng, 1, 6)
            data = rng.permutation(200)[: T + size(rng, 1, 20)]
            x, y = learner.get_batch(tensor(data), T, B, generator=props.generator(size(rng, 0, 10**6)))
            starts = [int(np.flatnonzero(data == row[0])[0]) for row in x.array]
            close(x, tensor(np.stack([data[i : i + T] for i in starts])), "x", **EXACT)
            close(y, tensor(np.stack([data[i + 1 : i + T + 1] for i in starts])), "y", **EXACT)


@exercise("causal_average")
class TestCausalAverage:
    def test_any_sizes(self, learner, oracle, rng):
        """all three ways, for sizes drawn at random"""
        x = rng.normal(size=(size(rng, 1, 4), size(rng, 2, 9), size(rng, 1, 5)))
        cotangent = rng.normal(size=x.shape)
        expected = oracle.causal_average(x, cotangent)
        for way in ("loop", "matmul", "softmax"):
            pull = learner.vjp(f"causal_average_{way}", tensor(x))
            close(pull.value, expected["out"], f"causal_average_{way}(x)")
            close(pull(tensor(cotangent)), [expected["x"]], "[gradient of x]")


@exercise("scaled_dot_product_attention")
class TestAttention:
    def test_any_sizes(self, learner, oracle, rng):
        """values and gradients with random sizes, masks and axes in front; some queries may attend to nothing"""
        for _ in range(3):
            front = tuple(size(rng, 1, 3) for _ in range(size(rng, 0, 3)))
            T, S, d, dv = (size(rng, 1, 6) for _ in range(4))
            q, k, v = (rng.normal(size=(*front, *rest)) * 3 for rest in ((T, d), (S, d), (S, dv)))
            mask, cotangent = rng.random((T, S)) < 0.6, rng.normal(size=(*front, T, dv))
            causal = bool(rng.random() < 0.5)
            expected = oracle.attention(q, k, v, cotangent, mask=mask, is_causal=causal)
            sent = [tensor(array) for array in (q, k, v, mask)]
            pull = learner.vjp("scaled_dot_product_attention", *sent, is_causal=causal)
            close(pull.value, expected["out"], f"attention of {q.shape}, {k.shape}, {v.shape}, is_causal={causal}")
            close(pull(tensor(cotangent))[:3], expected["grads"], "gradients of [q, k, v]")


@exercise("dropout")
class TestDropout:
    def test_any_p(self, learner, props, rng):
        """what is kept is x / (1 - p), for a p drawn at random, in float32, of one axis and of four"""
        for shape in ((400,), (4, 5, 4, 5)):
            p = float(rng.uniform(0.1, 0.9))
            x = (1 + rng.random(size=shape)).astype(np.float32)
            module = learner.Dropout(p, generator=props.generator(size(rng, 0, 10**6)))
            out = module(tensor(x)).array
            close(out, np.where(out != 0, x / np.float32(1 - p), np.float32(0)), f"Dropout({p:.3f})(x)", rtol=1e-5)
            dropped, room = (out == 0).mean(), 5 * np.sqrt(p * (1 - p) / 400)
            assert abs(dropped - p) < room, f"{dropped:.0%} were dropped with p = {p:.3f}"


@exercise("head")
class TestHead:
    def test_any_sizes(self, learner, props, oracle, rng):
        """value and all gradients for sizes drawn at random"""
        n_embd, head_size, T = size(rng, 3, 9), size(rng, 2, 7), size(rng, 2, 9)
        module = learner.Head(n_embd, head_size, 9)
        weights = loaded(props, module, heads("", n_embd, head_size), 0.5, rng)
        x, cotangent = rng.normal(size=(3, T, n_embd)), rng.normal(size=(3, T, head_size))
        agrees(learner, module, oracle.head(weights, x, cotangent), x, cotangent, "head(x)")


@exercise("multi_head_attention")
class TestMultiHeadAttention:
    def test_any_sizes(self, learner, props, oracle, rng):
        """value and all gradients for sizes drawn at random"""
        n_head, head_size, T = size(rng, 2, 4), size(rng, 1, 4), size(rng, 2, 9)
        n_embd, shapes = n_head * head_size, linear("proj", n_head * head_size, n_head * head_size)
        for i in range(n_head):
            shapes |= heads(f"heads.{i}.", n_embd, head_size)
        module = learner.MultiHeadAttention(n_embd, n_head, 9)
        weights = loaded(props, module, shapes, 0.5, rng)
        x, cotangent = (rng.normal(size=(2, T, n_embd)) for _ in range(2))
        expected = oracle.multi_head(weights, x, cotangent, n_head)
        agrees(learner, module, expected, x, cotangent, f"{n_head} heads of x")


@exercise("causal_self_attention")
class TestCausalSelfAttention:
    def test_any_sizes(self, learner, props, oracle, rng):
        """value and all gradients for sizes drawn at random"""
        for bias in (True, False):
            n_embd, n_head, n_layer = sizes_of(rng)
            module = learner.CausalSelfAttention(config_of(learner, n_embd, n_head, n_layer, bias))
            weights = loaded(props, module, fused("", n_embd, bias), 0.5, rng)
            x, cotangent = (rng.normal(size=(2, T, n_embd)) for T in [size(rng, 2, 8)] * 2)
            agrees(learner, module, oracle.fused(weights, x, cotangent, n_head), x, cotangent, f"{n_head} heads of x")


@exercise("layer_norm")
class TestLayerNorm:
    def test_any_spread(self, learner, props, oracle, rng):
        """value and all gradients for sizes, means, spreads and eps drawn at random"""
        for _ in range(3):
            n_embd, eps = size(rng, 2, 9), float(10 ** rng.uniform(-6, -2))
            x = rng.normal() + rng.normal(size=(2, size(rng, 1, 5), n_embd)) * 10 ** rng.uniform(-3, 1)
            module, cotangent = learner.LayerNorm(n_embd, eps=eps), rng.normal(size=x.shape)
            weights = loaded(props, module, norm("", n_embd), 1.0, rng)
            expected = oracle.layer_norm(weights, x, cotangent, eps)
            agrees(learner, module, expected, x, cotangent, f"layer_norm(x), C = {n_embd}, eps = {eps:.2g}")


@exercise("feed_forward")
class TestFeedForward:
    def test_any_sizes(self, learner, props, oracle, rng):
        """value and all gradients for sizes drawn at random, without bias"""
        for act in ("relu", "gelu_tanh"):
            n_embd = size(rng, 1, 7)
            module = learner.FeedForward(n_embd, act=act, bias=False)
            weights = loaded(props, module, feed_forward("", n_embd, bias=False), 1.0, rng)
            x, cotangent = (rng.normal(size=(2, T, n_embd)) for T in [size(rng, 1, 6)] * 2)
            agrees(learner, module, oracle.feed_forward(weights, x, cotangent, act), x, cotangent, f"result with {act}")


@exercise("block")
class TestBlock:
    def test_any_sizes(self, learner, props, oracle, rng):
        """value and all gradients for sizes drawn at random"""
        n_embd, n_head, n_layer = sizes_of(rng)
        module = learner.Block(config_of(learner, n_embd, n_head, n_layer))
        weights = loaded(props, module, block("", n_embd), 0.5, rng)
        x, cotangent = (rng.normal(size=(2, T, n_embd)) for T in [size(rng, 2, 8)] * 2)
        agrees(learner, module, oracle.block(weights, x, cotangent, n_head, "gelu_tanh"), x, cotangent, "block(x)")


@exercise("gpt")
class TestGPT:
    def test_any_sizes(self, learner, props, oracle, rng):
        """logits, loss and all gradients for sizes drawn at random, some targets ignored"""
        n_embd, n_head, n_layer = sizes_of(rng)
        model = learner.GPT(config_of(learner, n_embd, n_head, n_layer))
        weights = loaded(props, model, gpt(n_embd, n_layer), 0.3, rng)
        idx, targets = (rng.integers(9, size=(3, T)) for T in [size(rng, 2, 8)] * 2)
        targets = np.where(rng.random(targets.shape) < 0.3, -1, targets)
        targets[0, 0] = 5
        expected = oracle.gpt_loss(weights, tensor(idx), tensor(targets), n_head, "gelu_tanh")
        pull = learner.vjp(model, tensor(idx), tensor(targets))
        close(pull.value, (expected["out"], expected["loss"]), "[logits, loss]")
        pull((tensor(0 * expected["out"].array), tensor(np.array(1.0))))
        close(pull.parameters, expected["parameters"], "gradients of the parameters")


@exercise("sample_logits")
class TestSampleLogits:
    def test_any_settings(self, learner, rng):
        """probabilities for temperature, top_k and sizes drawn at random"""
        for _ in range(3):
            V, temperature = size(rng, 2, 12), float(rng.uniform(0.3, 3))
            top_k, logits = size(rng, 1, V + 3), rng.normal(size=(3, V)) * 2
            threshold = np.sort(logits, axis=-1)[:, [-min(top_k, V)]]
            odds = np.where(logits < threshold, 0.0, np.exp(logits / temperature))
            label = f"probabilities, temperature {temperature:.3f}, top_k {top_k}"
            expected = tensor(odds / odds.sum(axis=-1, keepdims=True))
            close(learner.sampling_probs(tensor(logits), temperature, top_k), expected, label)


@exercise("generate")
class TestGenerate:
    def test_any_window(self, learner, props, rng):
        """greedy text of a model that looks at the oldest token it sees, for sizes drawn at random"""
        for _ in range(3):
            block_size, V, start, n = size(rng, 1, 6), size(rng, 3, 9), size(rng, 1, 8), size(rng, 1, 12)
            rows = rng.integers(V, size=(size(rng, 1, 3), start)).tolist()
            out = learner.generate(props.echo(block_size, V), tensor(np.array(rows)), n, temperature=0.0)
            for row in rows:
                for _ in range(n):
                    row.append((row[-block_size:][0] + 1) % V)
            close(out, tensor(np.array(rows)), f"{start} tokens and {n} more, block_size {block_size}", **EXACT)


@exercise("induction_task")
class TestInductionTask:
    def test_any_batch(self, learner, props, rng):
        """batches for sizes drawn at random"""
        half, V = size(rng, 1, 7), size(rng, 2, 9)
        x, y = learner.make_copy_batch(3, 2 * half, V, generator=props.generator(size(rng, 0, 10**6)))
        close(x.array[:, half:], x.array[:, :half], "the second half of x, against the first", **EXACT)
        same([y.dtype, y.shape], ["int64", (3, 2 * half)], "[dtype of y, shape of y]")
        close(y.array[:, half - 1 : -1], x.array[:, half:], "the targets that count", **EXACT)
        assert (y.array[:, : half - 1] == -1).all(), "a target before T/2 - 1 counts"
        assert (y.array[:, -1] == -1).all(), "the last place has a target"

    def test_any_pattern(self, learner, props, oracle, rng):
        """the pattern of a layer and a head drawn at random"""
        n_embd, n_head, n_layer = sizes_of(rng)
        model = learner.GPT(config_of(learner, n_embd, n_head, n_layer))
        weights = loaded(props, model, gpt(n_embd, n_layer), 0.4, rng)
        idx, layer, head = tensor(rng.integers(9, size=(2, 6))), size(rng, 0, n_layer - 1), size(rng, 0, n_head - 1)
        expected = oracle.pattern(weights, idx, n_head, "gelu_tanh", layer, head)
        close(learner.attention_pattern(model, idx, layer, head), expected, f"pattern of layer {layer}, head {head}")
