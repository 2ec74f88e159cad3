"""The plots of unit 06: the tree over eight letters, as the layers really join them."""

import torch

PLOTS = {
    "tree": {
        "about": "the WaveNet's tree: which letters each place of each level has seen",
        "uses": ["flatten_consecutive", "build_wavenet"],
        "on": "isabella",
    },
}
CHANNELS = 16


def tree(state, on):
    letters = f"{'.' * BLOCK}{on}"[-BLOCK:]
    net = learner.build_wavenet(27, 6, CHANNELS, BLOCK)
    nodes, edges = [[[letter], "in"] for letter in letters], []
    level, seen, x = list(range(BLOCK)), list(letters), torch.zeros(4, BLOCK, 6)
    for layer in net.layers[1:]:
        if type(layer).__name__ != "FlattenConsecutive":
            x = layer(x)
            continue
        fed, x = _fed(layer, x.shape[1], x.shape[2]), layer(x)
        here = [len(nodes) + place for place in range(len(fed))]
        seen = ["".join(seen[at] for at in sources) for sources in fed]
        nodes += [[[text, f"{x.shape[-1]} -> {CHANNELS}"], "value"] for text in seen]
        edges += [[level[at], here[place]] for place, sources in enumerate(fed) for at in sources]
        level = here
    nodes.append([["27 logits"], "op"])
    edges += [[at, len(nodes) - 1] for at in level]
    return {
        "title": "Eight letters become one, two by two",
        "panels": [{"kind": "graph", "nodes": nodes, "edges": edges}],
        "note": "An arrow is drawn where a change of one place changes the other: measured in your layers. Below the "
        "letters: the channels that are joined, and what Linear makes of them.",
    }


def _fed(layer, places, channels):
    """Return for each place that comes out the places that it changes with."""
    still = layer(torch.zeros(2, places, channels))
    out = still.shape[1] if still.ndim == 3 else 1
    fed = [[] for _ in range(out)]
    for at in range(places):
        x = torch.zeros(2, places, channels)
        x[:, at] = 1.0
        moved = (layer(x) != still).reshape(2, out, -1).any(2).any(0)
        for place in moved.nonzero().flatten().tolist():
            fed[place].append(at)
    return fed
