# exercise: add_mul
# true: the right operand gets no gradient, of a sum and of a product
# why: In your sum and in your product only the left operand
# not: never written


def _add(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += 1.0 * out.grad

    out._backward = _backward
    return out


def _mul(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad

    out._backward = _backward
    return out


Value.__add__ = _add
Value.__mul__ = _mul
