"""The run of unit 04: three deep nets learn names side by side, and the gauges look on.

One begins with the right size of weights (Kaiming), one with a twentieth of it and BatchNorm, one with a twentieth of
it and neither.
"""

import torch
from torch.nn import functional

RUN = {
    "about": "a deep net learns names: with Kaiming's weights, with BatchNorm, with neither",
    "uses": ["deep_net", "saturation", "gauges"],
    "steps": {"": 10000, "lecture_names": 200000},
    "chunk": 100,
    "data": ["lecture_names", "names"],
    "floor": {"names": 1.5722},
    "loss": "mean of the three losses",
    "compare": {
        "names": (
            "Our solution comes to about 1.85 on dev with Kaiming's weights here. With a twentieth of them it comes to "
            "about 2.12 with BatchNorm, and without it stands still at 2.81, which is all that single letters tell."
        ),
        "lecture_names": "The lecture comes to about 2.10 on dev with its MLP and BatchNorm.",
    },
}
BLOCK, EMBED, HIDDEN, LAYERS, BATCH = 3, 10, 100, 5, 32
# Whether there is BatchNorm, and how large the hidden weights begin, beside what deep_net draws.
KINDS = {"BatchNorm": (True, 0.05), "Kaiming": (False, 1.0), "neither": (False, 0.05)}
TEXT = {}


def prepare(text):
    words, letters = words_of(text)
    TEXT["letters"] = letters
    for name, part in zip(("train", "dev", "test"), split(words), strict=True):
        TEXT[name] = [torch.tensor(one) for one in windows(part, letters, BLOCK)]


def begin(seed):
    state = {}
    for kind in KINDS:
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)
        net = _fresh(kind)
        for one in net.parameters()[:-2]:
            if one.ndim == 2:
                one.data *= KINDS[kind][1]
        state |= _plain(kind, torch.randn(len(TEXT["letters"]), EMBED, generator=generator), net)
    return state


def advance(state, seed, step, count, total):
    after, losses = {}, []
    for kind in KINDS:
        (C, net), generator = _model(kind, state), torch.Generator().manual_seed(seed)
        losses.append(_train(C, net, generator, range(step, step + count), total))
        after |= _plain(kind, C, net)
    return after, [sum(pair) / len(pair) for pair in zip(*losses, strict=True)]


def finish(state, seed):
    measures, pictures, samples = {}, {}, []
    for kind in KINDS:
        C, net = _model(kind, state)
        saturated, ratios = _gauges(C, net, torch.Generator().manual_seed(seed))
        pictures[f"{kind}, layer by layer: log10 of update to data, share of saturated tanh"] = [
            f"{at:2}  {ratio:5.2f}  {share:4.0%}  {'*' * round(40 * share)}".rstrip()
            for at, (ratio, share) in enumerate(zip(ratios, saturated, strict=False), 1)
        ]
        for layer in net.layers:
            layer.training = False
        with torch.no_grad():
            measures |= {f"{name}, {kind}": _loss(C, net, *TEXT[name]) for name in ("train", "dev")}
            samples += [_name(C, net, torch.Generator().manual_seed(seed + i)) for i in range(5)]
        measures |= {
            f"saturated share, {kind}": sum(saturated) / len(saturated),
            f"update to data, log10, {kind}": sum(ratios) / len(ratios),
        }
    return {"measures": measures, "pictures": pictures, "samples": samples}


def _fresh(kind):
    return learner.deep_net(BLOCK * EMBED, HIDDEN, len(TEXT["letters"]), LAYERS, KINDS[kind][0])


def _train(C, net, generator, steps, total):
    """Take these steps; return the loss of each."""
    params, losses = [C, *net.parameters()], []
    X, Y = TEXT["train"]
    for at in steps:
        ix = torch.randint(len(X), (BATCH,), generator=generator)
        loss = functional.cross_entropy(net(C[X[ix]].flatten(1)), Y[ix])
        for one in params:
            one.grad = None
        loss.backward()
        for one in params:
            one.data -= (0.1 if at < 0.75 * total else 0.01) * one.grad
        losses.append(loss.item())
    return losses


def _gauges(C, net, generator):
    """Return what the learner's gauges show in one more batch: saturation by layer, and log10 of update to data."""
    X, Y = TEXT["train"]
    ix = torch.randint(len(X), (1000,), generator=generator)
    x, saturated = C[X[ix]].flatten(1), []
    for layer in net.layers:
        x = layer(x)
        if type(layer).__name__ == "Tanh":
            saturated.append(float(learner.saturation_fraction(x.detach())))
    functional.cross_entropy(x, Y[ix]).backward()
    weights = [one for one in net.parameters() if one.ndim == 2]
    return saturated, [float(ratio) for ratio in learner.update_to_data_ratio(weights, 0.1)]


def _loss(C, net, X, Y):
    parts = [
        functional.cross_entropy(net(C[x].flatten(1)), y, reduction="sum")
        for x, y in zip(X.split(4096), Y.split(4096), strict=True)
    ]
    return float(sum(parts) / len(Y))


def _name(C, net, generator):
    ids = [0] * BLOCK
    while len(ids) < BLOCK + 40:
        p = torch.softmax(net(C[torch.tensor([ids[-BLOCK:]])].flatten(1)), dim=1)
        ids.append(int(torch.multinomial(p[0], 1, generator=generator)))
        if ids[-1] == 0:
            break
    return "".join(TEXT["letters"][one] for one in ids[BLOCK:] if one)


def _norms(net):
    return [layer for layer in net.layers if hasattr(layer, "running_mean")]


def _plain(kind, C, net):
    """Return what one net has learned, as data: its parameters and the running averages of each BatchNorm."""
    state = {f"{kind} C": C.detach().clone()}
    state |= {f"{kind} parameter {i}": one.detach().clone() for i, one in enumerate(net.parameters())}
    for i, layer in enumerate(_norms(net)):
        state[f"{kind} mean {i}"] = layer.running_mean.detach().reshape(-1).clone()
        state[f"{kind} var {i}"] = layer.running_var.detach().reshape(-1).clone()
    return state


def _model(kind, state):
    net = _fresh(kind)
    for i, one in enumerate(net.parameters()):
        one.data = state[f"{kind} parameter {i}"].clone()
        one.requires_grad_(True)
    for i, layer in enumerate(_norms(net)):
        layer.training = True
        layer.running_mean = state[f"{kind} mean {i}"].clone()
        layer.running_var = state[f"{kind} var {i}"].clone()
    return state[f"{kind} C"].clone().requires_grad_(), net
