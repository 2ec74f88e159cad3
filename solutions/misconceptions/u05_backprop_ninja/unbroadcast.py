"""Wrong answers to u05.unbroadcast, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


def axes_of(grad, shape):
    """Return the axes that were added on the left, and those that were stretched."""
    added = grad.ndim - len(shape)
    return tuple(range(added)), tuple(added + axis for axis, size in enumerate(shape) if size == 1)


@misconception(
    "unbroadcast",
    says="The numbers are right and the shape is not: a stretched axis comes back with size 1, only an added axis goes "
    "away. (64,) is not the gradient of a (1, 64) array, even though NumPy broadcasts one to the other.",
)
def keepdim_lost(grad, shape):
    added, stretched = axes_of(grad, shape)
    return grad.sum(axis=added + stretched)


@misconception(
    "unbroadcast",
    says="Your result is an average of the copies. Every copy was used in full, so their gradients add up.",
)
def mean_for_sum(grad, shape):
    added, stretched = axes_of(grad, shape)
    copies = max(grad.size // max(int(np.prod(shape, dtype=int)), 1), 1)
    return grad.sum(axis=added + stretched).reshape(shape) / copies


@misconception(
    "unbroadcast",
    says="You sum the axes that were added on the left. An axis of size 1 that was stretched was copied as well.",
)
def leading_only(grad, shape):
    return grad.sum(axis=tuple(range(grad.ndim - len(shape))))


@misconception(
    "unbroadcast",
    says="A reshape only counts the same numbers differently, and there are too many of them: copies have to be added "
    "up, not laid out anew.",
)
def reshape_only(grad, shape):
    return grad.reshape(shape)


@misconception(
    "unbroadcast",
    says="You decide by whether a size occurs in the shape, so two axes of equal size are mixed up. Shapes are lined "
    "up axis by axis, from the right.",
)
def sum_by_size(grad, shape):
    gone = tuple(axis for axis, size in enumerate(grad.shape) if size not in shape)
    found = grad.sum(axis=gone)
    return found.reshape(shape) if found.size == np.prod(shape, dtype=int) else found


@misconception(
    "unbroadcast",
    says="You line the shapes up from the left. NumPy does it from the right: what is missing is missing on the left.",
)
def from_the_left(grad, shape):
    gone = tuple(axis for axis in range(grad.ndim) if axis >= len(shape) or shape[axis] != grad.shape[axis])
    found = grad.sum(axis=gone)
    return found.reshape(shape) if found.size == np.prod(shape, dtype=int) else found
