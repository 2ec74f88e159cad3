"""Wrong answers to u05.cross_entropy_backward, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


def softmax_rows(logits):
    """Return the softmax of each row."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def pushed(p, targets, ignore_index):
    """Return p minus one at the targets, zero in ignored rows, and how many rows count."""
    counted = targets != ignore_index
    rows = np.flatnonzero(counted)
    p[rows, targets[rows]] -= 1
    p[~counted] = 0
    return p, len(rows)


@misconception(
    "cross_entropy_backward",
    says="Your gradient is n times too large: the loss is a mean over the rows, so every row counts for one n-th.",
)
def no_1_over_N(logits, targets, ignore_index=-1):
    return pushed(softmax_rows(logits), targets, ignore_index)[0]


@misconception(
    "cross_entropy_backward",
    says="The gradient is right, but the caller's logits are not what they were.",
    symptom=True,
)
def inplace_logits(logits, targets, ignore_index=-1):
    logits[:] = softmax_rows(logits)
    p, count = pushed(logits, targets, ignore_index)
    p /= count
    return p


@misconception(
    "cross_entropy_backward",
    says="Your softmax runs down the batch. Each row is a distribution of its own; other examples have no part in it.",
)
def softmax_dim0(logits, targets, ignore_index=-1):
    p, count = pushed(softmax_rows(logits.T).T.copy(), targets, ignore_index)
    return p / count


@misconception(
    "cross_entropy_backward",
    says="You take 1 off every column. Only the target was right; the others keep their probability.",
)
def minus_everywhere(logits, targets, ignore_index=-1):
    counted = targets != ignore_index
    return (softmax_rows(logits) - 1) * counted[:, None] / int(counted.sum())


@misconception(
    "cross_entropy_backward",
    says="At the target you write -1 and forget the probability that was there: the push is smaller the surer the "
    "model was.",
)
def assign_for_subtract(logits, targets, ignore_index=-1):
    p, counted = softmax_rows(logits), targets != ignore_index
    rows = np.flatnonzero(counted)
    p[rows, targets[rows]] = -1
    p[~counted] = 0
    return p / len(rows)


@misconception(
    "cross_entropy_backward",
    says="You divide by all rows. A row that does not count is not part of the mean either.",
)
def ignore_in_mean(logits, targets, ignore_index=-1):
    return pushed(softmax_rows(logits), targets, ignore_index)[0] / len(targets)


@misconception(
    "cross_entropy_backward",
    says="Ignored rows still push: they are left out of the mean, but their probabilities are not set to zero.",
)
def ignored_still_push(logits, targets, ignore_index=-1):
    p = softmax_rows(logits)
    rows = np.flatnonzero(targets != ignore_index)
    p[rows, targets[rows]] -= 1
    return p / len(rows)


@misconception(
    "cross_entropy_backward",
    says="Large logits give nan: exp of 10000 is infinite. A softmax does not change when a row is shifted, so "
    "take the row's maximum off first.",
    symptom=True,
)
def no_shift(logits, targets, ignore_index=-1):
    with np.errstate(all="ignore"):
        p = np.exp(logits)
        p, count = pushed(p / p.sum(axis=1, keepdims=True), targets, ignore_index)
    return p / count


@misconception(
    "cross_entropy_backward",
    says="A row far below the largest logit of all gives nan. Each row needs its own maximum.",
    symptom=True,
)
def one_maximum_for_all(logits, targets, ignore_index=-1):
    with np.errstate(all="ignore"):
        p = np.exp(logits - logits.max())
        p, count = pushed(p / p.sum(axis=1, keepdims=True), targets, ignore_index)
    return p / count


@misconception(
    "cross_entropy_backward",
    says="float32 went in and float64 came out: something on the way is float64, or a NumPy integer, which widens, "
    "too.",
    symptom=True,
)
def widened_by_an_integer(logits, targets, ignore_index=-1):
    p, _ = pushed(softmax_rows(logits), targets, ignore_index)
    return p / np.sum(targets != ignore_index)
