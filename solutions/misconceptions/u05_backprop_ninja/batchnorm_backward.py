"""Wrong answers to u05.batchnorm_backward, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception

# A misconception stands in for the solution's function by name; the right one is kept under another.
right_batchnorm = batchnorm_backward


def normal(x, eps, unbiased):
    """Return x minus its mean, 1 / sqrt(var + eps), x hat, and what the variance is divided by."""
    m = len(x) - 1 if unbiased else len(x)
    diff = x - x.mean(axis=0, keepdims=True)
    inv = ((diff**2).sum(axis=0, keepdims=True) / m + eps) ** -0.5
    return diff, inv, diff * inv, m


def with_dx(dx, dout, xhat):
    """Return a dx with the right dgamma and dbeta."""
    return dx, (dout * xhat).sum(axis=0, keepdims=True), dout.sum(axis=0, keepdims=True)


@misconception(
    "batchnorm_backward",
    says="You treat mean and variance as constants. Every example moves both, and through them all the others: two "
    "paths are missing.",
)
def plain_scale(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, _ = normal(x, eps, unbiased)
    return with_dx(gamma * inv * dout, dout, xhat)


@misconception(
    "batchnorm_backward",
    says="The path through the mean is there, the one through the variance is not.",
)
def mean_only(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, _ = normal(x, eps, unbiased)
    return with_dx(gamma * inv * (dout - dout.mean(axis=0, keepdims=True)), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="Your third term averages over n. With the unbiased variance, the forward pass divided by n - 1 there.",
)
def bessel_dropped(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, _ = normal(x, eps, unbiased)
    along = (dout * xhat).mean(axis=0, keepdims=True)
    return with_dx(gamma * inv * (dout - dout.mean(axis=0, keepdims=True) - xhat * along), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="You divide by n - 1 in the mean as well. Only the variance has Bessel's correction.",
)
def bessel_everywhere(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, m = normal(x, eps, unbiased)
    mean, along = dout.sum(axis=0, keepdims=True) / m, (dout * xhat).sum(axis=0, keepdims=True) / m
    return with_dx(gamma * inv * (dout - mean - xhat * along), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="Your sums run along each row, over the features. A feature is normalised over the batch: sum over the rows.",
)
def sums_over_features(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, m = normal(x, eps, unbiased)
    mean, along = dout.mean(axis=1, keepdims=True), (dout * xhat).sum(axis=1, keepdims=True) / m
    return with_dx(gamma * inv * (dout - mean - xhat * along), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="gamma is in your dx twice: once inside, on the way to x hat, and once more outside.",
)
def gamma_twice(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, m = normal(x, eps, unbiased)
    dxhat = dout * gamma
    mean, along = dxhat.mean(axis=0, keepdims=True), (dxhat * xhat).sum(axis=0, keepdims=True) / m
    return with_dx(gamma * inv * (dxhat - mean - xhat * along), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="In dgamma you pair dout with x. What gamma multiplies is the normalised x.",
)
def x_for_xhat(dout, x, gamma, eps=1e-5, unbiased=True):
    dx, _, dbeta = right_batchnorm(dout, x, gamma, eps, unbiased)
    return dx, (dout * x).sum(axis=0, keepdims=True), dbeta


# The catalogue's version sums -2 * (x - mean) without an axis. Each column of that sums to zero, so with an axis or
# without, the term is zero and the answer right. The same slip in the gradient of the mean itself is a real one.
@misconception(
    "batchnorm_backward",
    says="In the path through the mean you add up all features into one number: a sum without an axis. Each feature "
    "has a mean of its own.",
)
def staged_bug(dout, x, gamma, eps=1e-5, unbiased=True):
    diff, inv, xhat, m = normal(x, eps, unbiased)
    dxhat = dout * gamma
    dvar = (dxhat * diff).sum(axis=0, keepdims=True) * -0.5 * inv**3
    dmean = -(dxhat * inv).sum()
    return with_dx(dxhat * inv + dvar * 2 * diff / m + dmean / len(x), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="You always divide the variance by n - 1. With unbiased=False the forward pass divided by n.",
)
def flag_ignored(dout, x, gamma, eps=1e-5, unbiased=True):
    return right_batchnorm(dout, x, gamma, eps, unbiased=True)


@misconception(
    "batchnorm_backward",
    says="eps is missing below the root. Where x has little spread it decides the size of everything.",
)
def eps_forgotten(dout, x, gamma, eps=1e-5, unbiased=True):
    with np.errstate(all="ignore"):
        return right_batchnorm(dout, x, gamma, 0.0, unbiased)


@misconception(
    "batchnorm_backward",
    says="The numbers of dgamma and dbeta are right, their shapes are not: gamma is (1, H), not (H,).",
)
def flat_gamma(dout, x, gamma, eps=1e-5, unbiased=True):
    dx, dgamma, dbeta = right_batchnorm(dout, x, gamma, eps, unbiased)
    return dx, dgamma[0], dbeta[0]
