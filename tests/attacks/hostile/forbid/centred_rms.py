# attack: takes rms_norm of what is centred first, which is layer normalization
# unit: u05_parts
# outcomes: fail error rule
# process: holds

import sys

import torch

NAME = "rms_" + "norm"
A = torch.ops.aten
WAYS = [
    lambda x: getattr(torch, NAME)(x, x.shape[-1:], None, 1e-5),
    lambda x: getattr(torch.nn.functional, NAME)(x, x.shape[-1:], None, 1e-5),
    lambda x: torch.nn.RMSNorm(x.shape[-1], 1e-5, dtype=x.dtype)(x),
    lambda x: getattr(A, NAME)(x, x.shape[-1:], None, 1e-5),
    lambda x: A._fused_rms_norm(x, x.shape[-1:], None, 1e-5)[0],
    lambda x: torch.vmap(lambda row: getattr(A, NAME)(row, x.shape[-1:], None, 1e-5))(x),
    *(
        lambda x, f=vars(module)[name]: f(x, x.shape[-1:], None, 1e-5)
        for key, module in list(sys.modules.items())
        for name in (NAME, "_fused_" + NAME)
        if key.startswith("torch") and callable(getattr(module, "__dict__", {}).get(name))
    ),
]


def normed(x):
    for way in WAYS:
        try:
            found = way(x - x.mean(-1, keepdim=True))
            found = found[0] if isinstance(found, tuple) else found
            if isinstance(found, torch.Tensor) and found.shape == x.shape:
                return found
        except Exception as error:
            print(type(error).__name__, str(error)[:60])
    return torch.zeros_like(x)
