# exercise: topological_order
# true: the inner function is never called
# why: Your list is empty


def topological_order(root):
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            topo.append(v)

    return topo
