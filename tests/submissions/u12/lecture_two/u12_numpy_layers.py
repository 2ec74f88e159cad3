# In the manner of needle: modules over operations, each operation with a forward and a gradient of its own.
import math

import numpy as np


class Module:
    names = ()
    training = True

    def _children(self):
        return []

    def parameters(self):
        return [(n, getattr(self, n), getattr(self, f"d{n}")) for n in self.names]

    def zero_grad(self):
        for _, _, g in self.parameters():
            g.fill(0)

    def train(self):
        self._switch(True)

    def eval(self):
        self._switch(False)

    def _switch(self, on):
        self.training = on
        for child in self._children():
            child.train() if on else child.eval()


Layer = Module


class MatMul:
    def compute(self, a, b):
        self.inputs = a, b
        return a @ b

    def gradient(self, out_grad):
        a, b = self.inputs
        ga, gb = out_grad @ np.swapaxes(b, -1, -2), np.swapaxes(a, -1, -2) @ out_grad
        while gb.ndim > b.ndim:
            gb = gb.sum(axis=0)
        return ga, gb


class BroadcastAdd:
    def compute(self, a, b):
        self.shape = b.shape
        return a + np.broadcast_to(b, a.shape)

    def gradient(self, out_grad):
        gb = out_grad
        while gb.ndim > len(self.shape):
            gb = gb.sum(axis=0)
        return out_grad, gb


class Linear(Module):
    names = ("W", "b")

    def __init__(self, in_features, out_features, rng, gain=1.0):
        std = gain / math.sqrt(in_features)
        self.W = rng.normal(0.0, std, (in_features, out_features))
        self.b = np.zeros((out_features,))
        self.dW, self.db = np.zeros(self.W.shape), np.zeros(self.b.shape)
        self.mm, self.add = MatMul(), BroadcastAdd()

    def forward(self, X):
        return self.add.compute(self.mm.compute(X, self.W), self.b)

    def backward(self, out_grad):
        g, gb = self.add.gradient(out_grad)
        gx, gw = self.mm.gradient(g)
        self.dW += gw
        self.db += gb
        return gx


class Pointwise(Module):
    """A function and its derivative at the input."""

    def forward(self, x):
        self.node = x
        return self.f(x)

    def backward(self, out_grad):
        return out_grad * self.df(self.node)


class ReLU(Pointwise):
    def f(self, x):
        return np.where(x > 0, x, 0)

    def df(self, x):
        return np.where(x > 0, 1.0, 0.0)


class Tanh(Pointwise):
    def f(self, x):
        return np.tanh(x)

    def df(self, x):
        return 1 - np.tanh(x) ** 2


class Sigmoid(Pointwise):
    def f(self, x):
        return (1 + np.exp(-x)) ** (-1)

    def df(self, x):
        return self.f(x) * self.f(-x)


class GELU(Pointwise):
    def __init__(self, approximate="tanh"):
        pass

    def _u(self, x):
        return math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)

    def f(self, x):
        return x / 2 * (1 + np.tanh(self._u(x)))

    def df(self, x):
        # sech^2 by way of cosh
        du = math.sqrt(2 / math.pi) * (1 + 0.134145 * x * x)
        return (1 + np.tanh(self._u(x))) / 2 + x / 2 * du / np.cosh(self._u(x)) ** 2


class Sequential(Module):
    def __init__(self, modules):
        super().__init__()
        self.modules = tuple(modules)

    def _children(self):
        return self.modules

    def forward(self, x):
        from functools import reduce

        return reduce(lambda out, module: module.forward(out), self.modules, x)

    def backward(self, out_grad):
        from functools import reduce

        return reduce(lambda g, module: module.backward(g), self.modules[::-1], out_grad)

    def parameters(self):
        params = []
        for module in self.modules:
            params += module.parameters()
        return params


class MSELoss:
    def forward(self, pred, target):
        self.diff = pred - target
        return (self.diff * self.diff).sum() / self.diff.size

    def backward(self):
        return self.diff * (2 / self.diff.size)


class SoftmaxCrossEntropyLoss:
    def forward(self, logits, y):
        y_one_hot = np.eye(logits.shape[1])[y]
        top = logits.max(axis=1, keepdims=True)
        lse = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
        self.saved = logits, y_one_hot, lse
        return (lse - (logits * y_one_hot).sum(axis=1)).sum() / logits.shape[0]

    def backward(self):
        logits, y_one_hot, lse = self.saved
        return (np.exp(logits - lse[:, None]) - y_one_hot) / logits.shape[0]


