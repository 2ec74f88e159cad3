# exercise: norms
# true: the way through the variance counts half
# not: lacks the way
# not: takes mean and variance for constants
# not: multiplies by gamma at the end


def _backward(self, dout):
    front = tuple(range(dout.ndim - 1))
    self.dgamma += (dout * self.xhat).sum(axis=front)
    self.dbeta += dout.sum(axis=front)
    g = dout * self.gamma
    along = self.xhat * (g * self.xhat).mean(axis=-1, keepdims=True) / 2
    return (g - g.mean(axis=-1, keepdims=True) - along) * self.inv


LayerNorm.backward = _backward
