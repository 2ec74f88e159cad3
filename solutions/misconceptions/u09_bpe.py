"""Wrong solutions of unit 09 that run, each with the sentence a good teacher would say.

They are executed in the solution's namespace, so `merge`, `RegexTokenizer` and the rest are the solution's.
"""

import heapq
import pickle  # noqa: TID251 (what not to do)
import re

from grader import misconception

# 09.01 get_stats


@misconception(
    "get_stats",
    says="The default dict is made once, when Python reads the def line, and survives the call: the counts of the last "
    "text are still in it.",
)
def mutable_default(ids, counts={}):  # noqa: B006 (that is the point)
    for pair in pairwise(ids):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="You left out pairs that overlap the one before. Counting and merging differ: counting is per position, and "
    "in aaa the pair aa stands at two positions.",
)
def non_overlap(ids, counts=None):
    counts = {} if counts is None else counts
    free = {}
    for i, pair in enumerate(pairwise(ids)):
        if i >= free.get(pair, 0):
            counts[pair] = counts.get(pair, 0) + 1
            free[pair] = i + 2
    return counts


@misconception("get_stats", says="Each pair is counted once, however often it occurs. Frequencies are the point.")
def set_of_pairs(ids, counts=None):
    counts = {} if counts is None else counts
    for pair in dict.fromkeys(pairwise(ids)):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception("get_stats", says="Your range ends one too early: n ids have n - 1 pairs, and the last one is missing.")
def triples(ids, counts=None):
    counts = {} if counts is None else counts
    for i in range(len(ids) - 2):
        pair = (ids[i], ids[i + 1])
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="You counted into a copy: the dict that was handed in is as it was. Whoever counts over several lists hands "
    "in the same dict each time, and reads it afterwards.",
)
def into_a_copy(ids, counts=None):
    counts = dict(counts or {})
    for pair in pairwise(ids):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="An empty dict that is handed in is not filled: an empty dict counts as false. What was not handed in is "
    "None.",
)
def empty_is_false(ids, counts=None):
    counts = counts or {}
    for pair in pairwise(ids):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="Counting starts afresh, and the counts that were handed in are lost. Add to them.",
)
def counts_ignored(ids, counts=None):
    return dict(Counter(pairwise(ids)))


# 09.02 merge

_right_merge = merge


@misconception(
    "merge",
    says="After a match you moved on by one, so the second half of the pair is written again. It is used up.",
)
def overlap_i1(ids, pair, idx):
    merged = []
    for i, here in enumerate(ids):
        found = i < len(ids) - 1 and (here, ids[i + 1]) == pair
        merged.append(idx if found else here)
    return merged


@misconception(
    "merge",
    says="You searched from the right. Where occurrences overlap, the left one counts: aaa becomes [X, a].",
)
def right_to_left(ids, pair, idx):
    merged, i = [], len(ids) - 1
    while i >= 0:
        found = i > 0 and (ids[i - 1], ids[i]) == pair
        merged.append(idx if found else ids[i])
        i -= 2 if found else 1
    return merged[::-1]


@misconception("merge", says="Your loop ends before the last id, so the last id is lost when it is in no pair.")
def last_dropped(ids, pair, idx):
    merged, i = [], 0
    while i < len(ids) - 1:
        found = (ids[i], ids[i + 1]) == pair
        merged.append(idx if found else ids[i])
        i += 2 if found else 1
    return merged


@misconception("merge", says="At the last id you looked at its right neighbour, and it has none.")
def index_error(ids, pair, idx):
    merged, i = [], 0
    while i < len(ids):
        found = (ids[i], ids[i + 1]) == pair
        merged.append(idx if found else ids[i])
        i += 2 if found else 1
    return merged


@misconception(
    "merge",
    says="You marked all matches at once, before replacing any. Where they overlap, that marks too many: aaa became X, "
    "and the third a is gone.",
)
def vectorised_mask(ids, pair, idx):
    starts = [i < len(ids) - 1 and (ids[i], ids[i + 1]) == pair for i in range(len(ids))]
    ends = [False, *starts][:-1]
    return [
        idx if start else here
        for here, start, end in zip(ids, [s and not e for s, e in zip(starts, ends, strict=True)], ends, strict=True)
        if not end
    ]


@misconception(
    "merge",
    says="You searched in the digits of the ids: in the text '11 2' stands '1 2', but the id 11 is not the id 1.",
)
def string_replace(ids, pair, idx):
    text = " ".join(map(str, ids)).replace(f"{pair[0]} {pair[1]}", str(idx))
    return [int(word) for word in text.split()]


@misconception(
    "merge",
    says="An id above 255 is no byte, and after the first merge there are such ids.",
    symptom=True,
)
def bytes_replace(ids, pair, idx):
    parts = bytes(ids).split(bytes(pair))
    return [i for part in parts for i in [idx, *part]][1:]


