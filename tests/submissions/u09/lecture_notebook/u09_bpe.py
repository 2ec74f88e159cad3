"""Typed as in a notebook: one small function after another, loops with an index, prints while training."""

import json
import re as plain_re

import regex as re

GPT2_SPLIT_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
GPT4_SPLIT_PATTERN = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}"""
    r"""| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"""
)


def get_stats(ids, counts=None):
    if counts is None:
        counts = {}
    for i in range(len(ids) - 1):
        pair = (ids[i], ids[i + 1])
        if pair in counts:
            counts[pair] += 1
        else:
            counts[pair] = 1
    return counts


def merge(ids, pair, idx):
    newids = []
    i = 0
    while i < len(ids):
        if ids[i : i + 2] == [pair[0], pair[1]]:
            newids = newids + [idx]
            i = i + 2
        else:
            newids = newids + [ids[i]]
            i = i + 1
    return newids


def train_bpe(text, vocab_size):
    tokens = list(map(int, text.encode("utf-8")))
    num_merges = vocab_size - 256
    ids = list(tokens)
    merges = {}
    for i in range(num_merges):
        stats = get_stats(ids)
        pair = max(stats, key=stats.get)
        idx = 256 + i
        print(f"merging {pair} into a new token {idx}")
        ids = merge(ids, pair, idx)
        merges[pair] = idx
    vocab = {idx: bytes([idx]) for idx in range(256)}
    for (p0, p1), idx in merges.items():
        vocab[idx] = vocab[p0] + vocab[p1]
    return merges, vocab


def encode(text, merges):
    tokens = list(text.encode("utf-8"))
    while len(tokens) >= 2:
        stats = get_stats(tokens)
        pair = min(stats, key=lambda p: merges.get(p, float("inf")))
        if pair not in merges:
            break
        idx = merges[pair]
        tokens = merge(tokens, pair, idx)
    return tokens


def decode(ids, vocab):
    tokens = b"".join(vocab[idx] for idx in ids)
    text = tokens.decode("utf-8", errors="replace")
    return text


def split_text(text, pattern=GPT4_SPLIT_PATTERN):
    return re.findall(pattern, text)


class RegexTokenizer:
    def __init__(self, pattern=None):
        self.pattern = pattern or GPT4_SPLIT_PATTERN
        self.merges = {}
        self.vocab = {idx: bytes([idx]) for idx in range(256)}
        self.special_tokens = {}

    def train(self, text, vocab_size):
        chunks = [list(chunk.encode("utf-8")) for chunk in re.findall(self.pattern, text)]
        self.merges = {}
        for i in range(vocab_size - 256):
            stats = {}
            for ids in chunks:
                stats = get_stats(ids, stats)
            pair = max(stats, key=stats.get)
            idx = 256 + i
            for j in range(len(chunks)):
                chunks[j] = merge(chunks[j], pair, idx)
            self.merges[pair] = idx
            self.vocab[idx] = self.vocab[pair[0]] + self.vocab[pair[1]]

    def encode_ordinary(self, text):
        ids = []
        for chunk in re.findall(self.pattern, text):
            ids = ids + encode(chunk, self.merges)
        return ids

    def register_special_tokens(self, special_tokens):
        self.special_tokens.update(special_tokens)

    def encode(self, text, allowed_special="none_raise"):
        special = {}
        if allowed_special == "all":
            special = self.special_tokens
        elif allowed_special == "none_raise":
            for token in self.special_tokens:
                if token in text:
                    raise Exception("special token in the text")
        elif isinstance(allowed_special, set):
            special = {token: self.special_tokens[token] for token in allowed_special}
        if len(special) == 0:
            return self.encode_ordinary(text)
        ids = []
        for part in plain_re.split("(" + "|".join([plain_re.escape(token) for token in special]) + ")", text):
            if part in special:
                ids.append(special[part])
            else:
                ids.extend(self.encode_ordinary(part))
        return ids

    def decode(self, ids):
        by_id = {}
        for token, idx in self.special_tokens.items():
            by_id[idx] = token
        tokens = b""
        for idx in ids:
            if idx in by_id:
                tokens += by_id[idx].encode("utf-8")
            else:
                tokens += self.vocab[idx]
        return tokens.decode("utf-8", errors="replace")

    def save(self, path):
        with open(path, "w") as f:
            pairs = [[a, b] for a, b in self.merges]
            json.dump({"pattern": self.pattern, "merges": pairs, "special": self.special_tokens}, f)

    def load(self, path):
        with open(path) as f:
            data = json.load(f)
        self.pattern = data["pattern"]
        self.special_tokens = data["special"]
        self.merges = {}
        for i, (a, b) in enumerate(data["merges"]):
            self.merges[(a, b)] = 256 + i
            self.vocab[256 + i] = self.vocab[a] + self.vocab[b]

    def encode_iterable(self, chunks, allowed_special="none_raise"):
        rest = ""
        for chunk in chunks:
            rest = rest + chunk
            i = len(rest) - 1
            while i > 0 and not (re.match(r"[\p{L}\p{N}]", rest[i - 1]) and not re.match(r"[\p{L}\p{N}]", rest[i])):
                i = i - 1
            if i > 0:
                for idx in self.encode(rest[:i], allowed_special):
                    yield idx
                rest = rest[i:]
        for idx in self.encode(rest, allowed_special):
            yield idx


def train_bpe_fast(path, vocab_size, special_tokens=()):
    text = open(path, "r", encoding="utf-8").read()
    parts = [text]
    for token in special_tokens:
        parts = [piece for part in parts for piece in part.split(token)]
    counts = {}
    for part in parts:
        for word in re.findall(GPT2_SPLIT_PATTERN, part):
            counts[word] = counts.get(word, 0) + 1
    words = [[list(word.encode("utf-8")), n] for word, n in counts.items()]
    stats = {}
    for ids, n in words:
        for pair in zip(ids, ids[1:]):
            stats[pair] = stats.get(pair, 0) + n
    vocab = {idx: bytes([idx]) for idx in range(256)}
    for token in special_tokens:
        vocab[len(vocab)] = token.encode("utf-8")
    merges = []
    while len(vocab) < vocab_size:
        pair = max(stats, key=lambda p: (stats[p], (vocab[p[0]], vocab[p[1]])))
        idx = len(vocab)
        merges.append((vocab[pair[0]], vocab[pair[1]]))
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
        for word in words:
            ids, n = word
            if pair in zip(ids, ids[1:]):
                for old in zip(ids, ids[1:]):
                    stats[old] -= n
                word[0] = merge(ids, pair, idx)
                for new in zip(word[0], word[0][1:]):
                    stats[new] = stats.get(new, 0) + n
    return vocab, merges


def bytes_to_unicode():
    table = {}
    n = 0
    for b in range(256):
        if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b <= 255:
            table[b] = chr(b)
        else:
            table[b] = chr(256 + n)
            n += 1
    return table


class GPT2Tokenizer(RegexTokenizer):
    def __init__(self):
        super().__init__(GPT2_SPLIT_PATTERN)

    @classmethod
    def from_files(cls, encoder_json, vocab_bpe):
        tok = cls()
        with open(encoder_json, "r", encoding="utf-8") as f:
            encoder = json.load(f)
        with open(vocab_bpe, "r", encoding="utf-8") as f:
            lines = f.read().split("\n")[1:-1]
        byte_decoder = {c: b for b, c in bytes_to_unicode().items()}
        for token, idx in encoder.items():
            if token == "<|endoftext|>":
                tok.special_tokens[token] = idx
            else:
                tok.vocab[idx] = bytes([byte_decoder[c] for c in token])
        tok.byte_to_id = {byte_decoder[c]: encoder[c] for c in byte_decoder}
        tok.merges = {}
        for line in lines:
            a, b = line.split()
            tok.merges[(encoder[a], encoder[b])] = encoder[a + b]
        return tok

    def encode_ordinary(self, text):
        ids = []
        for chunk in re.findall(self.pattern, text):
            tokens = [self.byte_to_id[b] for b in chunk.encode("utf-8")]
            while len(tokens) >= 2:
                pair = min(get_stats(tokens), key=lambda p: self.merges.get(p, float("inf")))
                if pair not in self.merges:
                    break
                tokens = merge(tokens, pair, self.merges[pair])
            ids.extend(tokens)
        return ids


def recover_merges(mergeable_ranks):
    merges = {}
    for token, rank in sorted(mergeable_ranks.items(), key=lambda item: item[1]):
        if len(token) >= 2:
            ids = [mergeable_ranks[token[i : i + 1]] for i in range(len(token))]
            while len(ids) > 2:
                pair = min(get_stats(ids), key=lambda p: merges.get(p, float("inf")))
                ids = merge(ids, pair, merges[pair])
            merges[(ids[0], ids[1])] = rank
    return merges


class GPT4Tokenizer(RegexTokenizer):
    def __init__(self, mergeable_ranks, special_tokens=None):
        super().__init__()
        self.merges = recover_merges(mergeable_ranks)
        self.vocab = {rank: token for token, rank in mergeable_ranks.items()}
        self.byte_shuffle = [mergeable_ranks[bytes([b])] for b in range(256)]
        if special_tokens is not None:
            self.register_special_tokens(special_tokens)

    def encode_ordinary(self, text):
        ids = []
        for chunk in re.findall(self.pattern, text):
            tokens = [self.byte_shuffle[b] for b in chunk.encode("utf-8")]
            while len(tokens) >= 2:
                pair = min(get_stats(tokens), key=lambda p: self.merges.get(p, float("inf")))
                if pair not in self.merges:
                    break
                tokens = merge(tokens, pair, self.merges[pair])
            ids.extend(tokens)
        return ids
