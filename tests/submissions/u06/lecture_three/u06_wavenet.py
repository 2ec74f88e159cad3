"""Unit 06 with the layers written out for the lecture's context of 8 and others by cases, and one wide product."""

import torch
from torch.nn.functional import pad


class Linear:
    def __init__(self, fan_in, fan_out, bias=True):
        self.W = torch.randn(fan_in, fan_out) / fan_in**0.5
        self.b = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        return x @ self.W if self.b is None else x @ self.W + self.b

    def parameters(self):
        return [p for p in (self.W, self.b) if p is not None]


class Tanh:
    def __call__(self, x):
        return torch.tanh(x)

    def parameters(self):
        return ()


class Embedding:
    def __init__(self, V, E):
        self.C = torch.randn(V, E)

    def __call__(self, X):
        return self.C[X]

    def parameters(self):
        return (self.C,)


class FlattenConsecutive:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        B, T, C = x.shape
        if T == self.n:
            return x.reshape(B, -1)
        return x.reshape(B, -1, C * self.n)

    def parameters(self):
        return ()


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.gamma, self.beta = torch.ones(dim), torch.zeros(dim)
        self.running_mean, self.running_var = torch.zeros(dim), torch.ones(dim)
        self.eps, self.momentum, self.training = eps, momentum, True

    def __call__(self, x):
        axes = tuple(range(x.ndim - 1))
        if self.training:
            var, mean = torch.var_mean(x, axes, correction=0)
            n = x.numel() // x.shape[-1]
            m = self.momentum
            self.running_mean = (1 - m) * self.running_mean + m * mean.detach()
            self.running_var = (1 - m) * self.running_var + m * var.detach() * n / max(1, n - 1)
        else:
            mean, var = self.running_mean, self.running_var
        return self.gamma * (x - mean) / (var + self.eps) ** 0.5 + self.beta

    def parameters(self):
        return self.gamma, self.beta


class Sequential:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for f in self.layers:
            x = f(x)
        return x

    def parameters(self):
        return [p for f in self.layers for p in f.parameters()]


def level(n_in, n_out):
    return [FlattenConsecutive(2), Linear(n_in * 2, n_out, bias=False), BatchNorm1d(n_out), Tanh()]


def build_wavenet(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    depth = {2: 1, 4: 2, 8: 3, 16: 4}[block_size]
    stack = level(n_embd, n_hidden)
    for _ in range(depth - 1):
        stack = stack + level(n_hidden, n_hidden)
    last = Linear(n_hidden, vocab_size)
    last.W = last.W / 10
    return Sequential([Embedding(vocab_size, n_embd), *stack, last])


def causal_conv1d(x, w, b=None, dilation=1):
    K, Cin, Cout = w.shape
    T = x.shape[1]
    padded = pad(x, (0, 0, (K - 1) * dilation, 0))
    seen = torch.cat([padded[:, k * dilation : k * dilation + T] for k in range(K)], dim=-1)  # (B, T, K * Cin)
    out = seen @ w.reshape(K * Cin, Cout)
    return out if b is None else out + b


def receptive_field(kernel, dilations):
    first = 0
    for d in reversed(dilations):
        first -= (kernel - 1) * d
    return 1 - first


def gated_block(x, params, dilation):
    both = torch.cat([params["wf"], params["wg"]], dim=2)
    bias = torch.cat([params["bf"], params["bg"]])
    f, g = causal_conv1d(x, both, bias, dilation).chunk(2, dim=-1)
    z = torch.tanh(f) / (1 + torch.exp(-g))
    return z @ params["wr"] + params["br"] + x, z @ params["ws"] + params["bs"]


def smooth_losses(losses, window=1000):
    return torch.stack([chunk.mean() for chunk in torch.tensor(losses).split(window)])
