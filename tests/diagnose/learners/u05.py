# Wrong answers to unit 05, each as somebody may type it on the way through the lecture. They stand below the solution,
# one at a time.

# %% unbroadcast: axes of size 1 that were stretched stay as they are
# said: u05.leading_only
def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(0)
    return grad


# %% unbroadcast: a mean for a sum
# said: u05.mean_for_sum
def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.mean(axis=0)
    for i, size in enumerate(shape):
        if size == 1 and grad.shape[i] != 1:
            grad = grad.mean(axis=i, keepdims=True)
    return grad


# %% compare_gradients: relative to my own gradient, and the tolerance, too
# said: u05.relative_to_mine
def compare_gradients(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if theirs is None:
        raise ValueError(name)
    if mine.shape != theirs.shape:
        return GradCheck(name, False, False, float("inf"), float("inf"), False)
    gap = np.abs(mine - theirs)
    with np.errstate(divide="ignore", invalid="ignore"):
        rel = np.where(gap == 0, 0.0, gap / np.abs(mine))
    exact = bool(mine.dtype == theirs.dtype and (mine == theirs).all())
    near = bool((gap <= atol + rtol * np.abs(mine)).all())
    return GradCheck(name, exact, near, float(gap.max()), float(rel.max()), True)


# %% compare_gradients: the average gap for the largest
# said: u05.mean_reported
def compare_gradients(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if theirs is None:
        raise ValueError(name)
    if mine.shape != theirs.shape:
        return GradCheck(name, False, False, float("inf"), float("inf"), False)
    gap = np.abs(mine - theirs)
    with np.errstate(divide="ignore", invalid="ignore"):
        rel = np.where(gap == 0, 0.0, gap / np.abs(theirs))
    exact = bool(mine.dtype == theirs.dtype and (mine == theirs).all())
    near = bool((gap <= atol + rtol * np.abs(theirs)).all())
    return GradCheck(name, exact, near, float(gap.mean()), float(rel.mean()), True)


# %% linear_backward: dW comes out transposed
# said: u05.dW_transposed
def linear_backward(dout, x, W):
    dx = dout @ W.T
    dW = dout.T @ x
    db = dout.sum(0)
    return dx, dW, db


# %% linear_backward: dW and db are means over the rows
# said: u05.dw_over_N
def linear_backward(dout, x, W):
    n = x.shape[0]
    return dout @ W.T, x.T @ dout / n, dout.sum(0) / n


# %% linear_backward: db is summed over the columns
# said: db: yours is dout, summed over axis 1; the expected one is summed over axis 0.
def linear_backward(dout, x, W):
    return dout @ W.T, x.T @ dout, dout.sum(1)


# %% activations: the tanh of the output once more
# said: u05.uses_input
def tanh_backward(dout, out):
    return dout * (1 - np.tanh(out) ** 2)


# %% activations: relu lets pass where the gradient is positive
# said: u05.relu_masks_dout
def relu_backward(dout, out):
    return dout * (dout > 0)


# %% activations: e to the output
# said: exp_backward(dout, out): yours is what is right for e to the out.
def exp_backward(dout, out):
    return dout * np.exp(out)


# %% activations: times x, and not over x
# said: log_backward(dout, x): yours is the expected one times x ** 2. That factor is one too many, or a division by it is missing.
def log_backward(dout, x):
    return dout * x


# %% backward_steps: one over n is missing
# said: u05.dlogprobs_no_mean
def d_logprobs(f, d):
    n = f["logprobs"].shape[0]
    dlogprobs = np.zeros_like(f["logprobs"])
    dlogprobs[range(n), f["Yb"]] = -1.0
    return dlogprobs


# %% backward_steps: the exponent -2 without its minus
# said: u05.counts_sum_sign
def d_counts_sum(f, d):
    return f["counts_sum"] ** -2 * d["counts_sum_inv"]


# %% backward_steps: one of the two paths through counts
# said: u05.dcounts_one_path
def d_counts(f, d):
    return f["counts_sum_inv"] * d["probs"]


# %% backward_steps: the power does not drop by one
# said: u05.bnvar_power_stays
def d_bnvar(f, d):
    return -0.5 * (f["bnvar"] + EPS) ** -0.5 * d["bnvar_inv"]


# %% backward_steps: the two of the square is missing
# said: d_bndiff(f, d): yours plus d['bndiff2'] * f['bndiff'] is the expected one. That summand is missing.
def d_bndiff(f, d):
    return f["bnvar_inv"] * d["bnraw"] + f["bndiff"] * d["bndiff2"]


# %% backward_steps: summed over the wrong axis
# said: d_bngain(f, d): yours has the shape of d['hpreact'] without axis 1, the expected one without axis 0.
def d_bngain(f, d):
    return (f["bnraw"] * d["hpreact"]).sum(1, keepdims=True)


# %% backward_steps: the last place of a token wins
# said: u05.dC_assign
def d_C(f, d):
    dC = np.zeros_like(f["C"])
    for k in range(f["Xb"].shape[0]):
        for j in range(f["Xb"].shape[1]):
            dC[f["Xb"][k, j]] = d["emb"][k, j]
    return dC


# %% backward_steps: the maximum's path is added in every column
# said: u05.maximum_to_all
def d_logits(f, d):
    return d["norm_logits"] + d["logit_maxes"]


# %% cross_entropy_backward: truth less belief
# said: the gradient of 5 x 3 logits: yours has the right size and the wrong sign.
def cross_entropy_backward(logits, targets, ignore_index=-1):
    keep = targets != ignore_index
    p = np.exp(logits - logits.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True)
    onehot = np.zeros_like(p)
    onehot[np.flatnonzero(keep), targets[keep]] = 1
    return (onehot - p) * keep[:, None] / int(keep.sum())


# %% cross_entropy_backward: a softmax down the columns
# said: u05.softmax_dim0
def cross_entropy_backward(logits, targets, ignore_index=-1):
    keep = targets != ignore_index
    p = np.exp(logits - logits.max(0, keepdims=True))
    p = p / p.sum(0, keepdims=True)
    p[np.flatnonzero(keep), targets[keep]] -= 1
    p[~keep] = 0
    return p / int(keep.sum())


# %% cross_entropy_backward: one less at all of the target's columns
# said: the gradient of 5 x 3 logits: each row of the right one sums to 0, and no row of yours does.
def cross_entropy_backward(logits, targets, ignore_index=-1):
    keep = targets != ignore_index
    p = np.exp(logits - logits.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True)
    p[:, targets[keep]] -= 1
    p[~keep] = 0
    return p / int(keep.sum())


# %% batchnorm_backward: the mean moves nothing, the variance neither
# said: u05.plain_scale
def batchnorm_backward(dout, x, gamma, eps=1e-5, unbiased=True):
    mean = x.mean(0, keepdims=True)
    var = x.var(0, keepdims=True, ddof=1 if unbiased else 0)
    xhat = (x - mean) / np.sqrt(var + eps)
    return dout * gamma / np.sqrt(var + eps), (dout * xhat).sum(0, keepdims=True), dout.sum(0, keepdims=True)


# %% batchnorm_backward: dgamma with the raw x
# said: u05.x_for_xhat
def batchnorm_backward(dout, x, gamma, eps=1e-5, unbiased=True):
    n = x.shape[0]
    m = n - 1 if unbiased else n
    mean = x.mean(0, keepdims=True)
    inv = (((x - mean) ** 2).sum(0, keepdims=True) / m + eps) ** -0.5
    xhat = (x - mean) * inv
    dx = gamma * inv / n * (n * dout - dout.sum(0, keepdims=True) - n / m * xhat * (dout * xhat).sum(0, keepdims=True))
    return dx, (dout * x).sum(0, keepdims=True), dout.sum(0, keepdims=True)


# %% batchnorm_backward: gamma squared
# said: u05.gamma_twice
def batchnorm_backward(dout, x, gamma, eps=1e-5, unbiased=True):
    n = x.shape[0]
    m = n - 1 if unbiased else n
    mean = x.mean(0, keepdims=True)
    inv = (((x - mean) ** 2).sum(0, keepdims=True) / m + eps) ** -0.5
    xhat = (x - mean) * inv
    dxhat = dout * gamma
    dx = gamma * inv / n * (n * dxhat - dxhat.sum(0, keepdims=True) - n / m * xhat * (dxhat * xhat).sum(0, keepdims=True))
    return dx, (dout * xhat).sum(0, keepdims=True), dout.sum(0, keepdims=True)


# %% embedding_backward: written and not added
# said: u05.assigns_rows
def embedding_backward(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[2]), dtype=demb.dtype)
    dC[X] += demb
    return dC


# %% embedding_backward: divided by how often the token occurs
# said: u05.divide_counts
def embedding_backward(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[2]), dtype=demb.dtype)
    np.add.at(dC, X, demb)
    counts = np.bincount(X.ravel(), minlength=vocab_size).clip(1)
    return (dC / counts[:, None]).astype(demb.dtype)


