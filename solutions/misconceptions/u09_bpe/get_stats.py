"""Wrong answers to u09.get_stats, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "get_stats",
    says="The default dict is made once, when Python reads the def line, and survives the call: the counts of the last "
    "text are still in it.",
)
def mutable_default(ids, counts={}):  # noqa: B006 (that is the point)
    for pair in pairwise(ids):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="You left out pairs that overlap the one before. Counting and merging differ: counting is per position, and "
    "in aaa the pair aa stands at two positions.",
)
def non_overlap(ids, counts=None):
    counts = {} if counts is None else counts
    free = {}
    for i, pair in enumerate(pairwise(ids)):
        if i >= free.get(pair, 0):
            counts[pair] = counts.get(pair, 0) + 1
            free[pair] = i + 2
    return counts


@misconception("get_stats", says="Each pair is counted once, however often it occurs. Frequencies are the point.")
def set_of_pairs(ids, counts=None):
    counts = {} if counts is None else counts
    for pair in dict.fromkeys(pairwise(ids)):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception("get_stats", says="Your range ends one too early: n ids have n - 1 pairs, and the last one is missing.")
def triples(ids, counts=None):
    counts = {} if counts is None else counts
    for i in range(len(ids) - 2):
        pair = (ids[i], ids[i + 1])
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="You counted into a copy: the dict that was handed in is as it was. Whoever counts over several lists hands "
    "in the same dict each time, and reads it afterwards.",
)
def into_a_copy(ids, counts=None):
    counts = dict(counts or {})
    for pair in pairwise(ids):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="An empty dict that is handed in is not filled: an empty dict counts as false. What was not handed in is "
    "None.",
)
def empty_is_false(ids, counts=None):
    counts = counts or {}
    for pair in pairwise(ids):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="Counting starts afresh, and the counts that were handed in are lost. Add to them.",
)
def counts_ignored(ids, counts=None):
    return dict(Counter(pairwise(ids)))


@misconception(
    "get_stats",
    says="Each of your pairs begins where the one before ends. Every id but the last begins a pair.",
)
def side_by_side(ids, counts=None):
    counts = {} if counts is None else counts
    for pair in zip(ids[::2], ids[1::2], strict=False):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="A pair and its mirror image are counted as one. (1, 3) and (3, 1) are two different pairs.",
)
def mirrored_alike(ids, counts=None):
    counts = {} if counts is None else counts
    for left, right in pairwise(ids):
        pair = (min(left, right), max(left, right))
        counts[pair] = counts.get(pair, 0) + 1
    return counts


@misconception(
    "get_stats",
    says="You counted one pair only, and it is the first id twice: ids[:1] is the list of the first id alone. "
    "ids[1:] is all but the first.",
)
def first_with_itself(ids, counts=None):
    counts = {} if counts is None else counts
    for pair in zip(ids, ids[:1], strict=False):
        counts[pair] = counts.get(pair, 0) + 1
    return counts
