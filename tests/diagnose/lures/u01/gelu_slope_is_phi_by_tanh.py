# exercise: gelu
# true: the slope of the tanh variant is Phi(x) alone
# why: In the tanh variant your slope holds Phi(x), but not
# not: exact


_right_gelu = Value.gelu


def _gelu(self, approximate="tanh"):
    if approximate != "tanh":
        return _right_gelu(self, approximate)
    x = self.data
    phi = (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2
    out = Value(x * phi, (self,), "gelu")

    def _backward():
        self.grad += phi * out.grad

    out._backward = _backward
    return out


Value.gelu = _gelu
