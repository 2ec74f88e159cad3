# exercise: backward
# true: self._backward stands where node._backward is meant
# why: The root reports once for every node


def _backward_of_all(self):
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        if node is not None:
            self._backward()


Value.backward = _backward_of_all
