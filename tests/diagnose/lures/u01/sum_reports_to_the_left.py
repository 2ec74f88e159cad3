# exercise: add_mul
# true: the right operand of a sum gets no gradient
# why: In your sum only the left operand gets its gradient
# not: your product


def _add(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += 1.0 * out.grad

    out._backward = _backward
    return out


Value.__add__ = _add
