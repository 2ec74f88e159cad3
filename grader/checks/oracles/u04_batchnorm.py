"""Expected values of unit 04: torch's own batch_norm, linear and gains, and autograd, in float64."""

import torch
from torch.nn import functional


def _of(value):
    return torch.tensor(getattr(value, "array", value), dtype=torch.float64)


def kaiming(fan_in, nonlinearity, slope=None):
    """Return torch's gain divided by the root of fan_in."""
    return float(torch.nn.init.calculate_gain(nonlinearity, slope) / fan_in**0.5)


def linear(x, weight, bias, cotangent):
    """Return out and gradients of x, weight (in, out) and bias, which may be None."""
    leaves = [_of(one).requires_grad_() for one in (x, weight, bias) if one is not None]
    out = functional.linear(leaves[0], leaves[1].T, leaves[2] if bias is not None else None)
    return {"out": out.detach(), "grads": list(torch.autograd.grad(out, leaves, _of(cotangent)))}


def batch_norm(x, gain, bias, cotangent, eps=1e-5, unbiased=False):
    """Return out and gradients of x, gain and bias.

    With unbiased, torch's norm under another gain and eps: sqrt(var n / (n - 1) + eps) is
    sqrt(n / (n - 1)) times sqrt(var + eps (n - 1) / n).
    """
    x, gain, bias = (_of(one).requires_grad_() for one in (x, gain, bias))
    share = (len(x) - 1) / len(x) if unbiased else 1.0
    out = functional.batch_norm(x, None, None, gain.reshape(-1) * share**0.5, bias.reshape(-1), True, 0.1, eps * share)
    return {"out": out.detach(), "grads": list(torch.autograd.grad(out, [x, gain, bias], _of(cotangent)))}


def buffers(batches, momentum=0.1):
    """Return the running mean and variance of torch's BatchNorm1d after some batches."""
    layer = torch.nn.BatchNorm1d(len(batches[0][0]), momentum=momentum, dtype=torch.float64)
    for batch in batches:
        layer(_of(batch))
    return {"mean": layer.running_mean.clone(), "var": layer.running_var.clone()}
