"""Wrong answers to u01.topological_order, each with its cause in words, run in the solution's namespace."""

from collections import deque

from grader import misconception

_right_topological_order = topological_order


@misconception(
    "topological_order",
    says="Your walk calls itself once for each node, and Python stops near a depth of 1,000. A sum in a loop "
    "is deeper than that: keep the nodes that still wait on a stack of your own.",
    symptom=True,
)
def recursive(root):
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for operand in node._prev:
                visit(operand)
            order.append(node)

    visit(root)
    return order


@misconception(
    "topological_order",
    says="You list a node before its operands have been visited, so results stand before what they were made "
    "from. Walked from the end, backward would then read gradients that are not complete.",
)
def preorder(root):
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            order.append(node)
            stack.extend(node._prev)
    return order


@misconception(
    "topological_order",
    says="Breadth first, turned round, is not a topological order: where a node can be reached by a short path "
    "and by a long one, its place is taken from the short one, and a user further down comes too late.",
)
def bfs_order(root):
    order, seen, queue = [], {id(root)}, deque([root])
    while queue:
        node = queue.popleft()
        order.append(node)
        for operand in node._prev:
            if id(operand) not in seen:
                seen.add(id(operand))
                queue.append(operand)
    return order[::-1]


@misconception(
    "topological_order",
    says="You walk every path and not every node: a node is listed once for each way that leads to it. Twenty "
    "doublings are a million ways. Remember which nodes you have seen.",
)
def no_visited(root):
    order, stack = [], [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        else:
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._prev)
    return order


@misconception(
    "topological_order",
    says="50,000 nodes take too long: with twice the nodes, a walk must take twice the time and not more. To "
    "look through all nodes seen so far, or to copy them, at every step costs far more. One set that "
    "grows answers at once.",
    symptom=True,
)
def visited_list(root):
    order, seen, stack = [], [], [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif not any(node is other for other in seen):
            seen.append(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._prev)
    return order


@misconception(
    "topological_order",
    says="Two different nodes that hold the same number are taken for one. A node is told from another by "
    "identity; its data says nothing about that.",
)
def eq_on_data(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif node.data not in seen:
            seen.add(node.data)
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._prev)
    return order


@misconception(
    "topological_order",
    says="Nodes that an earlier call has seen are left out. Something is remembered from call to call: a "
    "default argument is made once, when the function is defined.",
)
def seen_as_default(root, seen=set()):  # noqa: B006 (the point)
    order, stack = [], [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._prev)
    return order


@misconception(
    "topological_order",
    says="A node stands in the list once for each use of it, although its operands are walked only once. It "
    "belongs in the list in the same case in which it is marked as seen.",
)
def appended_outside_if(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        else:
            stack.append((node, True))
            if id(node) not in seen:
                seen.add(id(node))
                stack.extend((operand, False) for operand in reversed(node._prev))
    return order


@misconception(
    "topological_order",
    says="Your list is empty. Where the walk is a function of its own, it must also be called, with the root.",
    symptom=True,
)
def walk_never_begun(root):
    return []


@misconception(
    "topological_order",
    says="A node stands in your list once for each way that leads to it. Remember which nodes you have seen, "
    "and pass each of them only once.",
    symptom=True,
)
def never_seen(root):
    order = []

    def visit(node):
        for operand in node._prev:
            visit(operand)
        order.append(node)

    visit(root)
    return order


@misconception(
    "topological_order",
    says="Your list is turned round: the root comes first. Operands stand before results, so the root comes last.",
    symptom=True,
)
def turned_round(root):
    return _right_topological_order(root)[::-1]


@misconception(
    "topological_order",
    says="What lies deeper than the operands of the root is missing from your list. Does the walk ask each "
    "node for its own operands, or always the root?",
    symptom=True,
)
def asks_the_root(root):
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for operand in root._prev:
                visit(operand)
            order.append(node)

    visit(root)
    return order


@misconception(
    "topological_order",
    says="A node stands in your list before its operands. It is to be appended when the walk comes back from "
    "all its operands, not before.",
    symptom=True,
)
def appended_on_the_way_down(root):
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            order.append(node)
            for operand in node._prev:
                visit(operand)

    visit(root)
    return order
