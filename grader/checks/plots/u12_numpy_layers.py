"""The plots of unit 12: three spirals, and the borders that a net of the learner's layers has drawn between them."""

import numpy as np

PLOTS = {
    "spirals": {
        "about": "three spirals, and where the net draws the borders",
        "uses": ["linear", "activations", "sequential", "losses", "norms", "dropout", "optimizers"],
        "run": True,
    },
}


def spirals(state, on):
    net = _restored(state, 0)[0]
    net.eval()
    x, y = _points(1)
    side = np.linspace(-1.2, 1.2, 120)
    grid = np.array([[across, up] for up in side for across in side])
    right = float(np.mean(net.forward(x).argmax(axis=1) == y))
    return {
        "title": "Three spirals, parted by your own layers",
        "panels": [
            {
                "kind": "plane",
                "title": "{right} of {all} points are on the right side",
                "facts": {"right": f"{right:.1%}", "all": len(y)},
                "points": x,
                "classes": y,
                "ground": net.forward(grid).argmax(axis=1).reshape(len(side), len(side)).astype(float),
                "across": [-1.2, 1.2],
                "up": [-1.2, 1.2],
                "names": ["arm 1", "arm 2", "arm 3"],
                "x": "x",
                "y": "y",
            }
        ],
    }
