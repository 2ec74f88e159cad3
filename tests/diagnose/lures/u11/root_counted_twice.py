# exercise: value
# true: the root's share reaches its operands twice
# not: overwritten
# not: has to wait for all
_right = Value.backward


def _backward(self):
    _right(self)
    for child, local in zip(self._children, self._local_grads, strict=True):
        child.grad += local


Value.backward = _backward
