"""Expected values of unit 03: torch's embedding, linear and cross_entropy in float64, and its autograd."""

import torch
from torch.nn import functional


def _of(value):
    """Return a leaf of float64 for what a check sends; ids as they are."""
    made = torch.tensor(getattr(value, "array", value))
    return made.double().requires_grad_() if made.is_floating_point() else made


def _forward(params, tokens):
    embedded = functional.embedding(tokens, params["C"]).flatten(1)
    hidden = torch.tanh(functional.linear(embedded, params["W1"].T, params["b1"]))
    return functional.linear(hidden, params["W2"].T, params["b2"])


def mlp(params, tokens, cotangent):
    """Return [logits, gradient of each parameter]."""
    leaves = {name: _of(value) for name, value in params.items()}
    logits = _forward(leaves, _of(tokens))
    found = torch.autograd.grad(logits, list(leaves.values()), _of(cotangent).detach())
    return [logits.detach(), dict(zip(leaves, found, strict=True))]


def cross_entropy(logits, targets, ignore_index=-1):
    """Return [loss, its gradient]."""
    leaf = _of(logits)
    loss = functional.cross_entropy(leaf, _of(targets), ignore_index=ignore_index)
    loss.backward()
    return [loss.detach(), leaf.grad]


def loss(params, tokens, targets):
    """Return the mean loss over a data set, a float."""
    with torch.no_grad():
        logits = _forward({name: _of(value) for name, value in params.items()}, _of(tokens))
        return functional.cross_entropy(logits, _of(targets)).item()


def descent(params, tokens, targets, lrs):
    """Return what gradient descent on all of the data makes of params: {"losses", "params"}."""
    leaves = {name: _of(value) for name, value in params.items()}
    tokens, targets, losses = _of(tokens), _of(targets), []
    for lr in lrs:
        loss = functional.cross_entropy(_forward(leaves, tokens), targets)
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, list(leaves.values()))
        with torch.no_grad():
            for leaf, gradient in zip(leaves.values(), gradients, strict=True):
                leaf.sub_(gradient, alpha=lr)
    return {"losses": losses, "params": {name: leaf.detach() for name, leaf in leaves.items()}}
