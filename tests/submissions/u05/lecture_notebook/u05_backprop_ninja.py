"""Typed in the order and with the names of the lecture: loops over places, a bare exp, one epsilon, float64."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
import numpy as np
from numpy.typing import NDArray
Array = NDArray[Any]
Values = dict[str, Any]
EPS = 1e-05


def unbroadcast(grad: Array, shape: tuple[int, ...]) -> Array:
    while grad.ndim > len(shape):
        grad = grad.sum(0)
    for i in range(len(shape)):
        if shape[i] == 1:
            grad = grad.sum(i, keepdims=True)
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
    if mine.shape != theirs.shape:
        return GradCheck(name, False, False, float('inf'), float('inf'), False)
    ex = bool((mine == theirs).all())
    app = bool(np.allclose(mine, theirs, rtol=rtol, atol=atol))
    maxdiff = float(np.abs(mine - theirs).max())
    maxrel = float((np.abs(mine - theirs) / np.abs(theirs)).max())
    print(f'{name:15s} | exact: {ex} | approximate: {app} | maxdiff: {maxdiff}')
    return GradCheck(name, ex, app, maxdiff, maxrel, True)


def linear_backward(dout: Array, x: Array, W: Array) -> tuple[Array, Array, Array]:
    dx = dout @ W.T
    dW = x.T @ dout
    db = dout.sum(0)
    return (dx, dW, db)


def tanh_backward(dout: Array, out: Array) -> Array:
    return (1.0 - out ** 2) * dout


def relu_backward(dout: Array, out: Array) -> Array:
    return (out > 0).astype(float) * dout


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
    n = logits.shape[0]
    counts = np.exp(logits)
    dlogits = counts / counts.sum(1, keepdims=True)
    dlogits[range(n), targets] -= 1
    dlogits /= n
    return dlogits


def batchnorm_backward(dout: Array, x: Array, gamma: Array, eps: float=1e-05, unbiased: bool=True) -> tuple[Array, Array, Array]:
    n = x.shape[0]
    bnmeani = 1 / n * x.sum(0, keepdims=True)
    bndiff = x - bnmeani
    bnvar = 1 / (n - 1) * (bndiff ** 2).sum(0, keepdims=True)
    bnvar_inv = (bnvar + 1e-05) ** (-0.5)
    bnraw = bndiff * bnvar_inv
    dbngain = (bnraw * dout).sum(0, keepdims=True)
    dbnbias = dout.sum(0, keepdims=True)
    dhprebn = gamma * bnvar_inv / n * (n * dout - dout.sum(0) - n / (n - 1) * bnraw * (dout * bnraw).sum(0))
    return (dhprebn, dbngain, dbnbias)


def embedding_backward(demb: Array, X: Array, vocab_size: int) -> Array:
    dC = np.zeros((vocab_size, demb.shape[2]))
    for k in range(X.shape[0]):
        for j in range(X.shape[1]):
            ix = X[k, j]
            dC[ix] += demb[k, j]
    return dC


def mlp_backward(params: dict[str, Array], Xb: Array, Yb: Array) -> tuple[float, dict[str, Array]]:
    n = Xb.shape[0]
    C, W1, b1, bngain, bnbias, W2, b2 = (params[k] for k in ('C', 'W1', 'b1', 'bngain', 'bnbias', 'W2', 'b2'))
    emb = C[Xb]
    embcat = emb.reshape(emb.shape[0], -1)
    hprebn = embcat @ W1 + b1
    bnmean = hprebn.mean(0, keepdims=True)
    bnvar = hprebn.var(0, keepdims=True, ddof=1)
    bnvar_inv = (bnvar + 1e-05) ** (-0.5)
    bnraw = (hprebn - bnmean) * bnvar_inv
    hpreact = bngain * bnraw + bnbias
    h = np.tanh(hpreact)
    logits = h @ W2 + b2
    probs = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    loss = -np.log(probs[range(n), Yb]).mean()
    dlogits = probs
    dlogits[range(n), Yb] -= 1
    dlogits /= n
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    db2 = dlogits.sum(0)
    dhpreact = (1.0 - h ** 2) * dh
    dbngain = (bnraw * dhpreact).sum(0, keepdims=True)
    dbnbias = dhpreact.sum(0, keepdims=True)
    dhprebn = bngain * bnvar_inv / n * (n * dhpreact - dhpreact.sum(0) - n / (n - 1) * bnraw * (dhpreact * bnraw).sum(0))
    dembcat = dhprebn @ W1.T
    dW1 = embcat.T @ dhprebn
    db1 = dhprebn.sum(0)
    demb = dembcat.reshape(emb.shape)
    dC = np.zeros_like(C)
    for k in range(Xb.shape[0]):
        for j in range(Xb.shape[1]):
            dC[Xb[k, j]] += demb[k, j]
    return (float(loss), {'C': dC, 'W1': dW1, 'b1': db1, 'bngain': dbngain, 'bnbias': dbnbias, 'W2': dW2, 'b2': db2})


def train_manual(params: dict[str, Array], running: dict[str, Array], X: Array, Y: Array, batches: Array, lr_fn: Callable[[int], float], momentum: float=0.1) -> list[float]:
    lossi = []
    for i in range(len(batches)):
        ix = batches[i]
        Xb, Yb = (X[ix], Y[ix])
        loss, grads = mlp_backward(params, Xb, Yb)
        f = forward(params, Xb, Yb)
        running['mean'] = (1 - momentum) * running['mean'] + momentum * f['bnmeani']
        running['var'] = (1 - momentum) * running['var'] + momentum * f['bnvar']
        for k in params:
            params[k] += -lr_fn(i) * grads[k]
        lossi.append(loss)
    return lossi
