"""Checks of unit 05 that a release leaves out: the same claims on other inputs."""

import numpy as np
import pytest

from grader import close, edge, exercise, same

KEYS = (
    *("logprobs", "probs", "counts_sum_inv", "counts_sum", "counts", "norm_logits", "logit_maxes", "logits"),
    *("h", "W2", "b2", "hpreact", "bngain", "bnbias", "bnraw", "bnvar_inv", "bnvar", "bndiff2", "bndiff", "bnmeani"),
    *("hprebn", "embcat", "W1", "b1", "emb", "C"),
)


@exercise("unbroadcast")
class TestUnbroadcastAgain:
    def test_weighing(self, learner, rng):
        """weighing the copies by grad is weighing the original by unbroadcast(grad)"""
        for shape, whole in (((6, 1, 4), (5, 6, 7, 4)), ((1,), (3, 8)), ((2, 1, 1), (2, 9, 3))):
            grad, x = rng.normal(size=whole), rng.normal(size=shape)
            found = learner.unbroadcast(grad, shape)
            same(found.shape, shape, f"shape of unbroadcast(grad, {shape}) of a gradient {whole}")
            close(float((found * x).sum()), float((grad * x).sum()), f"the sum of x * unbroadcast(grad, {shape})")

    @edge
    def test_weighing_nothing(self, learner):
        """a row of no entries comes back as a column of zeros"""
        close(learner.unbroadcast(np.zeros((4, 0)), (4, 1)), np.zeros((4, 1)), "unbroadcast(grad, (4, 1))")
        close(learner.unbroadcast(np.ones((4, 3)), (4, 1)), np.full((4, 1), 3.0), "unbroadcast(ones, (4, 1))")


@exercise("compare_gradients")
class TestCompareGradientsAgain:
    def test_shapes_that_do_not_fit(self, props):
        """shapes that cannot be broadcast, or that are transposed, are an answer and no error"""
        # idle (other inputs): the shapes are the answer, whatever the numbers
        for one, two in (((3,), (4,)), ((3, 4), (4, 3)), ((), (1,)), ((2, 1), (2, 5))):
            found = props.compared("W2", np.ones(one), np.ones(two))
            same([found["same_shape"], found["approximate"]], [False, False], f"same_shape, approximate: {one}, {two}")

    def test_scale_is_theirs(self, props, rng):
        """both tolerances are used together, and the relative one scales with theirs"""
        theirs = rng.uniform(1.0, 2.0, size=9)
        near = props.compared("W2", theirs * 1.02 + 0.009, theirs, rtol=0.02, atol=0.01)
        far = props.compared("W2", theirs * 1.02 + 0.011, theirs, rtol=0.02, atol=0.01)
        same([near["approximate"], far["approximate"]], [True, False], "approximate just within and just outside")
        two = props.compared("W2", np.array([2.0]), np.array([1.0]), rtol=0.6, atol=0.0)
        same([two["approximate"], two["max_rel"]], [False, 1.0], "[approximate, max_rel] of 2.0 against 1.0")


@exercise("linear_backward")
class TestLinearBackwardAgain:
    @edge
    def test_four_axes(self, learner, oracle, rng):
        """three leading axes, and leading axes of equal size"""
        for rows in ((2, 3, 4), (3, 3), (5, 5, 5)):
            dout, x = rng.normal(size=(*rows, 6)), rng.normal(size=(*rows, 5))
            weights = rng.normal(size=(5, 6))
            close(list(learner.linear_backward(dout, x, weights)), oracle.linear(dout, x, weights), "dx, dW, db")


@exercise("activations")
class TestActivationsAgain:
    def test_other_inputs(self, learner, oracle, rng):
        """all four, on one axis and on three"""
        for shape in ((7,), (3, 2, 5)):
            for name in ("tanh", "relu", "exp", "log"):
                dout, x = rng.normal(size=shape), rng.normal(size=shape)
                x = np.abs(x) + 0.1 if name == "log" else x
                out, dx = oracle.activation(name, dout, x)
                found = getattr(learner, f"{name}_backward")(dout, x if name == "log" else out)
                close(found, dx, f"{name}_backward, shape {shape}")


@exercise("backward_steps")
class TestBackwardStepsAgain:
    @pytest.mark.parametrize("key", KEYS)
    def test_other_sizes(self, learner, oracle, rng, key):
        """the gradient of one value for 32 rows, and with all sizes equal"""
        # idle (other inputs): the gradient of logprobs depends on whole numbers alone
        for sizes in ([32, 5, 3, 2, 7], [6, 6, 2, 3, 6]):
            case = oracle.step(key, int(rng.integers(2**31)), sizes)
            label = f"d_{key}(f, d) for {sizes[0]} rows"
            close(getattr(learner, f"d_{key}")(case["f"], case["d"]), case["gradient"], label)


