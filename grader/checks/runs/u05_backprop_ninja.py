"""The run of unit 05: the MLP with BatchNorm learns names, with every gradient by hand."""

import numpy as np

RUN = {
    "about": "an MLP with BatchNorm learns names, its gradients by hand",
    "uses": ["train_manual"],
    "steps": {"": 6000, "lecture_names": 200000},
    "chunk": 200,
    "data": ["lecture_names", "names"],
    "floor": {"names": 1.5722},
    "compare": {
        "names": "Our solution comes to about 1.87 on train and 1.94 on dev here.",
        "lecture_names": "The lecture comes to about 2.07 on train and 2.11 on dev here.",
    },
}
BLOCK, EMBED, HIDDEN, BATCH = 3, 10, 200, 64
EPS = 1e-5  # of the unit's BatchNorm
TEXT = {}


def prepare(text):
    words, TEXT["letters"] = words_of(text)
    for name, part in zip(("train", "dev", "test"), split(words), strict=True):
        TEXT[name] = [np.array(one) for one in windows(part, TEXT["letters"], BLOCK)]


def begin(seed):
    rng, vocab, wide = np.random.default_rng(seed), len(TEXT["letters"]), BLOCK * EMBED
    params = {
        "C": rng.normal(size=(vocab, EMBED)),
        "W1": rng.normal(size=(wide, HIDDEN)) * (5 / 3) / wide**0.5,
        "b1": rng.normal(size=HIDDEN) * 0.1,
        "bngain": np.ones((1, HIDDEN)),
        "bnbias": np.zeros((1, HIDDEN)),
        "W2": rng.normal(size=(HIDDEN, vocab)) * 0.1,
        "b2": rng.normal(size=vocab) * 0.1,
    }
    return {**params, "mean": np.zeros((1, HIDDEN)), "var": np.ones((1, HIDDEN))}


def advance(state, seed, step, count, total):
    params, running = _parts(state)
    X, Y = TEXT["train"]
    batches = np.random.default_rng(seed).integers(len(X), size=(count, BATCH))
    losses = learner.train_manual(params, running, X, Y, batches, lambda at: 0.3 if step + at < 0.75 * total else 0.03)
    return {**params, **running}, [float(loss) for loss in losses]


def finish(state, seed):
    rng = np.random.default_rng(seed)
    return {
        "measures": {name: _loss(state, *TEXT[name]) for name in ("train", "dev", "test")},
        "samples": [_sample(state, rng) for _ in range(10)],
    }


def _parts(state):
    return {name: state[name] for name in state if name not in ("mean", "var")}, {
        name: state[name] for name in ("mean", "var")
    }


def _logits(state, contexts):
    """The model outside of training: BatchNorm takes the running numbers."""
    hprebn = state["C"][contexts].reshape(len(contexts), -1) @ state["W1"] + state["b1"]
    bnraw = (hprebn - state["mean"]) / np.sqrt(state["var"] + EPS)
    return np.tanh(state["bngain"] * bnraw + state["bnbias"]) @ state["W2"] + state["b2"]


def _loss(state, X, Y):
    logits = _logits(state, X)
    logits = logits - logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(Y)), Y]))


def _sample(state, rng):
    context, name = [0] * BLOCK, ""
    while len(name) < 40:
        logits = _logits(state, np.array([context]))[0]
        p = np.exp(logits - logits.max())
        letter = int(rng.choice(len(p), p=p / p.sum()))
        if letter == 0:
            break
        context, name = [*context[1:], letter], name + TEXT["letters"][letter]
    return name
