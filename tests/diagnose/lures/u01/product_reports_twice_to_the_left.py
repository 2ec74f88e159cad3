# exercise: add_mul
# true: both lines of a product write to the left operand
# why: the left operand gets both gradients


def _mul(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        self.grad += self.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = _mul
