# exercise: train_bpe
# true: the list that merge returns is not kept
# why: ids are still those of the text


def train_bpe(text, vocab_size):
    if vocab_size < 256:
        raise ValueError("vocab_size")
    ids, merges = list(text.encode("utf-8")), {}
    vocab = {i: bytes([i]) for i in range(256)}
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        if not stats:
            break
        pair = max(stats, key=stats.get)
        merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab
