"""My solutions for unit 05. I write everything out, one thing per line."""

from dataclasses import dataclass

import numpy as np

EPS = 1e-5


def unbroadcast(grad, shape):
    result = np.array(grad)
    while result.ndim > len(shape):
        result = np.sum(result, axis=0)
    for axis in range(len(shape)):
        if shape[axis] == 1 and result.shape[axis] != 1:
            result = np.sum(result, axis=axis)
            result = np.expand_dims(result, axis)
    return result


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
        raise ValueError("compare_gradients: the gradient of " + name + " was never computed")
    if tuple(mine.shape) != tuple(theirs.shape):
        return GradCheck(name, exact=False, approximate=False, max_abs=float("inf"), max_rel=float("inf"), same_shape=False)
    exact = mine.dtype == theirs.dtype
    approximate = True
    largest_absolute = 0.0
    largest_relative = 0.0
    for a, b in zip(mine.ravel().tolist(), theirs.ravel().tolist()):
        if a != b:
            exact = False
        difference = abs(a - b)
        if not difference <= atol + rtol * abs(b):
            approximate = False
        largest_absolute = max(largest_absolute, difference)
        if difference > 0 and b == 0:
            largest_relative = float("inf")
        elif difference > 0:
            largest_relative = max(largest_relative, difference / abs(b))
    return GradCheck(name, exact, approximate, largest_absolute, largest_relative, True)


def linear_backward(dout, x, W):
    inputs, outputs = W.shape
    dx = np.matmul(dout, W.transpose())
    flat_x = np.ascontiguousarray(x).reshape(-1, inputs)
    flat_dout = np.ascontiguousarray(dout).reshape(-1, outputs)
    dW = np.zeros_like(W)
    for i in range(inputs):
        for o in range(outputs):
            dW[i, o] = np.sum(flat_x[:, i] * flat_dout[:, o])
    db = np.zeros(outputs, dtype=dout.dtype)
    for row in flat_dout:
        db += row
    return dx, dW, db


def tanh_backward(dout, out):
    slope = (1.0 - out) * (1.0 + out)
    return dout * slope


def relu_backward(dout, out):
    result = dout.copy()
    result[out <= 0] = 0
    return result


def exp_backward(dout, out):
    return np.multiply(dout, out)


def log_backward(dout, x):
    return dout * (1.0 / x)


def forward(params, Xb, Yb):
    n = len(Xb)
    f = {**params, "Xb": Xb, "Yb": Yb}
    f["emb"] = f["C"][Xb]
    f["embcat"] = f["emb"].reshape(n, -1)
    f["hprebn"] = f["embcat"] @ f["W1"] + f["b1"]
    f["bnmeani"] = f["hprebn"].sum(axis=0, keepdims=True) / n
    f["bndiff"] = f["hprebn"] - f["bnmeani"]
    f["bndiff2"] = f["bndiff"] ** 2
    f["bnvar"] = f["bndiff2"].sum(axis=0, keepdims=True) / (n - 1)
    f["bnvar_inv"] = (f["bnvar"] + EPS) ** -0.5
    f["bnraw"] = f["bndiff"] * f["bnvar_inv"]
    f["hpreact"] = f["bngain"] * f["bnraw"] + f["bnbias"]
    f["h"] = np.tanh(f["hpreact"])
    f["logits"] = f["h"] @ f["W2"] + f["b2"]
    f["logit_maxes"] = f["logits"].max(axis=1, keepdims=True)
    f["norm_logits"] = f["logits"] - f["logit_maxes"]
    f["counts"] = np.exp(f["norm_logits"])
    f["counts_sum"] = f["counts"].sum(axis=1, keepdims=True)
    f["counts_sum_inv"] = f["counts_sum"] ** -1
    f["probs"] = f["counts"] * f["counts_sum_inv"]
    f["logprobs"] = np.log(f["probs"])
    f["loss"] = -f["logprobs"][np.arange(n), Yb].mean()
    return f


def d_logprobs(f, d):
    n, classes = f["logprobs"].shape
    dlogprobs = np.zeros((n, classes))
    for row in range(n):
        dlogprobs[row, f["Yb"][row]] = -1 / n
    return dlogprobs


def d_probs(f, d):
    return log_backward(d["logprobs"], f["probs"])


def d_counts_sum_inv(f, d):
    product = f["counts"] * d["probs"]
    return product.sum(1).reshape(-1, 1)


def d_counts_sum(f, d):
    return d["counts_sum_inv"] * (-1.0) * f["counts_sum_inv"] * f["counts_sum_inv"]


def d_counts(f, d):
    dcounts = d["probs"] * f["counts_sum_inv"]
    dcounts += np.ones_like(f["counts"]) * d["counts_sum"]
    return dcounts


def d_norm_logits(f, d):
    return exp_backward(d["counts"], f["counts"])


def d_logit_maxes(f, d):
    dlogit_maxes = np.zeros_like(f["logit_maxes"])
    for row in range(len(dlogit_maxes)):
        dlogit_maxes[row, 0] = -np.sum(d["norm_logits"][row])
    return dlogit_maxes


def d_logits(f, d):
    dlogits = np.array(d["norm_logits"])
    for row in range(len(dlogits)):
        where = int(np.argmax(f["logits"][row]))
        dlogits[row, where] += d["logit_maxes"][row, 0]
    return dlogits


def d_h(f, d):
    return np.matmul(d["logits"], f["W2"].transpose())


def d_W2(f, d):
    return np.matmul(f["h"].transpose(), d["logits"])


def d_b2(f, d):
    return unbroadcast(d["logits"], f["b2"].shape)


