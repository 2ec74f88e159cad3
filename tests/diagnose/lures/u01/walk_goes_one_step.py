# exercise: topological_order
# true: only the root and its operands are listed
# not: each way


def topological_order(root):
    return [*dict.fromkeys(root._prev), root]
