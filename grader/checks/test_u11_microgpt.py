"""Checks of unit 11: the engine, the pieces of a GPT of single numbers, its loss, its optimizer, its training, names.

Numbers go in, numbers come out: props make Values of them where the learner's code runs. A program after the gist
passes every core check: its walk may call itself, and nodes in between may keep their gradients.
"""

import math

from grader import close, edge, exercise, raises, same, weight

UNIT = {
    "title": "microgpt: a GPT of scalars",
    "lecture": "microgpt, a gist of February 2026",
    "libraries": [],
    "forbid": {"walk deep graphs with a stack of your own": ["sys.setrecursionlimit"]},
}

# Double arithmetic on a few numbers is right to 1e-15; the smallest slip below moves an answer by 1e-5 of itself.
TIGHT = {"rtol": 1e-12, "atol": 1e-14}
# A few thousand operations on moderate numbers.
GRAPH = {"rtol": 1e-9, "atol": 1e-11}
# A dozen steps of Adam carry rounding on.
TRAINED = {"rtol": 1e-6, "atol": 1e-9}
SIZES = {"vocab_size": 5, "block_size": 6, "n_layer": 1, "n_head": 2, "n_embd": 4}
DEEP = {"vocab_size": 5, "block_size": 6, "n_layer": 2, "n_head": 2, "n_embd": 6}
DOCS = ["dab", "cab", "bad"]  # letters a to d, so that BOS is 4
SHAPES = ("attn_wq", "attn_wk", "attn_wv", "attn_wo", "mlp_fc1", "mlp_fc2")
# Three names that rhyme: whoever has learned them is unsure of the first letter only, ln 3 in four letters.
RHYMES = {"docs": ["aba", "cac", "bcb"], "floor": math.log(3) / 4, "start": math.log(4)}


def numbers(rng, *shape):
    """Return numbers in nested lists."""
    if len(shape) > 1:
        return [numbers(rng, *shape[1:]) for _ in range(shape[0])]
    return [rng.choice((-1, 1)) * rng.uniform(0.3, 1.2) for _ in range(shape[0])]


def parameters(rng, sizes, size=1.0):
    """Return the matrices of a model, with numbers far larger than first weights."""
    V, C = sizes["vocab_size"], sizes["n_embd"]
    shapes = {"wte": (V, C), "wpe": (sizes["block_size"], C), "lm_head": (V, C)}
    for i in range(sizes["n_layer"]):
        for name in SHAPES:
            shapes[f"layer{i}.{name}"] = (4 * C if name == "mlp_fc1" else C, 4 * C if name == "mlp_fc2" else C)
    return {name: [[size * one for one in row] for row in numbers(rng, *shape)] for name, shape in shapes.items()}


def each_matrix(yours, expected):
    """Compare the gradients of all parameters, matrix by matrix."""
    for name, matrix in expected.items():
        close(yours[name], matrix, f"gradient of {name}", **GRAPH)


