"""The plots of unit 08: where each head looks, in a text and in brackets."""

import random

import torch

PLOTS = {
    "attention": {
        "about": "where each head looks, on a sentence of your choice",
        "uses": ["gpt", "induction_task"],
        "on": "The cat sat on the mat.",
        "run": True,
    },
    "brackets": {
        "about": "where each head looks, in a GPT that closes brackets; it is trained first, some seconds",
        "uses": ["gpt", "induction_task"],
        "on": "([{}]())[]{()}",
        "cpu": 120.0,
    },
}
MOST_LETTERS, SHOWN_HEADS = 32, 4
PAIRS = {"(": ")", "[": "]", "{": "}"}
SIGNS = "()[]{}"
DEEP, HEADS, LONG, STEPS = 2, 2, 24, 300


def attention(state, on):
    model, letters = _restored(state, 0)[0], TEXT["letters"]
    shown = [letter for letter in on if letter in letters][:MOST_LETTERS]
    idx = torch.tensor([[letters.index(letter) for letter in shown]])
    last = model.config.n_layer - 1
    panels = [
        _looks(learner.attention_pattern(model, idx, layer, head)[0], shown, "layer {layer}, head {head}",
               {"layer": layer + 1, "head": head + 1})
        for layer in (0, last)
        for head in range(SHOWN_HEADS)
    ]  # fmt: skip
    return {
        "title": "Where each head looks: {text}",
        "facts": {"text": "".join(shown)},
        "panels": panels,
        "columns": SHOWN_HEADS,
        "note": "A row is a letter, and what it takes from the letters before it and from itself; it adds up to 1.",
    }


def brackets(state, on):
    torch.manual_seed(8)
    sizes = {"n_layer": DEEP, "n_head": HEADS, "n_embd": 32}
    model = learner.GPT(learner.GPTConfig(vocab_size=len(SIGNS), block_size=LONG, **sizes))
    optimizer, rng = torch.optim.AdamW(model.parameters(), lr=5e-3), random.Random(8)
    for _ in range(STEPS):
        rows = [_balanced(rng, LONG + 1) for _ in range(32)]
        ids = torch.tensor([[SIGNS.index(sign) for sign in row] for row in rows])
        closes = torch.tensor([[sign in PAIRS.values() for sign in row] for row in rows])
        optimizer.zero_grad()
        model(ids[:, :-1], torch.where(closes[:, 1:], ids[:, 1:], -1))[1].backward()
        optimizer.step()
    shown = [sign for sign in on if sign in SIGNS][:LONG]
    idx = torch.tensor([[SIGNS.index(sign) for sign in shown]])
    right = _right_closings(model, rng)
    marks = _open(shown)
    panels = []
    for layer in range(DEEP):
        for head in range(HEADS):
            weights = learner.attention_pattern(model, idx, layer, head)[0]
            panels.append({**_looks(weights, shown, "layer {layer}, head {head}",
                                    {"layer": layer + 1, "head": head + 1}), "marks": marks})  # fmt: skip
    return {
        "title": "A GPT that closes brackets: {right} of new ones are right",
        "facts": {"right": f"{right:.0%}"},
        "panels": panels,
        "columns": 2,
        "note": "o is the bracket that is to be closed next. A head that shines there has found out what matters.",
    }


def _looks(weights, shown, title, facts):
    return {
        "kind": "heat", "title": title, "facts": facts, "values": weights, "rows": shown, "columns": shown,
        "x": "looked at", "y": "from", "unit": "weight",
    }  # fmt: skip


def _balanced(rng, length):
    """Return a beginning of balanced brackets."""
    text, stack = [], []
    while len(text) < length:
        if stack and (len(stack) >= 6 or rng.random() < 0.5):
            text.append(PAIRS[stack.pop()])
        else:
            stack.append(rng.choice("([{"))
            text.append(stack[-1])
    return text


def _open(shown):
    """Return rows of marks: the innermost bracket that is open after each sign."""
    marks, stack = [], []
    for at, sign in enumerate(shown):
        if sign in PAIRS:
            stack.append(at)
        elif stack:
            stack.pop()
        marks.append(["o" if stack and place == stack[-1] else "" for place in range(len(shown))])
    return marks


def _right_closings(model, rng):
    rows = [_balanced(rng, LONG + 1) for _ in range(64)]
    ids = torch.tensor([[SIGNS.index(sign) for sign in row] for row in rows])
    closing = torch.tensor([[sign in PAIRS.values() for sign in row[1:]] for row in rows])
    with torch.no_grad():
        logits = model(ids[:, :-1])[0][..., 1::2]
    said = 2 * logits.argmax(-1) + 1
    return float((said == ids[:, 1:])[closing].float().mean())
