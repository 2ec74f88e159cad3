"""Which answers had a part in what came back: told by classes and operations, over a real worker."""

import pytest

MODULE = """
class Node:
    def double(self):
        return type(self)(2 * self.data)


class Value(Node):
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __mul__(self, other):
        return Value(self.data * getattr(other, "data", other))

    def __sub__(self, other):
        return Value(self.data - getattr(other, "data", other))

    def __rsub__(self, other):
        return Value(other - self.data)

    def relu(self):
        return Value(max(self.data, 0))

    def leaky_relu(self):
        return Value(max(self.data, 0.1 * self.data))


class Layer:
    def __init__(self, size):
        self.size = size

    def forward(self, x):
        return x * self.size

    def __call__(self, x):
        return self.forward(x)


def softmax(x):
    return x
"""
PROPS = """
def sweep(root, *leaves):
    return [leaf.grad for leaf in leaves]


def built():
    return learner.Value(3.0) * 2


def run():
    return 7.5
"""


class Names:
    """Every method and function of the module is an answer, by the name that it is asked by."""

    def answer(self, asked):
        owner = {"double": "Node"}.get(asked.names[0], asked.owner)
        if not owner:
            return f"{asked.names[0]}.__init__" if asked.names[0] in ("Value", "Layer") else asked.names[0]
        name = next((name for name in asked.names if name in MODULE and name not in ("data", "grad", "size")), "")
        return f"{owner}.{name}" if name else ""

    def is_own(self, class_name):
        return class_name in ("Node", "Value", "Layer")


@pytest.fixture
def subject(start):
    return start(MODULE, props=PROPS)


ASKED = {
    "a product": (lambda f, _: (f.Value(2) * 3).data, {"Value.__mul__"}),
    "a number on the left": (lambda f, _: (10 - f.Value(3)).data, {"Value.__rsub__"}),
    "a number on the right": (lambda f, _: (f.Value(3) - 10).data, {"Value.__sub__"}),
    "a method whose name holds another": (lambda f, _: f.Value(3).leaky_relu().data, {"Value.leaky_relu"}),
    "a method that is inherited": (lambda f, _: f.Value(3).double().data, {"Node.double"}),
    "a chain": (lambda f, _: (f.Value(3) * 2).relu().data, {"Value.__mul__", "Value.relu"}),
    "an object that is called": (lambda f, _: f.Layer(3)(2.0), {"Layer.__call__"}),
    "an object that is made": (lambda f, _: f.Layer(3), {"Layer.__init__"}),
    "a function": (lambda f, _: f.softmax([1.0]), {"softmax"}),
    "a gradient after a sweep": (lambda f, p: p.sweep((a := f.Value(3)) * a, a), {"Value.__mul__"}),
    "what helper code made": (lambda _, p: p.built().data, set()),
    "what helper code computed": (lambda _, p: p.run(), set()),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_had_a_part_in_the_last_answer(subject, name):
    ask, expected = ASKED[name]
    ask(subject.learner, subject.props)
    assert subject.trail.last(Names()) == expected


def test_an_attribute_read_right_away_is_its_makers(subject):
    a = subject.learner.Value(3)
    (a - 1).data  # noqa: B018 (asked)
    (a * 2).data  # noqa: B018 (asked)
    assert subject.trail.last(Names()) == {"Value.__mul__"}


def test_an_attribute_read_later_is_of_all_that_is_tied_to_it(subject):
    a, other = subject.learner.Value(3), subject.learner.Value(4)
    product, difference = a * 2, a - 1
    other.relu()
    subject.props.sweep(product)
    subject.props.sweep(difference)
    a.grad  # noqa: B018 (asked)
    assert subject.trail.last(Names()) == {"Value.__mul__", "Value.__sub__"}


def test_a_question_that_never_came_back_is_the_last_one(subject):
    subject.learner.softmax([1.0])
    subject.trail.ask("call", ("Layer", (1,), {}))
    assert subject.trail.last(Names()) == {"Layer.__init__"}