@misconception(
    "merge",
    says="Twice the list takes four times as long: at each step something is done to the whole list. Deleting "
    "from its middle moves all that stands behind; adding two lists copies both.",
    symptom=True,
)
def quadratic(ids, pair, idx):
    ids, i = list(ids), 0
    while i < len(ids) - 1:
        if (ids[i], ids[i + 1]) == pair:
            ids[i] = idx
            del ids[i + 1]
        i += 1
    return ids


@misconception(
    "merge",
    says="The list that you were given is changed. Whoever handed it in still needs it; write a new one.",
    symptom=True,
)
def in_place(ids, pair, idx):
    ids[:] = _right_merge(ids, pair, idx)
    return ids


# 09.03 train_bpe


def _bytes_vocab():
    return {byte: bytes([byte]) for byte in range(256)}


def _checked(vocab_size):
    if vocab_size < 256:
        raise ValueError(f"vocab_size must be at least 256: got {vocab_size}")


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


# 09.04 encode


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


# 09.05 decode


@misconception(
    "decode",
    says="You decoded token by token. A token may hold half a character, and half an emoji is not valid UTF-8.",
)
def per_token(ids, vocab):
    return "".join(vocab[idx].decode("utf-8", errors="replace") for idx in ids)


@misconception(
    "decode",
    says="Decoding stops at bytes that are no valid UTF-8. A model puts out such sequences, and your program "
    "must survive them.",
    symptom=True,
)
def strict(ids, vocab):
    return b"".join(vocab[idx] for idx in ids).decode("utf-8")


@misconception(
    "decode", says="You dropped broken bytes without a trace. The reader should see that something was there."
)
def ignore(ids, vocab):
    return b"".join(vocab[idx] for idx in ids).decode("utf-8", errors="ignore")


@misconception(
    "decode",
    says="You read the bytes as Latin-1, in which every byte is a character. That never fails, and an e with an accent "
    "comes out as two odd signs.",
)
def latin1(ids, vocab):
    return b"".join(vocab[idx] for idx in ids).decode("latin-1")


@misconception("decode", says="You took the ids for code points. They are numbers of tokens; vocab knows their bytes.")
def chr_join(ids, vocab):
    return "".join(chr(idx) for idx in ids)


# 09.06 split_text


@misconception(
    "split_text",
    says="The module `re` of Python does not know \\p{L}, any letter of any script. The patterns are written for the "
    "library `regex`.",
)
def re_module(text, pattern=GPT4_SPLIT_PATTERN):
    return re.findall(pattern, text)


@misconception(
    "split_text",
    says="You split at the matches, so you have what stands between the chunks. The matches are the chunks.",
)
def split_for_findall(text, pattern=GPT4_SPLIT_PATTERN):
    return regex.split(pattern, text)


@misconception("split_text", says="You cleaned the white space away. Spaces are data: a token knows its space.")
def strip(text, pattern=GPT4_SPLIT_PATTERN):
    return [chunk.strip() for chunk in regex.findall(pattern, text)]


@misconception(
    "split_text",
    says="Words and signs are there, the white space between them is lost: joined, the chunks are no longer the text.",
)
def lost_space(text, pattern=GPT4_SPLIT_PATTERN):
    return regex.findall(r"\w+|[^\w\s]", text)


@misconception(
    "split_text",
    says="You put groups into the pattern. Then findall returns what the groups caught, as tuples, not the matches.",
)
def group_capture(text, pattern=GPT4_SPLIT_PATTERN):
    return regex.findall(rf"(\s*)({pattern})", text)


# 09.07 regex_tokenizer


def _train_chunks(self, chunks, vocab_size, count):
    """Train `self` on lists of ids; count: how pairs are counted."""
    _checked(vocab_size)
    self.merges, self.vocab = {}, _bytes_vocab()
    for idx in range(256, vocab_size):
        counts = count(chunks)
        if not counts:
            break
        pair = max(counts, key=counts.get)
        chunks = [merge(chunk, pair, idx) for chunk in chunks]
        self.merges[pair] = idx
        self.vocab[idx] = self.vocab[pair[0]] + self.vocab[pair[1]]


def _chunks(self, text):
    return [list(chunk.encode("utf-8")) for chunk in self.compiled.findall(text)]


@misconception(
    "regex_tokenizer",
    replaces="RegexTokenizer.train",
    says="You trained on the whole text, without cutting it. So dog. and dog! and dog? eat up the vocabulary.",
)
def no_chunks(self, text, vocab_size):
    _train_chunks(self, [list(text.encode("utf-8"))], vocab_size, lambda chunks: get_stats(chunks[0]))


@misconception(
    "regex_tokenizer",
    replaces="RegexTokenizer.train",
    says="You took the most frequent pair of one chunk. Which pair is the most frequent, only all chunks together say.",
)
def per_chunk_best(self, text, vocab_size):
    def count(chunks):
        return next((get_stats(chunk) for chunk in chunks if len(chunk) > 1), {})

    _train_chunks(self, _chunks(self, text), vocab_size, count)


