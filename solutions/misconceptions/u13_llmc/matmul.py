"""Wrong answers to u13.matmul, each with its cause in words, run in the solution's namespace.

`layout` runs on any sizes: where the matrix does not fit as it lies, it is read as if it had been stored (in, out).
"""

import numpy as np

from grader import misconception


@misconception(
    "matmul",
    replaces="matmul_forward",
    says="You read w as (in, out). Here a row of w belongs to an output, (out, in): the product is x @ w.T.",
)
def layout(x, w, b):
    out = x @ (w if w.shape[0] == w.shape[1] else w.reshape(w.shape[::-1]))
    return out if b is None else out + b


@misconception(
    "matmul",
    replaces="matmul_backward",
    says="Your dw is turned over: it is (in, out). A gradient has the shape of its weight, (out, in).",
)
def dw_transposed(dout, x, w):
    dx, dw, db = dout @ w, dout.reshape(-1, len(w)).T @ x.reshape(-1, w.shape[1]), dout.sum(axis=(0, 1))
    return dx, dw.T, db


@misconception(
    "matmul",
    replaces="matmul_backward",
    says="dw has the right shape, and its numbers stand in the order of (in, out): they were computed as the turned "
    "matrix and not turned back.",
)
def einsum_typo(dout, x, w):
    dw = np.einsum("bto,btc->co", dout, x).reshape(w.shape)
    return dout @ w, dw, dout.sum(axis=(0, 1))


@misconception(
    "matmul",
    replaces="matmul_backward",
    says="dx takes w turned over. Forward the product was with w.T, so what comes back is multiplied with w as it is "
    "stored.",
)
def dx_transposed(dout, x, w):
    dw = dout.reshape(-1, len(w)).T @ x.reshape(-1, w.shape[1])
    return dout @ (w.T if w.shape[0] == w.shape[1] else w.T.reshape(w.shape)), dw, dout.sum(axis=(0, 1))


@misconception(
    "matmul",
    replaces="matmul_backward",
    says="dw and db are averages over the tokens. w and b were used for every token: they get the sum.",
)
def averages(dout, x, w):
    rows = dout.reshape(-1, len(w))
    return dout @ w, rows.T @ x.reshape(-1, w.shape[1]) / len(rows), rows.mean(axis=0)


@misconception(
    "matmul",
    replaces="matmul_backward",
    says="dw is that of the last sequence alone: an earlier one is overwritten, not added to.",
)
def dw_of_last_sequence(dout, x, w):
    return dout @ w, dout[-1].T @ x[-1], dout.sum(axis=(0, 1))


@misconception(
    "matmul",
    replaces="matmul_backward",
    says="db sums over the sequences and not over the tokens: it is (T, OC). b was used for all B * T tokens.",
)
def db_over_batch(dout, x, w):
    return dout @ w, dout.reshape(-1, len(w)).T @ x.reshape(-1, w.shape[1]), dout.sum(axis=0)


@misconception("matmul", replaces="matmul_forward", says="The bias is left out: what comes back is x @ w.T alone.")
def no_bias(x, w, b):
    return x @ w.T
