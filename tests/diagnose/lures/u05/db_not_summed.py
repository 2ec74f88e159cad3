# exercise: linear_backward
# true: db is not summed over the rows
# not: returned


def linear_backward(dout, x, W):
    return dout @ W.T, x.reshape(-1, x.shape[-1]).T @ dout.reshape(-1, dout.shape[-1]), dout.copy()
