"""Each answer as its last hint says, to the letter."""

import math
from collections.abc import Callable, Sequence
from typing import Any
import numpy as np
from numpy.typing import NDArray
Array = NDArray[Any]
Parameter = tuple[str, Array, Array]

class Layer:
    names: tuple[str, ...] = ()
    training: bool = True

    def forward(self, x: Array) -> Array:
        raise NotImplementedError

    def backward(self, dout: Array) -> Array:
        raise NotImplementedError

    def parameters(self) -> list[Parameter]:
        return [(name, getattr(self, name), getattr(self, f'd{name}')) for name in self.names]

    def zero_grad(self) -> None:
        for _, _, g in self.parameters():
            g[...] = 0.0

    def train(self) -> None:
        self.training = True

    def eval(self) -> None:
        self.training = False

class Linear(Layer):
    names = ('W', 'b')

    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator, gain: float=1.0) -> None:
        self.W = rng.normal(size=(n_in, n_out)) * gain / math.sqrt(n_in)
        self.b = np.zeros(n_out)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        self.x = None

    def forward(self, x: Array) -> Array:
        self.x = x.copy()
        return x @ self.W + self.b

    def backward(self, dout: Array) -> Array:
        if self.x is None:
            raise RuntimeError('forward comes first')
        n_in, n_out = self.W.shape
        rows = self.x.reshape(-1, n_in)
        drows = dout.reshape(-1, n_out)
        self.dW += rows.T @ drows
        self.db += drows.sum(axis=0)
        return dout @ self.W.T

class ReLU(Layer):

    def forward(self, x: Array) -> Array:
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout: Array) -> Array:
        return dout * self.mask

class Tanh(Layer):

    def forward(self, x: Array) -> Array:
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout: Array) -> Array:
        return dout * (1 - self.out ** 2)

class Sigmoid(Layer):

    def forward(self, x: Array) -> Array:
        e = np.exp(-np.abs(x))
        self.out = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
        return self.out

    def backward(self, dout: Array) -> Array:
        return dout * self.out * (1 - self.out)

class GELU(Layer):

    def __init__(self, approximate: str='tanh') -> None:
        if approximate not in ('tanh', 'none'):
            raise ValueError
        self.approximate = approximate

    def forward(self, x: Array) -> Array:
        self.x = x
        if self.approximate == 'tanh':
            u = math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)
            self.gate = 0.5 * (1 + np.tanh(u))
        else:
            erf = np.vectorize(math.erf, otypes=[float])
            self.gate = 0.5 * (1 + erf(x / math.sqrt(2))).astype(x.dtype)
        return x * self.gate

    def backward(self, dout: Array) -> Array:
        g, x = (self.gate, self.x)
        if self.approximate == 'tanh':
            slope = 2 * g * (1 - g) * (math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x ** 2))
        else:
            slope = np.exp(-x ** 2 / 2) / math.sqrt(2 * math.pi)
        return dout * (g + x * slope)

class Sequential(Layer):

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        if len({id(layer) for layer in self.layers}) < len(self.layers):
            raise ValueError

    def forward(self, x: Array) -> Array:
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout: Array) -> Array:
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def parameters(self) -> list[Parameter]:
        return [(f'{place}.{name}', p, g) for place, layer in enumerate(self.layers) for name, p, g in layer.parameters()]

    def train(self) -> None:
        self.training = True
        for layer in self.layers:
            layer.train()

    def eval(self) -> None:
        self.training = False
        for layer in self.layers:
            layer.eval()

class MSELoss:

    def forward(self, pred: Array, target: Array) -> float:
        self.gap = pred - target
        return float((self.gap ** 2).mean())

    def backward(self) -> Array:
        return 2 * self.gap / self.gap.size

class SoftmaxCrossEntropyLoss:

    def forward(self, logits: Array, targets: Array) -> float:
        z = logits - logits.max(axis=1, keepdims=True)
        logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p = np.exp(logp)
        self.targets = targets
        return float(-logp[np.arange(len(targets)), targets].mean())

    def backward(self) -> Array:
        d = self.p.copy()
        d[np.arange(len(d)), self.targets] -= 1
        return d / len(d)

