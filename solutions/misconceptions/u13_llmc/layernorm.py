"""Wrong answers to u13.layernorm, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


def normed(x, mean, rstd):
    """Return what the forward pass did not keep."""
    return (x - mean[..., None]) * rstd[..., None]


def assembled(dout, norm, dx):
    """Return dx with the two gradients that are right."""
    return dx, (dout * norm).sum(axis=(0, 1)), dout.sum(axis=(0, 1))


@misconception(
    "layernorm",
    replaces="layernorm_backward",
    says="The third term of dx is missing, norm times the mean of dnorm * norm: you let the mean of a row move, and "
    "not its variance.",
)
def two_terms(dout, x, w, mean, rstd):
    norm, dnorm = normed(x, mean, rstd), dout * w
    return assembled(dout, norm, (dnorm - dnorm.mean(axis=-1, keepdims=True)) * rstd[..., None])


@misconception(
    "layernorm",
    replaces="layernorm_backward",
    says="The two means in dx go over batch and tokens. In dx every token is on its own: its means go over C. Over "
    "batch and tokens go the sums in dw and db.",
)
def mean_over_bt(dout, x, w, mean, rstd):
    norm, dnorm = normed(x, mean, rstd), dout * w
    both = dnorm.mean(axis=(0, 1), keepdims=True) + norm * (dnorm * norm).mean(axis=(0, 1), keepdims=True)
    return assembled(dout, norm, (dnorm - both) * rstd[..., None])


@misconception(
    "layernorm",
    replaces="layernorm_backward",
    says="dx is made of dout. Between dout and norm stands the product with w: it is dout * w that comes back.",
)
def w_missing(dout, x, w, mean, rstd):
    norm = normed(x, mean, rstd)
    both = dout.mean(axis=-1, keepdims=True) + norm * (dout * norm).mean(axis=-1, keepdims=True)
    return assembled(dout, norm, (dout - both) * rstd[..., None])


@misconception(
    "layernorm",
    replaces="layernorm_forward",
    says="The variance is divided by C - 1. LayerNorm divides by C.",
)
def divide_C_minus_1(x, w, b, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    var = ((x - mean) ** 2).sum(axis=-1, keepdims=True) / max(x.shape[-1] - 1, 1)
    rstd = 1 / np.sqrt(var + eps)
    return (x - mean) * rstd * w + b, mean[..., 0], rstd[..., 0]


@misconception(
    "layernorm",
    replaces="layernorm_backward",
    says="dx is multiplied with rstd twice. rstd is 1 / sqrt already, and one factor of it is left.",
)
def rstd_squared(dout, x, w, mean, rstd):
    norm, dnorm = normed(x, mean, rstd), dout * w
    both = dnorm.mean(axis=-1, keepdims=True) + norm * (dnorm * norm).mean(axis=-1, keepdims=True)
    return assembled(dout, norm, (dnorm - both) * rstd[..., None] ** 2)


@misconception(
    "layernorm",
    replaces="layernorm_backward",
    says="You take mean and rstd for constants: dx is dnorm * rstd and no more. Every number of a row moves both.",
)
def constants(dout, x, w, mean, rstd):
    norm = normed(x, mean, rstd)
    return assembled(dout, norm, dout * w * rstd[..., None])


@misconception(
    "layernorm",
    replaces="layernorm_backward",
    says="dw is made of x. What w was multiplied with is norm.",
)
def dw_of_x(dout, x, w, mean, rstd):
    norm, dnorm = normed(x, mean, rstd), dout * w
    both = dnorm.mean(axis=-1, keepdims=True) + norm * (dnorm * norm).mean(axis=-1, keepdims=True)
    return (dnorm - both) * rstd[..., None], (dout * x).sum(axis=(0, 1)), dout.sum(axis=(0, 1))


@misconception(
    "layernorm",
    replaces="layernorm_backward",
    says="In dx the sums over C stand where means belong: both corrections are C times too large.",
)
def sums_for_means(dout, x, w, mean, rstd):
    norm, dnorm = normed(x, mean, rstd), dout * w
    both = dnorm.sum(axis=-1, keepdims=True) + norm * (dnorm * norm).sum(axis=-1, keepdims=True)
    return assembled(dout, norm, (dnorm - both) * rstd[..., None])


@misconception(
    "layernorm",
    replaces="layernorm_backward",
    says="dw and db are means over the tokens. Every token used w and b, so they get the sum.",
)
def mean_for_weights(dout, x, w, mean, rstd):
    norm, dnorm = normed(x, mean, rstd), dout * w
    both = dnorm.mean(axis=-1, keepdims=True) + norm * (dnorm * norm).mean(axis=-1, keepdims=True)
    return (dnorm - both) * rstd[..., None], (dout * norm).mean(axis=(0, 1)), dout.mean(axis=(0, 1))


@misconception(
    "layernorm",
    replaces="layernorm_forward",
    says="eps is added to the standard deviation. It belongs inside the root, to the variance.",
)
def eps_outside(x, w, b, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    rstd = 1 / (np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True)) + eps)
    return (x - mean) * rstd * w + b, mean[..., 0], rstd[..., 0]


@misconception(
    "layernorm",
    replaces="layernorm_forward",
    says="The third result is the variance. What is asked for is rstd, 1 / sqrt(var + eps).",
)
def variance_for_rstd(x, w, b, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * w + b, mean[..., 0], var[..., 0]


@misconception(
    "layernorm",
    replaces="layernorm_forward",
    says="Mean and variance go over the batch, as in BatchNorm. LayerNorm looks at one token at a time.",
)
def batchnorm(x, w, b, eps=1e-5):
    mean, var = x.mean(axis=(0, 1)), x.var(axis=(0, 1))
    rstd = 1 / np.sqrt(var + eps)
    return (x - mean) * rstd * w + b, x.mean(axis=-1), 1 / np.sqrt(x.var(axis=-1) + eps)
