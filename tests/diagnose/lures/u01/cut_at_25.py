# exercise: tanh_sigmoid
# true: sigmoid is 0 from -25 on
# not: tanh
# why: yours is 0 at -25


def _sigmoid(self):
    s = 1 / (1 + math.exp(-self.data)) if self.data > -25 else 0.0
    out = Value(s, (self,), "sigmoid")

    def _backward():
        self.grad += s * (1 - s) * out.grad

    out._backward = _backward
    return out


Value.sigmoid = _sigmoid
