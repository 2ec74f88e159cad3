# attack: takes attention in one piece: fused, by flash, by the layers that contain it
# unit: u05_parts
# exercises: attend
# outcomes: fail error rule timeout
# process: holds

import torch

A = torch.ops.aten
SDPA = "scaled_dot_" + "product_attention"
EYE = torch.eye(6, dtype=torch.float64)


def heads(t):
    return t[None, None]


def layer(q, k, v):
    module = torch.nn.modules.activation.MultiheadAttention(6, 1, bias=False, batch_first=True, dtype=q.dtype)
    with torch.no_grad():
        module.in_proj_weight.copy_(torch.cat([EYE] * 3))
        module.out_proj.weight.copy_(EYE)
    return module(q[None], k[None], v[None])[0][0]


WAYS = [
    lambda q, k, v: getattr(torch.nn.functional, SDPA)(q, k, v),
    lambda q, k, v: getattr(torch._C._nn, SDPA)(q, k, v),
    lambda q, k, v: getattr(A, SDPA)(heads(q), heads(k), heads(v))[0, 0],
    lambda q, k, v: A._scaled_dot_product_attention_math(heads(q), heads(k), heads(v))[0][0, 0],
    lambda q, k, v: A._scaled_dot_product_flash_attention_for_cpu(heads(q), heads(k), heads(v))[0][0, 0],
    lambda q, k, v: torch.vmap(getattr(torch._C._nn, SDPA))(heads(q), heads(k), heads(v))[0, 0],
    layer,
    lambda q, k, v: getattr(torch.nn.functional, "multi_head_" + "attention_forward")(
        q[:, None], k[:, None], v[:, None], 6, 1, torch.cat([EYE] * 3), None, None, None, False, 0.0, EYE, None
    )[0][:, 0],
    lambda q, k, v: A._native_multi_head_attention(
        q[None], k[None], v[None], 6, 1, torch.cat([EYE] * 3), EYE[0] * 0, EYE, EYE[0] * 0
    )[0][0],
    lambda q, k, v: getattr(__import__("torch.nn.attention." + "flex_attention", fromlist=["x"]), "flex_attention")(
        heads(q), heads(k), heads(v)
    )[0, 0],
]


def attend(q, k, v):
    for way in WAYS:
        try:
            return way(q, k, v)
        except Exception as error:
            print(type(error).__name__, str(error)[:60])
    return torch.zeros_like(v)
