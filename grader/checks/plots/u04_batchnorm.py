"""The plots of unit 04: a deep net before its first step, how fast its weights move, and what BatchNorm does."""

import torch
from torch.nn import functional

PLOTS = {
    "activations": {
        "about": "what comes out of each tanh, and how much of it is saturated",
        "uses": ["deep_net", "saturation"],
    },
    "gradients": {
        "about": "the gradient at each layer, where weights begin too small, right, or too large",
        "uses": ["deep_net"],
    },
    "dead": {
        "about": "ReLU units that no example wakes: dead ones",
        "uses": ["saturation"],
    },
    "updates": {
        "about": "update:data ratios while a net trains",
        "uses": ["deep_net", "gauges"],
        "cpu": 60.0,
    },
    "batchnorm": {
        "about": "what goes into tanh, before BatchNorm and after it",
        "uses": ["batch_norm"],
    },
}
IN, WIDE, OUT, DEEP, EXAMPLES = 30, 100, 27, 5, 500
GAINS = {"a fifth of Kaiming's weights": 0.2, "Kaiming's weights": 1.0, "three times Kaiming's weights": 3.0}


def activations(state, on):
    panels, groups = [], {}
    for name, gain in GAINS.items():
        outs = _outs(_net(gain))
        values = {f"layer {at}": out.detach().flatten() for at, out in enumerate(outs, 1)}
        panels.append(_spread(name, values, "what comes out of tanh", [-1.0, 1.0]))
        groups[name] = [float(learner.saturation_fraction(out.detach())) for out in outs]
    names = [f"layer {at}" for at in range(1, DEEP + 1)]
    panels.append({
        "kind": "bars", "title": "Saturated: |tanh| > 0.97", "bars": groups, "names": names, "percent": True,
        "y": "share of numbers",
    })  # fmt: skip
    return {
        "title": "What comes out of each layer before the first step",
        "panels": panels,
        "columns": 2,
        "note": "Too small: it dies out from layer to layer. Too large: tanh says -1 or 1, where its slope is 0.",
    }


def gradients(state, on):
    panels = []
    for name, gain in GAINS.items():
        net = _net(gain)
        outs = _outs(net)
        for out in outs:
            out.retain_grad()
        _, y = _examples()
        functional.cross_entropy(net.layers[-1](outs[-1]), y).backward()
        logs = {f"layer {at}": _logs(out.grad) for at, out in enumerate(outs, 1)}
        panels.append(_spread(name, logs, "log10 of the size of the gradient", [-9.0, -2.0]))
    return {
        "title": "The gradient that arrives at each layer, before the first step",
        "panels": panels,
        "note": "Where the curves lie on each other, all layers learn at one speed. Where they part, some stand still.",
    }


def dead(state, on):
    generator = torch.Generator().manual_seed(3)
    x, panels = torch.randn(80, WIDE, generator=generator), []
    W = torch.randn(WIDE, WIDE, generator=generator) * (2 / WIDE) ** 0.5
    for name, shift in {"biases 0": 0.0, "biases -2": -2.0, "biases -4": -4.0}.items():
        pre = x @ W + shift
        asleep = learner.dead_relu_units(pre)
        count = int(asleep.sum()) if asleep.dtype == torch.bool else len(asleep)
        panels.append({
            "kind": "heat", "title": "{name}: {dead} of {all} units are dead",
            "facts": {"name": name, "dead": count, "all": WIDE}, "values": (pre > 0).float(), "x": "unit",
            "y": "example",
        })  # fmt: skip
    return {
        "title": "Which example wakes which ReLU: an empty column is a dead unit",
        "panels": panels,
        "note": "In colour: the unit is awake. Nothing flows back through a dead unit, so nothing changes it.",
    }


def updates(state, on):
    curves, panels, rate = {}, [], 0.1
    for name, norm in {"Kaiming's weights": False, "BatchNorm": True}.items():
        torch.manual_seed(4)
        net = learner.deep_net(IN, WIDE, OUT, DEEP, norm)
        X, Y = _examples(4 * EXAMPLES)
        params = net.parameters()
        for p in params:
            p.requires_grad_(True)
        weights = [p for p in params if p.ndim == 2]
        rows, generator = [], torch.Generator().manual_seed(5)
        for _ in range(300):
            ix = torch.randint(len(X), (32,), generator=generator)
            loss = functional.cross_entropy(net(X[ix]), Y[ix])
            for p in params:
                p.grad = None
            loss.backward()
            rows.append([float(one) for one in learner.update_to_data_ratio(weights, rate)])
            for p in params:
                p.data -= rate * p.grad
        table = torch.tensor(rows).T
        curves = {f"layer {at}": one for at, one in enumerate(table[:-1], 1)} | {"the last layer": table[-1]}
        panels.append({
            "kind": "curves", "title": name, "curves": curves, "lines": {"a good size": -3.0}, "x": "step",
            "y": "log10 of update : data",
        })  # fmt: skip
    return {
        "title": "How far a step moves the weights, beside how large they are",
        "panels": panels,
        "note": "Learning rate 0.1. Far above -3 the weights are thrown about, far below they hardly move.",
    }


def batchnorm(state, on):
    generator = torch.Generator().manual_seed(6)
    shift = torch.randn(WIDE, generator=generator) * 4
    pre = torch.randn(EXAMPLES, WIDE, generator=generator) * 3 + shift
    after = learner.batch_norm(pre, torch.ones(1, WIDE), torch.zeros(1, WIDE))
    panels = []
    for name, x in {"before BatchNorm": pre, "after BatchNorm": after}.items():
        units = {f"unit {at + 1}": x[:, at].detach() for at in range(4)}
        panels.append(_spread(name, units, "what goes into tanh", [-12.0, 12.0]))
    for name, x in {"before BatchNorm": pre, "after BatchNorm": after}.items():
        out = torch.tanh(x)
        panels.append({
            **_spread("{name}: {share} saturated", {"all units": out.detach().flatten()}, "what comes out of tanh",
                      [-1.0, 1.0]),
            "facts": {"name": name, "share": f"{float((out.abs() > 0.97).float().mean()):.0%}"},
        })  # fmt: skip
    return {"title": "BatchNorm: every unit gets mean 0 and spread 1, in every batch", "panels": panels, "columns": 2}


def _spread(title, values, x, span):
    return {
        "kind": "histograms", "title": title, "values": values, "span": span, "x": x, "y": "share (%)",
    }  # fmt: skip


def _examples(count=EXAMPLES):
    generator = torch.Generator().manual_seed(1)
    X = torch.randn(count, IN, generator=generator)
    return X, torch.randint(OUT, (count,), generator=generator)


def _net(gain):
    torch.manual_seed(2)
    net = learner.deep_net(IN, WIDE, OUT, DEEP, False)
    for one in net.parameters()[:-2]:
        if one.ndim == 2:
            one.data *= gain
    for one in net.parameters():
        one.requires_grad_(True)
    return net


def _outs(net):
    x, outs = _examples()[0], []
    for layer in net.layers[:-1]:
        x = layer(x)
        if type(layer).__name__ == "Tanh":
            outs.append(x)
    return outs


def _logs(grad):
    return grad.abs().clamp(min=1e-12).log10().flatten()
