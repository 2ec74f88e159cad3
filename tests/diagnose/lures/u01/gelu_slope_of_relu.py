# exercise: gelu
# true: the slope of gelu is that of relu
# not: whatever goes in


def _gelu(self, approximate="tanh"):
    x = self.data
    if approximate not in ("tanh", "none"):
        raise ValueError(approximate)
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
    phi = (1 + math.tanh(inner)) / 2 if approximate == "tanh" else (1 + math.erf(x / math.sqrt(2))) / 2
    out = Value(x * phi, (self,), "gelu")

    def _backward():
        self.grad += out.grad if x > 0 else 0.0

    out._backward = _backward
    return out


Value.gelu = _gelu
