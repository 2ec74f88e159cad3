# exercise: relu
# true: the slope is 1 on the left and 0.5 on the right
# not: wrong way round
# not: condition is missing


def _relu(self):
    out = Value(self.data if self.data > 0 else 0.0, (self,), "ReLU")

    def _backward():
        self.grad += (1.0 if self.data < 0 else 0.5) * out.grad

    out._backward = _backward
    return out


Value.relu = _relu
