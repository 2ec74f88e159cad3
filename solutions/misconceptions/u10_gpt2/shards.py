"""Wrong answers to u10.shards, each with its cause in words, run in the solution's namespace."""

from grader import misconception

right_doc = tokenize_doc


def _eot(tok):
    return tok.special_tokens["<|endoftext|>"]


def _checked(ids):
    if ids and max(ids) >= 2**16:
        raise ValueError("too large")
    return ids


def _written(folder, shards, first="val", kind=np.uint16):
    """Write arrays as files."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, shard in enumerate(shards):
        paths.append(folder / f"{'train' if number else first}_{number:06d}.npy")
        np.save(paths[-1], np.array(shard).astype(kind))
    return paths


def _stream(docs, tok):
    return [int(token) for doc in docs for token in right_doc(doc, tok)]


def _cut(numbers, size):
    return [numbers[i : i + size] for i in range(0, len(numbers), size)]


@misconception(
    "shards",
    replaces="tokenize_doc",
    says="The tokens are int16, which ends at 32767: larger ids come out negative.",
)
def int16(text, tok):
    return right_doc(text, tok).astype(np.int16)


@misconception(
    "shards",
    replaces="tokenize_doc",
    symptom=True,
    says="The tokens are int64. In uint16 they take a quarter of the space, and all ids fit.",
)
def int64(text, tok):
    return right_doc(text, tok).astype(np.int64)


@misconception(
    "shards",
    replaces="tokenize_doc",
    symptom=True,
    says="A list came back, and no array of uint16.",
)
def a_list(text, tok):
    return [int(token) for token in right_doc(text, tok)]


@misconception(
    "shards",
    replaces="tokenize_doc",
    says="EOT stands behind the document. It stands in front: it tells the model that a new document begins.",
)
def eot_end(text, tok):
    return np.array(_checked([*tok.encode_ordinary(text), _eot(tok)]), np.uint16)


@misconception(
    "shards",
    replaces="tokenize_doc",
    says="EOT stands in front and behind. Between two documents there would be two of them.",
)
def eot_twice(text, tok):
    return np.array(_checked([_eot(tok), *tok.encode_ordinary(text), _eot(tok)]), np.uint16)


@misconception(
    "shards",
    replaces="tokenize_doc",
    says="There is no EOT: nothing tells the model where a document begins.",
)
def no_eot(text, tok):
    return np.array(_checked(tok.encode_ordinary(text)), np.uint16)


@misconception(
    "shards",
    replaces="tokenize_doc",
    says="The characters of <|endoftext|> were tokenized as text. EOT is one id of its own, in tok.special_tokens.",
)
def eot_encoded(text, tok):
    return np.array(_checked(tok.encode_ordinary("<|endoftext|>") + tok.encode_ordinary(text)), np.uint16)


@misconception(
    "shards",
    replaces="tokenize_doc",
    symptom=True,
    says="An empty document gives nothing. It is EOT alone.",
)
def nothing_for_nothing(text, tok):
    return right_doc(text, tok) if text else np.empty(0, np.uint16)


@misconception(
    "shards",
    replaces="write_shards",
    says="What of a document does not fit into a shard is dropped. It goes on in the next one.",
)
def drop_tail(docs, folder, shard_size, tok):
    shards, buffer = [], []
    for doc in docs:
        buffer += right_doc(doc, tok).tolist()
        if len(buffer) >= shard_size:
            shards.append(buffer[:shard_size])
            buffer = []
    return _written(folder, [*shards, buffer] if buffer else shards)


@misconception(
    "shards",
    replaces="write_shards",
    says="A document that does not fit begins the next shard whole, and the one before stays short. Only the last may.",
)
def whole_documents(docs, folder, shard_size, tok):
    shards, buffer = [], []
    for doc in docs:
        tokens = right_doc(doc, tok).tolist()
        if buffer and len(buffer) + len(tokens) > shard_size:
            shards.append(buffer)
            buffer = []
        buffer = buffer + tokens
    return _written(folder, [*shards, buffer] if buffer else shards)


@misconception(
    "shards",
    replaces="write_shards",
    says="The last shard is not written: what is left in the end is lost.",
)
def last_shard_lost(docs, folder, shard_size, tok):
    shards = _cut(_stream(docs, tok), shard_size)
    return _written(folder, [one for one in shards if len(one) == shard_size])


@misconception(
    "shards",
    replaces="write_shards",
    symptom=True,
    says="Where the tokens end with a full shard, an empty file follows.",
)
def empty_shard(docs, folder, shard_size, tok):
    numbers = _stream(docs, tok)
    shards = _cut(numbers, shard_size)
    return _written(folder, [*shards, []] if numbers and len(numbers) % shard_size == 0 else shards)


@misconception(
    "shards",
    replaces="write_shards",
    says="The last shard is filled up with zeros. It may be short: a zero is a token, too.",
)
def padded(docs, folder, shard_size, tok):
    shards = _cut(_stream(docs, tok), shard_size)
    return _written(folder, [one + [0] * (shard_size - len(one)) for one in shards])


@misconception(
    "shards",
    replaces="write_shards",
    says="Each document has a file of its own. Shards are cut by size, whatever the documents are.",
)
def file_a_document(docs, folder, shard_size, tok):
    return _written(folder, [right_doc(doc, tok) for doc in docs])


@misconception(
    "shards",
    replaces="write_shards",
    says="The rest of a document begins the next shard with an EOT of its own. It is no new document.",
)
def eot_again(docs, folder, shard_size, tok):
    shards, buffer = [], []
    for doc in docs:
        buffer += right_doc(doc, tok).tolist()
        while len(buffer) >= shard_size:
            shards.append(buffer[:shard_size])
            buffer = [_eot(tok), *buffer[shard_size:]] if len(buffer) > shard_size else []
    return _written(folder, [*shards, buffer] if buffer else shards)


@misconception(
    "shards",
    replaces="write_shards",
    symptom=True,
    says="The files hold another dtype than uint16.",
)
def files_of_int32(docs, folder, shard_size, tok):
    return _written(folder, _cut(_stream(docs, tok), shard_size), kind=np.int32)


@misconception(
    "shards",
    replaces="write_shards",
    symptom=True,
    says="No file is set aside to validate with: the first one should have val in its name.",
)
def no_val(docs, folder, shard_size, tok):
    return _written(folder, _cut(_stream(docs, tok), shard_size), first="train")


@misconception(
    "shards",
    replaces="read_shard",
    symptom=True,
    says="The numbers keep 16 bits when they are handed to torch. An embedding wants int64.",
)
def uint16_to_torch(path):
    return torch.from_numpy(np.load(path))


@misconception(
    "shards",
    replaces="read_shard",
    says="On the way the numbers pass through int16, which ends at 32767: larger ids come out negative.",
)
def through_int16(path):
    return torch.from_numpy(np.load(path).astype(np.int16).astype(np.int64))


@misconception(
    "shards",
    replaces="read_shard",
    symptom=True,
    says="The tokens are int32. An embedding takes them, but cross_entropy wants int64 targets.",
)
def int32_to_torch(path):
    return torch.from_numpy(np.load(path).astype(np.int32))
