# Wrong answers to unit 09, each as somebody may type it on the way through the lecture. They stand below the solution,
# one at a time.

# %% get_stats: each pair begins where the one before ends
# said: u09.side_by_side
def get_stats(ids, counts=None):
    counts = {} if counts is None else counts
    for i in range(0, len(ids) - 1, 2):
        pair = (ids[i], ids[i + 1])
        counts[pair] = counts.get(pair, 0) + 1
    return counts


# %% get_stats: a pair and its mirror image are one
# said: u09.mirrored_alike
def get_stats(ids, counts=None):
    counts = {} if counts is None else counts
    for a, b in zip(ids, ids[1:]):
        pair = (min(a, b), max(a, b))
        counts[pair] = counts.get(pair, 0) + 1
    return counts


# %% get_stats: the last pair is not counted
# said: u09.triples
def get_stats(ids, counts=None):
    counts = {} if counts is None else counts
    for i in range(len(ids) - 2):
        pair = (ids[i], ids[i + 1])
        counts[pair] = counts.get(pair, 0) + 1
    return counts


# %% merge: after a match the second id is read again
# said: u09.overlap_i1
def merge(ids, pair, idx):
    newids = []
    i = 0
    while i < len(ids):
        if i < len(ids) - 1 and (ids[i], ids[i + 1]) == pair:
            newids.append(idx)
        else:
            newids.append(ids[i])
        i += 1
    return newids


# %% merge: what was just written is merged again
# said: u09.written_is_read
def merge(ids, pair, idx):
    newids = []
    for token in ids:
        if newids and (newids[-1], token) == pair:
            newids[-1] = idx
        else:
            newids.append(token)
    return newids


# %% merge: the last id gets lost where no match ends there
# said: u09.last_dropped
def merge(ids, pair, idx):
    newids = []
    i = 0
    while i < len(ids) - 1:
        if (ids[i], ids[i + 1]) == pair:
            newids.append(idx)
            i += 2
        else:
            newids.append(ids[i])
            i += 1
    return newids


# %% train_bpe: the last of equals wins
# said: u09.tie_last
def train_bpe(text, vocab_size):
    if vocab_size < 256:
        raise ValueError(vocab_size)
    ids = list(text.encode("utf-8"))
    merges, vocab = {}, {i: bytes([i]) for i in range(256)}
    for i in range(vocab_size - 256):
        stats = get_stats(ids)
        if not stats:
            break
        best = None
        for pair in stats:
            if best is None or stats[pair] >= stats[best]:
                best = pair
        ids = merge(ids, best, 256 + i)
        merges[best] = 256 + i
        vocab[256 + i] = vocab[best[0]] + vocab[best[1]]
    return merges, vocab


# %% train_bpe: a pair that occurs once ends the training
# said: u09.stops_at_two
def train_bpe(text, vocab_size):
    if vocab_size < 256:
        raise ValueError(vocab_size)
    ids = list(text.encode("utf-8"))
    merges, vocab = {}, {i: bytes([i]) for i in range(256)}
    for i in range(vocab_size - 256):
        stats = get_stats(ids)
        if not stats or max(stats.values()) < 2:
            break
        pair = max(stats, key=stats.get)
        ids = merge(ids, pair, 256 + i)
        merges[pair] = 256 + i
        vocab[256 + i] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab


# %% train_bpe: characters and not bytes
# said: u09.codepoints
def train_bpe(text, vocab_size):
    if vocab_size < 256:
        raise ValueError(vocab_size)
    ids = [ord(c) for c in text]
    merges, vocab = {}, {i: bytes([i]) for i in range(256)}
    for i in range(vocab_size - 256):
        stats = get_stats(ids)
        if not stats:
            break
        pair = max(stats, key=stats.get)
        ids = merge(ids, pair, 256 + i)
        merges[pair] = 256 + i
        vocab[256 + i] = b"".join(vocab.get(p, chr(p).encode("utf-8")) for p in pair)
    return merges, vocab


# %% train_bpe: vocab holds the parts in the wrong order
# said: u09.right_part_first
def train_bpe(text, vocab_size):
    if vocab_size < 256:
        raise ValueError(vocab_size)
    ids = list(text.encode("utf-8"))
    merges, vocab = {}, {i: bytes([i]) for i in range(256)}
    for i in range(vocab_size - 256):
        stats = get_stats(ids)
        if not stats:
            break
        pair = max(stats, key=stats.get)
        ids = merge(ids, pair, 256 + i)
        merges[pair] = 256 + i
        vocab[256 + i] = vocab[pair[1]] + vocab[pair[0]]
    return merges, vocab


# %% encode: the commonest pair first
# said: u09.most_frequent_first
def encode(text, merges):
    ids = list(text.encode("utf-8") if isinstance(text, str) else text)
    while len(ids) >= 2:
        stats = get_stats(ids)
        known = [p for p in stats if p in merges]
        if not known:
            break
        pair = max(known, key=stats.get)
        ids = merge(ids, pair, merges[pair])
    return ids


