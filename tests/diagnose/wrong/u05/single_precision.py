"""Saves memory: everything is computed in float32."""

EXERCISE = "linear_backward"
TRUE = "the results are float32 where float64 came in"


def linear_backward(dout, x, W):
    dout, x, W = (part.astype(np.float32) for part in (dout, x, W))
    rows, upstream = x.reshape(-1, x.shape[-1]), dout.reshape(-1, dout.shape[-1])
    return dout @ W.T, rows.T @ upstream, upstream.sum(axis=0)