@exercise("cross_entropy_backward")
class TestCrossEntropyBackwardAgain:
    @edge
    def test_few_rows_count(self, learner, oracle, rng):
        """one row of 9 counts, then two"""
        logits = rng.normal(size=(9, 5)) * 3
        targets = np.full(9, -1)
        for row in rng.permutation(9)[:2]:
            targets[row] = rng.integers(5)
            found = learner.cross_entropy_backward(logits, targets)
            close(found, oracle.cross_entropy(logits, targets), "the gradient where few rows count")

    def test_many(self, learner, oracle, rng):
        """32 rows of 27 logits, equal logits among them"""
        logits, targets = rng.normal(size=(32, 27)), rng.integers(27, size=32)
        logits[3] = 0.0
        logits[8, 5:9] = logits[8].max()
        close(learner.cross_entropy_backward(logits, targets), oracle.cross_entropy(logits, targets), "the gradient")


@exercise("batchnorm_backward")
class TestBatchnormBackwardAgain:
    @edge
    @pytest.mark.parametrize("unbiased", [True, False], ids=["unbiased", "biased"])
    def test_other_inputs(self, learner, oracle, rng, unbiased):
        """3 rows, a gamma of 0 in one column, a constant column in x, another eps"""
        dout, x, gamma = rng.normal(size=(3, 5)), rng.normal(size=(3, 5)), rng.normal(size=(1, 5)) - 2
        gamma[0, 1], x[:, 3] = 0.0, 1.5
        found = learner.batchnorm_backward(dout, x, gamma, eps=1e-3, unbiased=unbiased)
        expected = oracle.batchnorm(dout, x, gamma, eps=1e-3, unbiased=unbiased)
        close(list(found), expected, "dx, dgamma, dbeta")

    def test_three_rows(self, learner, oracle, rng):
        """3 rows, and a gamma of 0 in one column"""
        dout, x, gamma = rng.normal(size=(3, 5)), rng.normal(size=(3, 5)), rng.normal(size=(1, 5)) - 2
        gamma[0, 1] = 0.0
        found = learner.batchnorm_backward(dout, x, gamma)
        close(list(found), oracle.batchnorm(dout, x, gamma), "dx, dgamma, dbeta")


@exercise("embedding_backward")
class TestEmbeddingBackwardAgain:
    def test_other_inputs(self, learner, oracle, rng):
        """a single row, a single number a token, and more tokens than places"""
        for rows, block, size, vocab in ((1, 4, 3, 2), (6, 2, 1, 5), (3, 3, 3, 3), (2, 2, 5, 40)):
            demb, tokens = rng.normal(size=(rows, block, size)), rng.integers(vocab, size=(rows, block))
            close(learner.embedding_backward(demb, tokens, vocab), oracle.embedding(demb, tokens, vocab), "dC")


@exercise("mlp_backward")
class TestMlpBackwardAgain:
    def test_other_sizes(self, learner, oracle, rng):
        """another model after the first one, and targets that are all the same"""
        for rows, vocab, block, embed, hidden in ((9, 5, 4, 3, 8), (5, 11, 1, 6, 4)):
            shapes = {"C": (vocab, embed), "W1": (block * embed, hidden), "b1": (hidden,), "bngain": (1, hidden)}
            shapes |= {"bnbias": (1, hidden), "W2": (hidden, vocab), "b2": (vocab,)}
            params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
            batch = rng.integers(vocab, size=(rows, block)), np.full(rows, rng.integers(vocab))
            close(list(learner.mlp_backward(params, *batch)), oracle.mlp(params, *batch), f"{rows} rows")


@exercise("train_manual")
class TestTrainManualAgain:
    def test_small_batches(self, props, oracle, rng):
        """30 steps of 3 rows: losses, parameters and running averages"""
        shapes = {"C": (5, 2), "W1": (6, 4), "b1": (4,), "bngain": (1, 4), "bnbias": (1, 4), "W2": (4, 5), "b2": (5,)}
        params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        running = {"mean": rng.normal(size=(1, 4)), "var": rng.uniform(0.5, 2.0, size=(1, 4))}
        data, batches = [rng.integers(5, size=(20, 3)), rng.integers(5, size=20)], rng.integers(20, size=(30, 3))
        rates = list(rng.uniform(0.01, 0.2, size=30))
        found = props.trained(params, running, data, batches, rates, momentum=0.3)
        expected = oracle.training(params, running, data, batches, rates, momentum=0.3)
        found.pop("data")
        close(found, expected, "losses, params and running", rtol=1e-6)
