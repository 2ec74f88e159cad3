"""Wrong answers to u11.value, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _inner_from_zero(order):
    for node in order:
        if node._children:
            node.grad = 0.0


@misconception(
    "value",
    replaces="Value",
    says="The operands are kept without repeats, as in a set. In a * a there is one operand then and two slopes: zip "
    "pairs one and drops the other.",
)
class zip_set(Value):
    __slots__ = ()

    def __init__(self, data, children=(), local_grads=()):
        super().__init__(data, tuple(dict.fromkeys(children)), local_grads)

    def backward(self):
        order = _order(self)
        _inner_from_zero(order)
        self.grad = 1.0
        for node in reversed(order):
            for child, local in zip(node._children, node._local_grads, strict=False):
                child.grad += local * node.grad


@misconception(
    "value",
    replaces="Value.backward",
    says="The slope is multiplied by the child's own gradient. The chain rule wants that of the result: local * "
    "node.grad.",
)
def local_times_wrong(self):
    order = _order(self)
    _inner_from_zero(order)
    self.grad = 1.0
    for node in reversed(order):
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad += local * child.grad


@misconception(
    "value",
    replaces="Value.backward",
    says="A child's gradient is overwritten by each result that uses it, with = for +=. The shares of all uses add up.",
)
def assign(self):
    order = _order(self)
    self.grad = 1.0
    for node in reversed(order):
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad = local * node.grad


@misconception(
    "value",
    replaces="Value.backward",
    says="A child's gradient is overwritten by each result that uses it, with = for +=. The shares of all uses add up.",
)
def assign_left_first(self):
    """The same on a list that is made as in the gist, left operands first: another share is the last one then."""
    order, seen, stack = [], set(), [(self, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node._children))
    self.grad = 1.0
    for node in reversed(order):
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad = local * node.grad


@misconception(
    "value",
    replaces="Value.backward",
    symptom=True,
    says="The walk calls itself, once more for each node of a chain. Python stops at about a thousand calls inside"
    " each other, and a sum of a thousand terms is that deep: keep a stack of your own.",
)
def recursion(self):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for child in node._children:
                visit(child)
            order.append(node)

    visit(self)
    _inner_from_zero(order)
    self.grad = 1.0
    for node in reversed(order):
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad += local * node.grad


class _Late(tuple):
    """Two operands; iterating gives their numbers as they are then, exchanged."""

    def __iter__(self):
        left, right = self[0], self[1]
        return iter((right.data, left.data))


@misconception(
    "value",
    replaces="Value.__mul__",
    says="The slopes of a product are looked up when the sweep comes by: they are those of the numbers of then. Store "
    "numbers in the forward pass.",
)
def local_grads_lazy(self, other):
    right = other if isinstance(other, Value) else Value(other)
    return Value(self.data * right.data, (self, right), _Late((self, right)))


@misconception(
    "value",
    replaces="Value.__mul__",
    says="Each factor gets its own number as slope. In a * b the slope in a is b, and the other way round.",
)
def swapped_slopes(self, other):
    right = other if isinstance(other, Value) else Value(other)
    return Value(self.data * right.data, (self, right), (self.data, right.data))


@misconception(
    "value",
    replaces="Value.__pow__",
    says="The exponent does not come down: the slope of x ** n is n * x ** (n - 1), and yours is x ** (n - 1).",
)
def pow_without_n(self, exponent):
    return Value(self.data**exponent, (self,), (self.data ** (exponent - 1),))


@misconception(
    "value",
    replaces="Value.__pow__",
    says="The power does not drop by one: the slope of x ** n is n * x ** (n - 1), and yours is n * x ** n.",
)
def power_not_dropped(self, exponent):
    return Value(self.data**exponent, (self,), (exponent * self.data**exponent,))


@misconception(
    "value",
    replaces="Value.log",
    says="The slope of log is one over the logarithm in yours. It is one over the number.",
)
def one_over_log(self):
    logged = math.log(self.data)
    return Value(logged, (self,), (1 / logged,))


@misconception(
    "value",
    replaces="Value.exp",
    says="The slope of exp is the number that went in. It is the number that came out: exp is its own slope.",
)
def exp_slope_is_x(self):
    return Value(math.exp(self.data), (self,), (self.data,))


@misconception(
    "value", replaces="Value.relu", says="Below 0 a gradient still gets through relu: its slope is 1 everywhere."
)
def relu_lets_through(self):
    return Value(max(0.0, self.data), (self,), (1.0,))


@misconception(
    "value",
    replaces="Value.backward",
    says="The list is walked from its beginning, operands first. They have nothing to hand on yet: the sweep goes "
    "from the root to the leaves.",
)
def forward_order(self):
    order = _order(self)
    _inner_from_zero(order)
    self.grad = 1.0
    for node in order:
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad += local * node.grad


@misconception(
    "value",
    replaces="Value.backward",
    says="A node hands on as soon as one of its users has reported, and again for each other user: what it had is "
    "counted more than once. It has to wait for all.",
)
def no_topological_order(self):
    self.grad = 1.0
    stack = [self]
    while stack:
        node = stack.pop()
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad += local * node.grad
            stack.append(child)


@misconception(
    "value",
    replaces="Value.backward",
    says="Nodes that were made from others keep the gradient of the sweep before, and hand it on once more. They "
    "start each sweep from 0; only leaves add up.",
)
def stale_inner(self):
    self.grad = 1.0
    for node in reversed(_order(self)):
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad += local * node.grad


@misconception(
    "value",
    replaces="Value.backward",
    says="The sweep sets the leaves to 0 before it begins, so they forget what they held. Leaves add up; emptying "
    "them is the optimizer's affair.",
)
def leaves_emptied(self):
    order = _order(self)
    for node in order:
        node.grad = 0.0
    self.grad = 1.0
    for node in reversed(order):
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad += local * node.grad


@misconception(
    "value",
    replaces="Value.backward",
    symptom=True,
    says="All gradients of made numbers are 0: nothing says that the root's own gradient is 1.",
)
def no_seed(self):
    order = _order(self)
    _inner_from_zero(order)
    for node in reversed(order):
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad += local * node.grad


@misconception(
    "value",
    replaces="Value.backward",
    says="A node that is used twice is listed twice, and hands its gradient on twice. Each node is listed once: "
    "remember which have been met.",
)
def listed_twice(self):
    order, stack = [], [(self, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        else:
            stack.append((node, True))
            stack.extend((child, False) for child in node._children)
    _inner_from_zero(order)
    self.grad = 1.0
    for node in reversed(order):
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad += local * node.grad
