"""What the last hint of each ladder says, to the letter, and nothing that no hint says."""

import math
import random


def numerical_gradient(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        right = list(xs)
        left = list(xs)
        right[i] += h
        left[i] -= h
        slopes.append((f(*right) - f(*left)) / ((xs[i] + h) - (xs[i] - h)))
    return slopes


class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op
        self._backward = lambda: None

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other):
        if not isinstance(other, Value):
            other = Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def function():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = function
        return out

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        if not isinstance(other, Value):
            other = Value(other)
        x, y = self.data, other.data
        out = Value(x * y, (self, other), "*")

        def function():
            self.grad += y * out.grad
            other.grad += x * out.grad

        out._backward = function
        return out

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        if not isinstance(other, Value):
            other = Value(other)
        x, y = self.data, other.data
        out = Value(x / y, (self, other), "/")

        def function():
            self.grad += out.grad / y
            other.grad -= x / y / y * out.grad

        out._backward = function
        return out

    def __rtruediv__(self, other):
        return Value(other) / self

    def __pow__(self, exponent):
        if isinstance(exponent, Value):
            raise TypeError("the exponent must be a plain number")
        x = self.data
        out = Value(x**exponent, (self,), "**")

        def function():
            slope = exponent * x ** (exponent - 1) if exponent else 0.0
            self.grad += slope * out.grad

        out._backward = function
        return out

    def exp(self):
        result = math.exp(self.data)
        out = Value(result, (self,), "exp")

        def function():
            self.grad += result * out.grad

        out._backward = function
        return out

    def log(self):
        x = self.data
        out = Value(math.log(x), (self,), "log")

        def function():
            self.grad += out.grad / x

        out._backward = function
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,), "tanh")

        def function():
            self.grad += (1 - t * t) * out.grad

        out._backward = function
        return out

    def sigmoid(self):
        x = self.data
        small = math.exp(-abs(x))
        s = 1 / (1 + small) if x >= 0 else small / (1 + small)
        out = Value(s, (self,), "sigmoid")

        def function():
            self.grad += s * (1 - s) * out.grad

        out._backward = function
        return out

    def relu(self):
        alive = self.data > 0
        out = Value(self.data if alive else 0.0, (self,), "relu")

        def function():
            if alive:
                self.grad += out.grad

        out._backward = function
        return out

    def leaky_relu(self, negative_slope=0.01):
        slope = 1.0 if self.data > 0 else negative_slope
        out = Value(slope * self.data, (self,), "leaky_relu")

        def function():
            self.grad += slope * out.grad

        out._backward = function
        return out

    def gelu(self, approximate="tanh"):
        x = self.data
        if approximate == "none":
            phi = (1 + math.erf(x / math.sqrt(2))) / 2
            slope_of_phi = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        elif approximate == "tanh":
            u = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
            t = math.tanh(u)
            phi = (1 + t) / 2
            slope_of_phi = (1 - t * t) / 2 * (math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2))
        else:
            raise ValueError(approximate)
        value = x * phi
        slope = phi + x * slope_of_phi
        out = Value(value, (self,), "gelu")

        def function():
            self.grad += slope * out.grad

        out._backward = function
        return out

    def backward(self):
        order = topological_order(self)
        for node in order:
            if node._prev:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


def topological_order(root):
    order, seen = [], set()
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            for operand in node._prev:
                stack.append((operand, False))
    return order


def format_graph(root, max_nodes=200):
    nodes = [root]
    numbers = {id(root): 0}
    for node in nodes:
        for operand in node._prev:
            if id(operand) not in numbers:
                numbers[id(operand)] = len(nodes)
                nodes.append(operand)
    lines = []
    for node in nodes[:max_nodes]:
        line = f"{numbers[id(node)]}: {node._op or 'leaf'} data={node.data:.4f} grad={node.grad:.4f}"
        if node.label:
            line += f" label={node.label}"
        if node._prev:
            line += " <- " + " ".join(str(numbers[id(operand)]) for operand in node._prev)
        lines.append(line)
    if len(nodes) > max_nodes:
        lines.append(f"... {len(nodes) - max_nodes} more")
    return "\n".join(lines)


class Module:
    def parameters(self):
        return []

    def zero_grad(self):
        for parameter in self.parameters():
            parameter.grad = 0.0


class Neuron(Module):
    def __init__(self, nin, nonlin=True, rng=None):
        rng = rng or random.Random()
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        if len(x) != len(self.w):
            raise ValueError("wrong number of inputs")
        score = self.b
        for w, v in zip(self.w, x):
            score = score + w * v
        return score.tanh() if self.nonlin else score

    def parameters(self):
        return self.w + [self.b]


class Layer(Module):
    def __init__(self, nin, nout, nonlin=True, rng=None):
        rng = rng or random.Random()
        self.neurons = [Neuron(nin, nonlin, rng) for _ in range(nout)]

    def __call__(self, x):
        outputs = [neuron(x) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP(Module):
    def __init__(self, nin, nouts, rng=None):
        rng = rng or random.Random()
        sizes = [nin, *nouts]
        self.layers = [Layer(sizes[i], sizes[i + 1], i != len(nouts) - 1, rng) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            if isinstance(x, Value):
                x = [x]
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def hinge_loss(scores, ys, params, alpha=1e-4):
    if len(scores) != len(ys):
        raise ValueError("lengths differ")
    for y in ys:
        if y not in (1, -1):
            raise ValueError("labels are +1 or -1")
    losses = [(1 - y * s).relu() for s, y in zip(scores, ys)]
    data_loss = sum(losses) / len(losses)
    return data_loss + alpha * sum(p * p for p in params)


def mse_loss(ypred, ys):
    if len(ypred) != len(ys):
        raise ValueError("lengths differ")
    return sum((p - y) ** 2 for p, y in zip(ypred, ys)) / len(ys)


def train_classifier(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        scores = [model(x) for x in xs]
        loss = hinge_loss(scores, ys, model.parameters())
        losses.append(loss.data)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
    return losses
