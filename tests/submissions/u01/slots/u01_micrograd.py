"""A third author's unit 01: slots, one `_backward` method for all nodes, numbers turned into floats at once."""

import math
from random import Random


def numerical_gradient(f, xs, h=1e-5):
    rows = [[[x + (i == j) * step for j, x in enumerate(xs)] for i in range(len(xs))] for step in (h, -h)]
    return [(f(*right) - f(*left)) / (2 * h) for right, left in zip(*rows)]


class Value:
    __slots__ = ("data", "grad", "label", "_prev", "_op", "_slopes")

    def __init__(self, data, _children=(), _op="", label="", _slopes=()):
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self._prev = _children
        self._op = _op
        self._slopes = _slopes

    def __repr__(self):
        return f"Value(data={self.data})"

    def _backward(self):
        for operand, slope in zip(self._prev, self._slopes):
            operand.grad += slope * self.grad

    def __add__(self, other):
        other = _value(other)
        return Value(self.data + other.data, (self, other), "+", "", (1, 1))

    def __mul__(self, other):
        other = _value(other)
        return Value(self.data * other.data, (self, other), "*", "", (other.data, self.data))

    def __neg__(self):
        return Value(-self.data, (self,), "-", "", (-1,))

    def __sub__(self, other):
        return self + (-_value(other))

    def __truediv__(self, other):
        other = _value(other)
        slopes = (1 / other.data, -self.data / other.data / other.data)
        return Value(self.data / other.data, (self, other), "/", "", slopes)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return _value(other) - self

    def __rtruediv__(self, other):
        return _value(other) / self

    def __pow__(self, n):
        if type(n) not in (int, float):
            raise TypeError(f"{type(n).__name__} is no exponent")
        slope = n * self.data ** (n - 1) if n else 0
        return Value(self.data**n, (self,), f"pow {n}", "", (slope,))

    def exp(self):
        y = math.exp(self.data)
        return Value(y, (self,), "exp", "", (y,))

    def log(self):
        return Value(math.log(self.data), (self,), "log", "", (1 / self.data,))

    def tanh(self):
        y = math.tanh(self.data)
        return Value(y, (self,), "tanh", "", (math.cosh(self.data) ** -2 if abs(y) < 1 else 0.0,))

    def sigmoid(self):
        e = math.exp(-abs(self.data))
        y = (1 if self.data >= 0 else e) / (1 + e)
        return Value(y, (self,), "sigmoid", "", (e / (1 + e) ** 2,))

    def relu(self):
        return self.leaky_relu(0.0)

    def leaky_relu(self, negative_slope=0.01):
        slope = 1.0 if self.data > 0.0 else negative_slope
        return Value(self.data * slope, (self,), "relu", "", (slope,))

    def gelu(self, approximate="tanh"):
        phi, density = {"tanh": _smooth_step, "none": _normal}.get(approximate, _refuse)(self.data)
        return Value(self.data * phi, (self,), "gelu", "", (phi + self.data * density,))

    def backward(self):
        order = topological_order(self)
        for node in order:
            node.grad = 0.0 if node._prev else node.grad
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


def _value(x):
    return x if isinstance(x, Value) else Value(x)


def _normal(x):
    return 0.5 + 0.5 * math.erf(x * 0.5**0.5), math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def _smooth_step(x):
    c = math.sqrt(2 / math.pi)
    t = math.tanh(c * (x + 0.044715 * x**3))
    return 0.5 + 0.5 * t, 0.5 * (1 - t * t) * (c + c * 0.134145 * x * x)


def _refuse(x):
    raise ValueError("approximate must be 'tanh' or 'none'")


def topological_order(root):
    order, state, stack = [], {}, [root]
    while stack:
        node = stack[-1]
        if id(node) not in state:
            state[id(node)] = "open"
            stack += [operand for operand in node._prev if id(operand) not in state]
            continue
        stack.pop()
        if state[id(node)] == "open":
            state[id(node)] = "done"
            order.append(node)
    return order


def format_graph(root, max_nodes=200):
    level, nodes, numbers = [root], [], {}
    while level:
        below = []
        for node in level:
            if id(node) not in numbers:
                numbers[id(node)] = len(nodes)
                nodes.append(node)
                below.extend(node._prev)
        level = below
    lines = [_line(node, numbers) for node in nodes]
    if len(lines) > max_nodes:
        lines = [*lines[:max_nodes], f"... {len(lines) - max_nodes} more"]
    return "\n".join(lines)


def _line(node, numbers):
    label = f" label={node.label}" if node.label else ""
    line = f"{numbers[id(node)]}: {node._op or 'leaf'} data={node.data:.4f} grad={node.grad:.4f}{label}"
    return line + (" <- " if node._prev else "") + " ".join(str(numbers[id(operand)]) for operand in node._prev)


class Module:
    def parameters(self):
        return [p for part in self.parts for p in ([part] if isinstance(part, Value) else part.parameters())]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0


class Neuron(Module):
    def __init__(self, nin, nonlin=True, rng=None, bias=0.0):
        rng = rng if rng else Random()
        self.parts = [*(Value(rng.uniform(-1.0, 1.0)) for _ in range(nin)), Value(bias)]
        self.nonlin = nonlin

    def __call__(self, x):
        if len(x) + 1 != len(self.parts):
            raise ValueError("wrong number of inputs")
        score = self.parts[-1]
        for w, v in zip(self.parts, x):
            score += w * v
        return score.tanh() if self.nonlin else score


class Layer(Module):
    def __init__(self, nin, nout, nonlin=True, rng=None):
        rng = rng if rng else Random()
        self.parts = [Neuron(nin, nonlin=nonlin, rng=rng) for _ in range(nout)]

    def __call__(self, x):
        out = [neuron(x) for neuron in self.parts]
        return out if len(out) > 1 else out.pop()


class MLP(Module):
    def __init__(self, nin, nouts, rng=None):
        rng = rng if rng else Random()
        *hidden, last = zip([nin, *nouts], nouts)
        self.parts = [Layer(*size, True, rng) for size in hidden] + [Layer(*last, False, rng)]

    def __call__(self, x):
        for layer in self.parts:
            y = layer(x)
            x = [y] if isinstance(y, Value) else y
        return y


def hinge_loss(scores, ys, params, alpha=1e-4):
    if not len(scores) == len(ys) == sum(abs(y) == 1 for y in ys):
        raise ValueError("labels are +1 or -1, one for each score")
    hinges = [(y * -s + 1).relu() for s, y in zip(scores, ys)]
    return sum(hinges) / len(hinges) + sum(p * p for p in params) * alpha


def mse_loss(ypred, ys):
    if len(ypred) != len(ys):
        raise ValueError("lengths differ")
    return sum((y - p) ** 2 for p, y in zip(ypred, ys)) * (1 / len(ys))


def train_classifier(model, xs, ys, steps, lr):
    parameters = model.parameters()

    def step(k):
        loss = hinge_loss([model(x) for x in xs], ys, parameters)
        model.zero_grad()
        loss.backward()
        for p in parameters:
            p.data -= lr(k) * p.grad
        return loss.data

    return [step(k) for k in range(steps)]
