"""Expected values of unit 11, on plain numbers: graphs in forward mode, the model with a backward pass by hand.

The solution sweeps a graph of single numbers, one token after the other. Here a whole sequence is computed at once, and
each layer has its formula for the way back, so the two share nothing but the mathematics. No torch is loaded.
"""

import math
import random

# Value and local slopes of every operation.
RULES = {
    "add": lambda x, y: (x + y, (1.0, 1.0)),
    "sub": lambda x, y: (x - y, (1.0, -1.0)),
    "mul": lambda x, y: (x * y, (y, x)),
    "truediv": lambda x, y: (x / y, (1 / y, -x / (y * y))),
    "neg": lambda x: (-x, (-1.0,)),
    "pow": lambda x, n: (x**n, (n * x ** (n - 1),)),
    "exp": lambda x: (math.exp(x), (math.exp(x),)),
    "log": lambda x: (math.log(x), (1 / x,)),
    "relu": lambda x: (x if x > 0 else 0.0, (1.0 if x > 0 else 0.0,)),
}
TWO = ("add", "sub", "mul", "truediv")
SIGNS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**"}


def run(program, inputs):
    """Return [value of the last step, {input: its slope}]; each node carries its slope in every input along."""
    names = list(inputs)
    nodes = {name: (value, [float(name == other) for other in names]) for name, value in inputs.items()}
    for name, operation, *arguments in program:
        operands = [nodes.get(argument, (argument, None)) for argument in arguments]
        value, local = RULES[operation](*(number for number, _ in operands))
        moving = [(factor, slopes) for factor, (_, slopes) in zip(local, operands, strict=False) if slopes]
        nodes[name] = (value, [math.fsum(f * slopes[i] for f, slopes in moving) for i in range(len(names))])
    value, slopes = nodes[program[-1][0]]
    return [value, dict(zip(names, slopes, strict=True))]


