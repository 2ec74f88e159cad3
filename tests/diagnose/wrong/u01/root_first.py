"""The order of the sweep, root first, where operands come first."""

EXERCISE = "topological_order"
TRUE = "the order is reversed"


def topological_order(root):
    seen, order, stack = set(), [], [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((child, False) for child in node._prev)
    order.reverse()
    return order
