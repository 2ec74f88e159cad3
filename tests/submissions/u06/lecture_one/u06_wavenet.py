"""Unit 06 as typed after the video: classes with an `out`, x.var for all, buffers that take on axes of size 1."""

import torch
import torch.nn.functional as F


class Linear:
    def __init__(self, fan_in, fan_out, bias=True):
        self.weight = torch.randn((fan_in, fan_out)) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        self.out = x @ self.weight
        if self.bias is not None:
            self.out += self.bias
        return self.out

    def parameters(self):
        return [self.weight] + ([] if self.bias is None else [self.bias])


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.ones(dim)
        self.beta = torch.zeros(dim)
        self.running_mean = torch.zeros(dim)
        self.running_var = torch.ones(dim)

    def __call__(self, x):
        if self.training:
            if x.ndim == 2:
                dim = 0
            elif x.ndim == 3:
                dim = (0, 1)
            xmean = x.mean(dim, keepdim=True)
            xvar = x.var(dim, keepdim=True)
        else:
            xmean = self.running_mean
            xvar = self.running_var
        xhat = (x - xmean) / torch.sqrt(xvar + self.eps)
        self.out = self.gamma * xhat + self.beta
        if self.training:
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * xmean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * xvar
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


class Tanh:
    def __call__(self, x):
        self.out = torch.tanh(x)
        return self.out

    def parameters(self):
        return []


class Embedding:
    def __init__(self, num_embeddings, embedding_dim):
        self.weight = torch.randn((num_embeddings, embedding_dim))

    def __call__(self, IX):
        self.out = self.weight[IX]
        return self.out

    def parameters(self):
        return [self.weight]


class FlattenConsecutive:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        B, T, C = x.shape
        x = x.view(B, T // self.n, C * self.n)
        if x.shape[1] == 1:
            x = x.squeeze(1)
        self.out = x
        return self.out

    def parameters(self):
        return []


class Sequential:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        self.out = x
        return self.out

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def build_wavenet(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    layers = [Embedding(vocab_size, n_embd)]
    fan_in = n_embd
    T = block_size
    while T > 1:
        layers += [FlattenConsecutive(2), Linear(fan_in * 2, n_hidden, bias=False), BatchNorm1d(n_hidden), Tanh()]
        fan_in = n_hidden
        T //= 2
    model = Sequential(layers + [Linear(n_hidden, vocab_size)])
    with torch.no_grad():
        model.layers[-1].weight *= 0.1
    for p in model.parameters():
        p.requires_grad = True
    return model


def causal_conv1d(x, w, b=None, dilation=1):
    B, T, C = x.shape
    K = w.shape[0]
    out = torch.zeros(B, T, w.shape[2])
    for k in range(K):
        shift = (K - 1 - k) * dilation
        past = F.pad(x, (0, 0, shift, 0))[:, :T]
        out = out + past @ w[k]
    if b is not None:
        out = out + b
    return out


def receptive_field(kernel, dilations):
    field = 1
    for d in dilations:
        field += (kernel - 1) * d
    return field


def gated_block(x, params, dilation):
    f = causal_conv1d(x, params["wf"], params["bf"], dilation)
    g = causal_conv1d(x, params["wg"], params["bg"], dilation)
    z = f.tanh() * g.sigmoid()
    return x + (z @ params["wr"] + params["br"]), z @ params["ws"] + params["bs"]


def smooth_losses(lossi, window=1000):
    return torch.tensor(lossi).view(-1, window).mean(1)
