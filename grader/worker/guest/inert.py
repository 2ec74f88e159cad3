"""Stand-ins for what torch would start or load in a worker: threads, its compiler. A courtesy; they keep nobody in.

More than one thread ends a confined worker (libgomp calls exit). The first optimizer loads the compiler: seconds, 800
modules, a cache folder; and where no file can be written it fails.
"""

import contextlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

DYNAMO = "torch._dynamo"


class _Off(ModuleType):
    """Settings of a compiler that is not there: each one reads as off."""

    def __getattr__(self, name: str) -> bool:
        if name.startswith("__"):
            raise AttributeError(name)
        return False


def calm(torch: Any) -> None:
    """Keep torch at one thread, and from loading its compiler: what would be compiled runs as it is."""
    torch.set_num_threads(1)
    torch.backends.cpu.get_cpu_capability()  # read from /proc, which a worker does not see; else the slowest are used
    torch.set_num_threads = torch.set_num_interop_threads = _ignored
    torch.compile = _unchanged
    if DYNAMO in sys.modules:  # an older torch has loaded it already
        return
    inert: Any = ModuleType(DYNAMO)
    inert.disable = _unchanged
    inert.graph_break = inert.reset = inert.mark_static_address = _ignored
    inert.is_compiling = lambda: False
    inert.config = _Off(f"{DYNAMO}.config")
    inert.compiled_autograd = _Off(f"{DYNAMO}.compiled_autograd")
    inert.compiled_autograd._disable = contextlib.nullcontext  # noqa: SLF001
    sys.modules[DYNAMO] = torch._dynamo = inert  # noqa: SLF001


def _ignored(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing."""


def _unchanged(function: Callable[..., Any] | None = None, *_args: Any, **_kwargs: Any) -> Any:
    """Return a function or model as it is; without one, a decorator that does."""
    return function if function is not None else lambda given: given
