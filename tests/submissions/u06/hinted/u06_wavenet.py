"""Unit 06 by somebody who reads all hints and does what they say, to the letter."""

import math

import torch


class Linear:
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        self.weight = torch.randn(fan_in, fan_out, generator=generator) / math.sqrt(fan_in)
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        out = x @ self.weight
        return out if self.bias is None else out + self.bias

    def parameters(self):
        return [self.weight] if self.bias is None else [self.weight, self.bias]


class Tanh:
    def __call__(self, x):
        return torch.tanh(x)

    def parameters(self):
        return []


class Embedding:
    def __init__(self, num_embeddings, embedding_dim, generator=None):
        self.weight = torch.randn(num_embeddings, embedding_dim, generator=generator)

    def __call__(self, ids):
        return self.weight[ids]

    def parameters(self):
        return [self.weight]


class Sequential:
    def __init__(self, layers):
        self.layers = list(layers)

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


class FlattenConsecutive:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        B, T, C = x.shape
        if T % self.n:
            raise ValueError("T is not a multiple of n")
        x = x.reshape(B, T // self.n, C * self.n)
        return x.squeeze(1) if x.shape[1] == 1 else x

    def parameters(self):
        return []


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.ones(dim)
        self.running_var = torch.ones(dim)
        self.beta = torch.zeros(dim)
        self.running_mean = torch.zeros(dim)

    def __call__(self, x):
        if x.ndim not in (2, 3):
            raise ValueError("x has 2 or 3 axes")
        if self.training and x.shape[:-1].numel() == 1:
            raise ValueError("one value a channel")
        dims = (0,) if x.ndim == 2 else (0, 1)
        if self.training:
            mean = x.mean(dims)
            var = x.var(dims, unbiased=False)
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(dims)
        else:
            mean = self.running_mean
            var = self.running_var
        return (x - mean) / torch.sqrt(var + self.eps) * self.gamma + self.beta

    def parameters(self):
        return [self.gamma, self.beta]


def build_wavenet(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    if block_size < 2 or block_size & (block_size - 1):
        raise ValueError("block_size must be a power of two")
    layers = [Embedding(vocab_size, n_embd, generator=generator)]
    channels = n_embd
    while block_size > 1:
        layers += [
            FlattenConsecutive(2),
            Linear(2 * channels, n_hidden, bias=False, generator=generator),
            BatchNorm1d(n_hidden),
            Tanh(),
        ]
        channels = n_hidden
        block_size //= 2
    last = Linear(channels, vocab_size, generator=generator)
    last.weight *= 0.1
    layers.append(last)
    return Sequential(layers)


def causal_conv1d(x, w, b=None, dilation=1):
    B, T, Cin = x.shape
    K = w.shape[0]
    padded = torch.cat([x.new_zeros(B, (K - 1) * dilation, Cin), x], dim=1)
    out = sum(padded[:, k * dilation : k * dilation + T] @ w[k] for k in range(K))
    return out if b is None else out + b


def receptive_field(kernel, dilations):
    return sum(dilations) * (kernel - 1) + 1


def gated_block(x, params, dilation):
    z = torch.tanh(causal_conv1d(x, params["wf"], params["bf"], dilation)) * torch.sigmoid(
        causal_conv1d(x, params["wg"], params["bg"], dilation)
    )
    return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"]


def smooth_losses(losses, window=1000):
    n = len(losses) // window
    return torch.tensor(losses[: n * window]).view(n, window).mean(1)
