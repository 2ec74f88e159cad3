"""After the engine that the lecture ends with: one wrap a line, lambdas, operators made of operators, no special case."""

import math
import random
from collections import deque


def numerical_gradient(f, xs, h=1e-5):
    xs, slopes = list(xs), []
    for i in range(len(xs)):
        old = xs[i]
        xs[i] = old + h
        f1 = f(*xs)
        xs[i] = old - h
        f2 = f(*xs)
        xs[i] = old
        slopes.append((f1 - f2) / (2 * h))
    return slopes


class Value:
    """A number and its gradient."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data, self.grad, self.label = data, 0, label
        self._backward, self._prev, self._op = lambda: None, _children, _op

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        s = Value(self.data + other.data, (self, other), "+")

        def step():
            self.grad += s.grad
            other.grad += s.grad

        s._backward = step
        return s

    __radd__ = __add__

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        p = Value(self.data * other.data, (self, other), "*")

        def step():
            self.grad += p.grad * other.data
            other.grad += p.grad * self.data

        p._backward = step
        return p

    __rmul__ = __mul__

    def _unary(self, y, op, slope):
        node = Value(y, (self,), op)

        def step():
            self.grad += slope() * node.grad

        node._backward = step
        return node

    def __pow__(self, n):
        assert isinstance(n, (int, float)), "int or float only"
        return self._unary(self.data**n, f"**{n}", lambda: n * self.data ** (n - 1))

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + -1 * other

    def __rsub__(self, other):
        return other + -self

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def exp(self):
        y = math.exp(self.data)
        return self._unary(y, "exp", lambda: math.exp(self.data))

    def log(self):
        return self._unary(math.log(self.data), "ln", lambda: 1.0 / self.data)

    def tanh(self):
        e = (2 * self).exp()
        return (e - 1) / (e + 1)

    def sigmoid(self):
        return 1 / (1 + (-self).exp())

    def relu(self):
        return self._unary(max(0, self.data), "relu", lambda: 1 if self.data >= 0 else 0)

    def leaky_relu(self, negative_slope=0.01):
        y = max(self.data, negative_slope * self.data)
        return self._unary(y, "leaky_relu", lambda: 1 if self.data >= 0 else negative_slope)

    def gelu(self, approximate="tanh"):
        if approximate == "tanh":
            inner = math.sqrt(2 / math.pi) * (self + 0.044715 * self**3)
            return 0.5 * self * (1 + inner.tanh())
        x = self.data
        phi = (1 + math.erf(x / 2**0.5)) / 2
        return self._unary(x * phi, "gelu", lambda: phi + x * math.exp(-0.5 * x * x) / (2 * math.pi) ** 0.5)

    def backward(self):
        self.grad = 1
        for node in topological_order(self)[::-1]:
            node._backward()


def topological_order(root, order=None, seen=None):
    if order is None:
        order, seen = [], set()
    if root not in seen:
        seen.add(root)
        for operand in root._prev:
            topological_order(operand, order, seen)
        order.append(root)
    return order


def format_graph(root, max_nodes=200):
    number, queue, rows = {root: 0}, deque([root]), []
    while queue:
        v = queue.popleft()
        for u in v._prev:
            if u not in number:
                number[u] = len(number)
                queue.append(u)
        name = v._op if v._op else "leaf"
        label = " label=" + v.label if v.label else ""
        arrow = " <- " + " ".join(str(number[u]) for u in v._prev) if v._prev else ""
        rows.append("%d: %s data=%.4f grad=%.4f%s%s" % (number[v], name, v.data, v.grad, label, arrow))
    return "\n".join(rows)


class Module:
    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0

    def parameters(self):
        return []


class Neuron(Module):
    def __init__(self, nin, nonlin=True, rng=random):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x):
        score = self.b
        for i in range(len(self.w)):
            score = score + self.w[i] * x[i]
        if self.nonlin:
            return score.tanh()
        return score

    def parameters(self):
        return [*self.w, self.b]


class Layer(Module):
    def __init__(self, nin, nout, **kwargs):
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x):
        out = [neuron(x) for neuron in self.neurons]
        if len(out) == 1:
            return out[0]
        return out

    def parameters(self):
        flat = []
        for neuron in self.neurons:
            flat.extend(neuron.parameters())
        return flat


class MLP(Module):
    def __init__(self, nin, nouts, rng=random):
        sizes = [nin, *nouts]
        self.layers = []
        for i in range(len(nouts)):
            self.layers.append(Layer(sizes[i], sizes[i + 1], nonlin=i < len(nouts) - 1, rng=rng))

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        flat = []
        for layer in self.layers:
            flat.extend(layer.parameters())
        return flat


def hinge_loss(scores, ys, params, alpha=1e-4):
    total = 0
    for score, y in zip(scores, ys):
        total += (1 - y * score).relu()
    reg = 0
    for p in params:
        reg += p**2
    return total / len(scores) + reg * alpha


def mse_loss(ypred, ys):
    loss = 0
    for p, y in zip(ypred, ys):
        loss += (p - y) ** 2
    return loss / len(ys)


def train_classifier(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        ypred = [model(x) for x in xs]
        loss = hinge_loss(ypred, ys, model.parameters())
        model.zero_grad()
        loss.backward()
        learning_rate = lr(k)
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return losses
