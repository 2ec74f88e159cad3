# exercise: backward
# true: self.grad = 1.0 is forgotten, and relu is not written yet
# why: Nothing says that the root's own slope is 1


def _backward_through_all(self):
    order = topological_order(self)
    for node in order:
        if node._prev:
            node.grad = 0.0
    for node in reversed(order):
        node._backward()


def _relu(self):
    raise NotImplementedError("TODO: Value.relu")


Value.backward = _backward_through_all
Value.relu = _relu
