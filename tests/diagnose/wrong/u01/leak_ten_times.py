"""Takes 0.1 for the leak by default."""

EXERCISE = "relu"
TRUE = "the default of negative_slope is ten times too large"


def _leaky(self, negative_slope=0.1):
    slope = 1.0 if self.data > 0 else negative_slope
    out = Value(self.data * slope, (self,), "leaky_relu")

    def send():
        self.grad += slope * out.grad

    out._backward = send
    return out


Value.leaky_relu = _leaky
