"""The same exercises by somebody who writes every intermediate value down, as the lecture does in its first part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
import numpy as np
from numpy.typing import NDArray
Array = NDArray[Any]
Values = dict[str, Any]
EPS = 1e-05


def unbroadcast(grad: Array, shape: tuple[int, ...]) -> Array:
    added = len(grad.shape) - len(shape)
    for _ in range(added):
        grad = np.sum(grad, axis=0)
    for axis in range(len(shape)):
        if grad.shape[axis] != shape[axis]:
            grad = np.sum(grad, axis=axis, keepdims=True)
    return grad


def measured_gradient(loss: Callable[[], float], x: Array, h: float=1e-05) -> Array:
    slopes = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + h
        right = loss()
        x[place] = kept - h
        slopes[place] = (right - loss()) / (2 * h)
        x[place] = kept
    return slopes


@dataclass(frozen=True)
class GradCheck:
    name: str
    exact: bool
    approximate: bool
    max_abs: float
    max_rel: float
    same_shape: bool


def compare_gradients(name: str, mine: Array, theirs: Array | None, rtol: float=1e-05, atol: float=1e-08) -> GradCheck:
    if mine.shape == theirs.shape:
        same = True
        exact = np.array_equal(mine, theirs)
        approximate = np.allclose(mine, theirs, rtol, atol)
        difference = np.abs(mine - theirs)
        max_abs = difference.max()
        max_rel = (difference / (np.abs(theirs) + 1e-300)).max()
    else:
        same, exact, approximate, max_abs, max_rel = (False, False, False, np.inf, np.inf)
    return GradCheck(name, exact, approximate, max_abs, max_rel, same)


def linear_backward(dout: Array, x: Array, W: Array) -> tuple[Array, Array, Array]:
    return (np.dot(dout, W.T), np.dot(x.T, dout), np.sum(dout, axis=0))


def tanh_backward(dout: Array, out: Array) -> Array:
    return (1.0 - out ** 2) * dout


def relu_backward(dout: Array, out: Array) -> Array:
    dx = dout.copy()
    dx[out <= 0] = 0.0
    return dx


def exp_backward(dout: Array, out: Array) -> Array:
    return out * dout


def log_backward(dout: Array, x: Array) -> Array:
    return 1.0 / x * dout


def random_params(rng: np.random.Generator, vocab: int, block: int, embed: int, hidden: int) -> dict[str, Array]:
    fan_in = block * embed
    return {'C': rng.normal(size=(vocab, embed)), 'W1': rng.normal(size=(fan_in, hidden)) * (5 / 3) / fan_in ** 0.5, 'b1': rng.normal(size=hidden) * 0.1, 'bngain': rng.normal(size=(1, hidden)) * 0.1 + 1.0, 'bnbias': rng.normal(size=(1, hidden)) * 0.1, 'W2': rng.normal(size=(hidden, vocab)) * 0.1, 'b2': rng.normal(size=vocab) * 0.1}


def forward(params: dict[str, Array], Xb: Array, Yb: Array) -> Values:
    n = len(Xb)
    f: Values = {**params, 'Xb': Xb, 'Yb': Yb}
    f['emb'] = f['C'][Xb]
    f['embcat'] = f['emb'].reshape(n, -1)
    f['hprebn'] = f['embcat'] @ f['W1'] + f['b1']
    f['bnmeani'] = f['hprebn'].sum(axis=0, keepdims=True) / n
    f['bndiff'] = f['hprebn'] - f['bnmeani']
    f['bndiff2'] = f['bndiff'] ** 2
    f['bnvar'] = f['bndiff2'].sum(axis=0, keepdims=True) / (n - 1)
    f['bnvar_inv'] = (f['bnvar'] + EPS) ** (-0.5)
    f['bnraw'] = f['bndiff'] * f['bnvar_inv']
    f['hpreact'] = f['bngain'] * f['bnraw'] + f['bnbias']
    f['h'] = np.tanh(f['hpreact'])
    f['logits'] = f['h'] @ f['W2'] + f['b2']
    f['logit_maxes'] = f['logits'].max(axis=1, keepdims=True)
    f['norm_logits'] = f['logits'] - f['logit_maxes']
    f['counts'] = np.exp(f['norm_logits'])
    f['counts_sum'] = f['counts'].sum(axis=1, keepdims=True)
    f['counts_sum_inv'] = f['counts_sum'] ** (-1)
    f['probs'] = f['counts'] * f['counts_sum_inv']
    f['logprobs'] = np.log(f['probs'])
    f['loss'] = -f['logprobs'][np.arange(n), Yb].mean()
    return f


def d_logprobs(f: Values, d: dict[str, Array]) -> Array:
    n = f['logprobs'].shape[0]
    dlogprobs = np.zeros_like(f['logprobs'])
    dlogprobs[range(n), f['Yb']] = -1.0 / n
    return dlogprobs


def d_probs(f: Values, d: dict[str, Array]) -> Array:
    return 1.0 / f['probs'] * d['logprobs']


def d_counts_sum_inv(f: Values, d: dict[str, Array]) -> Array:
    return (f['counts'] * d['probs']).sum(1, keepdims=True)


def d_counts_sum(f: Values, d: dict[str, Array]) -> Array:
    return -f['counts_sum'] ** (-2) * d['counts_sum_inv']


def d_counts(f: Values, d: dict[str, Array]) -> Array:
    dcounts = f['counts_sum_inv'] * d['probs']
    dcounts += np.ones_like(f['counts']) * d['counts_sum']
    return dcounts


def d_norm_logits(f: Values, d: dict[str, Array]) -> Array:
    return f['counts'] * d['counts']


def d_logit_maxes(f: Values, d: dict[str, Array]) -> Array:
    return (-d['norm_logits']).sum(1, keepdims=True)


def d_logits(f: Values, d: dict[str, Array]) -> Array:
    dlogits = d['norm_logits'].copy()
    one_hot = np.eye(f['logits'].shape[1])[f['logits'].argmax(1)]
    dlogits += one_hot * d['logit_maxes']
    return dlogits


def d_h(f: Values, d: dict[str, Array]) -> Array:
    return d['logits'] @ f['W2'].T


def d_W2(f: Values, d: dict[str, Array]) -> Array:
    return f['h'].T @ d['logits']


def d_b2(f: Values, d: dict[str, Array]) -> Array:
    return d['logits'].sum(0)


def d_hpreact(f: Values, d: dict[str, Array]) -> Array:
    return (1.0 - f['h'] ** 2) * d['h']


def d_bngain(f: Values, d: dict[str, Array]) -> Array:
    return (f['bnraw'] * d['hpreact']).sum(0, keepdims=True)


def d_bnbias(f: Values, d: dict[str, Array]) -> Array:
    return d['hpreact'].sum(0, keepdims=True)


def d_bnraw(f: Values, d: dict[str, Array]) -> Array:
    return f['bngain'] * d['hpreact']


def d_bnvar_inv(f: Values, d: dict[str, Array]) -> Array:
    return (f['bndiff'] * d['bnraw']).sum(0, keepdims=True)


def d_bnvar(f: Values, d: dict[str, Array]) -> Array:
    return -0.5 * (f['bnvar'] + 1e-05) ** (-1.5) * d['bnvar_inv']


def d_bndiff2(f: Values, d: dict[str, Array]) -> Array:
    n = f['bndiff2'].shape[0]
    return 1.0 / (n - 1) * np.ones_like(f['bndiff2']) * d['bnvar']


def d_bndiff(f: Values, d: dict[str, Array]) -> Array:
    dbndiff = f['bnvar_inv'] * d['bnraw']
    dbndiff += 2 * f['bndiff'] * d['bndiff2']
    return dbndiff


def d_bnmeani(f: Values, d: dict[str, Array]) -> Array:
    return (-d['bndiff']).sum(0, keepdims=True)


def d_hprebn(f: Values, d: dict[str, Array]) -> Array:
    dhprebn = d['bndiff'].copy()
    n = dhprebn.shape[0]
    dhprebn += 1.0 / n * (np.ones_like(f['hprebn']) * d['bnmeani'])
    return dhprebn


def d_embcat(f: Values, d: dict[str, Array]) -> Array:
    return d['hprebn'] @ f['W1'].T


def d_W1(f: Values, d: dict[str, Array]) -> Array:
    return f['embcat'].T @ d['hprebn']


def d_b1(f: Values, d: dict[str, Array]) -> Array:
    return d['hprebn'].sum(0)


def d_emb(f: Values, d: dict[str, Array]) -> Array:
    return d['embcat'].reshape(f['emb'].shape)


def d_C(f: Values, d: dict[str, Array]) -> Array:
    dC = np.zeros_like(f['C'])
    for k in range(f['Xb'].shape[0]):
        for j in range(f['Xb'].shape[1]):
            ix = f['Xb'][k, j]
            dC[ix] += d['emb'][k, j]
    return dC
STEPS = (d_logprobs, d_probs, d_counts_sum_inv, d_counts_sum, d_counts, d_norm_logits, d_logit_maxes, d_logits, d_h, d_W2, d_b2, d_hpreact, d_bngain, d_bnbias, d_bnraw, d_bnvar_inv, d_bnvar, d_bndiff2, d_bndiff, d_bnmeani, d_hprebn, d_embcat, d_W1, d_b1, d_emb, d_C)


def backward_steps(f: Values) -> dict[str, Array]:
    d: dict[str, Array] = {}
    for step in STEPS:
        d[step.__name__.removeprefix('d_')] = step(f, d)
    return d


def cross_entropy_backward(logits: Array, targets: Array, ignore_index: int=-1) -> Array:
    n, vocab = logits.shape
    norm = logits - np.max(logits, axis=1, keepdims=True)
    probs = np.exp(norm) / np.sum(np.exp(norm), axis=1, keepdims=True)
    y = np.zeros((n, vocab))
    for i in range(n):
        y[i, targets[i]] = 1.0
    return (probs - y) / n


def batchnorm_backward(dout: Array, x: Array, gamma: Array, eps: float=1e-05, unbiased: bool=True) -> tuple[Array, Array, Array]:
    n = x.shape[0]
    mean = np.mean(x, axis=0, keepdims=True)
    centered = x - mean
    var = np.sum(centered ** 2, axis=0, keepdims=True) / (n - 1)
    inv = 1.0 / np.sqrt(var + 1e-05)
    normed = centered * inv
    dgamma = np.sum(dout * normed, axis=0, keepdims=True)
    dbeta = np.sum(dout, axis=0, keepdims=True)
    dnormed = dout * gamma
    dinv = np.sum(dnormed * centered, axis=0, keepdims=True)
    dvar = dinv * -0.5 * (var + 1e-05) ** (-1.5)
    dcentered = dnormed * inv + 2.0 * centered * dvar / (n - 1)
    dmean = -np.sum(dcentered, axis=0, keepdims=True)
    dx = dcentered + dmean / n
    return (dx, dgamma, dbeta)


def embedding_backward(demb: Array, X: Array, vocab_size: int) -> Array:
    flat_ids = X.reshape(-1)
    flat = demb.reshape(-1, demb.shape[-1])
    dC = np.zeros((vocab_size, demb.shape[-1]))
    for i, token in enumerate(flat_ids):
        dC[token] = dC[token] + flat[i]
    return dC


def mlp_backward(params: dict[str, Array], Xb: Array, Yb: Array) -> tuple[float, dict[str, Array]]:
    f = forward(params, Xb, Yb)
    d = backward_steps(f)
    return (f['loss'].item(), {k: d[k] for k in params})


def train_manual(params: dict[str, Array], running: dict[str, Array], X: Array, Y: Array, batches: Array, lr_fn: Callable[[int], float], momentum: float=0.1) -> list[float]:
    losses = []
    step = 0
    for rows in batches:
        f = forward(params, X[rows], Y[rows])
        loss, grads = mlp_backward(params, X[rows], Y[rows])
        losses.append(loss)
        running['mean'] += momentum * (f['bnmeani'] - running['mean'])
        running['var'] += momentum * (f['bnvar'] - running['var'])
        lr = lr_fn(step)
        for name in list(params):
            params[name] = params[name] - lr * grads[name]
        step += 1
    return losses
