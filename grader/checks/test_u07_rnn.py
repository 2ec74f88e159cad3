"""Checks of unit 07: recurrent cells, a language model of them, their backward passes by hand, and fading gradients.

Sizes differ from each other, but for checks that want them equal. Core checks of what is torch are in float32 and leave
room for its noise; float64 is an edge. What is NumPy is in float64. Training is held against entropies that are known.
"""

import numpy as np
import pytest

from grader import close, edge, exercise, raises, same, tensor, weight

UNIT = {
    "title": "RNN, GRU, LSTM: a state that is carried along",
    "lecture": "makemore (RNN, GRU), char-rnn (LSTM)",
    "libraries": ["torch", "numpy"],
    "forbid": {
        "a recurrent cell is what you build here: a product, a sum, and a squashing": [
            "torch.nn.RNN*",
            "torch.nn.GRU*",
            "torch.nn.LSTM*",
            "torch.rnn_tanh*",
            "torch.rnn_relu*",
            "torch.gru*",
            "torch.lstm*",
            "torch.quantized_gru*",
            "torch.quantized_lstm*",
            "torch.quantized_rnn*",
            "torch.mkldnn_rnn_layer",
        ],
    },
}

EXACT = {"rtol": 0.0, "atol": 0.0}
# Room for float32: its noise is below 1e-6 here, and the smallest slip moves a value by more than 1e-3.
ROOM = {"rtol": 1e-4, "atol": 1e-5}
# float64 sums in another order differ by 1e-15.
TIGHT = {"rtol": 1e-7, "atol": 1e-10}
CELLS = ["rnn", "gru", "lstm"]
WEIGHTS = {"rnn": ("W", "b"), "gru": ("Wz", "bz", "Wr", "br", "Wh", "bh"), "lstm": ("W", "b")}
STATES = {"rnn": ("hprev",), "gru": ("hprev",), "lstm": ("hprev", "cprev")}
# What the two backward passes return.
BACK = ("dx", "dh0", "dW", "db")
STEP_BACK = ("dx", "dhprev", "dcprev", "dW", "db")


def single(value):
    """Return an array or tensor in float32, as a tensor."""
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float32))


def double(value):
    """Return an array as a tensor of float64."""
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float64))


def normal(rng, *size, scale=1.0):
    return rng.normal(size=size) * scale


def seed(rng):
    return int(rng.integers(2**31))


def arguments(rng, kind, B, E, H, scale=0.8, **fixed):
    """Return the arguments of a cell by name, as arrays. fixed: numbers that fill one of them."""
    width = 4 * H if kind == "lstm" else H
    args = {"xt": normal(rng, B, E), **{name: normal(rng, B, H, scale=0.7) for name in STATES[kind]}}
    for name in WEIGHTS[kind]:
        args[name] = normal(rng, *((E + H, width) if name[0] == "W" else (width,)), scale=scale)
    for name, value in fixed.items():
        args[name] = np.full(args[name].shape, float(value))
    return args


def steps(learner, oracle, rng, kind, args, tensor_of=single, tolerance=ROOM, what=""):
    """Require what a cell gives, and the gradients of all its arguments; return the value."""
    sent = [tensor_of(one) for one in args.values()]
    exact = [one.array.astype(np.float64) for one in sent]
    shape = args["hprev"].shape
    cotangents = [tensor_of(normal(rng, *shape)) for _ in STATES[kind]]
    outs, grads = oracle.cell(kind, exact, [one.array.astype(np.float64) for one in cotangents])
    what = what or f"{kind}_cell({', '.join(args)})"
    pull = learner.vjp(f"{kind}_cell", *sent)
    if kind == "lstm":
        for found, name, out in zip(pair(pull.value), "hc", outs, strict=True):
            close(found, tensor_of(out), f"{name} of {what}", **tolerance)
        slopes = pull(tuple(cotangents))
    else:
        close(pull.value, tensor_of(outs[0]), what, **tolerance)
        slopes = pull(cotangents[0])
    for name, found, grad in zip(args, slopes, grads, strict=True):
        close(found, tensor_of(grad), f"gradient of {name}", **tolerance)
    return pull.value


def pair(value):
    """Require two results, h and c; return them."""
    count = len(value) if isinstance(value, tuple | list) else 0
    assert count == 2, "lstm_cell returns two tensors, h and c: the state, and the cell state"
    return value


def stays(props, function, *args, **kwargs):
    """Require that a call leaves its arguments as they were."""
    moved = props.changed(function, *args, **kwargs)
    assert not moved, f"{moved[0]} was changed in place; the caller still needs what was in there"


def keeps_arguments(learner, props, oracle, rng, kind):
    """Require a right value, and arguments that stay."""
    args = arguments(rng, kind, 3, 4, 5)
    steps(learner, oracle, rng, kind, args)
    stays(props, f"{kind}_cell", *(single(one) for one in args.values()))


def repeated(learner, oracle, rng, kind, count=3):
    """Require some steps in a row."""
    args = arguments(rng, kind, 2, 3, 5)
    for t in range(count):
        args["xt"] = normal(rng, 2, 3)
        steps(learner, oracle, rng, kind, args, what=f"{kind}_cell at step {t} of a sequence")
        sent = [single(one).array.astype(np.float64) for one in args.values()]
        outs, _ = oracle.cell(kind, sent, [np.ones((2, 5)) for _ in STATES[kind]])
        args |= {name: out.array for name, out in zip(STATES[kind], outs, strict=True)}


@exercise("rnn_cell", points=4, cpu=1.0)
class TestRnnCell:
    """Input and old state side by side, one product, a bias, a tanh."""

    def test_sizes(self, learner, oracle, rng):
        """value and gradients where all sizes differ"""
        steps(learner, oracle, rng, "rnn", arguments(rng, "rnn", 4, 3, 5))

    def test_wide_input(self, learner, oracle, rng):
        """an input that is wider than the state"""
        steps(learner, oracle, rng, "rnn", arguments(rng, "rnn", 3, 6, 2))

    def test_equal_sizes(self, learner, oracle, rng):
        """all sizes equal: the first rows of W still belong to the input"""
        steps(learner, oracle, rng, "rnn", arguments(rng, "rnn", 4, 4, 4))

    def test_one_row(self, learner, oracle, rng):
        """a batch of one"""
        steps(learner, oracle, rng, "rnn", arguments(rng, "rnn", 1, 3, 4))

    def test_sequence(self, learner, oracle, rng):
        """three steps in a row"""
        repeated(learner, oracle, rng, "rnn")

    def test_large(self, learner, oracle, rng):
        """large weights: every entry of the state stays between -1 and 1"""
        steps(learner, oracle, rng, "rnn", arguments(rng, "rnn", 3, 4, 5, scale=3.0))

    @edge
    def test_float64(self, learner, oracle, rng):
        """float64 is computed in float64, gradients too"""
        steps(learner, oracle, rng, "rnn", arguments(rng, "rnn", 4, 3, 5), double, TIGHT)

    @edge
    def test_arguments_stay(self, learner, props, oracle, rng):
        """the old state and all other arguments stay as they are"""
        keeps_arguments(learner, props, oracle, rng, "rnn")


@exercise("gru_cell", points=6, cpu=1.0)
class TestGruCell:
    """Two gates: one for what the proposal sees of the old state, one for how much of the state it replaces."""

    def test_sizes(self, learner, oracle, rng):
        """value and all eight gradients where all sizes differ"""
        steps(learner, oracle, rng, "gru", arguments(rng, "gru", 4, 3, 5))

    def test_equal_sizes(self, learner, oracle, rng):
        """all sizes equal: the first rows of each W still belong to the input"""
        steps(learner, oracle, rng, "gru", arguments(rng, "gru", 4, 4, 4))

    def test_wide_input(self, learner, oracle, rng):
        """an input that is wider than the state"""
        steps(learner, oracle, rng, "gru", arguments(rng, "gru", 3, 6, 2))

    def test_one_row(self, learner, oracle, rng):
        """a batch of one"""
        steps(learner, oracle, rng, "gru", arguments(rng, "gru", 1, 3, 4))

    def test_keeps(self, learner, oracle, rng):
        """z near 0: the state stays"""
        args = arguments(rng, "gru", 3, 4, 5, Wz=0, bz=-40)
        value = steps(learner, oracle, rng, "gru", args, what="gru_cell with z near 0")
        close(value, single(args["hprev"]), "gru_cell with z near 0: the old state", **ROOM)

    def test_replaces(self, learner, oracle, rng):
        """z near 1: the state is the proposal"""
        args = arguments(rng, "gru", 3, 4, 5, Wz=0, bz=40)
        steps(learner, oracle, rng, "gru", args, what="gru_cell with z near 1")

    def test_forgets(self, learner, oracle, rng):
        """r near 0: the proposal does not see the old state"""
        args = arguments(rng, "gru", 3, 4, 5, Wr=0, br=-40)
        steps(learner, oracle, rng, "gru", args, what="gru_cell with r near 0")

    def test_sees(self, learner, oracle, rng):
        """r near 1: the proposal sees all of the old state"""
        args = arguments(rng, "gru", 3, 4, 5, Wr=0, br=40)
        steps(learner, oracle, rng, "gru", args, what="gru_cell with r near 1")

    def test_sequence(self, learner, oracle, rng):
        """three steps in a row"""
        repeated(learner, oracle, rng, "gru")

    @edge
    def test_float64(self, learner, oracle, rng):
        """float64 is computed in float64, gradients too"""
        steps(learner, oracle, rng, "gru", arguments(rng, "gru", 4, 3, 5), double, TIGHT)

    @edge
    def test_arguments_stay(self, learner, props, oracle, rng):
        """the old state and all other arguments stay as they are"""
        keeps_arguments(learner, props, oracle, rng, "gru")


def gates(H, i, f, o, g=0.0):
    """Return a bias (4 * H,) that sets the gates, where W is 0."""
    return np.repeat(np.array([i, f, o, g], float), H)


