"""Helper code of unit 09 that runs on the learner's side: files, streams, long inputs. It holds no expected values.

`learner` is the learner's module. Dicts that are special ones (a Counter, a defaultdict) are handed over as plain ones.
"""

import builtins
import io
import random
import tempfile
import tracemalloc
import zlib
from array import array
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path

END_OF_TEXT = "<|endoftext|>"
SYLLABLES = "ba be bri da do el fa fo gal ha in ka lo ma nor o pe qui ra sen ta thu u ver wi xa ya zu"


def plain(thing):
    """Return dicts of any class, in tuples too, as plain dicts in the same order."""
    if isinstance(thing, tuple):
        return tuple(plain(part) for part in thing)
    return dict(thing) if isinstance(thing, Mapping) else thing


def stats(ids):
    """get_stats(ids)."""
    return plain(learner.get_stats(ids))


def stats_in_order(ids):
    """list(get_stats(ids).items())."""
    return list(plain(learner.get_stats(ids)).items())


def stats_added(ids, before):
    """get_stats(ids, before); return before as it is then, what came back, and whether that is the same dict."""
    returned = learner.get_stats(ids, before)
    return [plain(before), plain(returned), returned is before]


def merged_and_kept(ids, pair, idx):
    """merge(ids, pair, idx); return the result, and ids as it is then."""
    return [learner.merge(ids, pair, idx), ids]


def encoded_and_kept(text, merges):
    """encode(text, merges); return the ids, and the table as it is then."""
    return [learner.encode(text, merges), merges]


def merged_digest(ids, times, pair, idx):
    """merge(ids * times, pair, idx); return length and checksum of the result."""
    return digest(learner.merge(ids * times, pair, idx))


def digest(ids):
    """Return length and checksum of a long list of ids."""
    return [len(ids), zlib.crc32(array("q", ids).tobytes())]


def train(text, vocab_size):
    """train_bpe(text, vocab_size)."""
    return plain(learner.train_bpe(text, vocab_size))


def tokenizer(text, vocab_size, pattern=None, special_tokens=None):
    """made = RegexTokenizer(pattern); made.train(text, vocab_size); return made."""
    made = learner.RegexTokenizer(pattern)
    made.train(text, vocab_size)
    if special_tokens is not None:
        made.register_special_tokens(special_tokens)
    return made


def trained(text, vocab_size, pattern=None):
    """RegexTokenizer(pattern).train(text, vocab_size); return .merges and .vocab."""
    made = tokenizer(text, vocab_size, pattern)
    return [plain(made.merges), plain(made.vocab)]


def train_fast(text, vocab_size, special_tokens):
    """train_bpe_fast(path, vocab_size, special_tokens) on a file that holds the text."""
    with files({"text.txt": text.encode("utf-8")}) as folder:
        return plain(learner.train_bpe_fast(str(folder / "text.txt"), vocab_size, special_tokens))


def train_fast_abroad(text, vocab_size, special_tokens):
    """The same where text files are cp1252 unless one says otherwise, as on many a Windows machine."""
    with encoding_by_default("cp1252"):
        return train_fast(text, vocab_size, special_tokens)


def train_many(texts, sizes):
    """train_bpe_fast on many small files, each with room for one special token; return the merges of each."""
    return [train_fast(text, size + 1, [END_OF_TEXT])[1] for text, size in zip(texts, sizes, strict=True)]


