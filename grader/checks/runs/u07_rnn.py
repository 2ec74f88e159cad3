"""The run of unit 07: three recurrent models learn names side by side, and how far a gradient gets in each."""

import torch

RUN = {
    "about": "an RNN, a GRU and an LSTM learn names side by side",
    "uses": ["rnn_cell", "gru_cell", "lstm_cell", "rnn_lm", "gradient_flow"],
    "steps": 1500,
    "chunk": 20,
    "cpu": 60.0,
    "data": ["lecture_names", "names"],
    "floor": {"names": 1.5722},
    "compare": {
        "names": "Our solution comes to about 1.96 (rnn), 1.93 (gru) and 1.92 (lstm) on dev here.",
        "lecture_names": "The WaveNet of lecture 5, with eight letters of context, comes to about 1.99 on dev there.",
    },
}
KINDS = ("rnn", "gru", "lstm")
EMBED, HIDDEN, BATCH, RATE = 32, 64, 64, 5e-3
BACK, LONGEST, WRITTEN = 40, 20, 10
KEPT = ("exp_avg", "exp_avg_sq")  # of Adam, for each parameter
LAYERS = {
    "rnn": {"": "xh_to_h"},
    "gru": {"z": "xh_to_z", "r": "xh_to_r", "h": "xh_to_hbar"},
    "lstm": {"": ""},
}  # the letter of a gate, and makemore's name for its layer
TEXT = {}


def prepare(text):
    words, letters = words_of(text)
    TEXT["letters"] = letters
    for name, part in zip(("train", "dev", "test"), split(words), strict=True):
        TEXT[name] = _rows(part, letters)


def begin(seed):
    state = {}
    for kind in KINDS:
        model = _model(kind)
        state |= {f"{kind}.{name}": value for name, value in _plain(model).items()}
        for name, p in model.named_parameters():
            state |= {f"{kind}.{name}.{kept}": torch.zeros_like(p).detach() for kept in KEPT}
    return state


def advance(state, seed, step, count, total):
    rows = [torch.randint(len(TEXT["train"][0]), (BATCH,)) for _ in range(count)]
    made, losses = {}, [0.0] * count
    for kind in KINDS:
        model, optimizer = _restored(state, kind, step)
        for at in range(count):
            for group in optimizer.param_groups:
                group["lr"] = RATE * (1 - 0.9 * (step + at) / total)
            loss = model(TEXT["train"][0][rows[at]], TEXT["train"][1][rows[at]])[1]
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses[at] += loss.item() / len(KINDS)
        made |= {f"{kind}.{name}": value for name, value in _plain(model).items()}
        for name, p in model.named_parameters():
            made |= {f"{kind}.{name}.{kept}": optimizer.state[p][kept] for kept in KEPT}
    return made, losses


def finish(state, seed):
    losses, curves, samples = {}, {}, []
    for kind in KINDS:
        model, _ = _restored(state, kind, 0)
        with torch.no_grad():
            losses[kind] = float(model(*TEXT["dev"])[1])
            samples += [f"{kind}: {' '.join(_names(model))}"]
        flow = _flow(model, kind)
        curves[HEADS[kind]] = [float(one) for one in (flow / flow[-1]).clamp(min=1e-12).log10()]
    measures = {f"dev, {kind}": loss for kind, loss in losses.items()}
    return {"measures": {**measures, "dev": min(losses.values())}, "curves": curves, "samples": samples}


HEADS = {
    "rnn": "What arrives of a gradient, from 40 steps back to the last step, as a power of ten: the RNN",
    "gru": "The same: the GRU",
    "lstm": "The same: the LSTM",
}


def _rows(words, letters):
    """Return tokens and targets (N, T); targets behind the end of a word are -1."""
    number = {letter: at for at, letter in enumerate(letters)}
    idx = torch.zeros(len(words), max(map(len, words)) + 1, dtype=torch.int64)
    targets = torch.full(idx.shape, -1)
    for row, word in enumerate(words):
        ids = torch.tensor([number[letter] for letter in word])
        idx[row, 1 : len(word) + 1], targets[row, : len(word)], targets[row, len(word)] = ids, ids, 0
    return idx, targets


def _flow(model, kind):
    """Return the learner's gradient_flow along names of the dev words, one behind the other."""
    own, function = _weights(model, kind), getattr(learner, f"{kind}_cell")

    def cell(xt, state):
        if kind != "lstm":
            return function(xt, state, *own)
        h, c = state.chunk(2, dim=1)
        return torch.cat(tuple(function(xt, h, c, *own)), dim=1)

    idx, targets = TEXT["dev"]
    tokens = idx[targets != -1]
    rows = min(8, len(tokens) // BACK)
    start = model.start.detach().expand(rows, -1)
    h0 = torch.cat([start, 0 * start], dim=1) if kind == "lstm" else start
    return learner.gradient_flow(cell, model.wte(tokens[: rows * BACK].view(rows, BACK)).detach(), h0)


def _weights(model, kind):
    """Return a cell's weights in the order of its arguments; makemore has them in Linear layers, transposed."""
    own = {name.removeprefix("cell."): p for name, p in model.named_parameters() if name.startswith("cell.")}
    found = []
    for gate, layer in LAYERS[kind].items():
        turned = f"{layer}.weight" in own
        found += [own[f"{layer}.weight"].T, own[f"{layer}.bias"]] if turned else [own[f"W{gate}"], own[f"b{gate}"]]
    return found


def _names(model):
    idx = torch.zeros(WRITTEN // 2, 1, dtype=torch.int64)
    for _ in range(LONGEST):
        idx = torch.cat([idx, torch.multinomial(model(idx)[0][:, -1].softmax(dim=1), 1)], dim=1)
    texts = ["".join(TEXT["letters"][number] for number in row) for row in idx[:, 1:].tolist()]
    return [text.partition(".")[0] for text in texts]


def _model(kind):
    config = learner.RNNConfig(vocab_size=len(TEXT["letters"]), n_embd=EMBED, n_embd2=HIDDEN, cell=kind)
    return learner.RNNLM(config)


def _plain(model):
    return {name: value.detach() for name, value in model.state_dict().items()}


def _restored(state, kind, step):
    """Return model and optimizer of one kind as they were after so many steps."""
    model = _model(kind)
    model.load_state_dict({name: state[f"{kind}.{name}"] for name in model.state_dict()})
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    for name, p in model.named_parameters():
        moments = {kept: state[f"{kind}.{name}.{kept}"].clone() for kept in KEPT}
        optimizer.state[p] = {"step": torch.tensor(float(step)), **moments}
    return model, optimizer
