"""Unit 03 after the lecture, in the manner of scripts: one-hot rows, cat of unbind, NumPy-like indexing, globals."""

import random

import torch


def alphabet(words):
    letters = ["."] + sorted({c for w in words for c in w})
    return dict(zip(letters, range(len(letters)))), dict(enumerate(letters))


def build_dataset(words, stoi, block_size):
    rows = []
    for word in words:
        padded = "." * block_size + word + "."
        for i in range(len(word) + 1):
            rows.append([stoi[c] for c in padded[i : i + block_size + 1]])
    table = torch.tensor(rows, dtype=torch.long)
    return table[:, :-1], table[:, -1]


def split_words(words, fractions=(0.8, 0.1, 0.1), seed=42):
    g = torch.Generator().manual_seed(seed)
    perm = torch.randperm(len(words), generator=g).tolist()
    a = int(len(words) * 0.8)
    b = int(len(words) * 0.9)
    return [words[i] for i in perm[:a]], [words[i] for i in perm[a:b]], [words[i] for i in perm[b:]]


def one_hot(ids, num):
    return (ids.unsqueeze(-1) == torch.arange(num)).float()


def mlp_forward(params, X):
    emb = one_hot(X, params["C"].shape[0]) @ params["C"]
    cat = torch.cat(torch.unbind(emb, 1), 1)
    hpreact = cat @ params["W1"] + params["b1"]
    return torch.tanh(hpreact) @ params["W2"] + params["b2"]


def cross_entropy(logits, targets, ignore_index=-1):
    logits = logits - logits.max(1, keepdim=True).values
    probs = logits.exp() / logits.exp().sum(1, keepdim=True)
    total = 0
    for i in range(len(targets)):
        total = total - probs[i, targets[i]].log()
    return total / len(targets)


def minibatch(X, Y, batch_size, generator=None):
    chosen = [random.randrange(len(X)) for _ in range(batch_size)]
    return X[chosen], Y[chosen]


def sgd_step(params, lr):
    for p in params:
        p.data = p.data - lr * p.grad


def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    history = []
    for lr in lrs:
        xb, yb = minibatch(X, Y, batch_size)
        loss = cross_entropy(mlp_forward(params, xb), yb)
        for p in params.values():
            if p.grad is not None:
                p.grad.zero_()
        loss.backward()
        sgd_step(params.values(), lr)
        history.append(loss.detach())
    return history


def exponential_lrs(lo_exp=-3.0, hi_exp=0.0, n=1000):
    ratio = 10 ** ((hi_exp - lo_exp) / (n - 1))
    return torch.tensor([10**lo_exp * ratio**i for i in range(n)])


def suggest_lr(lrs, losses):
    ema, smooth = losses[0], []
    for loss in losses:
        ema = 0.9 * ema + 0.1 * loss
        smooth.append(ema)
    lowest = smooth.index(min(smooth))
    falls = [smooth[max(0, i - 5)] - smooth[i] for i in range(lowest + 1)]
    return lrs[falls.index(max(falls))].item()


def evaluate(params, X, Y, batch_size=1024):
    with torch.no_grad():
        total = 0.0
        for i in range(0, len(X), batch_size):
            logits = mlp_forward(params, X[i : i + batch_size])
            logp = logits.log_softmax(1)
            total -= logp[range(len(logp)), Y[i : i + batch_size]].sum().item()
    return total / len(X)


def sample_mlp(params, itos, block_size, generator=None, max_len=64):
    window = torch.zeros(1, block_size, dtype=torch.long)
    name = ""
    while len(name) < 200:
        probs = torch.softmax(mlp_forward(params, window), 1)
        ix = torch.multinomial(probs, 1)
        if itos[ix.item()] == ".":
            return name
        name += itos[ix.item()]
        window = torch.cat([window[:, 1:], ix], 1)
    return name
