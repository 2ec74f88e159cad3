"""Expected values of unit 01, in forward mode: every number carries its slope in each input along.

The solution works in reverse mode, so the two share no idea but the chain rule, and none of torch's seconds is spent.
A program is a list of steps [name, operation, *arguments]; an argument that names an input or an earlier step is that
node, anything else is a constant.
"""

import math
import random
from itertools import pairwise

INFIX = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**"}
ARGUMENTS = {"leaky_relu": (0.01, 0.2), "gelu": ("tanh", "none")}
INPUTS = ("a", "b")


def _power(x, n):
    return x**n, (n * x ** (n - 1) if n else 0.0,)


def _sigmoid(x):
    s = 1 / (1 + math.exp(-x)) if x > -30 else math.exp(x)
    return s, (s * s * math.exp(-x) if x > -30 else s,)


def _gelu(x, approximate="tanh"):
    if approximate == "none":
        cdf, density = math.erfc(-x / math.sqrt(2)) / 2, math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        return x * cdf, (cdf + x * density,)
    # (1 + tanh(u)) / 2 is the sigmoid of 2u: another road than the one the text shows.
    twice_u = math.sqrt(8 / math.pi) * (x + 0.044715 * x * x * x)
    s, (slope,) = _sigmoid(twice_u) if abs(twice_u) < 700 else (float(x > 0), (0.0,))
    return x * s, (s + x * slope * math.sqrt(8 / math.pi) * (1 + 0.134145 * x * x),)


# Value and local slopes of every operation.
RULES = {
    "add": lambda x, y: (x + y, (1.0, 1.0)),
    "sub": lambda x, y: (x - y, (1.0, -1.0)),
    "mul": lambda x, y: (x * y, (y, x)),
    "truediv": lambda x, y: (x / y, (1 / y, -x / (y * y))),
    "neg": lambda x: (-x, (-1.0,)),
    "pow": _power,
    "exp": lambda x: (math.exp(x), (math.exp(x),)),
    "log": lambda x: (math.log(x), (1 / x,)),
    "tanh": lambda x: (math.tanh(x), (math.cosh(x) ** -2,)),
    "sigmoid": _sigmoid,
    "relu": lambda x: (max(x, 0.0), (float(x > 0),)),
    "leaky_relu": lambda x, leak=0.01: (x if x > 0 else leak * x, (1.0 if x > 0 else leak,)),
    "gelu": _gelu,
}


def run(program, inputs):
    """Return [value of the last step, {input: its slope}]."""
    names = list(inputs)
    nodes = {name: (value, [float(name == other) for other in names]) for name, value in inputs.items()}
    for name, operation, *arguments in program:
        nodes[name] = _step(operation, [nodes.get(argument, (argument, None)) for argument in arguments], len(names))
    value, slopes = nodes[program[-1][0]]
    return [value, dict(zip(names, slopes, strict=True))]


def _step(operation, operands, count):
    """Apply one operation to pairs (value, slopes), where a constant has no slopes."""
    value, local = RULES[operation](*(value for value, _ in operands))
    moving = [(factor, slopes) for factor, (_, slopes) in zip(local, operands, strict=False) if slopes]
    return value, [math.fsum(factor * slopes[i] for factor, slopes in moving) for i in range(count)]


def expression(seed, operations, size, largest=100.0):
    """Return a random program in two inputs, in which nodes are used again and again, and what it must give.

    operations: names of RULES, one with two operands among them; each is used at least once if the size allows. Steps
    with values or slopes above `largest`, or very small ones, are drawn again, so that rounding stays small
    against what is compared. Keys: program, inputs, text, expected.
    """
    rng = random.Random(seed)  # noqa: S311 (no secret)
    while True:
        inputs = {name: rng.choice((-1, 1)) * rng.uniform(0.6, 1.9) for name in INPUTS}
        program = _random_program(rng, operations, size, inputs, largest)
        if program:
            expected = run(program, inputs)
            if all(expected[1].values()):
                return {"program": program, "inputs": inputs, "text": text(program), "expected": expected}


def _random_program(rng, operations, size, inputs, largest):
    """Draw a program; an empty one where what is drawn does not fit."""
    program, unused = [], list(operations)
    for _ in range(20 * size):
        names = [*inputs, *(name for name, *_ in program)]
        operation = rng.choice(unused if unused and rng.random() < 0.7 else operations)
        trial = [*program, [f"v{len(program) + 1}", operation, *_arguments(rng, operation, names)]]
        if _moderate(trial, inputs, largest):
            program, unused = trial, [name for name in unused if name != operation]
        if len(program) == size:
            return program if not unused or size < 2 * len(operations) else []
    return []


def _arguments(rng, operation, names):
    """Draw what an operation is applied to: the newest node, and a second operand from all that there are."""
    node, other = names[-1], rng.choice(names)
    if operation not in INFIX:
        return [node, *(rng.sample(ARGUMENTS[operation], 1) if operation in ARGUMENTS else ())]
    if operation == "pow":
        return [node, rng.choice((2, 3, -1, 0.5, 1.5))]
    constant = rng.choice((2.0, 3.0, -1.5))
    return rng.choice(([node, other], [other, node], [node, node], [node, constant], [constant, node]))