@exercise(
    "value",
    points=8,
    cpu=3.0,
    answers=(
        "Value.__add__",
        "Value.__mul__",
        "Value.__pow__",
        "Value.exp",
        "Value.log",
        "Value.relu",
        "Value.backward",
    ),
)
class TestValue:
    """A number that keeps its operands and its slopes in them, and the sweep over a graph of such numbers."""

    def test_sum_and_product(self, learner, props):
        """value and gradients of a*b + c"""
        a, b, c = learner.Value(2.0), learner.Value(-3.0), learner.Value(10.0)
        d = a * b + c
        close(props.data(d), [4.0], "a*b + c", **TIGHT)
        close(props.gradients(d, a, b, c), [-3.0, 2.0, 1.0], "gradients of a, b, c in a*b + c", **TIGHT)

    def test_power(self, learner, props):
        """value and slope of x ** n for n = 2, 3, -1, -0.5"""
        for n, value, slope in ((2, 16.0, 8.0), (3, 64.0, 48.0), (-1, 0.25, -0.0625), (-0.5, 0.5, -0.0625)):
            x = learner.Value(4.0)
            out = x**n
            close(props.data(out), [value], f"x ** {n} at x = 4", **TIGHT)
            close(props.gradients(out, x), [slope], f"slope of x ** {n} at x = 4", **TIGHT)

    def test_exp_log(self, learner, props):
        """values and slopes of exp and log, times what comes from above"""
        for start in (0.75, 2.5):
            x, y = learner.Value(start), learner.Value(start)
            grown, logged = x.exp() * 3.0, y.log() * 3.0
            close(props.data(grown, logged), [3 * math.exp(start), 3 * math.log(start)], f"at {start}", **TIGHT)
            close(props.gradients(grown, x), [3 * math.exp(start)], f"slope of 3 * exp at {start}", **TIGHT)
            close(props.gradients(logged, y), [3 / start], f"slope of 3 * log at {start}", **TIGHT)

    def test_relu(self, learner, props):
        """value and slope of relu on either side of 0, and at 0"""
        for start, value, slope in ((2.5, 7.5, 3.0), (-1.5, 0.0, 0.0), (0.0, 0.0, 0.0), (1e-9, 3e-9, 3.0)):
            x = learner.Value(start)
            out = x.relu() * 3.0
            close(props.data(out), [value], f"3 * relu at {start}", **TIGHT)
            close(props.gradients(out, x), [slope], f"slope of 3 * relu at {start}", **TIGHT)

    def test_used_twice(self, learner, props):
        """a number that is used twice gets both shares: a + a, a * a"""
        for start in (3.5, -1.7):
            a, b = learner.Value(start), learner.Value(start)
            close(props.gradients(b * b * 0.3, b), [0.6 * start], f"d(0.3 * b * b)/db at {start}", **TIGHT)
            close(props.gradients(a + a, a), [2.0], "d(a + a)/da", **TIGHT)

    def test_plain_numbers(self, learner, props):
        """plain numbers on either side: 2 + a, a * 3, 1 - a, 6 / a, a / 4"""
        a = learner.Value(1.6)
        out = (2 + a) * 3 + (1 - a) * a + 6 / a + a / 4
        close(props.data(out), [10.8 - 0.96 + 3.75 + 0.4], "(2 + a)*3 + (1 - a)*a + 6/a + a/4", **TIGHT)
        close(props.gradients(out, a), [3 + 1 - 3.2 - 6 / 2.56 + 0.25], "its slope", **TIGHT)

    def test_several_users(self, learner, props):
        """a number in several results gets a share from each: a*b + a*c + a"""
        a, b, c = learner.Value(2.3), learner.Value(-3.1), learner.Value(5.7)
        out = a * b + a * c + a
        close(props.gradients(out, a, b, c), [3.6, 2.3, 2.3], "gradients of a, b, c in a*b + a*c + a", **TIGHT)

    def test_waits_for_all(self, learner, props):
        """a result hands on when all that use it have handed on: d = a*b, e = d*d + d"""
        for early in (True, False):
            a, b = learner.Value(2.5), learner.Value(-1.5)
            d = a * b
            f = d.exp()
            out = d * f + d if early else d + f * d
            slope = math.exp(-3.75) * (1 - 3.75) + 1
            close(props.gradients(out, a, b), [-1.5 * slope, 2.5 * slope], "gradients of a, b", **TIGHT)

    def test_leaves_add_up(self, learner, props):
        """leaves add up over graphs"""
        a, b = learner.Value(2.5), learner.Value(-3.5)
        a.grad = 0.125
        close(props.gradients(a * b, a, b), [0.125 - 3.5, 2.5], "gradients of a, b; a.grad was 0.125 before", **TIGHT)
        close(props.gradients(a * a + b, a, b), [0.125 - 3.5 + 5, 3.5], "and after another graph", **TIGHT)

    def test_sum_of_a_list(self, learner, props):
        """sum() of a list of products, which starts from the int 0"""
        xs = [learner.Value(x) for x in (1.5, 2.5, -7.0)]
        total = sum(x * w for x, w in zip(xs, (3, -0.5, 2), strict=True))
        close(props.data(total), [4.5 - 1.25 - 14], "1.5*3 + 2.5*(-0.5) + (-7)*2", **TIGHT)
        close(props.gradients(total, *xs), [3.0, -0.5, 2.0], "gradients of the factors", **TIGHT)

    def test_result_is_a_value(self, learner, props):
        """every result is a Value whose gradient is 0"""
        a = learner.Value(2.0)
        for text, out in {"a + 1": a + 1, "a * a": a * a, "a ** 2": a**2, "a.exp()": a.exp()}.items():
            assert props.is_value(out), f"{text} must be a Value, or nothing can be built on it."
        close([(a**2).grad, (a * a * 2.0).data], [0.0, 8.0], "grad of a ** 2, and a * a * 2 at a = 2", **TIGHT)

    @weight(2)
    def test_random_graphs(self, props, oracle, rng):
        """random graphs of all operations"""
        for size in (4, 7, 10):
            case = oracle.expression(rng.getrandbits(32), size)
            close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **GRAPH)

    @edge
    def test_second_sweep(self, learner, props):
        """a second sweep of one graph adds the same to each leaf once more"""
        a, b = learner.Value(2.5), learner.Value(-3.5)
        d = a * b
        out = d * d + a
        once = [2 * 8.75 * 3.5 + 1, -2 * 8.75 * 2.5]
        close(props.gradients(out, a, b), once, "gradients after one sweep", **TIGHT)
        close(props.gradients(out, a, b), [2 * one for one in once], "gradients after two sweeps", **TIGHT)
        close([d.grad, out.grad], [-17.5, 1.0], "gradients of a*b and of the root after two sweeps", **TIGHT)

    @edge
    def test_numbers_of_the_forward_pass(self, learner, props):
        """a*b and a ** 3 keep their slopes when the numbers change afterwards"""
        a, b = learner.Value(2.5), learner.Value(-3.5)
        product, power = a * b, a**3
        a.data, b.data = 100.0, 200.0
        close(props.gradients(product, a, b), [-3.5, 2.5], "gradients of a, b as a*b was computed", **TIGHT)
        close(props.gradients(power, a), [-3.5 + 18.75], "and of a with a ** 3 besides", **TIGHT)

    @edge
    def test_operands_stay(self, learner, props):
        """computing changes neither data nor grad of the operands"""
        a, b = learner.Value(2.5), learner.Value(-3.5)
        a.grad, b.grad = 0.25, -0.75
        close(props.data(a * b + a + 2 * b), [-8.75 + 2.5 - 7], "a*b + a + 2*b", **TIGHT)
        close([a.data, a.grad, b.data, b.grad], [2.5, 0.25, -3.5, -0.75], "a and b afterwards", **TIGHT)

    @edge
    def test_60000_nodes_in_a_chain(self, props):
        """60,000 nodes, one above the other"""
        close(props.chain(30_000, 0.5), [0.25 + 15_000, 1.0 + 30_000], "x*x + x + x + ..., and its slope", **GRAPH)

    @edge
    def test_no_dict(self, props):
        """no Value has a __dict__: 60,000 of them take half of the memory"""
        found = props.without_dict(2.5, -3.5)
        close(found, [-8.75, -3.5, 2.5, False, False], "a*b, its slopes, and has a __dict__ (a, and a*b)", **TIGHT)