@exercise("lstm_cell", points=7, cpu=1.0)
class TestLstmCell:
    """A memory that is kept, written and shown by three gates; their order is i, f, o, g."""

    def test_sizes(self, learner, oracle, rng):
        """h, c and all five gradients where all sizes differ"""
        steps(learner, oracle, rng, "lstm", arguments(rng, "lstm", 4, 3, 5))

    def test_equal_sizes(self, learner, oracle, rng):
        """all sizes equal: the first rows of W still belong to the input"""
        steps(learner, oracle, rng, "lstm", arguments(rng, "lstm", 4, 4, 4))

    def test_wide_input(self, learner, oracle, rng):
        """an input that is wider than the state"""
        steps(learner, oracle, rng, "lstm", arguments(rng, "lstm", 3, 6, 2))

    def test_one_row(self, learner, oracle, rng):
        """a batch of one"""
        steps(learner, oracle, rng, "lstm", arguments(rng, "lstm", 1, 3, 4))

    def test_ramps(self, learner, oracle, rng):
        """evenly spaced numbers everywhere, as in the test of CS231n"""
        shapes = {"xt": (3, 4), "hprev": (3, 5), "cprev": (3, 5), "W": (9, 20), "b": (20,)}
        ends = {"xt": (-0.4, 1.2), "hprev": (-0.3, 0.7), "cprev": (-0.4, 0.9), "W": (-2.1, 2.2), "b": (0.3, 0.7)}
        args = {name: np.linspace(*ends[name], int(np.prod(shape))).reshape(shape) for name, shape in shapes.items()}
        steps(learner, oracle, rng, "lstm", args)

    def test_keeps(self, learner, oracle, rng):
        """f near 1 and i near 0: the memory stays"""
        args = arguments(rng, "lstm", 3, 4, 5, W=0)
        args["b"] = gates(5, -40, 40, 0.3, 0.8)
        c = pair(steps(learner, oracle, rng, "lstm", args, what="lstm_cell with f near 1, i near 0"))[1]
        close(c, single(args["cprev"]), "c of lstm_cell with f near 1, i near 0: the old one", **ROOM)

    def test_overwrites(self, learner, oracle, rng):
        """f near 0 and i near 1: the memory is the candidate"""
        args = {**arguments(rng, "lstm", 3, 4, 5, W=0), "b": gates(5, 40, -40, 0.3, -0.8)}
        steps(learner, oracle, rng, "lstm", args, what="lstm_cell with f near 0, i near 1")

    def test_large_memory(self, learner, oracle, rng):
        """a large memory stays large, and only h is squashed"""
        args = arguments(rng, "lstm", 3, 4, 5)
        args["cprev"] *= 30
        steps(learner, oracle, rng, "lstm", args, what="lstm_cell with a large cprev")

    def test_hidden(self, learner, oracle, rng):
        """o near 0: the memory is there, and h shows nothing of it"""
        args = {**arguments(rng, "lstm", 3, 4, 5, W=0), "b": gates(5, 0.5, 1.0, -40, 0.8)}
        steps(learner, oracle, rng, "lstm", args, what="lstm_cell with o near 0")

    def test_sequence(self, learner, oracle, rng):
        """three steps in a row, h and c handed on"""
        repeated(learner, oracle, rng, "lstm")

    @edge
    def test_float64(self, learner, oracle, rng):
        """float64 is computed in float64, gradients too"""
        steps(learner, oracle, rng, "lstm", arguments(rng, "lstm", 4, 3, 5), double, TIGHT)

    @edge
    def test_arguments_stay(self, learner, props, oracle, rng):
        """the old state, the old memory and all other arguments stay as they are"""
        keeps_arguments(learner, props, oracle, rng, "lstm")


SIZES = {"vocab_size": 11, "n_embd": 3, "n_embd2": 5}


def model_shapes(kind, vocab_size, n_embd, n_embd2):
    """Return the shape of each parameter by name."""
    width = 4 * n_embd2 if kind == "lstm" else n_embd2
    cell = {f"cell.{name}": ((n_embd + n_embd2, width) if name[0] == "W" else (width,)) for name in WEIGHTS[kind]}
    head = {"lm_head.weight": (vocab_size, n_embd2), "lm_head.bias": (vocab_size,)}
    return {"start": (1, n_embd2), "wte.weight": (vocab_size, n_embd), **cell, **head}


def made(learner, props, rng, kind, tensor_of=single, **sizes):
    """Return a model, and the weights that it has, by name."""
    sizes = {**SIZES, **sizes}
    weights = {name: tensor_of(normal(rng, *shape, scale=0.7)) for name, shape in model_shapes(kind, **sizes).items()}
    model = learner.RNNLM(learner.RNNConfig(cell=kind, **sizes))
    problem = props.load(model, weights)
    assert not problem, problem
    return model, weights


def exactly(weights):
    return {name: one.array.astype(np.float64) for name, one in weights.items()}


def ids(rng, *size, vocab_size=11):
    return rng.integers(vocab_size, size=size)


