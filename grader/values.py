"""The kinds of value that cross from a learner's process to ours, and how they are named.

Shared by the codec, which carries them, and by `expect`, which compares them. Imports neither numpy nor torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Tensor:
    """A torch tensor as the host sees it: an array and a name, so that the host needs no torch.

    array: ndarray with the tensor's values; for bfloat16 the raw 16 bits as uint16.
    dtype: torch's name without the prefix, `float32`, `bfloat16`.
    """

    array: Any
    dtype: str
    requires_grad: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The tensor's shape."""
        return tuple(self.array.shape)


def tensor(array: Any, *, requires_grad: bool = False) -> Tensor:
    """Make a torch tensor for the learner's side out of an array; dtype and shape are the array's."""
    return Tensor(array, str(array.dtype), requires_grad)


class Remote:
    """Something that is not data and stays in the learner's process. `_class_name` is its class there.

    A base without behaviour: attributes of a remote object belong to the learner.
    """

    _class_name: str
    _id: int


def is_array(value: object) -> bool:
    """Say whether something is an array of numpy. An object of the learner's is not even asked."""
    return type(value).__module__ == "numpy" and type(value).__name__ == "ndarray"


def kind(value: object) -> str:
    """Name the kind of a value as a learner would: `list`, `int`, `float64 array`, `Value object`."""
    if isinstance(value, Remote):
        return f"{value._class_name} object"  # noqa: SLF001 (ours)
    if isinstance(value, Tensor):
        return f"{value.dtype} tensor"
    name = type(value).__name__
    if type(value).__module__ == "numpy":
        return f"{value.dtype} array" if is_array(value) else f"numpy {name}"  # type: ignore[attr-defined]
    return "None" if value is None else name


def name_of(function: Callable[..., Any]) -> str:
    """Return the name of a function that is lent, `f` where it has none of its own."""
    name = getattr(function, "__name__", "f")
    return str(name) if str(name).isidentifier() else "f"
