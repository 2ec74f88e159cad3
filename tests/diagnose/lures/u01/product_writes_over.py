# exercise: add_mul
# true: the product's sweep writes its gradients over what is there
# why: Your product writes its gradient over
# not: Your sum writes its gradient over


def _mul(self, other):
    other = other if isinstance(other, Value) else Value(other)
    left, right = self.data, other.data
    out = Value(left * right, (self, other), "*")

    def _backward():
        self.grad = right * out.grad
        other.grad = left * out.grad

    out._backward = _backward
    return out


Value.__mul__ = _mul
