# exercise: linear
# true: db counts every row twice
# not: summed over the outputs
# not: divided by
# not: is the mean


def _backward(self, dout):
    if self.x is None:
        raise RuntimeError("nothing went forward")
    rows, drows = self.x.reshape(-1, self.x.shape[-1]), dout.reshape(-1, dout.shape[-1])
    self.dW += rows.T @ drows
    self.db += 2 * drows.sum(axis=0)
    return dout @ self.W.T


Linear.backward = _backward
