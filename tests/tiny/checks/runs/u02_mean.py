"""The run of unit 2: a point goes to the mean of tables, which are made of a text."""

import numpy as np

RUN = {
    "about": "a point walks to the mean of tables",
    "uses": ["column_means"],
    "steps": {"": 20},
    "chunk": 5,
    "cpu": 5.0,
    "data": ["numbers"],
    "floor": {"numbers": 0.0, "": 0.25},
    "compare": {"": "The right means give a loss of about 0.3."},
}
TEXT = {}


def prepare(text):
    TEXT["means"] = np.array([float(word) for word in text.split()])


def begin(seed):
    return {"point": np.random.default_rng(seed).normal(size=len(TEXT["means"]))}


def advance(state, seed, step, count, total):
    point, losses = state["point"], []
    for _ in range(count):
        table = TEXT["means"] + np.random.normal(size=(10, len(TEXT["means"]))) / 2
        gap = point - learner.column_means(table)
        losses.append(float(gap @ gap))
        point = point - 0.3 * gap
    return {"point": point}, losses


def finish(state, seed):
    gap = state["point"] - TEXT["means"]
    return {
        "measures": {"train": float(gap @ gap) + 0.3, "dev": float(gap @ gap) + 0.3},
        "samples": [" ".join(f"{number:.2f}" for number in state["point"])],
    }
