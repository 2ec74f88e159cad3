"""The plots of unit 05: what cross entropy does to each logit."""

import numpy as np

PLOTS = {
    "dlogits": {
        "about": "the gradient of the loss at each logit: a pull and many pushes",
        "uses": ["cross_entropy_backward"],
        "beside": True,
    },
}


def dlogits(state, on):
    rng = np.random.default_rng(3)
    logits, targets = rng.normal(size=(12, 27)), rng.integers(27, size=12)
    found = learner.cross_entropy_backward(logits, targets)
    letters = ["."] + [chr(ord("a") + at) for at in range(26)]
    return {
        "title": "What cross entropy does to the logits",
        "panels": [
            {
                "kind": "heat",
                "title": "dL/dlogits",
                "values": found,
                "rows": [letters[at] for at in targets],
                "columns": letters,
                "centre": True,
                "y": "the letter that comes next",
                "x": "logit",
                "unit": "gradient",
            }
        ],
        "note": "A row adds up to 0: the right logit is pulled up as hard as all others are pushed down together.",
    }