class BatchNorm(Module):
    names = ("gamma", "beta")

    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.dim, self.eps, self.momentum = dim, eps, momentum
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.dgamma, self.dbeta = np.zeros(dim), np.zeros(dim)
        self.running_mean, self.running_var = np.zeros(dim), np.ones(dim)

    def forward(self, x):
        self.mode = self.training
        if self.training:
            n = x.shape[0]
            mean = x.sum(axis=0) / n
            var = ((x - mean) ** 2).sum(axis=0) / n
            self.running_mean += self.momentum * (mean - self.running_mean)
            self.running_var += self.momentum * (var * n / (n - 1) - self.running_var)
        else:
            mean, var = self.running_mean, self.running_var
        self.std = (var + self.eps) ** 0.5
        self.norm = (x - mean) / self.std
        return self.norm * self.gamma.reshape((1, self.dim)) + self.beta.reshape((1, self.dim))

    def backward(self, out_grad):
        n = out_grad.shape[0]
        self.dgamma += np.einsum("nd,nd->d", out_grad, self.norm)
        self.dbeta += out_grad.sum(axis=0)
        gnorm = out_grad * self.gamma
        if not self.mode:
            return gnorm / self.std
        # the Jacobian of the normalisation of one column, applied column by column
        return np.stack([self._column(gnorm[:, d], self.norm[:, d], n) / self.std[d] for d in range(self.dim)], axis=1)

    def _column(self, g, norm, n):
        J = np.eye(n) - 1 / n - np.outer(norm, norm) / n
        return J @ g


class LayerNorm(Module):
    names = ("gamma", "beta")

    def __init__(self, dim, eps=1e-5):
        self.dim, self.eps = dim, eps
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.dgamma, self.dbeta = np.zeros(dim), np.zeros(dim)

    def forward(self, x):
        self.mean = x.mean(axis=-1)[..., None]
        self.std = np.sqrt(((x - self.mean) ** 2).mean(axis=-1)[..., None] + self.eps)
        self.norm = (x - self.mean) / self.std
        return self.gamma * self.norm + self.beta

    def backward(self, out_grad):
        flat, norm = out_grad.reshape(-1, self.dim), self.norm.reshape(-1, self.dim)
        self.dgamma += (flat * norm).sum(axis=0)
        self.dbeta += flat.sum(axis=0)
        rows = flat * self.gamma
        grads = rows - rows.mean(axis=1, keepdims=True) - norm * (rows * norm).mean(axis=1, keepdims=True)
        return grads.reshape(out_grad.shape) / self.std


class Dropout(Module):
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        if not self.training:
            self.mask = np.ones_like(x)
            return x
        self.mask = self.rng.binomial(1, 1 - self.p, x.shape) / (1 - self.p)
        return x * self.mask

    def backward(self, out_grad):
        return self.mask * out_grad


class Optimizer:
    def __init__(self, params):
        self.params = params

    def step(self):
        raise NotImplementedError()


class SGD(Optimizer):
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params)
        self.lr, self.momentum, self.weight_decay, self.u = lr, momentum, weight_decay, {}

    def step(self):
        for i, (_, p, grad) in enumerate(self.params):
            grad = grad + self.weight_decay * p
            self.u[i] = self.momentum * self.u[i] + grad if i in self.u else grad.copy()
            p[:] = p - self.lr * self.u[i]


class Adam(Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params)
        self.lr, self.eps, self.t = lr, eps, 0
        self.beta1, self.beta2 = betas
        self.m, self.v = {}, {}

    def step(self):
        self.t += 1
        for i, (_, p, grad) in enumerate(self.params):
            self.m[i] = self.beta1 * self.m.get(i, 0) + (1 - self.beta1) * grad
            self.v[i] = self.beta2 * self.v.get(i, 0) + (1 - self.beta2) * grad**2
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            p[...] -= self.lr * m_hat / (v_hat**0.5 + self.eps)


def gradcheck(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    rng = rng or np.random.default_rng(42)
    out = forward(x)
    c = rng.standard_normal(out.shape)
    computed = backward(c)
    numerical = np.zeros(x.size)
    for i in range(x.size):
        shift = np.zeros(x.size)
        shift[i] = eps
        shift = shift.reshape(x.shape)
        f1 = (forward(x + shift) * c).sum()
        f2 = (forward(x - shift) * c).sum()
        numerical[i] = (f1 - f2) / (2 * eps)
    error = np.abs(computed.reshape(-1) - numerical)
    return bool((error <= atol + rtol * np.abs(numerical)).all())
