"""Hidden checks of unit 08: the claims of the public ones, with sizes and inputs that nobody has seen."""

import numpy as np

from grader import close, edge, exercise, same, tensor

EXACT = {"rtol": 0.0, "atol": 0.0}
ROOM = {"rtol": 1e-4, "atol": 1e-4}  # for float32 on the way


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def drawn(rng, shapes, scale=0.4):
    return {name: tensor(rng.normal(size=shape) * scale) for name, shape in shapes.items()}


def loaded(props, module, shapes, scale, rng):
    """Give a module random weights of these shapes; return them by name. The lecture's lm_head has a bias beside."""
    weights = drawn(rng, shapes, scale)
    problem = props.load(module, weights, ["lm_head.bias"])
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
    close(pull.value, expected["out"], what, **ROOM)
    close(pull(tensor(cotangent)), [expected["x"]], "[gradient of x]", **ROOM)
    close(pull.parameters, expected["parameters"], "gradients of the parameters", **ROOM)


def sizes_of(rng):
    """Return random sizes of a model: its width, a multiple of its heads, and how many heads and layers it has."""
    n_head, n_layer = size(rng, 2, 4), size(rng, 1, 3)
    return 4 * n_head, n_head, n_layer


def config_of(learner, n_embd, n_head, n_layer, bias=True):
    sizes = {"n_layer": n_layer, "n_head": n_head, "n_embd": n_embd}
    return learner.GPTConfig(vocab_size=9, block_size=8, bias=bias, **sizes)


@exercise("get_batch")
class TestGetBatch:
    def test_any_sizes(self, learner, rng):
        """windows and targets for sizes drawn at random"""
        for _ in range(4):
            T, B = size(rng, 1, 6), size(rng, 1, 6)
            data = rng.permutation(200)[: T + size(rng, 1, 20)]
            x, y = learner.get_batch(tensor(data), T, B)
            starts = [int(np.flatnonzero(data == row[0])[0]) for row in x.array]
            close(x, tensor(np.stack([data[i : i + T] for i in starts])), "x", **EXACT)
            close(y, tensor(np.stack([data[i + 1 : i + T + 1] for i in starts])), "y", **EXACT)


@exercise("causal_average")
class TestCausalAverage:
    def test_any_sizes(self, learner, oracle, rng):
        """all three ways, for sizes drawn at random"""
        x = rng.normal(size=(size(rng, 1, 4), size(rng, 2, 9), size(rng, 1, 5))).astype(np.float32)
        expected = oracle.causal_average(x.astype(np.float64), np.ones(x.shape))["out"].array.astype(np.float32)
        for way in ("loop", "matmul", "softmax"):
            found = getattr(learner, f"causal_average_{way}")(tensor(x))
            close(found, tensor(expected), f"causal_average_{way}(x)", **ROOM)


def attends(learner, oracle, rng, front, *, tolerance, allowed=1.0, scale=1.0, **masks):
    """Require attention of random sizes. allowed: which part of the keys; with ROOM at least one for each query."""
    T, S, d, dv = (size(rng, 2, 6) for _ in range(4))
    q, k, v = (rng.normal(size=(*front, *rest)) * scale for rest in ((T, d), (S, d), (S, dv)))
    cotangent = rng.normal(size=(*front, T, dv))
    if allowed < 1:
        masks["mask"] = rng.random((T, S)) < allowed
        if tolerance is ROOM:
            masks["mask"][:, size(rng, 0, S - 1)] = True
    expected = oracle.attention(q, k, v, cotangent, **masks)
    sent = {name: tensor(mask) if name == "mask" else mask for name, mask in masks.items()}
    pull = learner.vjp("scaled_dot_product_attention", tensor(q), tensor(k), tensor(v), **sent)
    label = f"attention of {q.shape}, {k.shape}, {v.shape}, {', '.join(masks) or 'no mask'}"
    close(pull.value, expected["out"], label, **tolerance)
    close(pull(tensor(cotangent)), expected["grads"], "gradients of [q, k, v]", **tolerance)


