# exercise: backward
# true: node.backward stands where node._backward is meant
# why: with an underscore


def _backward_of_all(self):
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        node.backward()


Value.backward = _backward_of_all
