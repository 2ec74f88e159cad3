"""The run of unit 13: a transformer in NumPy learns a text, and the time of a step is held against torch's."""

import time
from types import SimpleNamespace

import numpy as np

RUN = {
    "about": "a transformer of two blocks learns a text, forward and backward in NumPy",
    "uses": ["gpt2_forward", "gpt2_backward", "train"],
    "steps": 2000,
    "chunk": 20,
    "cpu": 60.0,
    "memory": 1024,
    "data": ["shakespeare", "text"],
    "floor": {"text": 0.5677},
    "compare": {
        "text": "Our solution comes to about 0.8 on train and on dev here.",
        "shakespeare": "The GPT of the lecture, with ten million parameters, comes to 1.48 on dev there.",
    },
    "beside": "step_of_torch",
}
LAYERS, HEADS, WIDE, BLOCK, BATCH, PAD, RATE = 2, 4, 48, 32, 16, 16, 3e-3
MEASURED, WRITTEN, TIMED = 5, 200, 5
BETAS, EPS, DECAY = (0.9, 0.99), 1e-8, 0.01
TEXT = {}


def prepare(text):
    letters = sorted(set(text))
    ids = {letter: number for number, letter in enumerate(letters)}
    data = np.array([ids[letter] for letter in text])
    cut = int(0.9 * len(data))
    padded = -(-len(letters) // PAD) * PAD
    sizes = {"max_seq_len": BLOCK, "vocab_size": len(letters), "padded_vocab_size": padded}
    sizes |= {"num_layers": LAYERS, "num_heads": HEADS, "channels": WIDE}
    TEXT.update(letters=letters, train=data[:cut], dev=data[cut:], cfg=SimpleNamespace(**sizes))


def begin(seed):
    rng, L, C = np.random.default_rng(seed), LAYERS, WIDE
    less = (2 * L) ** -0.5  # where a block adds to the stream
    weights = {"wte": ((TEXT["cfg"].padded_vocab_size, C), 1), "wpe": ((BLOCK, C), 1), "qkvw": ((L, 3 * C, C), 1)}
    weights |= {"attprojw": ((L, C, C), less), "fcw": ((L, 4 * C, C), 1), "fcprojw": ((L, C, 4 * C), less)}
    state = {name: rng.normal(size=shape) * 0.02 * size for name, (shape, size) in weights.items()}
    state |= {"ln1w": np.ones((L, C)), "ln2w": np.ones((L, C)), "lnfw": np.ones(C)}
    zeros = {"ln1b": C, "qkvb": 3 * C, "attprojb": C, "ln2b": C, "fcb": 4 * C, "fcprojb": C}
    state |= {name: np.zeros((L, size)) for name, size in zeros.items()} | {"lnfb": np.zeros(C)}
    state = {name: value.astype(np.float32) for name, value in state.items()}
    moments = {f"{kind}.{name}": np.zeros_like(value) for name, value in state.items() for kind in "mv"}
    return {**state, **moments, "sizes": [BATCH, BLOCK, HEADS, len(TEXT["letters"])]}


def advance(state, seed, step, count, total):
    rng, parts, losses = np.random.default_rng(seed), _parts(state), []
    for at in range(step, step + count):
        losses.append(_step(*parts, _batch(rng, "train"), RATE * (1 - 0.9 * at / total), at + 1))
    return _joined(*parts), losses


def finish(state, seed):
    rng, (params, m, v) = np.random.default_rng(seed), _parts(state)
    found = {}
    for name in ("train", "dev"):
        losses = [learner.gpt2_forward(params, *_batch(rng, name), TEXT["cfg"])[0] for _ in range(MEASURED)]
        found[name] = float(np.mean(losses))
    text = _text(params, rng)
    taken = []
    for at in range(TIMED):
        batch, before = _batch(rng, "train"), time.process_time()
        _step(params, m, v, batch, 0.0, at + 1)
        taken.append(time.process_time() - before)
    return {"measures": found | {"a step of yours, ms": 1000 * sorted(taken)[TIMED // 2]}, "samples": [text]}


def _step(params, m, v, batch, rate, t):
    loss, acts = learner.gpt2_forward(params, *batch, TEXT["cfg"])
    grads = learner.gpt2_backward(params, acts, *batch, TEXT["cfg"])
    learner.gpt2_update(params, grads, m, v, rate, *BETAS, EPS, DECAY, t)
    return float(loss)


def _batch(rng, name):
    data = TEXT[name]
    rows = rng.integers(len(data) - BLOCK, size=BATCH)[:, None] + np.arange(BLOCK)
    return data[rows], data[rows + 1]


def _parts(state):
    """Return parameters and both averages of AdamW."""
    names = [name for name in state if "." not in name and name != "sizes"]
    return tuple({name: state[f"{kind}{name}"].copy() for name in names} for kind in ("", "m.", "v."))


def _joined(params, m, v):
    moments = {f"{kind}.{name}": value for kind, one in (("m", m), ("v", v)) for name, value in one.items()}
    return {**params, **moments, "sizes": [BATCH, BLOCK, HEADS, len(TEXT["letters"])]}


def _text(params, rng):
    ids = [int(TEXT["dev"][0])]
    for _ in range(WRITTEN):
        window = np.array([ids[-BLOCK:]])
        acts = learner.gpt2_forward(params, window, 0 * window, TEXT["cfg"])[1]
        p = np.asarray(acts["probs"])[0, -1, : len(TEXT["letters"])].astype(np.float64)
        ids.append(int(rng.choice(len(p), p=p / p.sum())))
    return "".join(TEXT["letters"][number] for number in ids).strip()
