"""Wrong answers to u09.train_bpe_fast, each with its cause in words, run in the solution's namespace."""

import heapq

from grader import misconception


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


class _TieLeast(_Fast):
    def best(self):
        most = max(self.counts.values(), default=0)
        equals = [pair for pair, count in self.counts.items() if count == most > 0]
        return min(equals, key=self.key, default=None)


@misconception(
    "train_bpe_fast",
    says="Among equals you took the least pair. The rule here is the greatest, as Python compares tuples of bytes.",
)
def tie_least(path, vocab_size, special_tokens=()):
    return _TieLeast(path, vocab_size, special_tokens).run()


@misconception(
    "train_bpe_fast",
    says="Look at the order of your two results: here the vocabulary comes first, then the merges.",
    symptom=True,
)
def fast_results_swapped(path, vocab_size, special_tokens=()):
    vocab, merges = _Fast(path, vocab_size, special_tokens).run()
    return merges, vocab
