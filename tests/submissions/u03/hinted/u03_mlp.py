"""Unit 03 as the last hint of each ladder says, to the letter."""

import math
import random

import torch


def alphabet(words):
    letters = [".", *sorted(set("".join(words)))]
    return {letter: i for i, letter in enumerate(letters)}, dict(enumerate(letters))


def build_dataset(words, stoi, block_size):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for letter in word + ".":
            ix = stoi[letter]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return torch.tensor(X, dtype=torch.int64).reshape(-1, block_size), torch.tensor(Y, dtype=torch.int64)


def split_words(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = list(words)
    random.Random(seed).shuffle(order)
    n1 = int(fractions[0] * len(order))
    n2 = int((fractions[0] + fractions[1]) * len(order))
    return order[:n1], order[n1:n2], order[n2:]


def mlp_forward(params, X):
    emb = params["C"][X]
    h = torch.tanh(emb.view(X.shape[0], -1) @ params["W1"] + params["b1"])
    return h @ params["W2"] + params["b2"]


def cross_entropy(logits, targets, ignore_index=-1):
    kept = targets != ignore_index
    logits, targets = logits[kept], targets[kept]
    picked = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
    return (logits.logsumexp(dim=1) - picked).mean()


def minibatch(X, Y, batch_size, generator=None):
    ix = torch.randint(X.shape[0], (batch_size,), generator=generator)
    return X[ix], Y[ix]


def sgd_step(params, lr):
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad


def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        Xb, Yb = minibatch(X, Y, batch_size, generator)
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        for p in params.values():
            p.grad = None
        loss.backward()
        sgd_step(params.values(), float(lr))
        losses.append(loss.item())
    return losses


def exponential_lrs(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return 10 ** torch.linspace(lo_exp, hi_exp, n)


def suggest_lr(lrs, losses):
    y = torch.tensor(losses)
    bad = (~y.isfinite()).nonzero()
    end = int(bad[0]) if len(bad) else len(y)
    y = y[:end]
    w = max(1, end // 10)
    smooth = y.unfold(0, w, 1).mean(dim=1)
    fall = smooth[:-w] - smooth[w:]
    there = int(fall[: int(smooth.argmin()) + 1].argmax()) + w
    return float(lrs[there])


def evaluate(params, X, Y, batch_size=1024):
    total = 0.0
    with torch.no_grad():
        for i in range(0, len(X), batch_size):
            Xb, Yb = X[i : i + batch_size], Y[i : i + batch_size]
            total += cross_entropy(mlp_forward(params, Xb), Yb).item() * len(Xb)
    return total / len(X)


def sample_mlp(params, itos, block_size, generator=None, max_len=64):
    context, name = [0] * block_size, ""
    for _ in range(max_len):
        p = mlp_forward(params, torch.tensor([context])).softmax(dim=1)
        ix = torch.multinomial(p, 1, generator=generator).item()
        if ix == 0:
            break
        context = context[1:] + [ix]
        name += itos[ix]
    return name


def init_params(vocab_size, block_size, n_embd, n_hidden, generator=None):
    wide = block_size * n_embd
    params = {
        "C": torch.randn(vocab_size, n_embd, generator=generator),
        "W1": torch.randn(wide, n_hidden, generator=generator) / math.sqrt(wide),
        "b1": torch.zeros(n_hidden),
        "W2": torch.randn(n_hidden, vocab_size, generator=generator) * 0.01,
        "b2": torch.zeros(vocab_size),
    }
    return {name: p.requires_grad_() for name, p in params.items()}
