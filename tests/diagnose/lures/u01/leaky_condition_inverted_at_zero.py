# exercise: relu
# true: the leak is on the right and the 1 on the left
# why: the wrong way round


def _leaky(self, negative_slope=0.01):
    out = Value(self.data if self.data > 0 else negative_slope * self.data, (self,), "leaky")

    def _backward():
        self.grad += (1 if self.data <= 0 else negative_slope) * out.grad

    out._backward = _backward
    return out


Value.leaky_relu = _leaky
