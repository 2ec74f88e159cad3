"""Wrong answers to u09.regex_tokenizer, each with its cause in words, run in the solution's namespace."""

from grader import misconception


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
