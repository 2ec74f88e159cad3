"""Checks of unit 02 that a release leaves out: the same claims on other inputs."""

import math
import string

import numpy as np
import pytest

from grader import Tensor, close, edge, exercise, same, tensor

ROOM = {"rtol": 1e-5, "atol": 1e-6}
WORDS = ["banana", "nab", "an", "bandana", "nab"]
STOI = {".": 0, "a": 1, "b": 2, "d": 3, "n": 4}
LETTERS = {char: i for i, char in enumerate(f".{string.ascii_lowercase}")}  # the lecture's, whose programs write 27
# Counted by hand: row = from, column = to.
COUNTS = [[0, 1, 2, 0, 2], [2, 0, 2, 0, 5], [2, 2, 0, 0, 0], [0, 1, 0, 0, 0], [1, 5, 0, 1, 0]]


def values(found):
    """Return a tensor's numbers as float64, whatever its dtype."""
    return found.array.astype(np.float64) if isinstance(found, Tensor) else found


def number(found):
    return float(found.array) if isinstance(found, Tensor) and found.array.size == 1 else found


def single(array):
    return tensor(np.asarray(array, dtype=np.float32))


@exercise("build_vocab")
class TestBuildVocabAgain:
    def test_both_ways(self, learner):
        """stoi and itos of words with few letters"""
        stoi, itos = learner.build_vocab(WORDS)
        same([stoi, itos], [STOI, {i: char for char, i in STOI.items()}], "[stoi, itos]")

    def test_digits(self, learner):
        """digits, a hyphen and letters are sorted alike"""
        stoi, _ = learner.build_vocab(["b-2", "10a", "Z"])
        same(stoi, {char: i for i, char in enumerate(".-012Zab")}, "stoi")


@exercise("bigram_counts")
class TestBigramCountsAgain:
    def test_by_hand(self, learner):
        """five words, counted by hand"""
        rows = [LETTERS[char] for char in STOI]
        expected = np.zeros((27, 27))
        expected[np.ix_(rows, rows)] = COUNTS
        close(values(learner.bigram_counts(WORDS, LETTERS)), expected, "N", **ROOM)

    @edge
    def test_few_letters(self, learner):
        """the same words, in a table of their own five characters"""
        close(values(learner.bigram_counts(WORDS, STOI)), np.array(COUNTS, dtype=np.float64), "N", **ROOM)

    @edge
    def test_other_numbers(self, learner):
        """stoi decides which row a character has, whatever its order"""
        turned = {char: (i * 2) % 5 for char, i in STOI.items()}
        order = [turned[char] for char in STOI]
        expected = np.zeros((5, 5))
        expected[np.ix_(order, order)] = COUNTS
        close(values(learner.bigram_counts(WORDS, turned)), expected, "N with another numbering", **ROOM)


@exercise("normalize_rows")
class TestNormalizeRowsAgain:
    def test_by_hand(self, learner):
        """a small table, worked out by hand"""
        found = values(learner.normalize_rows(tensor(np.array([[0, 3, 0], [1, 0, 8], [4, 2, 0]]))))
        expected = np.array([[1, 4, 1], [2 * 6 / 12, 6 / 12, 9 * 6 / 12], [5 * 6 / 9, 3 * 6 / 9, 6 / 9]]) / 6
        close(found, expected, "P", **ROOM)

    @edge
    @pytest.mark.parametrize("smoothing", [0.01, 40.0])
    def test_extremes(self, learner, rng, smoothing):
        """very few fake counts and very many"""
        N = rng.integers(0, 50, size=(4, 4)) + np.arange(4)[:, None]
        expected = (N + smoothing) / (N + smoothing).sum(axis=1, keepdims=True)
        close(values(learner.normalize_rows(tensor(N), smoothing=smoothing)), expected, "P", **ROOM)


