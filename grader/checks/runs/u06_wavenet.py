"""The run of unit 06: the tree learns names, eight letters of context."""

import torch
from torch.nn import functional

RUN = {
    "about": "a tree over eight letters of context learns names",
    "uses": ["flatten_consecutive", "batch_norm_1d", "build_wavenet"],
    "steps": {"": 10000, "lecture_names": 200000},
    "chunk": 250,
    "data": ["lecture_names", "names"],
    "floor": {"names": 1.5722},
    "compare": {
        "names": "Our solution comes to about 1.80 on train and 1.92 on dev here.",
        "lecture_names": "The lecture comes to about 1.77 on train and 1.99 on dev.",
    },
}
BLOCK, EMBED, HIDDEN, BATCH = 8, 24, 128, 32
TEXT = {}


def prepare(text):
    words, letters = words_of(text)
    TEXT["letters"] = letters
    for name, part in zip(("train", "dev", "test"), split(words), strict=True):
        TEXT[name] = [torch.tensor(one) for one in windows(part, letters, BLOCK)]


def begin(seed):
    torch.manual_seed(seed)
    model = learner.build_wavenet(len(TEXT["letters"]), EMBED, HIDDEN, BLOCK)
    return _plain(model)


def advance(state, seed, step, count, total):
    model, generator, losses = _model(state), torch.Generator().manual_seed(seed), []
    parameters = list(model.parameters())
    X, Y = TEXT["train"]
    for at in range(step, step + count):
        ix = torch.randint(len(X), (BATCH,), generator=generator)
        loss = functional.cross_entropy(model(X[ix]), Y[ix])
        for one in parameters:
            one.grad = None
        loss.backward()
        for one in parameters:
            one.data -= (0.1 if at < 0.75 * total else 0.01) * one.grad
        losses.append(loss.item())
    return _plain(model), losses


@torch.no_grad()
def finish(state, seed):
    model, generator = _model(state), torch.Generator().manual_seed(seed)
    for layer in model.layers:
        layer.training = False
    losses = {name: _loss(model, *TEXT[name]) for name in ("train", "dev", "test")}
    return {"measures": losses, "samples": [_name(model, generator) for _ in range(10)]}


def _loss(model, X, Y):
    parts = [
        functional.cross_entropy(model(x), y, reduction="sum")
        for x, y in zip(X.split(4096), Y.split(4096), strict=True)
    ]
    return float(sum(parts) / len(Y))


def _name(model, generator):
    ids = [0] * BLOCK
    while len(ids) < BLOCK + 40:
        p = torch.softmax(model(torch.tensor([ids[-BLOCK:]])), dim=1)
        ids.append(int(torch.multinomial(p[0], 1, generator=generator)))
        if ids[-1] == 0:
            break
    return "".join(TEXT["letters"][one] for one in ids[BLOCK:] if one)


def _norms(model):
    return [layer for layer in model.layers if hasattr(layer, "running_mean")]


def _plain(model):
    """Return what has been learned, as data: parameters, and the running statistics of each BatchNorm."""
    state = {f"parameter {i}": one.detach().clone() for i, one in enumerate(model.parameters())}
    for i, layer in enumerate(_norms(model)):
        state[f"mean {i}"] = layer.running_mean.detach().reshape(-1).clone()
        state[f"var {i}"] = layer.running_var.detach().reshape(-1).clone()
    return state


def _model(state):
    model = learner.build_wavenet(len(TEXT["letters"]), EMBED, HIDDEN, BLOCK)
    for i, one in enumerate(model.parameters()):
        one.data = state[f"parameter {i}"].clone()
        one.requires_grad_(True)
    for i, layer in enumerate(_norms(model)):
        layer.training = True
        layer.running_mean, layer.running_var = state[f"mean {i}"].clone(), state[f"var {i}"].clone()
    return model
