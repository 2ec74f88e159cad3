# exercise: topological_order
# true: a set, copied at each node
# not: kept in a list


def topological_order(root):
    order, stack, seen = [], [(root, False)], set()
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
            continue
        if id(node) in seen:
            continue
        seen = seen | {id(node)}
        stack.append((node, True))
        stack.extend((child, False) for child in node._prev)
    return order
