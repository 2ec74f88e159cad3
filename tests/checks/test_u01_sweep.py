"""How operators are judged before `Value.backward` is written: by the stub's plan, else by the learner's own sweep."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

PROPS = Path(__file__).parents[2] / "grader" / "checks" / "props" / "u01_micrograd.py"

PLAN = """
class Value:
    def __init__(self, data, _children=()):
        self.data, self.grad, self._prev, self._backward = data, 0.0, CONTAINER(_children), lambda: None

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        ATTACH
        return out

    def backward(self):
        BACKWARD
"""

LOCAL = """
class Value:
    def __init__(self, data, _children=()):
        self.data, self.grad, self._prev, self._backward, self.pairs = data, 0.0, tuple(_children), lambda: None, ()

    def __mul__(self, other):
        out = Value(self.data * other.data, CHILDREN)
        out.pairs = SLOPES
        return out

    def __add__(self, other):
        out = Value(self.data + other.data, CHILDREN)
        out.pairs = ((self, 1.0), (other, 1.0))
        return out

    def backward(self, seed=1.0):
        BACKWARD
"""
TODO = 'raise NotImplementedError("TODO: Value.backward")'
RIGHT = "((self, other.data), (other, self.data))"
ATTACH = "out._backward = _backward"
TREE_SWEEP = "self.grad += seed\n        for node, slope in self.pairs: node.backward(slope * seed)"


def props(source, **words):
    """Load the props beside a learner's module made of a source in which some words are replaced."""
    learner = ModuleType("learner")
    for word, text in {**words, "SLOPES": words.get("SLOPES", RIGHT)}.items():
        source = source.replace(word, text)
    exec(source, vars(learner))  # noqa: S102 (ours)
    spec = importlib.util.spec_from_file_location("props", PROPS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.learner = learner
    return module


def cube_slope(module):
    """Return d(a * a * a)/da at a = 3: 27."""
    a = module.learner.Value(3.0)
    return module.gradients(a * a * a, a)


@pytest.mark.parametrize("container", ["tuple", "list", "set"])
def test_plan_needs_no_backward(container):
    assert cube_slope(props(PLAN, CONTAINER=container, ATTACH=ATTACH, BACKWARD=TODO)) == [27.0]


def test_plan_does_not_call_a_broken_backward():
    assert cube_slope(props(PLAN, CONTAINER="tuple", ATTACH=ATTACH, BACKWARD="self.grad = 99.0")) == [27.0]


def test_function_not_attached_gives_zeros_and_does_not_wait_for_backward():
    assert cube_slope(props(PLAN, CONTAINER="tuple", ATTACH="", BACKWARD=TODO)) == [0.0]


@pytest.mark.parametrize("children", ["(self, other)", "()"])
def test_local_slopes_are_swept_by_the_learner(children):
    assert cube_slope(props(LOCAL, CHILDREN=children, BACKWARD=TREE_SWEEP)) == [27.0]


@pytest.mark.parametrize("backward", [TODO, "pass", "self.grad = 99.0"])
def test_stored_slopes_need_no_backward_and_do_not_call_a_broken_one(backward):
    assert cube_slope(props(LOCAL, CHILDREN="(self, other)", BACKWARD=backward)) == [27.0]


def test_stored_numbers_that_are_no_slopes_are_left_to_the_learner():
    values = "((self, self.data), (other, other.data))"
    sweep = TREE_SWEEP.replace("slope * seed", "self.data / slope * seed")
    assert cube_slope(props(LOCAL, CHILDREN="(self, other)", SLOPES=values, BACKWARD=sweep)) == [27.0]


def test_deep_graph():
    module = props(PLAN, CONTAINER="tuple", ATTACH=ATTACH, BACKWARD=TODO)
    leaf = module.learner.Value(1.0)
    root = leaf
    for _ in range(20_000):
        root = root * leaf
    assert module.gradients(root, leaf) == [20_001.0]


def test_backward_that_takes_an_argument_is_not_the_plan():
    source = PLAN.replace("def _backward():", "def _backward(grad):")
    module = props(source, CONTAINER="tuple", ATTACH=ATTACH, BACKWARD=TODO)
    with pytest.raises(NotImplementedError, match="TODO"):
        cube_slope(module)


def test_remembers_judges_the_plan_alone():
    module = props(PLAN, CONTAINER="tuple", ATTACH=ATTACH, BACKWARD=TODO)
    a, b = module.learner.Value(2.0), module.learner.Value(3.0)
    assert module.remembers(a * b, a, b)
    assert not module.remembers(a * b, a, a)
    free = props(LOCAL, CHILDREN="()", BACKWARD=TODO)
    a, b = free.learner.Value(2.0), free.learner.Value(3.0)
    assert free.remembers(a * b, a, b)
