# Wrong answers to unit 13, each as somebody may type it who comes from llm.c or from torch, one at a time.

# %% encoder: one line for all tokens
# said: u13.fancy_add
def encoder_backward(dout, inp, dwte, dwpe):
    B, T = inp.shape
    dwte[inp.reshape(-1)] += dout.reshape(B * T, -1)
    for b in range(B):
        dwpe[:T] += dout[b]


# %% encoder: begins from zero
# said: u13.overwrite
def encoder_backward(dout, inp, dwte, dwpe):
    dwte *= 0
    dwpe *= 0
    for b in range(inp.shape[0]):
        for t in range(inp.shape[1]):
            dwte[inp[b, t]] += dout[b, t]
            dwpe[t] += dout[b, t]


# %% encoder: the positions with = for +=
# said: u13.overwrite_wpe
def encoder_backward(dout, inp, dwte, dwpe):
    B, T, C = dout.shape
    np.add.at(dwte, inp, dout)
    dwpe[:T] = dout.sum(0)


# %% encoder: the mean over the batch
# said: u13.dwpe_mean
def encoder_backward(dout, inp, dwte, dwpe):
    for b in range(inp.shape[0]):
        for t in range(inp.shape[1]):
            dwte[inp[b, t]] += dout[b, t]
    dwpe[: dout.shape[1]] += np.mean(dout, 0)


# %% layernorm: the mean moves, the variance does not
# said: u13.two_terms
def layernorm_backward(dout, x, w, mean, rstd):
    norm = (x - mean[:, :, None]) * rstd[:, :, None]
    dnorm = w * dout
    dx = rstd[:, :, None] * (dnorm - dnorm.mean(2, keepdims=True))
    return dx, (norm * dout).sum((0, 1)), dout.sum((0, 1))


# %% layernorm: w forgotten on the way to x
# said: u13.w_missing
def layernorm_backward(dout, x, w, mean, rstd):
    s = rstd[:, :, None]
    norm = (x - mean[:, :, None]) * s
    dx = dout - dout.mean(-1, keepdims=True)
    dx = dx - norm * np.mean(norm * dout, axis=-1, keepdims=True)
    return dx * s, (norm * dout).sum((0, 1)), dout.sum((0, 1))


# %% layernorm: by numpy's std with ddof=1
# said: u13.divide_C_minus_1
def layernorm_forward(x, w, b, eps=1e-5):
    C = x.shape[-1]
    m = x.mean(-1, keepdims=True)
    s = (np.sum((x - m) ** 2, -1, keepdims=True) / (C - 1 if C > 1 else 1) + eps) ** -0.5
    return w * (s * (x - m)) + b, m[..., 0], s[..., 0]


# %% layernorm: one rstd is in norm already, thinks somebody, and puts in another
# said: u13.rstd_squared
def layernorm_backward(dout, x, w, mean, rstd):
    s = np.expand_dims(rstd, 2)
    norm = (x - np.expand_dims(mean, 2)) * s
    dnorm = dout * w * s
    dx = s * (dnorm - dnorm.mean(2, keepdims=True) - norm * (dnorm * norm).mean(2, keepdims=True))
    return dx, (norm * dout).sum((0, 1)), dout.sum((0, 1))


# %% matmul: the gradient of the weight as in makemore
# said: u13.dw_transposed
def matmul_backward(dout, x, w):
    B, T, C = x.shape
    flat = x.reshape(B * T, C)
    return np.einsum("bto,oc->btc", dout, w), flat.T @ dout.reshape(B * T, -1), dout.sum((0, 1))


# %% matmul: the mean, since the loss is one
# said: u13.averages
def matmul_backward(dout, x, w):
    n = x.shape[0] * x.shape[1]
    return dout @ w, np.einsum("bto,btc->oc", dout, x) / n, dout.mean((0, 1))


# %% attention: softmax as if entry by entry
# said: u13.softmax_jac_diag
def attention_backward(dout, inp, att, NH):
    B, T, C3 = inp.shape
    hs = C3 // 3 // NH
    q, k, v = (one.reshape(B, T, NH, hs).transpose(0, 2, 1, 3) for one in np.split(inp, 3, -1))
    dy = dout.reshape(B, T, NH, hs).transpose(0, 2, 1, 3)
    datt = dy @ v.transpose(0, 1, 3, 2)
    dpre = datt * att / np.sqrt(hs)
    dq, dk, dv = dpre @ k, dpre.transpose(0, 1, 3, 2) @ q, att.transpose(0, 1, 3, 2) @ dy
    return np.concatenate([one.transpose(0, 2, 1, 3).reshape(B, T, -1) for one in (dq, dk, dv)], -1)


# %% attention: the scale on one side
# said: u13.scale_once
def attention_backward(dout, inp, att, NH):
    B, T, C3 = inp.shape
    hs = C3 // 3 // NH
    q, k, v = (one.reshape(B, T, NH, hs).transpose(0, 2, 1, 3) for one in np.split(inp, 3, -1))
    dy = dout.reshape(B, T, NH, hs).transpose(0, 2, 1, 3)
    datt = dy @ v.transpose(0, 1, 3, 2)
    dpre = att * (datt - (datt * att).sum(-1, keepdims=True))
    dq, dk, dv = dpre @ k * hs**-0.5, dpre.transpose(0, 1, 3, 2) @ q, att.transpose(0, 1, 3, 2) @ dy
    return np.concatenate([one.transpose(0, 2, 1, 3).reshape(B, T, -1) for one in (dq, dk, dv)], -1)


