# exercise: backward
# true: the order is not reversed; recursion, and nothing is set to 0 before
# why: The sweep goes


def _backward_through_all(self):
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            topo.append(v)

    build(self)
    self.grad = 1.0
    for node in topo:
        node._backward()


Value.backward = _backward_through_all
