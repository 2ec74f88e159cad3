"""Expected values of unit 05: torch's autograd in float64, with the cotangents that the checks draw."""

import numpy as np
import torch
from torch.nn import functional

EPS = 1e-5


def _leaf(array):
    return torch.tensor(array).requires_grad_()


def _pulled(out, cotangent, *leaves):
    """Return the gradients of leaves under a cotangent of `out`, as arrays."""
    found = torch.autograd.grad(out, leaves, torch.tensor(cotangent))
    return [gradient.numpy() for gradient in found]


def unbroadcast(grad, shape):
    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    found = _pulled(x.expand(grad.shape), grad, x)[0]
    return found if shape else float(found)


def linear(dout, x, weights):
    """Return [dx, dW, db]."""
    leaves = _leaf(x), _leaf(weights), torch.zeros(weights.shape[1], dtype=torch.float64, requires_grad=True)
    return _pulled(functional.linear(leaves[0], leaves[1].T, leaves[2]), dout, *leaves)


def activation(name, dout, x):
    """Return [output, gradient of x] of a function that works entry by entry."""
    leaf = _leaf(x)
    out = getattr(torch, name)(leaf)
    return [out.detach().numpy(), *_pulled(out, dout, leaf)]


def cross_entropy(logits, targets, ignore_index=-1):
    leaf = _leaf(logits)
    functional.cross_entropy(leaf, torch.tensor(targets), ignore_index=ignore_index).backward()
    return leaf.grad.numpy()


def batchnorm(dout, x, gamma, eps=EPS, unbiased=True):
    """Return [dx, dgamma, dbeta]."""
    leaves = _leaf(x), _leaf(gamma), torch.zeros_like(torch.tensor(gamma), requires_grad=True)
    return _pulled(_normalised(*leaves, eps, unbiased=unbiased), dout, *leaves)


def _normalised(x, gamma, beta, eps=EPS, *, unbiased=True):
    if not unbiased:
        return functional.batch_norm(x, None, None, gamma[0], beta[0], training=True, eps=eps)
    var, mean = torch.var_mean(x, 0, correction=1, keepdim=True)
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


def embedding(demb, tokens, vocab_size):
    table = torch.zeros(vocab_size, demb.shape[-1], dtype=torch.float64, requires_grad=True)
    return _pulled(functional.embedding(torch.tensor(tokens), table), demb, table)[0]


# The model in small lines: what computes each value from the values before it. The order is that of the forward pass.
LINES = {
    "emb": lambda v: v["C"][v["Xb"]],
    "embcat": lambda v: v["emb"].flatten(1),
    "hprebn": lambda v: v["embcat"] @ v["W1"] + v["b1"],
    "bnmeani": lambda v: v["hprebn"].mean(0, keepdim=True),
    "bndiff": lambda v: v["hprebn"] - v["bnmeani"],
    "bndiff2": lambda v: v["bndiff"].square(),
    "bnvar": lambda v: v["bndiff2"].sum(0, keepdim=True) / (len(v["Xb"]) - 1),
    "bnvar_inv": lambda v: torch.rsqrt(v["bnvar"] + EPS),
    "bnraw": lambda v: v["bndiff"] * v["bnvar_inv"],
    "hpreact": lambda v: v["bngain"] * v["bnraw"] + v["bnbias"],
    "h": lambda v: torch.tanh(v["hpreact"]),
    "logits": lambda v: v["h"] @ v["W2"] + v["b2"],
    "logit_maxes": lambda v: v["logits"].gather(1, _first_largest(v["logits"])),
    "norm_logits": lambda v: v["logits"] - v["logit_maxes"],
    "counts": lambda v: torch.exp(v["norm_logits"]),
    "counts_sum": lambda v: v["counts"].sum(1, keepdim=True),
    "counts_sum_inv": lambda v: v["counts_sum"].reciprocal(),
    "probs": lambda v: v["counts"] * v["counts_sum_inv"],
    "logprobs": lambda v: torch.log(v["probs"]),
    "loss": lambda v: functional.nll_loss(v["logprobs"], v["Yb"]),
}
BACKWARD = (
    *("logprobs", "probs", "counts_sum_inv", "counts_sum", "counts", "norm_logits", "logit_maxes", "logits", "h"),
    *("W2", "b2", "hpreact", "bngain", "bnbias", "bnraw", "bnvar_inv", "bnvar", "bndiff2", "bndiff", "bnmeani"),
    *("hprebn", "embcat", "W1", "b1", "emb", "C"),
)


