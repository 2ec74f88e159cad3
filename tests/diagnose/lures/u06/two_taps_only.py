# exercise: causal_conv1d
# true: only the newest place and the oldest one of the kernel count
# not: dilation makes no difference
# not: turned round


def causal_conv1d(x, w, b=None, dilation=1):
    T, K = x.shape[1], w.shape[0]
    reach = (K - 1) * dilation
    out = x @ w[K - 1]
    if K > 1:
        out = out + functional.pad(x, (0, 0, reach, 0))[:, :T] @ w[0]
    return out if b is None else out + b
