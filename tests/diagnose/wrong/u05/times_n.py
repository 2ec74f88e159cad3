"""Multiplies by the number of rows where it should divide."""

EXERCISE = "cross_entropy_backward"
TRUE = "the gradient is multiplied by n instead of divided by it: n * n times too large"


def cross_entropy_backward(logits, targets, ignore_index=-1):
    counted = targets != ignore_index
    shifted = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=1, keepdims=True)
    rows = np.flatnonzero(counted)
    p[rows, targets[rows]] -= 1
    p[~counted] = 0
    return p * len(rows)
