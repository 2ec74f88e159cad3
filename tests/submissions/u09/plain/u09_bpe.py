"""One author's unit 09: loops and dictionaries, a Counter for the pairs, files with one thing on a line."""

from collections import Counter

import regex

GPT2_SPLIT_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
GPT4_SPLIT_PATTERN = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}"""
    r"""| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"""
)


def get_stats(ids, counts=None):
    if counts is None:
        counts = Counter()
    for i in range(len(ids) - 1):
        pair = ids[i], ids[i + 1]
        if pair not in counts:
            counts[pair] = 0
        counts[pair] += 1
    return counts


def merge(ids, pair, idx):
    out = []
    skip = False
    for i in range(len(ids)):
        if skip:
            skip = False
        elif tuple(ids[i : i + 2]) == pair:
            out.append(idx)
            skip = True
        else:
            out.append(ids[i])
    return out


def first_tokens():
    return {i: bytes([i]) for i in range(256)}


def most_frequent(counts):
    best = None
    for pair in counts:
        if best is None or counts[pair] > counts[best]:
            best = pair
    return best


def train_bpe(text, vocab_size):
    if vocab_size < 256:
        raise ValueError("too small")
    ids = list(text.encode())
    merges = {}
    vocab = first_tokens()
    while len(vocab) < vocab_size and len(ids) > 1:
        pair = most_frequent(get_stats(ids))
        idx = len(vocab)
        ids = merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab


def encode(text, merges):
    if isinstance(text, str):
        text = text.encode()
    ids = list(text)
    for pair, idx in merges.items():  # they are in the order of training
        if pair[0] in ids:
            ids = merge(ids, pair, idx)
    return ids


def decode(ids, vocab):
    data = b""
    for i in ids:
        if i not in vocab:
            raise ValueError(f"no token has the id {i}")
        data += vocab[i]
    return data.decode(errors="replace")


def split_text(text, pattern=GPT4_SPLIT_PATTERN):
    return [match.group() for match in regex.finditer(pattern, text)]


class RegexTokenizer:
    def __init__(self, pattern=None):
        self.pattern = pattern or GPT4_SPLIT_PATTERN
        self.merges = {}
        self.vocab = first_tokens()
        self.special_tokens = {}

    def train(self, text, vocab_size):
        if vocab_size < 256:
            raise ValueError("too small")
        self.merges = {}
        self.vocab = first_tokens()
        words = [list(chunk.encode()) for chunk in split_text(text, self.pattern)]
        for idx in range(256, vocab_size):
            counts = {}
            for word in words:
                counts = get_stats(word, counts)
            pair = most_frequent(counts)
            if pair is None:
                return
            for i in range(len(words)):
                words[i] = merge(words[i], pair, idx)
            self.merges[pair] = idx
            self.vocab[idx] = self.vocab[pair[0]] + self.vocab[pair[1]]

    def encode_ordinary(self, text):
        ids = []
        for chunk in split_text(text, self.pattern):
            ids.extend(encode(chunk, self.merges))
        return ids

    def register_special_tokens(self, special_tokens):
        self.special_tokens = {**special_tokens}

    def which(self, text, allowed_special):
        if isinstance(allowed_special, str):
            if allowed_special == "all":
                return dict(self.special_tokens)
            if allowed_special == "none_raise":
                for token in self.special_tokens:
                    if token in text:
                        raise ValueError(f"{token} is not allowed here")
            elif allowed_special != "none":
                raise ValueError(allowed_special)
            return {}
        return {token: self.special_tokens[token] for token in self.special_tokens if token in allowed_special}

    def encode(self, text, allowed_special="none_raise"):
        special = self.which(text, allowed_special)
        ids, start, i = [], 0, 0
        while i < len(text):
            here = [token for token in special if text.startswith(token, i)]
            if here:
                token = max(here, key=len)
                ids += self.encode_ordinary(text[start:i])
                ids.append(special[token])
                i = start = i + len(token)
            else:
                i += 1
        return ids + self.encode_ordinary(text[start:])

    def decode(self, ids):
        vocab = dict(self.vocab)
        for token, idx in self.special_tokens.items():
            vocab[idx] = token.encode()
        return decode(ids, vocab)

    def save(self, path):
        with open(path, "w", encoding="utf-8") as f:
            print(self.pattern.encode().hex(), file=f)
            print(len(self.special_tokens), file=f)
            for token, idx in self.special_tokens.items():
                print(token.encode().hex(), idx, file=f)
            for (a, b), idx in self.merges.items():
                print(a, b, idx, file=f)

    def load(self, path):
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        self.pattern = bytes.fromhex(lines[0]).decode()
        count = int(lines[1])
        self.special_tokens = {}
        for line in lines[2 : 2 + count]:
            token, idx = line.split()
            self.special_tokens[bytes.fromhex(token).decode()] = int(idx)
        self.merges = {}
        self.vocab = first_tokens()
        for line in lines[2 + count :]:
            a, b, idx = map(int, line.split())
            self.merges[a, b] = idx
            self.vocab[idx] = self.vocab[a] + self.vocab[b]

    def encode_iterable(self, chunks, allowed_special="none_raise"):
        longest = max([len(token) for token in self.special_tokens] + [1])
        waiting = ""
        for chunk in chunks:
            waiting += chunk
            end = len(waiting) - longest
            while end > 0 and not self.can_cut(waiting, end):
                end -= 1
            if end > 0:
                for idx in self.encode(waiting[:end], allowed_special):
                    yield idx
                waiting = waiting[end:]
        for idx in self.encode(waiting, allowed_special):
            yield idx

    def can_cut(self, text, end):
        if not regex.match(r"[\p{L}\p{N}][^\p{L}\p{N}]", text[end - 1 : end + 1]):
            return False
        for token in self.special_tokens:
            for start in range(end - len(token) + 1, end):
                if start >= 0 and text.startswith(token, start):
                    return False
        return True


def train_bpe_fast(path, vocab_size, special_tokens=()):
    if vocab_size < 256 + len(special_tokens):
        raise ValueError("too small")
    with open(path, encoding="utf-8", newline="") as f:
        parts = [f.read()]
    for token in sorted(special_tokens, key=len, reverse=True):
        parts = [piece for part in parts for piece in part.split(token)]
    frequency = Counter()
    for part in parts:
        frequency.update(regex.findall(GPT2_SPLIT_PATTERN, part))
    words = []
    for chunk, times in frequency.items():
        words.append((list(chunk.encode()), times))

    counts, where = {}, {}
    for number, (ids, times) in enumerate(words):
        for pair in zip(ids, ids[1:]):
            counts[pair] = counts.get(pair, 0) + times
            where.setdefault(pair, set()).add(number)
    vocab, merges = first_tokens(), []
    while len(merges) < vocab_size - 256 - len(special_tokens) and counts:
        most = max(counts.values())
        _, _, pair = max((vocab[p[0]], vocab[p[1]], p) for p in counts if counts[p] == most)
        idx = len(vocab)
        merges.append((vocab[pair[0]], vocab[pair[1]]))
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
        changed = {}
        for number in where[pair]:
            old, times = words[number]
            new = merge(old, pair, idx)
            words[number] = (new, times)
            for p in zip(old, old[1:]):
                changed[p] = changed.get(p, 0) - times
            for p in zip(new, new[1:]):
                changed[p] = changed.get(p, 0) + times
                where.setdefault(p, set()).add(number)
        for p, change in changed.items():
            counts[p] = counts.get(p, 0) + change
            if counts[p] == 0:
                del counts[p]
    for token in special_tokens:
        vocab[len(vocab)] = token.encode()
    return vocab, merges


def bytes_to_unicode():
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table = {b: chr(b) for b in printable}
    n = 256
    for b in range(256):
        if b not in table:
            table[b] = chr(n)
            n += 1
    return table


class GPT2Tokenizer(RegexTokenizer):
    def __init__(self):
        super().__init__(GPT2_SPLIT_PATTERN)
        self.known = {}

    @classmethod
    def from_files(cls, encoder_json, vocab_bpe):
        import json

        self = cls()
        with open(encoder_json, encoding="utf-8") as f:
            self.encoder = json.load(f)
        with open(vocab_bpe, encoding="utf-8") as f:
            f.readline()
            self.order = {}
            for line in f:
                if line != "\n":
                    self.order[tuple(line.rstrip("\n").split(" "))] = len(self.order)
        self.table = bytes_to_unicode()
        back = {c: b for b, c in self.table.items()}
        for token, idx in self.encoder.items():
            if token == "<|endoftext|>":
                self.special_tokens[token] = idx
            else:
                self.vocab[idx] = bytes(back[c] for c in token)
        return self

    def encode_ordinary(self, text):
        ids = []
        for chunk in regex.findall(self.pattern, text):
            if chunk not in self.known:
                self.known[chunk] = self.encode_word([self.table[b] for b in chunk.encode()])
            ids += self.known[chunk]
        return ids

    def encode_word(self, parts):
        while True:
            pairs = [p for p in zip(parts, parts[1:]) if p in self.order]
            if not pairs:
                return [self.encoder[part] for part in parts]
            parts = merge(parts, min(pairs, key=lambda p: self.order[p]), None)
            best = min(pairs, key=lambda p: self.order[p])
            parts = [best[0] + best[1] if part is None else part for part in parts]


def recover_merges(mergeable_ranks):
    merges = {}
    for token, rank in sorted(mergeable_ranks.items(), key=lambda entry: entry[1]):
        if len(token) == 1:
            continue
        parts = [token[i : i + 1] for i in range(len(token))]
        while True:
            best = None
            for i in range(len(parts) - 1):
                r = mergeable_ranks.get(parts[i] + parts[i + 1])
                if r is not None and r < rank and (best is None or r < best[0]):
                    best = (r, i)
            if best is None:
                break
            i = best[1]
            parts = parts[:i] + [parts[i] + parts[i + 1]] + parts[i + 2 :]
        a, b = parts
        merges[mergeable_ranks[a], mergeable_ranks[b]] = rank
    return merges


class GPT4Tokenizer(RegexTokenizer):
    def __init__(self, mergeable_ranks, special_tokens=None):
        super().__init__()
        self.merges = recover_merges(mergeable_ranks)
        self.shuffle = [mergeable_ranks[bytes([b])] for b in range(256)]
        self.unshuffle = {rank: b for b, rank in enumerate(self.shuffle)}
        for (a, b), idx in self.merges.items():
            self.vocab[idx] = self.vocab[a] + self.vocab[b]  # of shuffled bytes
        if special_tokens:
            self.register_special_tokens(special_tokens)

    def encode_ordinary(self, text):
        ids = []
        for chunk in split_text(text):
            ids += encode(bytes(self.shuffle[b] for b in chunk.encode()), self.merges)
        return ids

    def decode(self, ids):
        special = {idx: token for token, idx in self.special_tokens.items()}
        data = b""
        for idx in ids:
            if idx in special:
                data += special[idx].encode()
            else:
                data += bytes(self.unshuffle[b] for b in self.vocab[idx])
        return data.decode("utf-8", "replace")
