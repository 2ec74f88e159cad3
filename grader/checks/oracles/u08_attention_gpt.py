"""Expected values of unit 08: torch's own attention, layer_norm, gelu and cross_entropy in float64, and its autograd.

Every function takes weights by the names that the text promises, and returns values with their gradients.
"""

import torch
from torch.nn import functional

EPS = 1e-5


def _of(value):
    """Return a leaf of float64 for what a check sends; ids and masks as they are."""
    made = torch.tensor(getattr(value, "array", value))
    return made.requires_grad_() if made.is_floating_point() else made


def _leaves(weights):
    return {name: _of(weight) for name, weight in weights.items()}


def _answer(out, cotangent, weights, x=None):
    """Return the output, the gradient of x, and those of the weights by name."""
    wanted = [*weights.values(), *(() if x is None else (x,))]
    found = torch.autograd.grad(out, wanted, _of(cotangent).detach(), allow_unused=True)
    answer = {"out": out.detach(), "parameters": dict(zip(weights, found, strict=False))}
    return answer if x is None else {**answer, "x": found[-1]}


def causal_average(x, cotangent):
    """Return value and gradient of the running mean over axis 1."""
    x = _of(x)
    out = x.cumsum(dim=1) / torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]
    return _answer(out, cotangent, {}, x)


def attention(q, k, v, cotangent, mask=None, is_causal=False):
    """Return value and gradients [dq, dk, dv] of torch's own attention."""
    leaves = [_of(q), _of(k), _of(v)]
    if mask is not None:
        mask = _of(mask)
    if is_causal and mask is not None:
        mask, is_causal = mask & torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril(), False
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        out = functional.scaled_dot_product_attention(*leaves, attn_mask=mask, is_causal=is_causal)
    return {"out": out.detach(), "grads": list(torch.autograd.grad(out, leaves, _of(cotangent).detach()))}


def weights_of(q, k, mask):
    """Return attention's weights: what it gives with an identity matrix as values."""
    identity = torch.eye(k.shape[-2], dtype=torch.float64).expand(*k.shape[:-2], -1, -1)
    with torch.no_grad():
        return functional.scaled_dot_product_attention(_of(q), _of(k), identity, attn_mask=_of(mask))


def head(weights, x, cotangent):
    leaves, x = _leaves(weights), _of(x)
    q, k, v = (functional.linear(x, leaves[f"{name}.weight"]) for name in ("query", "key", "value"))
    out = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    return _answer(out, cotangent, leaves, x)


def multi_head(weights, x, cotangent, n_head):
    """MultiHeadAttention, with torch's module of that name: the heads' layers stacked are its one layer."""
    leaves, x = _leaves(weights), _of(x)
    rows = [leaves[f"heads.{i}.{name}.weight"] for name in ("query", "key", "value") for i in range(n_head)]
    out, _ = _multi_head(x, torch.cat(rows), None, leaves["proj.weight"], leaves["proj.bias"], n_head)
    return _answer(out, cotangent, leaves, x)


def fused(weights, x, cotangent, n_head):
    leaves, x = _leaves(weights), _of(x)
    return _answer(_fused(x, leaves, "", n_head)[0], cotangent, leaves, x)


def _fused(x, weights, prefix, n_head):
    return _multi_head(
        x,
        weights[f"{prefix}c_attn.weight"],
        weights.get(f"{prefix}c_attn.bias"),
        weights[f"{prefix}c_proj.weight"],
        weights.get(f"{prefix}c_proj.bias"),
        n_head,
    )


def _multi_head(x, in_weight, in_bias, out_weight, out_bias, n_head):
    """Return output (B, T, C) and weights (B, H, T, T). torch wants (T, B, C), and its mask says what is forbidden."""
    future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
    swapped = x.transpose(0, 1)
    out, weights = functional.multi_head_attention_forward(
        *(swapped, swapped, swapped, x.shape[2], n_head, in_weight, in_bias, None, None, False, 0.0),
        *(out_weight, out_bias),
        attn_mask=future,
        average_attn_weights=False,
    )
    return out.transpose(0, 1), weights


def layer_norm(weights, x, cotangent, eps=EPS):
    leaves, x = _leaves(weights), _of(x)
    out = functional.layer_norm(x, x.shape[-1:], leaves["weight"], leaves.get("bias"), eps)
    return _answer(out, cotangent, leaves, x)


def feed_forward(weights, x, cotangent, act):
    leaves, x = _leaves(weights), _of(x)
    return _answer(_feed_forward(x, leaves, "", act), cotangent, leaves, x)


def _feed_forward(x, weights, prefix, act):
    hidden = functional.linear(x, weights[f"{prefix}c_fc.weight"], weights.get(f"{prefix}c_fc.bias"))
    hidden = functional.relu(hidden) if act == "relu" else functional.gelu(hidden, approximate="tanh")
    return functional.linear(hidden, weights[f"{prefix}c_proj.weight"], weights.get(f"{prefix}c_proj.bias"))


def block(weights, x, cotangent, n_head, act):
    leaves, x = _leaves(weights), _of(x)
    return _answer(_block(x, leaves, "", n_head, act), cotangent, leaves, x)


def _block(x, weights, prefix, n_head, act):
    x = x + _fused(_norm(x, weights, f"{prefix}ln_1"), weights, f"{prefix}attn.", n_head)[0]
    return x + _feed_forward(_norm(x, weights, f"{prefix}ln_2"), weights, f"{prefix}mlp.", act)


def _norm(x, weights, name):
    return functional.layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights.get(f"{name}.bias"), EPS)


def gpt(weights, idx, n_head, act, cotangent):
    """Return logits, and the gradients of the weights under a cotangent of the logits."""
    leaves = _leaves(weights)
    return _answer(_gpt(leaves, _of(idx), n_head, act), cotangent, leaves)


def gpt_loss(weights, idx, targets, n_head, act):
    """Return logits and loss, and the gradients of the weights with respect to the loss."""
    leaves = _leaves(weights)
    logits = _gpt(leaves, _of(idx), n_head, act)
    loss = functional.cross_entropy(logits.flatten(0, 1), _of(targets).flatten(), ignore_index=-1)
    grads = torch.autograd.grad(loss, list(leaves.values()))
    return {"out": logits.detach(), "loss": loss.detach(), "parameters": dict(zip(leaves, grads, strict=True))}


def _gpt(weights, idx, n_head, act):
    x = _stream(weights, idx, n_head, act, _layers(weights))
    return functional.linear(_norm(x, weights, "ln_f"), weights["lm_head.weight"])


def _layers(weights):
    return len({name.split(".")[1] for name in weights if name.startswith("blocks.")})


def _stream(weights, idx, n_head, act, layers):
    """Return what the stream holds above so many blocks."""
    x = functional.embedding(idx, weights["wte.weight"]) + weights["wpe.weight"][: idx.shape[1]]
    for layer in range(layers):
        x = _block(x, weights, f"blocks.{layer}.", n_head, act)
    return x


def pattern(weights, idx, n_head, act, layer, head):
    """Return the attention weights (B, T, T) of one head."""
    leaves = _leaves(weights)
    prefix = f"blocks.{layer}."
    x = _norm(_stream(leaves, _of(idx), n_head, act, layer), leaves, f"{prefix}ln_1")
    return _fused(x, leaves, f"{prefix}attn.", n_head)[1][:, head].detach()
