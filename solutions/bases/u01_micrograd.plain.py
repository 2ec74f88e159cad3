"""Unit 01 as it stands in the lecture's first hour: operands are Values, plain numbers are not wrapped yet.

It stands below the solution. Operands are read late, gradients in between are kept, the sort is by recursion.
"""


def _add(self, other):
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += out.grad
        other.grad += out.grad

    out._backward = _backward
    return out


def _mul(self, other):
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


def _backward_through_all(self):
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        node._backward()


def _by_recursion(root):
    order, seen = [], set()

    def visit(node):
        if id(node) in seen:
            return
        seen.add(id(node))
        for child in node._prev:
            visit(child)
        order.append(node)

    visit(root)
    return order


Value.__add__ = _add
Value.__mul__ = _mul
Value.backward = _backward_through_all
topological_order = _by_recursion


def _forget_sweep(order):
    """Nothing is set to 0 between two sweeps."""
