# In the manner of CS231n's assignments: functions with caches, wrapped into objects; gradients are overwritten.
import numpy as np


class Layer:
    names = ()
    training = True

    def parameters(self):
        return [(k, getattr(self, k), getattr(self, "d" + k)) for k in self.names]

    def zero_grad(self):
        for _, _, g in self.parameters():
            g[...] = 0.0

    def train(self):
        self.training = True

    def eval(self):
        self.training = False


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


class Linear(Layer):
    names = ("W", "b")

    def __init__(self, n_in, n_out, rng, gain=1.0):
        weight_scale = 1 / np.sqrt(n_in)
        self.W = weight_scale * rng.standard_normal((n_in, n_out))
        self.b = np.zeros(n_out)
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, x):
        out, self.cache = affine_forward(x, self.W, self.b)
        return out

    def backward(self, dout):
        dx, self.dW, self.db = affine_backward(dout, self.cache)
        return dx


class ReLU(Layer):
    def forward(self, x):
        self.cache = x
        return np.maximum(0, x)

    def backward(self, dout):
        x = self.cache
        dx = np.array(dout, copy=True)
        dx[x <= 0] = 0
        return dx


class Sigmoid(Layer):
    def forward(self, x):
        self.s = 1.0 / (1.0 + np.exp(-x))
        return self.s

    def backward(self, dout):
        return (1.0 - self.s) * self.s * dout


class Tanh(Layer):
    def forward(self, x):
        self.t = np.tanh(x)
        return self.t

    def backward(self, dout):
        return (1 - self.t**2) * dout


class GELU(Layer):
    def __init__(self, approximate="tanh"):
        self.c = np.sqrt(2.0 / np.pi)

    def forward(self, x):
        self.x = x
        return 0.5 * x * (1 + np.tanh(self.c * (x + 0.044715 * np.power(x, 3))))

    def backward(self, dout):
        x = self.x
        t = np.tanh(self.c * (x + 0.044715 * np.power(x, 3)))
        dt = (1 - t**2) * self.c * (1 + 0.134145 * np.power(x, 2))
        return dout * (0.5 * (1 + t) + 0.5 * x * dt)


class Sequential(Layer):
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for i in range(len(self.layers)):
            x = self.layers[i].forward(x)
        return x

    def backward(self, dout):
        for i in range(len(self.layers) - 1, -1, -1):
            dout = self.layers[i].backward(dout)
        return dout

    def parameters(self):
        all_params = []
        for i, layer in enumerate(self.layers):
            for k, p, g in layer.parameters():
                all_params.append((k + str(i + 1), p, g))
        return all_params

    def train(self):
        for layer in self.layers:
            layer.train()

    def eval(self):
        for layer in self.layers:
            layer.eval()


class MSELoss:
    def forward(self, pred, target):
        self.pred, self.target = pred, target
        return np.mean((pred - target) ** 2)

    def backward(self):
        return 2.0 / self.pred.size * (self.pred - self.target)


class SoftmaxCrossEntropyLoss:
    def forward(self, x, y):
        shifted_logits = x - np.max(x, axis=1, keepdims=True)
        Z = np.sum(np.exp(shifted_logits), axis=1, keepdims=True)
        log_probs = shifted_logits - np.log(Z)
        probs = np.exp(log_probs)
        N = x.shape[0]
        loss = -np.sum(log_probs[np.arange(N), y]) / N
        self.dx = probs.copy()
        self.dx[np.arange(N), y] -= 1
        self.dx /= N
        return loss

    def backward(self):
        return self.dx