@exercise(
    "name_tokenizer",
    points=3,
    cpu=1.0,
    answers=("NameTokenizer.__init__", "NameTokenizer.encode", "NameTokenizer.decode"),
)
class TestNameTokenizer:
    """Characters as tokens, and one token more for the border of a name."""

    def test_sizes(self, props):
        """BOS is the id behind the last character, and vocab_size one more"""
        tok = props.tokenizer(["abba", "cab", "dad"])
        same([tok.BOS, tok.vocab_size], [4, 5], "BOS and vocab_size with the characters a, b, c, d")

    def test_encode(self, props):
        """encode: the sorted characters' places, with BOS in front and behind"""
        tok = props.tokenizer(["zoe", "bob", "zeb"])
        same(tok.encode("zoe"), [4, 3, 2, 1, 4], "encode('zoe') with the characters b, e, o, z")
        same(tok.encode("b"), [4, 0, 4], "encode('b')")

    def test_empty_document(self, props):
        """an empty document is BOS twice"""
        tok = props.tokenizer(["abba", "cab"])
        same([tok.vocab_size, *tok.encode("")], [4, 3, 3], "vocab_size and encode('') with the characters a, b, c")

    def test_decode(self, props):
        """decode: the characters; BOS leaves nothing, wherever it stands"""
        tok = props.tokenizer(["abba", "cab"])
        same(tok.decode([2, 0, 1]), "cab", "decode([2, 0, 1]) with the characters a, b, c")
        same(tok.decode([3, 2, 0, 1, 3]), "cab", "decode([3, 2, 0, 1, 3])")
        same(tok.decode([3, 1, 3, 0]), "ba", "decode([3, 1, 3, 0])")

    def test_there_and_back(self, props, rng):
        """decode(encode(name)) is the name, for characters of all scripts"""
        docs = ["jos\u00e9", "\u674e\u660e", "o'hara", "ana mar\u00eda"]
        rng.shuffle(docs)
        tok = props.tokenizer(docs)
        for doc in docs:
            same(tok.decode(tok.encode(doc)), doc, f"decode(encode({doc!r}))")
        letters = sorted(set("".join(docs)))
        expected = [len(letters), *map(letters.index, docs[0]), len(letters)]
        same(tok.encode(docs[0]), expected, f"encode({docs[0]!r})")

    @edge
    def test_unknown_character(self, props):
        """a character that no document has raises ValueError"""
        tok = props.tokenizer(["abba", "cab"])
        same(tok.encode("ab"), [3, 0, 1, 3], "encode('ab')")
        raises(ValueError, lambda: tok.encode("abz"), "encode('abz') with the characters a, b, c")


@exercise("linear", points=3, cpu=1.0, needs=("value",))
class TestLinear:
    """A matrix times a vector, in Values."""

    def _is_right(self, props, oracle, rng, inputs, outputs):
        x, w, shares = numbers(rng, inputs), numbers(rng, outputs, inputs), numbers(rng, outputs)
        expected = oracle.linear(x, w, shares)
        found = props.linear(x, w, shares)
        close(found[0], expected[0], f"linear(x, w) with {inputs} inputs and {outputs} outputs", **GRAPH)
        close(found[1], expected[1], "gradient of x", **GRAPH)
        close(found[2], expected[2], "gradient of w", **GRAPH)

    def test_narrower(self, props, oracle, rng):
        """four inputs, three outputs"""
        self._is_right(props, oracle, rng, 4, 3)

    def test_wider(self, props, oracle, rng):
        """two inputs, five outputs"""
        self._is_right(props, oracle, rng, 2, 5)

    def test_square(self, props, oracle, rng):
        """as many outputs as inputs: a row for each output"""
        self._is_right(props, oracle, rng, 3, 3)

    def test_one_input(self, props, oracle, rng):
        """one input, two outputs; three inputs, one output"""
        self._is_right(props, oracle, rng, 1, 2)
        self._is_right(props, oracle, rng, 3, 1)

    @edge
    def test_wrong_length(self, props, oracle, rng):
        """a row that is longer or shorter than x raises ValueError"""
        x, w = numbers(rng, 3), numbers(rng, 2, 3)
        close(props.linear(x, w, [1.0, 1.0])[0], oracle.linear(x, w, [1.0, 1.0])[0], "linear(x, w)", **GRAPH)
        short, long = [*w[:1], w[1][:2]], [*w[:1], [*w[1], 0.5]]
        raises(ValueError, lambda: props.linear(x, short, [1.0, 1.0]), "linear with 3 inputs and a row of 2")
        raises(ValueError, lambda: props.linear(x, long, [1.0, 1.0]), "linear with 3 inputs and a row of 4")

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """x and w stay as they are"""
        x, w = numbers(rng, 3), numbers(rng, 2, 3)
        expected = oracle.linear(x, w, [1.0, 1.0])[0]
        close(props.linear_after(x, w), [expected, True, x, w], "outputs, the same objects?, x and w", **GRAPH)


