"""A student's version after the lecture: a Counter, for loops with a flag, helper functions, pairs of parts as text."""

import json
from collections import Counter, defaultdict

import regex

GPT2_SPLIT_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
GPT4_SPLIT_PATTERN = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}"""
    r"""| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"""
)


def get_stats(ids, counts=None):
    if counts is None:
        counts = Counter()
    for left, right in zip(ids, ids[1:]):
        counts[left, right] = counts.get((left, right), 0) + 1
    return counts


def merge(ids, pair, idx):
    i = 0
    while i < len(ids) - 1:
        if ids[i] == pair[0] and ids[i + 1] == pair[1]:
            ids = ids[:i] + [idx] + ids[i + 2 :]
        i += 1
    return ids


def initial_vocab():
    return {i: bytes([i]) for i in range(256)}


def train_bpe(text, vocab_size):
    if vocab_size < 256:
        raise Exception("vocab_size must be at least 256")
    ids = list(text.encode("utf-8"))
    merges, vocab = {}, initial_vocab()
    while len(vocab) < vocab_size:
        top_pair, count = get_stats(ids).most_common(1)[0]
        if count < 2:
            break
        new_id = len(vocab)
        ids = merge(ids, top_pair, new_id)
        merges[top_pair] = new_id
        vocab[new_id] = vocab[top_pair[0]] + vocab[top_pair[1]]
    return merges, vocab


def encode(text, merges):
    ids = list(text.encode("utf-8"))
    for pair, idx in merges.items():
        ids = merge(ids, pair, idx)
    return ids


def decode(ids, vocab):
    return b"".join([vocab[i] for i in ids]).decode("utf-8", errors="replace")


def split_text(text, pattern=GPT4_SPLIT_PATTERN):
    return regex.compile(pattern).findall(text)


class RegexTokenizer:
    def __init__(self, pattern=None):
        self.pattern = pattern if pattern else GPT4_SPLIT_PATTERN
        self.compiled = regex.compile(self.pattern)
        self.merges = {}
        self.vocab = initial_vocab()
        self.special_tokens = {}

    def train(self, text, vocab_size):
        words = [list(word.encode("utf-8")) for word in self.compiled.findall(text)]
        while len(self.vocab) < vocab_size:
            stats = Counter()
            for word in words:
                get_stats(word, stats)
            top_pair, count = stats.most_common(1)[0]
            new_id = len(self.vocab)
            words = [merge(word, top_pair, new_id) for word in words]
            self.merges[top_pair] = new_id
            self.vocab[new_id] = self.vocab[top_pair[0]] + self.vocab[top_pair[1]]

    def encode_ordinary(self, text):
        return [idx for word in self.compiled.findall(text) for idx in encode(word, self.merges)]

    def register_special_tokens(self, special_tokens):
        for token, idx in special_tokens.items():
            self.special_tokens[token] = idx
            self.vocab[idx] = token.encode("utf-8")

    def encode(self, text, allowed_special="none_raise"):
        if allowed_special == "all":
            allowed = set(self.special_tokens)
        elif allowed_special in ("none", "none_raise"):
            allowed = set()
            if allowed_special == "none_raise" and any(token in text for token in self.special_tokens):
                raise RuntimeError("a special token in the text")
        else:
            allowed = set(allowed_special)
        ids = []
        start = 0
        if allowed:
            for match in regex.finditer("|".join(regex.escape(token) for token in sorted(allowed)), text):
                ids += self.encode_ordinary(text[start : match.start()])
                ids.append(self.special_tokens[match.group()])
                start = match.end()
        return ids + self.encode_ordinary(text[start:])

    def decode(self, ids):
        return decode(ids, self.vocab)

    def save(self, path):
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"{len(self.special_tokens)}\n")
            for token, idx in self.special_tokens.items():
                f.write(f"{token}\t{idx}\n")
            for (left, right), idx in self.merges.items():
                f.write(f"{left} {right} {idx}\n")

    def load(self, path):
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        n = int(lines[0])
        for line in lines[n + 1 :]:
            if line:
                left, right, idx = map(int, line.split())
                self.merges[left, right] = idx
                self.vocab[idx] = self.vocab[left] + self.vocab[right]
        for line in lines[1 : n + 1]:
            token, idx = line.split("\t")
            self.register_special_tokens({token: int(idx)})

    def encode_iterable(self, chunks, allowed_special="none_raise"):
        edge = regex.compile(r"[\p{L}\p{N}](?![\p{L}\p{N}])")
        buffer = ""
        for chunk in chunks:
            buffer += chunk
            ends = [match.end() for match in edge.finditer(buffer) if match.end() < len(buffer)]
            if ends:
                yield from self.encode(buffer[: ends[-1]], allowed_special)
                buffer = buffer[ends[-1] :]
        yield from self.encode(buffer, allowed_special)


def train_bpe_fast(path, vocab_size, special_tokens=()):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    pieces = regex.split("|".join(map(regex.escape, special_tokens)), text)
    word_counts = Counter()
    for piece in pieces:
        for match in regex.finditer(GPT2_SPLIT_PATTERN, piece):
            word_counts[tuple(bytes([b]) for b in match.group().encode("utf-8"))] += 1
    pair_counts = defaultdict(int)
    words_of = defaultdict(set)
    for word, n in word_counts.items():
        for pair in zip(word, word[1:]):
            pair_counts[pair] += n
            words_of[pair].add(word)
    vocab = {0: special_tokens[0].encode("utf-8")} if special_tokens else {}
    for b in range(256):
        vocab[len(vocab)] = bytes([b])
    for token in special_tokens[1:]:
        vocab[len(vocab)] = token.encode("utf-8")
    merges = []
    while len(vocab) < vocab_size:
        best = max(pair_counts, key=lambda pair: (pair_counts[pair], pair))
        new_token = best[0] + best[1]
        vocab[len(vocab)] = new_token
        merges.append(best)
        for word in list(words_of[best]):
            n = word_counts.pop(word)
            for pair in zip(word, word[1:]):
                pair_counts[pair] -= n
                words_of[pair].discard(word)
            new_word = []
            i = 0
            while i < len(word):
                if word[i : i + 2] == best:
                    new_word.append(new_token)
                    i += 2
                else:
                    new_word.append(word[i])
                    i += 1
            new_word = tuple(new_word)
            word_counts[new_word] += n
            for pair in zip(new_word, new_word[1:]):
                pair_counts[pair] += n
                words_of[pair].add(new_word)
    return vocab, merges


def bytes_to_unicode():
    kept = [*range(ord("!"), ord("~") + 1), *range(ord("\u00a1"), ord("\u00ac") + 1), *range(ord("\u00ae"), ord("\u00ff") + 1)]
    moved = [b for b in range(256) if b not in kept]
    return {**{b: chr(b) for b in kept}, **{b: chr(256 + i) for i, b in enumerate(moved)}}


class GPT2Tokenizer(RegexTokenizer):
    def __init__(self):
        super().__init__(GPT2_SPLIT_PATTERN)
        self.cache = {}

    @classmethod
    def from_files(cls, encoder_json, vocab_bpe):
        tokenizer = cls()
        tokenizer.encoder = json.load(open(encoder_json, encoding="utf-8"))
        lines = open(vocab_bpe, encoding="utf-8").read().strip().split("\n")[1:]
        tokenizer.ranks = {tuple(line.split(" ")): rank for rank, line in enumerate(lines)}
        tokenizer.alphabet = bytes_to_unicode()
        byte_of = {char: b for b, char in tokenizer.alphabet.items()}
        tokenizer.vocab = {
            idx: bytes(byte_of[char] for char in token)
            for token, idx in tokenizer.encoder.items()
            if token != "<|endoftext|>"
        }
        tokenizer.register_special_tokens({"<|endoftext|>": 50256})
        return tokenizer

    def split_word(self, word):
        parts = list(word)
        while len(parts) > 1:
            ranked = [(self.ranks.get(pair, 10**9), i) for i, pair in enumerate(zip(parts, parts[1:]))]
            rank, i = min(ranked)
            if rank == 10**9:
                break
            parts[i : i + 2] = [parts[i] + parts[i + 1]]
        return parts

    def encode_ordinary(self, text):
        ids = []
        for chunk in self.compiled.findall(text):
            word = "".join(self.alphabet[b] for b in chunk.encode("utf-8"))
            if word not in self.cache:
                self.cache[word] = [self.encoder[part] for part in self.split_word(word)]
            ids = ids + self.cache[word]
        return ids


def recover_merges(mergeable_ranks):
    merges = {}
    for token, rank in mergeable_ranks.items():
        parts = [bytes([b]) for b in token]
        while len(parts) > 2:
            ranked = [
                (mergeable_ranks[left + right], i)
                for i, (left, right) in enumerate(zip(parts, parts[1:]))
                if left + right in mergeable_ranks
            ]
            i = min(ranked)[1]
            parts[i : i + 2] = [parts[i] + parts[i + 1]]
        if len(parts) == 2:
            merges[mergeable_ranks[parts[0]], mergeable_ranks[parts[1]]] = rank
    return merges


class GPT4Tokenizer(RegexTokenizer):
    def __init__(self, mergeable_ranks, special_tokens=None):
        super().__init__(GPT4_SPLIT_PATTERN)
        self.ranks = mergeable_ranks
        self.merges = recover_merges(mergeable_ranks)
        self.vocab = {rank: token for token, rank in mergeable_ranks.items()}
        self.register_special_tokens(special_tokens or {})

    def encode_ordinary(self, text):
        ids = []
        for chunk in self.compiled.findall(text):
            word = [self.ranks[bytes([b])] for b in chunk.encode("utf-8")]
            while True:
                pairs = [pair for pair in zip(word, word[1:]) if pair in self.merges]
                if not pairs:
                    break
                best = min(pairs, key=self.merges.get)
                word = merge(word, best, self.merges[best])
            ids.extend(word)
        return ids
