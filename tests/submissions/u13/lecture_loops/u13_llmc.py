"""In the manner of train_gpt2.c: loops over batch and tokens, buffers made in front, everything added in place."""

import math

import numpy as np

GELU_SCALING_FACTOR = math.sqrt(2.0 / math.pi)
PER_LAYER = ("ln1w", "ln1b", "qkvw", "qkvb", "attprojw", "attprojb", "ln2w", "ln2b", "fcw", "fcb", "fcprojw", "fcprojb")


def encoder_forward(inp, wte, wpe):
    B, T = inp.shape
    out = np.zeros((B, T, wte.shape[1]), dtype=wte.dtype)
    for b in range(B):
        for t in range(T):
            ix = inp[b, t]
            out[b, t] = wte[ix] + wpe[t]
    return out


def encoder_backward(dout, inp, dwte, dwpe):
    B, T = inp.shape
    for b in range(B):
        for t in range(T):
            d = dout[b, t]
            ix = inp[b, t]
            dwte[ix] += d
            dwpe[t] += d


def layernorm_forward(x, w, b, eps=1e-5):
    B, T, C = x.shape
    out = np.zeros_like(x)
    mean = np.zeros((B, T), dtype=x.dtype)
    rstd = np.zeros((B, T), dtype=x.dtype)
    for i in range(B):
        for t in range(T):
            row = x[i, t]
            m = row.sum() / C
            shift = row - m
            v = (shift * shift).sum() / C
            s = 1.0 / np.sqrt(v + eps)
            out[i, t] = s * shift * w + b
            mean[i, t] = m
            rstd[i, t] = s
    return out, mean, rstd


def layernorm_backward(dout, x, w, mean, rstd):
    B, T, C = x.shape
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(w)
    for i in range(B):
        for t in range(T):
            d = dout[i, t]
            norm = (x[i, t] - mean[i, t]) * rstd[i, t]
            dnorm = w * d
            dnorm_mean = dnorm.sum() / C
            dnorm_norm_mean = (dnorm * norm).sum() / C
            db += d
            dw += norm * d
            dval = dnorm - dnorm_mean - norm * dnorm_norm_mean
            dx[i, t] += dval * rstd[i, t]
    return dx, dw, db


def matmul_forward(x, w, b):
    B, T, C = x.shape
    out = np.zeros((B, T, w.shape[0]), dtype=x.dtype)
    for i in range(B):
        for t in range(T):
            out[i, t] = w @ x[i, t]
            if b is not None:
                out[i, t] += b
    return out


def matmul_backward(dout, x, w):
    B, T, OC = dout.shape
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(OC, dtype=w.dtype)
    for i in range(B):
        for t in range(T):
            dx[i, t] += dout[i, t] @ w
            dw += np.outer(dout[i, t], x[i, t])
            db += dout[i, t]
    return dx, dw, db


def attention_forward(inp, NH):
    B, T, C3 = inp.shape
    C = C3 // 3
    hs = C // NH
    scale = 1.0 / math.sqrt(hs)
    out = np.zeros((B, T, C), dtype=inp.dtype)
    preatt = np.zeros((B, NH, T, T), dtype=inp.dtype)
    att = np.zeros((B, NH, T, T), dtype=inp.dtype)
    for b in range(B):
        for t in range(T):
            for h in range(NH):
                query_t = inp[b, t, h * hs : (h + 1) * hs]
                maxval = -10000.0
                for t2 in range(t + 1):
                    key_t2 = inp[b, t2, C + h * hs : C + (h + 1) * hs]
                    val = query_t.dot(key_t2) * scale
                    if val > maxval:
                        maxval = val
                    preatt[b, h, t, t2] = val
                seen = slice(0, t + 1)
                expv = np.exp(preatt[b, h, t, seen] - maxval)
                expsum = expv.sum()
                att[b, h, t, seen] = expv * (0.0 if expsum == 0.0 else 1.0 / expsum)
                out[b, t, h * hs : (h + 1) * hs] = (
                    att[b, h, t, seen] @ inp[b, seen, 2 * C + h * hs : 2 * C + (h + 1) * hs]
                )
    return out, preatt, att


def attention_backward(dout, inp, att, NH):
    B, T, C3 = inp.shape
    C = C3 // 3
    hs = C // NH
    scale = 1.0 / math.sqrt(hs)
    dinp = np.zeros_like(inp)
    for b in range(B):
        for t in range(T):
            for h in range(NH):
                q = slice(h * hs, (h + 1) * hs)
                k = slice(C + h * hs, C + (h + 1) * hs)
                v = slice(2 * C + h * hs, 2 * C + (h + 1) * hs)
                a = att[b, h, t]
                datt = np.zeros(T)
                dpreatt = np.zeros(T)
                for t2 in range(t + 1):
                    datt[t2] += inp[b, t2, v] @ dout[b, t, q]
                    dinp[b, t2, v] += a[t2] * dout[b, t, q]
                for t2 in range(t + 1):
                    indicator = np.arange(T) == t2
                    dpreatt += a[t2] * (indicator - a) * datt[t2]
                dinp[b, t, q] += (dpreatt @ inp[b, :, k]) * scale
                dinp[b, :, k] += np.outer(dpreatt, inp[b, t, q]) * scale
    return dinp


