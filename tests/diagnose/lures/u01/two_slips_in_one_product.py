# exercise: add_mul
# true: each operand gets its own value, and both gradients are written over
# why: You gave each operand its own value


def _mul(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad = self.data * out.grad
        other.grad = other.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = _mul