@misconception(
    "regex_tokenizer",
    replaces="RegexTokenizer.train",
    says="You joined the chunks before counting, so pairs across their edges were counted. Such pairs do not exist: no "
    "merge can ever use them.",
)
def boundary_pairs(self, text, vocab_size):
    def count(chunks):
        return get_stats([idx for chunk in chunks for idx in chunk])

    _train_chunks(self, _chunks(self, text), vocab_size, count)


@misconception(
    "regex_tokenizer",
    replaces="RegexTokenizer.encode_ordinary",
    says="You encoded the text in one piece. Training cut it first, so merges can apply here where training never saw "
    "them.",
)
def encode_unsplit(self, text):
    return encode(text, self.merges)


@misconception(
    "regex_tokenizer",
    replaces="RegexTokenizer.train",
    says="Training stops with an error when no chunk has a pair left: each is a single token, or there is none.",
    symptom=True,
)
def chunks_used_up(self, text, vocab_size):
    _checked(vocab_size)
    chunks = _chunks(self, text)
    self.merges, self.vocab = {}, _bytes_vocab()
    for idx in range(256, vocab_size):
        counts = {}
        for chunk in chunks:
            get_stats(chunk, counts)
        pair = max(counts, key=counts.get)
        chunks = [merge(chunk, pair, idx) for chunk in chunks]
        self.merges[pair] = idx
        self.vocab[idx] = self.vocab[pair[0]] + self.vocab[pair[1]]


_train = RegexTokenizer.train


@misconception(
    "regex_tokenizer",
    replaces="RegexTokenizer.train",
    says="A second training leaves what the first one learned in merges or vocab. Both start afresh.",
)
def first_training_stays(self, text, vocab_size):
    merges, vocab = self.merges, self.vocab
    _train(self, text, vocab_size)
    self.merges, self.vocab = {**merges, **self.merges}, {**vocab, **self.vocab}


# 09.08 train_bpe_fast


def _documents(text, special_tokens):
    longest_first = sorted(special_tokens, key=len, reverse=True)
    return regex.split("|".join(map(regex.escape, longest_first)) or "(?!)", text)


class _Fast:
    """The state of a fast training; misconceptions override a step."""

    def __init__(self, path, vocab_size, special_tokens):
        self.rounds = vocab_size - 256 - len(special_tokens)
        if self.rounds < 0:
            raise ValueError(f"vocab_size is too small: {vocab_size}")
        self.special_tokens = special_tokens
        documents = self.documents(Path(path).read_text(encoding="utf-8"))
        found = Counter(chunk for document in documents for chunk in self.chunks(document))
        self.words = [list(chunk.encode("utf-8")) for chunk in found]
        self.times = self.frequencies(found)
        self.counts, self.holders = defaultdict(int), defaultdict(set)
        self.vocab, self.merges = _bytes_vocab(), []
        for number in range(len(self.words)):
            self.add(number, self.times[number])

    def documents(self, text):
        return _documents(text, self.special_tokens)

    def chunks(self, document):
        return regex.findall(GPT2_SPLIT_PATTERN, document)

    def frequencies(self, found):
        return list(found.values())

    def add(self, number, times):
        for pair in pairwise(self.words[number]):
            self.counts[pair] += times
            self.holders[pair].add(number)

    def key(self, pair):
        return self.vocab[pair[0]], self.vocab[pair[1]]

    def best(self):
        most = max(self.counts.values(), default=0)
        equals = [pair for pair, count in self.counts.items() if count == most > 0]
        return max(equals, key=self.key, default=None)

    def correct(self, number, pair, idx):
        self.add(number, -self.times[number])
        self.words[number] = merge(self.words[number], pair, idx)
        self.add(number, self.times[number])

    def run(self):
        while len(self.merges) < self.rounds and (pair := self.best()):
            idx = 256 + len(self.merges)
            self.merges.append((self.vocab[pair[0]], self.vocab[pair[1]]))
            self.vocab[idx] = self.vocab[pair[0]] + self.vocab[pair[1]]
            for number in list(self.holders[pair]):
                self.correct(number, pair, idx)
            self.holders.pop(pair)
            self.counts.pop(pair)
        for token in self.special_tokens:
            self.vocab[len(self.vocab)] = token.encode()
        return self.vocab, self.merges


class _StaleCounts(_Fast):
    def correct(self, number, pair, idx):
        self.words[number] = merge(self.words[number], pair, idx)
        for new in pairwise(self.words[number]):
            if idx in new:
                self.counts[new] += self.times[number]
                self.holders[new].add(number)


@misconception(
    "train_bpe_fast",
    says="After a merge you counted the new pairs, but the pairs to its left and right are still counted as before. "
    "Their old partners are gone.",
)
def stale_counts(path, vocab_size, special_tokens=()):
    return _StaleCounts(path, vocab_size, special_tokens).run()


