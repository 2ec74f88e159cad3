"""Wrong answers to u05.linear_backward, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


def flat(array):
    """Return an array as rows of its last axis."""
    return array.reshape(-1, array.shape[-1])


@misconception(
    "linear_backward",
    says="Your dW is turned: rows and columns are exchanged. On a square W nothing but the values can tell, so do not "
    "trust the shape alone.",
)
def dW_transposed(dout, x, W):
    return dout @ W.T, flat(dout).T @ flat(x), flat(dout).sum(axis=0)


@misconception(
    "linear_backward",
    says="In dx you multiply by W as the forward pass did. The way back goes from outputs to inputs; only on a square "
    "W does the other one have a legal shape.",
)
def dx_no_transpose(dout, x, W):
    return dout @ W, flat(x).T @ flat(dout), flat(dout).sum(axis=0)


@misconception(
    "linear_backward",
    says="Your db is an average over the rows. The bias was copied to each row, and every copy counts in full.",
)
def db_mean(dout, x, W):
    return dout @ W.T, flat(x).T @ flat(dout), flat(dout).mean(axis=0)


@misconception(
    "linear_backward",
    says="The numbers of db are right, its shape is not: b has one axis, and so has its gradient.",
)
def db_keepdim(dout, x, W):
    return dout @ W.T, flat(x).T @ flat(dout), flat(dout).sum(axis=0, keepdims=True)


@misconception(
    "linear_backward",
    says="You divide by the number of rows. If the loss is a mean, its 1/n came in with dout; here it would count "
    "twice.",
)
def dw_over_N(dout, x, W):
    rows = len(flat(x))
    return dout @ W.T, flat(x).T @ flat(dout) / rows, flat(dout).sum(axis=0) / rows


@misconception(
    "linear_backward",
    says="With three axes your product does not fit. To W every leading axis is just a way of counting rows: "
    "make one axis of them first.",
    symptom=True,
)
def np_dot_3d(dout, x, W):
    return np.dot(dout, W.T), np.dot(x.T, dout), dout.sum(axis=tuple(range(dout.ndim - 1)))


@misconception(
    "linear_backward",
    says="You have one dW for each entry of the first axis. All of them belong to the same W, so they add up.",
)
def stacks_the_batch(dout, x, W):
    return dout @ W.T, np.swapaxes(x, -1, -2) @ dout, dout.sum(axis=-2)
