"""Expected values of unit 06: torch's own conv1d, batch_norm, embedding and linear in float64, and its autograd."""

import torch
from torch.nn import functional


def _of(value):
    """Return a leaf of float64 for what a check sends; ids as they are."""
    made = torch.tensor(getattr(value, "array", value))
    return made.double().requires_grad_() if made.is_floating_point() else made


def _slopes(outs, cotangents, leaves):
    """Return the gradients of some leaves, for one output or several."""
    return list(torch.autograd.grad(outs, leaves, [_of(one).detach() for one in cotangents]))


def _normed(x, gamma, beta, eps, lecture):
    """Return batch_norm of x with channels last. lecture: divide by the unbiased variance, as x.var() has it."""
    rows = x.reshape(-1, x.shape[-1])
    if lecture:
        n = len(rows)
        # (n - 1) / n of eps moves it to where it is after the variance was scaled by n / (n - 1).
        out = functional.batch_norm(rows, None, None, training=True, eps=eps * (n - 1) / n) * ((n - 1) / n) ** 0.5
        out = out * gamma + beta
    else:
        out = functional.batch_norm(rows, None, None, gamma, beta, training=True, eps=eps)
    return out.reshape(x.shape)


def batch_norm(x, gamma, beta, cotangent, eps=1e-5, lecture=False):
    """Return {"out", "x", "gamma", "beta"}: the value in training, and gradients."""
    leaves = [_of(x), _of(gamma), _of(beta)]
    out = _normed(*leaves, eps, lecture)
    return {"out": out.detach(), **dict(zip(("x", "gamma", "beta"), _slopes([out], [cotangent], leaves), strict=True))}


def running(batches, momentum=0.1):
    """Return {"running_mean", "running_var"} of a fresh torch BatchNorm that has seen some batches, channels last."""
    mean, var = torch.zeros(batches[0].shape[-1]).double(), torch.ones(batches[0].shape[-1]).double()
    for batch in batches:
        rows = _of(batch).detach().reshape(-1, batch.shape[-1])
        functional.batch_norm(rows, mean, var, training=True, momentum=momentum)
    return {"running_mean": mean, "running_var": var}


def evaluated(x, gamma, beta, mean, var, eps=1e-5):
    """Return the value in eval mode."""
    with torch.no_grad():
        rows = _of(x).reshape(-1, x.shape[-1])
        return functional.batch_norm(rows, _of(mean), _of(var), _of(gamma), _of(beta), eps=eps).reshape(x.shape)


def wavenet(weights, ids, cotangent, training=True, lecture=False):
    """Return {"out", "parameters"} of the tree; weights in the order of the layers, ids (B, block_size)."""
    leaves = [_of(weight) for weight in weights]
    x = functional.embedding(_of(ids), leaves[0])
    for level in range(1, len(leaves) - 2, 3):
        x = torch.cat([x[:, 0::2], x[:, 1::2]], dim=-1)
        x = functional.linear(x, leaves[level].T)
        gamma, beta = leaves[level + 1 : level + 3]
        # Fresh running statistics are 0 and 1.
        x = _normed(x, gamma, beta, 1e-5, lecture) if training else x / (1 + 1e-5) ** 0.5 * gamma + beta
        x = torch.tanh(x)
    out = functional.linear(x[:, 0], leaves[-2].T, leaves[-1])
    return {"out": out.detach(), "parameters": _slopes([out], [cotangent], leaves)}


def _convolved(x, w, b, dilation):
    """Return torch's conv1d, padded on the left; channels last."""
    padded = functional.pad(x.transpose(1, 2), ((w.shape[0] - 1) * dilation, 0))
    return functional.conv1d(padded, w.permute(2, 1, 0), b, dilation=dilation).transpose(1, 2)


def conv(x, w, b, cotangent, dilation=1):
    """Return [value, gradients of x, w, and b unless it is None]."""
    leaves = [_of(one) for one in (x, w, b) if one is not None]
    out = _convolved(leaves[0], leaves[1], leaves[2] if b is not None else None, dilation)
    return [out.detach(), *_slopes([out], [cotangent], leaves)]


def gated(x, params, of_residual, of_skip, dilation):
    """Return {"residual", "skip", "x", and the gradient of each parameter}."""
    leaf, leaves = _of(x), {name: _of(value) for name, value in params.items()}
    filtered = torch.tanh(_convolved(leaf, leaves["wf"], leaves["bf"], dilation))
    z = filtered * torch.sigmoid(_convolved(leaf, leaves["wg"], leaves["bg"], dilation))
    residual = leaf + functional.linear(z, leaves["wr"].T, leaves["br"])
    skip = functional.linear(z, leaves["ws"].T, leaves["bs"])
    found = _slopes([residual, skip], [of_residual, of_skip], [leaf, *leaves.values()])
    return {"residual": residual.detach(), "skip": skip.detach(), **dict(zip(["x", *leaves], found, strict=True))}
