"""Unit 03 after the lecture, tidied up: deque contexts, np-free helpers, logsumexp by hand, random.choices."""

import random
from collections import deque

import torch

softmax = torch.softmax


def windows(word, stoi, size):
    seen = deque([0] * size, maxlen=size)
    for letter in list(word) + ["."]:
        yield list(seen), stoi[letter]
        seen.append(stoi[letter])


def build_dataset(words, stoi, block_size):
    pairs = [pair for word in words for pair in windows(word, stoi, block_size)]
    X = torch.tensor([context for context, _ in pairs])
    Y = torch.tensor([target for _, target in pairs])
    return X, Y


def split_words(words, fractions=(0.8, 0.1, 0.1), seed=42):
    rng = random.Random(seed)
    shuffled = rng.sample(words, len(words))
    first = int(fractions[0] * len(words))
    second = int((1 - fractions[2]) * len(words))
    return shuffled[:first], shuffled[first:second], shuffled[second:]


def mlp_forward(params, X):
    rows = torch.stack([params["C"].index_select(0, X[:, k]) for k in range(X.shape[1])], dim=1)
    h = (rows.flatten(start_dim=1).matmul(params["W1"]) + params["b1"]).tanh()
    return h.matmul(params["W2"]).add(params["b2"])


def cross_entropy(logits, targets, ignore_index=-1):
    m = logits.max()
    lse = m + (logits - m).exp().sum(-1).log()
    mask = torch.zeros_like(logits)
    mask[torch.arange(len(targets)), targets] = 1
    return (lse - (logits * mask).sum(-1)).sum() / logits.shape[0]


def minibatch(X, Y, batch_size, generator=None):
    ix = (torch.rand(batch_size) * X.shape[0]).long()
    return X[ix, :], Y[ix]


def sgd_step(params, lr):
    with torch.no_grad():
        for p in list(params):
            p.copy_(p - lr * p.grad)


def train_mlp(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        x, y = minibatch(X, Y, batch_size)
        loss = cross_entropy(mlp_forward(params, x), y)
        losses.append(float(loss))
        grads = torch.autograd.grad(loss, list(params.values()))
        with torch.no_grad():
            for p, g in zip(params.values(), grads):
                p -= lr * g
    return losses


def exponential_lrs(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return torch.logspace(lo_exp, hi_exp, n)


def suggest_lr(lrs, losses):
    curve = torch.tensor(losses)
    width = len(losses) // 8
    smooth = torch.stack([curve[i : i + width].mean() for i in range(len(losses) - width + 1)])
    slope = smooth[width:] - smooth[:-width]
    return lrs[slope[: smooth.argmin()].argmin() + width]


@torch.no_grad()
def evaluate(params, X, Y, batch_size=1024):
    total = 0
    for x, y in zip(X.split(batch_size), Y.split(batch_size)):
        total += cross_entropy(mlp_forward(params, x), y) * len(y)
    return total / len(Y)


@torch.no_grad()
def sample_mlp(params, itos, block_size, generator=None, max_len=64):
    context = deque([0] * block_size, maxlen=block_size)
    name = []
    for _ in range(max_len):
        p = softmax(mlp_forward(params, torch.tensor([list(context)])), -1)[0].tolist()
        ix = random.choices(range(len(p)), weights=p)[0]
        if ix == 0:
            break
        name.append(itos[ix])
        context.append(ix)
    return "".join(name)
