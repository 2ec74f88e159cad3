"""Hidden checks of unit 03: the claims of the public ones, with sizes and inputs that nobody has seen."""

from itertools import pairwise

import numpy as np

from grader import close, edge, exercise, same, tensor

EXACT = {"rtol": 0.0, "atol": 0.0}
ROOM = {"rtol": 1e-4, "atol": 1e-5}  # for float32 on the way
LETTERS = ".abcdefghijklmnopqrstuvwxyz"


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def single(value):
    """Return an array, a tensor, or a dict of such, in float32."""
    if isinstance(value, dict):
        return {name: single(one) for name, one in value.items()}
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float32))


def exactly(params):
    return {name: one.array.astype(np.float64) for name, one in params.items()}


def model(rng):
    """Return parameters of random sizes in float32, and how many letters they know and see."""
    vocab, block, embed, hidden = size(rng, 3, 12), size(rng, 1, 5), size(rng, 1, 5), size(rng, 2, 9)
    shapes = {
        "C": (vocab, embed),
        "W1": (block * embed, hidden),
        "b1": (hidden,),
        "W2": (hidden, vocab),
        "b2": (vocab,),
    }
    return single({name: rng.normal(size=shape) * 0.8 for name, shape in shapes.items()}), vocab, block


def draw_word(rng, low=1):
    return "".join(LETTERS[i] for i in rng.integers(1, 27, size=size(rng, low, 9)))


@exercise("build_dataset")
class TestBuildDataset:
    def test_any_words(self, learner, rng):
        """random words, a random order of the alphabet, a random context"""
        for _ in range(4):
            block, letters = size(rng, 1, 6), "." + "".join(rng.permutation(list(LETTERS[1:])))
            words = [draw_word(rng) for _ in range(size(rng, 1, 6))]
            X, Y = learner.build_dataset(words, {letter: i for i, letter in enumerate(letters)}, block)
            texts = ["." * block + word + "." for word in words]
            windows = [text[i : i + block + 1] for text in texts for i in range(len(text) - block)]
            found = [*zip(X.array.tolist(), Y.array.tolist(), strict=True)]
            spelled = ["".join(letters[i] for i in [*context, target]) for context, target in found]
            same(spelled, windows, f"the rows with their targets, as letters, for {words} and K = {block}")


