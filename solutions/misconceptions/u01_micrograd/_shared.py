"""What wrong answers to several exercises of unit 01 have in common."""


def _made(data, *contributions, op=""):
    """Return a node whose `_backward` is right but for the slopes given: pairs (operand, slope)."""
    out = Value(data, tuple(operand for operand, _ in contributions), op)

    def _backward():
        for operand, slope in contributions:
            operand.grad += slope * out.grad

    out._backward = _backward
    return out


def _overwriting(data, *contributions, op=""):
    """Return a node that writes gradients over what is there."""
    out = _made(data, *contributions, op=op)

    def _backward():
        for operand, slope in contributions:
            operand.grad = slope * out.grad

    out._backward = _backward
    return out


def _wrapped(other):
    return other if isinstance(other, Value) else Value(other)


def _sigmoid_of(x):
    small = math.exp(-abs(x))
    return 1 / (1 + small) if x >= 0 else small / (1 + small)