@exercise("softmax", points=5, cpu=1.0, needs=("value",))
class TestSoftmax:
    """Probabilities from scores, and the way back through them."""

    def _is_right(self, props, oracle, scores, shares, text):
        expected = oracle.softmax(scores, shares)
        found = props.vector("softmax", scores, shares)
        close(found[0], expected[0], f"softmax of {text}", **GRAPH)
        close(found[1], expected[1], f"gradient of {text}", **GRAPH)

    def test_random(self, props, oracle, rng):
        """probabilities of random scores, and the gradient of each score"""
        self._is_right(props, oracle, numbers(rng, 4), numbers(rng, 4), "four scores")

    @weight(2)
    def test_each_probability(self, props, oracle, rng):
        """how each probability moves with each score"""
        scores = [one * 2 for one in numbers(rng, 3)]
        for i in range(3):
            shares = [float(i == j) for j in range(3)]
            self._is_right(props, oracle, scores, shares, f"three scores; of the probability of place {i}")

    def test_large(self, props, oracle, rng):
        """scores of 1000, where exp alone is past the largest float"""
        self._is_right(props, oracle, [1000.0, 999.0, 998.0], numbers(rng, 3), "1000, 999, 998")

    def test_negative(self, props, oracle, rng):
        """scores that are all far below 0"""
        self._is_right(props, oracle, [-901.0, -900.0, -902.5], numbers(rng, 3), "-901, -900, -902.5")

    def test_one(self, props, oracle):
        """a single score has probability 1"""
        self._is_right(props, oracle, [-3.5], [2.5], "one score")

    def test_ties(self, props, oracle, rng):
        """two scores that are both the largest"""
        self._is_right(props, oracle, [0.5, 1.25, -2.0, 1.25], numbers(rng, 4), "0.5, 1.25, -2, 1.25")

    def test_masked(self, props, oracle, rng):
        """a score of -1e9 has probability 0"""
        self._is_right(props, oracle, [0.5, -1e9, 1.5], numbers(rng, 3), "0.5, -1e9, 1.5")

    @edge
    def test_scores_stay(self, props, oracle, rng):
        """the list of scores stays as it is"""
        scores = numbers(rng, 3)
        expected = oracle.softmax(scores, scores)[0]
        close(props.vector_after("softmax", scores), [expected, True, scores], "softmax, and the list", **GRAPH)


@exercise("norms", points=5, cpu=1.0, answers=("rmsnorm", "layernorm"), needs=("value",))
class TestNorms:
    """Vectors of mean square one, without and with their mean taken away."""

    def _is_right(self, props, oracle, name, x, shares, text, *eps):
        expected = getattr(oracle, name)(x, shares, *eps)
        found = props.vector(name, x, shares, *eps)
        close(found[0], expected[0], f"{name} of {text}", **GRAPH)
        close(found[1], expected[1], f"gradient of {text} in {name}", **GRAPH)

    def test_rmsnorm(self, props, oracle, rng):
        """rmsnorm of four numbers, and its gradient"""
        self._is_right(props, oracle, "rmsnorm", numbers(rng, 4), numbers(rng, 4), "four numbers")

    def test_layernorm(self, props, oracle, rng):
        """layernorm of four numbers, and its gradient"""
        x = [one + 1.5 for one in numbers(rng, 4)]
        self._is_right(props, oracle, "layernorm", x, numbers(rng, 4), "four numbers")

    def test_small_rms(self, props, oracle, rng):
        """rmsnorm of small numbers, where eps counts"""
        x = [1e-3 * one for one in numbers(rng, 3)]
        self._is_right(props, oracle, "rmsnorm", x, numbers(rng, 3), "small numbers")

    def test_small_layer(self, props, oracle, rng):
        """layernorm of numbers that lie close together, where eps counts"""
        x = [0.5 + 1e-3 * one for one in numbers(rng, 3)]
        self._is_right(props, oracle, "layernorm", x, numbers(rng, 3), "numbers close together")

    def test_zeros(self, props, oracle):
        """zeros stay zeros, and their gradient is finite"""
        for name in ("rmsnorm", "layernorm"):
            self._is_right(props, oracle, name, [0.0, 0.0, 0.0], [1.5, -0.5, 2.0], "zeros")

    def test_length_one(self, props, oracle, rng):
        """a vector of one number"""
        self._is_right(props, oracle, "rmsnorm", numbers(rng, 1), [1.5], "one number")
        self._is_right(props, oracle, "layernorm", numbers(rng, 1), [1.5], "one number")

    def test_eps(self, props, oracle, rng):
        """another eps"""
        x, shares = numbers(rng, 3), numbers(rng, 3)
        self._is_right(props, oracle, "rmsnorm", x, shares, "three numbers with eps = 0.5", 0.5)
        self._is_right(props, oracle, "layernorm", x, shares, "three numbers with eps = 0.5", 0.5)

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """x stays as it is"""
        x = numbers(rng, 3)
        for name in ("rmsnorm", "layernorm"):
            expected = getattr(oracle, name)(x, x)[0]
            close(props.vector_after(name, x), [expected, True, x], f"{name}(x), and x", **GRAPH)


