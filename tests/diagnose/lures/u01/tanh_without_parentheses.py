# exercise: tanh_sigmoid
# true: e^2x - 1/e^2x + 1 is not the quotient
# why: need parentheses


def _tanh(self):
    x = self.data
    t = math.exp(2 * x) - 1 / math.exp(2 * x) + 1
    out = Value(t, (self,), "tanh")

    def _backward():
        self.grad += (1 - t**2) * out.grad

    out._backward = _backward
    return out


Value.tanh = _tanh
