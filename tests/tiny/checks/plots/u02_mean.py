"""The plots of unit 2: one of each kind of panel."""

import numpy as np

PLOTS = {
    "means": {
        "about": "the means of four columns",
        "uses": ["column_means"],
        "beside": True,
    },
    "kinds": {
        "about": "one panel of each kind",
        "uses": ["column_means"],
        "on": "to be or not",
    },
    "walk": {
        "about": "where the point has come to",
        "uses": ["column_means"],
        "run": True,
    },
}
TABLE = np.array([[1.0, 5.0, 2.0, 0.0], [3.0, 1.0, 2.0, 8.0], [2.0, 3.0, 8.0, 1.0]])


def means(state, on):
    return {
        "title": "The means of {number} columns",
        "facts": {"number": 4},
        "panels": [
            {"kind": "curves", "curves": {"means": learner.column_means(TABLE)}, "x": "column", "y": "mean",
             "lines": {"all of them": TABLE.mean()}},
        ],
    }  # fmt: skip


def kinds(state, on):
    found = learner.column_means(TABLE)
    rng = np.random.default_rng(1)
    points = rng.normal(size=(6, 2))
    side = np.linspace(-2, 2, 20)
    return {
        "title": "One of each",
        "columns": 2,
        "note": "A note.",
        "panels": [
            {"kind": "heat", "title": "a table", "values": TABLE - found, "rows": ["a", "b", "c"],
             "columns": ["p", "q", "r", "s"], "centre": True, "unit": "gap", "x": "column", "y": "row"},
            {"kind": "histograms", "title": "numbers", "values": {"narrow": rng.normal(size=400), "wide":
             3 * rng.normal(size=400)}, "span": [-6.0, 6.0], "x": "number", "y": "share (%)"},
            {"kind": "bars", "title": "shares", "bars": {"first": [0.1, 0.5], "second": [0.25, 1.0]},
             "names": ["left", "right"], "percent": True},
            {"kind": "graph", "title": "sum", "nodes": [[["a", "data 1"], "in"], [["b", "data 2"], "in"], [["+"], "op"],
             [["c", "data 3"], "value"]], "edges": [[0, 2], [1, 2], [2, 3]]},
            {"kind": "plane", "title": "a border", "points": points, "classes": [int(x > 0) for x, _ in points],
             "ground": [[float(x > 0) for x in side] for _ in side], "across": [-2.0, 2.0], "up": [-2.0, 2.0],
             "names": ["left", "right"], "x": "x", "y": "y"},
            {"kind": "tokens", "title": "words", "rows": [["letters", list(on)], ["words", on.split(" ")]]},
        ],
    }  # fmt: skip


def walk(state, on):
    point = state["point"]
    return {
        "title": "Where the point is",
        "panels": [
            {
                "kind": "bars",
                "bars": {"point": point},
                "names": [f"axis {at}" for at in range(len(point))],
                "y": "place",
            }
        ],
    }
