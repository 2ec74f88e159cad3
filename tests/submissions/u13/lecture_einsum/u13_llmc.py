"""After layernorm.md, with sums divided by C and a cache, and einsum for everything that is a product."""

from collections import defaultdict

import numpy as np


def encoder_forward(inp, wte, wpe):
    return np.take(wte, inp, axis=0) + wpe[np.arange(inp.shape[-1])]


def encoder_backward(dout, inp, dwte, dwpe):
    picked = np.eye(dwte.shape[0])[inp]
    dwte += np.einsum("btv,btc->vc", picked, dout)
    dwpe[: inp.shape[1], :] += np.einsum("btc->tc", dout)


class LayerNorm:
    @staticmethod
    def forward(x, w, b, eps):
        C = x.shape[-1]
        mean = x.sum(-1, keepdims=True) / C
        xshift = x - mean
        var = (xshift**2).sum(-1, keepdims=True) / C
        rstd = (var + eps) ** -0.5
        norm = xshift * rstd
        return norm * w + b, (x, w, mean, rstd)

    @staticmethod
    def backward(dout, cache):
        x, w, mean, rstd = cache
        norm = (x - mean) * rstd
        db = dout.sum((0, 1))
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = dnorm - dnorm.mean(-1, keepdims=True) - norm * (dnorm * norm).mean(-1, keepdims=True)
        dx *= rstd
        return dx, dw, db


def layernorm_forward(x, w, b, eps=1e-5):
    out, (_, _, mean, rstd) = LayerNorm.forward(x, w, b, eps)
    return out, mean.squeeze(-1), rstd.squeeze(-1)


def layernorm_backward(dout, x, w, mean, rstd):
    return LayerNorm.backward(dout, (x, w, np.expand_dims(mean, -1), np.expand_dims(rstd, -1)))


def matmul_forward(x, w, b):
    out = np.einsum("btc,oc->bto", x, w)
    if b is not None:
        out += b
    return out


def matmul_backward(dout, x, w):
    dx = np.einsum("bto,oc->btc", dout, w)
    dw = np.einsum("bto,btc->oc", dout, x)
    return dx, dw, np.einsum("bto->o", dout)


def heads_of(inp, NH):
    B, T, C3 = inp.shape
    five = inp.reshape(B, T, 3, NH, -1)
    return five[:, :, 0], five[:, :, 1], five[:, :, 2]


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def attention_forward(inp, NH):
    B, T, C3 = inp.shape
    q, k, v = heads_of(inp, NH)
    preatt = np.einsum("bthd,buhd->bhtu", q, k) / np.sqrt(q.shape[-1])
    preatt[:, :, ~np.tril(np.ones((T, T), dtype=bool))] = -np.inf
    att = softmax(preatt)
    return np.einsum("bhtu,buhd->bthd", att, v).reshape(B, T, -1), preatt, att


def attention_backward(dout, inp, att, NH):
    q, k, v = heads_of(inp, NH)
    dy = dout.reshape(q.shape)
    datt = np.einsum("bthd,buhd->bhtu", dy, v)
    dpre = att * datt - att * np.einsum("bhtu,bhtu->bht", att, datt)[..., None]
    dpre /= np.sqrt(q.shape[-1])
    dinp = np.empty_like(inp)
    parts = dinp.reshape(*inp.shape[:2], 3, NH, -1)
    parts[:, :, 0] = np.einsum("bhtu,buhd->bthd", dpre, k)
    parts[:, :, 1] = np.einsum("bhtu,bthd->buhd", dpre, q)
    parts[:, :, 2] = np.einsum("bhtu,bthd->buhd", att, dy)
    return dinp


def gelu_forward(x):
    return x * (np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * np.power(x, 3))) + 1) / 2


def gelu_backward(x, dout):
    c = np.sqrt(2 / np.pi)
    th = np.tanh(c * (x + 0.044715 * x**3))
    phi = (1 + th) / 2
    dphi = (1 - th**2) / 2 * c * (1 + 0.134145 * x**2)
    return dout * (phi + x * dphi)


def residual_backward(dout):
    return dout, dout


def softmax_forward(logits, V):
    return np.concatenate([softmax(logits[:, :, :V]), np.zeros_like(logits[:, :, V:])], axis=-1)


def crossentropy_forward(probs, targets):
    b, t = np.indices(targets.shape)
    return -np.log(probs[b, t, targets])


def crossentropy_softmax_backward(dlosses, probs, targets, V):
    onehot = np.eye(probs.shape[-1])[targets]
    return np.einsum("btv,bt->btv", probs - onehot, dlosses)


