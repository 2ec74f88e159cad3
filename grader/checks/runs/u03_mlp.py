"""The run of unit 03: a learning rate is looked for, then the MLP learns names."""

import torch

RUN = {
    "about": "an MLP with three letters of context learns names",
    "uses": ["build_dataset", "split_words", "train_mlp", "learning_rate", "evaluate_sample"],
    "steps": {"": 10000, "lecture_names": 200000},
    "chunk": 250,
    "data": ["lecture_names", "names"],
    "floor": {"names": 1.5722},
    "compare": {
        "names": "Our solution comes to about 1.94 on train and 1.99 on dev here.",
        "lecture_names": "The lecture comes to about 2.12 on train and 2.17 on dev.",
    },
}
BLOCK, EMBED, HIDDEN, BATCH, SEARCHED = 3, 10, 200, 32, 1000
TEXT = {}


def prepare(text):
    words, _ = words_of(text)
    letters = [".", *sorted(set("".join(words)))]
    TEXT["stoi"], TEXT["itos"] = {letter: at for at, letter in enumerate(letters)}, dict(enumerate(letters))
    for name, part in zip(("train", "dev", "test"), learner.split_words(words), strict=True):
        TEXT[name] = learner.build_dataset(part, TEXT["stoi"], BLOCK)


def begin(seed):
    generator = torch.Generator().manual_seed(seed)
    rates = learner.exponential_lrs(-3.0, 0.0, SEARCHED)
    searched = learner.train_mlp(_fresh(generator), *TEXT["train"], rates, BATCH, generator)
    return {**_plain(_fresh(generator)), "searched": [float(loss) for loss in searched]}


def advance(state, seed, step, count, total):
    params = _params(state)
    rates = [0.1 if at < total / 2 else 0.01 for at in range(step, step + count)]
    losses = learner.train_mlp(params, *TEXT["train"], rates, BATCH, torch.Generator().manual_seed(seed))
    return {**_plain(params), "searched": state["searched"]}, [float(loss) for loss in losses]


def finish(state, seed):
    params, generator = _params(state), torch.Generator().manual_seed(seed)
    rate = learner.suggest_lr(learner.exponential_lrs(-3.0, 0.0, SEARCHED), state["searched"])
    losses = {name: float(learner.evaluate(params, *TEXT[name])) for name in ("train", "dev", "test")}
    return {
        "measures": {**losses, "your suggested rate": float(rate)},
        "curves": {"Loss while the learning rate grows from 0.001 to 1:": state["searched"]},
        "samples": [learner.sample_mlp(params, TEXT["itos"], BLOCK, generator) for _ in range(10)],
    }


def _fresh(generator):
    vocab, wide = len(TEXT["stoi"]), BLOCK * EMBED
    params = {
        "C": torch.randn(vocab, EMBED, generator=generator),
        "W1": torch.randn(wide, HIDDEN, generator=generator) / wide**0.5,
        "b1": torch.zeros(HIDDEN),
        "W2": torch.randn(HIDDEN, vocab, generator=generator) * 0.01,
        "b2": torch.zeros(vocab),
    }
    return {name: p.requires_grad_() for name, p in params.items()}


def _plain(params):
    return {name: p.detach() for name, p in params.items()}


def _params(state):
    return {name: state[name].clone().requires_grad_() for name in state if name != "searched"}