def scores(learner, props, oracle, rng, kind, B, T, tensor_of=single, tolerance=ROOM):
    """Require logits and the gradients of all parameters; return model, weights."""
    model, weights = made(learner, props, rng, kind, tensor_of)
    agrees(props, oracle, rng, model, weights, kind, ids(rng, B, T), tensor_of, tolerance)
    return model, weights


def agrees(props, oracle, rng, model, weights, kind, idx, tensor_of=single, tolerance=ROOM, what="logits"):
    """Require logits of a model, no loss, and the gradients of all parameters."""
    cotangent = tensor_of(normal(rng, *idx.shape, 11))
    expected = oracle.model(kind, exactly(weights), idx, cotangent.array.astype(np.float64))
    logits, lossless, grads = props.scored(model, list(weights), tensor(idx), cotangent)
    close(logits, tensor_of(expected["logits"]), what, **tolerance)
    assert lossless, "the loss must be None where there are no targets"
    slopes = {name: tensor_of(one) for name, one in expected["parameters"].items()}
    close(grads, slopes, "gradients of the parameters", **tolerance)


def loses(props, oracle, model, weights, kind, idx, targets, what="loss"):
    """Require logits, loss, and the gradients of all parameters."""
    expected = oracle.model_loss(kind, exactly(weights), idx, targets)
    logits, loss, grads = props.lost(model, list(weights), tensor(idx), tensor(targets))
    close(logits, single(expected["logits"]), "logits", **ROOM)
    close(loss, single(expected["loss"]), what, **ROOM)
    slopes = {name: single(one) for name, one in expected["parameters"].items()}
    close(grads, slopes, "gradients of the parameters", **ROOM)


def markov(rng, size):
    """Return a source in which a token depends on the last but one: its table, and how often each token occurs."""
    while True:
        table = rng.dirichlet(np.full(size, 0.3), size=size)
        values, vectors = np.linalg.eig(table.T)
        usual = np.real(vectors[:, np.argmax(np.real(values))])
        usual /= usual.sum()
        gap = (usual[:, None] * table * np.log(np.maximum(table, 1e-300) / usual)).sum()
        if gap > 0.6 and usual.min() > 0.02:
            return table, usual


def walks(rng, table, usual, count, length):
    """Return so many sequences of the source."""
    out = np.zeros((count, length), np.int64)
    for t in range(length):
        odds = table[out[:, t - 2]] if t > 1 else np.tile(usual, (count, 1))
        out[:, t] = np.minimum((rng.random((count, 1)) > odds.cumsum(axis=1)).sum(axis=1), len(usual) - 1)
    return out


def floors(table, usual, test):
    """Return two mean losses on sequences: knowing only how often tokens occur, and knowing the source."""
    frequencies = -np.log(usual[test[:, 1:]])
    best = np.concatenate([frequencies[:, :1], -np.log(table[test[:, :-2], test[:, 2:]])], axis=1)
    return float(frequencies.mean()), float(best.mean())


