# attack: undoes what was done to torch: registers, resets, searches, loads it again
# unit: u05_parts
# outcomes: fail error crash timeout
# process: holds

import gc
import importlib
import sys

import torch

OP = torch.ops.aten.native_layer_norm.default


def registered_and_reset(x):
    library = torch.library.Library("aten", "IMPL")
    library.impl("native_layer_norm", lambda *args: OP.redispatch(torch._C.DispatchKeySet(1), *args), "CPU")
    library._destroy()
    return OP(x, x.shape[-1:], None, None, 1e-5)[0]


def searched(x):
    kinds = [one for one in gc.get_objects() if "ispatch" in type(one).__name__ or type(one).__name__ == "_DispatchModule"]
    for one in kinds:
        for word in ("reset", "_destroy"):
            if callable(getattr(one, word, None)):
                getattr(one, word)()
    return OP(x, x.shape[-1:], None, None, 1e-5)[0]


def another_overload(x):
    OP.py_kernels.clear()
    OP._dispatch_cache.clear()
    return OP(x, x.shape[-1:], None, None, 1e-5)[0]


def loaded_again(x):
    for name in [name for name in sys.modules if name.startswith("torch.nn")]:
        del sys.modules[name]
    return getattr(importlib.import_module("torch.nn.functional"), "layer_" + "norm")(x, x.shape[-1:])


def code_put_back(x):
    function = getattr(torch.nn.functional, "layer_" + "norm")
    function.__code__ = next(c for c in gc.get_objects() if getattr(c, "co_name", "") == "layer_norm")
    return function(x, x.shape[-1:])


WAYS = [registered_and_reset, searched, another_overload, code_put_back, loaded_again]


def normed(x):
    for way in WAYS:
        try:
            found = way(x)
            if isinstance(found, torch.Tensor) and found.shape == x.shape:
                return found
        except Exception as error:
            print(type(error).__name__, str(error)[:60])
    return torch.zeros_like(x)