@exercise("attention_step", points=8, cpu=2.0, needs=("value", "softmax"))
class TestAttentionStep:
    """What one query finds among the keys and values so far."""

    def _is_right(self, props, oracle, rng, time, width, n_head):
        q, keys, values = numbers(rng, width), numbers(rng, time, width), numbers(rng, time, width)
        shares = numbers(rng, width)
        expected = oracle.attention(q, keys, values, n_head, shares)
        found = props.attention(q, keys, values, n_head, shares)
        text = f"{time} keys, {width} numbers, n_head = {n_head}"
        close(found[0], expected[0], f"attention_step with {text}", **GRAPH)
        close(found[1], expected[1], f"gradient of q with {text}", **GRAPH)
        close(found[2], expected[2], f"gradient of keys with {text}", **GRAPH)
        close(found[3], expected[3], f"gradient of values with {text}", **GRAPH)

    def test_first_token(self, props, oracle, rng):
        """the first token has one key, its own, and finds its own value"""
        self._is_right(props, oracle, rng, 1, 4, 2)

    @weight(2)
    def test_one_head(self, props, oracle, rng):
        """one head over three tokens"""
        self._is_right(props, oracle, rng, 3, 2, 1)

    @weight(2)
    def test_two_heads(self, props, oracle, rng):
        """two heads of three numbers over four tokens"""
        self._is_right(props, oracle, rng, 4, 6, 2)

    @weight(2)
    def test_four_heads(self, props, oracle, rng):
        """four heads of two numbers over three tokens"""
        self._is_right(props, oracle, rng, 3, 8, 4)

    def test_heads_of_one(self, props, oracle, rng):
        """as many heads as numbers"""
        self._is_right(props, oracle, rng, 2, 3, 3)

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """q, keys and values stay as they are"""
        q, keys, values = numbers(rng, 4), numbers(rng, 3, 4), numbers(rng, 3, 4)
        expected = oracle.attention(q, keys, values, 2, q)[0]
        found = props.attention_after(q, keys, values, 2)
        close(found, [expected, True, True, True], "outputs, and q, keys, values as they were?", **GRAPH)


@exercise("gpt_step", points=10, cpu=3.0, needs=("value", "linear", "softmax", "norms", "attention_step"))
class TestGPTStep:
    """One token in, scores of all next tokens out."""

    def _scores(self, props, oracle, rng, sizes, tokens, text):
        state = parameters(rng, sizes)
        shares = [[0.0] * sizes["vocab_size"] for _ in tokens]
        expected = oracle.gpt(state, sizes, tokens, shares)[0]
        found = props.steps(state, sizes, tokens)
        for pos, (yours, right) in enumerate(zip(found, expected, strict=True)):
            close(yours, right, f"scores at position {pos}, {text}", **GRAPH)

    def test_first_token(self, props, oracle, rng):
        """the scores after the first token"""
        self._scores(props, oracle, rng, SIZES, [4], "one layer")

    @weight(2)
    def test_sequence(self, props, oracle, rng):
        """the scores at each position of a sequence, one layer"""
        self._scores(props, oracle, rng, SIZES, [4, 1, 3], "one layer")

    def test_same_token_again(self, props, oracle, rng):
        """the same token at every position: only the position differs"""
        self._scores(props, oracle, rng, SIZES, [2, 2, 2], "the same token each time")

    @weight(2)
    def test_two_layers(self, props, oracle, rng):
        """the scores at each position, two layers with caches of their own"""
        self._scores(props, oracle, rng, DEEP, [4, 0, 3], "two layers")

    def test_other_heads(self, props, oracle, rng):
        """n_head is taken from cfg: three heads, and one"""
        for n_head in (3, 1):
            self._scores(props, oracle, rng, {**DEEP, "n_head": n_head, "n_layer": 1}, [4, 1, 0], f"{n_head} heads")

    @weight(2)
    def test_gradients(self, props, oracle, rng):
        """the gradients of all matrices, one layer"""
        state, tokens, shares = parameters(rng, SIZES), [4, 1, 3, 1], numbers(rng, 4, 5)
        each_matrix(props.step_slopes(state, SIZES, tokens, shares), oracle.gpt(state, SIZES, tokens, shares)[1])

    @weight(2)
    def test_gradients_two_layers(self, props, oracle, rng):
        """the gradients of all matrices, two layers"""
        state, tokens, shares = parameters(rng, DEEP), [4, 2, 3], numbers(rng, 3, 5)
        each_matrix(props.step_slopes(state, DEEP, tokens, shares), oracle.gpt(state, DEEP, tokens, shares)[1])

    def test_caches(self, props, oracle, rng):
        """each layer keeps one key and one value for each token"""
        state, tokens = parameters(rng, DEEP), [4, 2, 3]
        expected = oracle.gpt(state, DEEP, tokens, [[0.0] * 5] * 3)[0][-1]
        found = props.cached(state, DEEP, tokens)
        close(found[0], expected, "scores after three tokens", **GRAPH)
        same(found[1], [[6, 6, 6]] * 4, "lengths of what the two layers keep: keys, keys, values, values")


