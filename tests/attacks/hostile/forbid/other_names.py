# attack: reaches what is forbidden by names that no reader of the file sees
# unit: u05_parts
# outcomes: fail error rule
# process: holds

import sys

import torch

HIDDEN = "layer_" + "norm"
WAYS = [
    lambda x: getattr(torch.nn.functional, HIDDEN)(x, x.shape[-1:]),
    lambda x: vars(torch)[HIDDEN](x, x.shape[-1:], None, None, 1e-5, False),
    lambda x: eval(f"torch.{HIDDEN}(x, x.shape[-1:])"),
    lambda x: getattr(torch._C._VariableFunctions, HIDDEN)(x, x.shape[-1:]),
    lambda x: getattr(torch._C._VariableFunctions, "native_" + HIDDEN)(x, x.shape[-1:], None, None, 1e-5)[0],
    lambda x: getattr(torch._VF, HIDDEN)(x, x.shape[-1:]),
    lambda x: getattr(torch.ops.aten, HIDDEN)(x, x.shape[-1:]),
    lambda x: getattr(torch.ops.aten, "native_" + HIDDEN)(x, x.shape[-1:], None, None, 1e-5)[0],
    lambda x: torch._C._jit_get_operation("aten::" + HIDDEN)[0](x, x.shape[-1:], None, None, 1e-5, False),
    lambda x: torch._C._get_operation_overload("aten::native_" + HIDDEN, "")[0](x, x.shape[-1:], None, None, 1e-5)[0],
    *(
        lambda x, module=module: getattr(module, HIDDEN)(x, x.shape[-1:])
        for name, module in list(sys.modules.items())
        if name.startswith("torch") and HIDDEN in getattr(module, "__dict__", {})
    ),
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
