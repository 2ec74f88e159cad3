"""Wrong answers to u09.encode, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _start(text):
    return list(text.encode("utf-8") if isinstance(text, str) else text)


def _encoded(text, merges, pick):
    """Encode as the solution does, but for the choice among the pairs that can be merged."""
    ids = _start(text)
    while True:
        stats = get_stats(ids)
        mergeable = [pair for pair in stats if pair in merges]
        if not mergeable:
            return ids
        pair = pick(mergeable, stats)
        ids = merge(ids, pair, merges[pair])


@misconception(
    "encode",
    says="You merged the pair that is most frequent in this text. Training is over: the order in which the merges were "
    "learned decides, not the counts of this text.",
)
def most_frequent_first(text, merges):
    return _encoded(text, merges, lambda pairs, stats: max(pairs, key=stats.get))


@misconception(
    "encode",
    says="You merged the first pair from the left that is in the table. A pair further right may have been learned "
    "earlier and want the same bytes.",
)
def left_to_right(text, merges):
    return _encoded(text, merges, lambda pairs, _stats: pairs[0])


@misconception(
    "encode",
    says="You took the longest token that fits at each place. BPE is not longest match: it replays the merges, and "
    "they may leave a long token unmade.",
)
def longest_match(text, merges):
    vocab = _bytes_vocab()
    for (left, right), idx in merges.items():
        vocab[idx] = vocab[left] + vocab[right]
    data, ids = bytes(_start(text)), []
    while data:
        idx = max((i for i, token in vocab.items() if data.startswith(token)), key=lambda i: len(vocab[i]))
        ids.append(idx)
        data = data[len(vocab[idx]) :]
    return ids


@misconception(
    "encode",
    says="You merged the pair that was learned last. Later merges are built from earlier ones, so the earliest goes "
    "first.",
)
def highest_first(text, merges):
    return _encoded(text, merges, lambda pairs, _stats: max(pairs, key=merges.get))


@misconception(
    "encode",
    says="You looked for pairs once, in the raw bytes. Each merge makes new pairs, and those can be merged, too.",
)
def one_pass(text, merges):
    ids = _start(text)
    for pair in sorted((pair for pair in get_stats(ids) if pair in merges), key=merges.get):
        ids = merge(ids, pair, merges[pair])
    return ids


@misconception(
    "encode",
    says="A pair was looked up that is not in the table. Where none of the pairs is in it, min still returns "
    "one of them: ask before you merge.",
)
def min_inf(text, merges):
    ids = _start(text)
    while len(ids) >= 2:
        pair = min(get_stats(ids), key=lambda candidate: merges.get(candidate, math.inf))
        ids = merge(ids, pair, merges[pair])
    return ids


@misconception(
    "encode",
    says="Encoding stops with an error where there are no pairs: an empty text has none, and neither has a single id.",
    symptom=True,
)
def min_of_nothing(text, merges):
    ids = _start(text)
    while True:
        pair = min(get_stats(ids), key=lambda candidate: merges.get(candidate, math.inf))
        if pair not in merges:
            return ids
        ids = merge(ids, pair, merges[pair])


@misconception(
    "encode",
    says="You went through the table once, from the last merge to the first. A merge is made of what earlier ones "
    "wrote, so the first learned goes first.",
)
def table_backwards(text, merges):
    ids = _start(text)
    for pair, idx in sorted(merges.items(), key=lambda entry: -entry[1]):
        ids = merge(ids, pair, idx)
    return ids


@misconception(
    "encode",
    says="You merged a single pair and stopped. It goes on until no pair of the table is left.",
)
def one_merge_only(text, merges):
    ids = _start(text)
    known = [pair for pair in get_stats(ids) if pair in merges]
    if not known:
        return ids
    first = min(known, key=merges.get)
    return merge(ids, first, merges[first])


@misconception(
    "encode",
    says="You took the pair that is most frequent in this text, and stopped as soon as it was not in the "
    "table. The table decides: of its pairs that occur, the one learned first is merged.",
)
def frequent_or_nothing(text, merges):
    ids = _start(text)
    while len(ids) >= 2:
        stats = get_stats(ids)
        pair = max(stats, key=stats.get)
        if pair not in merges:
            break
        ids = merge(ids, pair, merges[pair])
    return ids


@misconception(
    "encode",
    says="The ids are still those of the text. merge gives a new list and leaves yours as it is: keep what it returns.",
)
def merged_list_unused(text, merges):
    ids = _start(text)
    for pair, idx in merges.items():
        merge(ids, pair, idx)
    return ids


@misconception(
    "encode",
    says="Your loop does not end. Each round must make the ids shorter, ids = merge(ids, pair, idx), or leave the "
    "loop.",
    symptom=True,
)
def never_shorter(text, merges):
    ids = _start(text)
    while len(ids) >= 2:
        pair = min(get_stats(ids), key=lambda pair: merges.get(pair, math.inf))
        if pair not in merges:
            break
        merge(ids, pair, merges[pair])
    return ids
