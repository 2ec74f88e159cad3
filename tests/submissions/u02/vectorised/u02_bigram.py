"""Whole tables at a time: bincount, an inverse CDF, gather, and an optimizer."""

import math
from itertools import pairwise

import torch


def build_vocab(words):
    text = "".join(words)
    if "." in text:
        raise ValueError("a word has a dot")
    itos = dict(enumerate(["."] + sorted(set(text))))
    return dict(zip(itos.values(), itos.keys())), itos


def bigram_counts(words, stoi):
    V = len(stoi)
    flat = [stoi[a] * V + stoi[b] for w in words for a, b in pairwise("." + w + ".")]
    return torch.bincount(torch.tensor(flat, dtype=torch.int64), minlength=V * V).view(V, V)


def normalize_rows(N, smoothing=1.0):
    if smoothing < 0:
        raise ValueError("negative")
    P = N.float() + smoothing
    P[P.sum(1) == 0] = 1.0
    return P / P.sum(1, keepdim=True)


def sample_names(P, itos, n, generator=None, max_len=64):
    cdf = P.cumsum(1)
    out = []
    for _ in range(n):
        name, ix = "", 0
        for _ in range(max_len):
            u = torch.rand(1, generator=generator) * cdf[ix, -1]
            ix = int(torch.searchsorted(cdf[ix].contiguous(), u.to(cdf.dtype), right=True).clamp(max=len(P) - 1))
            if ix == 0:
                break
            name += itos[ix]
        out.append(name)
    return out


def mean_nll(words, P, stoi):
    rows, cols = [], []
    for w in words:
        for a, b in pairwise("." + w + "."):
            rows.append(stoi[a])
            cols.append(stoi[b])
    if not rows:
        raise ValueError("no words")
    return -P[rows, cols].log().mean().item()


def perplexity(nll):
    return math.exp(nll)


def one_hot(ix, num_classes):
    if ix.numel() and (ix.min() < 0 or ix.max() >= num_classes):
        raise ValueError("index")
    return torch.zeros(*ix.shape, num_classes).scatter_(-1, ix.unsqueeze(-1), 1.0)


def softmax(logits, dim=-1):
    z = logits - logits.max(dim=dim, keepdim=True).values
    return (z - z.exp().sum(dim, keepdim=True).log()).exp()


def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator).requires_grad_()
    opt = torch.optim.SGD([W], lr=lr)
    X = one_hot(xs, vocab_size)
    losses = []
    for _ in range(steps):
        opt.zero_grad()
        p = softmax(X @ W).gather(1, ys[:, None])
        loss = -p.log().mean() + reg * W.pow(2).mean()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return W.detach(), losses
