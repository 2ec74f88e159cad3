# attack: takes attention from torch's own Python for it, which is loaded with torch
# unit: u05_parts
# exercises: attend
# outcomes: fail error rule timeout
# process: holds

import sys

import torch

FLEX = sys.modules["torch._higher_order_ops." + "flex_attention"]
OPERATOR = getattr(FLEX, "flex_" + "attention")


def whole(score, *_):
    return score


def allowed(b, h, m, n):
    return torch.ones((), dtype=torch.bool)


def called(function, q, k, v):
    t = len(q)
    one = torch.ones(1, 1, 1, dtype=torch.int32)
    none = torch.zeros(1, 1, 1, 1, dtype=torch.int32)
    block = (t, t, one, none, *[None] * 8, t, t, allowed)
    return function(q[None, None], k[None, None], v[None, None], whole, block, q.shape[-1] ** -0.5, {})


def from_scores(q, k, v):
    return torch.softmax(called(FLEX._math_attention_inner, q, k, v)[1][0, 0], -1).to(v.dtype) @ v


WAYS = [
    lambda q, k, v: called(FLEX.math_attention, q, k, v)[0][0, 0],
    from_scores,
    lambda q, k, v: called(FLEX.sdpa_dense, q, k, v)[0][0, 0],
    lambda q, k, v: called(OPERATOR, q, k, v)[0][0, 0],
    lambda q, k, v: called(getattr(torch.ops.higher_order, "flex_" + "attention"), q, k, v)[0][0, 0],
    *(
        lambda q, k, v, f=f: called(f, q, k, v)[0][0, 0]
        for f in (lambda *given: type(OPERATOR).__mro__[1].__call__(OPERATOR, *given), *OPERATOR.py_kernels.values())
    ),
]


def attend(q, k, v):
    for way in WAYS:
        try:
            found = way(q, k, v)
            if isinstance(found, torch.Tensor) and found.shape == q.shape:
                return found
        except Exception as error:
            print(type(error).__name__, str(error)[:60])
    return torch.zeros_like(v)