# %% encode: once through the table, and the latest merge first
# said: u09.table_backwards
def encode(text, merges):
    ids = list(text.encode("utf-8") if isinstance(text, str) else text)
    for pair, idx in sorted(merges.items(), key=lambda item: -item[1]):
        ids = merge(ids, pair, idx)
    return ids


# %% encode: one merge and no more
# said: u09.one_merge_only
def encode(text, merges):
    ids = list(text.encode("utf-8") if isinstance(text, str) else text)
    if len(ids) >= 2:
        pair = min(get_stats(ids), key=lambda p: merges.get(p, float("inf")))
        if pair in merges:
            ids = merge(ids, pair, merges[pair])
    return ids


# %% decode: each token by itself
# said: u09.per_token
def decode(ids, vocab):
    return "".join(vocab[i].decode("utf-8", errors="replace") for i in ids)


# %% decode: what is broken vanishes
# said: u09.ignore
def decode(ids, vocab):
    return b"".join(vocab[i] for i in ids).decode("utf-8", errors="ignore")


# %% split_text: without white space
# said: u09.strip
def split_text(text, pattern=GPT4_SPLIT_PATTERN):
    return [chunk.strip() for chunk in regex.findall(pattern, text)]


# %% split_text: only the first match
# said: split_text('Hello new world!'): the end is missing; what is there is right.
def split_text(text, pattern=GPT4_SPLIT_PATTERN):
    found = regex.search(pattern, text)
    return [found.group()] if found else []


# %% regex_tokenizer: encoded without being cut
# said: u09.encode_unsplit
def _encode_ordinary(self, text):
    return encode(text, self.merges)


RegexTokenizer.encode_ordinary = _encode_ordinary


# %% regex_tokenizer: the chunks are joined before pairs are counted
# said: u09.no_chunks
def _train(self, text, vocab_size):
    if vocab_size < 256:
        raise ValueError(vocab_size)
    ids = [b for chunk in self.compiled.findall(text) for b in chunk.encode("utf-8")]
    self.merges, self.vocab = {}, {i: bytes([i]) for i in range(256)}
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        if not stats:
            break
        pair = max(stats, key=stats.get)
        ids = merge(ids, pair, idx)
        self.merges[pair] = idx
        self.vocab[idx] = self.vocab[pair[0]] + self.vocab[pair[1]]


RegexTokenizer.train = _train


# %% special_tokens: the text of a special token is used as a pattern
# said: u09.unescaped
def _encode(self, text, allowed_special="none_raise"):
    if allowed_special == "all":
        special = self.special_tokens
    elif allowed_special == "none":
        special = {}
    elif allowed_special == "none_raise":
        special = {}
        for token in self.special_tokens:
            if token in text:
                raise ValueError(token)
    elif isinstance(allowed_special, (set, frozenset)):
        special = {k: v for k, v in self.special_tokens.items() if k in allowed_special}
    else:
        raise ValueError(allowed_special)
    if not special:
        return self.encode_ordinary(text)
    ids = []
    for part in regex.split("(" + "|".join(special) + ")", text):
        if part in special:
            ids.append(special[part])
        elif part:
            ids.extend(self.encode_ordinary(part))
    return ids


RegexTokenizer.encode = _encode


# %% special_tokens: all of them, whatever is allowed
# said: u09.all_but_none_raise
def _encode(self, text, allowed_special="none_raise"):
    special = self.special_tokens
    if allowed_special == "none_raise" and any(token in text for token in special):
        raise ValueError(next(token for token in special if token in text))
    if not special:
        return self.encode_ordinary(text)
    pattern = "(" + "|".join(regex.escape(k) for k in sorted(special, key=len, reverse=True)) + ")"
    ids = []
    for part in regex.split(pattern, text):
        if part in special:
            ids.append(special[part])
        else:
            ids.extend(self.encode_ordinary(part))
    return ids


RegexTokenizer.encode = _encode


# %% bytes_to_unicode: the ranges stop one early
# said: u09.range_off
def bytes_to_unicode():
    bs = list(range(ord("!"), ord("~"))) + list(range(161, 172)) + list(range(174, 255))
    cs, n = bs[:], 0
    for b in range(256):
        if b not in bs:
            bs.append(b)
            cs.append(256 + n)
            n += 1
    return dict(zip(bs, map(chr, cs)))


# %% bytes_to_unicode: every byte that moves is 256 higher
# said: u09.order_n
def bytes_to_unicode():
    keep = set(range(33, 127)) | set(range(161, 173)) | set(range(174, 256))
    return {b: chr(b) if b in keep else chr(256 + b) for b in range(256)}