class _OthersLost(_Fast):
    def correct(self, number, pair, idx):
        if pair not in pairwise(self.words[number]):
            return
        self.add(number, -self.times[number])
        self.words[number] = merge(self.words[number], pair, idx)
        for new in pairwise(self.words[number]):
            if idx in new:
                self.counts[new] += self.times[number]
                self.holders[new].add(number)


@misconception(
    "train_bpe_fast",
    says="A word that was merged lost pairs that it still has. You took all its pairs out of the counts, and put back "
    "only those with the new token.",
)
def others_lost(path, vocab_size, special_tokens=()):
    return _OthersLost(path, vocab_size, special_tokens).run()


class _OverlapUpdate(_Fast):
    def correct(self, number, pair, idx):
        word, times = self.words[number], self.times[number]
        for i, here in enumerate(pairwise(word)):
            if here == pair:
                self.around(word, i, idx, times)
        self.words[number] = merge(word, pair, idx)
        self.add(number, 0)

    def around(self, word, i, idx, times):
        """Correct the counts left and right of one occurrence, as if it stood alone."""
        if i > 0:
            self.counts[(word[i - 1], word[i])] -= times
            self.counts[(word[i - 1], idx)] += times
        if i + 2 < len(word):
            self.counts[(word[i + 1], word[i + 2])] -= times
            self.counts[(idx, word[i + 2])] += times


@misconception(
    "train_bpe_fast",
    says="You corrected the counts around each occurrence as if it stood alone. In aaaa, or where two occurrences "
    "touch, the same neighbour is taken away twice.",
)
def overlap_update(path, vocab_size, special_tokens=()):
    return _OverlapUpdate(path, vocab_size, special_tokens).run()


class _FrequencyIgnored(_Fast):
    def frequencies(self, found):
        return [1] * len(found)


@misconception(
    "train_bpe_fast",
    says="You keep each distinct chunk once and count it once. A pair occurs as often as its chunks occur.",
)
def freq_ignored(path, vocab_size, special_tokens=()):
    return _FrequencyIgnored(path, vocab_size, special_tokens).run()


class _TieUnicode(_Fast):
    def key(self, pair):
        table = bytes_to_unicode()
        return tuple("".join(table[byte] for byte in self.vocab[part]) for part in pair)


@misconception(
    "train_bpe_fast",
    says="Among equals you put the space behind the letters, where it stands in the printable alphabet of "
    "GPT-2's files. As a byte it is 32, before all letters.",
)
def tie_unicode(path, vocab_size, special_tokens=()):
    return _TieUnicode(path, vocab_size, special_tokens).run()


class _TieConcat(_Fast):
    def key(self, pair):
        return self.vocab[pair[0]] + self.vocab[pair[1]]


@misconception(
    "train_bpe_fast",
    says="Among equals you compared the joined bytes. A pair is compared part by part: (ab, c) is greater than (a, "
    "bd), though abc is less than abd.",
)
def tie_concat(path, vocab_size, special_tokens=()):
    return _TieConcat(path, vocab_size, special_tokens).run()


class _SpecialMerged(_Fast):
    def documents(self, text):
        return [text]


@misconception(
    "train_bpe_fast",
    says="You left the special tokens in the text. In a corpus they are frequent, so <| becomes a token, and then "
    "more.",
)
def special_merged(path, vocab_size, special_tokens=()):
    return _SpecialMerged(path, vocab_size, special_tokens).run()


class _SpecialRemoved(_Fast):
    def documents(self, text):
        return ["".join(_documents(text, self.special_tokens))]


@misconception(
    "train_bpe_fast",
    says="You took the special tokens out and joined what was left: the end of one document and the beginning of the "
    "next became neighbours.",
)
def special_removed(path, vocab_size, special_tokens=()):
    return _SpecialRemoved(path, vocab_size, special_tokens).run()


class _Gpt4Chunks(_Fast):
    def chunks(self, document):
        return regex.findall(GPT4_SPLIT_PATTERN, document)


@misconception(
    "train_bpe_fast",
    says="You cut with GPT-4's pattern, in which digits go three at a time and without a space. Here it is GPT-2's.",
)
def gpt4_pattern(path, vocab_size, special_tokens=()):
    return _Gpt4Chunks(path, vocab_size, special_tokens).run()


class _SpecialFirst(_Fast):
    def run(self):
        vocab, merges = super().run()
        tokens, first = list(vocab.values()), len(vocab) - len(self.special_tokens)
        order = [*tokens[:256], *tokens[first:], *tokens[256:first]]
        return dict(enumerate(order)), merges


@misconception(
    "train_bpe_fast",
    says="The special tokens have ids between the bytes and the merges. Here they come last.",
    symptom=True,
)
def special_first(path, vocab_size, special_tokens=()):
    return _SpecialFirst(path, vocab_size, special_tokens).run()


