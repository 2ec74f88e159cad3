"""The plots of unit 07: how far a gradient gets, step by step back in time."""

PLOTS = {
    "decay": {
        "about": "how a gradient decays on its way back: RNN, GRU and LSTM, before and after training",
        "uses": ["rnn_cell", "gru_cell", "lstm_cell", "rnn_lm", "gradient_flow"],
        "run": True,
    },
}


def decay(state, on):
    panels = []
    for title, trained in {"before the first step": False, "after training": True}.items():
        curves = {}
        for kind, name in {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}.items():
            model = _restored(state, kind, 0)[0] if trained else _model(kind)
            flow = _flow(model, kind)
            curves[name] = (flow / flow[-1]).clamp(min=1e-30)
        panels.append({
            "kind": "curves", "title": title, "curves": curves, "at": [float(at) for at in range(1 - BACK, 1)],
            "log": "y", "x": "steps before the last", "y": "gradient, as a share",
        })  # fmt: skip
    return {
        "title": "What arrives of a gradient, {steps} steps back",
        "facts": {"steps": BACK},
        "panels": panels,
        "note": "What does not arrive teaches nothing: the earlier letters have no say in what is learned.",
    }