def _moderate(program, inputs, largest):
    try:
        value, slopes = run(program, inputs)
    except (ArithmeticError, ValueError, TypeError):
        return False
    return all(isinstance(x, float) and (x == 0 or 1e-2 < abs(x) < largest) for x in (value, *slopes.values()))


def text(program):
    """Return a program as a learner would write it."""
    return "; ".join(f"{name} = {_written(*step)}" for name, *step in program)


def _written(operation, *arguments):
    if operation in INFIX:
        return f"{arguments[0]} {INFIX[operation]} {arguments[1]}"
    if operation == "neg":
        return f"-{arguments[0]}"
    return f"{arguments[0]}.{operation}({', '.join(map(repr, arguments[1:]))})"


# Networks and their training, as programs of the same kind: parameters are the inputs p0, p1, ... in the order that the
# text promises, numbers of a sample are constants.


def network(sizes, parameters, x):
    """Return the outputs of an MLP, tanh in all layers but the last."""
    steps = []
    outputs = _pass(steps, sizes, x)
    return [run(_until(steps, name), _numbered(parameters))[0] for name in outputs]


def network_slopes(sizes, parameters, xs, shares):
    """Return the slope in each parameter of the sum over samples and outputs of share * output."""
    steps = []
    terms = [
        _put(steps, "mul", name, share) for x in xs for name, share in zip(_pass(steps, sizes, x), shares, strict=True)
    ]
    _sum(steps, terms)
    return list(run(steps, _numbered(parameters))[1].values())


def training(sizes, parameters, xs, ys, rates, alpha=1e-4):
    """Train an MLP of one output on the hinge loss; return the loss before each step, and the last parameters."""
    numbers, losses = list(parameters), []
    for rate in rates:
        loss, slopes = run(_hinge(sizes, len(numbers), xs, ys, alpha), _numbered(numbers))
        losses.append(loss)
        numbers = [number - rate * slope for number, slope in zip(numbers, slopes.values(), strict=True)]
    return {"losses": losses, "parameters": numbers}


def start(sizes, seed):
    """Return random parameters in their order: weights from uniform(-1, 1), biases 0."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    neurons = [nin for nin, nout in pairwise(sizes) for _ in range(nout)]
    return [number for nin in neurons for number in [*(rng.uniform(-1, 1) for _ in range(nin)), 0.0]]


def moons(n, noise, seed):
    """Return the points and labels that the solution's make_moons gives."""
    xs, ys = solution.make_moons(n, noise, random.Random(seed))  # noqa: S311 (no secret)
    return [xs, ys]


def drawing(leaves, lefts, rights, max_nodes=200):
    """Return the solution's text for a graph of sums; see the props' `graph`."""
    nodes = [solution.Value(float(i)) for i in range(leaves)]
    for left, right in zip(lefts, rights, strict=True):
        nodes.append(nodes[left] + nodes[right])
    return solution.format_graph(nodes[-1], max_nodes)


def _numbered(parameters):
    return {f"p{i}": number for i, number in enumerate(parameters)}


def _put(steps, operation, *arguments):
    """Add a step to a program; return its name."""
    steps.append([f"n{len(steps)}", operation, *arguments])
    return steps[-1][0]


def _sum(steps, names):
    total = names[0]
    for name in names[1:]:
        total = _put(steps, "add", total, name)
    return total


def _until(steps, name):
    """Return a program up to and with the step of that name."""
    return steps[: [step[0] for step in steps].index(name) + 1]


def _pass(steps, sizes, x):
    """Add one pass of an MLP to a program; return the names of its outputs."""
    first, values = 0, list(x)
    for depth, nout in enumerate(sizes[1:], 1):
        scores = []
        for _ in range(nout):
            terms = [_put(steps, "mul", f"p{first + i}", value) for i, value in enumerate(values)]
            first += len(values) + 1
            scores.append(_sum(steps, [f"p{first - 1}", *terms]))
        values = scores if depth == len(sizes) - 1 else [_put(steps, "tanh", score) for score in scores]
    return values


def _hinge(sizes, count, xs, ys, alpha):
    """Return the program of the loss that train_classifier walks down."""
    steps = []
    scores = [_pass(steps, sizes, x)[0] for x in xs]
    margins = [
        _put(steps, "sub", 1.0, _put(steps, "mul", score, float(y))) for score, y in zip(scores, ys, strict=True)
    ]
    data = _put(steps, "truediv", _sum(steps, [_put(steps, "relu", margin) for margin in margins]), float(len(xs)))
    toll = _sum(steps, [_put(steps, "mul", f"p{i}", f"p{i}") for i in range(count)])
    _put(steps, "add", data, _put(steps, "mul", toll, alpha))
    return steps