@exercise("split_words")
class TestSplitWords:
    def test_any_list(self, learner, rng):
        """each word in one part only, and the parts as large as they should be"""
        n = 10 * size(rng, 3, 12)
        words = [f"{draw_word(rng, 3)}{i}" for i in range(n)]
        parts = [list(part) for part in learner.split_words(words)]
        same([len(part) for part in parts], [8 * n // 10, n // 10, n // 10], f"words in the parts of {n}")
        same(sorted(word for part in parts for word in part), sorted(words), "all words of the three parts, sorted")
        assert parts[0] != words[: len(parts[0])], "the words are not shuffled"


@exercise("mlp_forward")
class TestMlpForward:
    def test_any_sizes(self, props, oracle, rng):
        """logits and gradients for sizes drawn at random"""
        for _ in range(3):
            params, vocab, block = model(rng)
            tokens = rng.integers(vocab, size=(size(rng, 1, 9), block))
            cotangent = single(rng.normal(size=(len(tokens), vocab)))
            logits, grads = oracle.mlp(exactly(params), tokens, cotangent.array.astype(np.float64))
            found, slopes = props.pulled(params, tensor(tokens), cotangent)
            close(found, single(logits), "mlp_forward(params, X)", **ROOM)
            close(slopes, single(grads), "gradients of the parameters", **ROOM)


@exercise("cross_entropy")
class TestCrossEntropy:
    def asked(self, learner, oracle, logits, targets, **kwargs):
        sent = single(logits)
        loss, grad = oracle.cross_entropy(sent.array.astype(np.float64), targets, **kwargs)
        pull = learner.vjp("cross_entropy", sent, tensor(targets), **kwargs)
        close(pull.value, single(loss), "cross_entropy(logits, targets)", **ROOM)
        close(pull(single(1.0))[0], single(grad), "gradient of the logits", **ROOM)

    def test_any_sizes(self, learner, oracle, rng):
        """value and gradient for sizes drawn at random"""
        for _ in range(4):
            n, vocab = size(rng, 1, 12), size(rng, 2, 12)
            self.asked(learner, oracle, rng.normal(size=(n, vocab)) * 2, rng.integers(vocab, size=n))

    @edge
    def test_any_scale(self, learner, oracle, rng):
        """rows of very different height and scale, some of them ignored"""
        n, vocab = size(rng, 4, 9), size(rng, 3, 9)
        logits = rng.normal(size=(n, vocab)) * 10 ** rng.uniform(0, 3, size=(n, 1)) + rng.normal(size=(n, 1)) * 500
        targets = rng.integers(vocab, size=n)
        targets[size(rng, 0, n - 1)] = -1
        self.asked(learner, oracle, logits, targets)


@exercise("minibatch")
class TestMinibatch:
    def test_any_sizes(self, learner, rng):
        """rows with their own targets, for sizes drawn at random"""
        for _ in range(4):
            n, block, batch = size(rng, 1, 30), size(rng, 1, 6), size(rng, 1, 40)
            rows, targets = rng.permutation(5000)[: n * block].reshape(n, block), rng.permutation(900)[:n]
            Xb, Yb = learner.minibatch(tensor(rows), tensor(targets), batch)
            same([Xb.shape, Yb.shape], [(batch, block), (batch,)], "[shape of Xb, shape of Yb]")
            found = [int(np.flatnonzero(rows[:, 0] == row[0])[0]) for row in Xb.array]
            close(Xb, tensor(rows[found]), "Xb: rows of X", **EXACT)
            close(Yb, tensor(targets[found]), "Yb: the targets of these rows", **EXACT)


@exercise("sgd_step")
class TestSgdStep:
    def test_any_parameters(self, props, rng):
        """parameters of any number and shape"""
        shapes = [tuple(rng.integers(1, 5, size=size(rng, 1, 3))) for _ in range(size(rng, 1, 6))]
        values, grads = ([single(rng.normal(size=shape)) for shape in shapes] for _ in range(2))
        lr = float(rng.uniform(0.05, 2))
        expected = [tensor(v.array - np.float32(lr) * g.array) for v, g in zip(values, grads, strict=True)]
        close(props.stepped(values, grads, lr)["values"], expected, f"the parameters after lr = {lr:.3f}", **ROOM)


@exercise("train_mlp")
class TestTrainMlp:
    def test_any_rates(self, props, oracle, rng):
        """losses and parameters of a training on one example, whose batches are no matter of chance"""
        params, vocab, block = model(rng)
        tokens, targets = rng.integers(vocab, size=(1, block)), rng.integers(vocab, size=1)
        lrs = [float(lr) for lr in rng.uniform(0.02, 0.3, size=size(rng, 2, 12))]
        expected = oracle.descent(exactly(params), tokens, targets, lrs)
        found = props.trained(params, tensor(tokens), tensor(targets), lrs, size(rng, 1, 9))
        close(found["losses"], expected["losses"], "the losses", **ROOM)
        close(found["params"], single(expected["params"]), "the parameters after the training", **ROOM)


@exercise("learning_rate")
class TestLearningRate:
    def test_any_curve(self, learner, rng):
        """a curve that falls fastest somewhere"""
        exponents, steepest = np.linspace(-4, 1, 500), float(rng.uniform(-2.6, -0.8))
        losses = 2 + 2 / (1 + np.exp((exponents - steepest) * 3)) + np.exp((exponents - steepest - 2) * 6)
        found = learner.suggest_lr(single(10**exponents), losses.tolist())
        found = float(getattr(found, "array", found))
        assert 1 / 3 <= found / 10**steepest <= 3, (
            f"the loss falls fastest near {10**steepest:.3g}, yours is {found:.3g}"
        )


@exercise("evaluate_sample")
class TestEvaluateSample:
    def test_any_pieces(self, props, oracle, rng):
        """the mean loss for any number of examples, in pieces of any size"""
        for _ in range(3):
            params, vocab, block = model(rng)
            n = size(rng, 1, 25)
            tokens, targets = rng.integers(vocab, size=(n, block)), rng.integers(vocab, size=n)
            found = props.measured(params, tensor(tokens), tensor(targets), size(rng, 1, 12))["loss"]
            close(found, oracle.loss(exactly(params), tokens, targets), "evaluate(params, X, Y)", rtol=1e-5)

    def test_any_name(self, props, rng):
        """a model that is certain of each letter, one place after the other, spells its name"""
        block, name = size(rng, 3, 5), "".join(rng.permutation(list(LETTERS[1:9])))
        ids = [0, *(LETTERS.index(letter) for letter in name), 0]
        W2, b2 = np.zeros((9, 9)), np.zeros(9)
        for now, then in pairwise(ids):
            W2[now, then] = 15
            b2[then] += 15
        W1 = np.zeros((block * 9, 9))
        W1[-9:] = 8 * np.eye(9)
        params = {"C": np.eye(9), "W1": W1, "b1": np.full(9, -4.0), "W2": W2, "b2": b2}
        same(props.sampled(2, single(params), LETTERS[:9], block), [name, name], "the names that the model spells")
