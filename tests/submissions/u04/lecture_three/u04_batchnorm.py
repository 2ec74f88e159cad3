"""Typed after the lecture: one manner for everything, conditions spelt out, kaiming_std used by the layers."""

import torch


def kaiming_std(fan_in, nonlinearity, negative_slope=0.01):
    if nonlinearity == "tanh":
        gain = 5 / 3
    elif nonlinearity == "relu":
        gain = 2.0**0.5
    else:
        gain = 1.0
    return gain / (fan_in**0.5)


def init_mlp(vocab_size, n_embd, block_size, n_hidden, generator=None):
    fan_in = block_size * n_embd
    C = torch.randn((vocab_size, n_embd))
    W1 = torch.randn((fan_in, n_hidden)) * kaiming_std(fan_in, "tanh")
    b1 = torch.randn(n_hidden) * 0.01
    W2 = torch.randn((n_hidden, vocab_size)) * 0.01
    b2 = torch.zeros(vocab_size)
    for p in (C, W1, b1, W2, b2):
        p.requires_grad = True
    return {"C": C, "W1": W1, "b1": b1, "W2": W2, "b2": b2}


class Linear:
    """The lecture's layer."""

    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = torch.randn((fan_in, fan_out), generator=generator) * kaiming_std(fan_in, "linear")
        self.bias = None
        if bias:
            self.bias = torch.zeros(fan_out)

    def __call__(self, x):
        out = torch.einsum("ni,io->no", x, self.weight)
        self.out = out if self.bias is None else out + self.bias
        return self.out

    def parameters(self):
        ps = [self.weight]
        if self.bias is not None:
            ps.append(self.bias)
        return ps


def batch_norm(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    mu = torch.mean(hpreact, dim=0)
    sigma2 = torch.mean((hpreact - mu) ** 2, dim=0)
    return (hpreact - mu) / torch.sqrt(sigma2 + eps) * bngain + bnbias


class BatchNorm1d:
    """The lecture's layer, with the buffers kept as plain tensors of shape (dim,)."""

    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.ones(dim)
        self.beta = torch.zeros(dim)
        self.running_mean = torch.zeros(dim)
        self.running_var = torch.ones(dim)

    def __call__(self, x):
        if not self.training:
            xhat = (x - self.running_mean) / torch.sqrt(self.running_var + self.eps)
            self.out = self.gamma * xhat + self.beta
            return self.out
        mean = x.mean(dim=0)
        var = x.var(dim=0, unbiased=True)
        self.running_mean = self.running_mean + self.momentum * (mean.data - self.running_mean)
        self.running_var = self.running_var + self.momentum * (var.data - self.running_var)
        self.out = self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


class Tanh:
    """The lecture's layer."""

    def __call__(self, x):
        self.out = torch.tanh(x)
        return self.out

    def parameters(self):
        return []


def calibrate_batchnorm(forward_to_preact, X, batch_size=1024):
    h = torch.cat([forward_to_preact(X[i : i + batch_size]) for i in range(0, len(X), batch_size)])
    h = h.detach()
    return h.mean(0, keepdim=True), h.var(0, keepdim=True)


def saturation_fraction(h, threshold=0.97):
    return torch.mean((torch.abs(h) > threshold).float()).item()


def dead_relu_units(preact):
    return torch.nonzero(preact.max(dim=0).values <= 0)[:, 0]


def update_to_data_ratio(params, lr):
    out = []
    for p in params:
        update = lr * p.grad
        out.append((update.std() / p.detach().std()).log10().item())
    return out


def grad_report(params, low=1e-8, high=100.0):
    exploding, vanishing, nans = [], [], []
    for i, p in enumerate(params):
        norm = (p.grad**2).sum().sqrt()
        if torch.isnan(norm):
            nans.append(i)
        elif norm > high:
            exploding.append(i)
        elif norm < low:
            vanishing.append(i)
    return {"exploding": exploding, "vanishing": vanishing, "nan": nans}


class Sequential:
    """Layers in a row."""

    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        self.out = x
        return self.out

    def parameters(self):
        params = []
        for layer in self.layers:
            params.extend(layer.parameters())
        return params

    def train(self):
        for layer in self.layers:
            layer.training = True

    def eval(self):
        for layer in self.layers:
            layer.training = False


def deep_net(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    layers = []
    for i in range(n_layer):
        fan_in = n_hidden if i else n_in
        linear = Linear(fan_in, n_hidden, bias=not norm)
        if norm:
            layers.extend([linear, BatchNorm1d(n_hidden), Tanh()])
        else:
            linear.weight = torch.randn((fan_in, n_hidden)) * kaiming_std(fan_in, "tanh")
            layers.extend([linear, Tanh()])
    out = Linear(n_hidden, n_out)
    out.weight = out.weight * 0.1
    layers.append(out)
    return Sequential(layers)