class _Greatest:
    """Orders pairs of bytes the other way round, for a heap."""

    def __init__(self, pair):
        self.pair = pair

    def __lt__(self, other):
        return self.pair > other.pair


class _HeapStale(_Fast):
    def __init__(self, path, vocab_size, special_tokens):
        super().__init__(path, vocab_size, special_tokens)
        self.heap, self.new = [], list(self.counts)

    def best(self):
        for pair in self.new:
            heapq.heappush(self.heap, (-self.counts[pair], _Greatest(self.key(pair)), pair))
        self.new = {}
        while self.heap:
            pair = heapq.heappop(self.heap)[2]
            if self.counts.get(pair, 0) > 0:
                return pair
        return None

    def correct(self, number, pair, idx):
        super().correct(number, pair, idx)
        self.new.update(dict.fromkeys(new for new in pairwise(self.words[number]) if idx in new))


@misconception(
    "train_bpe_fast",
    says="You merged a pair for a count that it once had; it has become rarer since. Whatever you keep sorted, "
    "a heap for example, has to be checked against the counts of now.",
)
def heap_stale(path, vocab_size, special_tokens=()):
    return _HeapStale(path, vocab_size, special_tokens).run()


class _CountsAfresh(_Fast):
    def best(self):
        self.counts, self.holders = defaultdict(int), defaultdict(set)
        for number, times in enumerate(self.times):
            self.add(number, times)
        return super().best()

    def correct(self, number, pair, idx):
        self.words[number] = merge(self.words[number], pair, idx)


@misconception(
    "train_bpe_fast",
    says="Too slow for thousands of distinct words: the work of a round grows with the whole text. A merge "
    "touches few chunks, and only their pairs change.",
    symptom=True,
)
def counts_afresh(path, vocab_size, special_tokens=()):
    return _CountsAfresh(path, vocab_size, special_tokens).run()


# 09.09 special_tokens


def _counted(self, text, allowed_special):
    """Return the special tokens that count, as the solution does."""
    if allowed_special == "all":
        return self.special_tokens
    if not isinstance(allowed_special, str):
        return {token: idx for token, idx in self.special_tokens.items() if token in allowed_special}
    if allowed_special not in ("none", "none_raise"):
        raise ValueError(f"unknown: {allowed_special!r}")
    found = [token for token in self.special_tokens if token in text]
    if found and allowed_special == "none_raise":
        raise ValueError(f"the text holds {found[0]!r}")
    return {}


def _pieces(text, allowed, order=lambda tokens: sorted(tokens, key=len, reverse=True), escape=regex.escape):
    if not allowed:
        return [text]
    return regex.split("(" + "|".join(map(escape, order(allowed))) + ")", text)


def _ids_of(self, pieces, allowed):
    return [idx for piece in pieces for idx in ([allowed[piece]] if piece in allowed else self.encode_ordinary(piece))]


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="You searched for the special token as if it were a pattern. In <|endoftext|> the | means or: it is found "
    "wherever there is a < or a >.",
)
def unescaped(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed, escape=str), allowed)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Of two special tokens that begin alike, the one that was registered first is found, and cuts the longer one "
    "apart.",
)
def prefix_first(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed, order=list), allowed)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="A special token counts in every mode, whatever allowed_special says: whoever types <|endoftext|> "
    "puts a control token into the model's input.",
)
def always_all(self, text, allowed_special="none_raise"):
    return _ids_of(self, _pieces(text, self.special_tokens), self.special_tokens)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="With none_raise a special token in the text goes through in silence. The mode is there to make noise.",
    symptom=True,
)
def no_raise(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, "none" if allowed_special == "none_raise" else allowed_special)
    return _ids_of(self, _pieces(text, allowed), allowed)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="You took the special tokens out, encoded the rest in one piece and put them back. So text from both sides "
    "of a special token was merged.",
)
def merged_neighbours(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    left, places = 0, []
    pieces = _pieces(text, allowed)
    for piece in pieces:
        if piece in allowed:
            places.append((left, allowed[piece]))
        else:
            left += len(piece.encode("utf-8"))
    ids, at = [], 0
    for idx in self.encode_ordinary("".join(piece for piece in pieces if piece not in allowed)):
        while places and places[0][0] <= at:
            ids.append(places.pop(0)[1])
        ids.append(idx)
        at += len(self.vocab[idx])
    return ids + [idx for _, idx in places]


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Between two special tokens side by side, and before one at the start, lies an empty piece. You looked for "
    "pairs in it.",
)
def empty_chunks(self, text, allowed_special="none_raise"):
    allowed, ids = _counted(self, text, allowed_special), []
    for piece in _pieces(text, allowed):
        if piece in allowed:
            ids.append(allowed[piece])
            continue
        for chunk in self.compiled.findall(piece) or [piece]:
            word = list(chunk.encode("utf-8"))
            while len(word) != 1:
                pair = min(get_stats(word), key=lambda candidate: self.merges.get(candidate, math.inf))
                if pair not in self.merges:
                    break
                word = merge(word, pair, self.merges[pair])
            ids += word
    return ids


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Where no special token counts, you returned the bytes of the text. It is ordinary text then, cut and merged.",
)
def raw_bytes(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed), allowed) if allowed else list(text.encode("utf-8"))


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="Where no special token is registered, you returned the bytes of the text. It is ordinary text then, cut and "
    "merged.",
)
def raw_bytes_unregistered(self, text, allowed_special="none_raise"):
    if not self.special_tokens:
        return list(text.encode("utf-8"))
    allowed = _counted(self, text, allowed_special)
    return _ids_of(self, _pieces(text, allowed), allowed)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.encode",
    says="What one call allowed still counts in the next. allowed_special holds for the call that it is given to.",
)
def mode_stays(self, text, allowed_special="none_raise"):
    allowed = _counted(self, text, allowed_special)
    self.counted = {**getattr(self, "counted", {}), **allowed}
    return _ids_of(self, _pieces(text, self.counted), self.counted)


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.register_special_tokens",
    says="You kept the caller's own dict. What they do with it afterwards changes your special tokens; keep a copy.",
)
def callers_dict(self, special_tokens):
    self.special_tokens = special_tokens


