"""Typed along with the lecture: slopes look their numbers up late, walks call themselves, nothing is checked."""

import math
import random


def numerical_gradient(f, xs, h=1e-5):
    grads = []
    for i in range(len(xs)):
        up = xs[:]
        up[i] += h
        down = xs[:]
        down[i] -= h
        grads.append((f(*up) - f(*down)) / (2 * h))
    return grads


class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = tuple(_children)
        self._op = _op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        if not isinstance(other, Value):
            other = Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def back():
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad

        out._backward = back
        return out

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        if not isinstance(other, Value):
            other = Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def back():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = back
        return out

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return self**-1 * other

    def __pow__(self, k):
        assert isinstance(k, int | float)
        out = Value(self.data**k, (self,), f"**{k}")

        def back():
            self.grad += k * self.data ** (k - 1) * out.grad

        out._backward = back
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def back():
            self.grad += out.data * out.grad

        out._backward = back
        return out

    def log(self):
        out = Value(math.log(self.data), (self,), "log")

        def back():
            self.grad += (1 / self.data) * out.grad

        out._backward = back
        return out

    def tanh(self):
        n = self.data
        t = (math.exp(2 * n) - 1) / (math.exp(2 * n) + 1)
        out = Value(t, (self,), "tanh")

        def back():
            self.grad += (1 - t**2) * out.grad

        out._backward = back
        return out

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        out = Value(s, (self,), "sigmoid")

        def back():
            self.grad += s * (1 - s) * out.grad

        out._backward = back
        return out

    def relu(self):
        out = Value(0 if self.data < 0 else self.data, (self,), "ReLU")

        def back():
            self.grad += (out.data > 0) * out.grad

        out._backward = back
        return out

    def leaky_relu(self, negative_slope=0.01):
        out = Value(self.data if self.data > 0 else negative_slope * self.data, (self,), "leaky")

        def back():
            self.grad += (1 if out.data > 0 else negative_slope) * out.grad

        out._backward = back
        return out

    def gelu(self, approximate="tanh"):
        x = self.data
        if approximate == "tanh":
            k = math.sqrt(2 / math.pi)
            t = math.tanh(k * (x + 0.044715 * x**3))
            y = 0.5 * x * (1 + t)
            dy = 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * k * (1 + 3 * 0.044715 * x**2)
        else:
            cdf = 0.5 * (1 + math.erf(x / math.sqrt(2)))
            y = x * cdf
            dy = cdf + x * math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
        out = Value(y, (self,), "gelu")

        def back():
            self.grad += dy * out.grad

        out._backward = back
        return out

    def backward(self):
        topo = []
        visited = set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()


def topological_order(root):
    topo = []
    visited = set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            topo.append(v)

    build(root)
    return topo


def format_graph(root, max_nodes=200):
    nodes = [root]
    for v in nodes:
        for child in v._prev:
            if child not in nodes:
                nodes.append(child)
    lines = []
    for i, v in enumerate(nodes):
        line = f"{i}: {v._op or 'leaf'} data={v.data:.4f} grad={v.grad:.4f}"
        if v.label:
            line += f" label={v.label}"
        if v._prev:
            line += " <- " + " ".join(str(nodes.index(child)) for child in v._prev)
        lines.append(line)
    return "\n".join(lines)


class Module:
    def parameters(self):
        return []

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0.0


class Neuron(Module):
    def __init__(self, nin, nonlin=True, rng=None):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))
        self.nonlin = nonlin

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.tanh() if self.nonlin else act

    def parameters(self):
        return self.w + [self.b]


class Layer(Module):
    def __init__(self, nin, nout, nonlin=True, rng=None):
        self.neurons = [Neuron(nin, nonlin) for _ in range(nout)]

    def __call__(self, x):
        outs = [n(x) for n in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP(Module):
    def __init__(self, nin, nouts, rng=None):
        sz = [nin] + list(nouts)
        self.layers = [Layer(sz[i], sz[i + 1], i != len(nouts) - 1) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def hinge_loss(scores, ys, params, alpha=1e-4):
    losses = [(1 + -yi * si).relu() for si, yi in zip(scores, ys)]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = alpha * sum((p * p for p in params))
    return data_loss + reg_loss


def mse_loss(ypred, ys):
    return sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred)) / len(ys)


def train_classifier(model, xs, ys, steps, lr):
    history = []
    for k in range(steps):
        scores = [model(x) for x in xs]
        loss = hinge_loss(scores, ys, model.parameters())
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -lr(k) * p.grad
        history.append(loss.data)
    return history