def gelu_forward(x):
    cube = 0.044715 * x * x * x
    return 0.5 * x * (1.0 + np.tanh(GELU_SCALING_FACTOR * (x + cube)))


def gelu_backward(x, dout):
    cube = 0.044715 * x * x * x
    tanh_arg = GELU_SCALING_FACTOR * (x + cube)
    tanh_out = np.tanh(tanh_arg)
    coshf_out = np.cosh(tanh_arg)
    sech_out = 1.0 / (coshf_out * coshf_out)
    local_grad = 0.5 * (1.0 + tanh_out) + x * 0.5 * sech_out * GELU_SCALING_FACTOR * (1.0 + 3.0 * 0.044715 * x * x)
    return local_grad * dout


def residual_backward(dout):
    dinp1 = np.zeros_like(dout)
    dinp2 = np.zeros_like(dout)
    dinp1 += 1.0 * dout
    dinp2 += 1.0 * dout
    return dinp1, dinp2


def softmax_forward(logits, V):
    B, T, Vp = logits.shape
    probs = np.zeros_like(logits)
    for b in range(B):
        for t in range(T):
            maxval = max(-10000.0, logits[b, t, :V].max())
            probs[b, t, :V] = np.exp(logits[b, t, :V] - maxval)
            total = probs[b, t, :V].sum()
            probs[b, t, :V] /= total
            for i in range(V, Vp):
                probs[b, t, i] = 0.0
    return probs


def crossentropy_forward(probs, targets):
    B, T = targets.shape
    losses = np.zeros((B, T))
    for b in range(B):
        for t in range(T):
            losses[b, t] = -math.log(probs[b, t, targets[b, t]])
    return losses


def crossentropy_softmax_backward(dlosses, probs, targets, V):
    B, T, Vp = probs.shape
    dlogits = np.zeros_like(probs)
    for b in range(B):
        for t in range(T):
            dloss = dlosses[b, t]
            ix = targets[b, t]
            p = probs[b, t, :V]
            indicator = np.arange(V) == ix
            dlogits[b, t, :V] += (p - indicator) * dloss
    return dlogits


def gpt2_forward(params, inp, targets, cfg):
    V, L, NH, C = cfg.vocab_size, cfg.num_layers, cfg.num_heads, cfg.channels
    B, T = inp.shape
    sizes = {
        "ln1": (C,), "ln1_mean": (), "ln1_rstd": (), "qkv": (3 * C,), "atty": (C,), "attproj": (C,),
        "residual2": (C,), "ln2": (C,), "ln2_mean": (), "ln2_rstd": (), "fch": (4 * C,), "fch_gelu": (4 * C,),
        "fcproj": (C,), "residual3": (C,),
    }  # fmt: skip
    acts = {name: np.zeros((L, B, T, *rest)) for name, rest in sizes.items()}
    acts["preatt"] = np.zeros((L, B, NH, T, T))
    acts["att"] = np.zeros((L, B, NH, T, T))
    acts["encoded"] = encoder_forward(inp, params["wte"], params["wpe"])
    for l in range(L):
        residual = acts["encoded"] if l == 0 else acts["residual3"][l - 1]
        l_ln1w, l_ln1b, l_qkvw, l_qkvb, l_attprojw, l_attprojb = (params[name][l] for name in PER_LAYER[:6])
        l_ln2w, l_ln2b, l_fcw, l_fcb, l_fcprojw, l_fcprojb = (params[name][l] for name in PER_LAYER[6:])
        acts["ln1"][l], acts["ln1_mean"][l], acts["ln1_rstd"][l] = layernorm_forward(residual, l_ln1w, l_ln1b)
        acts["qkv"][l] = matmul_forward(acts["ln1"][l], l_qkvw, l_qkvb)
        acts["atty"][l], acts["preatt"][l], acts["att"][l] = attention_forward(acts["qkv"][l], NH)
        acts["attproj"][l] = matmul_forward(acts["atty"][l], l_attprojw, l_attprojb)
        acts["residual2"][l] = residual + acts["attproj"][l]
        out = layernorm_forward(acts["residual2"][l], l_ln2w, l_ln2b)
        acts["ln2"][l], acts["ln2_mean"][l], acts["ln2_rstd"][l] = out
        acts["fch"][l] = matmul_forward(acts["ln2"][l], l_fcw, l_fcb)
        acts["fch_gelu"][l] = gelu_forward(acts["fch"][l])
        acts["fcproj"][l] = matmul_forward(acts["fch_gelu"][l], l_fcprojw, l_fcprojb)
        acts["residual3"][l] = acts["residual2"][l] + acts["fcproj"][l]
    residual = acts["residual3"][L - 1]
    acts["lnf"], acts["lnf_mean"], acts["lnf_rstd"] = layernorm_forward(residual, params["lnfw"], params["lnfb"])
    acts["logits"] = matmul_forward(acts["lnf"], params["wte"], None)
    acts["probs"] = softmax_forward(acts["logits"], V)
    acts["losses"] = crossentropy_forward(acts["probs"], targets)
    mean_loss = 0.0
    for loss in acts["losses"].ravel():
        mean_loss += loss
    mean_loss /= B * T
    return mean_loss, acts