@misconception(
    "special_tokens",
    replaces="RegexTokenizer.register_special_tokens",
    says="Special tokens of before are still special. Registering replaces them.",
    symptom=True,
)
def added_to_the_old(self, special_tokens):
    self.special_tokens = {**self.special_tokens, **special_tokens}


# 09.10 bytes_to_unicode


@misconception(
    "bytes_to_unicode",
    says="You gave every byte its own character. Control characters, the space and the soft hyphen cannot be seen.",
)
def chr_all():
    return {byte: chr(byte) for byte in range(256)}


def _alphabet(kept):
    moved = [byte for byte in range(256) if byte not in kept]
    return {byte: chr(byte) if byte in kept else chr(256 + moved.index(byte)) for byte in range(256)}


@misconception(
    "bytes_to_unicode",
    says="Your ranges end one too early: the last of each, among them the tilde, moved. 188 bytes stay and 68 move.",
)
def range_off():
    return _alphabet({*range(ord("!"), ord("~")), *range(161, 172), *range(174, 255)})


@misconception(
    "bytes_to_unicode",
    says="You counted all bytes on the way, also those that stay. The new characters are numbered by the moved ones "
    "only.",
)
def order_n():
    kept = {*range(ord("!"), ord("~") + 1), *range(161, 173), *range(174, 256)}
    return {byte: chr(byte) if byte in kept else chr(256 + byte) for byte in range(256)}


# 09.11 gpt2_tokenizer


def _words(self, text, key, remember=True, translate=lambda byte: (byte,)):
    """Encode as the solution does.

    key: what is smallest for the pair that goes first. translate: gives the bytes that stand for a byte.
    """
    ids = []
    for chunk in self.compiled.findall(text):
        word = self.cache.get(chunk) if remember else None
        if word is None:
            word = [self.byte_ids[new] for byte in chunk.encode("utf-8") for new in translate(byte)]
            while len(word) > 1:
                pair = min(get_stats(word), key=lambda candidate: key.get(candidate, math.inf))
                if pair not in key:
                    break
                word = merge(word, pair, self.merges[pair])
            self.cache[chunk] = word
        ids += word
    return ids


@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.encode_ordinary",
    says="You took the ids for the order of learning. In GPT-2's own files they happen to agree; what says when a pair "
    "was learned is its line in vocab.bpe.",
)
def file_order(self, text):
    return _words(self, text, self.merges)


_from_files, _encode_gpt2, _SHARED = GPT2Tokenizer.from_files, GPT2Tokenizer.encode_ordinary, {}


@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.from_files",
    says="You read the first line of vocab.bpe as a merge. It is a header.",
)
@classmethod
def header_line(cls, encoder_json, vocab_bpe):
    encoder = json.loads(Path(encoder_json).read_text(encoding="utf-8"))
    made = _from_files(encoder_json, vocab_bpe)
    made.ranks = {}
    for rank, line in enumerate(Path(vocab_bpe).read_text(encoding="utf-8").split("\n")[:-1]):
        left, right = line.split(" ")
        made.ranks[(encoder[left], encoder[right])] = rank
    return made


# `.strip()` on the lines of vocab.bpe would be right: no character of GPT-2's alphabet is white space, which
# bytes_to_unicode.test_printable asks for. What is wrong is to clean the tokens that the lines stand for.
@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.from_files",
    says="You cleaned the tokens. The space that the alphabet's G with a dot stands for is part of the token.",
)
@classmethod
def space_strip(cls, encoder_json, vocab_bpe):
    made = _from_files(encoder_json, vocab_bpe)
    made.vocab = {idx: token.strip() for idx, token in made.vocab.items()}
    return made