@exercise(
    "sequence_loss", points=5, cpu=3.0, needs=("value", "linear", "softmax", "norms", "attention_step", "gpt_step")
)
class TestSequenceLoss:
    """The mean surprise of a model at a name."""

    def _loss(self, props, oracle, rng, sizes, tokens, text):
        state = parameters(rng, sizes)
        close(props.loss(state, sizes, tokens), oracle.loss(state, sizes, tokens)[0], f"loss of {text}", **GRAPH)

    @weight(2)
    def test_short(self, props, oracle, rng):
        """a name that is shorter than the block"""
        self._loss(props, oracle, rng, SIZES, [4, 2, 0, 1, 4], "[4, 2, 0, 1, 4]")

    def test_empty(self, props, oracle, rng):
        """an empty name: one prediction"""
        self._loss(props, oracle, rng, SIZES, [4, 4], "[4, 4]")

    def test_long(self, props, oracle, rng):
        """a name that is longer than the block is cut"""
        sizes = {**SIZES, "block_size": 3}
        self._loss(props, oracle, rng, sizes, [4, 2, 0, 1, 3, 4], "[4, 2, 0, 1, 3, 4] with block_size = 3")

    def test_just_as_long(self, props, oracle, rng):
        """names with just as many predictions as the block, and one more"""
        sizes = {**SIZES, "block_size": 3}
        self._loss(props, oracle, rng, sizes, [4, 2, 0, 4], "[4, 2, 0, 4] with block_size = 3")
        self._loss(props, oracle, rng, sizes, [4, 2, 0, 1, 4], "[4, 2, 0, 1, 4] with block_size = 3")

    def test_two_layers(self, props, oracle, rng):
        """two layers"""
        self._loss(props, oracle, rng, DEEP, [4, 3, 0, 4], "[4, 3, 0, 4], two layers")

    def test_sure_of_nonsense(self, props, oracle, rng):
        """a model that is sure, and wrong: the smallest probabilities count as they are"""
        state = parameters(rng, SIZES)
        state["lm_head"] = [[20 * one for one in row] for row in state["lm_head"]]
        expected = oracle.loss(state, SIZES, [4, 2, 0, 1, 3, 4])[0]
        close(props.loss(state, SIZES, [4, 2, 0, 1, 3, 4]), expected, "loss with scores 20 times as large", **GRAPH)

    def test_one_name_after_the_other(self, props, oracle, rng):
        """each name begins with empty caches"""
        state, names = parameters(rng, DEEP), [[4, 2, 0, 4], [4, 1, 4], [4, 2, 0, 4]]
        expected = [oracle.loss(state, DEEP, name)[0] for name in names]
        close(props.losses(state, DEEP, names), expected, "losses of three names in a row", **GRAPH)

    @weight(2)
    def test_gradients(self, props, oracle, rng):
        """the gradients of all matrices"""
        state, tokens = parameters(rng, SIZES), [4, 2, 0, 1, 4]
        each_matrix(props.loss_slopes(state, SIZES, tokens), oracle.loss(state, SIZES, tokens)[1])


@exercise("adam", points=6, cpu=1.0, answers=("linear_decay", "clip_gradients", "adam_step"), needs=("value",))
class TestAdam:
    """A step of Adam, a learning rate that falls, and gradients of bounded length."""

    def test_first_step(self, props, oracle, rng):
        """the first step: about lr, whatever the size of the gradient"""
        start, gradients = numbers(rng, 3), [[5.0, -0.02, 0.3]]
        expected = oracle.adam(start, gradients, 0.1)
        close(props.adam(start, gradients, 0.1)[0], expected[0], "parameters after one step", **GRAPH)

    @weight(2)
    def test_several_steps(self, props, oracle, rng):
        """five steps: parameters, m and v"""
        start, gradients = numbers(rng, 3), numbers(rng, 5, 3)
        expected = oracle.adam(start, gradients, 0.1)
        found = props.adam(start, gradients, 0.1)
        close(found[1], expected[1], "m after five steps", **GRAPH)
        close(found[2], expected[2], "v after five steps", **GRAPH)
        close(found[0], expected[0], "parameters after each step", **GRAPH)

    def test_other_betas(self, props, oracle, rng):
        """other betas and eps: 0.9, 0.999 and 0.01"""
        start, gradients = numbers(rng, 2), numbers(rng, 3, 2)
        expected = oracle.adam(start, gradients, 0.1, 0.9, 0.999, 0.01)
        found = props.adam(start, gradients, 0.1, 0.9, 0.999, 0.01)
        close(found[0], expected[0], "parameters after each step", **GRAPH)

    def test_tiny_gradients(self, props, oracle):
        """gradients as small as eps, and a gradient of 0"""
        start, gradients = [0.5, 1.5, -2.5], [[1e-8, -3e-8, 0.0], [2e-8, 1e-8, 0.0]]
        expected = oracle.adam(start, gradients, 0.1)
        close(props.adam(start, gradients, 0.1)[0], expected[0], "parameters after each step", **GRAPH)

    def test_gradients_cleared(self, props, oracle, rng):
        """after the step all gradients are 0"""
        start, gradients = numbers(rng, 3), numbers(rng, 1, 3)
        found, expected = props.adam(start, gradients, 0.1), oracle.adam(start, gradients, 0.1)
        close(found[0], expected[0], "parameters after one step", **GRAPH)
        close(found[3], [0.0, 0.0, 0.0], "gradients after the step", **GRAPH)

    def test_decay(self, learner, rng):
        """linear_decay: all of lr in the first step, lr / num_steps in the last"""
        lr = rng.uniform(0.01, 0.02)
        steps = [0, 1, 3, 7]
        expected = [lr, lr * 7 / 8, lr * 5 / 8, lr / 8]
        close([learner.linear_decay(step, 8, lr) for step in steps], expected, "steps 0, 1, 3, 7 of 8", **GRAPH)
        close(learner.linear_decay(0, 1, lr), lr, "step 0 of 1", **GRAPH)

    def test_clipped(self, props, rng):
        """gradients longer than max_norm are scaled by one factor; the length before is returned"""
        grads = numbers(rng, 4)
        length = math.sqrt(math.fsum(g * g for g in grads))
        expected = [length, [g * 0.4 / length for g in grads]]
        close(props.clipped(grads, 0.4), expected, "clip_gradients, max_norm = 0.4", rtol=1e-5, atol=1e-12)
        close(
            props.clipped([3.0, -4.0], 1.0), [5.0, [0.6, -0.8]], "gradients 3 and -4, max_norm = 1", rtol=1e-5, atol=0
        )

    def test_not_clipped(self, props, rng):
        """gradients that are short enough stay as they are"""
        grads = numbers(rng, 3)
        length = math.sqrt(math.fsum(g * g for g in grads))
        close(props.clipped(grads, 5.0), [length, grads], "clip_gradients, max_norm = 5", rtol=1e-9, atol=0)
        halved = [length, [g / 2 for g in grads]]
        close(
            props.clipped(grads, length / 2), halved, "the same gradients, and half of their length", rtol=1e-5, atol=0
        )

    @edge
    def test_nothing_to_clip(self, props):
        """where all gradients are 0 they stay 0"""
        close(props.clipped([0.6, 0.8], 0.5), [1.0, [0.3, 0.4]], "gradients 0.6 and 0.8", rtol=1e-5, atol=0)
        close(props.clipped([0.0, 0.0], 0.5), [0.0, [0.0, 0.0]], "gradients 0 and 0", rtol=0, atol=0)