def large_text(seed, words, length):
    """Return a text of many distinct words. The oracle makes the same one."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    syllables = SYLLABLES.split()
    made = ["".join(rng.choices(syllables, k=rng.randint(2, 5))) for _ in range(words)]
    return " ".join(rng.choices(made, k=length))


def train_large(seed, words, length, vocab_size):
    """train_bpe_fast on a large file of made-up words; return the merges."""
    return train_fast(large_text(seed, words, length), vocab_size, [END_OF_TEXT])[1]


def gpt2(encoder_json, vocab_bpe):
    """GPT2Tokenizer.from_files(...) on two files with these contents."""
    with files({"encoder.json": encoder_json.encode("utf-8"), "vocab.bpe": vocab_bpe.encode("utf-8")}) as folder:
        return learner.GPT2Tokenizer.from_files(str(folder / "encoder.json"), str(folder / "vocab.bpe"))


def gpt2_abroad(encoder_json, vocab_bpe):
    """The same where text files are cp1252 unless one says otherwise."""
    with encoding_by_default("cp1252"):
        return gpt2(encoder_json, vocab_bpe)


def gpt2_digest(encoder_json, vocab_bpe, words, times):
    """Encode words, each with a space before it, again and again; return the digest."""
    text = "".join(" " + word for word in words) * times
    return digest(gpt2(encoder_json, vocab_bpe).encode(text))


def encoded_after_a_change(made, special_tokens, other, text):
    """Register special tokens, then put others into that same dict; return the ids of a text."""
    made.register_special_tokens(special_tokens)
    special_tokens.clear()
    special_tokens.update(other)
    return made.encode(text, "all")


def recover(table):
    """recover_merges(table)."""
    return plain(learner.recover_merges(table))


def recovered_and_kept(table):
    """recover_merges(table); return them, and the table as it is then."""
    return [recover(table), table]


# Files, in a folder that is gone afterwards. A worker of this unit may write into its scratch folder.


@contextmanager
def files(contents=None):
    """Yield a folder with these files: name -> bytes."""
    with tempfile.TemporaryDirectory() as path:
        for name, data in (contents or {}).items():
            Path(path, name).write_bytes(data)
        yield Path(path)


@contextmanager
def encoding_by_default(name):
    """Have text files opened in this encoding where a program names none."""
    real, named = io.open, io.text_encoding

    def opened(file, mode="r", buffering=-1, encoding=None, *args, **kwargs):
        silent = "b" not in mode and encoding in (None, "locale")
        return real(file, mode, buffering, name if silent else encoding, *args, **kwargs)

    builtins.open = io.open = opened
    io.text_encoding = lambda encoding, _level=2: encoding or "locale"
    try:
        yield
    finally:
        builtins.open = io.open = real
        io.text_encoding = named


def reloaded(made, other=None):
    """made.save(...), then load(...) into another RegexTokenizer; return that."""
    other = learner.RegexTokenizer() if other is None else other
    with files() as folder:
        made.save(str(folder / "mine"))
        other.load(saved_at(folder / "mine"))
    return other


def saved_at(path):
    """Return where a tokenizer was saved: at this path, or where the lecture's program adds an ending."""
    longer = path.with_name(path.name + ".model")
    return str(longer if longer.exists() and not path.exists() else path)


def saved_over(first, second):
    """Save two tokenizers under one name; return the second, and what is loaded then."""
    loaded = learner.RegexTokenizer()
    with files() as folder:
        for made in (first, second):
            made.save(str(folder / "mine"))
        loaded.load(saved_at(folder / "mine"))
    return [second, loaded]


def reloaded_abroad(made):
    """The same where text files are cp1252 unless one says otherwise, as on many a Windows machine."""
    with encoding_by_default("cp1252"):
        return reloaded(made)


def saved_as(made):
    """Save a tokenizer; return the names of the files that are there then, and what is loaded from the one named."""
    loaded = learner.RegexTokenizer()
    with files() as folder:
        made.save(str(folder / "my tokenizer.model"))
        names = sorted(path.name for path in folder.iterdir())
        loaded.load(str(folder / "my tokenizer.model"))
    return [names, loaded]


def ran_on_load(contents):
    """Load a file with these contents; say whether code in it ran. It runs if it adds a name to `builtins`."""
    made = learner.RegexTokenizer()
    with files({"stranger.model": contents}) as folder:
        try:
            made.load(str(folder / "stranger.model"))
        except NotImplementedError:
            raise
        except Exception:  # noqa: BLE001, S110 (a file that is no tokenizer may well be refused)
            pass
    return vars(builtins).pop("a_stranger_was_here", None) is not None


# Streams


def streamed(made, pieces, *mode):
    """list(made.encode_iterable(pieces))."""
    return list(made.encode_iterable(iter(pieces), *mode))


def taken_for_the_first(made, piece, count):
    """Return how many of `count` equal pieces were asked for when the first id came."""
    taken = 0

    def pieces():
        nonlocal taken
        for _ in range(count):
            taken += 1
            yield piece

    next(iter(made.encode_iterable(pieces())))
    return taken


def longest_wait(made, pieces, mode):
    """Encode a stream; return how many pieces it took at most from one id to the next, and to the first."""
    taken = longest = 0

    def counted():
        nonlocal taken
        for piece in pieces:
            taken += 1
            yield piece

    for _ in made.encode_iterable(counted(), mode):
        longest, taken = max(longest, taken), 0
    return longest


def memory_of_stream(made, piece, count):
    """Encode a long stream of equal pieces; return how many ids there were, and the peak of memory in bytes."""
    ids = made.encode_iterable(f"{piece} " for _ in range(count))  # each piece is a new string
    tracemalloc.start()
    try:
        total = sum(1 for _ in ids)
        return [total, tracemalloc.get_traced_memory()[1]]
    finally:
        tracemalloc.stop()