@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.encode_ordinary",
    says="Too slow for long words that repeat: the time of one word is spent each time it comes. A text is "
    "long, but its distinct words are few.",
    symptom=True,
)
def no_cache(self, text):
    return _words(self, text, self.ranks, remember=False)


@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.encode_ordinary",
    says="You translated the bytes into the alphabet of the files and then encoded that as UTF-8 once more. So a space "
    "has two bytes, and a letter with an accent four.",
)
def unicode_twice(self, text):
    table = bytes_to_unicode()
    again = {byte: table[byte].encode("utf-8") for byte in range(256)}
    return _words(self, text, self.ranks, translate=lambda byte: again[byte])


@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.encode_ordinary",
    says="Too slow for a long text: twice the text takes four times as long. At each chunk all ids so far are touched; "
    "adding two lists copies both.",
    symptom=True,
)
def joins_lists(self, text):
    ids = []
    for chunk in self.compiled.findall(text):
        if chunk not in self.cache:
            self.cache[chunk] = _encode_gpt2(self, chunk)
        ids = ids + self.cache[chunk]
    return ids


@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.encode_ordinary",
    says="What one tokenizer remembers, another one uses. Their files may differ: each needs a memory of its own.",
)
def shared_memory(self, text):
    ids = []
    for chunk in self.compiled.findall(text):
        if chunk not in _SHARED:
            _SHARED[chunk] = _encode_gpt2(self, chunk)
        ids += _SHARED[chunk]
    return ids


@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.encode_ordinary",
    says="The ids of the text are added to the list that you remember for its first chunk. When that chunk comes "
    "again, it brings the whole text along.",
)
def memory_grows(self, text):
    ids = None
    for chunk in self.compiled.findall(text):
        if chunk not in self.cache:
            self.cache[chunk] = _encode_gpt2(self, chunk)
        if ids is None:
            ids = self.cache[chunk]
        else:
            ids += list(self.cache[chunk])
    return ids or []


@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.from_files",
    says="You left out the last line of vocab.bpe as an empty one. Where no line break ends the file, it is a merge.",
)
@classmethod
def last_line(cls, encoder_json, vocab_bpe):
    encoder = json.loads(Path(encoder_json).read_text(encoding="utf-8"))
    made = _from_files(encoder_json, vocab_bpe)
    made.ranks = {}
    for rank, line in enumerate(Path(vocab_bpe).read_text(encoding="utf-8").split("\n")[1:-1]):
        left, right = line.split(" ")
        made.ranks[(encoder[left], encoder[right])] = rank
    return made


# 09.12 gpt4_tokenizer


@misconception(
    "gpt4_tokenizer",
    replaces="GPT4Tokenizer.encode_ordinary",
    says="You started from the bytes themselves. In this table the single bytes have the ids 0 to 255 in another "
    "order.",
)
def no_byte_shuffle(self, text):
    return [idx for chunk in self.compiled.findall(text) for idx in encode(chunk, self.merges)]


@misconception(
    "gpt4_tokenizer",
    replaces="recover_merges",
    says="You cut every token behind its first byte. Which two parts it was made of is what merging with the lower "
    "ranks leaves.",
)
def split_in_half(mergeable_ranks):
    by_rank = sorted(mergeable_ranks.items(), key=lambda item: item[1])
    return {(mergeable_ranks[token[:1]], mergeable_ranks[token[1:]]): rank for token, rank in by_rank if len(token) > 1}


@misconception(
    "gpt4_tokenizer",
    replaces="recover_merges",
    says="You allowed the token's own rank, so the last merge happened as well, and one part is left instead of two.",
)
def max_rank_inclusive(mergeable_ranks):
    merges = {}
    for token, rank in sorted(mergeable_ranks.items(), key=lambda item: item[1]):
        parts = [bytes([byte]) for byte in token]
        while len(token) > 1:
            unions = [mergeable_ranks.get(left + right, math.inf) for left, right in pairwise(parts)]
            if min(unions, default=math.inf) > rank:
                left, right = parts
                merges[(mergeable_ranks[left], mergeable_ranks[right])] = rank
                break
            i = unions.index(min(unions))
            parts[i : i + 2] = [parts[i] + parts[i + 1]]
    return merges


_set_up, _recover = GPT4Tokenizer.__init__, recover_merges


@misconception(
    "gpt4_tokenizer",
    replaces="GPT4Tokenizer.__init__",
    says="Your vocab is built from shuffled bytes, and nobody shuffles them back: decoding gives other letters.",
)
def decode_no_unshuffle(self, mergeable_ranks, special_tokens=None):
    _set_up(self, mergeable_ranks, special_tokens)
    self.vocab = _bytes_vocab()
    for (left, right), idx in self.merges.items():
        self.vocab[idx] = self.vocab[left] + self.vocab[right]


