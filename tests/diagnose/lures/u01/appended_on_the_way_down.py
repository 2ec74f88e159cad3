# exercise: topological_order
# true: a node is appended before its operands
# why: comes back from all its operands


def topological_order(root):
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            topo.append(v)
            for child in v._prev:
                build(child)

    build(root)
    return topo
