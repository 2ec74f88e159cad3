# exercise: add_mul
# true: the sum writes its gradient over what is there; plain numbers are not wrapped yet
# why: Your sum writes its gradient over


def _add(self, other):
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad = 1.0 * out.grad
        other.grad = 1.0 * out.grad

    out._backward = _backward
    return out


def _mul(self, other):
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


Value.__add__ = _add
Value.__mul__ = _mul
