"""Refuse operations of torch in its own dispatcher, below every Python name that leads to them.

`getattr`, `torch.ops`, `torch._C`, `torch.jit`, `vmap`, autocast and the like all end there. A kernel that raises takes
the place of each kernel of an operation; others are not touched and cost nothing more. Autograd goes on as before.

It is a list of what is refused, not of what is allowed: an exercise that forbids a few finished tools leaves all of
torch's others to the learner. So each tool comes with those that contain it or give the same (`RELATIVES`).
Nothing stops a formula that was copied, or a change of this process's memory by machine code.
"""

import ctypes
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from grader.worker.wire.libraries import RELATIVES

# What computes on the CPU, and what `vmap` and the like put in its place. All other keys pass on to one of these.
KEYS = (
    *("CPU", "MkldnnCPU", "QuantizedCPU", "SparseCPU", "SparseCsrCPU", "NestedTensorCPU"),
    *("CompositeImplicitAutograd", "CompositeExplicitAutograd", "CompositeExplicitAutogradNonFunctional"),
    *("FuncTorchBatched", "FuncTorchBatchedDecomposition", "FuncTorchVmapMode", "FuncTorchDynamicLayerFrontMode"),
)
ATEN = "aten::"
PREFIXES = ("", "_", "native_", "special_", "_native_", "_fused_")
MODULES = ("torch", "torch.nn.functional", "torch.special", "torch.linalg", "torch.Tensor")


@cache
def _overloads() -> dict[str, list[str]]:
    """Return the full names of all operations by their base name; what is not torch's own keeps its namespace."""
    found: dict[str, list[str]] = {}
    for name in sys.modules["torch"]._C._dispatch_get_all_op_names():  # noqa: SLF001
        found.setdefault(name.removeprefix(ATEN).partition(".")[0], []).append(name)
    return found


@cache
def _kernels(base: str) -> list[tuple[str, str]]:
    """Return [full name, key] of every kernel that an operation has."""
    has = sys.modules["torch"]._C._dispatch_has_kernel_for_dispatch_key  # noqa: SLF001
    return [(name, key) for name in _overloads().get(base, ()) for key in KEYS if has(name, key)]


def warm() -> None:
    """Look up beforehand what workers will ask for."""
    if "torch" in sys.modules:
        for name in operations([f"torch.{name}" for name in RELATIVES]):
            _kernels(name)


def operations(names: Iterable[str]) -> list[str]:
    """Return the base names of the operations that functions of torch stand for, with their relatives."""
    found: dict[str, None] = {}
    for name in names:
        module, _, last = name.rpartition(".")
        if module in MODULES:
            same = (f"{prefix}{last}" for prefix in PREFIXES)
            found |= dict.fromkeys(one for one in (*same, *RELATIVES.get(last, ())) if one in _overloads())
    return list(found)


def refuse(bases: Sequence[str], sentence: Callable[[str], str]) -> None:
    """Have these operations raise RuntimeError with a sentence about their names, for the rest of this process."""
    kernels = [(name, key, base) for base in bases for name, key in _kernels(base)]
    if not kernels:
        return
    libraries: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that a kernel was replaced
        for name, key, base in kernels:
            space, _, rest = name.partition("::")
            if space not in libraries:
                libraries[space] = sys.modules["torch"]._C._dispatch_library("IMPL", space, "", __file__, 1)  # noqa: SLF001
            libraries[space].impl(rest, key, refusal(sentence(f"torch.{base.strip('_').replace('::', '.')}")), False)
    # They take their kernels along when they go. Nothing in Python refers to them any more, and they never go.
    for library in libraries.values():
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))


def refusal(text: str) -> Callable[..., Any]:
    """Return what stands in the place of something forbidden: it raises RuntimeError with this text."""

    def write_it_yourself(*_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError(text)

    return write_it_yourself


def prove(names: Iterable[str], said: str) -> None:
    """Raise RuntimeError unless what was refused is, and what was not works, gradients included."""
    torch = sys.modules["torch"]
    x = torch.ones(2, 2)
    tries: dict[str, Callable[[], Any]] = {
        "scaled_dot_product_attention": lambda: torch.ops.aten.scaled_dot_product_attention(x, x, x),
        "layer_norm": lambda: torch.ops.aten.native_layer_norm(x, [2], None, None, 0.1),
        "dropout": lambda: torch.ops.aten.native_dropout(x, 0.5, True),
        "gelu": lambda: torch.ops.aten.gelu(x),
        "cross_entropy": lambda: torch.ops.aten.cross_entropy_loss(x, x),
    }
    forbidden = {last for module, _, last in (name.rpartition(".") for name in names) if module in MODULES}
    for name in forbidden & tries.keys():
        try:
            tries[name]()
        except RuntimeError as error:
            if said in str(error):
                continue
        raise RuntimeError(f"this version of torch does not refuse {name}")
    leaf = x.clone().requires_grad_()
    (leaf * leaf).sum().backward()
    if leaf.grad is None or leaf.grad.tolist() != [[2.0, 2.0], [2.0, 2.0]]:
        raise RuntimeError("torch computes wrong gradients in this worker")
