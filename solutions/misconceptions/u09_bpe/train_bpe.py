"""Wrong answers to u09.train_bpe, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _trained(text, vocab_size, pick=lambda stats: max(stats, key=stats.get), replace=merge):
    """Train as the solution does, but for the two steps that are handed in."""
    _checked(vocab_size)
    ids, merges, vocab = list(text.encode("utf-8")), {}, _bytes_vocab()
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        if not stats:
            break
        pair = pick(stats)
        ids = replace(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab


@misconception(
    "train_bpe",
    says="You started from code points. There are more than a hundred thousand of them, and 256 is one of them: a new "
    "token then has the id of a letter. Bytes need 256 start symbols, for every text.",
)
def codepoints(text, vocab_size):
    _checked(vocab_size)
    ids, merges, vocab = [ord(char) for char in text], {}, _bytes_vocab()
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        if not stats:
            break
        pair = max(stats, key=stats.get)
        ids = merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = b"".join(vocab.get(part) or chr(part).encode() for part in pair)
    return merges, vocab


@misconception(
    "train_bpe", says="That is one merge too many: with the 256 bytes the vocabulary is larger than asked for."
)
def one_too_many(text, vocab_size):
    _checked(vocab_size)
    return _trained(text, vocab_size + 1)


@misconception(
    "train_bpe",
    says="Where several pairs are the most frequent, you took the one seen last. Ties decide all later rounds: from a "
    "few dozen merges on, the vocabulary is another one.",
)
def tie_last(text, vocab_size):
    return _trained(text, vocab_size, pick=lambda stats: max(reversed(stats), key=stats.get))


@misconception(
    "train_bpe",
    says="You counted once, before the loop. Every merge changes the counts: some pairs are gone, and pairs with the "
    "new token are there.",
)
def stats_stale(text, vocab_size):
    _checked(vocab_size)
    stats = get_stats(text.encode("utf-8"))
    ranked = sorted(stats, key=lambda pair: -stats[pair])[: vocab_size - 256]
    merges = {pair: 256 + i for i, pair in enumerate(ranked)}
    return merges, {**_bytes_vocab(), **{idx: bytes(pair) for pair, idx in merges.items()}}


def _merge_first(ids, pair, idx):
    for i, found in enumerate(pairwise(ids)):
        if found == pair:
            return [*ids[:i], idx, *ids[i + 2 :]]
    return ids


@misconception(
    "train_bpe",
    says="You merged the first occurrence only. So the pair is still the most frequent in the next round, and gets a "
    "second id.",
)
def merge_once(text, vocab_size):
    return _trained(text, vocab_size, replace=_merge_first)


@misconception(
    "train_bpe",
    says="vocab was asked for the bytes of a token that was not in it yet. A new token may be made of earlier "
    "new tokens: build them in the order of training.",
)
def vocab_missing_child(text, vocab_size):
    merges, vocab = _trained(text, vocab_size)[0], _bytes_vocab()
    for (left, right), idx in reversed(merges.items()):
        vocab[idx] = vocab[left] + vocab[right]
    return merges, vocab


@misconception(
    "train_bpe",
    says="Training stops with an error when no pair is left: a text of one token, or none, has no pairs.",
    symptom=True,
)
def crash_when_done(text, vocab_size):
    _checked(vocab_size)
    ids, merges, vocab = list(text.encode("utf-8")), {}, _bytes_vocab()
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        pair = max(stats, key=stats.get)
        ids = merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab


@misconception(
    "train_bpe",
    says="You stopped where no pair occurs twice. Here a pair that occurs once is merged as well, if there is nothing "
    "better.",
)
def stops_at_two(text, vocab_size):
    _checked(vocab_size)
    ids, merges, vocab = list(text.encode("utf-8")), {}, _bytes_vocab()
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        pair = max(stats, key=stats.get, default=None)
        if stats.get(pair, 0) < 2:
            break
        ids = merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab


@misconception(
    "train_bpe",
    says="The bytes of a new token stand in the wrong order: first those of the left part, then those of the "
    "right one.",
)
def right_part_first(text, vocab_size):
    merges, _ = _trained(text, vocab_size)
    vocab = _bytes_vocab()
    for (left, right), idx in merges.items():
        vocab[idx] = vocab[right] + vocab[left]
    return merges, vocab


@misconception(
    "train_bpe",
    says="The two results are in the other order: the merges come first, then the vocabulary.",
)
def results_swapped(text, vocab_size):
    merges, vocab = _trained(text, vocab_size)
    return vocab, merges


@misconception(
    "train_bpe",
    says="You merged the rarest pair: min takes the smallest count. Wanted is the pair that occurs most often, by max.",
)
def rarest_first(text, vocab_size):
    return _trained(text, vocab_size, pick=lambda stats: min(stats, key=stats.get))


@misconception(
    "train_bpe",
    says="Each round finds the same pair again: the ids are still those of the text. merge gives a new list; "
    "the next round must count in it.",
)
def merged_list_dropped(text, vocab_size):
    return _trained(text, vocab_size, replace=lambda ids, _pair, _idx: ids)


def _with_bytes(text, vocab_size, byte):
    """Train as the solution does, where `byte` makes the token of each of the first 256 ids."""
    merges, _ = _trained(text, vocab_size)
    vocab = {idx: byte(idx) for idx in range(256)}
    for (left, right), idx in merges.items():
        vocab[idx] = vocab[left] + vocab[right]
    return merges, vocab


@misconception(
    "train_bpe",
    says="bytes(i) is i zeros. The one byte whose number is i is bytes([i]), of a list.",
)
def bytes_of_a_number(text, vocab_size):
    return _with_bytes(text, vocab_size, bytes)


@misconception(
    "train_bpe",
    says="The tokens from 128 on have two bytes: chr(i) is a character, and UTF-8 writes it with two. Token i is "
    "the one byte i, bytes([i]).",
)
def characters_for_bytes(text, vocab_size):
    return _with_bytes(text, vocab_size, lambda idx: chr(idx).encode("utf-8"))