@exercise(
    "rnn_lm",
    points=8,
    cpu=4.0,
    answers=("RNNLM.__init__", "RNNLM.forward"),
    needs=("rnn_cell", "gru_cell", "lstm_cell"),
)
class TestRNNLM:
    """Token in, state on, scores out, at every place; each sequence begins with the same start."""

    @pytest.mark.parametrize("kind", CELLS)
    def test_logits(self, learner, props, oracle, rng, kind):
        """logits, and the gradients of all parameters, the start among them"""
        scores(learner, props, oracle, rng, kind, 4, 6)

    @pytest.mark.parametrize(("B", "T"), [(3, 1), (1, 6), (1, 1)], ids=str)
    def test_single(self, learner, props, oracle, rng, B, T):
        """a single token, and a single sequence"""
        scores(learner, props, oracle, rng, "rnn", B, T)

    @pytest.mark.parametrize("kind", CELLS)
    def test_loss(self, learner, props, oracle, rng, kind):
        """the loss, and its gradients"""
        model, weights = made(learner, props, rng, kind)
        loses(props, oracle, model, weights, kind, ids(rng, 4, 6), ids(rng, 4, 6))

    def test_padding(self, learner, props, oracle, rng):
        """targets of -1 do not count: neither above nor below the line of the mean"""
        model, weights = made(learner, props, rng, "gru")
        idx, targets = ids(rng, 4, 6), ids(rng, 4, 6)
        targets[0, 2:] = targets[2, 5:] = targets[3, 1:] = -1
        loses(props, oracle, model, weights, "gru", idx, targets, "loss with ten of 24 targets at -1")

    @pytest.mark.parametrize("kind", CELLS)
    def test_afresh(self, learner, props, oracle, rng, kind):
        """every call begins with the start: the same model, asked again and with other batches"""
        model, weights = scores(learner, props, oracle, rng, kind, 3, 5)
        for B, T in ((3, 5), (2, 7), (3, 5)):
            agrees(props, oracle, rng, model, weights, kind, ids(rng, B, T), what="logits of a used model")

    @pytest.mark.parametrize("kind", CELLS)
    def test_causal(self, learner, props, oracle, rng, kind):
        """other tokens from place t on leave the logits before t as they were"""
        model, _ = scores(learner, props, oracle, rng, kind, 3, 7)
        idx = ids(rng, 3, 7)
        before = model(tensor(idx))[0].array
        for t in (4, 1, 6):
            moved = idx.copy()
            moved[:, t:] = (moved[:, t:] + 1 + rng.integers(10, size=(3, 7 - t))) % 11
            after = model(tensor(moved))[0].array
            label = f"logits before place {t}, after the tokens from {t} on changed"
            close(after[:, :t], before[:, :t], label, rtol=0, atol=1e-5)

    @pytest.mark.parametrize("kind", CELLS)
    def test_rows(self, learner, props, oracle, rng, kind):
        """a sequence has the same logits alone as in a batch"""
        model, _ = scores(learner, props, oracle, rng, kind, 3, 5)
        idx = ids(rng, 4, 5)
        together = model(tensor(idx))[0].array
        for row in (2, 0):
            alone = model(tensor(idx[row : row + 1]))[0].array
            close(alone[0], together[row], f"logits of row {row} alone, against those in the batch", **ROOM)

    @weight(2)
    def test_training(self, learner, props, rng):
        """each kind of cell after 90 steps (rnn: 60): near the best possible loss, and not below it"""
        for kind in CELLS:
            table, usual = markov(rng, 5)
            config = learner.RNNConfig(vocab_size=5, n_embd=8, n_embd2=24, cell=kind)
            test = walks(rng, table, usual, 400, 8)
            x, y = tensor(test[:, :-1].copy()), tensor(test[:, 1:].copy())
            steps = 60 if kind == "rnn" else 90
            loss = props.trained(config, tensor(table), seed(rng), x, y, steps=steps, batch_size=32, lr=2e-2)
            frequencies, best = floors(table, usual, test)
            assert loss > best - 0.05, (
                f"the loss ({kind}) is {loss:.3f}, but nobody can be better than {best:.3f} here without reading the "
                "answers: some place sees what comes after it"
            )
            # Over 60 trainings of each kind at most a quarter of the way from best to frequencies was left.
            bound = (frequencies + best) / 2
            assert loss < bound, (
                f"the loss ({kind}) is {loss:.3f}; below {bound:.3f} is expected, {best:.3f} is the best possible"
            )

    @edge
    @pytest.mark.parametrize("kind", CELLS)
    def test_float64(self, learner, props, oracle, rng, kind):
        """float64 weights: computed in float64"""
        scores(learner, props, oracle, rng, kind, 4, 6, double, TIGHT)

    @edge
    def test_arguments_stay(self, learner, props, oracle, rng):
        """idx and targets stay as they are"""
        model, _ = scores(learner, props, oracle, rng, "rnn", 3, 5)
        stays(props, model, tensor(ids(rng, 3, 5)), tensor(ids(rng, 3, 5)))

    @edge
    def test_fresh(self, learner, props, oracle, rng):
        """the start of a fresh model is zeros"""
        scores(learner, props, oracle, rng, "gru", 2, 3)
        start = props.start_of(learner.RNNConfig(cell="gru", **SIZES))
        close(start, single(np.zeros((1, 5))), "start of a fresh model", **EXACT)

    @edge
    def test_slices(self, learner, props, oracle, rng):
        """idx and targets that are slices of something larger"""
        model, weights = made(learner, props, rng, "rnn")
        idx, targets = ids(rng, 3, 5), ids(rng, 3, 5)
        expected = oracle.model_loss("rnn", exactly(weights), idx, targets)["loss"]
        close(props.slices(model, tensor(idx), tensor(targets)), single(expected), "loss of slices", **ROOM)

    @edge
    def test_unknown_id(self, learner, props, oracle, rng):
        """an id that the alphabet does not have raises IndexError"""
        model, _ = scores(learner, props, oracle, rng, "rnn", 2, 4)
        raises(IndexError, lambda: model(tensor(np.array([[3, 11]]))), "id 11 with vocab_size 11")


def sequence(rng, B, T, E, H, scale=0.7):
    """Return x, h0, W, b of a plain cell, as arrays."""
    return normal(rng, B, T, E), normal(rng, B, H), normal(rng, E + H, H, scale=scale), normal(rng, H, scale=0.3)


def parts(found, names, where):
    """Require as many results as there are names; return them by name."""
    count = len(found) if isinstance(found, tuple | list) else 0
    assert count == len(names), f"{where} returns {len(names)} arrays: {', '.join(names)}"
    return dict(zip(names, found, strict=True))


def goes_back(props, oracle, args, dhs, only=BACK):
    """Require the gradients of a sequence."""
    _, grads = oracle.through_time(dhs, *args)
    found = parts(props.back_through_time(dhs, *args), BACK, "rnn_backward")
    for name, grad in zip(BACK, grads, strict=True):
        if name in only:
            close(found[name], grad, name, **TIGHT)


