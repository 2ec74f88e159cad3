"""Typed in the order and with the names of the lecture: int32 counts, the dot in the names, a bare exp."""

import torch
import torch.nn.functional as F


def build_vocab(words):
    chars = sorted(list(set(''.join(words))))
    stoi = {s: i + 1 for i, s in enumerate(chars)}
    stoi['.'] = 0
    itos = {i: s for s, i in stoi.items()}
    return stoi, itos


def bigram_counts(words, stoi):
    N = torch.zeros((27, 27), dtype=torch.int32)
    for w in words:
        chs = ['.'] + list(w) + ['.']
        for ch1, ch2 in zip(chs, chs[1:]):
            ix1 = stoi[ch1]
            ix2 = stoi[ch2]
            N[ix1, ix2] += 1
    return N


def normalize_rows(N, smoothing=1.0):
    P = (N + 1).float()
    P /= P.sum(1, keepdim=True)
    return P


def sample_names(P, itos, n, generator=None, max_len=64):
    names = []
    for i in range(n):
        out = []
        ix = 0
        while True:
            p = P[ix]
            ix = torch.multinomial(p, num_samples=1, replacement=True, generator=generator).item()
            out.append(itos[ix])
            if ix == 0:
                break
        names.append(''.join(out))
    return names


def mean_nll(words, P, stoi):
    log_likelihood = 0.0
    n = 0
    for w in words:
        chs = ['.'] + list(w) + ['.']
        for ch1, ch2 in zip(chs, chs[1:]):
            prob = P[stoi[ch1], stoi[ch2]]
            logprob = torch.log(prob)
            log_likelihood += logprob
            n += 1
    nll = -log_likelihood
    return nll / n


def perplexity(nll):
    return torch.exp(torch.tensor(nll))


def one_hot(ix, num_classes):
    xenc = torch.zeros((ix.shape[0], num_classes))
    for i, j in enumerate(ix):
        xenc[i, j] = 1
    return xenc


def softmax(logits, dim=-1):
    counts = logits.exp()
    probs = counts / counts.sum(1, keepdim=True)
    return probs


def train_neural_bigram(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)
    num = xs.nelement()
    losses = []
    for k in range(steps):
        xenc = F.one_hot(xs, num_classes=vocab_size).float()
        logits = xenc @ W
        counts = logits.exp()
        probs = counts / counts.sum(1, keepdim=True)
        loss = -probs[torch.arange(num), ys].log().mean() + 0.01 * (W**2).mean()
        losses.append(loss)
        W.grad = None
        loss.backward()
        W.data += -50 * W.grad
    return W, losses