def expression(seed, size):
    """Return a random program in two inputs whose numbers are moderate. Keys: program, inputs, text, expected."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    while True:
        inputs = {name: rng.choice((-1, 1)) * rng.uniform(0.6, 1.9) for name in "ab"}
        program = []
        for at in range(size):
            program.append([f"v{at + 1}", *_operation(rng, [*inputs, *(step[0] for step in program)])])
        try:
            value, slopes = run(program, inputs)
        except (ArithmeticError, ValueError, TypeError):
            continue
        if all(isinstance(one, float) and 1e-2 < abs(one) < 1e2 for one in (value, *slopes.values())):
            text = "; ".join(f"{name} = {_written(*step)}" for name, *step in program)
            return {"program": program, "inputs": inputs, "text": text, "expected": [value, slopes]}


def _operation(rng, names):
    """Draw what is done to the newest node."""
    operation, node, other = rng.choice(list(RULES)), names[-1], rng.choice(names)
    if operation == "pow":
        return [operation, node, rng.choice((2, 3, -1, -0.5))]
    if operation in TWO:
        return [operation, *rng.choice(([node, other], [other, node], [node, node], [node, 1.5]))]
    return [operation, node]


def _written(operation, *arguments):
    if operation in SIGNS:
        return f"{arguments[0]} {SIGNS[operation]} {arguments[1]}"
    return f"-{arguments[0]}" if operation == "neg" else f"{arguments[0]}.{operation}()"


# The pieces: each returns what comes out and, for shares of the outputs, what goes back.


def _dot(xs, ys):
    return math.fsum(x * y for x, y in zip(xs, ys, strict=True))


def _times(w, x):
    return [_dot(row, x) for row in w]


def linear(x, w, shares):
    """Return [w x, slopes in x, slopes in w] of the sum of share * output."""
    back = [math.fsum(share * row[i] for share, row in zip(shares, w, strict=True)) for i in range(len(x))]
    return [_times(w, x), back, [[share * xi for xi in x] for share in shares]]


def _probabilities(scores):
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def _softmax_back(probabilities, shares):
    mean = _dot(probabilities, shares)
    return [p * (share - mean) for p, share in zip(probabilities, shares, strict=True)]


def softmax(scores, shares):
    """Return [probabilities, slopes in the scores] of the sum of share * probability."""
    probabilities = _probabilities(scores)
    return [probabilities, _softmax_back(probabilities, shares)]


def _norm_back(x, shares, eps):
    """Return the slopes of rmsnorm."""
    scale = 1 / math.sqrt(_dot(x, x) / len(x) + eps)
    pull = _dot(shares, x) * scale**3 / len(x)
    return [scale * share - pull * xi for share, xi in zip(shares, x, strict=True)]


def _norm(x, eps=1e-5):
    scale = 1 / math.sqrt(_dot(x, x) / len(x) + eps)
    return [xi * scale for xi in x]


def rmsnorm(x, shares, eps=1e-5):
    """Return [x normed, slopes in x] of the sum of share * output."""
    return [_norm(x, eps), _norm_back(x, shares, eps)]


def layernorm(x, shares, eps=1e-5):
    """Return [x centred and normed, slopes in x] of the sum of share * output."""
    mean = math.fsum(x) / len(x)
    centred = [xi - mean for xi in x]
    back = _norm_back(centred, shares, eps)
    mean_back = math.fsum(back) / len(x)
    return [_norm(centred, eps), [one - mean_back for one in back]]


def _weights(q, keys, part):
    root = math.sqrt(len(part))
    return _probabilities([_dot([q[i] for i in part], [key[i] for i in part]) / root for key in keys])


def _heads(width, n_head):
    size = width // n_head
    return [range(start, start + size) for start in range(0, width, size)]


def _attend(q, keys, values, n_head):
    out = []
    for part in _heads(len(q), n_head):
        weights = _weights(q, keys, part)
        out += [_dot(weights, [value[i] for value in values]) for i in part]
    return out


def _attend_back(q, keys, values, n_head, shares):
    """Return the slopes in q, keys and values."""
    dq = [0.0] * len(q)
    dkeys, dvalues = ([[0.0] * len(q) for _ in keys] for _ in range(2))
    for part in _heads(len(q), n_head):
        weights = _weights(q, keys, part)
        dweights = [_dot([shares[i] for i in part], [value[i] for i in part]) for value in values]
        dscores = _softmax_back(weights, dweights)
        root = math.sqrt(len(part))
        for t, key in enumerate(keys):
            for i in part:
                dvalues[t][i] = weights[t] * shares[i]
                dkeys[t][i] = dscores[t] * q[i] / root
                dq[i] += dscores[t] * key[i] / root
    return dq, dkeys, dvalues


def attention(q, keys, values, n_head, shares):
    """Return [output, slopes in q, in keys, in values] of the sum of share * output."""
    return [_attend(q, keys, values, n_head), *_attend_back(q, keys, values, n_head, shares)]


# The model on a whole sequence.


def _add(xs, ys):
    return [x + y for x, y in zip(xs, ys, strict=True)]


def _run(state, sizes, tokens):
    """Return the scores (T, V), and for each layer what the way back needs."""
    start = [_add(state["wte"][token], state["wpe"][pos]) for pos, token in enumerate(tokens)]
    xs, tape = [_norm(x) for x in start], []
    for i in range(sizes["n_layer"]):
        own = {name.partition(".")[2]: w for name, w in state.items() if name.startswith(f"layer{i}.")}
        hs = [_norm(x) for x in xs]
        q, k, v = ([_times(own[f"attn_w{letter}"], h) for h in hs] for letter in "qkv")
        found = [_attend(q[t], k[: t + 1], v[: t + 1], sizes["n_head"]) for t in range(len(tokens))]
        middle = [_add(x, _times(own["attn_wo"], one)) for x, one in zip(xs, found, strict=True)]
        normed = [_norm(x) for x in middle]
        wide = [[max(number, 0.0) for number in _times(own["mlp_fc1"], h)] for h in normed]
        tape.append({"own": own, "x": xs, "h": hs, "q": q, "k": k, "v": v, "found": found, "middle": middle})
        tape[-1] |= {"normed": normed, "wide": wide}
        xs = [_add(x, _times(own["mlp_fc2"], one)) for x, one in zip(middle, wide, strict=True)]
    return [_times(state["lm_head"], x) for x in xs], start, xs, tape


def gpt(state, sizes, tokens, shares):
    """Return [scores (T, V), {matrix: its slopes}] of the sum of share * score; sizes: n_layer and n_head."""
    logits, start, last, tape = _run(state, sizes, tokens)
    slopes = {name: [[0.0] * len(row) for row in w] for name, w in state.items()}

    def back(name, xs, dys):
        """Add the slopes in a matrix; return those in its inputs."""
        for x, dy in zip(xs, dys, strict=True):
            for o, share in enumerate(dy):
                for i, xi in enumerate(x):
                    slopes[name][o][i] += share * xi
        w = state[name]
        return [[math.fsum(dy[o] * w[o][i] for o in range(len(w))) for i in range(len(w[0]))] for dy in dys]

    def unnorm(xs, dys):
        return [_norm_back(x, dy, 1e-5) for x, dy in zip(xs, dys, strict=True)]

    dx = back("lm_head", last, shares)
    for i in reversed(range(sizes["n_layer"])):
        one, layer = tape[i], f"layer{i}."
        dwide = back(layer + "mlp_fc2", one["wide"], dx)
        dwide = [
            [d if kept > 0 else 0.0 for d, kept in zip(dy, wide, strict=True)]
            for dy, wide in zip(dwide, one["wide"], strict=True)
        ]
        branch = unnorm(one["middle"], back(layer + "mlp_fc1", one["normed"], dwide))
        dx = [_add(skip, way) for skip, way in zip(dx, branch, strict=True)]
        dfound = back(layer + "attn_wo", one["found"], dx)
        width = len(dx[0])
        dq, dk, dv = ([[0.0] * width for _ in tokens] for _ in range(3))
        for t, share in enumerate(dfound):
            dq[t], keys, values = _attend_back(
                one["q"][t], one["k"][: t + 1], one["v"][: t + 1], sizes["n_head"], share
            )
            for s in range(t + 1):
                dk[s], dv[s] = _add(dk[s], keys[s]), _add(dv[s], values[s])
        ways = [back(f"{layer}attn_w{letter}", one["h"], d) for letter, d in zip("qkv", (dq, dk, dv), strict=True)]
        dh = [_add(_add(a, b), c) for a, b, c in zip(*ways, strict=True)]
        dx = [_add(skip, way) for skip, way in zip(dx, unnorm(one["x"], dh), strict=True)]
    for pos, d in enumerate(unnorm(start, dx)):
        slopes["wte"][tokens[pos]] = _add(slopes["wte"][tokens[pos]], d)
        slopes["wpe"][pos] = _add(slopes["wpe"][pos], d)
    return [logits, slopes]


def loss(state, sizes, tokens):
    """Return [mean of -log p(next token), {matrix: its slopes}], cut at the block."""
    n = min(sizes["block_size"], len(tokens) - 1)
    read, targets = tokens[:n], tokens[1 : n + 1]
    logits = _run(state, sizes, read)[0]
    total, shares = 0.0, []
    for row, target in zip(logits, targets, strict=True):
        top = max(row)
        total += top + math.log(math.fsum(math.exp(score - top) for score in row)) - row[target]
        shares.append([(p - (i == target)) / n for i, p in enumerate(_probabilities(row))])
    return [total / n, gpt(state, sizes, read, shares)[1]]


# The optimizer: not step by step, but as weighed sums over all gradients so far.


def adam(start, gradients, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    """Return [numbers after each step, m, v]. gradients: for each step, one for each number."""
    numbers, after = list(start), []
    for t in range(1, len(gradients) + 1):
        first = _weighed(gradients[:t], beta1, 1)
        second = _weighed(gradients[:t], beta2, 2)
        for i in range(len(numbers)):
            mean, square = first[i] / (1 - beta1**t), second[i] / (1 - beta2**t)
            numbers[i] -= lr * mean / (math.sqrt(square) + eps)
        after.append(list(numbers))
    return [after, first, second]


def _weighed(gradients, beta, power):
    steps = len(gradients)
    return [
        math.fsum((1 - beta) * beta ** (steps - 1 - s) * gradients[s][i] ** power for s in range(steps))
        for i in range(len(gradients[0]))
    ]


def generated(state, sizes, chars, prompt, temperature, seed, max_len=None):
    """Return [the name, the generator's next number]. The text is read anew for each letter: there is no cache."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    ids = [len(chars), *(chars.index(char) for char in prompt)]
    while len(ids) <= min(sizes["block_size"], sizes["block_size"] if max_len is None else max_len):
        scores = [score / temperature for score in _run(state, sizes, ids)[0][-1]]
        drawn = rng.choices(range(len(scores)), weights=_probabilities(scores))[0]
        if drawn == len(chars):
            break
        ids.append(drawn)
    return ["".join(chars[i] for i in ids[1:]), rng.random()]


SHAPES = ("attn_wq", "attn_wk", "attn_wv", "attn_wo", "mlp_fc1", "mlp_fc2")


def first_weights(sizes, seed):
    """Return the parameters that a generator of this seed gives."""
    return _first_weights(sizes, random.Random(seed))  # noqa: S311 (no secret)


def _first_weights(sizes, rng):
    width = sizes["n_embd"]
    shapes = {"wte": (sizes["vocab_size"], width), "wpe": (sizes["block_size"], width)}
    shapes["lm_head"] = shapes["wte"]
    for i in range(sizes["n_layer"]):
        for name in SHAPES:
            rows = 4 * width if name == "mlp_fc1" else width
            shapes[f"layer{i}.{name}"] = (rows, 4 * width if name == "mlp_fc2" else width)
    return {name: [[rng.gauss(0, 0.08) for _ in range(c)] for _ in range(r)] for name, (r, c) in shapes.items()}


def training(docs, sizes, steps, lr, seed):
    """Return [losses, parameters at the end] of the whole of it."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    docs = _shuffled(docs, rng)
    chars = sorted(set("".join(docs)))
    state, losses, gradients = _first_weights(sizes, rng), [], []
    start = _flat(state)
    for step in range(steps):
        doc = docs[step % len(docs)]
        found, slopes = loss(state, sizes, [len(chars), *map(chars.index, doc), len(chars)])
        losses.append(found)
        gradients.append(_flat(slopes))
        numbers = _moved(start, gradients, step, lr * (steps - step) / steps)
        state, start = _shaped(state, numbers), numbers
    return [losses, state]


def _shuffled(docs, rng):
    docs = list(docs)
    rng.shuffle(docs)
    return docs


def _flat(state):
    return [number for w in state.values() for row in w for number in row]


def _shaped(state, numbers):
    left = iter(numbers)
    return {name: [[next(left) for _ in row] for row in w] for name, w in state.items()}


def _moved(numbers, gradients, step, lr):
    first, second = _weighed(gradients, 0.85, 1), _weighed(gradients, 0.99, 2)
    return [
        number - lr * (m / (1 - 0.85 ** (step + 1))) / (math.sqrt(v / (1 - 0.99 ** (step + 1))) + 1e-8)
        for number, m, v in zip(numbers, first, second, strict=True)
    ]
