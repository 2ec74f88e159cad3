"""Oracles and given parts of unit 07 against numpy written out here, and gradients by central differences."""

from pathlib import Path

import numpy as np
import pytest

from grader.course.course import Course

torch = pytest.importorskip("torch")

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u07")
B, T, E, H, V = 2, 3, 2, 3, 5


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def rnn(x, h, W, b):
    return np.tanh(x @ W[: x.shape[1]] + h @ W[x.shape[1] :] + b)


def gru(x, h, Wz, bz, Wr, br, Wh, bh):
    xh = np.hstack([x, h])
    z, r = sigmoid(xh @ Wz + bz), sigmoid(xh @ Wr + br)
    return h - z * h + z * np.tanh(np.hstack([x, r * h]) @ Wh + bh)


def lstm(x, h, c, W, b):
    i, f, o, g = np.split(np.hstack([x, h]) @ W + b, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


CELLS = {"rnn": rnn, "gru": gru, "lstm": lstm}


def arguments(rng, kind):
    states = [rng.normal(size=(B, H)) for _ in range(2 if kind == "lstm" else 1)]
    width = 4 * H if kind == "lstm" else H
    weights = [rng.normal(size=shape) for _ in range(3 if kind == "gru" else 1) for shape in ((E + H, width), (width,))]
    return [rng.normal(size=(B, E)), *states, *weights]


def slope(function, array, h=1e-6):
    """Return the gradient of a function of an array, measured."""
    found = np.zeros(array.shape)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + h
        up = function()
        array[place] = kept - h
        found[place], array[place] = (up - function()) / (2 * h), kept
    return found


def near(mine, theirs, atol=1e-12):
    np.testing.assert_allclose(getattr(mine, "array", mine), theirs, rtol=0, atol=atol)


@pytest.mark.parametrize("kind", CELLS)
def test_the_cells(oracle, rng, kind):
    args = arguments(rng, kind)
    cotangents = [rng.normal(size=(B, H)) for _ in range(2 if kind == "lstm" else 1)]

    def outs():
        found = CELLS[kind](*args)
        return found if isinstance(found, tuple) else (found,)

    found, grads = oracle.cell(kind, args, cotangents)
    for mine, theirs in zip(found, outs(), strict=True):
        near(mine, theirs)
    for grad, arg in zip(grads, args, strict=True):
        near(grad, slope(lambda: sum((o * c).sum() for o, c in zip(outs(), cotangents, strict=True)), arg), 1e-7)


def test_the_figures_of_cs231n(oracle):
    """The known values of its LSTM step: next_h and next_c for evenly spaced inputs, to eight digits."""
    N, D, width = 3, 4, 5
    even = {"x": (-0.4, 1.2, (N, D)), "h": (-0.3, 0.7, (N, width)), "c": (-0.4, 0.9, (N, width))}
    x, h, c = (np.linspace(a, b, int(np.prod(shape))).reshape(shape) for a, b, shape in even.values())
    Wx = np.linspace(-2.1, 1.3, D * 4 * width).reshape(D, -1)
    Wh = np.linspace(-0.7, 2.2, width * 4 * width).reshape(width, -1)
    b = np.linspace(0.3, 0.7, 4 * width)
    (found_h, found_c), _ = oracle.cell("lstm", [x, h, c, np.vstack([Wx, Wh]), b], [h, c])
    near(found_h.array[0], [0.24635157, 0.28610883, 0.32240467, 0.35525807, 0.38474904], 1e-8)
    near(found_c.array[2], [0.74192008, 0.90592151, 1.07717006, 1.25120233, 1.42395676], 1e-8)


def unrolled(x, h, W, b):
    hs = []
    for t in range(x.shape[1]):
        h = rnn(x[:, t], h, W, b)
        hs.append(h)
    return np.stack(hs, axis=1)


def test_through_time(oracle, solution, rng):
    args = [rng.normal(size=shape) for shape in ((B, T, E), (B, H), (E + H, H), (H,))]
    dhs = rng.normal(size=(B, T, H))
    hs, grads = oracle.through_time(dhs, *args)
    near(hs, unrolled(*args))
    near(solution.rnn_forward(*args)[0], unrolled(*args))
    for grad, arg in zip(grads, args, strict=True):
        near(grad, slope(lambda: (unrolled(*args) * dhs).sum(), arg), 1e-7)


def test_an_lstm_through_time(oracle, solution, rng):
    args = [rng.normal(size=shape) for shape in ((B, T, E), (B, H), (B, H), (E + H, 4 * H), (4 * H,))]
    dhs = rng.normal(size=(B, T, H))

    def total():
        x, h, c, W, b = args
        value = 0.0
        for t in range(T):
            h, c = lstm(x[:, t], h, c, W, b)
            value += (h * dhs[:, t]).sum()
        return value

    for grad, arg in zip(oracle.lstm_through_time(dhs, *args), args, strict=True):
        near(grad, slope(total, arg), 1e-7)
    one = arguments(rng, "lstm")
    for mine, theirs in zip(solution.lstm_cell_forward(*one), lstm(*one), strict=False):
        near(mine, theirs)


@pytest.mark.parametrize("kind", CELLS)
def test_the_model(oracle, rng, kind):
    """The loss where some targets do not count, with all states written out."""
    cell = arguments(rng, kind)[3 if kind == "lstm" else 2 :]
    weights = {"start": rng.normal(size=(1, H)), "wte.weight": rng.normal(size=(V, E))}
    weights |= {f"cell.{i}": one for i, one in enumerate(cell)}
    weights |= {"lm_head.weight": rng.normal(size=(V, H)), "lm_head.bias": rng.normal(size=V)}
    idx, targets = rng.integers(V, size=(B, T)), rng.integers(V, size=(B, T))
    targets[1, 1:] = -1

    def loss():
        h, c, total = np.repeat(weights["start"], B, axis=0), np.zeros((B, H)), 0.0
        for t in range(T):
            x = weights["wte.weight"][idx[:, t]]
            if kind == "lstm":
                h, c = lstm(x, h, c, *cell)
            else:
                h = CELLS[kind](x, h, *cell)
            logits = h @ weights["lm_head.weight"].T + weights["lm_head.bias"]
            p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            total -= sum(np.log(p[row, targets[row, t]]) for row in range(B) if targets[row, t] != -1)
        return total / (targets != -1).sum()

    found = oracle.model_loss(kind, weights, idx, targets)
    near(found["loss"], loss())
    near(oracle.model(kind, weights, idx, np.zeros((B, T, V)))["logits"], found["logits"].array)
    for name, one in weights.items():
        near(found["parameters"][name], slope(loss, one), 1e-7)


def test_the_flow(oracle, rng):
    """The norms at the first state, measured: what follows is run anew from it."""
    xs, h0, W, b = (rng.normal(size=shape) for shape in ((B, T, E), (B, H), (E + H, H), (H,)))
    state = rnn(xs[:, 0], h0, W, b)
    first = slope(lambda: 0.5 * (unrolled(xs[:, 1:], state, W, b)[:, -1] ** 2).sum(), state)
    flow = oracle.flow("rnn", xs, h0, W, b).array
    near(flow[0], np.linalg.norm(first), 1e-7)
    near(flow[-1], np.linalg.norm(unrolled(xs, h0, W, b)[:, -1]))


def test_the_lecture_s_gru_is_torch_s_turned_round(oracle, rng):
    """Where nothing is reset, torch's cell with z turned round is ours."""
    x, h, Wz, bz, Wr, _, Wh, bh = arguments(rng, "gru")
    open_gate = np.full(H, 50.0)
    (ours,), _ = oracle.cell("gru", [x, h, Wz, bz, 0 * Wr, open_gate, Wh, bh], [h])
    theirs = torch.nn.GRUCell(E, H).double()
    stacked = np.hstack([0 * Wr, -Wz, Wh])
    with torch.no_grad():
        theirs.weight_ih.copy_(torch.tensor(stacked[:E].T))
        theirs.weight_hh.copy_(torch.tensor(stacked[E:].T))
        theirs.bias_ih.copy_(torch.tensor(np.hstack([open_gate, -bz, bh])))
        theirs.bias_hh.zero_()
        near(ours, theirs(torch.tensor(x), torch.tensor(h)).numpy(), 1e-12)


def test_the_floors_of_the_names(solution):
    """Some steps on the names that are shipped end above what three letters allow, and below what one allows."""
    words = (COURSE.root / "datasets/names.txt").read_text(encoding="ascii").split()
    torch.manual_seed(1)
    model = solution.RNNLM(solution.RNNConfig(27, 16, 32, "rnn"))
    solution.train(model, solution.names(words[:4000]), steps=80, batch_size=32, lr=2e-2)
    with torch.no_grad():
        dev = float(model(*solution.names(words[10000:11000]))[1])
    assert 1.5722 < dev < 2.3346
    assert len(solution.sample(model, 3)) == 3


def test_gates_help(solution):
    """What the text shows: after ten steps an LSTM has kept more of a gradient than a plain cell."""
    torch.manual_seed(0)
    left = {}
    for kind in ("rnn", "gru", "lstm"):
        flow = solution.measured_flow(solution.Cell(solution.RNNConfig(27, 32, 64, kind)), steps=50)
        left[kind] = float(flow[39] / flow[-1])
    assert left["rnn"] < 1e-3 < left["gru"] < left["lstm"] < 0.5
