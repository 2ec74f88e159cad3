# exercise: layernorm
# true: the third term of dx is taken twice
# not: third term of dx is missing
# not: rstd twice
# not: constants
# not: C times too large


def layernorm_backward(dout, x, w, mean, rstd):
    norm, dnorm = (x - mean[..., None]) * rstd[..., None], dout * w
    both = dnorm.mean(axis=-1, keepdims=True) + 2 * norm * (dnorm * norm).mean(axis=-1, keepdims=True)
    return (dnorm - both) * rstd[..., None], (dout * norm).sum(axis=(0, 1)), dout.sum(axis=(0, 1))
