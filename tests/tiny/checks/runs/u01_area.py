"""The run of unit 1: a square grows until its area is 4. Pure Python: what is saved are lists of numbers."""

import random

RUN = {
    "about": "a square grows until its area is 4",
    "uses": ["area"],
    "steps": 6,
    "chunk": 2,
    "loss": "squared error",
    "compare": {"": "The side should be 2."},
}


def begin(seed):
    return {"side": [1.0], "seen": [seed]}


def advance(state, seed, step, count, total):
    (side,), losses = state["side"], []
    for _ in range(count):
        gap = learner.Polygon([(0, 0), (side, 0), (side, side), (0, side)]).area() - 4
        losses.append(squared([gap]))
        side -= gap * (0.1 + 0.01 * random.random())
    return {"side": [side], "seen": [*state["seen"], seed]}, losses


def finish(state, seed):
    return {
        "measures": {"the side": state["side"][0], "chunks": len(state["seen"]) - 1},
        "pictures": {"It": ["+---+", "|   |", "+---+"]},
    }
