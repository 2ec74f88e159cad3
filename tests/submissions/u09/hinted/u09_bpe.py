"""Each answer as its last hint says, to the letter; what the docstring promises beyond it as the hints before say."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Set as AbstractSet
from itertools import pairwise
from pathlib import Path

import regex

GPT2_SPLIT_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
GPT4_SPLIT_PATTERN = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}"""
    r"""| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"""
)


def get_stats(ids, counts=None):
    if counts is None:
        counts = {}
    for pair in zip(ids, ids[1:]):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def merge(ids, pair, idx):
    written = []
    i = 0
    while i < len(ids):
        if i < len(ids) - 1 and (ids[i], ids[i + 1]) == pair:
            written.append(idx)
            i += 2
        else:
            written.append(ids[i])
            i += 1
    return written


def train_bpe(text, vocab_size):
    if vocab_size < 256:
        raise ValueError("vocab_size is less than 256")
    ids = list(text.encode("utf-8"))
    merges = {}
    vocab = {byte: bytes([byte]) for byte in range(256)}
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        if not stats:
            break
        pair = max(stats, key=stats.get)
        ids = merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab


def encode(text, merges):
    ids = list(text.encode("utf-8")) if isinstance(text, str) else list(text)
    while len(ids) >= 2:
        pair = min(get_stats(ids), key=lambda pair: merges.get(pair, math.inf))
        if pair not in merges:
            break
        ids = merge(ids, pair, merges[pair])
    return ids


def decode(ids, vocab):
    return b"".join(vocab[i] for i in ids).decode("utf-8", errors="replace")


def split_text(text, pattern=GPT4_SPLIT_PATTERN):
    return regex.findall(pattern, text)


class RegexTokenizer:
    def __init__(self, pattern=None):
        self.pattern = GPT4_SPLIT_PATTERN if pattern is None else pattern
        self.compiled = regex.compile(self.pattern)
        self.merges = {}
        self.vocab = {byte: bytes([byte]) for byte in range(256)}
        self.special_tokens = {}

    def train(self, text, vocab_size):
        if vocab_size < 256:
            raise ValueError("vocab_size is less than 256")
        chunks = [list(chunk.encode("utf-8")) for chunk in self.compiled.findall(text)]
        self.merges = {}
        self.vocab = {byte: bytes([byte]) for byte in range(256)}
        for idx in range(256, vocab_size):
            counts = {}
            for chunk in chunks:
                get_stats(chunk, counts)
            if not counts:
                break
            pair = max(counts, key=counts.get)
            chunks = [merge(chunk, pair, idx) for chunk in chunks]
            self.merges[pair] = idx
            self.vocab[idx] = self.vocab[pair[0]] + self.vocab[pair[1]]

    def encode_ordinary(self, text):
        ids = []
        for chunk in self.compiled.findall(text):
            ids.extend(encode(chunk, self.merges))
        return ids

    def register_special_tokens(self, special_tokens):
        self.special_tokens = dict(special_tokens)

    def encode(self, text, allowed_special="none_raise"):
        if allowed_special == "all":
            count = self.special_tokens
        elif isinstance(allowed_special, AbstractSet):
            count = {token: idx for token, idx in self.special_tokens.items() if token in allowed_special}
        elif allowed_special == "none":
            count = {}
        elif allowed_special == "none_raise":
            count = {}
            for token in self.special_tokens:
                if token in text:
                    raise ValueError(f"{token} is a special token")
        else:
            raise ValueError(f"{allowed_special} is no mode")
        if not count:
            return self.encode_ordinary(text)
        escaped = [regex.escape(token) for token in sorted(count, key=len, reverse=True)]
        ids = []
        for piece in regex.split("(" + "|".join(escaped) + ")", text):
            if piece in count:
                ids.append(count[piece])
            else:
                ids.extend(self.encode_ordinary(piece))
        return ids

    def decode(self, ids):
        special = {idx: token.encode("utf-8") for token, idx in self.special_tokens.items()}
        return decode(ids, {**self.vocab, **special})

    def save(self, path):
        parts = {
            "pattern": self.pattern,
            "special_tokens": self.special_tokens,
            "merges": [[left, right, idx] for (left, right), idx in self.merges.items()],
        }
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(parts))

    def load(self, path):
        with open(path, encoding="utf-8") as file:
            parts = json.loads(file.read())
        self.pattern = parts["pattern"]
        self.compiled = regex.compile(self.pattern)
        self.special_tokens = parts["special_tokens"]
        self.merges = {}
        self.vocab = {byte: bytes([byte]) for byte in range(256)}
        for left, right, idx in parts["merges"]:
            self.merges[(left, right)] = idx
            self.vocab[idx] = self.vocab[left] + self.vocab[right]

    def encode_iterable(self, chunks, allowed_special="none_raise"):
        n = max((len(token) for token in self.special_tokens), default=1)
        buffer = ""
        for chunk in chunks:
            buffer += chunk
            for match in reversed(list(regex.finditer(r"[\p{L}\p{N}](?=[^\p{L}\p{N}])", buffer))):
                place = match.end()
                if place > len(buffer) - (n - 1):
                    continue
                stretches = [
                    (special, buffer[max(0, place - (len(special) - 1)) : place + len(special) - 1])
                    for special in self.special_tokens
                ]
                if any(special in stretch for special, stretch in stretches):
                    continue
                yield from self.encode(buffer[:place], allowed_special)
                buffer = buffer[place:]
                break
        yield from self.encode(buffer, allowed_special)


