# exercise: pow
# true: a Value as an exponent is taken, and gets its right gradient
# not: never get a gradient


def _pow(self, other):
    exponent = other if isinstance(other, Value) else None
    n = exponent.data if exponent is not None else other
    children = (self,) if exponent is None else (self, exponent)
    x = self.data
    out = Value(x**n, children, f"**{n}")

    def _backward():
        self.grad += (n * x ** (n - 1) if n else 0.0) * out.grad
        if exponent is not None:
            exponent.grad += x**n * math.log(x) * out.grad

    out._backward = _backward
    return out


Value.__pow__ = _pow
