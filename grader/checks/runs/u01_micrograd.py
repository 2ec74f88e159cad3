"""The run of unit 01: two networks learn two borders that are no straight line, the moons' and XOR's."""

import math
import random

RUN = {
    "about": "an MLP parts two moons, another one learns XOR",
    "uses": ["train", "mlp"],
    "steps": 100,
    "chunk": 2,
    "loss": "hinge loss of the moons",
    "compare": {"": "Our solution has 39 or 40 of the 40 points right, and all 4 of XOR."},
}
POINTS, NOISE = 40, 0.1
XOR = ([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]], [-1, 1, 1, -1])
SIZES = {"moons": [8, 8, 1], "xor": [4, 1]}


def begin(seed):
    rng = random.Random(seed)
    xs, ys = _moons(POINTS, NOISE, rng)
    state = {name: _numbers(learner.MLP(2, sizes, rng)) for name, sizes in SIZES.items()}
    return {**state, "points": [coordinate for x in xs for coordinate in x], "labels": ys}


def advance(state, seed, step, count, total):
    moons, xor = _models(state)

    def lr(at):
        return 1 - 0.9 * (step + at) / total

    losses = learner.train_classifier(moons, *_points(state), count, lr)
    learner.train_classifier(xor, *XOR, count, lr)
    return {**state, "moons": _numbers(moons), "xor": _numbers(xor)}, [float(loss) for loss in losses]


def finish(state, seed):
    (moons, xor), (xs, ys) = _models(state), _points(state)
    return {
        "measures": {"moons right": _right(moons, xs, ys), "XOR right": _right(xor, *XOR)},
        "pictures": {
            "The moons: + and - are points, . is where the network says +": _drawn(
                moons, xs, ys, (-1.5, 2.5), (-1, 1.5)
            ),
            "XOR": _drawn(xor, *XOR, (-1.5, 1.5), (-1.5, 1.5)),
        },
    }


def _moons(n, noise, rng):
    """Two half circles that reach into each other, +1 above and -1 below, as make_moons of the unit gives them."""
    xs, ys = [], []
    for at in range(n):
        angle, upper = math.pi * at / (n - 1), at % 2 == 0
        x, y = math.cos(angle), math.sin(angle)
        xs.append([coordinate + rng.gauss(0, noise) for coordinate in ((x, y) if upper else (1 - x, 0.5 - y))])
        ys.append(1 if upper else -1)
    return xs, ys


def _numbers(model):
    return [float(parameter.data) for parameter in model.parameters()]


def _models(state):
    models = {name: learner.MLP(2, sizes, random.Random(0)) for name, sizes in SIZES.items()}
    for name, model in models.items():
        for parameter, number in zip(model.parameters(), state[name], strict=True):
            parameter.data = number
    return models["moons"], models["xor"]


def _points(state):
    flat = state["points"]
    return [list(pair) for pair in zip(flat[::2], flat[1::2], strict=True)], state["labels"]


def _right(model, xs, ys):
    return sum((model(x).data > 0) == (y > 0) for x, y in zip(xs, ys, strict=True))


def _drawn(model, xs, ys, across, up, width=60, height=20):
    """Return rows of a map: a point for +, a space for -, and the points that were learned."""
    (left, right), (low, high) = across, up
    wide, tall = (right - left) / (width - 1), (high - low) / (height - 1)
    rows = [
        ["." if model([left + wide * i, high - tall * j]).data > 0 else " " for i in range(width)]
        for j in range(height)
    ]
    for (x, y), label in zip(xs, ys, strict=True):
        i, j = round((x - left) / wide), round((high - y) / tall)
        if 0 <= i < width and 0 <= j < height:
            rows[j][i] = "+" if label > 0 else "-"
    return ["".join(row).rstrip() for row in rows]
