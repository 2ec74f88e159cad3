"""Checks of unit 5: what torch has in one piece, and this unit forbids."""

import math

import numpy as np

from grader import close, exercise, tensor

UNIT = {
    "title": "Parts",
    "lecture": "",
    "libraries": ["torch"],
    "forbid": [
        "torch.nn.functional.layer_norm",
        "torch.layer_norm",
        "torch.nn.LayerNorm",
        "torch.nn.functional.scaled_dot_product_attention",
        "torch.nn.functional.multi_head_attention_forward",
        "torch.nn.attention.*",
        "torch.nn.MultiheadAttention",
        "torch.nn.Transformer*",
    ],
}


@exercise("normed", points=2)
class TestNormed:
    """Each row has mean 0 and variance 1."""

    def test_rows(self, learner, rng):
        """the values"""
        x = rng.normal(size=(3, 5))
        expected = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
        close(learner.normed(tensor(x)), tensor(expected), "normed(x)")

    def test_its_gradient(self, learner, rng):
        """the gradient of one row, which has to sum to zero"""
        x, cotangent = rng.normal(size=(2, 1, 7))
        (gradient,) = learner.vjp("normed", tensor(x))(tensor(cotangent))
        close(float(gradient.array.sum()), 0.0, "the sum of the gradient", atol=1e-9)


@exercise("attend", points=2)
class TestAttend:
    """Values, weighted by how well queries and keys agree."""

    def test_values(self, learner, rng):
        """the values"""
        q, k, v = rng.normal(size=(3, 4, 6))
        scores = np.exp(q @ k.T / math.sqrt(6))
        expected = scores / scores.sum(axis=1, keepdims=True) @ v
        close(learner.attend(tensor(q), tensor(k), tensor(v)), tensor(expected), "attend(q, k, v)")
