"""Another author's unit 09: bytes as tokens, a lazy heap, generators, one table of ranks for every encoder."""

import ast
import heapq
import itertools
import os
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import itemgetter
from pathlib import Path

import regex as re

GPT2_SPLIT_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
GPT4_SPLIT_PATTERN = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}"""
    r"""| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"""
)
BYTES = [bytes((b,)) for b in range(256)]
FOREVER = float("inf")


def get_stats(ids, counts=None):
    stats = defaultdict(int) if counts is None else counts
    for pair in itertools.pairwise(ids):
        stats[pair] = stats.get(pair, 0) + 1
    return stats


def merge(ids, pair, idx):
    def walk():
        rest = iter(ids)
        held = next(rest, None)
        for here in rest:
            if (held, here) == pair:
                yield idx
                held = next(rest, None)
            else:
                yield held
                held = here
        if held is not None:
            yield held

    return list(walk())


def learn(words, rounds):
    """Yield (pair, id): the classic loop over any number of words."""
    for idx in range(256, 256 + rounds):
        stats = reduce(lambda counts, word: get_stats(word, counts), words, {})
        if not stats:
            return
        pair, _ = max(stats.items(), key=itemgetter(1))
        words = [merge(word, pair, idx) for word in words]
        yield pair, idx


def spell(merges, vocab):
    for (left, right), idx in merges.items():
        vocab[idx] = vocab[left] + vocab[right]
    return vocab


def need(size, least=256):
    if size < least:
        raise ValueError(f"{size} ids are fewer than {least}")


def train_bpe(text, vocab_size):
    need(vocab_size)
    merges = dict(learn([text.encode()], vocab_size - 256))
    return merges, spell(merges, dict(enumerate(BYTES)))


def encode(text, merges):
    """A linked list and a heap of candidates: (id, place)."""
    ids = list(text.encode() if isinstance(text, str) else text)
    after = list(range(1, len(ids) + 1))
    before = list(range(-1, len(ids) - 1))
    alive = [True] * len(ids)

    def candidate(i):
        j = after[i]
        idx = merges.get((ids[i], ids[j])) if j < len(ids) else None
        return None if idx is None else (idx, i, ids[i], ids[j])

    heap = [found for found in map(candidate, range(len(ids))) if found]
    heapq.heapify(heap)
    while heap:
        idx, i, left, right = heapq.heappop(heap)
        j = after[i] if alive[i] else len(ids)
        if j >= len(ids) or (ids[i], ids[j]) != (left, right):
            continue
        ids[i], alive[j], after[i] = idx, False, after[j]
        if after[i] < len(ids):
            before[after[i]] = i
        for place in (before[i], i):
            if place >= 0 and (found := candidate(place)):
                heapq.heappush(heap, found)
    return list(itertools.compress(ids, alive))


def decode(ids, vocab):
    return b"".join(map(vocab.__getitem__, ids)).decode("utf8", "replace")


def split_text(text, pattern=GPT4_SPLIT_PATTERN):
    return re.compile(pattern).findall(text)


class RegexTokenizer:
    __slots__ = ("__dict__", "merges", "pattern", "special_tokens", "vocab")

    def __init__(self, pattern=GPT4_SPLIT_PATTERN):
        self._become(pattern or GPT4_SPLIT_PATTERN, {}, {})

    def _become(self, pattern, merges, special_tokens):
        self.pattern, self.merges, self.special_tokens = pattern, merges, special_tokens
        self.vocab = spell(merges, dict(enumerate(BYTES)))
        self._word = lru_cache(maxsize=4096)(lambda chunk: tuple(self.encode_chunk(chunk.encode())))

    def train(self, text, vocab_size):
        need(vocab_size)
        words = [chunk.encode() for chunk in split_text(text, self.pattern)]
        self._become(self.pattern, dict(learn(words, vocab_size - 256)), self.special_tokens)

    def encode_chunk(self, data):
        return encode(data, self.merges)

    def encode_ordinary(self, text):
        return [idx for chunk in split_text(text, self.pattern) for idx in self._word(chunk)]

    def register_special_tokens(self, special_tokens):
        self.special_tokens = special_tokens.copy()

    def _counting(self, allowed):
        everything = set(self.special_tokens)
        modes = {"all": (everything, set()), "none": (set(), set()), "none_raise": (set(), everything)}
        if isinstance(allowed, str):
            if allowed not in modes:
                raise ValueError(f"what is {allowed!r}?")
            return modes[allowed]
        return everything & set(allowed), set()

    def encode(self, text, allowed_special="none_raise"):
        good, bad = self._counting(allowed_special)
        searched = sorted(good | bad, key=lambda token: (-len(token), token))
        if not searched:
            return self.encode_ordinary(text)
        ids, start = [], 0
        for match in re.finditer("|".join(re.escape(token) for token in searched), text):
            if match[0] in bad:
                raise ValueError(f"{match[0]!r} at {match.start()} is not welcome")
            ids += [*self.encode_ordinary(text[start : match.start()]), self.special_tokens[match[0]]]
            start = match.end()
        return ids + self.encode_ordinary(text[start:])

    def decode(self, ids):
        names = {idx: token.encode() for token, idx in self.special_tokens.items()}
        return b"".join(names[idx] if idx in names else self.vocab[idx] for idx in ids).decode("utf8", "replace")

    def save(self, path):
        draft = Path(f"{path}.draft")
        draft.write_bytes(ascii([self.pattern, list(self.merges), self.special_tokens]).encode("ascii"))
        os.replace(draft, path)

    def load(self, path):
        pattern, pairs, special_tokens = ast.literal_eval(Path(path).read_bytes().decode("ascii"))
        self._become(pattern, {pair: idx for idx, pair in enumerate(pairs, 256)}, special_tokens)

    def encode_iterable(self, chunks, allowed_special="none_raise"):
        reach = max(map(len, self.special_tokens), default=1) - 1
        held = ""
        for chunk in filter(None, chunks):
            held += chunk
            covered = {
                place
                for token in self.special_tokens
                for match in re.finditer(re.escape(token), held, overlapped=True)
                for place in range(match.start() + 1, match.end())
            }
            ends = (m.end() for m in re.finditer(r"[\p{L}\p{N}]\b|[\p{L}\p{N}](?=[^\p{L}\p{N}])", held[: max(0, len(held) - reach)]))
            good = [end for end in ends if end < len(held) and self._ends(held[end]) and end not in covered]
            if good:
                yield from self.encode(held[: good[-1]], allowed_special)
                held = held[good[-1] :]
        yield from self.encode(held, allowed_special)

    @staticmethod
    def _ends(char):
        return re.fullmatch(r"[^\p{L}\p{N}]", char) is not None


@dataclass(order=True)
class Entry:
    """In a heap: the most frequent first, then the greatest pair."""

    key: tuple
    pair: tuple = field(compare=False)
    count: int = field(compare=False)

    @classmethod
    def of(cls, pair, count):
        flipped = tuple((*(255 - byte for byte in part), 256) for part in pair)
        return cls((-count, flipped), pair, count)


def train_bpe_fast(path, vocab_size, special_tokens=()):
    need(vocab_size, 256 + len(special_tokens))
    text = Path(path).read_bytes().decode()
    bars = "|".join(re.escape(token) for token in sorted(special_tokens, key=len)[::-1])
    frequency = defaultdict(int)
    for document in re.splititer(bars, text) if bars else [text]:
        for match in re.finditer(GPT2_SPLIT_PATTERN, document):
            frequency[tuple(BYTES[byte] for byte in match[0].encode())] += 1
    words, times = list(frequency), list(frequency.values())
    counts, homes = defaultdict(int), defaultdict(set)
    for number, word in enumerate(words):
        for pair in itertools.pairwise(word):
            counts[pair] += times[number]
            homes[pair].add(number)
    heap = [Entry.of(*item) for item in counts.items()]
    heapq.heapify(heap)
    merges = []
    while heap and len(merges) < vocab_size - 256 - len(special_tokens):
        entry = heapq.heappop(heap)
        if counts.get(entry.pair, 0) != entry.count:
            continue
        merges.append(entry.pair)
        touched = set()
        for number in homes.pop(entry.pair):
            old = words[number]
            new = words[number] = tuple(merge(old, entry.pair, b"".join(entry.pair)))
            for word, sign in ((old, -1), (new, 1)):
                for pair in itertools.pairwise(word):
                    counts[pair] += sign * times[number]
                    touched.add(pair)
                    if sign > 0:
                        homes[pair].add(number)
        for pair in touched:
            if counts[pair]:
                heapq.heappush(heap, Entry.of(pair, counts[pair]))
    tokens = [*BYTES, *map(b"".join, merges), *(token.encode() for token in special_tokens)]
    return dict(enumerate(tokens)), merges


def bytes_to_unicode():
    visible = [byte for first, last in ("!~", "\xa1\xac", "\xae\xff") for byte in range(ord(first), ord(last) + 1)]
    hidden = [byte for byte in range(256) if byte not in set(visible)]
    return dict(zip(visible + hidden, [*map(chr, visible), *map(chr, range(256, 256 + len(hidden)))], strict=True))


class GPT2Tokenizer(RegexTokenizer):
    def __init__(self):
        super().__init__(GPT2_SPLIT_PATTERN)

    @classmethod
    def from_files(cls, encoder_json, vocab_bpe):
        import json

        with open(encoder_json, "rb") as one, open(vocab_bpe, "rb") as two:
            encoder, (_, *lines) = json.load(one), two.read().decode().splitlines()
        made, table = cls(), {char: byte for byte, char in bytes_to_unicode().items()}
        made.special_tokens = {token: encoder.pop(token) for token in ("<|endoftext|>",) if token in encoder}
        real = {token: bytes(map(table.get, token)) for token in encoder}
        made.vocab = {idx: real[token] for token, idx in encoder.items()}
        made.ids = {real[token]: idx for token, idx in encoder.items()}
        made.ranks = {tuple(real[part] for part in line.split()): rank for rank, line in enumerate(filter(None, lines))}
        return made

    def encode_chunk(self, data):
        parts = [BYTES[byte] for byte in data]
        while len(parts) > 1:
            best = min(itertools.pairwise(parts), key=lambda pair: self.ranks.get(pair, FOREVER))
            if best not in self.ranks:
                break
            parts = merge(parts, best, b"".join(best))
        return map(self.ids.get, parts)

    def encode_ordinary(self, text):
        return super().encode_ordinary(text)


def recover_merges(mergeable_ranks):
    """Replay: the merges found so far, applied to the next token's bytes, leave two ids."""
    merges = {}
    for token, rank in sorted(mergeable_ranks.items(), key=itemgetter(1)):
        if len(token) > 1:
            ids = [mergeable_ranks[BYTES[byte]] for byte in token]
            while len(ids) > 2:
                pair = min(itertools.pairwise(ids), key=lambda pair: merges.get(pair, FOREVER))
                ids = merge(ids, pair, merges[pair])
            merges[tuple(ids)] = rank
    return merges


class GPT4Tokenizer(RegexTokenizer):
    def __init__(self, mergeable_ranks, special_tokens=None):
        super().__init__()
        self.merges = recover_merges(mergeable_ranks)
        self.vocab = dict(map(reversed, mergeable_ranks.items()))
        self.shuffled = bytes(mergeable_ranks[byte] for byte in BYTES)
        self.special_tokens = dict(special_tokens or {})

    def encode_chunk(self, data):
        return encode(data.translate(self.shuffled), self.merges)

    def encode_ordinary(self, text):
        return super().encode_ordinary(text)
