"""Sums what was stretched and averages what was added."""

EXERCISE = "unbroadcast"
TRUE = "added axes are averaged, not summed"


def unbroadcast(grad, shape):
    added = grad.ndim - len(shape)
    out = grad.mean(axis=tuple(range(added))) if added else grad.copy()
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1 and out.shape[axis] != 1)
    return out.sum(axis=stretched, keepdims=True) if stretched else out
