"""The last hint of each ladder, followed to the letter."""

import numpy as np


def known(dacts, name, mine, layer=None):
    if dacts is None or name not in dacts:
        return mine
    return dacts[name] if layer is None else dacts[name][layer]


def encoder_forward(inp, wte, wpe):
    tokens = wte[inp]
    positions = wpe[0 : inp.shape[1]]
    return tokens + positions


def encoder_backward(dout, inp, dwte, dwpe):
    np.add.at(dwte, inp, dout)
    summed = dout.sum(axis=0)
    dwpe[0 : len(summed)] += summed


def layernorm_forward(x, w, b, eps=1e-5):
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    rstd = 1 / np.sqrt(variance + eps)
    out = (x - mean) * rstd * w + b
    return out, mean[..., 0], rstd[..., 0]


def layernorm_backward(dout, x, w, mean, rstd):
    mean, rstd = mean[..., None], rstd[..., None]
    norm = (x - mean) * rstd
    dw = (dout * norm).sum(axis=(0, 1))
    db = dout.sum(axis=(0, 1))
    dnorm = dout * w
    own = dnorm.mean(axis=-1, keepdims=True)
    along = (dnorm * norm).mean(axis=-1, keepdims=True)
    return rstd * (dnorm - own - norm * along), dw, db


def matmul_forward(x, w, b):
    product = x @ w.T
    if b is not None:
        product = product + b
    return product


def matmul_backward(dout, x, w):
    flat_dout = dout.reshape(-1, dout.shape[2])
    flat_x = x.reshape(-1, x.shape[2])
    return dout @ w, flat_dout.T @ flat_x, dout.sum(axis=(0, 1))


def attention_forward(inp, NH):
    B, T, C3 = inp.shape
    C = C3 // 3
    hs = C // NH
    q, k, v = inp.reshape(B, T, 3, NH, hs).transpose(2, 0, 3, 1, 4)
    preatt = q @ k.transpose(0, 1, 3, 2) / hs**0.5
    scores = preatt.copy()
    scores[..., np.triu(np.ones((T, T), dtype=bool), k=1)] = -np.inf
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    att = scores / scores.sum(axis=-1, keepdims=True)
    out = att @ v
    return out.swapaxes(1, 2).reshape(B, T, C), preatt, att


def attention_backward(dout, inp, att, NH):
    B, T, C3 = inp.shape
    hs = C3 // 3 // NH
    q, k, v = inp.reshape(B, T, 3, NH, hs).transpose(2, 0, 3, 1, 4)
    dout = dout.reshape(B, T, NH, hs).transpose(0, 2, 1, 3)
    datt = dout @ v.transpose(0, 1, 3, 2)
    dv = att.transpose(0, 1, 3, 2) @ dout
    dpreatt = att * (datt - (att * datt).sum(axis=-1, keepdims=True))
    dq = dpreatt @ k / hs**0.5
    dk = dpreatt.transpose(0, 1, 3, 2) @ q / hs**0.5
    return np.stack([dq, dk, dv]).transpose(1, 3, 0, 2, 4).reshape(inp.shape)


def gelu_forward(x):
    u = (2 / 3.141592653589793) ** 0.5 * (x + 0.044715 * (x * x * x))
    return 0.5 * x * (1 + np.tanh(u))


def gelu_backward(x, dout):
    constant = (2 / 3.141592653589793) ** 0.5
    t = np.tanh(constant * (x + 0.044715 * (x * x * x)))
    du = constant * (1 + 3 * 0.044715 * x * x)
    return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * du)


def residual_backward(dout):
    return dout.copy(), dout.copy()


def softmax_forward(logits, V):
    found = np.zeros_like(logits)
    cut = logits[..., :V]
    cut = np.exp(cut - cut.max(axis=-1, keepdims=True))
    found[..., :V] = cut / cut.sum(axis=-1, keepdims=True)
    return found


def crossentropy_forward(probs, targets):
    right = np.take_along_axis(probs, targets[..., None], axis=-1)
    return -np.log(right[..., 0])


def crossentropy_softmax_backward(dlosses, probs, targets, V):
    flat = probs.copy().reshape(-1, probs.shape[-1])
    flat[np.arange(len(flat)), targets.reshape(-1)] -= 1
    return flat.reshape(probs.shape) * dlosses[..., None]


