# exercise: topological_order
# true: root._prev stands where v._prev is meant
# why: or always the root


def topological_order(root):
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in root._prev:
                build(child)
            topo.append(v)

    build(root)
    return topo
