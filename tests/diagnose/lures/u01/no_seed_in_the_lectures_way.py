# exercise: backward
# true: self.grad = 1.0 is forgotten; recursion, and nothing is set to 0 before
# why: Nothing says that the root's own slope is 1


def _backward_through_all(self):
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            topo.append(v)

    build(self)
    for node in reversed(topo):
        node._backward()


Value.backward = _backward_through_all
