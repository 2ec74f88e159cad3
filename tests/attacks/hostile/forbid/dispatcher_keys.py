# attack: calls the forbidden operations below autograd, under every key, boxed, decomposed
# unit: u05_parts
# outcomes: fail error
# process: holds

import torch

OP = torch.ops.aten.native_layer_norm.default
WHOLE = torch.ops.aten.layer_norm.default
# One of functorch's ends the process.
KEYS = [getattr(torch._C.DispatchKey, name) for name in dir(torch._C.DispatchKey) if name[0].isupper()]
KEYS = [key for key in KEYS if "Layer" not in str(key)]
SETS = [torch._C.DispatchKeySet(key) for key in KEYS]
CPU = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)
WAYS = [
    *(lambda x, keys=keys: OP.redispatch(keys, x, x.shape[-1:], None, None, 1e-5)[0] for keys in SETS),
    *(lambda x, keys=keys: OP.redispatch(keys | CPU, x, x.shape[-1:], None, None, 1e-5)[0] for keys in SETS),
    *(lambda x, keys=keys: WHOLE.redispatch(keys, x, x.shape[-1:]) for keys in SETS),
    lambda x: WHOLE.decompose(x, x.shape[-1:]),
    lambda x: OP.decompose(x, x.shape[-1:], None, None, 1e-5)[0],
    lambda x: OP._op_dk(torch._C.DispatchKey.CPU, x, x.shape[-1:], None, None, 1e-5)[0],
    lambda x: torch.library.get_kernel(OP, "CPU").call_boxed(CPU, x, x.shape[-1:], None, None, 1e-5)[0],
    lambda x: torch.ops.aten.native_layer_norm.out(
        x, x.shape[-1:], None, None, 1e-5, out0=torch.empty_like(x), out1=x.new_empty(3, 1), out2=x.new_empty(3, 1)
    )[0],
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
