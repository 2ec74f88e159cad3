# exercise: tanh_sigmoid
# true: what goes in is cut off at -50 and 50
# not: 708
# not: 709


def _sigmoid(self):
    x = self.data
    out = Value(1 / (1 + math.exp(-max(-50.0, min(50.0, x)))), (self,), "sigmoid")

    def _backward():
        self.grad += out.data * (1 - out.data) * out.grad

    out._backward = _backward
    return out


Value.sigmoid = _sigmoid