@exercise(
    "generate",
    points=7,
    cpu=3.0,
    needs=("value", "name_tokenizer", "linear", "softmax", "norms", "attention_step", "gpt_step"),
)
class TestGenerate:
    """A name, drawn letter by letter."""

    def _drawn(self, props, oracle, rng, text, sizes=SIZES, prompt="", temperature=0.8, seeds=6):
        state = parameters(rng, sizes, 0.7)
        chosen = [rng.getrandbits(16) for _ in range(seeds)]
        expected = [oracle.generated(state, sizes, "abcd", prompt, temperature, seed)[0] for seed in chosen]
        found = props.generate_names(state, sizes, DOCS, chosen, temperature, prompt)
        same(found, expected, text)

    @weight(2)
    def test_from_nothing(self, props, oracle, rng):
        """names from nothing, six of them"""
        self._drawn(props, oracle, rng, "six names, drawn without a prompt", temperature=1.1)

    @weight(2)
    def test_prompt(self, props, oracle, rng):
        """a prompt is read into the caches, token by token, before anything is drawn"""
        self._drawn(props, oracle, rng, "six names that go on from 'da'", prompt="da")
        self._drawn(props, oracle, rng, "six names that go on from 'bcc', two layers", sizes=DEEP, prompt="bcc")

    def test_hot_and_cold(self, props, oracle, rng):
        """temperatures of 0.3 and 2"""
        self._drawn(props, oracle, rng, "six names at temperature 0.3", temperature=0.3)
        self._drawn(props, oracle, rng, "six names at temperature 2", temperature=2.0)

    def test_greedy(self, props, oracle, rng):
        """near temperature 0 the best token is taken each time"""
        self._drawn(props, oracle, rng, "two names at temperature 0.001", temperature=0.001, seeds=2)

    def test_block(self, props, oracle, rng):
        """a name that does not end is as long as the block"""
        sizes = {**SIZES, "block_size": 3}
        state = parameters(rng, sizes, 0.7)
        state["lm_head"][4] = [0.0] * 4
        for prompt in ("", "ca"):
            expected = oracle.generated(state, sizes, "abcd", prompt, 0.1, 5)[0]
            found = props.generate(state, sizes, DOCS, prompt, 0.1, 5)[0]
            same(found, expected, f"a name with block_size = 3, after {prompt!r}")

    def test_max_len(self, props, oracle, rng):
        """max_len is the length of the longest name, prompt included"""
        state = parameters(rng, SIZES, 0.7)
        for prompt, longest in (("", 2), ("ba", 3), ("", 99)):
            seeds = [rng.getrandbits(16) for _ in range(3)]
            for seed in seeds:
                expected = oracle.generated(state, SIZES, "abcd", prompt, 2.0, seed, longest)[0]
                found = props.generate(state, SIZES, DOCS, prompt, 2.0, seed, longest)[0]
                same(found, expected, f"a name of at most {longest} characters, after {prompt!r}")

    def test_global_generator(self, props, oracle, rng):
        """without rng, draws come from the global generator"""
        state, seed = parameters(rng, SIZES, 0.7), rng.getrandbits(16)
        expected = oracle.generated(state, SIZES, "abcd", "", 0.8, seed)[0]
        same(props.generate_globally(state, SIZES, DOCS, seed), expected, "a name after random.seed")

    @edge
    def test_no_draw_too_many(self, props, oracle, rng):
        """one draw for each new token, and none beside"""
        state = parameters(rng, SIZES, 0.7)
        for prompt, longest in (("", None), ("ba", None), ("c", 2), ("bad", 3)):
            expected = oracle.generated(state, SIZES, "abcd", prompt, 0.8, 11, longest)
            found = props.generate(state, SIZES, DOCS, prompt, 0.8, 11, longest)
            same(found[0], expected[0], f"the name after {prompt!r}")
            close(found[1], expected[1], "the generator's next number", rtol=0, atol=0)

    @edge
    def test_temperature_zero(self, props, oracle, rng):
        """a temperature of 0 or below raises ValueError"""
        state = parameters(rng, SIZES, 0.7)
        expected = oracle.generated(state, SIZES, "abcd", "", 1.0, 3)[0]
        same(props.generate(state, SIZES, DOCS, "", 1.0, 3)[0], expected, "the name at temperature 1")
        for temperature in (0.0, -1.0):
            label = f"generate with temperature {temperature}"
            raises(ValueError, lambda t=temperature: props.generate(state, SIZES, DOCS, "", t, 3), label)

    @edge
    def test_leaves_no_trace(self, props, oracle, rng):
        """parameters stay as they are, and no gradient is written"""
        state = parameters(rng, SIZES, 0.7)
        expected = oracle.generated(state, SIZES, "abcd", "", 0.8, 7)[0]
        found = props.after_generate(state, SIZES, DOCS, 7)
        same(found[0], expected, "the name")
        same(found[1], True, "are the parameters as they were?")
        close(found[2], 0.0, "sum of all gradients' sizes", rtol=0, atol=0)


