# exercise: backward
# true: every node gets the gradient 1 in the loop
# why: Only the root is set to 1


def _backward_of_all(self):
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        node.grad = 1.0
        node._backward()


Value.backward = _backward_of_all
