# exercise: relu
# true: the gradient passes on the left and not on the right
# why: the wrong way round
# not: Does the result hold
# not: No gradient


def _relu(self):
    out = Value(self.data if self.data > 0 else 0.0, (self,), "ReLU")

    def _backward():
        self.grad += (self.data <= 0) * out.grad

    out._backward = _backward
    return out


Value.relu = _relu