@exercise(
    "train_microgpt",
    points=10,
    cpu=6.0,
    answers=("init_state_dict", "train_microgpt"),
    needs=(
        "value",
        "name_tokenizer",
        "linear",
        "softmax",
        "norms",
        "attention_step",
        "gpt_step",
        "sequence_loss",
        "adam",
    ),
)
class TestTrainMicroGPT:
    """First weights, and the loop that turns documents into a model."""

    @weight(2)
    def test_first_weights(self, props, oracle, rng):
        """the matrices: names, sizes, and the order in which they are drawn"""
        for sizes in (SIZES, DEEP):
            seed = rng.getrandbits(16)
            expected, found = oracle.first_weights(sizes, seed), props.first_weights(sizes, seed)
            same(sorted(found), sorted(expected), "names of the matrices")
            for name, matrix in expected.items():
                same([len(found[name]), len(found[name][0])], [len(matrix), len(matrix[0])], f"rows, columns of {name}")
            for name, matrix in expected.items():
                close(found[name], matrix, f"first weights, {name}", **TIGHT)

    def test_parameters(self, props):
        """the gist's small sister has 1,264 parameters"""
        sizes = {"vocab_size": 27, "block_size": 8, "n_layer": 1, "n_head": 2, "n_embd": 8}
        found = props.first_weights(sizes, 1)
        same(sum(len(row) for matrix in found.values() for row in matrix), 1264, "number of parameters")

    def test_first_loss(self, props, oracle, rng):
        """the first loss: before the first update, near ln V"""
        docs, seed = ["otto", "anna", "hannah"], rng.getrandbits(16)
        sizes = {**SIZES, "vocab_size": 6}
        expected = oracle.training(docs, sizes, 1, 0.05, seed)[0]
        found = props.train(docs, sizes, 1, 0.05, seed)
        close(found, expected, "loss of one step", **TRAINED)
        close(found[0], math.log(6), "the first loss, against ln 6", rtol=0, atol=0.3)

    @weight(2)
    def test_losses(self, props, oracle, rng):
        """twelve losses, one document a step, in their shuffled order"""
        docs, seed = ["dab", "cab", "bad", "abba", "acacd", "dd", "c"], rng.getrandbits(16)
        expected = oracle.training(docs, SIZES, 12, 0.05, seed)[0]
        close(props.train(docs, SIZES, 12, 0.05, seed), expected, "losses of 12 steps", **TRAINED)

    def test_two_layers(self, props, oracle, rng):
        """five losses of a model with two layers"""
        docs, seed = ["dab", "cab", "bad"], rng.getrandbits(16)
        expected = oracle.training(docs, DEEP, 5, 0.02, seed)[0]
        close(props.train(docs, DEEP, 5, 0.02, seed), expected, "losses of 5 steps, two layers", **TRAINED)

    def test_weights_at_the_end(self, props, oracle, rng):
        """the parameters after six steps"""
        docs, seed = ["dab", "cab", "bad"], rng.getrandbits(16)
        expected = oracle.training(docs, SIZES, 6, 0.05, seed)[1]
        found = props.trained(docs, SIZES, 6, 0.05, seed)
        for name, matrix in expected.items():
            close(found[name], matrix, f"{name} after 6 steps", rtol=1e-5, atol=1e-7)

    def test_losses_are_numbers(self, props, oracle, rng):
        """losses are plain floats: a Value would keep the graph of its step alive"""
        docs, seed = ["dab", "cab", "bad"], rng.getrandbits(16)
        expected = oracle.training(docs, SIZES, 2, 0.05, seed)[0]
        found = props.kinds_of_losses(docs, SIZES, 2, 0.05, seed)
        close(found[0], expected, "losses of 2 steps", **TRAINED)
        same(found[1], ["float"], "types of the losses")

    @weight(2)
    def test_learns(self, props, rng):
        """three rhyming names are learned: only the first letter stays unknown"""
        sizes = {"vocab_size": 4, "block_size": 4, "n_layer": 1, "n_head": 2, "n_embd": 4}
        losses = props.train(RHYMES["docs"], sizes, 90, 0.1, rng.getrandbits(16))
        same(len(losses), 90, "number of losses")
        late = sum(losses[-12:]) / 12
        known = f"The loss begins near {RHYMES['start']:.2f} and should end near {RHYMES['floor']:.2f}"
        assert late < 0.75, f"{known}; the mean of the last 12 of 90 was {late:.2f}."
        assert late > 0.8 * RHYMES["floor"], f"{known}; {late:.2f} is below what can be known: the target leaks."

    @edge
    def test_leaves_others_alone(self, props, oracle, rng):
        """docs stays as it is, and the global generator is not touched"""
        docs, seed = ["dab", "cab", "bad", "abba"], rng.getrandbits(16)
        expected = oracle.training(docs, SIZES, 2, 0.05, seed)[0]
        found = props.train_after(docs, SIZES, 2, 0.05, seed)
        close(found[0], expected, "losses of 2 steps", **TRAINED)
        same(found[1], docs, "docs after the training")
        same(found[2], True, "is the global generator as it was?")
