"""The lecture by way of its first part: a dictionary of pairs, floats early on, loops with indices, item() everywhere."""

import math

import torch


def build_vocab(words):
    letters = []
    for w in words:
        for c in w:
            if c not in letters:
                letters.append(c)
    letters.sort()
    itos = {0: '.'}
    stoi = {'.': 0}
    for k in range(len(letters)):
        itos[k + 1] = letters[k]
        stoi[letters[k]] = k + 1
    return stoi, itos


def bigram_counts(words, stoi):
    b = {}
    for w in words:
        chs = '.' + w + '.'
        for k in range(len(chs) - 1):
            pair = (chs[k], chs[k + 1])
            b[pair] = b.get(pair, 0) + 1
    N = torch.zeros(len(stoi), len(stoi))
    for (c1, c2), count in b.items():
        N[stoi[c1], stoi[c2]] = count
    return N


def normalize_rows(N, smoothing=1.0):
    P = torch.zeros(N.shape)
    for i in range(N.shape[0]):
        row = N[i].float() + smoothing
        P[i] = row / row.sum()
    return P


def sample_names(P, itos, n, generator=None, max_len=64):
    names = []
    while len(names) < n:
        name, ix = '', 0
        while True:
            ix = torch.multinomial(P[ix, :], 1, generator=generator).item()
            if ix == 0:
                break
            name += itos[ix]
        names.append(name)
    return names


def mean_nll(words, P, stoi):
    total, n = 0.0, 0
    for w in words:
        previous = '.'
        for c in list(w) + ['.']:
            total += math.log(P[stoi[previous], stoi[c]].item())
            n += 1
            previous = c
    return -total / n


def perplexity(nll):
    return math.e**nll


def one_hot(ix, num_classes):
    return torch.eye(num_classes, dtype=torch.float64)[ix]


def softmax(logits, dim=-1):
    e = torch.exp(logits)
    return e / e.sum(dim, keepdim=True)


def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    xenc = one_hot(xs, vocab_size).float()
    losses = []
    for _ in range(steps):
        probs = softmax(xenc @ W)
        loss = 0.0
        loss = loss - torch.log(probs[range(len(ys)), ys]).mean()
        loss = loss + reg * (W * W).mean()
        if W.grad is not None:
            W.grad.zero_()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
        losses.append(loss.item())
    return W, losses
