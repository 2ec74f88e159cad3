"""Helper code of unit 01 that runs on the learner's side: it builds and sweeps graphs there, and compares nothing.

`learner` is the learner's module. A graph is swept by the stub's plan (`_prev`, `_backward`) where it follows it, so
that operators can be judged before `Value.backward` is written; else by the learner's own `backward`.
"""

import operator
import random

INFIX = {name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "pow", "neg")}
UNSTORED = (
    "_backward of a result is None, so nothing can be called on the way back. "
    "Was the function called where it is stored? It is out._backward = _backward, without ()."
)


def sweep(root):
    """Fill in the gradients of the graph of a fresh root."""
    nodes = _planned(root)
    if nodes is None or any(_silent(node) for node in nodes if node is root or node._prev):
        try:
            root.backward()
        except (NotImplementedError, TypeError) as stop:
            if (isinstance(stop, NotImplementedError) or "'NoneType' object" in str(stop)) and _unstored(root):
                raise RuntimeError(UNSTORED) from None
            if nodes is None or isinstance(stop, TypeError):
                raise
        else:
            return
    root.grad = 1.0
    for node in reversed(nodes):
        if node._prev:
            node._backward()


def gradients(root, *leaves):
    """Sweep from a fresh root; return the gradients of some nodes, in order."""
    sweep(root)
    return [leaf.grad for leaf in leaves]


def compute(program, leaves):
    """Return the last node of a program of steps [name, operation, *arguments].

    An argument that names a leaf or an earlier step is that node; anything else is a constant.
    """
    nodes = dict(leaves)
    for name, operation, *arguments in program:
        operands = [nodes.get(argument, argument) for argument in arguments]
        if operation in INFIX:
            nodes[name] = INFIX[operation](*operands)
        else:
            nodes[name] = getattr(operands[0], operation)(*operands[1:])
    return nodes[program[-1][0]]


def run(program, inputs):
    """Compute a program; return its value and the gradients of the inputs."""
    leaves = {name: learner.Value(value) for name, value in inputs.items()}
    root = compute(program, leaves)
    sweep(root)
    return [root.data, {name: leaf.grad for name, leaf in leaves.items()}]


def is_value(thing):
    """Say whether something is one of the learner's Values."""
    return isinstance(thing, learner.Value)


def remembers(out, *operands):
    """Say whether a result holds exactly these operands; True as well where it does not follow the stub's plan."""
    held = _operands(out)
    planned = held is not None and not _silent(out)
    return not planned or {id(node) for node in held} == {id(node) for node in operands}


def list_after(xs):
    """Return a list as it is after numerical_gradient has measured a sum there."""
    learner.numerical_gradient(lambda *values: sum(values), xs)
    return xs


def measured_slopes(method, arguments, xs, h=1e-5):
    """Return central differences of a method of Value, `gelu`, at each x; no gradient is used."""

    def value(x):
        return getattr(learner.Value(x), method)(*arguments).data

    return [(value(x + h) - value(x - h)) / (2 * h) for x in xs]


def _planned(root):
    """Return every node that root was made from, operands first; None where one of them leaves the stub's plan."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            operands = _operands(node)
            if operands is None:
                return None
            stack.append((node, True))
            stack += [(operand, False) for operand in operands]
    return order


def _unstored(root):
    """Say whether a node that was made from others has None for its `_backward`: what a call of it returned."""
    seen, stack = set(), [root]
    while stack:
        node = stack.pop()
        held = getattr(node, "_prev", None)
        if id(node) in seen or not isinstance(held, tuple | list | set | frozenset):
            continue
        seen.add(id(node))
        if held and getattr(node, "_backward", root) is None:
            return True
        stack += held
    return False


def _operands(node):
    """Return what a node was made from; None where it does not say so, or does not report, by the stub's plan."""
    held = getattr(node, "_prev", None)
    if not isinstance(held, tuple | list | set | frozenset) or not all(is_value(operand) for operand in held):
        return None
    return list(held) if not held or _takes_nothing(getattr(node, "_backward", None)) else None


def _takes_nothing(function):
    """Say whether something can be called without arguments."""
    code = getattr(function, "__code__", None)
    if code is None:
        return callable(function)
    given = len(function.__defaults__ or ()) + hasattr(function, "__self__")
    return code.co_argcount <= given


def _silent(node):
    """Say whether a node reports to nobody: its `_backward` is the one that every leaf has."""
    mine, leaf = getattr(node, "_backward", None), getattr(learner.Value(0.0), "_backward", None)
    if hasattr(mine, "__self__"):  # one method for all nodes may well tell them apart
        return False
    code = getattr(mine, "__code__", None)
    return mine is leaf if code is None else code is getattr(leaf, "__code__", None)


def graph(leaves, lefts, rights):
    """Build a graph of sums: so many leaves, then one node for each pair of numbers of nodes before it."""
    nodes = [learner.Value(float(i)) for i in range(leaves)]
    for left, right in zip(lefts, rights, strict=True):
        nodes.append(nodes[left] + nodes[right])
    return nodes


def order(leaves, lefts, rights):
    """Sort a graph of sums from its last node.

    Returns how long the answer is, and which nodes it lists: their numbers, -1 for a node of somebody else; of an
    answer that is longer than the graph, the beginning.
    """
    nodes = graph(leaves, lefts, rights)
    numbers = {id(node): number for number, node in enumerate(nodes)}
    found = learner.topological_order(nodes[-1])
    return [len(found), [numbers.get(id(node), -1) for node in found[: len(nodes) + 1]]]


def drawing(leaves, lefts, rights, max_nodes=200):
    """Print a graph of sums from its last node."""
    return learner.format_graph(graph(leaves, lefts, rights)[-1], max_nodes)


def long_sum(terms):
    """Return x and x + x + ... + x, added one by one: a graph as deep as there are terms."""
    x = learner.Value(1.0)
    total = x
    for _ in range(terms - 1):
        total = total + x
    return [x, total]


def backward(program, inputs):
    """Compute a program as `run` does, but sweep with Value.backward itself; return the same."""
    leaves = {name: learner.Value(value) for name, value in inputs.items()}
    root = compute(program, leaves)
    root.backward()
    return [root.data, {name: leaf.grad for name, leaf in leaves.items()}]


def first_lines(x):
    """Return the first line of the drawing of each operation on a Value; which operand is which is no matter."""
    a, b = learner.Value(x), learner.Value(x + 1)
    made = {"-a": -a, "a - b": a - b, "a / b": a / b, "a ** 2": a**2, "a.exp()": a.exp(), "a.log()": a.log()}
    made |= {"a.tanh()": a.tanh(), "a.sigmoid()": a.sigmoid(), "a.relu()": a.relu(), "a.leaky_relu()": a.leaky_relu()}
    made |= {"a.gelu()": a.gelu()}
    return {name: learner.format_graph(root).split("\n")[0] for name, root in made.items()}


def seeded(name, seed, *sizes):
    """Return a Neuron, Layer or MLP that draws its weights from a generator with that seed."""
    return getattr(learner, name)(*sizes, rng=random.Random(seed))  # noqa: S311 (no secret)


def alike(one, two):
    """Say whether two networks hold the same numbers."""
    pairs = zip(one.parameters(), two.parameters(), strict=True)
    return all(first.data == second.data for first, second in pairs)
