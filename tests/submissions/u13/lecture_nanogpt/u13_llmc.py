"""By somebody who comes from nanoGPT and the ninja lecture: split, view, transpose, and gradients in short lines."""

import numpy as np


def encoder_forward(inp, wte, wpe):
    b, t = inp.shape
    pos = np.arange(0, t)
    tok_emb = wte[inp]
    pos_emb = wpe[pos]
    return tok_emb + pos_emb


def encoder_backward(dout, inp, dwte, dwpe):
    for k in range(inp.shape[0]):
        for j in range(inp.shape[1]):
            dwte[inp[k, j]] += dout[k, j]
    dwpe[: inp.shape[1]] += dout.sum(0)


def layernorm_forward(x, w, b, eps=1e-5):
    mu = x.mean(2)
    rstd = (x.var(2) + eps) ** -0.5
    xhat = (x - mu[:, :, None]) * rstd[:, :, None]
    return w * xhat + b, mu, rstd


def layernorm_backward(dout, x, w, mean, rstd):
    n = x.shape[-1]
    xhat = (x - mean[:, :, None]) * rstd[:, :, None]
    dxhat = w * dout
    total = dxhat.sum(-1, keepdims=True)
    along = (dxhat * xhat).sum(-1, keepdims=True)
    dx = rstd[:, :, None] / n * (n * dxhat - total - xhat * along)
    return dx, (xhat * dout).sum(0).sum(0), dout.sum(0).sum(0)


def matmul_forward(x, w, b):
    return x @ w.T if b is None else x @ w.T + b


def matmul_backward(dout, x, w):
    dx = dout @ w
    dw = (dout.transpose(0, 2, 1) @ x).sum(0)
    return dx, dw, dout.sum((0, 1))


def split_heads(x, n_head):
    B, T, C = x.shape
    return x.reshape(B, T, n_head, C // n_head).transpose(0, 2, 1, 3)


def join_heads(y):
    B, nh, T, hs = y.shape
    return y.transpose(0, 2, 1, 3).reshape(B, T, nh * hs)


def attention_forward(inp, NH):
    T = inp.shape[1]
    q, k, v = (split_heads(one, NH) for one in np.split(inp, 3, axis=2))
    scores = (q @ k.transpose(0, 1, 3, 2)) * (1.0 / k.shape[-1] ** 0.5)
    bias = np.tril(np.ones((T, T)))
    att = np.where(bias == 0, float("-inf"), scores)
    att = np.exp(att - att.max(-1, keepdims=True))
    att = att / att.sum(-1, keepdims=True)
    return join_heads(att @ v), scores, att


def attention_backward(dout, inp, att, NH):
    T = inp.shape[1]
    q, k, v = (split_heads(one, NH) for one in np.split(inp, 3, axis=2))
    dy = split_heads(dout, NH)
    dv = att.transpose(0, 1, 3, 2) @ dy
    datt = dy @ v.transpose(0, 1, 3, 2)
    dscores = att * (datt - np.sum(datt * att, axis=-1, keepdims=True))
    dscores = np.where(np.tril(np.ones((T, T))) == 0, 0.0, dscores) * k.shape[-1] ** -0.5
    dq = dscores @ k
    dk = dscores.transpose(0, 1, 3, 2) @ q
    return np.concatenate([join_heads(dq), join_heads(dk), join_heads(dv)], axis=2)


def new_gelu(x):
    return 0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3.0)))


gelu_forward = new_gelu


def gelu_backward(x, dout):
    inner = np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3.0)
    t = np.tanh(inner)
    dinner = np.sqrt(2.0 / np.pi) * (1 + 3 * 0.044715 * x**2)
    dt = 0.5 * x * dout
    return dout * 0.5 * (1 + t) + dt * (1.0 - t**2) * dinner


def residual_backward(dout):
    return dout * 1.0, dout * 1.0


def softmax_forward(logits, V):
    x = logits.copy()
    x[:, :, V:] = -np.inf
    x -= x.max(2, keepdims=True)
    counts = np.exp(x)
    return counts * counts.sum(2, keepdims=True) ** -1


def crossentropy_forward(probs, targets):
    flat = probs.reshape(-1, probs.shape[-1])
    return -np.log(flat[range(len(flat)), targets.reshape(-1)]).reshape(targets.shape)


def crossentropy_softmax_backward(dlosses, probs, targets, V):
    n = targets.size
    d = probs.reshape(n, -1).copy()
    d[range(n), targets.reshape(-1)] -= 1
    d *= dlosses.reshape(n, 1)
    return d.reshape(probs.shape)


