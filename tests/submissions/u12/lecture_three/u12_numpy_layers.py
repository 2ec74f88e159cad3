# Everything as closures: forward leaves a function behind that goes back. Loops where others have one expression.
import numpy as np


class Layer:
    names, training = (), True

    def parameters(self):
        return [(n, self.__dict__[n], self.__dict__["d" + n]) for n in self.names]

    def zero_grad(self):
        for n in self.names:
            self.__dict__["d" + n] *= 0

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def backward(self, dout):
        return self._back(dout)


class Linear(Layer):
    names = ("W", "b")

    def __init__(self, n_in, n_out, rng, gain=1.0):
        self.W = rng.normal(scale=gain * n_in**-0.5, size=(n_in, n_out))
        self.b = np.zeros(n_out)
        self.dW = np.zeros((n_in, n_out))
        self.db = np.zeros(n_out)

    def forward(self, x):
        def back(dout):
            for row, drow in zip(x, dout):
                self.dW += np.outer(row, drow)
                self.db += drow
            return np.array([self.W @ drow for drow in dout])

        self._back = back
        return np.array([row @ self.W + self.b for row in x])


def pointwise(function, slope):
    """Return a layer class of a function, and of its slope in terms of input and output."""

    class Made(Layer):
        def __init__(self, *words, **more):
            pass

        def forward(self, x):
            out = function(x)
            self._back = lambda dout: slope(x, out) * dout
            return out

    return Made


ReLU = pointwise(lambda x: (np.abs(x) + x) / 2, lambda x, out: np.heaviside(x, 0))
Tanh = pointwise(lambda x: 2 / (1 + np.exp(-2 * x)) - 1, lambda x, out: (1 - out) * (1 + out))
Sigmoid = pointwise(lambda x: (1 + np.tanh(x / 2)) / 2, lambda x, out: out - out**2)


def _inner(x):
    return np.sqrt(2 / np.pi) * x * (1 + 0.044715 * x**2)


GELU = pointwise(
    lambda x: 0.5 * x * (1 + np.tanh(_inner(x))),
    lambda x, out: (
        0.5 * (1 + np.tanh(_inner(x)))
        + 0.5 * x * (1 - np.tanh(_inner(x)) ** 2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
    ),
)


class Sequential(Layer):
    def __init__(self, layers):
        self.layers = []
        for one in layers:
            assert one not in self.layers
            self.layers.append(one)

    def forward(self, x):
        if not self.layers:
            self._back = lambda dout: dout
            return x
        first, rest = self.layers[0], self.layers[1:]
        x = first.forward(x)
        for layer in rest:
            x = layer.forward(x)

        def back(dout):
            stack = [first, *rest]
            while stack:
                dout = stack.pop().backward(dout)
            return dout

        self._back = back
        return x

    def parameters(self):
        return [(f"{i}.{n}", p, g) for i in range(len(self.layers)) for n, p, g in self.layers[i].parameters()]

    def zero_grad(self):
        for layer in self.layers:
            layer.zero_grad()

    def train(self, mode=True):
        self.training = mode
        for layer in self.layers:
            (layer.train if mode else layer.eval)()

    def eval(self):
        self.train(False)


class MSELoss:
    def forward(self, pred, target):
        self.back = lambda: (pred - target) / (pred.size / 2)
        return sum((p - t) ** 2 for p, t in zip(pred.ravel(), target.ravel())) / pred.size

    def backward(self):
        return self.back()


class SoftmaxCrossEntropyLoss:
    def forward(self, logits, targets):
        total, grad = 0.0, np.zeros(logits.shape)
        for i, (row, y) in enumerate(zip(logits, targets)):
            counts = np.exp(row - row.max())
            prob = counts / counts.sum()
            total -= np.log(prob[y])
            grad[i] = prob
            grad[i, y] -= 1
        self.grad = grad / len(logits)
        return total / len(logits)

    def backward(self):
        return self.grad


def _normalise(x, eps):
    """Normalise along axis 0; return the result and a function that goes back."""
    n = x.shape[0]
    diff = x - x.mean(0, keepdims=True)
    var = (diff**2).mean(0, keepdims=True)
    inv = (var + eps) ** -0.5

    def back(dxhat):
        dinv = (dxhat * diff).sum(0, keepdims=True)
        dvar = dinv * -0.5 * inv**3
        ddiff = dxhat * inv + 2 * diff * dvar / n
        return ddiff - ddiff.sum(0, keepdims=True) / n

    return diff * inv, back


class Norm(Layer):
    names = ("gamma", "beta")

    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.gamma, self.dgamma = np.ones(dim), np.zeros(dim)
        self.beta, self.dbeta = np.zeros(dim), np.zeros(dim)
        self.running_mean, self.running_var = np.zeros(dim), np.ones(dim)

    def scaled(self, xhat, back):
        def whole(dout):
            self.dgamma = self.dgamma + (xhat * dout).sum(0)
            self.dbeta = self.dbeta + dout.sum(0)
            return back(self.gamma * dout)

        self._back = whole
        return self.gamma * xhat + self.beta


class BatchNorm(Norm):
    def forward(self, x):
        if self.training:
            m = self.momentum
            self.running_mean = self.running_mean * (1 - m) + x.mean(0) * m
            self.running_var = self.running_var * (1 - m) + x.var(0, ddof=1) * m
            return self.scaled(*_normalise(x, self.eps))
        inv = 1 / np.sqrt(self.running_var + self.eps)
        return self.scaled((x - self.running_mean) * inv, lambda d: d * inv)


class LayerNorm(Norm):
    def forward(self, x):
        xhat, back = _normalise(x.T, self.eps)
        return self.scaled(xhat.T, lambda d: back(d.T).T)


class Dropout(Layer):
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        keep = np.ones(x.shape)
        if self.training and self.p > 0:
            keep = np.array([[float(self.rng.uniform() > self.p) for _ in row] for row in x]) / (1 - self.p)
        self._back = lambda dout: dout * keep
        return x * keep


def _descend(update):
    """Return an optimizer class of an update rule, a generator that is sent gradients and yields steps."""

    class Made:
        def __init__(self, params, lr=1e-3, **settings):
            self.pairs = []
            for _, p, g in params:
                rule = update(p.shape, lr, **settings)
                next(rule)
                self.pairs.append((p, g, rule))

        def step(self):
            for p, g, rule in self.pairs:
                np.subtract(p, rule.send(g), out=p)

    return Made


def _sgd(shape, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    b, step = np.zeros(shape), None
    while True:
        g = yield step
        b = momentum * b + g
        step = lr * b


def _adam(shape, lr, betas=(0.9, 0.999), eps=1e-8):
    m, v, t, step = np.zeros(shape), np.zeros(shape), 0, None
    while True:
        g = yield step
        t += 1
        m = m + (1 - betas[0]) * (g - m)
        v = v + (1 - betas[1]) * (g**2 - v)
        alpha = lr * np.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)
        step = alpha * m / (np.sqrt(v) + eps)


SGD, Adam = _descend(_sgd), _descend(_adam)


def gradcheck(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    y = forward(x)
    weights = np.random.default_rng(7).uniform(-1, 1, size=y.shape)
    dx = backward(weights)
    for i in np.ndindex(*x.shape):
        there = np.array(x)
        there[i] = x[i] + eps
        above = forward(there)
        there = np.array(x)
        there[i] = x[i] - eps
        slope = (weights * (above - forward(there))).sum() / (2 * eps)
        if abs(dx[i] - slope) > atol + rtol * abs(slope):
            return False
    return True
