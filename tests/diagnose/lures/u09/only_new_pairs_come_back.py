# exercise: train_bpe_fast
# true: all pairs of a changed chunk leave the counts, and only those with the new token come back
# why: put back only those with the new token


def train_bpe_fast(path, vocab_size, special_tokens=()):
    rounds = vocab_size - 256 - len(special_tokens)
    if rounds < 0:
        raise ValueError("no room")
    text = Path(path).read_text(encoding="utf-8")
    longest_first = sorted(special_tokens, key=len, reverse=True)
    documents = regex.split("|".join(map(regex.escape, longest_first)) or "(?!)", text)
    found = Counter(chunk for document in documents for chunk in regex.findall(GPT2_SPLIT_PATTERN, document))
    words, times = [list(chunk.encode("utf-8")) for chunk in found], list(found.values())
    counts, where = Counter(), defaultdict(set)
    for i, word in enumerate(words):
        for pair in pairwise(word):
            counts[pair] += times[i]
            where[pair].add(i)
    vocab, merges = {byte: bytes([byte]) for byte in range(256)}, []
    while len(merges) < rounds and max(counts.values(), default=0) > 0:
        most = max(counts.values())
        equals = [pair for pair in counts if counts[pair] == most]
        best = max(equals, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))
        idx = 256 + len(merges)
        merges.append((vocab[best[0]], vocab[best[1]]))
        vocab[idx] = vocab[best[0]] + vocab[best[1]]
        for i in list(where[best]):
            word = words[i]
            if best in pairwise(word):
                for pair in pairwise(word):
                    counts[pair] -= times[i]
                words[i] = merge(word, best, idx)
                for pair in pairwise(words[i]):
                    where[pair].add(i)
                    if idx in pair:
                        counts[pair] += times[i]
        counts.pop(best, None)
    for token in special_tokens:
        vocab[len(vocab)] = token.encode("utf-8")
    return vocab, merges
