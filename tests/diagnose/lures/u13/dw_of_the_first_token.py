# exercise: matmul
# true: dw is that of the first token of each sequence
# not: turned over
# not: averages
# not: last sequence


def matmul_backward(dout, x, w):
    return dout @ w, dout[:, 0].T @ x[:, 0], dout.sum(axis=(0, 1))