def gpt2_forward(params, inp, targets, cfg):
    P = params
    A = {}

    def keep(**found):
        for name, value in found.items():
            A.setdefault(name, [None] * cfg.num_layers)[i] = value
        return value

    x = A["encoded"] = encoder_forward(inp, P["wte"], P["wpe"])
    for i in range(cfg.num_layers):
        ln1, mean, rstd = layernorm_forward(x, P["ln1w"][i], P["ln1b"][i])
        keep(ln1=ln1, ln1_mean=mean, ln1_rstd=rstd)
        qkv = keep(qkv=matmul_forward(ln1, P["qkvw"][i], P["qkvb"][i]))
        atty, preatt, att = attention_forward(qkv, cfg.num_heads)
        keep(atty=atty, preatt=preatt, att=att)
        x = keep(residual2=x + keep(attproj=matmul_forward(atty, P["attprojw"][i], P["attprojb"][i])))
        ln2, mean, rstd = layernorm_forward(x, P["ln2w"][i], P["ln2b"][i])
        keep(ln2=ln2, ln2_mean=mean, ln2_rstd=rstd)
        h = keep(fch=matmul_forward(ln2, P["fcw"][i], P["fcb"][i]))
        h = keep(fch_gelu=new_gelu(h))
        x = keep(residual3=x + keep(fcproj=matmul_forward(h, P["fcprojw"][i], P["fcprojb"][i])))
    A["lnf"], A["lnf_mean"], A["lnf_rstd"] = layernorm_forward(x, P["lnfw"], P["lnfb"])
    A["logits"] = A["lnf"] @ P["wte"].T
    A["probs"] = softmax_forward(A["logits"], cfg.vocab_size)
    A["losses"] = crossentropy_forward(A["probs"], targets)
    return float(np.mean(A["losses"])), A


def gpt2_backward(params, acts, inp, targets, cfg, grads=None, dacts=None):
    P, A, dacts = params, acts, dacts or {}
    G = {name: np.zeros_like(value) for name, value in P.items()}
    n, nl = inp.size, cfg.num_layers
    dlogits = crossentropy_softmax_backward(np.ones(inp.shape) / n, A["probs"], targets, cfg.vocab_size)
    dlogits = dacts.get("logits", dlogits)
    dlnf, dhead, _ = matmul_backward(dlogits, A["lnf"], P["wte"])
    dlnf = dacts.get("lnf", dlnf)
    dx, G["lnfw"], G["lnfb"] = layernorm_backward(dlnf, A["residual3"][nl - 1], P["lnfw"], A["lnf_mean"], A["lnf_rstd"])
    for i in reversed(range(nl)):
        if "residual3" in dacts:
            dx = dacts["residual3"][i]
        dh, G["fcprojw"][i], G["fcprojb"][i] = matmul_backward(dx, A["fch_gelu"][i], P["fcprojw"][i])
        dh = gelu_backward(A["fch"][i], dh)
        dln2, G["fcw"][i], G["fcb"][i] = matmul_backward(dh, A["ln2"][i], P["fcw"][i])
        back, G["ln2w"][i], G["ln2b"][i] = layernorm_backward(
            dln2, A["residual2"][i], P["ln2w"][i], A["ln2_mean"][i], A["ln2_rstd"][i]
        )
        dx = dx + back
        datty, G["attprojw"][i], G["attprojb"][i] = matmul_backward(dx, A["atty"][i], P["attprojw"][i])
        dqkv = attention_backward(datty, A["qkv"][i], A["att"][i], cfg.num_heads)
        dln1, G["qkvw"][i], G["qkvb"][i] = matmul_backward(dqkv, A["ln1"][i], P["qkvw"][i])
        came = A["residual3"][i - 1] if i > 0 else A["encoded"]
        back, G["ln1w"][i], G["ln1b"][i] = layernorm_backward(
            dln1, came, P["ln1w"][i], A["ln1_mean"][i], A["ln1_rstd"][i]
        )
        dx = dx + back
    encoder_backward(dx, inp, G["wte"], G["wpe"])
    G["wte"] += dhead
    return G


def gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    for k in params:
        p, g = params[k], grads[k]
        m[k] = beta1 * m[k] + (1 - beta1) * g
        v[k] = beta2 * v[k] + (1 - beta2) * g * g
        mhat = m[k] / (1 - beta1**t)
        vhat = v[k] / (1 - beta2**t)
        params[k] = p - lr * (mhat / (vhat**0.5 + eps) + weight_decay * p)


def train(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = {k: 0 * p for k, p in params.items()}
    v = {k: 0 * p for k, p in params.items()}
    lossi, t = [], 0
    for xb, yb in batches:
        t += 1
        loss, acts = gpt2_forward(params, xb, yb, cfg)
        grads = gpt2_backward(params, acts, xb, yb, cfg)
        gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t)
        lossi.append(loss)
    return lossi