@exercise("sample_names")
class TestSampleNamesAgain:
    def test_two_names(self, learner, props):
        """a fork at the beginning: two names, each about as often as P says"""
        P = np.zeros((5, 5))
        P[0, [1, 4]], P[1, 3], P[3, 0], P[4, 2], P[2, 0] = [0.2, 0.8], 1, 1, 1, 1
        found = learner.sample_names(single(P), dict(enumerate(".wxyz")), 400, props.generator(5))
        names = [name.removesuffix(".") for name in found]
        same([len(names), sorted(set(names))], [400, ["wy", "zx"]], "how many names, and which")
        close(names.count("zx") / 400, 0.8, "the share of 'zx'", rtol=0, atol=0.1)


@exercise("mean_nll")
class TestMeanNllAgain:
    def test_by_hand(self, learner):
        """one word of two letters: three predictions"""
        P = np.array([[0.1, 0.5, 0.4], [0.25, 0.05, 0.7], [0.125, 0.8, 0.075]])
        expected = -(math.log(0.5) + math.log(0.7) + math.log(0.125)) / 3
        close(number(learner.mean_nll(["ab"], tensor(P), {".": 0, "a": 1, "b": 2})), expected, "nll of ['ab']", **ROOM)

    def test_perplexity_of_a_mean(self, learner):
        """the perplexity of 0.75"""
        close(number(learner.perplexity(0.75)), 2.117000016612675, "perplexity(0.75)", **ROOM)


@exercise("one_hot")
class TestOneHotAgain:
    def test_all_classes(self, learner, rng):
        """every class once, in a random order"""
        order = rng.permutation(8)
        close(values(learner.one_hot(tensor(order), 8)), np.eye(8)[order], "one_hot(ix, 8)", **ROOM)


@exercise("softmax")
class TestSoftmaxAgain:
    def test_logs_of_counts(self, learner, rng):
        """logs of counts give the shares of the counts"""
        counts = rng.integers(1, 40, size=(6, 4)).astype(np.float64)
        found = learner.softmax(tensor(np.log(counts)))
        close(values(found), counts / counts.sum(axis=1, keepdims=True), "softmax(log(counts))", **ROOM)

    @edge
    def test_large_axis_in_front(self, learner, oracle, rng):
        """large logits along the first of three axes"""
        x = np.round(rng.normal(size=(4, 2, 3)) * 3 + np.array([500.0, -4000.0])[:, None], 3)
        close(values(learner.softmax(tensor(x), dim=0)), oracle.softmax(x, x, 0)["out"].array, "softmax", **ROOM)


@exercise("train_neural_bigram", needs=("one_hot", "softmax"))
class TestTrainNeuralBigramAgain:
    def test_other_sizes(self, props, oracle, rng):
        """27 characters, 400 pairs, 20 steps"""
        xs, ys = rng.integers(27, size=400), np.minimum(rng.geometric(0.2, size=400) - 1, 26)
        W, losses = props.trained(tensor(xs), tensor(ys), 27, 99, steps=20)
        expected = oracle.training(xs, ys, 27, 99, steps=20)
        close(losses, expected["losses"], "the losses of 20 steps", rtol=1e-4, atol=1e-4)
        close(values(W), values(expected["W"]), "W after 20 steps", rtol=1e-4, atol=1e-4)

    @edge
    def test_pull_to_even(self, props, oracle, rng):
        """a strong regulariser makes all characters nearly equally likely"""
        xs = rng.integers(17, size=300)
        W, losses = props.trained(tensor(xs), tensor((xs + 1) % 17), 17, 3, steps=60, lr=20.0, reg=5.0)
        expected = oracle.training(xs, (xs + 1) % 17, 17, 3, steps=60, lr=20.0, reg=5.0)
        close(losses, expected["losses"], "the losses with reg=5", rtol=1e-4, atol=1e-4)
        W = values(W)
        p = np.exp(W) / np.exp(W).sum(axis=1, keepdims=True)
        follows = p[np.arange(17), (np.arange(17) + 1) % 17]
        assert follows.max() < 0.8, f"with reg=5 one character has the probability {follows.max():.2f}"
        assert follows.min() > 1 / 17, "what always follows is no likelier than the rest"