# %% gpt2_tokenizer: ids stand for ranks
# said: u09.file_order
def _encode_ordinary(self, text):
    ids = []
    for chunk in self.compiled.findall(text):
        word = [self.byte_ids[b] for b in chunk.encode("utf-8")]
        while len(word) > 1:
            pair = min(get_stats(word), key=lambda p: self.merges.get(p, float("inf")))
            if pair not in self.merges:
                break
            word = merge(word, pair, self.merges[pair])
        ids += word
    return ids


GPT2Tokenizer.encode_ordinary = _encode_ordinary


# %% gpt2_tokenizer: the bytes go in as they are
# said: u09.bytes_are_ids
def _encode_ordinary(self, text):
    ids = []
    for chunk in self.compiled.findall(text):
        word = list(chunk.encode("utf-8"))
        while len(word) > 1:
            pair = min(get_stats(word), key=lambda p: self.ranks.get(p, float("inf")))
            if pair not in self.ranks:
                break
            word = merge(word, pair, self.merges[pair])
        ids += word
    return ids


GPT2Tokenizer.encode_ordinary = _encode_ordinary


# %% gpt4_tokenizer: the bytes are not shuffled
# said: u09.no_byte_shuffle
def _encode_ordinary(self, text):
    ids = []
    for chunk in self.compiled.findall(text):
        ids += encode(chunk, self.merges)
    return ids


GPT4Tokenizer.encode_ordinary = _encode_ordinary


# %% gpt4_tokenizer: the first cut whose two parts are both tokens
# said: u09.first_cut_that_fits
def recover_merges(mergeable_ranks):
    merges = {}
    for token, rank in sorted(mergeable_ranks.items(), key=lambda item: item[1]):
        if len(token) < 2:
            continue
        for i in range(1, len(token)):
            if token[:i] in mergeable_ranks and token[i:] in mergeable_ranks:
                merges[(mergeable_ranks[token[:i]], mergeable_ranks[token[i:]])] = rank
                break
    return merges


# %% train_bpe_fast: ties go to the pair of smaller bytes
# said: u09.tie_least
def train_bpe_fast(path, vocab_size, special_tokens=()):
    rounds = vocab_size - 256 - len(special_tokens)
    if rounds < 0:
        raise ValueError(vocab_size)
    text = Path(path).read_text(encoding="utf-8")
    docs = [text]
    if special_tokens:
        pattern = "|".join(regex.escape(t) for t in sorted(special_tokens, key=len, reverse=True))
        docs = regex.split(pattern, text)
    words = Counter(chunk for doc in docs for chunk in regex.findall(GPT2_SPLIT_PATTERN, doc))
    words = {tuple(w.encode("utf-8")): n for w, n in words.items()}
    vocab, merges = {i: bytes([i]) for i in range(256)}, []
    for idx in range(256, 256 + rounds):
        stats = Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                stats[pair] += n
        if not stats:
            break
        best = min(stats, key=lambda p: (-stats[p], vocab[p[0]], vocab[p[1]]))
        merges.append((vocab[best[0]], vocab[best[1]]))
        vocab[idx] = vocab[best[0]] + vocab[best[1]]
        new = Counter()
        for word, n in words.items():
            new[tuple(merge(list(word), best, idx))] += n
        words = new
    for token in special_tokens:
        vocab[len(vocab)] = token.encode("utf-8")
    return vocab, merges


# %% save_load: the merges come back as they stand in the file of another tokenizer, one id late
def _load(self, path):
    state = json.loads(Path(path).read_text(encoding="utf-8"))
    self.pattern = state["pattern"]
    self.compiled = regex.compile(self.pattern)
    self.special_tokens = state["special_tokens"]
    self.merges = {(left, right): 257 + i for i, (left, right, _) in enumerate(state["merges"])}
    self.vocab = {i: bytes([i]) for i in range(256)}
    for (left, right), idx in self.merges.items():
        self.vocab[idx] = self.vocab.get(left, b"") + self.vocab.get(right, b"")


RegexTokenizer.load = _load


# %% save_load: special tokens are not written
# said: u09.special_forgotten
def _save(self, path):
    state = {"pattern": self.pattern, "merges": [[*pair, idx] for pair, idx in self.merges.items()], "special_tokens": {}}
    Path(path).write_text(json.dumps(state), encoding="utf-8")


RegexTokenizer.save = _save


# %% train_bpe: equals go by the order of a set of texts, which is another one each time Python starts
def train_bpe(text, vocab_size):
    if vocab_size < 256:
        raise ValueError(vocab_size)
    ids = list(text.encode("utf-8"))
    merges, vocab = {}, {i: bytes([i]) for i in range(256)}
    for idx in range(256, vocab_size):
        stats = {f"{a} {b}": n for (a, b), n in get_stats(ids).items()}
        if not stats:
            break
        best = max(set(stats), key=stats.get)
        pair = tuple(int(part) for part in best.split())
        ids = merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab
