# exercise: add_mul
# true: the left operand of a product gets no gradient
# why: In your product only the right operand gets its gradient
# not: your sum
# not: never written


def _mul(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = _mul