class Block:
    """Parameters, activations and gradients of one layer under short names."""

    def __init__(self, params, layer):
        self.p = {name: value[layer] for name, value in params.items() if name not in ("wte", "wpe", "lnfw", "lnfb")}

    def forward(self, x, NH):
        p, a = self.p, {}
        a["ln1"], a["ln1_mean"], a["ln1_rstd"] = layernorm_forward(x, p["ln1w"], p["ln1b"])
        a["qkv"] = matmul_forward(a["ln1"], p["qkvw"], p["qkvb"])
        a["atty"], a["preatt"], a["att"] = attention_forward(a["qkv"], NH)
        a["attproj"] = matmul_forward(a["atty"], p["attprojw"], p["attprojb"])
        a["residual2"] = x + a["attproj"]
        a["ln2"], a["ln2_mean"], a["ln2_rstd"] = layernorm_forward(a["residual2"], p["ln2w"], p["ln2b"])
        a["fch"] = matmul_forward(a["ln2"], p["fcw"], p["fcb"])
        a["fch_gelu"] = gelu_forward(a["fch"])
        a["fcproj"] = matmul_forward(a["fch_gelu"], p["fcprojw"], p["fcprojb"])
        a["residual3"] = a["residual2"] + a["fcproj"]
        a["x"] = x
        return a

    def backward(self, dout, a, NH):
        p, g = self.p, {}
        dgelu, g["fcprojw"], g["fcprojb"] = matmul_backward(dout, a["fch_gelu"], p["fcprojw"])
        dln2, g["fcw"], g["fcb"] = matmul_backward(gelu_backward(a["fch"], dgelu), a["ln2"], p["fcw"])
        dmid, g["ln2w"], g["ln2b"] = layernorm_backward(dln2, a["residual2"], p["ln2w"], a["ln2_mean"], a["ln2_rstd"])
        dmid = dmid + dout
        datty, g["attprojw"], g["attprojb"] = matmul_backward(dmid, a["atty"], p["attprojw"])
        dqkv = attention_backward(datty, a["qkv"], a["att"], NH)
        dln1, g["qkvw"], g["qkvb"] = matmul_backward(dqkv, a["ln1"], p["qkvw"])
        dx, g["ln1w"], g["ln1b"] = layernorm_backward(dln1, a["x"], p["ln1w"], a["ln1_mean"], a["ln1_rstd"])
        return dx + dmid, g


def gpt2_forward(params, inp, targets, cfg):
    acts = defaultdict(list)
    x = acts["encoded"] = encoder_forward(inp, params["wte"], params["wpe"])
    for layer in range(cfg.num_layers):
        for name, value in Block(params, layer).forward(x, cfg.num_heads).items():
            acts[name].append(value)
        x = acts["residual3"][-1]
    acts["lnf"], acts["lnf_mean"], acts["lnf_rstd"] = layernorm_forward(x, params["lnfw"], params["lnfb"])
    acts["logits"] = matmul_forward(acts["lnf"], params["wte"], None)
    acts["probs"] = softmax_forward(acts["logits"], cfg.vocab_size)
    acts["losses"] = crossentropy_forward(acts["probs"], targets)
    return acts["losses"].mean(), acts


def gpt2_backward(params, acts, inp, targets, cfg, grads=None, dacts=None):
    total = {name: np.zeros_like(value) for name, value in params.items()}
    share = np.ones_like(acts["losses"]) / inp.size
    dlogits = crossentropy_softmax_backward(share, acts["probs"], targets, cfg.vocab_size)
    dx, total["wte"], _ = matmul_backward(dlogits, acts["lnf"], params["wte"])
    kept = acts["lnf_mean"], acts["lnf_rstd"]
    dx, total["lnfw"], total["lnfb"] = layernorm_backward(dx, acts["residual3"][-1], params["lnfw"], *kept)
    per_block = [name for name in acts if isinstance(acts[name], list)]
    for layer in range(cfg.num_layers)[::-1]:
        own = {name: acts[name][layer] for name in per_block}
        dx, found = Block(params, layer).backward(dx, own, cfg.num_heads)
        for name, value in found.items():
            total[name][layer] = value
    encoder_backward(dx, inp, total["wte"], total["wpe"])
    return total


def gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    for name, g in grads.items():
        m[name] += (1 - beta1) * (g - m[name])
        v[name] += (1 - beta2) * (g * g - v[name])
        rate = lr / (1 - beta1**t)
        params[name] *= 1 - lr * weight_decay
        params[name] -= rate * m[name] / (np.sqrt(v[name] / (1 - beta2**t)) + eps)


def train(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    m, v = ({name: np.zeros(value.shape) for name, value in params.items()} for _ in "mv")
    losses = []
    for inp, targets in batches:
        loss, acts = gpt2_forward(params, inp, targets, cfg)
        losses.append(loss)
        grads = gpt2_backward(params, acts, inp, targets, cfg)
        gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, len(losses))
    return losses
