"""The run of unit 02: counting and learning the same table, side by side.

The loop is that of train_neural_bigram, which begins anew each time that it is called; softmax and one_hot are the
learner's.
"""

import torch

RUN = {
    "about": "a table of pairs of letters, counted, and learned by gradient descent",
    "uses": ["build_vocab", "bigram_counts", "normalize_rows", "sample_names", "mean_nll", "one_hot", "softmax"],
    "steps": 200,
    "chunk": 5,
    "cpu": 30.0,
    "memory": 1024,
    "data": ["lecture_names", "names"],
    "floor": {"names": 2.3346},
    "samples": "Names, counted on the left and learned on the right:",
    "compare": {
        "names": "Our solution has 2.338 counted and 2.351 learned here.",
        "lecture_names": "The lecture counts 2.454, and learns about as much.",
    },
}
RATE, REG = 50.0, 0.01
TEXT = {}


def prepare(text):
    words, _ = words_of(text)
    stoi, itos = learner.build_vocab(words)
    ids = [[stoi[letter] for letter in f".{word}."] for word in words]
    xs = torch.tensor([ix for word in ids for ix in word[:-1]])
    ys = torch.tensor([ix for word in ids for ix in word[1:]])
    TEXT.update(words=words, stoi=stoi, itos=itos, xs=xs, ys=ys)


def begin(seed):
    size = len(TEXT["stoi"])
    return {"W": torch.randn((size, size), generator=torch.Generator().manual_seed(seed))}


def advance(state, seed, step, count, total):
    W = state["W"].clone().requires_grad_()
    xenc, rows, ys, losses = learner.one_hot(TEXT["xs"], len(W)).float(), torch.arange(len(TEXT["ys"])), TEXT["ys"], []
    for _ in range(count):
        loss = -learner.softmax(xenc @ W)[rows, ys].log().mean() + REG * (W**2).mean()
        W.grad = None
        loss.backward()
        W.data -= RATE * W.grad
        losses.append(loss.item())
    return {"W": W.detach()}, losses


def finish(state, seed):
    words, stoi, itos = TEXT["words"], TEXT["stoi"], TEXT["itos"]
    models = {
        "counted": learner.normalize_rows(learner.bigram_counts(words, stoi)),
        "learned": learner.softmax(state["W"]),
    }
    names = [learner.sample_names(P, itos, 10, torch.Generator().manual_seed(seed)) for P in models.values()]
    return {
        "measures": {name: float(learner.mean_nll(words, P, stoi)) for name, P in models.items()},
        "samples": [f"{counted:24} {learned}" for counted, learned in zip(*names, strict=True)],
    }
