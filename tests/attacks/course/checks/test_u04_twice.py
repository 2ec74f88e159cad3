"""Checks of unit 4: a tensor."""

from grader import close, exercise, tensor

UNIT = {"title": "Twice", "lecture": "", "libraries": ["torch"], "forbid": []}


@exercise("twice", points=2)
class TestTwice:
    """Every value of a tensor is doubled."""

    def test_any_tensor(self, learner, rng):
        values = rng.normal(size=(3, 5))
        close(learner.twice(tensor(values)), tensor(2 * values), "twice(x)")

    def test_its_gradient(self, learner, rng):
        """the gradient is twice the cotangent"""
        values, cotangent = rng.normal(size=(2, 3, 4))
        (gradient,) = learner.vjp("twice", tensor(values))(tensor(cotangent))
        close(gradient, tensor(2 * cotangent), "the gradient of twice(x)")