@exercise("scaled_dot_product_attention")
class TestAttention:
    def test_any_sizes(self, learner, oracle, rng):
        """values and gradients with random sizes, without and with a mask"""
        attends(learner, oracle, rng, (size(rng, 1, 3),), tolerance=ROOM)
        attends(learner, oracle, rng, (size(rng, 1, 3), size(rng, 1, 3)), tolerance=ROOM, allowed=0.6)

    @edge
    def test_any_mask(self, learner, oracle, rng):
        """random sizes, masks and axes in front, causal or not; some queries may attend to nothing"""
        for causal in (True, False):
            front = tuple(size(rng, 1, 3) for _ in range(size(rng, 0, 2)))
            attends(learner, oracle, rng, front, tolerance={}, allowed=0.5, scale=3.0, is_causal=causal)


@exercise("dropout")
class TestDropout:
    def test_any_p(self, learner, rng):
        """what is kept is x / (1 - p), for a p drawn at random, in float32, of one axis and of four"""
        for shape in ((400,), (4, 5, 4, 5)):
            p = float(rng.uniform(0.1, 0.9))
            x = (1 + rng.random(size=shape)).astype(np.float32)
            out = learner.Dropout(p)(tensor(x)).array
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


def in_one(learner, props, oracle, rng, bias):
    """Require value and gradients of a CausalSelfAttention of random sizes."""
    n_embd, n_head, n_layer = sizes_of(rng)
    module = learner.CausalSelfAttention(config_of(learner, n_embd, n_head, n_layer, bias))
    weights = loaded(props, module, fused("", n_embd, bias), 0.5, rng)
    x, cotangent = (rng.normal(size=(2, T, n_embd)) for T in [size(rng, 2, 8)] * 2)
    agrees(learner, module, oracle.fused(weights, x, cotangent, n_head), x, cotangent, f"{n_head} heads of x")


@exercise("causal_self_attention")
class TestCausalSelfAttention:
    def test_any_sizes(self, learner, props, oracle, rng):
        """value and all gradients for sizes drawn at random"""
        in_one(learner, props, oracle, rng, bias=True)

    @edge
    def test_any_sizes_without_bias(self, learner, props, oracle, rng):
        """value and all gradients for other sizes, without bias"""
        in_one(learner, props, oracle, rng, bias=False)


def normalised(learner, props, oracle, rng, mean, spread, eps=1e-5):
    """Require value and gradients of a LayerNorm of random size."""
    n_embd = size(rng, 2, 9)
    x = mean + rng.normal(size=(2, size(rng, 2, 5), n_embd)) * spread
    module = learner.LayerNorm(n_embd) if eps == 1e-5 else learner.LayerNorm(n_embd, eps=eps)
    weights, cotangent = loaded(props, module, norm("", n_embd), 1.0, rng), rng.normal(size=x.shape)
    expected = oracle.layer_norm(weights, x, cotangent, eps)
    agrees(learner, module, expected, x, cotangent, f"layer_norm(x), C = {n_embd}, eps = {eps:.2g}")


@exercise("layer_norm")
class TestLayerNorm:
    def test_any_spread(self, learner, props, oracle, rng):
        """value and all gradients for sizes, means and spreads drawn at random"""
        for _ in range(2):
            normalised(learner, props, oracle, rng, rng.normal(), 10 ** rng.uniform(-1, 1))

    @edge
    def test_any_eps(self, learner, props, oracle, rng):
        """value and all gradients for an eps drawn at random, and small spreads"""
        for _ in range(2):
            eps = float(10 ** rng.uniform(-6, -2))
            normalised(learner, props, oracle, rng, rng.normal(), 10 ** rng.uniform(-3, 1), eps)