# %% attention: a view is enough, thinks somebody
# said: u13.head_layout
def attention_forward(inp, NH):
    B, T, C3 = inp.shape
    q, k, v = (one.reshape(B, NH, T, -1) for one in np.split(inp, 3, -1))
    preatt = np.einsum("bhtd,bhud->bhtu", q, k) / np.sqrt(q.shape[-1])
    preatt = np.where(np.tril(np.ones((T, T))) == 0, -1e30, preatt)
    att = np.exp(preatt - preatt.max(-1, keepdims=True))
    att /= att.sum(-1, keepdims=True)
    return (att @ v).transpose(0, 2, 1, 3).reshape(B, T, C3 // 3), preatt, att


# %% attention: scaled by the embedding
# said: u13.scale_of_C
def attention_forward(inp, NH):
    B, T, C3 = inp.shape
    q, k, v = (one.reshape(B, T, NH, -1).transpose(0, 2, 1, 3) for one in np.split(inp, 3, -1))
    preatt = q @ k.transpose(0, 1, 3, 2) * (C3 / 3) ** -0.5
    att = np.exp(preatt - preatt.max()) * np.tril(np.ones((T, T)))
    att = att / att.sum(-1, keepdims=True)
    return (att @ v).transpose(0, 2, 1, 3).reshape(B, T, C3 // 3), preatt, att


# %% gelu: the tail of the product is dropped
# said: u13.no_product_rule
def gelu_backward(x, dout):
    t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
    return (t + 1) / 2 * dout


# %% gelu: an average
# said: u13.residual_halved
def residual_backward(dout):
    return 0.5 * dout, 0.5 * dout


# %% gelu: the one that torch has by itself
# said: u13.by_erf
def gelu_forward(x):
    import math

    erf = np.array([math.erf(one / math.sqrt(2)) for one in x.ravel()]).reshape(x.shape)
    return x * (1 + erf) / 2


# %% crossentropy: all columns are tokens
# said: u13.padded_leak
def softmax_forward(logits, V):
    e = np.exp(logits - np.max(logits, axis=2, keepdims=True))
    return e / np.sum(e, axis=2, keepdims=True)


# %% crossentropy: the mean once more
# said: u13.mean_twice
def crossentropy_softmax_backward(dlosses, probs, targets, V):
    B, T = targets.shape
    d = probs.copy()
    for b in range(B):
        for t in range(T):
            d[b, t, targets[b, t]] -= 1
            d[b, t] *= dlosses[b, t]
    return d / (B * T)


# %% crossentropy: one less everywhere
# said: u13.target_minus_one
def crossentropy_softmax_backward(dlosses, probs, targets, V):
    d = np.zeros_like(probs)
    d[..., :V] = dlosses[..., None] * (probs[..., :V] - 1.0)
    return d


# %% train: the decay after the step
# said: u13.decay_after
def gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    for k, g in grads.items():
        m[k] = beta1 * m[k] + (1 - beta1) * g
        v[k] = beta2 * v[k] + (1 - beta2) * g * g
        params[k] = params[k] - lr * m[k] / (1 - beta1**t) / (np.sqrt(v[k] / (1 - beta2**t)) + eps)
        params[k] = params[k] - lr * weight_decay * params[k]


# %% train: weights only
# said: u13.decay_of_matrices
def gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    for k, g in grads.items():
        m[k] = beta1 * m[k] + (1 - beta1) * g
        v[k] = beta2 * v[k] + (1 - beta2) * g * g
        if params[k].ndim > 1:
            params[k] = params[k] * (1 - lr * weight_decay)
        params[k] = params[k] - lr * m[k] / (1 - beta1**t) / (np.sqrt(v[k] / (1 - beta2**t)) + eps)


# %% train: gradients are never emptied
# said: u13.grads_not_zeroed
def train(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m, v, g = ({k: np.zeros(p.shape) for k, p in params.items()} for _ in range(3))
    losses = []
    for i, (x, y) in enumerate(batches):
        loss, acts = gpt2_forward(params, x, y, cfg)
        gpt2_backward(params, acts, x, y, cfg, grads=g)
        gpt2_update(params, g, m, v, lr, beta1, beta2, eps, weight_decay, i + 1)
        losses.append(loss)
    return losses


# %% train: the loss that is printed is the new one
# said: u13.loss_last
def train(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m, v = ({k: np.zeros(p.shape) for k, p in params.items()} for _ in range(2))
    losses = []
    for i, (x, y) in enumerate(batches):
        _, acts = gpt2_forward(params, x, y, cfg)
        g = gpt2_backward(params, acts, x, y, cfg)
        gpt2_update(params, g, m, v, lr, beta1, beta2, eps, weight_decay, i + 1)
        losses.append(gpt2_forward(params, x, y, cfg)[0])
    return losses


# %% encoder: one sequence for the sum over all of them
# said: dwpe after encoder_backward: dout[2] makes no difference to yours, and it should.
def encoder_backward(dout, inp, dwte, dwpe):
    B, T, C = dout.shape
    np.add.at(dwte, inp, dout)
    dwpe[:T] += dout[0]
