# exercise: topological_order
# true: the list is reversed
# why: turned round
# not: before its operands have been visited


def topological_order(root):
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            topo.append(v)

    build(root)
    return topo[::-1]
