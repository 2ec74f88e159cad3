"""Wrong answers to u02.bigram_counts, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _count(pairs, stoi, size=0):
    size = size or len(stoi)
    N = torch.zeros((size, size), dtype=torch.int64)
    for a, b in pairs:
        N[stoi[a], stoi[b]] += 1
    return N


def _pairs(words):
    return [pair for word in words for pair in zip(f".{word}", f"{word}.", strict=True)]


@misconception(
    "bigram_counts", says="The table is turned over: rows are the characters that one goes to. Row: from. Column: to."
)
def transposed(words, stoi):
    return _count(_pairs(words), stoi).T.contiguous()


@misconception(
    "bigram_counts",
    says="Only pairs of letters are counted. Without the dots the model never learns how a name begins, or ends.",
)
def no_boundaries(words, stoi):
    return _count([pair for word in words for pair in pairwise(word)], stoi)


@misconception("bigram_counts", says="The dot at the end is missing: no row can ever predict that a name is over.")
def only_the_start(words, stoi):
    return _count([pair for word in words for pair in zip(f".{word}", word, strict=False)], stoi)


@misconception("bigram_counts", says="The dot at the beginning is missing: row 0 stays empty, and no name can begin.")
def only_the_end(words, stoi):
    return _count([pair for word in words for pair in zip(word, f"{word}."[1:], strict=False)], stoi)


@misconception(
    "bigram_counts",
    says="No pair counts more than once: whatever occurs is 1. So it is with = in place of +=, and with "
    "N[rows, columns] += 1 for whole lists of indices, which writes a place that occurs three times as one more.",
)
def assign_not_add(words, stoi):
    return _count(dict.fromkeys(_pairs(words)), stoi)


@misconception(
    "bigram_counts",
    says="The table is 27 by 27, as for the lecture's names. It has a row for each entry of stoi, however many.",
)
def always_27(words, stoi):
    return _count(_pairs(words), stoi, size=max(27, len(stoi)))


@misconception(
    "bigram_counts",
    says="Only the last pair of each word is counted: the line that counts stands outside of the loop over the pairs.",
)
def last_pair_only(words, stoi):
    return _count([_pairs([word])[-1] for word in words], stoi)


@misconception(
    "bigram_counts",
    says="Only the last word is counted: the loop over the pairs stands behind the loop over the words, not in it.",
)
def last_word_only(words, stoi):
    return _count(_pairs(words[-1:]), stoi)


@misconception("bigram_counts", says="Only the first word is counted. The table comes back before the others are read.")
def first_word_only(words, stoi):
    return _count(_pairs(words[:1]), stoi)


@misconception(
    "bigram_counts",
    says="A pair that occurs twice in one word counts once there. Every place in every word counts.",
)
def once_a_word(words, stoi):
    return _count([pair for word in words for pair in dict.fromkeys(_pairs([word]))], stoi)


@misconception(
    "bigram_counts",
    says="A word that occurs twice is counted once. The list says how often: two people of one name are two.",
)
def distinct_words(words, stoi):
    return _count(_pairs(dict.fromkeys(words)), stoi)


@misconception(
    "bigram_counts",
    says="All words are counted as one long text with a dot between them: the first dot or the last one is lost.",
)
def one_long_text(words, stoi):
    text = ".".join(words)
    return _count(pairwise(text), stoi)


@misconception(
    "bigram_counts",
    says="The counts are floats. A float32 counter stands still at 16777216: one more is lost in rounding.",
    symptom=True,
)
def float_counts(words, stoi):
    return _count(_pairs(words), stoi).float()


@misconception(
    "bigram_counts", says="The counts are int32. The contract asks for int64, torch's usual integers.", symptom=True
)
def int32_counts(words, stoi):
    return _count(_pairs(words), stoi).int()


@misconception(
    "bigram_counts",
    says="The table is only as large as the characters that occur. It has a row for each entry of stoi.",
)
def only_what_occurs(words, stoi):
    seen = 1 + max([stoi[char] for word in words for char in word], default=0)
    return _count(_pairs(words), stoi)[:seen, :seen].clone()


@misconception(
    "bigram_counts",
    says="A character that stoi does not have goes through without an error.",
    symptom=True,
)
def unknown_passes(words, stoi):
    return _count([(a, b) for a, b in _pairs(words) if a in stoi and b in stoi], stoi)


@misconception(
    "bigram_counts",
    says="An empty word is left out. It is a pair of two dots: a name that ended where it began.",
    symptom=True,
)
def empty_words_skipped(words, stoi):
    return _count(_pairs([word for word in words if word]), stoi)
