# exercise: gelu
# true: out._backward = _backward is forgotten
# why: No gradient gets through your gelu
# not: multiplied by 0


_right = Value.gelu


def _gelu(self, approximate="tanh"):
    out = _right(self, approximate)
    return Value(out.data, (self,), "gelu")


Value.gelu = _gelu
