"""Expected values of unit 02: torch's own softmax, one_hot, cross_entropy and autograd."""

import torch
from torch.nn import functional


def _of(value):
    return torch.tensor(getattr(value, "array", value))


def softmax(logits, cotangent, dim):
    """Return value and gradient of torch's own softmax."""
    logits = _of(logits).requires_grad_()
    out = torch.softmax(logits, dim)
    return {"out": out.detach(), "grad": torch.autograd.grad(out, logits, _of(cotangent))[0]}


def one_hot(ix, num_classes):
    return functional.one_hot(_of(ix), num_classes).float()


def first_weights(vocab_size, seed):
    return torch.randn((vocab_size, vocab_size), generator=torch.Generator().manual_seed(seed))


def training(xs, ys, vocab_size, seed, steps=100, lr=50.0, reg=0.01):
    """Return weights and losses of full-batch gradient descent: an optimizer of torch, cross_entropy of rows of W."""
    W = first_weights(vocab_size, seed).requires_grad_()
    xs, ys = _of(xs), _of(ys)
    optimizer = torch.optim.SGD([W], lr=lr)
    losses = []
    for _ in range(steps):
        loss = functional.cross_entropy(W[xs], ys) + reg * W.square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"W": W.detach(), "losses": losses}
