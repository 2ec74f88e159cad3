# exercise: pow
# true: out._backward = _backward is forgotten
# why: No gradient gets through your power
# not: multiplied by 0


def _pow(self, other):
    out = Value(self.data**other, (self,), f"**{other}")

    def _backward():
        self.grad += other * self.data ** (other - 1) * out.grad

    return out


Value.__pow__ = _pow
