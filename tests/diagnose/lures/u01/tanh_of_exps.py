# exercise: tanh_sigmoid
# true: small numbers lose digits in 2 / (1 + e^-2x) - 1, and there is no float32
# not: float32
# not: single precision


def _tanh(self):
    x = self.data
    out = Value(2 / (1 + math.exp(-2 * x)) - 1 if x > -300 else -1.0, (self,), "tanh")

    def _backward():
        self.grad += (1 - out.data * out.data) * out.grad

    out._backward = _backward
    return out


Value.tanh = _tanh