@exercise(
    "rnn_backward",
    points=10,
    cpu=1.0,
    forbid={"this backward pass is found by hand, on NumPy arrays": ("torch",)},
)
class TestRnnBackward:
    """Back-propagation through time: each state gets its gradient from two sides, and W is used at every step."""

    @pytest.mark.parametrize("name", BACK)
    def test_each(self, props, oracle, rng, name):
        """one gradient after the other, where all sizes differ"""
        goes_back(props, oracle, sequence(rng, 2, 4, 3, 5), normal(rng, 2, 4, 5), only=(name,))

    @pytest.mark.parametrize("T", [1, 2, 20])
    def test_lengths(self, props, oracle, rng, T):
        """all gradients, for sequences of 1, 2 and 20 steps"""
        goes_back(props, oracle, sequence(rng, 3, T, 4, 2), normal(rng, 3, T, 2))

    def test_equal_sizes(self, props, oracle, rng):
        """all sizes equal: the first rows of W still belong to the input"""
        goes_back(props, oracle, sequence(rng, 4, 4, 4, 4), normal(rng, 4, 4, 4))

    def test_one_row(self, props, oracle, rng):
        """a batch of one"""
        goes_back(props, oracle, sequence(rng, 1, 5, 3, 4), normal(rng, 1, 5, 4))

    def test_last_only(self, props, oracle, rng):
        """a loss at the last state only: what arrives before has come back through time"""
        dhs = np.zeros((2, 4, 5))
        dhs[:, -1] = normal(rng, 2, 5)
        goes_back(props, oracle, sequence(rng, 2, 4, 3, 5), dhs)

    def test_first_only(self, props, oracle, rng):
        """a loss at the first state only: later steps have no part in it"""
        dhs = np.zeros((2, 4, 5))
        dhs[:, 0] = normal(rng, 2, 5)
        goes_back(props, oracle, sequence(rng, 2, 4, 3, 5), dhs)

    def test_saturated(self, props, oracle, rng):
        """large weights: where the tanh is flat, little comes through"""
        goes_back(props, oracle, sequence(rng, 2, 4, 3, 5, scale=3.0), normal(rng, 2, 4, 5))

    @edge
    def test_float32(self, props, oracle, rng):
        """float32 comes back as float32"""
        args = [one.astype(np.float32) for one in sequence(rng, 2, 4, 3, 5)]
        dhs = normal(rng, 2, 4, 5).astype(np.float32)
        _, grads = oracle.through_time(dhs.astype(np.float64), *(one.astype(np.float64) for one in args))
        found = parts(props.back_through_time(dhs, *args), BACK, "rnn_backward")
        for name, grad in zip(BACK, grads, strict=True):
            close(found[name], grad.astype(np.float32), f"{name} of float32 arrays", **ROOM)

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """dhs and what is in the cache stay as they are"""
        args, dhs = sequence(rng, 2, 4, 3, 5), normal(rng, 2, 4, 5)
        goes_back(props, oracle, args, dhs)
        moved = props.kept_through_time(dhs, *args)
        assert not moved, f"{moved[0]} was changed in place; the caller still needs what was in there"


def one_step(rng, B, E, H, scale=0.7):
    """Return x, hprev, cprev, W, b of an LSTM, as arrays."""
    states = [normal(rng, B, H) for _ in range(2)]
    return [normal(rng, B, E), *states, normal(rng, E + H, 4 * H, scale=scale), normal(rng, 4 * H, scale=0.5)]


def steps_back(props, oracle, args, dh, dc, only=STEP_BACK):
    """Require the gradients of one step."""
    _, grads = oracle.lstm_step(dh, dc, *args)
    found = parts(props.step_back(dh, dc, *args), STEP_BACK, "lstm_cell_backward")
    for name, grad in zip(STEP_BACK, grads, strict=True):
        if name in only:
            close(found[name], grad, name, **TIGHT)


