"""The plots of unit 09: a text in tokens, in colours, as merges are learned."""

PLOTS = {
    "merges": {
        "about": "a text in tokens, in colours, after more and more merges",
        "uses": ["train_bpe", "encode"],
        "on": "The children were playing in the garden while the others were reading.",
        "data": ["shakespeare", "text"],
        "cpu": 60.0,
    },
}
LEARNED, SHOWN = 20000, (0, 20, 80, 300)


def merges(state, on):
    merges, vocab = learner.train_bpe(TEXT["whole"][:LEARNED], 256 + max(SHOWN))
    rows, pairs = [], list(merges.items())
    for count in SHOWN:
        ids = learner.encode(on[:300], dict(pairs[:count]))
        tokens = [vocab[idx].decode("utf-8", "replace") for idx in ids]
        rows.append([f"{count} merges: {len(ids)} tokens", tokens])
    return {
        "title": "The same text, as the tokenizer learns to merge",
        "panels": [{"kind": "tokens", "rows": rows}],
        "note": "The merges are learned from {learned} characters of another text. A colour is a token.",
        "facts": {"learned": f"{min(LEARNED, len(TEXT['whole'])):,}"},
    }
