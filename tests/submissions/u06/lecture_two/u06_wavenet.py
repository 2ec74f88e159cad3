"""Unit 06 by somebody who makes modules of everything, with torch's own Linear weights turned round."""

import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, n_in, n_out, bias=True, generator=None):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_in, n_out, generator=generator) * n_in**-0.5)
        if bias:
            self.bias = nn.Parameter(torch.zeros(n_out))
        else:
            self.bias = None

    def forward(self, x):
        y = torch.matmul(x, self.weight)
        return y + self.bias if self.bias is not None else y


class FlattenConsecutive(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n

    def forward(self, x):
        parts = [x[:, i :: self.n, :] for i in range(self.n)]
        y = torch.cat(parts, dim=2)
        if y.size(1) == 1:
            return y[:, 0, :]
        return y


class BatchNorm1d(nn.Module):
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.gamma = nn.Parameter(torch.ones(dim))
        self.beta = nn.Parameter(torch.zeros(dim))
        self.register_buffer("running_mean", torch.zeros(dim))
        self.register_buffer("running_var", torch.ones(dim))

    def forward(self, x):
        if not self.training:
            mean, var = self.running_mean, self.running_var
        else:
            rows = x.reshape(-1, x.size(-1))
            n = rows.size(0)
            mean = rows.sum(0) / n
            var = ((rows - mean) ** 2).sum(0) / n
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(mean, alpha=self.momentum)
                self.running_var.mul_(1 - self.momentum).add_(var * n / (n - 1), alpha=self.momentum)
        return self.gamma * (x - mean) * (var + self.eps).rsqrt() + self.beta


class Tanh(nn.Module):
    def forward(self, x):
        return x.tanh()


class Embedding(nn.Module):
    def __init__(self, n, dim, generator=None):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, dim, generator=generator))

    def forward(self, ids):
        return self.weight[ids]


class Sequential(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def build_wavenet(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    levels = block_size.bit_length() - 1
    layers = [Embedding(vocab_size, n_embd, generator)]
    for level in range(levels):
        wide = n_embd if level == 0 else n_hidden
        layers.append(FlattenConsecutive(2))
        layers.append(Linear(2 * wide, n_hidden, False, generator))
        layers.append(BatchNorm1d(n_hidden))
        layers.append(Tanh())
    head = Linear(n_hidden, vocab_size, True, generator)
    head.weight.data.mul_(0.1)
    layers.append(head)
    return Sequential(layers)


def causal_conv1d(x, w, b=None, dilation=1):
    T = x.size(1)
    steps = []
    for t in range(T):
        total = 0
        for k in range(w.size(0)):
            s = t - (w.size(0) - 1 - k) * dilation
            if s >= 0:
                total = total + x[:, s] @ w[k]
        steps.append(total)
    out = torch.stack(steps, dim=1)
    return out if b is None else out + b


def receptive_field(kernel, dilations):
    return sum((kernel - 1) * d for d in dilations) + 1


def gated_block(x, params, dilation):
    p = params
    gate = torch.sigmoid(causal_conv1d(x, p["wg"], p["bg"], dilation=dilation))
    out = gate * torch.tanh(causal_conv1d(x, p["wf"], p["bf"], dilation=dilation))
    skip = torch.einsum("btd,ds->bts", out, p["ws"]) + p["bs"]
    residual = torch.einsum("btd,dc->btc", out, p["wr"]) + p["br"] + x
    return residual, skip


def smooth_losses(losses, window=1000):
    points = []
    for i in range(len(losses) // window):
        block = losses[i * window : (i + 1) * window]
        points.append(sum(block) / window)
    return torch.tensor(points)
