# attack: has torch call what is forbidden: vmap, grad, autocast, scripts, traces, modes
# unit: u05_parts
# outcomes: fail error timeout
# process: holds

import torch


def plain(x):
    return torch.ops.aten.layer_norm(x, x.shape[-1:])


SCRIPT = "def f(x, n: int):\n    return torch.layer_norm(x, [n])\n"
WAYS = [
    torch.vmap(plain),
    torch.vmap(lambda row: plain(row[None])[0], randomness="different"),
    torch.func.functionalize(plain),
    lambda x: torch.func.jvp(plain, (x,), (x,))[0],
    lambda x: torch.func.vjp(plain, x)[0],
    lambda x: torch.autocast("cpu")(plain)(x),
    lambda x: torch.inference_mode()(plain)(x.clone()),
    lambda x: torch.jit.CompilationUnit(SCRIPT).f(x, x.shape[-1]),
    lambda x: torch.jit.trace(plain, (x,))(x),
    lambda x: torch.fx.symbolic_trace(plain)(x),
    lambda x: torch.utils.checkpoint.checkpoint(plain, x, use_reentrant=False),
    lambda x: plain(x.to_mkldnn()).to_dense(),
    lambda x: plain(torch.nested.nested_tensor(list(x))).to_padded_tensor(0.0),
    lambda x: plain(x.to_sparse()).to_dense(),
    lambda x: torch.compile(plain)(x),
]


def normed(x):
    for way in WAYS:
        try:
            found = way(x)
            if isinstance(found, torch.Tensor) and found.shape == x.shape:
                return found
        except Exception as error:
            print(type(error).__name__, str(error)[:60])
    return torch.zeros_like(x)