@exercise(
    "lstm_cell_backward",
    points=8,
    cpu=1.0,
    forbid={"this backward pass is found by hand, on NumPy arrays": ("torch",)},
)
class TestLstmCellBackward:
    """One step of an LSTM, backward: c moves the loss in two ways, and every gate has its slope."""

    @pytest.mark.parametrize("name", STEP_BACK)
    def test_each(self, props, oracle, rng, name):
        """one gradient after the other, where all sizes differ"""
        steps_back(props, oracle, one_step(rng, 4, 3, 5), normal(rng, 4, 5), normal(rng, 4, 5), only=(name,))

    def test_only_dh(self, props, oracle, rng):
        """a loss at the state only: dc is 0"""
        steps_back(props, oracle, one_step(rng, 3, 4, 2), normal(rng, 3, 2), np.zeros((3, 2)))

    def test_only_dc(self, props, oracle, rng):
        """a loss at the cell state only: dh is 0"""
        steps_back(props, oracle, one_step(rng, 3, 4, 2), np.zeros((3, 2)), normal(rng, 3, 2))

    def test_equal_sizes(self, props, oracle, rng):
        """all sizes equal: the first rows of W still belong to the input"""
        steps_back(props, oracle, one_step(rng, 4, 4, 4), normal(rng, 4, 4), normal(rng, 4, 4))

    def test_one_row(self, props, oracle, rng):
        """a batch of one"""
        steps_back(props, oracle, one_step(rng, 1, 3, 4), normal(rng, 1, 4), normal(rng, 1, 4))

    def test_saturated(self, props, oracle, rng):
        """large weights: gates near 0 and 1 have hardly any slope"""
        steps_back(props, oracle, one_step(rng, 3, 4, 5, scale=3.0), normal(rng, 3, 5), normal(rng, 3, 5))

    def test_large_memory(self, props, oracle, rng):
        """a large memory: little comes through the tanh, all of dc comes through the sum"""
        args = one_step(rng, 3, 4, 5)
        args[2] *= 8
        steps_back(props, oracle, args, normal(rng, 3, 5), normal(rng, 3, 5))

    def test_sequence(self, props, oracle, rng):
        """four steps in a row: dhprev and dcprev of one are what comes back to the step before"""
        x, dhs = normal(rng, 3, 4, 2), normal(rng, 3, 4, 5)
        _, h0, c0, W, b = one_step(rng, 3, 2, 5)
        names = ("dx", "dh0", "dc0", "dW", "db")
        found = props.steps_back(dhs, x, h0, c0, W, b)
        for name, one, grad in zip(names, found, oracle.lstm_through_time(dhs, x, h0, c0, W, b), strict=True):
            close(one, grad, f"{name} of four steps", **TIGHT)

    @edge
    def test_float32(self, props, oracle, rng):
        """float32 comes back as float32"""
        args = [one.astype(np.float32) for one in one_step(rng, 4, 3, 5)]
        both = [normal(rng, 4, 5).astype(np.float32) for _ in range(2)]
        _, grads = oracle.lstm_step(*(one.astype(np.float64) for one in (*both, *args)))
        found = parts(props.step_back(*both, *args), STEP_BACK, "lstm_cell_backward")
        for name, grad in zip(STEP_BACK, grads, strict=True):
            close(found[name], grad.astype(np.float32), f"{name} of float32 arrays", **ROOM)

    @edge
    def test_arguments_stay(self, props, oracle, rng):
        """dh, dc and what is in the cache stay as they are"""
        args, both = one_step(rng, 4, 3, 5), [normal(rng, 4, 5), normal(rng, 4, 5)]
        steps_back(props, oracle, args, *both)
        moved = props.kept_step(*both, *args)
        assert not moved, f"{moved[0]} was changed in place; the caller still needs what was in there"


def number(value):
    """Return a number, given as such or as a tensor of one."""
    return float(getattr(value, "array", value))


def fades(learner, props, kind, W, b, xs, h0, expected, what, tensor_of=single, tolerance=ROOM, trainable=True):
    """Require the norms of the gradients in a cell."""
    cell = props.cell(kind, tensor_of(W), tensor_of(b), trainable)
    found = learner.gradient_flow(cell, tensor_of(xs), tensor_of(h0))
    close(found, tensor_of(expected), what, **tolerance)
    return found


def linear(learner, props, rng, W, T, what, **kwargs):
    """Require the flow through h @ W, where it is known: the last state times W transposed, again and again."""
    H = len(W)
    h0 = normal(rng, 3, H)
    back = h0 @ np.linalg.matrix_power(W, T)
    expected = []
    for _ in range(T):
        expected.insert(0, np.linalg.norm(back))
        back = back @ W.T
    fades(learner, props, "linear", W, np.zeros(H), normal(rng, 3, T, 2), h0, np.array(expected), what, **kwargs)


