"""After the author's later, shorter engine: nodes keep their children and the slopes in them, and no functions."""

import math
import random


def numerical_gradient(f, xs, h=1e-5):
    def at(i, d):
        ys = list(xs)
        ys[i] += d
        return f(*ys)

    return [(at(i, h) - at(i, -h)) / (2 * h) for i in range(len(xs))]


class Value:
    __slots__ = ("data", "grad", "label", "_children", "_grads", "_name")

    def __init__(self, data, children=(), grads=(), name="", label=""):
        self.data = data
        self.grad = 0
        self.label = label
        self._children = children
        self._grads = grads
        self._name = name

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1, 1), "+")

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data), "*")

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __pow__(self, other):
        return Value(self.data**other, (self,), (other * self.data ** (other - 1),), "**")

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def exp(self):
        return Value(math.exp(self.data), (self,), (math.exp(self.data),), "exp")

    def log(self):
        return Value(math.log(self.data), (self,), (1 / self.data,), "log")

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t**2,), "tanh")

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        return Value(s, (self,), (s * (1 - s),), "sigmoid")

    def relu(self):
        return Value(max(0, self.data), (self,), (float(self.data > 0),), "relu")

    def leaky_relu(self, negative_slope=0.01):
        slope = 1 if self.data > 0 else negative_slope
        return Value(slope * self.data, (self,), (slope,), "leaky")

    def gelu(self, approximate="tanh"):
        x = self.data
        if approximate == "none":
            cdf = (1 + math.erf(x / math.sqrt(2))) / 2
            pdf = math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
            return Value(x * cdf, (self,), (cdf + x * pdf,), "gelu")
        c = (2 / math.pi) ** 0.5
        t = math.tanh(c * (x + 0.044715 * x**3))
        slope = (1 + t) / 2 + x / 2 * (1 - t * t) * c * (1 + 0.134145 * x**2)
        return Value(x * (1 + t) / 2, (self,), (slope,), "gelu")

    def backward(self):
        self.grad = 1
        for v in reversed(topological_order(self)):
            for child, local_grad in zip(v._children, v._grads):
                child.grad += local_grad * v.grad


def topological_order(root):
    topo, visited = [], set()

    def visit(v):
        if v in visited:
            return
        visited.add(v)
        for child in v._children:
            visit(child)
        topo.append(v)

    visit(root)
    return topo


def format_graph(root, max_nodes=200):
    nodes, i = [root], 0
    while i < len(nodes):
        nodes += [c for c in dict.fromkeys(nodes[i]._children) if c not in nodes]
        i += 1
    where = {v: i for i, v in enumerate(nodes)}
    text = []
    for i, v in enumerate(nodes):
        row = f"{i}: {v._name or 'leaf'} data={v.data:.4f} grad={v.grad:.4f}"
        row += f" label={v.label}" if v.label else ""
        row += " <- " + " ".join(str(where[c]) for c in v._children) if v._children else ""
        text.append(row)
    return "\n".join(text)


class Module:
    def parameters(self):
        return []

    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0


class Neuron(Module):
    def __init__(self, nin, nonlin=True, rng=None):
        rng = rng or random
        self.weights = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.bias = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        total = sum([w * xi for w, xi in zip(self.weights, x)]) + self.bias
        return total.tanh() if self.nonlin else total

    def parameters(self):
        return self.weights + [self.bias]


class Layer(Module):
    def __init__(self, nin, nout, nonlin=True, rng=None):
        self.neurons = [Neuron(nin, nonlin, rng) for _ in range(nout)]

    def __call__(self, x):
        if len(self.neurons) == 1:
            return self.neurons[0](x)
        return [n(x) for n in self.neurons]

    def parameters(self):
        return sum([n.parameters() for n in self.neurons], [])


class MLP(Module):
    def __init__(self, nin, nouts, rng=None):
        dims = [nin] + list(nouts)
        self.layers = [Layer(a, b, True, rng) for a, b in zip(dims[:-2], dims[1:-1])]
        self.layers.append(Layer(dims[-2], dims[-1], False, rng))

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return sum([layer.parameters() for layer in self.layers], [])


def hinge_loss(scores, ys, params, alpha=1e-4):
    data = sum([(1 - y * s).relu() for y, s in zip(ys, scores)]) / len(ys)
    return data + alpha * sum([p * p for p in params])


def mse_loss(ypred, ys):
    return sum([(p - y) * (p - y) for p, y in zip(ypred, ys)]) / len(ys)


def train_classifier(model, xs, ys, steps, lr):
    out = []
    for step in range(steps):
        loss = hinge_loss([model(x) for x in xs], ys, model.parameters())
        out.append(loss.data)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= lr(step) * p.grad
    return out