def gpt2_forward(params, inp, targets, cfg):
    acts = {"encoded": encoder_forward(inp, params["wte"], params["wpe"])}
    names = "ln1 ln1_mean ln1_rstd qkv atty preatt att attproj residual2 ln2 ln2_mean ln2_rstd fch fch_gelu fcproj"
    for name in [*names.split(), "residual3"]:
        acts[name] = []
    stream = acts["encoded"]
    for l in range(cfg.num_layers):
        ln1, mean, rstd = layernorm_forward(stream, params["ln1w"][l], params["ln1b"][l])
        acts["ln1"].append(ln1)
        acts["ln1_mean"].append(mean)
        acts["ln1_rstd"].append(rstd)
        acts["qkv"].append(matmul_forward(ln1, params["qkvw"][l], params["qkvb"][l]))
        atty, preatt, att = attention_forward(acts["qkv"][l], cfg.num_heads)
        acts["atty"].append(atty)
        acts["preatt"].append(preatt)
        acts["att"].append(att)
        acts["attproj"].append(matmul_forward(atty, params["attprojw"][l], params["attprojb"][l]))
        acts["residual2"].append(stream + acts["attproj"][l])
        ln2, mean, rstd = layernorm_forward(acts["residual2"][l], params["ln2w"][l], params["ln2b"][l])
        acts["ln2"].append(ln2)
        acts["ln2_mean"].append(mean)
        acts["ln2_rstd"].append(rstd)
        acts["fch"].append(matmul_forward(ln2, params["fcw"][l], params["fcb"][l]))
        acts["fch_gelu"].append(gelu_forward(acts["fch"][l]))
        acts["fcproj"].append(matmul_forward(acts["fch_gelu"][l], params["fcprojw"][l], params["fcprojb"][l]))
        acts["residual3"].append(acts["residual2"][l] + acts["fcproj"][l])
        stream = acts["residual3"][l]
    acts["lnf"], acts["lnf_mean"], acts["lnf_rstd"] = layernorm_forward(stream, params["lnfw"], params["lnfb"])
    acts["logits"] = matmul_forward(acts["lnf"], params["wte"], None)
    acts["probs"] = softmax_forward(acts["logits"], cfg.vocab_size)
    acts["losses"] = crossentropy_forward(acts["probs"], targets)
    return float(acts["losses"].mean()), acts


def gpt2_backward(params, acts, inp, targets, cfg, grads=None, dacts=None):
    if grads is None:
        grads = {name: np.zeros_like(one) for name, one in params.items()}
    dlosses = np.full(inp.shape, 1 / inp.size, dtype=acts["losses"].dtype)
    dlogits = crossentropy_softmax_backward(dlosses, acts["probs"], targets, cfg.vocab_size)
    dlogits = known(dacts, "logits", dlogits)
    dlnf, dw, _ = matmul_backward(dlogits, acts["lnf"], params["wte"])
    grads["wte"] += dw
    dlnf = known(dacts, "lnf", dlnf)
    last = acts["residual3"][cfg.num_layers - 1]
    dstream, dw, db = layernorm_backward(dlnf, last, params["lnfw"], acts["lnf_mean"], acts["lnf_rstd"])
    grads["lnfw"] += dw
    grads["lnfb"] += db
    for l in reversed(range(cfg.num_layers)):
        dstream = known(dacts, "residual3", dstream, l)
        dfcproj = known(dacts, "fcproj", dstream, l)
        dgelu, dw, db = matmul_backward(dfcproj, acts["fch_gelu"][l], params["fcprojw"][l])
        grads["fcprojw"][l] += dw
        grads["fcprojb"][l] += db
        dgelu = known(dacts, "fch_gelu", dgelu, l)
        dfch = known(dacts, "fch", gelu_backward(acts["fch"][l], dgelu), l)
        dln2, dw, db = matmul_backward(dfch, acts["ln2"][l], params["fcw"][l])
        grads["fcw"][l] += dw
        grads["fcb"][l] += db
        dln2 = known(dacts, "ln2", dln2, l)
        part, dw, db = layernorm_backward(
            dln2, acts["residual2"][l], params["ln2w"][l], acts["ln2_mean"][l], acts["ln2_rstd"][l]
        )
        grads["ln2w"][l] += dw
        grads["ln2b"][l] += db
        dstream = known(dacts, "residual2", dstream + part, l)
        dattproj = known(dacts, "attproj", dstream, l)
        datty, dw, db = matmul_backward(dattproj, acts["atty"][l], params["attprojw"][l])
        grads["attprojw"][l] += dw
        grads["attprojb"][l] += db
        datty = known(dacts, "atty", datty, l)
        dqkv = known(dacts, "qkv", attention_backward(datty, acts["qkv"][l], acts["att"][l], cfg.num_heads), l)
        dln1, dw, db = matmul_backward(dqkv, acts["ln1"][l], params["qkvw"][l])
        grads["qkvw"][l] += dw
        grads["qkvb"][l] += db
        dln1 = known(dacts, "ln1", dln1, l)
        saw = acts["encoded"] if l == 0 else acts["residual3"][l - 1]
        part, dw, db = layernorm_backward(dln1, saw, params["ln1w"][l], acts["ln1_mean"][l], acts["ln1_rstd"][l])
        grads["ln1w"][l] += dw
        grads["ln1b"][l] += db
        dstream = dstream + part
    encoder_backward(known(dacts, "encoded", dstream), inp, grads["wte"], grads["wpe"])
    return grads


def gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    for name in grads:
        m[name] = beta1 * m[name] + (1 - beta1) * grads[name]
        v[name] = beta2 * v[name] + (1 - beta2) * grads[name] ** 2
        m_hat = m[name] / (1 - beta1**t)
        v_hat = v[name] / (1 - beta2**t)
        params[name] = params[name] - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * params[name])


def train(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m = {name: np.zeros_like(one) for name, one in params.items()}
    v = {name: np.zeros_like(one) for name, one in params.items()}
    losses = []
    for t, pair in enumerate(batches, start=1):
        loss, acts = gpt2_forward(params, *pair, cfg)
        losses.append(loss)
        gpt2_update(params, gpt2_backward(params, acts, *pair, cfg), m, v, lr, beta1, beta2, eps, weight_decay, t)
    return losses