def train_bpe_fast(path, vocab_size, special_tokens=()):
    rounds = vocab_size - 256 - len(special_tokens)
    if rounds < 0:
        raise ValueError("vocab_size has no room for the bytes and the special tokens")
    with open(path, encoding="utf-8") as file:
        documents = [file.read()]
    for token in sorted(special_tokens, key=len, reverse=True):
        documents = [piece for document in documents for piece in document.split(token)]
    frequencies = Counter(chunk for document in documents for chunk in regex.findall(GPT2_SPLIT_PATTERN, document))
    chunks = [list(chunk.encode("utf-8")) for chunk in frequencies]
    frequency = list(frequencies.values())
    count = defaultdict(int)
    holds = defaultdict(set)
    for number, ids in enumerate(chunks):
        for pair in zip(ids, ids[1:]):
            count[pair] += frequency[number]
            holds[pair].add(number)
    vocab = {byte: bytes([byte]) for byte in range(256)}
    merges = []
    while len(merges) < rounds and count:
        most = max(count.values())
        winner = max((pair for pair in count if count[pair] == most), key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))
        idx = 256 + len(merges)
        merges.append((vocab[winner[0]], vocab[winner[1]]))
        vocab[idx] = vocab[winner[0]] + vocab[winner[1]]
        touched = set()
        for number in list(holds[winner]):
            for pair in zip(chunks[number], chunks[number][1:]):
                count[pair] -= frequency[number]
                touched.add(pair)
            chunks[number] = merge(chunks[number], winner, idx)
            for pair in zip(chunks[number], chunks[number][1:]):
                count[pair] += frequency[number]
                holds[pair].add(number)
        for pair in touched:
            if count[pair] == 0:
                del count[pair]
    for token in special_tokens:
        vocab[len(vocab)] = token.encode("utf-8")
    return vocab, merges


def bytes_to_unicode():
    printable = {*range(ord("!"), ord("~") + 1), *range(161, 172 + 1), *range(174, 255 + 1)}
    table = {}
    moved = 0
    for byte in range(256):
        if byte in printable:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(256 + moved)
            moved += 1
    return table


class GPT2Tokenizer(RegexTokenizer):
    def __init__(self):
        super().__init__(GPT2_SPLIT_PATTERN)
        self.ranks = {}
        self.byte_ids = {}
        self.cache = {}

    @classmethod
    def from_files(cls, encoder_json, vocab_bpe):
        encoder = json.loads(Path(encoder_json).read_text(encoding="utf-8"))
        made = cls()
        byte_of = {char: byte for byte, char in bytes_to_unicode().items()}
        if "<|endoftext|>" in encoder:
            made.register_special_tokens({"<|endoftext|>": encoder.pop("<|endoftext|>")})
        made.vocab = {}
        for token, idx in encoder.items():
            made.vocab[idx] = bytes(byte_of[char] for char in token)
        for char, byte in byte_of.items():
            made.byte_ids[byte] = encoder[char]
        lines = Path(vocab_bpe).read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(line for line in lines[1:] if line):
            left, right = line.split(" ")
            made.ranks[(encoder[left], encoder[right])] = number
            made.merges[(encoder[left], encoder[right])] = encoder[left + right]
        return made

    def encode_ordinary(self, text):
        ids = []
        for chunk in self.compiled.findall(text):
            if chunk not in self.cache:
                word = [self.byte_ids[byte] for byte in chunk.encode("utf-8")]
                while len(word) >= 2:
                    pair = min(get_stats(word), key=lambda pair: self.ranks.get(pair, math.inf))
                    if pair not in self.ranks:
                        break
                    word = merge(word, pair, self.merges[pair])
                self.cache[chunk] = word
            ids.extend(self.cache[chunk])
        return ids


def recover_merges(mergeable_ranks):
    merges = {}
    for token in sorted(mergeable_ranks, key=mergeable_ranks.get):
        if len(token) == 1:
            continue
        parts = [bytes([byte]) for byte in token]
        while len(parts) > 2:
            unions = [left + right for left, right in pairwise(parts)]
            i = min(range(len(unions)), key=lambda i: mergeable_ranks.get(unions[i], math.inf))
            parts[i : i + 2] = [unions[i]]
        merges[(mergeable_ranks[parts[0]], mergeable_ranks[parts[1]])] = mergeable_ranks[token]
    return merges


class GPT4Tokenizer(RegexTokenizer):
    def __init__(self, mergeable_ranks, special_tokens=None):
        super().__init__(GPT4_SPLIT_PATTERN)
        self.merges = recover_merges(mergeable_ranks)
        self.vocab = {rank: token for token, rank in mergeable_ranks.items()}
        self.byte_ids = [mergeable_ranks[bytes([byte])] for byte in range(256)]
        if special_tokens:
            self.register_special_tokens(special_tokens)

    def encode_ordinary(self, text):
        ids = []
        for chunk in self.compiled.findall(text):
            shuffled = bytes(self.byte_ids[byte] for byte in chunk.encode("utf-8"))
            ids.extend(encode(shuffled, self.merges))
        return ids
