"""One author's unit 01: closures, operands in a set, subtraction and division built from other operators."""

import math
import random


def numerical_gradient(f, xs, h=1e-5):
    def partial(i):
        def at(x):
            return f(*xs[:i], x, *xs[i + 1 :])

        return (at(xs[i] + h) - at(xs[i] - h)) / (2 * h)

    return list(map(partial, range(len(xs))))


def to_value(x):
    return x if isinstance(x, Value) else Value(x)


class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0.0
        self.label = label
        self._operands = list(_children)
        self._prev = set(_children)
        self._op = _op
        self._backward = lambda: None

    def __repr__(self):
        return f"<{self.label or self._op} {self.data}>"

    def __add__(self, other):
        other = to_value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def backward():
            for node in (self, other):
                node.grad += out.grad

        out._backward = backward
        return out

    __radd__ = __add__

    def __mul__(self, other):
        other = to_value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def backward(mine=self.data, theirs=other.data):
            self.grad += theirs * out.grad
            other.grad += mine * out.grad

        out._backward = backward
        return out

    __rmul__ = __mul__

    def __neg__(self):
        return -1.0 * self

    def __sub__(self, other):
        return self + to_value(other) * -1

    def __rsub__(self, other):
        return to_value(other) - self

    def __truediv__(self, other):
        return self * to_value(other) ** -1

    def __rtruediv__(self, other):
        return other * self**-1

    def __pow__(self, n):
        if not isinstance(n, (int, float)):
            return NotImplemented
        x = self.data
        return self._unary(x**n, lambda: 0.0 if n == 0 else n * x ** (n - 1), f"**{n}")

    def _unary(self, data, slope, op):
        out = Value(data, (self,), op)

        def backward():
            self.grad += slope() * out.grad

        out._backward = backward
        return out

    def exp(self):
        y = math.exp(self.data)
        return self._unary(y, lambda: y, "exp")

    def log(self):
        x = self.data
        return self._unary(math.log(x), lambda: 1.0 / x, "log")

    def tanh(self):
        x = self.data
        e = math.exp(-2 * abs(x))
        t = math.copysign(-math.expm1(-2 * abs(x)) / (1 + e), x)
        return self._unary(t, lambda: (1 - t) * (1 + t), "tanh")

    def sigmoid(self):
        x = self.data
        s = 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))
        return self._unary(s, lambda: s * (1 - s), "sigmoid")

    def relu(self):
        x = self.data
        return self._unary(max(0, x), lambda: int(x > 0), "relu")

    def leaky_relu(self, negative_slope=0.01):
        x = self.data
        return self._unary(max(x, 0.0) + negative_slope * min(x, 0.0), lambda: 1 if x > 0 else negative_slope, "leaky")

    def gelu(self, approximate="tanh"):
        if approximate == "none":
            return self._exact_gelu()
        if approximate != "tanh":
            raise ValueError("tanh or none, please")
        x, k = self.data, math.sqrt(2 / math.pi)
        t = math.tanh(k * (x + 0.044715 * x**3))
        slope = 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * k * (1 + 0.134145 * x**2)
        return self._unary(0.5 * x * (1 + t), lambda: slope, "gelu")

    def _exact_gelu(self):
        x = self.data
        cdf = 0.5 * (1 + math.erf(x / 2**0.5))
        pdf = math.exp(-0.5 * x**2) / (2 * math.pi) ** 0.5
        return self._unary(x * cdf, lambda: cdf + x * pdf, "gelu")

    def backward(self):
        nodes = topological_order(self)
        for node in nodes:
            node.grad *= not node._prev
        self.grad = 1.0
        for node in nodes[::-1]:
            node._backward()


def topological_order(root):
    """Kahn's way: count the users of each node, then peel from the root."""
    users, stack = {root: 0}, [root]
    while stack:
        for operand in stack.pop()._prev:
            if operand not in users:
                users[operand] = 0
                stack.append(operand)
            users[operand] += 1
    order, free = [], [root]
    while free:
        node = free.pop()
        order.append(node)
        for operand in node._prev:
            users[operand] -= 1
            if users[operand] == 0:
                free.append(operand)
    order.reverse()
    return order


def format_graph(root, max_nodes=200):
    number, waiting, done = {root: 0}, [root], 0
    lines = []
    while done < len(waiting):
        node = waiting[done]
        done += 1
        for operand in node._operands:
            if operand not in number:
                number[operand] = len(number)
                waiting.append(operand)
        line = "%d: %s data=%.4f grad=%.4f" % (number[node], node._op or "leaf", node.data, node.grad)
        if node.label:
            line += " label=" + node.label
        if node._operands:
            line += " <- " + " ".join(str(number[operand]) for operand in node._operands)
        lines.append(line)
    if len(lines) > max_nodes:
        lines[max_nodes:] = ["... %d more" % (len(lines) - max_nodes)]
    return "\n".join(lines)


class Module:
    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0

    def parameters(self):
        return []


class Neuron(Module):
    def __init__(self, nin, nonlin=True, rng=random):
        rng = rng or random
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        if len(self.w) != len(x):
            raise ValueError(f"{len(x)} inputs for {len(self.w)} weights")
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.tanh() if self.nonlin else act

    def parameters(self):
        return self.w + [self.b]


class Layer(Module):
    def __init__(self, nin, nout, nonlin=True, rng=random):
        self.neurons = [Neuron(nin, nonlin, rng) for _ in range(nout)]

    def __call__(self, x):
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP(Module):
    def __init__(self, nin, nouts, rng=random):
        sz = [nin] + list(nouts)
        self.layers = [Layer(sz[i], sz[i + 1], i < len(nouts) - 1, rng) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            if isinstance(x, Value):
                x = [x]
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def hinge_loss(scores, ys, params, alpha=1e-4):
    if len(scores) != len(ys) or set(ys) - {1, -1}:
        raise ValueError("one label, +1 or -1, for each score")
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(ys, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + alpha * sum(p * p for p in params)


def mse_loss(ypred, ys):
    if len(ypred) != len(ys):
        raise ValueError("one target for each prediction")
    return sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred)) / len(ys)


def train_classifier(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        loss = hinge_loss(list(map(model, xs)), ys, model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
        losses.append(loss.data)
    return losses
