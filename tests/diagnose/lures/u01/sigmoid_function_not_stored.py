# exercise: tanh_sigmoid
# true: out._backward = _backward is forgotten
# why: No gradient gets through your sigmoid
# not: multiplied by 0


def _sigmoid(self):
    s = 0.5 * (1 + math.tanh(self.data / 2))
    out = Value(s, (self,), "sigmoid")

    def _backward():
        self.grad += s * (1 - s) * out.grad

    return out


Value.sigmoid = _sigmoid