def _first_largest(logits):
    return torch.tensor(logits.detach().numpy().argmax(1)).unsqueeze(1)


def step(key, seed, sizes):
    """Return a random case of one step of the backward pass, and its answer.

    sizes: [n, vocabulary, block, embedding, hidden]. Keys: f, the values of a forward pass, in which a row has its
    maximum twice and tokens repeat within a row and across rows; d, any gradients of all values later than `key`;
    gradient, that of `key`.
    """
    rng = np.random.default_rng(seed)
    values = _forward(_inputs(rng, *sizes))
    d = {name: rng.normal(size=tuple(values[name].shape)) for name in BACKWARD[: BACKWARD.index(key)]}
    values[key].requires_grad_()
    cotangents = {"loss": 1.0, **d}
    users = {name: line(values) for name, line in LINES.items() if name in cotangents}
    users = {name: out for name, out in users.items() if out.requires_grad}
    pulled = [torch.tensor(cotangents[name], dtype=torch.float64) for name in users]
    (found,) = torch.autograd.grad(list(users.values()), values[key], pulled)
    return {"f": _arrays(values), "d": d, "gradient": found.numpy()}


def _inputs(rng, n, vocab, block, embed, hidden):
    """Draw parameters and a batch."""
    shapes = {
        "C": (vocab, embed),
        "W1": (block * embed, hidden),
        "b1": (hidden,),
        "bngain": (1, hidden),
        "bnbias": (1, hidden),
        "W2": (hidden, vocab),
        "b2": (vocab,),
    }
    values = {name: torch.tensor(rng.normal(size=shape)) for name, shape in shapes.items()}
    tokens = rng.integers(vocab, size=(n, block))
    tokens[1], tokens[2] = tokens[0], tokens[2, 0]
    return values | {"Xb": torch.tensor(tokens), "Yb": torch.tensor(rng.integers(vocab, size=n))}


def _forward(values):
    """Add every value of the forward pass; the first row of the logits gets a second maximum, right of the first."""
    for name, line in LINES.items():
        values[name] = line(values)
        if name == "logits":
            row = values[name][0]
            first, second = sorted({int(row.argmax()), (int(row.argmax()) + 1) % len(row)})
            row[first] = row[second] = row.max().clone()
    return values


def _arrays(values):
    return {name: float(value) if name == "loss" else value.detach().numpy() for name, value in values.items()}


def mlp(params, tokens, targets):
    """Return [loss, gradient of each parameter by name]."""
    leaves = {name: _leaf(value) for name, value in params.items()}
    loss, _ = _loss(leaves, torch.tensor(tokens), torch.tensor(targets))
    loss.backward()
    return [loss.item(), {name: leaf.grad.numpy() for name, leaf in leaves.items()}]


def _loss(params, tokens, targets):
    """Return the loss of a batch, and the input of its BatchNorm."""
    before = functional.embedding(tokens, params["C"]).flatten(1) @ params["W1"] + params["b1"]
    hidden = torch.tanh(_normalised(before, params["bngain"], params["bnbias"]))
    return functional.cross_entropy(hidden @ params["W2"] + params["b2"], targets), before.detach()


def training(params, running, data, batches, rates, momentum=0.1):
    """Return what gradient descent makes of params and running: {"losses", "params", "running"}.

    data: [tokens, targets]. rates: the learning rate of each step.
    """
    leaves = {name: _leaf(value) for name, value in params.items()}
    tokens, targets = map(torch.tensor, data)
    averages = {name: torch.tensor(value) for name, value in running.items()}
    losses = []
    for rows, rate in zip(torch.tensor(batches), rates, strict=True):
        loss, before = _loss(leaves, tokens[rows], targets[rows])
        losses.append(loss.item())
        var, mean = torch.var_mean(before, 0, correction=1, keepdim=True)
        averages["mean"].lerp_(mean, momentum)
        averages["var"].lerp_(var, momentum)
        gradients = torch.autograd.grad(loss, list(leaves.values()))
        with torch.no_grad():
            for leaf, gradient in zip(leaves.values(), gradients, strict=True):
                leaf.sub_(gradient, alpha=rate)
    return {"losses": losses, "params": _arrays(leaves), "running": _arrays(averages)}
