"""The run of unit 09: a tokenizer learns its merges from a text, the way RegexTokenizer.train does, merge by merge."""

RUN = {
    "about": "a tokenizer learns merges from a text",
    "uses": ["get_stats", "merge", "encode", "split_text"],
    "steps": 500,
    "chunk": 20,
    "data": ["shakespeare", "text"],
    "loss": "bytes in a token",
    "samples": "A line of it in tokens, and the longest tokens:",
    "compare": {
        "text": "Our solution has about 4.0 bytes in a token here.",
        "shakespeare": "GPT-2's 50,000 merges come to about 3.3 bytes in a token of this text.",
    },
}
TEXT = {}


def prepare(text):
    counts = {}
    for chunk in learner.split_text(text):
        counts[chunk] = counts.get(chunk, 0) + 1
    TEXT.update(whole=text, size=len(text.encode()), chunks=list(counts), times=list(counts.values()))


def begin(seed):
    return {"merges": []}


def advance(state, seed, step, count, total):
    merges = list(state["merges"])
    chunks = [list(chunk.encode()) for chunk in TEXT["chunks"]]
    for idx, pair in _numbered(merges):
        chunks = [learner.merge(ids, pair, idx) for ids in chunks]
    losses = []
    for _ in range(count):
        counts = {}
        for ids, times in zip(chunks, TEXT["times"], strict=True):
            for pair, number in learner.get_stats(ids).items():
                counts[pair] = counts.get(pair, 0) + number * times
        if counts:
            pair = max(counts, key=counts.get)
            merges += pair
            idx = 255 + len(merges) // 2
            chunks = [learner.merge(ids, pair, idx) if pair[0] in ids else ids for ids in chunks]
        tokens = sum(len(ids) * times for ids, times in zip(chunks, TEXT["times"], strict=True))
        losses.append(TEXT["size"] / tokens)
    return {"merges": merges}, losses


def finish(state, seed):
    vocab, merges = {byte: bytes([byte]) for byte in range(256)}, {}
    for idx, pair in _numbered(state["merges"]):
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    line = next((one for one in TEXT["whole"].splitlines() if len(one) > 40), TEXT["whole"])[:200]
    ids = [idx for chunk in learner.split_text(line) for idx in learner.encode(chunk, merges)]
    longest = sorted(vocab.values(), key=len)[-40:]
    return {
        "measures": {"merges": len(merges), "tokens of a line": len(ids), "bytes of it": len(line.encode())},
        "samples": [
            "|".join(map(_shown, (vocab[idx] for idx in ids))),
            "",
            " ".join(_shown(one).strip() for one in longest),
        ],
    }


def _shown(token):
    return token.decode("utf-8", "replace")


def _numbered(merges):
    return [(256 + at, pair) for at, pair in enumerate(zip(merges[::2], merges[1::2], strict=True))]
