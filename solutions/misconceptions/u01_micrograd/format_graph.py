"""Wrong answers to u01.format_graph, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _line(number, node, operands):
    label = f" label={node.label}" if node.label else ""
    arrow = " <- " + " ".join(map(str, operands)) if operands else ""
    return f"{number}: {node._op or 'leaf'} data={node.data:.4f} grad={node.grad:.4f}{label}{arrow}"


def _breadth_first(root):
    """Return the nodes in the order of their numbers, and these numbers by id."""
    nodes, numbers = [root], {id(root): 0}
    for node in nodes:
        for operand in node._prev:
            if numbers.setdefault(id(operand), len(nodes)) == len(nodes):
                nodes.append(operand)
    return nodes, numbers


def _cut(lines, max_nodes):
    more = [f"... {len(lines) - max_nodes} more"] if len(lines) > max_nodes else []
    return "\n".join([*lines[:max_nodes], *more])


@misconception(
    "format_graph",
    says="You print the graph as if it were a tree. A node that is used twice is printed once for each path to "
    "it, and the number of paths can double with every node.",
)
def tree_print(root, max_nodes=200):
    nodes, operands = [root], []
    for node in nodes:
        operands.append(range(len(nodes), len(nodes) + len(node._prev)))
        nodes.extend(node._prev)
    return _cut([_line(i, node, operands[i]) for i, node in enumerate(nodes)], max_nodes)


@misconception(
    "format_graph",
    says="Behind the arrow stand the numbers of the nodes that use this one. It should be the other way: the "
    "operands that this node was made from.",
)
def reversed_edges(root, max_nodes=200):
    nodes, numbers = _breadth_first(root)
    users = [[] for _ in nodes]
    for node in nodes:
        for operand in node._prev:
            users[numbers[id(operand)]].append(numbers[id(node)])
    return _cut([_line(i, node, users[i]) for i, node in enumerate(nodes)], max_nodes)


@misconception(
    "format_graph",
    says="id() is a place in memory and differs from run to run, so nobody can read or compare the text. "
    "Number the nodes in the order in which you meet them.",
)
def id_in_output(root, max_nodes=200):
    nodes, _ = _breadth_first(root)
    return _cut([_line(id(node), node, list(map(id, node._prev))) for node in nodes], max_nodes)


@misconception(
    "format_graph",
    says="Your walk calls itself once for each floor of the graph, and Python stops near a depth of 1,000. "
    "Walk with a list instead.",
    symptom=True,
)
def recursion(root, max_nodes=200):
    nodes, numbers = [root], {id(root): 0}

    def number_below(floor):
        below = []
        for operand in (operand for node in floor for operand in node._prev):
            if id(operand) not in numbers:
                numbers[id(operand)] = len(nodes)
                nodes.append(operand)
                below.append(operand)
        if below:
            number_below(below)

    number_below([root])
    lines = [_line(i, node, [numbers[id(operand)] for operand in node._prev]) for i, node in enumerate(nodes)]
    return _cut(lines, max_nodes)


@misconception(
    "format_graph",
    says="Your numbers go down one branch to its leaves before they turn to the next. Breadth first means "
    "floor by floor: all operands of one floor are numbered before theirs are.",
)
def depth_first_numbers(root, max_nodes=200):
    nodes, numbers, stack = [], {}, [root]
    while stack:
        node = stack.pop()
        if id(node) not in numbers:
            numbers[id(node)] = len(nodes)
            nodes.append(node)
            stack.extend(reversed(node._prev))
    lines = [_line(i, node, [numbers[id(operand)] for operand in node._prev]) for i, node in enumerate(nodes)]
    return _cut(lines, max_nodes)


@misconception(
    "format_graph",
    says="The last line counts all nodes. What helps the reader is how many were left out.",
)
def counts_all(root, max_nodes=200):
    nodes, numbers = _breadth_first(root)
    lines = [_line(i, node, [numbers[id(operand)] for operand in node._prev]) for i, node in enumerate(nodes)]
    return "\n".join([*lines[:max_nodes], f"... {len(lines)} more"] if len(lines) > max_nodes else lines)


@misconception(
    "format_graph",
    says="Your numbers have two decimals. Four are asked for, as in data=4.0000.",
    symptom=True,
)
def two_decimals(root, max_nodes=200):
    nodes, numbers = _breadth_first(root)
    lines = []
    for number, node in enumerate(nodes):
        label = f" label={node.label}" if node.label else ""
        arrow = " <- " + " ".join(str(numbers[id(operand)]) for operand in node._prev) if node._prev else ""
        lines.append(f"{number}: {node._op or 'leaf'} data={node.data:.2f} grad={node.grad:.2f}{label}{arrow}")
    return _cut(lines, max_nodes)
