# exercise: tanh_sigmoid
# true: out._backward = _backward is forgotten
# why: No gradient gets through your tanh
# not: multiplied by 0


def _tanh(self):
    t = math.tanh(self.data)
    out = Value(t, (self,), "tanh")

    def _backward():
        self.grad += (1 - t**2) * out.grad

    return out


Value.tanh = _tanh