@exercise("gradient_flow", points=5, cpu=2.0, answers=("gradient_flow", "spectral_radius"))
class TestGradientFlow:
    """How much of a gradient at the last state arrives at those before it, and the number that decides it."""

    def test_fades(self, learner, props, rng):
        """h @ W with W = 0.5 I: halved at every step back"""
        linear(learner, props, rng, 0.5 * np.eye(4), 8, "gradient_flow with W = 0.5 I")

    def test_explodes(self, learner, props, rng):
        """h @ W with W = 1.5 I: half as much again at every step back"""
        linear(learner, props, rng, 1.5 * np.eye(4), 8, "gradient_flow with W = 1.5 I")

    def test_any_matrix(self, learner, props, rng):
        """h @ W with a matrix that is not symmetric"""
        linear(learner, props, rng, normal(rng, 5, 5, scale=0.5), 6, "gradient_flow with h @ W")

    def test_tanh(self, learner, props, oracle, rng):
        """a plain cell with its inputs"""
        W, b, xs, h0 = normal(rng, 8, 5, scale=0.6), normal(rng, 5), normal(rng, 4, 7, 3), normal(rng, 4, 5)
        expected = oracle.flow("rnn", *(single(one).array.astype(np.float64) for one in (xs, h0, W, b)))
        fades(learner, props, "rnn", W, b, xs, h0, expected, "gradient_flow of a plain cell")

    def test_one_step(self, learner, props, rng):
        """T = 1: the norm of the last state itself"""
        linear(learner, props, rng, normal(rng, 4, 4), 1, "gradient_flow of one step")

    def test_one_row(self, learner, props, oracle, rng):
        """a batch of one"""
        W, b, xs, h0 = normal(rng, 6, 4, scale=0.6), normal(rng, 4), normal(rng, 1, 5, 2), normal(rng, 1, 4)
        expected = oracle.flow("rnn", *(single(one).array.astype(np.float64) for one in (xs, h0, W, b)))
        fades(learner, props, "rnn", W, b, xs, h0, expected, "gradient_flow for a batch of one")

    def test_memory(self, learner, props, oracle, rng):
        """an LSTM with f near 1 (h and c side by side): after 12 steps nearly all of the gradient is there"""
        W, b = normal(rng, 5, 12, scale=0.05), gates(3, -4.0, 9.0, -1.0, 0.0)
        xs, h0 = normal(rng, 4, 12, 2), normal(rng, 4, 6)
        expected = oracle.flow("lstm", *(single(one).array.astype(np.float64) for one in (xs, h0, W, b)))
        found = fades(learner, props, "lstm", W, b, xs, h0, expected, "gradient_flow of an LSTM").array
        assert 0.5 < found[0] / found[-1] < 2, "of the gradient in an LSTM with f near 1 too little or too much arrives"

    def test_spectral_radius(self, learner, rng):
        """the largest absolute value of an eigenvalue: symmetric, and where it is negative"""
        Q = np.linalg.qr(normal(rng, 4, 4))[0]
        for values in ((0.2, 1.3, -0.6, 0.4), (0.3, -1.7, 0.9, 0.1)):
            W = Q @ np.diag(values) @ Q.T
            found = number(learner.spectral_radius(single(W)))
            close(found, max(map(abs, values)), f"spectral_radius, eigenvalues {values}", rtol=1e-4)

    def test_complex(self, learner, rng):
        """a rotation by some 30 degrees that shrinks to 0.8: its eigenvalues are complex"""
        angle = rng.uniform(0.4, 0.7)
        c, s = np.cos(angle), np.sin(angle)
        found = number(learner.spectral_radius(single(0.8 * np.array([[c, -s], [s, c]]))))
        close(found, 0.8, "spectral_radius of 0.8 times a rotation", rtol=1e-4)

    def test_complex_among_others(self, learner, rng):
        """two complex eigenvalues and one that is real, in any basis"""
        x, y, z = rng.uniform(0.5, 1.0, size=3)
        W = np.zeros((3, 3))
        W[:2, :2], W[2, 2] = [[x, -y], [y, x]], 0.5 * z
        basis = normal(rng, 3, 3) + 3 * np.eye(3)
        found = number(learner.spectral_radius(single(basis @ W @ np.linalg.inv(basis))))
        close(found, float(np.hypot(x, y)), "spectral_radius with complex eigenvalues", rtol=1e-4)

    def test_not_symmetric(self, learner):
        """a matrix that stretches at first, and lets everything die in the end"""
        W = np.array([[0.5, 4.0, 1.0], [0.0, -0.7, 2.0], [0.0, 0.0, 0.2]])
        close(number(learner.spectral_radius(single(W))), 0.7, "spectral_radius of a triangular matrix", rtol=1e-4)

    @edge
    def test_float64(self, learner, props, rng):
        """float64 is computed in float64"""
        linear(learner, props, rng, normal(rng, 5, 5, scale=0.5), 6, "gradient_flow", tensor_of=double, tolerance=TIGHT)

    @edge
    def test_nothing_to_train(self, learner, props, rng):
        """a cell without parameters"""
        linear(learner, props, rng, normal(rng, 4, 4, scale=0.5), 5, "gradient_flow", trainable=False)

    @edge
    def test_leaves_no_trace(self, props, oracle, rng):
        """one call a step, no graph on the result, no gradients left behind, inputs as they were"""
        W, b, xs, h0 = normal(rng, 6, 4, scale=0.6), normal(rng, 4), normal(rng, 3, 5, 2), normal(rng, 3, 4)
        expected = oracle.flow("rnn", *(single(one).array.astype(np.float64) for one in (xs, h0, W, b)))
        cell = props.cell("rnn", single(W), single(b))
        flow, calls, inputs, graph, left, moved = props.after_flow(cell, single(xs), single(h0))
        close(flow, single(expected), "gradient_flow of a plain cell", **ROOM)
        same(calls, 5, "calls of the cell for 5 steps")
        close(inputs, single(xs), "the inputs that the cell was asked with", **EXACT)
        assert not graph, "the result still carries a graph"
        assert not left, f"gradients are left behind on {left[0]}"
        assert not moved, f"{moved[0]} was changed: its numbers, or that it asks for a gradient"

    @edge
    def test_float(self, learner):
        """spectral_radius gives a float"""
        found = learner.spectral_radius(single(np.array([[-2.0, 0.0], [1.0, 0.5]])))
        same(type(found).__name__, "float", "kind of the result")
        close(found, 2.0, "spectral_radius", rtol=1e-5)
