"""The plots of unit 03: a learning rate is looked for, and where the letters stand."""

PLOTS = {
    "rates": {
        "about": "the loss while the learning rate grows, and the rate that you suggest",
        "uses": ["train_mlp", "learning_rate"],
        "run": True,
    },
    "letters": {
        "about": "where the letters stand, in the plane that shows most of their embedding",
        "uses": ["train_mlp"],
        "run": True,
    },
}


def rates(state, on):
    lrs = learner.exponential_lrs(-3.0, 0.0, SEARCHED)
    rate = float(learner.suggest_lr(lrs, state["searched"]))
    losses = torch.tensor(state["searched"], dtype=torch.float64)
    window = 25
    smooth = losses.unfold(0, window, 1).mean(1)
    return {
        "title": "One training run whose learning rate grows at every step",
        "panels": [
            {
                "kind": "curves",
                "title": "You suggest {rate}",
                "facts": {"rate": rate},
                "curves": {"mean loss of 25 steps": smooth},
                "at": [float(one) for one in lrs[window // 2 :][: len(smooth)]],
                "log": "x",
                "x": "learning rate",
                "y": "loss (nats)",
            }
        ],
        "note": "Left: the steps are short. Right: the loss jumps. A good rate is in the valley.",
    }


def letters(state, on):
    C = state["C"].double()
    centred = C - C.mean(0)
    share = torch.linalg.svdvals(centred) ** 2
    flat = centred @ torch.linalg.svd(centred, full_matrices=False)[2][:2].T
    itos = TEXT["itos"]
    vowels = [int(itos[at] in "aeiouy") + 2 * int(itos[at] == ".") for at in range(len(C))]
    low, high = flat.min(0).values, flat.max(0).values
    pad = 0.1 * (high - low)
    return {
        "title": "What the net makes of the letters",
        "panels": [
            {
                "kind": "plane",
                "title": "{share} of the embedding's spread is seen in this plane",
                "facts": {"share": f"{float(share[:2].sum() / share.sum()):.0%}"},
                "points": flat,
                "classes": vowels,
                "labels": [itos[at] for at in range(len(C))],
                "names": ["consonants", "vowels and y", "the dot"],
                "across": [float(low[0] - pad[0]), float(high[0] + pad[0])],
                "up": [float(low[1] - pad[1]), float(high[1] + pad[1])],
                "x": "first direction",
                "y": "second direction",
            }
        ],
    }