@misconception(
    "gpt4_tokenizer",
    says="Decoding stops at the id of a special token, which has no entry in the table of ranks.",
    symptom=True,
)
class special_decode(GPT4Tokenizer):
    def decode(self, ids):
        return decode(ids, self.vocab)


@misconception(
    "gpt4_tokenizer",
    replaces="recover_merges",
    says="Your merges stand in the order of the table. They are asked for in ascending order of the ranks.",
)
def as_the_table(mergeable_ranks):
    merges = {rank: pair for pair, rank in _recover(mergeable_ranks).items()}
    return {merges[rank]: rank for rank in mergeable_ranks.values() if rank in merges}


# 09.13 save_load


_load, _save, _stream = RegexTokenizer.load, RegexTokenizer.save, RegexTokenizer.encode_iterable


@misconception(
    "save_load",
    replaces="RegexTokenizer.load",
    says="The pattern came back, the compiled one did not: encoding still cuts with the old one.",
)
def pattern_not_recompiled(self, path):
    compiled = self.compiled
    _load(self, path)
    self.compiled = compiled


@misconception(
    "save_load",
    replaces="RegexTokenizer.encode_iterable",
    says="The whole stream was taken before the first id came out. Streaming means that memory does not grow "
    "with the text.",
    symptom=True,
)
def read_all(self, chunks, allowed_special="none_raise"):
    yield from self.encode("".join(chunks), allowed_special)


@misconception(
    "save_load",
    replaces="RegexTokenizer.encode_iterable",
    says="You encoded each piece on its own. A piece may end inside a word, and how its tail is cut depends on what "
    "comes next.",
)
def per_chunk(self, chunks, allowed_special="none_raise"):
    for chunk in chunks:
        yield from self.encode(chunk, allowed_special)


@misconception(
    "save_load",
    replaces="RegexTokenizer.encode_iterable",
    says="You held back the last chunk of the pattern. That is too little: a line break and the spaces after "
    "it are two chunks, until another line break makes all of it one.",
)
def holds_one_chunk(self, chunks, allowed_special="none_raise"):
    buffer = ""
    for chunk in chunks:
        buffer += chunk
        last = (self.compiled.findall(buffer) or [""])[-1]
        yield from self.encode(buffer[: len(buffer) - len(last)], allowed_special)
        buffer = last
    yield from self.encode(buffer, allowed_special)


@misconception(
    "save_load",
    says="Reading a pickle runs whatever its author put in. A tokenizer file from elsewhere must not run code.",
    symptom=True,
)
class pickles(RegexTokenizer):
    def save(self, path):
        state = (self.pattern, self.merges, self.vocab, self.special_tokens)
        Path(path).write_bytes(pickle.dumps(state))

    def load(self, path):
        state = pickle.loads(Path(path).read_bytes())  # noqa: S301 (what not to do)
        self.pattern, self.merges, self.vocab, self.special_tokens = state
        self.compiled = regex.compile(self.pattern)


@misconception(
    "save_load",
    replaces="RegexTokenizer.save",
    says="The encoding of the file depends on the machine here. On many it is not UTF-8.",
    symptom=True,
)
def locale_encoding(self, path):
    merges = [[*pair, idx] for pair, idx in self.merges.items()]
    state = {"pattern": self.pattern, "special_tokens": self.special_tokens, "merges": merges}
    with open(path, "w") as file:  # noqa: PTH123 (what not to do)
        json.dump(state, file, ensure_ascii=False)


@misconception(
    "save_load",
    replaces="RegexTokenizer.save",
    says="The special tokens did not come back. They are part of what the tokenizer is.",
)
def special_forgotten(self, path):
    made = RegexTokenizer(self.pattern)
    made.merges = self.merges
    _save(made, path)


@misconception(
    "save_load",
    replaces="RegexTokenizer.save",
    says="The last merge did not come back.",
)
def one_too_few(self, path):
    made = RegexTokenizer(self.pattern)
    made.merges, made.special_tokens = dict(list(self.merges.items())[:-1]), self.special_tokens
    _save(made, path)


@misconception(
    "save_load",
    replaces="RegexTokenizer.load",
    says="What this tokenizer knew before is still in vocab after load. It becomes the one in the file, and no more.",
)
def old_vocab_stays(self, path):
    before = self.vocab
    _load(self, path)
    self.vocab = {**before, **self.vocab}


@misconception(
    "save_load",
    replaces="RegexTokenizer.encode_iterable",
    says="What one stream held back turns up in the next. The buffer belongs to one stream, not to the tokenizer.",
)
def buffer_of_all(self, chunks, allowed_special="none_raise"):
    def resumed():
        self.buffer, before = "", getattr(self, "buffer", "")
        yield before
        for chunk in chunks:
            self.buffer = chunk
            yield chunk
        self.buffer = ""

    yield from _stream(self, resumed(), allowed_special)
