"""Hidden checks of unit 07: the claims of the public ones, with sizes and inputs that nobody has seen."""

import numpy as np

from grader import close, exercise, tensor

ROOM = {"rtol": 1e-4, "atol": 1e-5}  # for float32 on the way
TIGHT = {"rtol": 1e-7, "atol": 1e-10}
WEIGHTS = {"rnn": ("W", "b"), "gru": ("Wz", "bz", "Wr", "br", "Wh", "bh"), "lstm": ("W", "b")}


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def single(value):
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float32))


def exactly(sent):
    return sent.array.astype(np.float64)


def drawn(rng, kind, E, H):
    """Return the weights of a cell by name, as arrays."""
    width = 4 * H if kind == "lstm" else H
    return {name: rng.normal(size=(E + H, width) if name[0] == "W" else width) for name in WEIGHTS[kind]}


def any_cell(learner, oracle, rng, kind):
    """Require values and gradients of a cell for sizes drawn at random."""
    for _ in range(4):
        B, E, H = size(rng, 1, 6), size(rng, 1, 7), size(rng, 1, 7)
        states = [rng.normal(size=(B, H)) for _ in range(2 if kind == "lstm" else 1)]
        sent = [single(one) for one in (rng.normal(size=(B, E)), *states, *drawn(rng, kind, E, H).values())]
        cotangents = [single(rng.normal(size=(B, H))) for _ in states]
        outs, grads = oracle.cell(kind, [exactly(one) for one in sent], [exactly(one) for one in cotangents])
        pull = learner.vjp(f"{kind}_cell", *sent)
        found = list(pull.value) if kind == "lstm" else [pull.value]
        close(found, [single(out) for out in outs], f"{kind}_cell for B, E, H = {B}, {E}, {H}", **ROOM)
        slopes = pull(tuple(cotangents) if kind == "lstm" else cotangents[0])
        close(slopes, [single(grad) for grad in grads], "gradients of all arguments", **ROOM)


@exercise("rnn_cell")
class TestRnnCell:
    def test_any_sizes(self, learner, oracle, rng):
        """value and gradients for sizes drawn at random"""
        any_cell(learner, oracle, rng, "rnn")


@exercise("gru_cell")
class TestGruCell:
    def test_any_sizes(self, learner, oracle, rng):
        """value and gradients for sizes drawn at random"""
        any_cell(learner, oracle, rng, "gru")


@exercise("lstm_cell")
class TestLstmCell:
    def test_any_sizes(self, learner, oracle, rng):
        """values and gradients for sizes drawn at random"""
        any_cell(learner, oracle, rng, "lstm")


@exercise("rnn_lm")
class TestRNNLM:
    def test_any_model(self, learner, props, oracle, rng):
        """loss and gradients of each kind of model, for sizes drawn at random, some targets at -1"""
        for kind in ("rnn", "gru", "lstm"):
            V, E, H = size(rng, 2, 12), size(rng, 1, 6), size(rng, 1, 6)
            weights = {"start": rng.normal(size=(1, H)), "wte.weight": rng.normal(size=(V, E))}
            weights |= {f"cell.{name}": one for name, one in drawn(rng, kind, E, H).items()}
            weights |= {"lm_head.weight": rng.normal(size=(V, H)), "lm_head.bias": rng.normal(size=V)}
            sent = {name: single(one) for name, one in weights.items()}
            model = learner.RNNLM(learner.RNNConfig(vocab_size=V, n_embd=E, n_embd2=H, cell=kind))
            problem = props.load(model, sent)
            assert not problem, problem
            idx = rng.integers(V, size=(size(rng, 1, 5), size(rng, 2, 9)))
            targets = np.where(rng.random(idx.shape) < 0.3, -1, rng.integers(V, size=idx.shape))
            targets[0, 0] = 0
            expected = oracle.model_loss(kind, {name: exactly(one) for name, one in sent.items()}, idx, targets)
            logits, loss, grads = props.lost(model, list(sent), tensor(idx), tensor(targets))
            close(logits, single(expected["logits"]), f"logits of a model with cell {kind}", **ROOM)
            close(loss, single(expected["loss"]), "loss", **ROOM)
            slopes = {name: single(one) for name, one in expected["parameters"].items()}
            close(grads, slopes, "gradients of the parameters", **ROOM)


@exercise("rnn_backward")
class TestRnnBackward:
    def test_any_sizes(self, props, oracle, rng):
        """all gradients for sizes drawn at random"""
        for _ in range(4):
            B, T, E, H = size(rng, 1, 5), size(rng, 1, 9), size(rng, 1, 6), size(rng, 1, 6)
            args = [rng.normal(size=shape) * 0.8 for shape in ((B, T, E), (B, H), (E + H, H), (H,))]
            dhs = rng.normal(size=(B, T, H))
            _, grads = oracle.through_time(dhs, *args)
            label = f"[dx, dh0, dW, db] for B, T, E, H = {B}, {T}, {E}, {H}"
            close(list(props.back_through_time(dhs, *args)), grads, label, **TIGHT)


@exercise("lstm_cell_backward")
class TestLstmCellBackward:
    def test_any_sizes(self, props, oracle, rng):
        """all gradients for sizes drawn at random"""
        for _ in range(4):
            B, E, H = size(rng, 1, 5), size(rng, 1, 6), size(rng, 1, 6)
            shapes = ((B, H), (B, H), (B, E), (B, H), (B, H), (E + H, 4 * H), (4 * H,))
            args = [rng.normal(size=shape) for shape in shapes]
            _, grads = oracle.lstm_step(*args)
            label = f"[dx, dhprev, dcprev, dW, db] for B, E, H = {B}, {E}, {H}"
            close(list(props.step_back(*args)), grads, label, **TIGHT)


@exercise("gradient_flow")
class TestGradientFlow:
    def test_any_cell(self, learner, props, oracle, rng):
        """the norms in plain cells and LSTMs of any size"""
        for kind in ("rnn", "lstm"):
            B, T, E, H = size(rng, 1, 5), size(rng, 1, 9), size(rng, 1, 5), size(rng, 1, 5)
            width, state = (4 * H, 2 * H) if kind == "lstm" else (H, H)
            shapes = ((B, T, E), (B, state), (E + H, width), (width,))
            sent = [single(rng.normal(size=shape) * 0.7) for shape in shapes]
            expected = oracle.flow(kind, *(exactly(one) for one in sent))
            xs, h0, W, b = sent
            found = learner.gradient_flow(props.cell(kind, W, b), xs, h0)
            close(found, single(expected), f"gradient_flow of a cell of {H} numbers over {T} steps", **ROOM)

    def test_any_radius(self, learner, rng):
        """the spectral radius of any matrix: what its powers grow by in the long run"""
        for _ in range(4):
            W = rng.normal(size=[size(rng, 2, 6)] * 2)
            found = learner.spectral_radius(single(W))
            expected = float(np.abs(np.linalg.eigvals(W)).max())
            close(float(getattr(found, "array", found)), expected, "spectral_radius(W)", rtol=1e-4)