def thinks(learner, props, oracle, rng, **options):
    """Require value and gradients of a FeedForward of random size."""
    n_embd = size(rng, 1, 7)
    module = learner.FeedForward(n_embd, **options)
    weights = loaded(props, module, feed_forward("", n_embd, "bias" not in options), 1.0, rng)
    x, cotangent = (rng.normal(size=(2, T, n_embd)) for T in [size(rng, 1, 6)] * 2)
    act = options.get("act") or props.usual_act()
    agrees(learner, module, oracle.feed_forward(weights, x, cotangent, act), x, cotangent, f"result with {act}")


@exercise("feed_forward")
class TestFeedForward:
    def test_any_sizes(self, learner, props, oracle, rng):
        """value and all gradients for sizes drawn at random"""
        thinks(learner, props, oracle, rng)

    @edge
    def test_any_options(self, learner, props, oracle, rng):
        """value and all gradients with relu and without bias"""
        thinks(learner, props, oracle, rng, act="relu")
        thinks(learner, props, oracle, rng, bias=False)


@exercise("block")
class TestBlock:
    def test_any_sizes(self, learner, props, oracle, rng):
        """value and all gradients for sizes drawn at random"""
        n_embd, n_head, n_layer = sizes_of(rng)
        module = learner.Block(config_of(learner, n_embd, n_head, n_layer))
        weights = loaded(props, module, block("", n_embd), 0.5, rng)
        x, cotangent = (rng.normal(size=(2, T, n_embd)) for T in [size(rng, 2, 8)] * 2)
        agrees(
            learner, module, oracle.block(weights, x, cotangent, n_head, props.usual_act()), x, cotangent, "block(x)"
        )


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
        expected = oracle.gpt_loss(weights, tensor(idx), tensor(targets), n_head, props.usual_act())
        pull = learner.vjp(model, tensor(idx), tensor(targets))
        close(pull.value, (expected["out"], expected["loss"]), "[logits, loss]", **ROOM)
        pull((tensor(0 * expected["out"].array), tensor(np.array(1.0))))
        mine = {name: pull.parameters[name] for name in expected["parameters"]}
        close(mine, expected["parameters"], "gradients of the parameters", **ROOM)


@exercise("sample_logits")
class TestSampleLogits:
    def test_any_settings(self, learner, rng):
        """probabilities for temperature, top_k and sizes drawn at random"""
        for _ in range(3):
            V, temperature = size(rng, 2, 12), float(rng.uniform(0.3, 3))
            top_k, logits = size(rng, 1, V), rng.normal(size=(3, V)) * 2
            threshold = np.sort(logits, axis=-1)[:, [-min(top_k, V)]]
            odds = np.where(logits < threshold, 0.0, np.exp(logits / temperature))
            label = f"probabilities, temperature {temperature:.3f}, top_k {top_k}"
            expected = tensor(odds / odds.sum(axis=-1, keepdims=True))
            close(learner.sampling_probs(tensor(logits), temperature, top_k), expected, label, **ROOM)


@exercise("generate")
class TestGenerate:
    def test_any_window(self, learner, props, rng):
        """greedy text of a model that looks at the oldest token it sees, for sizes drawn at random"""
        for _ in range(3):
            block_size, V, start, n = size(rng, 1, 6), size(rng, 3, 9), size(rng, 1, 8), size(rng, 1, 12)
            rows = rng.integers(V, size=(size(rng, 1, 3), start)).tolist()
            out = learner.generate(props.echo(block_size, V), tensor(np.array(rows)), n)
            for row in rows:
                for _ in range(n):
                    row.append((row[-block_size:][0] + 1) % V)
            close(out, tensor(np.array(rows)), f"{start} tokens and {n} more, block_size {block_size}", **EXACT)


@exercise("induction_task")
class TestInductionTask:
    def test_any_batch(self, learner, rng):
        """batches for sizes drawn at random"""
        half, V = size(rng, 1, 7), size(rng, 2, 9)
        x, y = learner.make_copy_batch(3, 2 * half, V)
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
        expected = oracle.pattern(weights, idx, n_head, props.usual_act(), layer, head)
        close(
            learner.attention_pattern(model, idx, layer, head),
            expected,
            f"pattern of layer {layer}, head {head}",
            **ROOM,
        )
