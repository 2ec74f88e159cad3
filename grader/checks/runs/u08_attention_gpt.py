"""The run of unit 08: a GPT of four blocks learns to write."""

import torch

RUN = {
    "about": "a GPT of four blocks learns a text, character by character",
    "uses": ["get_batch", "gpt", "generate"],
    "steps": 2000,
    "chunk": 20,
    "cpu": 60.0,
    "memory": 1024,
    "data": ["shakespeare", "text"],
    "floor": {"text": 0.5677},
    "compare": {
        "text": "Our solution comes to about 0.63 on train and 0.71 on dev here.",
        "shakespeare": "The lecture's GPT, fifty times as large, comes to 1.48 on dev; one so small to about 1.8.",
    },
}
BLOCK, BATCH, RATE = 64, 32, 3e-3
MEASURED, WRITTEN = 20, 500
KEPT = ("exp_avg", "exp_avg_sq")  # of AdamW, for each parameter
TEXT = {}


def prepare(text):
    letters = sorted(set(text))
    ids = {letter: number for number, letter in enumerate(letters)}
    data = torch.tensor([ids[letter] for letter in text], dtype=torch.int64)
    cut = int(0.9 * len(data))
    TEXT.update(letters=letters, train=data[:cut], dev=data[cut:])


def begin(seed):
    model = _model()
    moments = {f"{name}.{kind}": torch.zeros_like(p) for name, p in model.named_parameters() for kind in KEPT}
    return {**model.state_dict(), **moments}


def advance(state, seed, step, count, total):
    model, optimizer = _restored(state, step)
    losses = []
    for at in range(step, step + count):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - 0.9 * at / total)
        loss = model(*learner.get_batch(TEXT["train"], BLOCK, BATCH))[1]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    moments = {f"{name}.{kind}": optimizer.state[p][kind] for name, p in model.named_parameters() for kind in KEPT}
    return {**_plain(model), **moments}, losses


def finish(state, seed):
    model, _ = _restored(state, 0)
    measures = {
        name: float(
            learner.estimate_loss(model, lambda data=TEXT[name]: learner.get_batch(data, BLOCK, BATCH), MEASURED)
        )
        for name in ("train", "dev")
    }
    ids = learner.generate(model, torch.zeros(1, 1, dtype=torch.int64), WRITTEN)[0].tolist()
    return {"measures": measures, "samples": ["".join(TEXT["letters"][number] for number in ids).strip()]}


def _model():
    sizes = {"n_layer": 4, "n_head": 4, "n_embd": 64}
    return learner.GPT(learner.GPTConfig(vocab_size=len(TEXT["letters"]), block_size=BLOCK, **sizes))


def _plain(model):
    return {name: value.detach() for name, value in model.state_dict().items()}


def _restored(state, step):
    """Return model and optimizer as they were after so many steps."""
    model = _model()
    model.load_state_dict({name: state[name] for name in model.state_dict()})
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    for name, p in model.named_parameters():
        moments = {kind: state[f"{name}.{kind}"].clone() for kind in KEPT}
        optimizer.state[p] = {"step": torch.tensor(float(step)), **moments}
    return model, optimizer
