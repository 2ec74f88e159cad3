"""Wrong answers to u09.save_load, each with its cause in words, run in the solution's namespace."""

import pickle  # noqa: TID251 (what not to do)

from grader import misconception

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
