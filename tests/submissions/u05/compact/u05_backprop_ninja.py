import numpy as np
from dataclasses import dataclass

EPS = 1e-5


def unbroadcast(grad, shape):
    full = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    return grad.sum(tuple(i for i, (a, b) in enumerate(zip(full, grad.shape)) if a != b), keepdims=True).reshape(shape)


@dataclass(frozen=True)
class GradCheck:
    name: str
    exact: bool
    approximate: bool
    max_abs: float
    max_rel: float
    same_shape: bool


def compare_gradients(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if theirs is None:
        raise ValueError(f"no gradient for {name}")
    if mine.shape != theirs.shape:
        return GradCheck(name, False, False, np.inf, np.inf, False)
    gap = abs(mine - theirs)
    rel = gap[gap != 0] / np.where(abs(theirs) > 0, abs(theirs), 1e-320)[gap != 0]
    rel = np.where(theirs[gap != 0] == 0, np.inf, rel)
    return GradCheck(
        name,
        (mine == theirs).all() and mine.dtype is theirs.dtype,
        np.allclose(mine, theirs, rtol=rtol, atol=atol),
        gap.max(),
        rel.max(initial=0.0),
        True,
    )


def linear_backward(dout, x, W):
    return (
        np.einsum("...o,io->...i", dout, W),
        np.tensordot(x, dout, (range(x.ndim - 1), range(x.ndim - 1))),
        unbroadcast(dout, W.shape[1:]),
    )


tanh_backward = lambda dout, out: (1 - out**2) * dout
relu_backward = lambda dout, out: np.where(out > 0, dout, dout.dtype.type(0))
exp_backward = lambda dout, out: out * dout
log_backward = lambda dout, x: dout / x


def forward(params, Xb, Yb):
    f = dict(params, Xb=Xb, Yb=Yb)
    n = len(Xb)
    f["emb"] = f["C"][Xb]
    f["embcat"] = f["emb"].reshape(n, -1)
    f["hprebn"] = f["embcat"] @ f["W1"] + f["b1"]
    f["bnmeani"] = f["hprebn"].mean(0, keepdims=True)
    f["bndiff"] = f["hprebn"] - f["bnmeani"]
    f["bndiff2"] = f["bndiff"] ** 2
    f["bnvar"] = f["bndiff2"].sum(0, keepdims=True) / (n - 1)
    f["bnvar_inv"] = (f["bnvar"] + EPS) ** -0.5
    f["bnraw"] = f["bndiff"] * f["bnvar_inv"]
    f["hpreact"] = f["bngain"] * f["bnraw"] + f["bnbias"]
    f["h"] = np.tanh(f["hpreact"])
    f["logits"] = f["h"] @ f["W2"] + f["b2"]
    f["logit_maxes"] = f["logits"].max(1, keepdims=True)
    f["norm_logits"] = f["logits"] - f["logit_maxes"]
    f["counts"] = np.exp(f["norm_logits"])
    f["counts_sum"] = f["counts"].sum(1, keepdims=True)
    f["counts_sum_inv"] = f["counts_sum"] ** -1
    f["probs"] = f["counts"] * f["counts_sum_inv"]
    f["logprobs"] = np.log(f["probs"])
    f["loss"] = -f["logprobs"][range(n), Yb].mean()
    return f


def onehot(ids, size, dtype=float):
    return (np.asarray(ids)[..., None] == np.arange(size)).astype(dtype)


# the 26 steps: unbroadcast takes care of every copied axis
d_logprobs = lambda f, d: -onehot(f["Yb"], f["logprobs"].shape[1]) / len(f["Yb"])
d_probs = lambda f, d: d["logprobs"] / f["probs"]
d_counts_sum_inv = lambda f, d: unbroadcast(d["probs"] * f["counts"], f["counts_sum_inv"].shape)
d_counts_sum = lambda f, d: -d["counts_sum_inv"] / f["counts_sum"] ** 2
d_counts = lambda f, d: d["counts_sum"] + d["probs"] / f["counts_sum"]
d_norm_logits = lambda f, d: np.exp(f["norm_logits"]) * d["counts"]
d_logit_maxes = lambda f, d: unbroadcast(-d["norm_logits"], f["logit_maxes"].shape)
d_logits = lambda f, d: (
    d["norm_logits"] + d["logit_maxes"] * onehot(f["logits"].argmax(1), f["logits"].shape[1])
)
d_h = lambda f, d: linear_backward(d["logits"], f["h"], f["W2"])[0]
d_W2 = lambda f, d: linear_backward(d["logits"], f["h"], f["W2"])[1]
d_b2 = lambda f, d: linear_backward(d["logits"], f["h"], f["W2"])[2]
d_hpreact = lambda f, d: tanh_backward(d["h"], f["h"])
d_bngain = lambda f, d: unbroadcast(d["hpreact"] * f["bnraw"], f["bngain"].shape)
d_bnbias = lambda f, d: unbroadcast(d["hpreact"], f["bnbias"].shape)
d_bnraw = lambda f, d: d["hpreact"] * f["bngain"]
d_bnvar_inv = lambda f, d: unbroadcast(d["bnraw"] * f["bndiff"], f["bnvar_inv"].shape)
d_bnvar = lambda f, d: -0.5 * f["bnvar_inv"] ** 3 * d["bnvar_inv"]
d_bndiff2 = lambda f, d: np.broadcast_to(d["bnvar"] / (len(f["Xb"]) - 1), f["bndiff2"].shape)
d_bndiff = lambda f, d: d["bnraw"] * f["bnvar_inv"] + d["bndiff2"] * 2 * f["bndiff"]
d_bnmeani = lambda f, d: unbroadcast(-d["bndiff"], f["bnmeani"].shape)
d_hprebn = lambda f, d: d["bndiff"] + d["bnmeani"] / len(f["Xb"])
d_embcat = lambda f, d: linear_backward(d["hprebn"], f["embcat"], f["W1"])[0]
d_W1 = lambda f, d: linear_backward(d["hprebn"], f["embcat"], f["W1"])[1]
d_b1 = lambda f, d: linear_backward(d["hprebn"], f["embcat"], f["W1"])[2]
d_emb = lambda f, d: d["embcat"].reshape(f["emb"].shape)
d_C = lambda f, d: embedding_backward(d["emb"], f["Xb"], len(f["C"]))

ORDER = (
    "logprobs probs counts_sum_inv counts_sum counts norm_logits logit_maxes logits h W2 b2 hpreact bngain bnbias "
    "bnraw bnvar_inv bnvar bndiff2 bndiff bnmeani hprebn embcat W1 b1 emb C"
).split()


def cross_entropy_backward(logits, targets, ignore_index=-1):
    use = (targets != ignore_index)[:, None]
    e = np.exp(logits - logits.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True) - onehot(targets, logits.shape[1], logits.dtype)
    return np.where(use, p / int(use.sum()), 0).astype(logits.dtype)


def batchnorm_backward(dout, x, gamma, eps=1e-5, unbiased=True):
    n, ddof = len(x), int(unbiased)
    xc = x - x.mean(0, keepdims=True)
    std = np.sqrt(x.var(0, keepdims=True, ddof=ddof) + eps)
    db, dg = dout.sum(0, keepdims=True), (dout * xc / std).sum(0, keepdims=True)
    return gamma / (n * std) * (n * dout - db - n / (n - ddof) * xc / std * dg), dg, db


def embedding_backward(demb, X, vocab_size):
    return np.tensordot(onehot(X, vocab_size, demb.dtype), demb, ((0, 1), (0, 1)))


def mlp_backward(params, Xb, Yb):
    f, d = forward(params, Xb, Yb), {}
    for key in ORDER:
        d[key] = globals()["d_" + key](f, d)
    return float(f["loss"]), {key: d[key] for key in params}


def train_manual(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, ix in enumerate(batches):
        f = forward(params, X[ix], Y[ix])
        loss, grads = mlp_backward(params, X[ix], Y[ix])
        lr = lr_fn(step)
        params.update({k: p - lr * grads[k] for k, p in params.items()})
        running["mean"] += momentum * (f["bnmeani"] - running["mean"])
        running["var"] += momentum * (f["bnvar"] - running["var"])
        losses.append(loss)
    return losses
