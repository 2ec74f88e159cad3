"""The plots of unit 10: GPT-2's learning-rate schedule, and the norm of the gradient beside where it is clipped."""

PLOTS = {
    "schedule": {
        "about": "the learning rate of each step: warm-up, cosine, and the end",
        "uses": ["get_lr"],
        "beside": True,
    },
    "norms": {
        "about": "the norm of the gradient at each step, and where it is clipped",
        "uses": ["clip_grad_norm"],
        "run": True,
    },
}
HIGH, LOW, WARM, END = 6e-4, 6e-5, 715, 19073


def schedule(state, on):
    at = [*range(0, WARM, 13), *range(WARM, int(1.1 * END), 97)]
    return {
        "title": "The learning rate of GPT-2 (124M)",
        "panels": [
            {
                "kind": "curves",
                "title": "warm-up of {warm} steps, then a cosine until step {end}",
                "facts": {"warm": f"{WARM:,}", "end": f"{END:,}"},
                "curves": {"get_lr": [float(learner.get_lr(it, HIGH, LOW, WARM, END)) for it in at]},
                "at": [float(it) for it in at],
                "x": "step, of 524,288 tokens each",
                "y": "learning rate",
            }
        ],
    }


def norms(state, on):
    return {
        "title": "How large the gradient is",
        "panels": [
            {
                "kind": "curves",
                "curves": {"norm of all gradients together": state["norms"]},
                "lines": {"clipped at": NORM},
                "log": "y",
                "x": "step",
                "y": "norm of the gradient",
            }
        ],
    }
