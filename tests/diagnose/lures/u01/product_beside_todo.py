# exercise: add_mul
# true: each operand gets its own value, and __radd__ is not written yet
# why: You gave each operand its own value


def _mul(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += self.data * out.grad
        other.grad += other.data * out.grad

    out._backward = _backward
    return out


def _unwritten(self, other):
    raise NotImplementedError("TODO: Value.__radd__")


Value.__mul__ = _mul
Value.__radd__ = _unwritten
