"""Gradients through a learner's own forward pass, on the learner's side: a vector-Jacobian product as data.

Only torch units have it. The check brings the cotangent, so that no gradient is lost to a sum that hides it.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any


class Pullback:
    """One forward pass that was run, and the way back. value: its output."""

    def __init__(self, function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """Run the forward pass with every floating-point tensor among `args` as a leaf."""
        self._torch = sys.modules["torch"]
        self._leaves = [self._leaf(arg) for arg in args]
        self._parameters = dict(function.named_parameters()) if hasattr(function, "named_parameters") else {}
        self.value = function(*self._leaves, **kwargs)

    def _leaf(self, arg: Any) -> Any:
        if isinstance(arg, self._torch.Tensor) and arg.is_floating_point():
            return arg.detach().clone().requires_grad_()
        return arg

    def pull(self, cotangent: Any) -> list[Any]:
        """Return [gradients of the arguments, gradients of the parameters by name].

        None where nothing depends on it, and for parameters that are frozen.
        cotangent: like the output, a tensor or a tuple of tensors.
        """
        outputs, cotangents = self._pair(self.value, cotangent)
        wanted = [leaf for leaf in self._leaves if isinstance(leaf, self._torch.Tensor) and leaf.requires_grad]
        wanted += [parameter for parameter in self._parameters.values() if parameter.requires_grad]
        found = iter(
            self._torch.autograd.grad(self._dot(outputs, cotangents), wanted, retain_graph=True, allow_unused=True)
            if wanted and any(output.requires_grad for output in outputs)
            else [None] * len(wanted)
        )
        tensor = self._torch.Tensor
        of_args = [next(found) if isinstance(leaf, tensor) and leaf.requires_grad else None for leaf in self._leaves]
        return [of_args, {name: next(found) if one.requires_grad else None for name, one in self._parameters.items()}]

    def _dot(self, outputs: list[Any], cotangents: list[Any]) -> Any:
        """Return the scalar whose gradient is the vector-Jacobian product. Raises RuntimeError for unequal shapes.

        Cotangents given to `autograd.grad` itself make torch import sympy: 0.2 s in every worker.
        """
        for output, cotangent in zip(outputs, cotangents, strict=True):
            if output.shape != cotangent.shape:
                raise RuntimeError(f"a cotangent of shape {tuple(cotangent.shape)} for {tuple(output.shape)}")
        return sum((output * cotangent).sum() for output, cotangent in zip(outputs, cotangents, strict=True))

    def _pair(self, value: Any, cotangent: Any) -> tuple[list[Any], list[Any]]:
        """Match outputs with cotangents; outputs that no gradient can pass are left out."""
        if isinstance(value, tuple | list):
            pairs = list(zip(value, cotangent, strict=True))
        else:
            pairs = [(value, cotangent)]
        kept = [(one, two) for one, two in pairs if getattr(one, "requires_grad", False)] or pairs
        return [one for one, _ in kept], [two for _, two in kept]
