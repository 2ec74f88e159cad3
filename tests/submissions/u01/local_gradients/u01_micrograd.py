"""Another author's unit 01: no functions in the nodes; each node stores its parents and its slopes in them."""

import math
import random
from collections import deque


def numerical_gradient(f, xs, h=1e-5):
    out = []
    for i, x in enumerate(xs):
        args = list(xs)
        args[i] = x + h
        plus = f(*args)
        args[i] = x - h
        minus = f(*args)
        out.append((plus - minus) / (h + h))
    return out


class Value:
    """data, grad, and parallel tuples: parents and the slope in each."""

    def __init__(self, data, parents=(), op="", label="", slopes=()):
        self.data, self.grad, self.label = data, 0.0, label
        self.parents, self.slopes, self.op = parents, slopes, op

    def __repr__(self):
        return f"Value({self.data!r})"

    @staticmethod
    def lift(x):
        if isinstance(x, Value):
            return x
        return Value(x)

    def map(self, data, slope, op):
        return Value(data, (self,), op, slopes=(slope,))

    def __add__(self, other):
        other = Value.lift(other)
        return Value(self.data + other.data, (self, other), "+", slopes=(1.0, 1.0))

    def __radd__(self, other):
        return Value.lift(other) + self

    def __mul__(self, other):
        other = Value.lift(other)
        return Value(self.data * other.data, (self, other), "*", slopes=(other.data, self.data))

    def __rmul__(self, other):
        return Value.lift(other) * self

    def __neg__(self):
        return self.map(-self.data, -1.0, "neg")

    def __sub__(self, other):
        other = Value.lift(other)
        return Value(self.data - other.data, (self, other), "-", slopes=(1.0, -1.0))

    def __rsub__(self, other):
        return Value.lift(other) - self

    def __truediv__(self, other):
        other = Value.lift(other)
        q = self.data / other.data
        return Value(q, (self, other), "/", slopes=(1.0 / other.data, -q / other.data))

    def __rtruediv__(self, other):
        return Value.lift(other) / self

    def __pow__(self, n):
        if isinstance(n, Value):
            raise TypeError("only plain exponents")
        return self.map(self.data**n, n * self.data ** (n - 1) if n != 0 else 0, "**")

    def exp(self):
        y = math.exp(self.data)
        return self.map(y, y, "exp")

    def log(self):
        return self.map(math.log(self.data), 1 / self.data, "log")

    def tanh(self):
        t = math.tanh(self.data)
        return self.map(t, 1 - t**2, "tanh")

    def sigmoid(self):
        if self.data < 0:
            e = math.exp(self.data)
            s = e / (1 + e)
        else:
            s = 1 / (1 + math.exp(-self.data))
        return self.map(s, s * (1 - s), "sigmoid")

    def relu(self):
        return self.map(self.data, 1.0, "relu") if self.data > 0 else self.map(0.0, 0.0, "relu")

    def leaky_relu(self, negative_slope=0.01):
        k = 1.0 if self.data > 0 else negative_slope
        return self.map(k * self.data, k, "leaky_relu")

    def gelu(self, approximate="tanh"):
        x = self.data
        if approximate == "none":
            phi = math.erfc(-x / math.sqrt(2)) / 2
            return self.map(x * phi, phi + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi), "gelu")
        if approximate == "tanh":
            c, u = math.sqrt(2 / math.pi), x + 0.044715 * x * x * x
            t = math.tanh(c * u)
            return self.map(x * (1 + t) / 2, (1 + t) / 2 + x * (1 - t * t) / 2 * c * (1 + 3 * 0.044715 * x * x), "gelu")
        raise ValueError(approximate)

    def backward(self):
        order = topological_order(self)
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = 1.0
        while order:
            node = order.pop()
            for parent, slope in zip(node.parents, node.slopes):
                parent.grad += slope * node.grad


def topological_order(root):
    """Depth first with iterators in place of recursion."""
    done, path, order = {id(root)}, [(root, iter(root.parents))], []
    while path:
        node, rest = path[-1]
        for parent in rest:
            if id(parent) not in done:
                done.add(id(parent))
                path.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            path.pop()
    return order


def format_graph(root, max_nodes=200):
    numbers, queue, nodes = {id(root): 0}, deque([root]), []
    while queue:
        node = queue.popleft()
        nodes.append(node)
        for parent in node.parents:
            if id(parent) not in numbers:
                numbers[id(parent)] = len(numbers)
                queue.append(parent)
    shown = [describe(node, numbers) for node in nodes[:max_nodes]]
    hidden = len(nodes) - len(shown)
    return "\n".join(shown + ([f"... {hidden} more"] if hidden else []))


def describe(node, numbers):
    words = [
        f"{numbers[id(node)]}:",
        node.op if node.parents else "leaf",
        f"data={node.data:.4f}",
        f"grad={node.grad:.4f}",
    ]
    if node.label != "":
        words.append(f"label={node.label}")
    if node.parents:
        words += ["<-", *(str(numbers[id(parent)]) for parent in node.parents)]
    return " ".join(words)


class Net:
    """Shared by all three kinds; there is no class Module here."""

    def zero_grad(self):
        for parameter in self.parameters():
            parameter.grad = 0.0


class Neuron(Net):
    def __init__(self, nin, nonlin=True, rng=None):
        draw = rng.uniform if rng is not None else random.uniform
        self.numbers = [Value(draw(-1, 1)) for _ in range(nin)] + [Value(0.0)]
        self.nonlin = nonlin

    def __call__(self, x):
        *weights, total = self.numbers
        for weight, value in zip(weights, x, strict=True):
            total = total + value * weight
        return total.tanh() if self.nonlin else total

    def parameters(self):
        return list(self.numbers)


class Layer(Net):
    def __init__(self, nin, nout, nonlin=True, rng=None):
        self.neurons = tuple(Neuron(nin, nonlin, rng) for _ in range(nout))

    def __call__(self, x):
        if len(self.neurons) == 1:
            return self.neurons[0](x)
        return [neuron(x) for neuron in self.neurons]

    def parameters(self):
        return sum((neuron.parameters() for neuron in self.neurons), [])


class MLP(Net):
    def __init__(self, nin, nouts, rng=None):
        self.layers = []
        for i, nout in enumerate(nouts):
            self.layers.append(Layer(nin, nout, nonlin=i + 1 < len(nouts), rng=rng))
            nin = nout

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x if isinstance(x, (list, tuple)) else [x])
        return x

    def parameters(self):
        return sum((layer.parameters() for layer in self.layers), [])


def hinge_loss(scores, ys, params, alpha=1e-4):
    for y in ys:
        if y != 1 and y != -1:
            raise ValueError(f"label {y}")
    total = Value(0.0)
    for score, y in zip(scores, ys, strict=True):
        total += (1 - score * y).relu()
    loss = total / len(ys)
    for p in params:
        loss += alpha * p**2
    return loss


def mse_loss(ypred, ys):
    total = Value(0.0)
    for prediction, y in zip(ypred, ys, strict=True):
        gap = prediction - y
        total = total + gap * gap
    return total / len(ys)


def train_classifier(model, xs, ys, steps, lr):
    history = []
    for step in range(steps):
        loss = hinge_loss([model(x) for x in xs], ys, model.parameters())
        history.append(float(loss.data))
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        rate = lr(step)
        for p in model.parameters():
            p.data = p.data - rate * p.grad
    return history
