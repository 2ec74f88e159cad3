"""Each answer as its last hint says, to the letter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
import numpy as np
from numpy.typing import NDArray
Array = NDArray[Any]
Values = dict[str, Any]
EPS = 1e-05


def unbroadcast(grad: Array, shape: tuple[int, ...]) -> Array:
    grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))
    axes = tuple((axis for axis in range(len(shape)) if shape[axis] == 1))
    return grad.sum(axis=axes, keepdims=True)


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
    if theirs is None:
        raise ValueError(name + ' has nothing to be compared with')
    if mine.shape != theirs.shape:
        return GradCheck(name, False, False, float('inf'), float('inf'), False)
    gap = np.abs(mine - theirs)
    with np.errstate(divide='ignore'):
        relative = np.divide(gap, np.abs(theirs), out=np.zeros(gap.shape), where=gap != 0)
    exact = bool(mine.dtype == theirs.dtype and np.all(mine == theirs))
    approximate = bool(np.all(gap <= atol + rtol * np.abs(theirs)))
    return GradCheck(name, exact, approximate, float(gap.max()), float(relative.max()), True)


def linear_backward(dout: Array, x: Array, W: Array) -> tuple[Array, Array, Array]:
    rows_of_x, rows_of_dout = (x.reshape(-1, x.shape[-1]), dout.reshape(-1, dout.shape[-1]))
    return (dout @ W.T, rows_of_x.T @ rows_of_dout, rows_of_dout.sum(axis=0))


def tanh_backward(dout: Array, out: Array) -> Array:
    return dout * (1 - out ** 2)


def relu_backward(dout: Array, out: Array) -> Array:
    return dout * (out > 0)


def exp_backward(dout: Array, out: Array) -> Array:
    return dout * out


def log_backward(dout: Array, x: Array) -> Array:
    return dout / x


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
    result = np.zeros_like(f['logprobs'])
    result[np.arange(len(f['Yb'])), f['Yb']] = -1 / len(f['Yb'])
    return result


def d_probs(f: Values, d: dict[str, Array]) -> Array:
    return d['logprobs'] / f['probs']


def d_counts_sum_inv(f: Values, d: dict[str, Array]) -> Array:
    return (f['counts'] * d['probs']).sum(axis=1, keepdims=True)


def d_counts_sum(f: Values, d: dict[str, Array]) -> Array:
    return -f['counts_sum'] ** (-2) * d['counts_sum_inv']


def d_counts(f: Values, d: dict[str, Array]) -> Array:
    return f['counts_sum_inv'] * d['probs'] + d['counts_sum']


def d_norm_logits(f: Values, d: dict[str, Array]) -> Array:
    return f['counts'] * d['counts']


def d_logit_maxes(f: Values, d: dict[str, Array]) -> Array:
    return -d['norm_logits'].sum(axis=1, keepdims=True)


def d_logits(f: Values, d: dict[str, Array]) -> Array:
    result = d['norm_logits'].copy()
    result[np.arange(len(result)), f['logits'].argmax(axis=1)] += d['logit_maxes'][:, 0]
    return result


def d_h(f: Values, d: dict[str, Array]) -> Array:
    return d['logits'] @ f['W2'].T


def d_W2(f: Values, d: dict[str, Array]) -> Array:
    return f['h'].T @ d['logits']


def d_b2(f: Values, d: dict[str, Array]) -> Array:
    return d['logits'].sum(axis=0)


def d_hpreact(f: Values, d: dict[str, Array]) -> Array:
    return tanh_backward(d['h'], f['h'])


def d_bngain(f: Values, d: dict[str, Array]) -> Array:
    return (f['bnraw'] * d['hpreact']).sum(axis=0, keepdims=True)


def d_bnbias(f: Values, d: dict[str, Array]) -> Array:
    return d['hpreact'].sum(axis=0, keepdims=True)


def d_bnraw(f: Values, d: dict[str, Array]) -> Array:
    return f['bngain'] * d['hpreact']


def d_bnvar_inv(f: Values, d: dict[str, Array]) -> Array:
    return (f['bndiff'] * d['bnraw']).sum(axis=0, keepdims=True)


def d_bnvar(f: Values, d: dict[str, Array]) -> Array:
    return -0.5 * (f['bnvar'] + EPS) ** (-1.5) * d['bnvar_inv']


def d_bndiff2(f: Values, d: dict[str, Array]) -> Array:
    return d['bnvar'] / (len(f['Xb']) - 1) * np.ones_like(f['bndiff2'])


def d_bndiff(f: Values, d: dict[str, Array]) -> Array:
    return f['bnvar_inv'] * d['bnraw'] + 2 * f['bndiff'] * d['bndiff2']


def d_bnmeani(f: Values, d: dict[str, Array]) -> Array:
    return -d['bndiff'].sum(axis=0, keepdims=True)


def d_hprebn(f: Values, d: dict[str, Array]) -> Array:
    return d['bndiff'] + d['bnmeani'] / len(f['Xb'])


def d_embcat(f: Values, d: dict[str, Array]) -> Array:
    return d['hprebn'] @ f['W1'].T


def d_W1(f: Values, d: dict[str, Array]) -> Array:
    return f['embcat'].T @ d['hprebn']


def d_b1(f: Values, d: dict[str, Array]) -> Array:
    return d['hprebn'].sum(axis=0)


def d_emb(f: Values, d: dict[str, Array]) -> Array:
    return d['embcat'].reshape(f['emb'].shape)


def d_C(f: Values, d: dict[str, Array]) -> Array:
    result = np.zeros_like(f['C'])
    np.add.at(result, f['Xb'], d['emb'])
    return result
STEPS = (d_logprobs, d_probs, d_counts_sum_inv, d_counts_sum, d_counts, d_norm_logits, d_logit_maxes, d_logits, d_h, d_W2, d_b2, d_hpreact, d_bngain, d_bnbias, d_bnraw, d_bnvar_inv, d_bnvar, d_bndiff2, d_bndiff, d_bnmeani, d_hprebn, d_embcat, d_W1, d_b1, d_emb, d_C)


def backward_steps(f: Values) -> dict[str, Array]:
    d: dict[str, Array] = {}
    for step in STEPS:
        d[step.__name__.removeprefix('d_')] = step(f, d)
    return d


def cross_entropy_backward(logits: Array, targets: Array, ignore_index: int=-1) -> Array:
    counted = targets != ignore_index
    rows = np.flatnonzero(counted)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    p[rows, targets[rows]] -= 1
    p[~counted] = 0
    return p / int(counted.sum())


def batchnorm_backward(dout: Array, x: Array, gamma: Array, eps: float=1e-05, unbiased: bool=True) -> tuple[Array, Array, Array]:
    n = len(x)
    m = n - 1 if unbiased else n
    mean = x.mean(axis=0, keepdims=True)
    var = ((x - mean) ** 2).sum(axis=0, keepdims=True) / m
    root = np.sqrt(var + eps)
    xhat = (x - mean) / root
    dbeta, dgamma = (dout.sum(axis=0, keepdims=True), (dout * xhat).sum(axis=0, keepdims=True))
    dx = gamma / root * (dout - dbeta / n - xhat * (dgamma / m))
    return (dx, dgamma, dbeta)


def embedding_backward(demb: Array, X: Array, vocab_size: int) -> Array:
    dC = np.zeros((vocab_size, demb.shape[-1]), dtype=demb.dtype)
    np.add.at(dC, X, demb)
    return dC


def mlp_backward(params: dict[str, Array], Xb: Array, Yb: Array) -> tuple[float, dict[str, Array]]:
    f = forward(params, Xb, Yb)
    dlogits = cross_entropy_backward(f['logits'], Yb)
    dh, dW2, db2 = linear_backward(dlogits, f['h'], params['W2'])
    dhpreact = tanh_backward(dh, f['h'])
    dhprebn, dbngain, dbnbias = batchnorm_backward(dhpreact, f['hprebn'], params['bngain'])
    dembcat, dW1, db1 = linear_backward(dhprebn, f['embcat'], params['W1'])
    dC = embedding_backward(dembcat.reshape(f['emb'].shape), Xb, len(params['C']))
    return (float(f['loss']), {'C': dC, 'W1': dW1, 'b1': db1, 'bngain': dbngain, 'bnbias': dbnbias, 'W2': dW2, 'b2': db2})


def train_manual(params: dict[str, Array], running: dict[str, Array], X: Array, Y: Array, batches: Array, lr_fn: Callable[[int], float], momentum: float=0.1) -> list[float]:
    losses = []
    for step, rows in enumerate(batches):
        loss, grads = mlp_backward(params, X[rows], Y[rows])
        f = forward(params, X[rows], Y[rows])
        running['mean'] = (1 - momentum) * running['mean'] + momentum * f['bnmeani']
        running['var'] = (1 - momentum) * running['var'] + momentum * f['bnvar']
        rate = lr_fn(step)
        for name, grad in grads.items():
            params[name] -= rate * grad
        losses.append(loss)
    return losses
