"""Typed from the last hint of each ladder by somebody who has the contracts and has not seen the solution."""

import math

import torch


def kaiming_std(fan_in, nonlinearity, negative_slope=0.01):
    gains = {"linear": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "leaky_relu": math.sqrt(2 / (1 + negative_slope**2))}
    if nonlinearity not in gains:
        raise ValueError
    return gains[nonlinearity] / math.sqrt(fan_in)


def init_mlp(vocab_size, n_embd, block_size, n_hidden, generator=None):
    V, E, K, H = vocab_size, n_embd, block_size, n_hidden
    made = {
        "C": torch.randn((V, E), generator=generator),
        "W1": torch.randn((K * E, H), generator=generator) * ((5 / 3) / math.sqrt(K * E)),
        "b1": torch.randn((H,), generator=generator) * 0.01,
        "W2": torch.randn((H, V), generator=generator) * 0.01,
        "b2": torch.zeros(V),
    }
    for name in made:
        made[name].requires_grad_()
    return made


class Linear:
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        self.out = x @ self.weight
        if self.bias is not None:
            self.out = self.out + self.bias
        return self.out

    def parameters(self):
        params = [self.weight]
        if self.bias is not None:
            params.append(self.bias)
        return params


class Tanh:
    def __call__(self, x):
        self.out = torch.tanh(x)
        return self.out

    def parameters(self):
        return []


def batch_norm(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    if hpreact.shape[0] < 2:
        raise ValueError
    mean = hpreact.mean(0, keepdim=True)
    var = hpreact.var(0, unbiased=unbiased, keepdim=True)
    return bngain * (hpreact - mean) / torch.sqrt(var + eps) + bnbias


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma = torch.ones(dim)
        self.beta = torch.zeros(dim)
        self.running_mean = torch.zeros(dim)
        self.running_var = torch.ones(dim)

    def __call__(self, x):
        if self.training:
            if x.shape[0] < 2:
                raise ValueError
            mean, var = x.mean(0), x.var(0, unbiased=False)
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(0)
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
        else:
            mean, var = self.running_mean, self.running_var
        self.out = self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


def calibrate_batchnorm(forward_to_preact, X, batch_size=1024):
    with torch.no_grad():
        mean = sum(forward_to_preact(b).sum(0, keepdim=True) for b in X.split(batch_size)) / len(X)
        var = sum(((forward_to_preact(b) - mean) ** 2).sum(0, keepdim=True) for b in X.split(batch_size))
        return mean, var / (len(X) - 1)


def saturation_fraction(h, threshold=0.97):
    return (h.abs() > threshold).float().mean().item()


def dead_relu_units(preact):
    off = (preact <= 0).all(0)
    return off.nonzero().flatten()


def update_to_data_ratio(params, lr):
    return [
        ((lr * p.grad).std() / p.detach().std()).log10().item() if p.grad is not None else math.nan for p in params
    ]


def grad_report(params, low=1e-8, high=100.0):
    report = {"exploding": [], "vanishing": [], "nan": []}
    for i, p in enumerate(params):
        if p.grad is None:
            continue
        norm = p.grad.norm().item()
        if p.grad.isnan().any():
            report["nan"].append(i)
        elif norm > high:
            report["exploding"].append(i)
        elif norm < low:
            report["vanishing"].append(i)
    return report


class Sequential:
    def __init__(self, layers):
        self.layers = []
        for layer in layers:
            self.layers.append(layer)

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        self.out = x
        return x

    def parameters(self):
        found = {id(p): p for layer in self.layers for p in layer.parameters()}
        return list(found.values())

    def train(self):
        self.training = True
        for layer in self.layers:
            layer.training = True
            if isinstance(layer, Sequential):
                layer.train()

    def eval(self):
        self.training = False
        for layer in self.layers:
            layer.training = False
            if isinstance(layer, Sequential):
                layer.eval()


def deep_net(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    layers, width = [], n_in
    for _ in range(n_layer):
        linear = Linear(width, n_hidden, bias=not norm, generator=generator)
        if norm:
            layers += [linear, BatchNorm1d(n_hidden), Tanh()]
        else:
            with torch.no_grad():
                linear.weight *= 5 / 3
            layers += [linear, Tanh()]
        width = n_hidden
    last = Linear(n_hidden, n_out, generator=generator)
    with torch.no_grad():
        last.weight *= 0.1
    return Sequential([*layers, last])
