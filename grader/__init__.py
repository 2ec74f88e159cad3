"""chainrule: the engine that judges how learners build neural networks from scratch.

What a course's author imports stands here and is loaded when first used, so `import grader` costs nothing.
"""

from importlib import import_module

TYPE_CHECKING = False  # typing is loaded where somebody needs it: `grade` has no time for it
if TYPE_CHECKING:
    from typing import Any

    from grader.course.decorators import edge, exercise, misconception, weight
    from grader.judging.expect import close, raises, same
    from grader.values import Tensor, tensor

__version__ = "0.1.0"
__all__ = ["Tensor", "close", "edge", "exercise", "misconception", "raises", "same", "tensor", "weight"]

_HOME = {
    **dict.fromkeys(("close", "raises", "same"), "judging.expect"),
    **dict.fromkeys(("Tensor", "tensor"), "values"),
    **dict.fromkeys(("edge", "exercise", "misconception", "weight"), "course.decorators"),
}


def __getattr__(name: str) -> "Any":
    if name not in _HOME:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    return getattr(import_module(f"grader.{_HOME[name]}"), name)