def d_hpreact(f, d):
    return tanh_backward(d["h"], f["h"])


def d_bngain(f, d):
    return np.sum(d["hpreact"] * f["bnraw"], axis=0)[np.newaxis, :]


def d_bnbias(f, d):
    return np.sum(d["hpreact"], axis=0)[np.newaxis, :]


def d_bnraw(f, d):
    return d["hpreact"] * f["bngain"]


def d_bnvar_inv(f, d):
    return np.sum(d["bnraw"] * f["bndiff"], axis=0)[np.newaxis, :]


def d_bnvar(f, d):
    root = np.sqrt(f["bnvar"] + EPS)
    return d["bnvar_inv"] * (-1.0 / (2.0 * root * root * root))


def d_bndiff2(f, d):
    n = f["bndiff2"].shape[0]
    share = d["bnvar"] / (n - 1)
    return np.repeat(share, n, axis=0)


def d_bndiff(f, d):
    through_bnraw = d["bnraw"] * f["bnvar_inv"]
    through_square = d["bndiff2"] * (2 * f["bndiff"])
    return through_bnraw + through_square


def d_bnmeani(f, d):
    return np.sum(-d["bndiff"], axis=0)[np.newaxis, :]


def d_hprebn(f, d):
    n = f["hprebn"].shape[0]
    direct = d["bndiff"].copy()
    through_mean = np.repeat(d["bnmeani"] / n, n, axis=0)
    direct += through_mean
    return direct


def d_embcat(f, d):
    return np.matmul(d["hprebn"], f["W1"].transpose())


def d_W1(f, d):
    return np.matmul(f["embcat"].transpose(), d["hprebn"])


def d_b1(f, d):
    return unbroadcast(d["hprebn"], f["b1"].shape)


def d_emb(f, d):
    n, block, size = f["emb"].shape
    demb = np.zeros((n, block, size))
    for k in range(block):
        demb[:, k, :] = d["embcat"][:, k * size : (k + 1) * size]
    return demb


def d_C(f, d):
    dC = np.zeros_like(f["C"])
    for row in range(f["Xb"].shape[0]):
        for k in range(f["Xb"].shape[1]):
            dC[f["Xb"][row, k]] += d["emb"][row, k]
    return dC


def cross_entropy_backward(logits, targets, ignore_index=-1):
    n, classes = logits.shape
    dlogits = np.zeros((n, classes), dtype=logits.dtype)
    count = 0
    for row in range(n):
        if targets[row] == ignore_index:
            continue
        count += 1
        shifted = logits[row] - np.max(logits[row])
        probabilities = np.exp(shifted) / np.sum(np.exp(shifted))
        probabilities[targets[row]] -= 1
        dlogits[row] = probabilities
    dlogits /= count
    return dlogits


def batchnorm_backward(dout, x, gamma, eps=1e-5, unbiased=True):
    n = x.shape[0]
    divisor = n - 1 if unbiased else n
    # forward
    mean = np.mean(x, axis=0, keepdims=True)
    centred = x - mean
    variance = np.sum(centred * centred, axis=0, keepdims=True) / divisor
    inverse = 1.0 / np.sqrt(variance + eps)
    normalised = centred * inverse
    # backward, in stages
    dbeta = np.sum(dout, axis=0, keepdims=True)
    dgamma = np.sum(dout * normalised, axis=0, keepdims=True)
    dnormalised = dout * gamma
    dinverse = np.sum(dnormalised * centred, axis=0, keepdims=True)
    dvariance = dinverse * (-0.5) * inverse**3
    dcentred = dnormalised * inverse + dvariance * 2.0 * centred / divisor
    dmean = -np.sum(dcentred, axis=0, keepdims=True)
    dx = dcentred + dmean / n
    return dx, dgamma, dbeta


def embedding_backward(demb, X, vocab_size):
    size = demb.shape[2]
    dC = np.zeros((vocab_size, size), dtype=demb.dtype)
    for token in range(vocab_size):
        places = X == token
        dC[token] = demb[places].sum(axis=0)
    return dC


def mlp_backward(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    n = len(Xb)
    grads = {}

    dlogits = f["probs"].copy()
    dlogits[np.arange(n), Yb] -= 1
    dlogits /= n

    grads["W2"] = f["h"].T @ dlogits
    grads["b2"] = dlogits.sum(axis=0)
    dh = dlogits @ params["W2"].T
    dhpreact = (1 - f["h"] ** 2) * dh

    dhprebn, grads["bngain"], grads["bnbias"] = batchnorm_backward(dhpreact, f["hprebn"], params["bngain"])
    grads["W1"] = f["embcat"].T @ dhprebn
    grads["b1"] = np.zeros_like(params["b1"])  # BatchNorm takes every shift away
    dembcat = dhprebn @ params["W1"].T
    grads["C"] = embedding_backward(dembcat.reshape(f["emb"].shape), Xb, params["C"].shape[0])
    return f["loss"], grads


def train_manual(params, running, X, Y, batches, lr_fn, momentum=0.1):
    history = []
    for step in range(len(batches)):
        rows = batches[step]
        Xb = X[rows]
        Yb = Y[rows]
        forward_pass = forward(params, Xb, Yb)
        loss, gradients = mlp_backward(params, Xb, Yb)
        history.append(float(loss))
        running["mean"] = running["mean"] * (1 - momentum) + forward_pass["bnmeani"] * momentum
        running["var"] = running["var"] * (1 - momentum) + forward_pass["bnvar"] * momentum
        learning_rate = lr_fn(step)
        for name in list(params.keys()):
            params[name] = params[name] - learning_rate * gradients[name]
    return history
