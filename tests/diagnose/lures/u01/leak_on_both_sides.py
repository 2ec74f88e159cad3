# exercise: relu
# true: the slope of leaky relu is the leak everywhere
# why: On the right the slope of your leaky relu is the leak


def _leaky(self, negative_slope=0.01):
    out = Value(self.data if self.data > 0 else negative_slope * self.data, (self,), "leaky")

    def _backward():
        self.grad += negative_slope * out.grad

    out._backward = _backward
    return out


Value.leaky_relu = _leaky
