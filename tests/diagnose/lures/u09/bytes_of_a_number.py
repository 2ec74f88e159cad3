# exercise: train_bpe
# true: bytes(i) stands where bytes([i]) is meant
# why: bytes(i) is i zeros


def train_bpe(text, vocab_size):
    ids = list(text.encode("utf-8"))
    merges, vocab = {}, {i: bytes(i) for i in range(256)}
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        if not stats:
            break
        pair = max(stats, key=stats.get)
        ids = merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab
