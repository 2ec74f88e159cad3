"""The run of unit 12: a net of the learner's layers parts three spirals; the learner's checker looks at each layer."""

import math

import numpy as np

RUN = {
    "about": "a net of your own layers parts three spirals, and your checker looks at every layer",
    "uses": ["linear", "activations", "sequential", "losses", "norms", "dropout", "optimizers", "gradcheck"],
    "steps": 600,
    "chunk": 50,
    "compare": {"": "Our solution comes to about 0.001 on train and 0.007 on test, and names 99 of 100 test points."},
}
ARMS, EACH, NOISE = 3, 200, 0.2
WIDE, BATCH, RATE = 64, 150, 3e-3
HIGH, BROAD = 21, 61  # characters of the picture
MARKS = ".o#"
# What is done to the gradient that a backward pass returns.
SLIPS = {
    "as it is": lambda dx: dx,
    "zeros": lambda dx: 0 * dx,
    "sign": lambda dx: -dx,
    "doubled": lambda dx: 2 * dx,
    "one entry": lambda dx: dx + 1e-3 * (np.arange(dx.size).reshape(dx.shape) == dx.size - 1),
    "turned": lambda dx: dx[::-1],
}


def begin(seed):
    return _state(*_net(seed)[:2])


def advance(state, seed, step, count, total):
    # What an optimizer remembers is its own affair, so each chunk has a new one.
    net, bn, _ = _restored(state, seed)
    rng, (x, y) = np.random.default_rng(seed), _points(1)
    params = [(name, p, np.zeros_like(p)) for name, p, _ in net.parameters()]
    loss, adam, losses = learner.SoftmaxCrossEntropyLoss(), learner.Adam(params, lr=RATE), []
    net.train()
    for _ in range(count):
        rows = rng.permutation(len(x))[:BATCH]
        losses.append(float(loss.forward(net.forward(x[rows]), y[rows])))
        net.zero_grad()
        net.backward(loss.backward())
        for (_, _, g), (_, _, new) in zip(params, net.parameters(), strict=True):
            g[...] = new
        adam.step()
    return _state(net, bn), losses


def finish(state, seed):
    net = _restored(state, seed)[0]
    net.eval()
    measures, loss = {}, learner.SoftmaxCrossEntropyLoss()
    for name, number in (("train", 1), ("test", 2)):
        x, y = _points(number)
        scores = net.forward(x)
        measures[f"loss, {name}"] = float(loss.forward(scores, y))
        measures[f"share of points named, {name}"] = float(np.mean(scores.argmax(axis=1) == y))
    table, right = _table()
    measures["verdicts of your checker that are right, of 60"] = right
    return {"measures": measures, "pictures": {PLANE: _plane(net), TABLE: table}}


PLANE = "Which arm the net names where"
TABLE = "Your checker on your layers: + for right, x for wrong. As it is, each should be right; with a slip, wrong"


def _points(number):
    """Return points (N, 2) and their arms (N,): three spirals, noisy."""
    rng = np.random.default_rng(number)
    t, y = np.tile(np.linspace(0.1, 1, EACH), ARMS), np.repeat(np.arange(ARMS), EACH)
    angle = 5 * t + 2 * np.pi * y / ARMS + rng.normal(size=len(t)) * NOISE
    return np.stack([t * np.sin(angle), t * np.cos(angle)], axis=1), y


def _net(seed):
    """Return a net, its BatchNorm, and the generator of its dropout."""
    rng = np.random.default_rng(seed)
    bn = learner.BatchNorm(WIDE)
    front = [learner.Linear(2, WIDE, rng, math.sqrt(2)), bn, learner.ReLU(), learner.Dropout(0.1, rng)]
    middle = learner.Sequential([learner.Linear(WIDE, WIDE, rng), learner.LayerNorm(WIDE), learner.GELU()])
    back = [learner.Linear(WIDE, WIDE, rng), learner.Tanh(), learner.Linear(WIDE, ARMS, rng)]
    return learner.Sequential([*front, middle, *back]), bn, rng


def _state(net, bn):
    params = {f"p{at}": p.copy() for at, (_, p, _) in enumerate(net.parameters())}
    return {**params, "running_mean": bn.running_mean.copy(), "running_var": bn.running_var.copy()}


def _restored(state, seed):
    net, bn, rng = _net(seed)
    for at, (_, p, _) in enumerate(net.parameters()):
        p[...] = state[f"p{at}"]
    bn.running_mean, bn.running_var = state["running_mean"].copy(), state["running_var"].copy()
    return net, bn, rng


def _plane(net):
    """Return rows of characters: the arm with the highest score at each place."""
    down, along = np.linspace(1.1, -1.1, HIGH), np.linspace(-1.1, 1.1, BROAD)
    grid = np.array([[x, y] for y in down for x in along])
    named = net.forward(grid).argmax(axis=1).reshape(HIGH, BROAD)
    return ["".join(MARKS[arm] for arm in row) for row in named]


def _table():
    """Have the learner's checker look at every layer, as it is and with slips; return rows, and how many are right."""
    rng, right = np.random.default_rng(5), 0
    width = max(map(len, LAYERS)) + 2
    rows = [" " * width + "  ".join(SLIPS)]
    for name, make in LAYERS.items():
        verdicts = []
        for slip, bend in SLIPS.items():
            forward, backward, x = make(rng)
            said = bool(learner.gradcheck(forward, _bent(backward, bend), x))
            right += said == (slip == "as it is")
            verdicts.append(("+" if said else "x").center(len(slip)))
        rows.append(name.ljust(width) + "  ".join(verdicts).rstrip())
    return rows, right


def _bent(backward, bend):
    return lambda dout: bend(np.asarray(backward(dout)))


def _own(make):
    def layer(rng):
        one = make(rng)
        return one.forward, one.backward, 0.4 + rng.normal(size=(4, 5))

    return layer


def _weights(rng):
    one, x = learner.Linear(3, 5, rng), rng.normal(size=(4, 3))

    def forward(W):
        one.W[...] = W
        return one.forward(x)

    def backward(dout):
        one.zero_grad()
        one.backward(dout)
        return one.dW

    return forward, backward, rng.normal(size=(3, 5))


def _dropout(rng):
    """A new layer for each forward, with the same seed: so the mask stays."""
    kept = {}

    def forward(x):
        kept["layer"] = learner.Dropout(0.3, np.random.default_rng(3))
        return kept["layer"].forward(x)

    return forward, lambda dout: kept["layer"].backward(dout), 1 + rng.random(size=(4, 5))


def _loss(rng):
    loss, targets = learner.SoftmaxCrossEntropyLoss(), np.array([2, 0, 4, 2])
    return lambda x: np.asarray(loss.forward(x, targets)), lambda dout: dout * loss.backward(), rng.normal(size=(4, 5))


LAYERS = {
    "Linear, x": _own(lambda rng: learner.Linear(5, 3, rng)),
    "Linear, W": _weights,
    "ReLU": _own(lambda _: learner.ReLU()),
    "Tanh": _own(lambda _: learner.Tanh()),
    "Sigmoid": _own(lambda _: learner.Sigmoid()),
    "GELU": _own(lambda _: learner.GELU()),
    "BatchNorm": _own(lambda _: learner.BatchNorm(5)),
    "LayerNorm": _own(lambda _: learner.LayerNorm(5)),
    "Dropout": _dropout,
    "the loss": _loss,
}
