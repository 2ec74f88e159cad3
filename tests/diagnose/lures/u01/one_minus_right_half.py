# exercise: tanh_sigmoid
# true: for negative numbers sigmoid is 1 minus a number near 1, without any tanh
# not: Written with tanh


def _sigmoid(self):
    x = self.data
    s = 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
    out = Value(s, (self,), "sigmoid")

    def _backward():
        self.grad += s * (1 - s) * out.grad

    out._backward = _backward
    return out


Value.sigmoid = _sigmoid
