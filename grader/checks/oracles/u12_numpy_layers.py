"""Expected values of unit 12, from NumPy and plain Python alone.

Gradients come from forward formulas by the complex step: f(x + ih) has f'(x) * h as its imaginary part, without any
difference, so it is exact to the last digits (Squire and Trapp, 1998). No backward formula stands here. Optimizers
are written for single numbers. tests/checks compares all of it with torch.
"""

import math
from statistics import NormalDist

import numpy as np

STEP = 1e-30


def _gradient(function, arrays, at, cotangent):
    """Return the gradient of sum(cotangent * function(*arrays)) in one of the arrays."""
    found = np.zeros(arrays[at].shape)
    for place in np.ndindex(found.shape):
        moved = [array.astype(complex) for array in arrays]
        moved[at][place] += 1j * STEP
        found[place] = np.sum(cotangent * function(*moved)).imag / STEP
    return found


def _pulled(function, arrays, cotangent, names):
    """Return the output and the gradients by name."""
    arrays = [np.asarray(array, dtype=float) for array in arrays]
    gradients = {name: _gradient(function, arrays, at, cotangent) for at, name in enumerate(names)}
    return {"out": function(*arrays), **gradients}


def linear(x, weight, bias, cotangent):
    """Return out, dx, dW, db; sums written out by einsum."""
    return _pulled(
        lambda x, W, b: np.einsum("...i,io->...o", x, W) + b, [x, weight, bias], cotangent, ["dx", "dW", "db"]
    )


FORMULAS = {
    "ReLU": lambda x: np.where(x.real > 0, x, 0),
    "Tanh": np.tanh,
    "Sigmoid": lambda x: 0.5 * (1 + np.tanh(x / 2)),
    "GELU": lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
}


def activation(name, x, cotangent, exact=False):
    """Return out and dx of a nonlinearity; exact: the GELU of the normal distribution itself."""
    if exact:
        normal = NormalDist()
        cdf, pdf = (np.array([f(one) for one in x.ravel()]).reshape(x.shape) for f in (normal.cdf, normal.pdf))
        return {"out": x * cdf, "dx": cotangent * (cdf + x * pdf)}
    return _pulled(FORMULAS[name], [x], cotangent, ["dx"])


def mse(pred, target):
    """Return out, the loss as a number, and dx."""
    found = _pulled(lambda pred: np.mean((pred - target) ** 2), [pred], 1.0, ["dx"])
    return {**found, "out": float(found["out"])}


def cross_entropy(logits, targets):
    """Return out, the loss as a number, and dx; row by row, with shifted logits."""

    def mean(logits):
        total = 0.0
        for row, target in zip(logits, targets, strict=True):
            shifted = row - row.real.max()
            total = total + np.log(np.sum(np.exp(shifted))) - shifted[target]
        return total / len(targets)

    found = _pulled(mean, [logits], 1.0, ["dx"])
    return {**found, "out": float(found["out"])}


def _normal(x, mean, var, gamma, beta, eps):
    return gamma * ((x - mean) * (var + eps) ** -0.5) + beta


def _moments(x, axis):
    mean = x.sum(axis=axis, keepdims=True) / x.shape[axis]
    return mean, ((x - mean) ** 2).sum(axis=axis, keepdims=True) / x.shape[axis]


NAMES = ["dx", "dgamma", "dbeta"]


def batch_norm(x, gamma, beta, cotangent, eps=1e-5):
    """Return out, dx, dgamma, dbeta in training."""
    return _pulled(lambda x, g, b: _normal(x, *_moments(x, 0), g, b, eps), [x, gamma, beta], cotangent, NAMES)


def batch_norm_in_use(x, gamma, beta, mean, var, cotangent, eps=1e-5):
    """Return out, dx, dgamma, dbeta in use, with these running averages."""
    return _pulled(lambda x, g, b: _normal(x, mean, var, g, b, eps), [x, gamma, beta], cotangent, NAMES)


def running(batches, mean, var, momentum=0.1, less=1):
    """Return the running averages [mean, var] after some batches; the variance is divided by N - less."""
    mean, var = mean.copy(), var.copy()
    for batch in batches:
        for column in range(batch.shape[1]):
            numbers = [float(one) for one in batch[:, column]]
            middle = math.fsum(numbers) / len(numbers)
            spread = math.fsum((one - middle) ** 2 for one in numbers) / (len(numbers) - less)
            mean[column] += momentum * (middle - mean[column])
            var[column] += momentum * (spread - var[column])
    return [mean, var]


def layer_norm(x, gamma, beta, cotangent, eps=1e-5):
    """Return out, dx, dgamma, dbeta, for any number of axes."""
    return _pulled(lambda x, g, b: _normal(x, *_moments(x, -1), g, b, eps), [x, gamma, beta], cotangent, NAMES)


def _each(params, grads, one):
    """Move every single number of every parameter by itself; `one` takes the number and its gradients, step by step."""
    moved = []
    for at, p in enumerate(params):
        new = np.array(p, dtype=float)
        for place in np.ndindex(new.shape):
            new[place] = one(float(new[place]), [float(step[at][place]) for step in grads])
        moved.append(new)
    return moved


def sgd(params, grads, rates, momentum=0.0, nesterov=False, weight_decay=0.0):
    """Return the parameters after one step for each entry of grads, a list of arrays, with its learning rate."""

    def one(number, slopes):
        weighed = []
        for slope, rate in zip(slopes, rates, strict=True):
            weighed.append(slope + weight_decay * number)
            behind = sum(g * momentum ** (len(weighed) - 1 - at) for at, g in enumerate(weighed))
            number -= rate * (weighed[-1] + momentum * behind if nesterov else behind)
        return number

    return _each(params, grads, one)


def adam(params, grads, rates, betas=(0.9, 0.999), eps=1e-8):
    """Return the parameters after one step for each entry of grads; moments as weighted means of all gradients."""

    def mean(values, beta):
        weights = [beta ** (len(values) - 1 - at) for at in range(len(values))]
        return math.fsum(w * value for w, value in zip(weights, values, strict=True)) / math.fsum(weights)

    def one(number, slopes):
        for step, rate in enumerate(rates, 1):
            first, second = mean(slopes[:step], betas[0]), mean([g * g for g in slopes[:step]], betas[1])
            number -= rate * first / (math.sqrt(second) + eps)
        return number

    return _each(params, grads, one)
