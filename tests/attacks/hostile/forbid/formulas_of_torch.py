# attack: calls what torch has of its operations in Python, for its compiler, by every table
# unit: u05_parts
# outcomes: fail error rule
# process: holds

import sys

import torch

NAME = "native_layer_norm"
OP = torch.ops.aten.native_layer_norm.default


def deeper(function):
    while function is not None:
        yield function
        function = getattr(function, "__wrapped__", None)


TABLES = [torch._decomp.decomposition_table, *torch._decomp.global_decomposition_table.values()]
FOUND = [table[OP] for table in TABLES if OP in table]
for name in ("torch._refs", "torch._refs.nn.functional", "torch._decomp.decompositions", "torch._prims"):
    FOUND += [value for key, value in vars(sys.modules[name]).items() if key in (NAME, "layer_norm")]
FOUND = [deep for function in FOUND for deep in deeper(function)]
WAYS = [
    *(lambda x, f=f: f(x, x.shape[-1:], None, None, 1e-5)[0] for f in FOUND),
    *(lambda x, f=f: f(x, x.shape[-1:]) for f in FOUND),
    lambda x: torch._refs.nn.functional.group_norm(x, 1),
    lambda x: torch._refs.native_group_norm(x, None, None, *x.shape, 1, 1, 1e-5)[0],
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
