"""The gradient of the bias is summed over the wrong axis."""

EXERCISE = "linear_backward"
TRUE = "db is summed over the columns instead of the rows"


def linear_backward(dout, x, W):
    rows, upstream = x.reshape(-1, x.shape[-1]), dout.reshape(-1, dout.shape[-1])
    return dout @ W.T, rows.T @ upstream, upstream.sum(axis=1)