class BatchNorm(Layer):
    names = ("gamma", "beta")

    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum = eps, momentum
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.dgamma, self.dbeta = np.zeros(dim), np.zeros(dim)
        self.running_mean, self.running_var = np.zeros(dim), np.ones(dim)

    def forward(self, x):
        if self.training:
            sample_mean = np.mean(x, axis=0)
            xmu = x - sample_mean
            sample_var = np.mean(xmu**2, axis=0)
            sqrtvar = np.sqrt(sample_var + self.eps)
            xhat = xmu / sqrtvar
            self.cache = (xmu, sqrtvar, xhat)
            keep = 1 - self.momentum
            self.running_mean = keep * self.running_mean + (1 - keep) * sample_mean
            self.running_var = keep * self.running_var + (1 - keep) * sample_var
        else:
            xhat = (x - self.running_mean) / np.sqrt(self.running_var + self.eps)
        return self.gamma * xhat + self.beta

    def backward(self, dout):
        xmu, sqrtvar, xhat = self.cache
        N = dout.shape[0]
        self.dbeta = np.sum(dout, axis=0)
        self.dgamma = np.sum(dout * xhat, axis=0)
        dxhat = dout * self.gamma
        dvar = np.sum(dxhat * xmu, axis=0) * -0.5 * sqrtvar**-3
        dmean = np.sum(-dxhat / sqrtvar, axis=0) + dvar * np.mean(-2 * xmu, axis=0)
        return dxhat / sqrtvar + dvar * 2 * xmu / N + dmean / N


class LayerNorm(Layer):
    names = ("gamma", "beta")

    def __init__(self, dim, eps=1e-5):
        self.eps = eps
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.dgamma, self.dbeta = np.zeros(dim), np.zeros(dim)

    def forward(self, x):
        x = x.T
        self.std = np.sqrt(np.var(x, axis=0) + self.eps)
        self.xn = (x - np.mean(x, axis=0)) / self.std
        return self.gamma * self.xn.T + self.beta

    def backward(self, dout):
        self.dbeta = np.sum(dout, axis=0)
        self.dgamma = np.sum(dout * self.xn.T, axis=0)
        d = (dout * self.gamma).T
        D = d.shape[0]
        dx = 1.0 / D / self.std * (D * d - np.sum(d, axis=0) - self.xn * np.sum(d * self.xn, axis=0))
        return dx.T


class Dropout(Layer):
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        if self.training:
            self.mask = (self.rng.random(x.shape) < 1 - self.p) / (1 - self.p)
            out = x * self.mask
        else:
            out = x
        return out

    def backward(self, dout):
        if self.training:
            return dout * self.mask
        return dout


class SGD:
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.params = params
        self.config = {"learning_rate": lr, "momentum": momentum}
        self.velocity = {}

    def step(self):
        for i, (_, w, dw) in enumerate(self.params):
            v = self.velocity.get(i, np.zeros_like(w))
            v = self.config["momentum"] * v - self.config["learning_rate"] * dw
            w += v
            self.velocity[i] = v


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = params
        self.configs = [
            {"lr": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps, "m": 0 * p, "v": 0 * p, "t": 0}
            for _, p, _ in params
        ]

    def step(self):
        for (_, w, dw), c in zip(self.params, self.configs):
            c["t"] += 1
            c["m"] = c["beta1"] * c["m"] + (1 - c["beta1"]) * dw
            c["v"] = c["beta2"] * c["v"] + (1 - c["beta2"]) * dw**2
            mt = c["m"] / (1 - c["beta1"] ** c["t"])
            vt = c["v"] / (1 - c["beta2"] ** c["t"])
            w -= c["lr"] * mt / (np.sqrt(vt) + c["eps"])


def gradcheck(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    df = np.random.randn(*forward(x).shape)
    analytic = backward(df)
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        ix = it.multi_index
        oldval = x[ix]
        x[ix] = oldval + eps
        pos = forward(x).copy()
        x[ix] = oldval - eps
        neg = forward(x).copy()
        x[ix] = oldval
        grad[ix] = np.sum((pos - neg) * df) / (2 * eps)
        it.iternext()
    return np.allclose(analytic, grad, rtol=rtol, atol=atol)
