"""Unit 03 typed along with the video: everything by name, counts and probabilities by hand, `p.data += -lr * p.grad`."""

import random

import torch
import torch.nn.functional as F


def alphabet(words):
    chars = sorted(list(set("".join(words))))
    stoi = {s: i + 1 for i, s in enumerate(chars)}
    stoi["."] = 0
    itos = {i: s for s, i in stoi.items()}
    return stoi, itos


def build_dataset(words, stoi, block_size):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w + ".":
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    X = torch.tensor(X)
    Y = torch.tensor(Y)
    return X, Y


def split_words(words, fractions=(0.8, 0.1, 0.1), seed=42):
    random.seed(42)
    random.shuffle(words)
    n1 = int(0.8 * len(words))
    n2 = int(0.9 * len(words))
    return words[:n1], words[n1:n2], words[n2:]


def mlp_forward(params, X):
    C, W1, b1, W2, b2 = params["C"], params["W1"], params["b1"], params["W2"], params["b2"]
    emb = C[X]
    h = torch.tanh(emb.view(emb.shape[0], emb.shape[1] * emb.shape[2]) @ W1 + b1)
    logits = h @ W2 + b2
    return logits


def cross_entropy(logits, targets, ignore_index=-1):
    counts = logits.exp()
    prob = counts / counts.sum(1, keepdims=True)
    loss = -prob[torch.arange(logits.shape[0]), targets].log().mean()
    return loss


def minibatch(X, Y, batch_size, generator=None):
    ix = torch.randint(0, X.shape[0], (batch_size,))
    return X[ix], Y[ix]


def sgd_step(params, lr):
    for p in params:
        p.data += -lr * p.grad


def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    lossi = []
    parameters = [params["C"], params["W1"], params["b1"], params["W2"], params["b2"]]
    for i in range(len(lrs)):
        Xb, Yb = minibatch(X, Y, batch_size)
        loss = F.cross_entropy(mlp_forward(params, Xb), Yb)
        for p in parameters:
            p.grad = None
        loss.backward()
        sgd_step(parameters, lrs[i])
        lossi.append(loss.item())
    return lossi


def exponential_lrs(lo_exp=-3.0, hi_exp=0.0, n=1000):
    lre = torch.linspace(-3, 0, 1000)
    return 10**lre


def suggest_lr(lrs, losses):
    n = len(losses)
    smooth = [sum(losses[i : i + n // 20]) / (n // 20) for i in range(n - n // 20)]
    best, where = 0, 0
    for i in range(len(smooth) - n // 20):
        if smooth[i] - smooth[i + n // 20] > best:
            best = smooth[i] - smooth[i + n // 20]
            where = i + n // 20
    return lrs[where]


def evaluate(params, X, Y, batch_size=1024):
    loss = F.cross_entropy(mlp_forward(params, X), Y)
    return loss


def sample_mlp(params, itos, block_size, generator=None, max_len=64):
    out = []
    context = [0] * block_size
    while True:
        logits = mlp_forward(params, torch.tensor([context]))
        counts = logits.exp()
        probs = counts / counts.sum(1, keepdims=True)
        ix = torch.multinomial(probs, num_samples=1).item()
        context = context[1:] + [ix]
        out.append(ix)
        if ix == 0:
            break
    return "".join(itos[i] for i in out[:-1])


def init_params(vocab_size, block_size, n_embd, n_hidden, generator=None):
    params = {
        "C": torch.randn((vocab_size, n_embd)),
        "W1": torch.randn((block_size * n_embd, n_hidden)),
        "b1": torch.randn(n_hidden),
        "W2": torch.randn((n_hidden, vocab_size)),
        "b2": torch.randn(vocab_size),
    }
    for p in params.values():
        p.requires_grad = True
    return params
