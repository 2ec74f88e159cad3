"""Helper code of unit 01 that runs on the learner's side: it builds and sweeps graphs there, and compares nothing.

`learner` is the learner's module. A graph is swept by the stub's plan (`_prev`, `_backward`) where it follows it, so
that operators can be judged before `Value.backward` is written, and whatever it does. Where nodes store their operands
and the slopes in them instead, these are swept. What is neither is left to the learner's own `backward`.
"""

import operator
import random

FUNCTIONS = ("exp", "log", "tanh", "sigmoid", "relu", "leaky_relu", "gelu")
INFIX = {name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "pow", "neg")}
UNSTORED = (
    "_backward of a result is None, so nothing can be called on the way back. "
    "Was the function called where it is stored? It is out._backward = _backward, without ()."
)


def sweep(root):
    """Fill in the gradients of the graph of a fresh root."""
    nodes = _planned(root)
    if nodes is None or any(_silent(node) for node in nodes if node is root or node._prev):
        stored = _stored()
        if stored and _edges(root, stored):
            return _sweep_stored(root, stored)
        try:
            root.backward()
        except (NotImplementedError, TypeError) as stop:
            if (isinstance(stop, NotImplementedError) or "'NoneType' object" in str(stop)) and _unstored(root):
                raise RuntimeError(UNSTORED) from None
            if nodes is None or isinstance(stop, TypeError):
                raise
        else:
            return None
    root.grad = 1.0
    for node in reversed(nodes):
        if node._prev:
            node._backward()
    return None


def _stored():
    """Return where nodes store their operands and the slopes in them: one or two attributes; None where they do not.

    Two nodes tell that the numbers are slopes and not, say, the operands' values: a product and a sum.
    """
    a, b = learner.Value(2.0), learner.Value(3.0)
    try:
        product, total = a * b, a + b
    except Exception:  # noqa: BLE001 (whatever it is)
        return None
    names = [name for name in _attributes(product) if name in _attributes(total)]
    for places in [(one,) for one in names] + [(one, two) for one in names for two in names if one != two]:
        if _holds(product, places, (a, b.data), (b, a.data)) and _holds(total, places, (a, 1), (b, 1)):
            return places
    return None


def _holds(node, places, *edges):
    """Say whether a node stores just these pairs (operand, slope)."""
    held = _edges(node, places)
    both = zip(held, edges, strict=False)
    return len(held) == len(edges) and all(one is other and x == y for (one, x), (other, y) in both)


def _attributes(node):
    """Return the attributes of a node, its slots as well, by name."""
    slots = [name for kind in type(node).__mro__ for name in getattr(kind, "__slots__", ())]
    return {name: getattr(node, name, None) for name in (*getattr(node, "__dict__", {}), *slots)}


def _edges(node, places):
    """Return pairs (operand, slope) that a node stores in one attribute, or in one each; none where it does not."""
    held = [getattr(node, name, None) for name in places]
    if not all(isinstance(one, tuple | list) for one in held):
        return []
    pairs = held[0] if len(held) == 1 else list(zip(*held, strict=False))
    return [tuple(pair) for pair in pairs] if all(map(_is_edge, pairs)) else []


def _is_edge(pair):
    if not isinstance(pair, tuple | list):
        return False
    operand, slope = pair if len(pair) == len(("operand", "slope")) else (None, None)
    return is_value(operand) and isinstance(slope, int | float)


def _sweep_stored(root, places):
    """Sweep a graph whose nodes store operands and slopes."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(operand, False) for operand, _ in _edges(node, places)]
    root.grad = 1.0
    for node in reversed(order):
        for operand, slope in _edges(node, places):
            operand.grad += slope * node.grad


def gradients(root, *leaves):
    """A backward sweep from the first node; then grad of the others."""
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
    """Do the steps with Value(...) for each input; return root.data, and grad of each input after the sweep."""
    leaves = {name: learner.Value(value) for name, value in inputs.items()}
    root = compute(program, leaves)
    sweep(root)
    return [root.data, {name: leaf.grad for name, leaf in leaves.items()}]


def is_value(thing):
    """isinstance(thing, Value)."""
    return isinstance(thing, learner.Value)


def remembers(out, *operands):
    """Say whether _prev of a result holds exactly these operands; True as well where there is another plan."""
    held = _operands(out)
    planned = held is not None and not _silent(out)
    return not planned or {id(node) for node in held} == {id(node) for node in operands}


def noted(out, sign, *operands):
    """Say what a result notes wrongly of where it comes from, its operands or its sign; nothing where all is right."""
    held, name = getattr(out, "_prev", None), getattr(out, "_op", sign)
    if not remembers(out, *operands):
        return "operands"
    if isinstance(held, tuple | list) and [id(node) for node in held] != [id(node) for node in operands]:
        return "order"
    return "sign" if isinstance(name, str) and name != sign else ""


def held_in_a_set(out):
    """Say whether _prev of a result is a set."""
    return isinstance(getattr(out, "_prev", None), set | frozenset)


def measured(xs, weights):
    """numerical_gradient(f, xs) of a weighted sum of squares; return it, xs as it is then, and the calls of f."""
    calls = []

    def f(*values):
        calls.append(values)
        return sum(weight * x * x for weight, x in zip(weights, values, strict=True))

    slopes = learner.numerical_gradient(f, xs)
    return [slopes, xs, len(calls)]


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
    """topological_order(root) of a graph of sums: so many leaves, then the pairs of nodes that each sum adds.

    Returns how long the answer is, and which nodes it lists: their numbers, -1 for a node of somebody else; of an
    answer that is longer than the graph, the beginning.
    """
    nodes = graph(leaves, lefts, rights)
    numbers = {id(node): number for number, node in enumerate(nodes)}
    found = learner.topological_order(nodes[-1])
    return [len(found), [numbers.get(id(node), -1) for node in found[: len(nodes) + 1]]]


def drawing(leaves, lefts, rights, max_nodes=200):
    """format_graph(root) of a graph of sums: so many leaves, then the pairs of nodes that each sum adds."""
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
    """Return the first line of the drawing of each operation that works; which operand is which is no matter."""
    a, b = learner.Value(x), learner.Value(x + 1)
    made = {"a + b": lambda: a + b, "a * b": lambda: a * b, "-a": lambda: -a, "a - b": lambda: a - b}
    made |= {"a / b": lambda: a / b, "a ** 2": lambda: a**2}
    made |= {f"a.{name}()": getattr(a, name, None) for name in FUNCTIONS}
    roots = {name: _or_nothing(make) for name, make in made.items()}
    return {name: learner.format_graph(root).split("\n")[0] for name, root in roots.items() if is_value(root)}


def _or_nothing(make):
    """Return what a function gives; None where it raises: that is the affair of another exercise."""
    try:
        return make()
    except Exception:  # noqa: BLE001 (whatever it is)
        return None


def seeded(name, seed, *sizes):
    """Return a Neuron, Layer or MLP that draws its weights from a generator with that seed."""
    return getattr(learner, name)(*sizes, rng=random.Random(seed))  # noqa: S311 (no secret)


def alike(one, two):
    """Say whether two networks hold the same numbers."""
    pairs = zip(one.parameters(), two.parameters(), strict=True)
    return all(first.data == second.data for first, second in pairs)
