"""Starts the sweep with the result's own number instead of 1."""

EXERCISE = "backward"
TRUE = "the sweep starts from the result's data: every gradient is multiplied by it"


def _backward_sweep(self):
    order = topological_order(self)
    for node in order:
        if node._prev:
            node.grad = 0.0
    self.grad = self.data
    for node in reversed(order):
        node._backward()


Value.backward = _backward_sweep
