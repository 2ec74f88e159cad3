"""Wrong answers to u09.gpt2_tokenizer, each with its cause in words, run in the solution's namespace."""

from grader import misconception


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


@misconception(
    "gpt2_tokenizer",
    replaces="GPT2Tokenizer.encode_ordinary",
    says="You started from the bytes themselves. In GPT-2's files a byte has an id of its own: byte_ids has them.",
)
def bytes_are_ids(self, text):
    ids = []
    for chunk in self.compiled.findall(text):
        word = list(chunk.encode("utf-8"))
        while len(word) > 1:
            pair = min(get_stats(word), key=lambda candidate: self.ranks.get(candidate, math.inf))
            if pair not in self.ranks:
                break
            word = merge(word, pair, self.merges[pair])
        ids += word
    return ids
