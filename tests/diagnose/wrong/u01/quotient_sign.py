"""A Value class of its own kind, with local slopes; the slope in the divisor has lost its minus."""

EXERCISE = "sub_div"
TRUE = "d(a / b)/db should be negative"


def _divide(top, bottom):
    out = Value(top.data / bottom.data, (top, bottom), "/")
    x, y = top.data, bottom.data

    def send():
        top.grad += out.grad / y
        bottom.grad += x / (y * y) * out.grad

    out._backward = send
    return out


def _wrapped(x):
    return x if isinstance(x, Value) else Value(x)


Value.__truediv__ = lambda self, other: _divide(self, _wrapped(other))
Value.__rtruediv__ = lambda self, other: _divide(_wrapped(other), self)
