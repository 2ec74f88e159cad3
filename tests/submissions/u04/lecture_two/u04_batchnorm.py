"""Typed after the lecture, with torch's own parts where they are allowed, and tensors that are changed in place."""

import math

import torch
from torch import nn

GAIN = {"linear": 1, "tanh": 5 / 3, "relu": math.sqrt(2.0), "leaky_relu": math.sqrt(2.0 / 1.0001)}


def kaiming_std(fan_in: int, nonlinearity: str, negative_slope: float = 0.01) -> float:
    return GAIN[nonlinearity] * fan_in**-0.5


def init_mlp(vocab_size, n_embd, block_size, n_hidden, generator=None):
    params = {}
    params["C"] = torch.randn(vocab_size, n_embd, generator=generator)
    params["W1"] = torch.randn(n_embd * block_size, n_hidden, generator=generator) * 0.2
    params["b1"] = torch.zeros(n_hidden)
    params["W2"] = torch.randn(n_hidden, vocab_size, generator=generator) * 0.01
    params["b2"] = torch.zeros(vocab_size)
    for p in params.values():
        p.requires_grad_(True)
    return params


class Linear:
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = nn.Parameter(torch.randn(fan_in, fan_out, generator=generator) * fan_in**-0.5)
        self.bias = nn.Parameter(torch.zeros(fan_out)) if bias else None

    def __call__(self, x):
        if self.bias is None:
            self.out = torch.mm(x, self.weight)
        else:
            self.out = torch.addmm(self.bias, x, self.weight)
        return self.out

    def parameters(self):
        return [p for p in (self.weight, self.bias) if p is not None]


def batch_norm(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    n = len(hpreact)
    bnmeani = hpreact.sum(0, keepdim=True) / n
    bndiff = hpreact - bnmeani
    bnvar = (bndiff**2).sum(0, keepdim=True) / (n - 1)
    bnvar_inv = (bnvar + eps) ** -0.5
    return bngain * (bndiff * bnvar_inv) + bnbias


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma = nn.Parameter(torch.ones(dim))
        self.beta = nn.Parameter(torch.zeros(dim))
        self.running_mean = torch.zeros(dim)
        self.running_var = torch.ones(dim)

    def __call__(self, x):
        mean, var = (x.mean(0), x.var(0)) if self.training else (self.running_mean, self.running_var)
        if self.training:
            self.running_mean.mul_(1 - self.momentum).add_(mean.detach(), alpha=self.momentum)
            self.running_var.mul_(1 - self.momentum).add_(var.detach(), alpha=self.momentum)
        self.out = (x - mean) / (var + self.eps).sqrt() * self.gamma + self.beta
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


class Tanh:
    training = True

    def __call__(self, x):
        self.out = x.tanh()
        return self.out

    def parameters(self):
        return []


@torch.no_grad()
def calibrate_batchnorm(forward_to_preact, X, batch_size=1024):
    h = forward_to_preact(X)
    return h.mean(0, keepdim=True), h.var(0, keepdim=True)


def saturation_fraction(h, threshold=0.97):
    return ((h > threshold) | (h < -threshold)).sum().item() / h.numel()


def dead_relu_units(preact):
    return torch.tensor([j for j in range(preact.shape[1]) if preact[:, j].relu().sum() == 0], dtype=torch.int64)


def update_to_data_ratio(params, lr):
    return [torch.log10(lr * p.grad.std() / p.data.std()).item() for p in params]


def grad_report(params, low=1e-8, high=100.0):
    norms = [p.grad.norm().item() for p in params]
    return {
        "exploding": [i for i, n in enumerate(norms) if n > high],
        "vanishing": [i for i, n in enumerate(norms) if n < low],
        "nan": [i for i, n in enumerate(norms) if math.isnan(n)],
    }


class Sequential:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        self.out = x
        return x

    def parameters(self):
        return sum((layer.parameters() for layer in self.layers), [])

    def set(self, training):
        for layer in self.layers:
            layer.training = training

    def train(self):
        self.set(True)

    def eval(self):
        self.set(False)


def deep_net(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    widths = [n_in] + [n_hidden] * n_layer
    layers = []
    for a, b in zip(widths, widths[1:], strict=False):
        linear = Linear(a, b, bias=not norm, generator=generator)
        if not norm:
            linear.weight.data *= 5 / 3
        layers += [linear, BatchNorm1d(b), Tanh()] if norm else [linear, Tanh()]
    last = Linear(n_hidden, n_out, generator=generator)
    last.weight.data *= 0.1
    return Sequential([*layers, last])
