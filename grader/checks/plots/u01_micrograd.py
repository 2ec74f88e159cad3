"""The plots of unit 01: a graph that carries data forward and gradients back, and two borders that were learned."""

PLOTS = {
    "graph": {
        "about": "the computation graph of an expression, with data and gradients",
        "uses": ["add_mul", "tanh_sigmoid", "backward"],
        "on": "(a * b + c).tanh() * a",
    },
    "boundary": {
        "about": "where two nets say + and where -: the moons, and XOR",
        "uses": ["train", "mlp"],
        "run": True,
    },
}
NUMBERS = {"a": 2.0, "b": -3.0, "c": 6.5, "d": 0.5, "e": -1.0, "x": 1.5, "y": -0.5, "z": 2.5}


def graph(state, on):
    leaves = {name: learner.Value(number) for name, number in NUMBERS.items()}
    named = {id(one): name for name, one in leaves.items()}
    try:
        root = eval(on, {"Value": learner.Value, **leaves})  # noqa: S307 (in a worker, whose code they may replace anyway)
    except (NameError, SyntaxError) as error:
        raise ValueError(f"no expression of {', '.join(leaves)}: {error}") from None
    if not isinstance(root, learner.Value):
        root = learner.Value(root)
    root.backward()
    order, numbers, stack = [], {}, [root]
    while stack and len(order) < 70:
        one = stack.pop()
        if id(one) not in numbers:
            numbers[id(one)] = len(order)
            order.append(one)
            stack += reversed(_operands(one))
    nodes, edges, ops = [], [], {}
    for one in order:
        name = named.get(id(one)) or getattr(one, "label", "") or ("result" if one is root else "")
        lines = [*([name] if name else []), f"data {one.data:.4g}", f"grad {one.grad:.4g}"]
        nodes.append([lines, "value" if _operands(one) else "in"])
    for at, one in enumerate(order):
        if _operands(one):
            ops[at] = len(nodes)
            nodes.append([[getattr(one, "_op", "") or "?"], "op"])
            edges.append([ops[at], at])
            edges += [[numbers[id(child)], ops[at]] for child in _operands(one) if id(child) in numbers]
    return {
        "title": "{expression}",
        "facts": {"expression": on},
        "panels": [{"kind": "graph", "nodes": nodes, "edges": edges}],
        "note": "Data flow to the right, gradients to the left: grad is how fast the result grows with a number.",
    }


def _operands(value):
    """Return what a value was made from, each once, wherever the class keeps it; a set has no order of its own."""
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    for name in ("_prev", *getattr(value, "__dict__", {}), *slots):
        kept = getattr(value, name, None)
        if isinstance(kept, tuple | list | set | frozenset) and kept:
            found = [one for part in kept for one in (part if isinstance(part, tuple | list) else [part])]
            found = list(dict.fromkeys(one for one in found if isinstance(one, learner.Value)))
            if found:
                return found if isinstance(kept, tuple | list) else sorted(found, key=lambda one: (one.data, one.grad))
    return []


def boundary(state, on):
    (moons, xor), (xs, ys) = _models(state), _points(state)
    return {
        "title": "Two borders that are no straight line",
        "panels": [
            _map(moons, xs, ys, (-1.5, 2.5), (-1.0, 1.5), "The moons: {right} of {all} right, {sizes} parameters"),
            _map(xor, *XOR, (-1.5, 1.5), (-1.5, 1.5), "XOR: {right} of {all} right, {sizes} parameters"),
        ],
    }  # fmt: skip


def _map(model, xs, ys, across, up, title, side=72):
    wide, high = (across[1] - across[0]) / side, (up[1] - up[0]) / side
    ground = [
        [float(model([across[0] + wide * (i + 0.5), up[0] + high * (j + 0.5)]).data > 0) for i in range(side)]
        for j in range(side)
    ]
    return {
        "kind": "plane",
        "title": title,
        "facts": {"right": _right(model, xs, ys), "all": len(ys), "sizes": len(model.parameters())},
        "points": [list(map(float, x)) for x in xs],
        "classes": [int(y > 0) for y in ys],
        "ground": ground,
        "across": list(across),
        "up": list(up),
        "names": ["-", "+"],
        "x": "x",
        "y": "y",
    }
