"""Each answer as its last hint says, to the letter."""

import math

import torch


def build_vocab(words):
    chars = sorted(set("".join(words)))
    if "." in chars:
        raise ValueError("a dot")
    stoi = {".": 0}
    for i, c in enumerate(chars, start=1):
        stoi[c] = i
    return stoi, {i: c for c, i in stoi.items()}


def bigram_counts(words, stoi):
    V = len(stoi)
    N = torch.zeros((V, V), dtype=torch.int64)
    for word in words:
        chars = "." + word + "."
        for a, b in zip(chars, chars[1:]):
            N[stoi[a], stoi[b]] += 1
    return N


def normalize_rows(N, smoothing=1.0):
    if smoothing < 0:
        raise ValueError("smoothing < 0")
    V = len(N)
    counts = N.float() + smoothing
    total = counts.sum(dim=1, keepdim=True)
    return torch.where(total > 0, counts / total, 1 / V)


def sample_names(P, itos, n, generator=None, max_len=64):
    names = []
    for _ in range(n):
        ix, chars = 0, []
        while len(chars) < max_len:
            ix = torch.multinomial(P[ix], 1, generator=generator).item()
            if ix == 0:
                break
            chars.append(itos[ix])
        names.append("".join(chars))
    return names


def mean_nll(words, P, stoi):
    total, n = 0.0, 0
    for word in words:
        chars = "." + word + "."
        for a, b in zip(chars, chars[1:]):
            total -= torch.log(P[stoi[a], stoi[b]]).item()
            n += 1
    if n == 0:
        raise ValueError("no words")
    return total / n


def perplexity(nll):
    return math.exp(nll)


def one_hot(ix, num_classes):
    if ((ix < 0) | (ix >= num_classes)).any():
        raise ValueError("index")
    return torch.eye(num_classes)[ix]


def softmax(logits, dim=-1):
    counts = (logits - logits.amax(dim=dim, keepdim=True)).exp()
    return counts / counts.sum(dim=dim, keepdim=True)


def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    xenc = one_hot(xs, vocab_size)
    losses = []
    for _ in range(steps):
        probs = softmax(xenc @ W)
        loss = -probs[torch.arange(len(ys)), ys].log().mean() + reg * (W**2).mean()
        W.grad = None
        loss.backward()
        W.data -= lr * W.grad
        losses.append(loss.item())
    return W.detach(), losses