def gpt2_backward(params, acts, inp, targets, cfg, grads=None, dacts=None):
    if grads is None:
        grads = {name: np.zeros_like(p) for name, p in params.items()}
    V, L, NH = cfg.vocab_size, cfg.num_layers, cfg.num_heads
    B, T = inp.shape
    d = {name: np.zeros_like(np.asarray(value)) for name, value in acts.items()}
    dlosses = np.zeros((B, T))
    dlosses += 1.0 / (B * T)
    d["logits"] += crossentropy_softmax_backward(dlosses, acts["probs"], targets, V)
    dinp, dw, _ = matmul_backward(d["logits"], acts["lnf"], params["wte"])
    d["lnf"] += dinp
    grads["wte"] += dw
    residual = acts["residual3"][L - 1]
    dinp, dw, db = layernorm_backward(d["lnf"], residual, params["lnfw"], acts["lnf_mean"], acts["lnf_rstd"])
    d["residual3"][L - 1] += dinp
    grads["lnfw"] += dw
    grads["lnfb"] += db
    for l in range(L - 1, -1, -1):
        residual = acts["encoded"] if l == 0 else acts["residual3"][l - 1]
        dresidual = d["encoded"] if l == 0 else d["residual3"][l - 1]
        one, two = residual_backward(d["residual3"][l])
        d["residual2"][l] += one
        d["fcproj"][l] += two
        dinp, dw, db = matmul_backward(d["fcproj"][l], acts["fch_gelu"][l], params["fcprojw"][l])
        d["fch_gelu"][l] += dinp
        grads["fcprojw"][l] += dw
        grads["fcprojb"][l] += db
        d["fch"][l] += gelu_backward(acts["fch"][l], d["fch_gelu"][l])
        dinp, dw, db = matmul_backward(d["fch"][l], acts["ln2"][l], params["fcw"][l])
        d["ln2"][l] += dinp
        grads["fcw"][l] += dw
        grads["fcb"][l] += db
        out = layernorm_backward(
            d["ln2"][l], acts["residual2"][l], params["ln2w"][l], acts["ln2_mean"][l], acts["ln2_rstd"][l]
        )
        d["residual2"][l] += out[0]
        grads["ln2w"][l] += out[1]
        grads["ln2b"][l] += out[2]
        one, two = residual_backward(d["residual2"][l])
        dresidual += one
        d["attproj"][l] += two
        dinp, dw, db = matmul_backward(d["attproj"][l], acts["atty"][l], params["attprojw"][l])
        d["atty"][l] += dinp
        grads["attprojw"][l] += dw
        grads["attprojb"][l] += db
        d["qkv"][l] += attention_backward(d["atty"][l], acts["qkv"][l], acts["att"][l], NH)
        dinp, dw, db = matmul_backward(d["qkv"][l], acts["ln1"][l], params["qkvw"][l])
        d["ln1"][l] += dinp
        grads["qkvw"][l] += dw
        grads["qkvb"][l] += db
        out = layernorm_backward(d["ln1"][l], residual, params["ln1w"][l], acts["ln1_mean"][l], acts["ln1_rstd"][l])
        dresidual += out[0]
        grads["ln1w"][l] += out[1]
        grads["ln1b"][l] += out[2]
    encoder_backward(d["encoded"], inp, grads["wte"], grads["wpe"])
    return grads


def gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    for name in params:
        param, grad = params[name].reshape(-1), grads[name].reshape(-1)
        m_memory, v_memory = m[name].reshape(-1), v[name].reshape(-1)
        m_memory[:] = beta1 * m_memory + (1.0 - beta1) * grad
        v_memory[:] = beta2 * v_memory + (1.0 - beta2) * grad * grad
        m_hat = m_memory / (1.0 - beta1**t)
        v_hat = v_memory / (1.0 - beta2**t)
        param -= lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * param)


def train(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    grads = {name: np.zeros_like(p) for name, p in params.items()}
    m = {name: np.zeros_like(p) for name, p in params.items()}
    v = {name: np.zeros_like(p) for name, p in params.items()}
    losses = []
    for step, (inp, targets) in enumerate(batches):
        mean_loss, acts = gpt2_forward(params, inp, targets, cfg)
        for grad in grads.values():  # gpt2_zero_grad
            grad[...] = 0.0
        gpt2_backward(params, acts, inp, targets, cfg, grads)
        gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, step + 1)
        losses.append(mean_loss)
    return losses
