# exercise: relu
# true: the slope is 1 everywhere
# why: the condition is missing
# not: look at


def _relu(self):
    out = Value(self.data if self.data > 0 else 0.0, (self,), "ReLU")

    def _backward():
        self.grad += out.grad

    out._backward = _backward
    return out


Value.relu = _relu