# %% mlp_backward: the tanh's slope from what went into it
# said: u05.tanh_from_hpreact
def mlp_backward(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    dlogits = cross_entropy_backward(f["logits"], Yb)
    dh, dW2, db2 = linear_backward(dlogits, f["h"], params["W2"])
    dhpreact = dh * (1 - f["hpreact"] ** 2)
    dhprebn, dbngain, dbnbias = batchnorm_backward(dhpreact, f["hprebn"], params["bngain"])
    dembcat, dW1, db1 = linear_backward(dhprebn, f["embcat"], params["W1"])
    dC = embedding_backward(dembcat.reshape(f["emb"].shape), Xb, params["C"].shape[0])
    return float(f["loss"]), {"C": dC, "W1": dW1, "b1": db1, "bngain": dbngain, "bnbias": dbnbias, "W2": dW2, "b2": db2}


# %% mlp_backward: BatchNorm is stepped over on the way back
# said: the gradient of C: each column of the right one sums to 0, and no column of yours does.
def mlp_backward(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    dlogits = cross_entropy_backward(f["logits"], Yb)
    dh, dW2, db2 = linear_backward(dlogits, f["h"], params["W2"])
    dhpreact = tanh_backward(dh, f["h"])
    _, dbngain, dbnbias = batchnorm_backward(dhpreact, f["hprebn"], params["bngain"])
    dembcat, dW1, db1 = linear_backward(dhpreact, f["embcat"], params["W1"])
    dC = embedding_backward(dembcat.reshape(f["emb"].shape), Xb, params["C"].shape[0])
    return float(f["loss"]), {"C": dC, "W1": dW1, "b1": db1, "bngain": dbngain, "bnbias": dbnbias, "W2": dW2, "b2": db2}


# %% train_manual: momentum weighs the old number
# said: u05.ema_direction
def train_manual(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, ix in enumerate(batches):
        loss, grads = mlp_backward(params, X[ix], Y[ix])
        f = forward(params, X[ix], Y[ix])
        running["mean"] = momentum * running["mean"] + (1 - momentum) * f["bnmeani"]
        running["var"] = momentum * running["var"] + (1 - momentum) * f["bnvar"]
        lr = lr_fn(step)
        for name in params:
            params[name] -= lr * grads[name]
        losses.append(loss)
    return losses


# %% train_manual: the learning rate of the first step throughout
# said: u05.first_rate_only
def train_manual(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    lr = lr_fn(0) if len(batches) else 0.0
    for ix in batches:
        loss, grads = mlp_backward(params, X[ix], Y[ix])
        f = forward(params, X[ix], Y[ix])
        running["mean"] = (1 - momentum) * running["mean"] + momentum * f["bnmeani"]
        running["var"] = (1 - momentum) * running["var"] + momentum * f["bnvar"]
        for name in params:
            params[name] -= lr * grads[name]
        losses.append(loss)
    return losses


# %% compare_gradients: rtol and atol are not handed on
# said: approximate, 2e-6 off with rtol=1e-6: a change of rtol makes no difference to yours, and it should.
def compare_gradients(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if theirs is None:
        raise ValueError(name)
    if mine.shape != theirs.shape:
        return GradCheck(name, False, False, float("inf"), float("inf"), False)
    diff = np.abs(mine - theirs)
    exact = bool(np.all(mine == theirs)) and mine.dtype == theirs.dtype
    with np.errstate(divide="ignore", invalid="ignore"):
        rel = np.where(diff == 0, 0.0, diff / np.abs(theirs))
    near = bool(np.allclose(mine, theirs))
    return GradCheck(name, exact, near, float(diff.max()), float(rel.max()), True)