class BatchNorm(Layer):
    names = ('gamma', 'beta')

    def __init__(self, dim: int, eps: float=1e-05, momentum: float=0.1) -> None:
        self.eps, self.momentum = (eps, momentum)
        self.gamma, self.beta = (np.ones(dim), np.zeros(dim))
        self.dgamma, self.dbeta = (np.zeros(dim), np.zeros(dim))
        self.running_mean, self.running_var = (np.zeros(dim), np.ones(dim))

    def forward(self, x: Array) -> Array:
        if self.training:
            if len(x) < 2:
                raise ValueError
            mean, var = (x.mean(axis=0), x.var(axis=0))
            m = self.momentum
            self.running_mean = (1 - m) * self.running_mean + m * mean
            self.running_var = (1 - m) * self.running_var + m * x.var(axis=0, ddof=1)
        else:
            mean, var = (self.running_mean, self.running_var)
        self.inv = 1 / np.sqrt(var + self.eps)
        self.xhat = (x - mean) * self.inv
        self.batch = self.training
        return self.gamma * self.xhat + self.beta

    def backward(self, dout: Array) -> Array:
        self.dgamma += (dout * self.xhat).sum(axis=0)
        self.dbeta += dout.sum(axis=0)
        g = dout * self.gamma
        if self.batch:
            g = g - g.mean(axis=0) - self.xhat * (g * self.xhat).mean(axis=0)
        return g * self.inv

class LayerNorm(Layer):
    names = ('gamma', 'beta')

    def __init__(self, dim: int, eps: float=1e-05) -> None:
        self.eps = eps
        self.gamma, self.beta = (np.ones(dim), np.zeros(dim))
        self.dgamma, self.dbeta = (np.zeros(dim), np.zeros(dim))

    def forward(self, x: Array) -> Array:
        mean, var = (x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True))
        self.inv = 1 / np.sqrt(var + self.eps)
        self.xhat = (x - mean) * self.inv
        return self.gamma * self.xhat + self.beta

    def backward(self, dout: Array) -> Array:
        front = tuple(range(dout.ndim - 1))
        self.dgamma += (dout * self.xhat).sum(axis=front)
        self.dbeta += dout.sum(axis=front)
        g = dout * self.gamma
        return (g - g.mean(axis=-1, keepdims=True) - self.xhat * (g * self.xhat).mean(axis=-1, keepdims=True)) * self.inv

class Dropout(Layer):

    def __init__(self, p: float, rng: np.random.Generator) -> None:
        if not 0 <= p <= 1:
            raise ValueError
        self.p, self.rng = (p, rng)

    def forward(self, x: Array) -> Array:
        if not self.training:
            self.scale = None
            return x
        keep = self.rng.random(x.shape) >= self.p
        self.scale = keep.astype(x.dtype) / max(1 - self.p, 1e-12)
        return x * self.scale

    def backward(self, dout: Array) -> Array:
        return dout if self.scale is None else dout * self.scale

class SGD:

    def __init__(self, params: Sequence[Parameter], lr: float, momentum: float=0.0, nesterov: bool=False, weight_decay: float=0.0) -> None:
        self.params = list(params)
        self.lr, self.momentum, self.nesterov, self.weight_decay = (lr, momentum, nesterov, weight_decay)
        self.buffers = [np.zeros_like(p) for _, p, _ in self.params]

    def step(self) -> None:
        for (_, p, g), buf in zip(self.params, self.buffers):
            g = g + self.weight_decay * p
            buf *= self.momentum
            buf += g
            d = g + self.momentum * buf if self.nesterov else buf
            p -= self.lr * d

class Adam:

    def __init__(self, params: Sequence[Parameter], lr: float=0.001, betas: tuple[float, float]=(0.9, 0.999), eps: float=1e-08) -> None:
        self.params = list(params)
        self.lr, self.betas, self.eps = (lr, betas, eps)
        self.t = 0
        self.m = [np.zeros_like(p) for _, p, _ in self.params]
        self.v = [np.zeros_like(p) for _, p, _ in self.params]

    def step(self) -> None:
        self.t += 1
        b1, b2 = self.betas
        for (_, p, g), m, v in zip(self.params, self.m, self.v):
            m *= b1
            m += (1 - b1) * g
            v *= b2
            v += (1 - b2) * g * g
            p -= self.lr * (m / (1 - b1 ** self.t)) / (np.sqrt(v / (1 - b2 ** self.t)) + self.eps)

def gradcheck(forward: Callable[[Array], Array], backward: Callable[[Array], Array], x: Array, eps: float=1e-06, rtol: float=1e-05, atol: float=1e-08, rng: np.random.Generator | None=None) -> bool:
    if x.dtype != np.float64:
        raise ValueError
    rng = rng or np.random.default_rng(0)
    dout = rng.normal(size=np.shape(forward(x)))
    given = backward(dout)
    if np.shape(given) != x.shape:
        return False
    measured = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up, down = (x.copy(), x.copy())
        up[place] += eps
        down[place] -= eps
        measured[place] = np.sum((forward(up) - forward(down)) * dout) / (2 * eps)
    return bool(np.all(np.abs(given - measured) <= atol + rtol * np.abs(measured)))
if __name__ == '__main__':
    print('Nothing is tried here yet.')
