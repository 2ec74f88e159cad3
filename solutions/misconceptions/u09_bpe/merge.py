"""Wrong answers to u09.merge, each with its cause in words, run in the solution's namespace."""

from grader import misconception

_right_merge = merge


@misconception(
    "merge",
    says="After a match you moved on by one, so the second half of the pair is written again. It is used up.",
)
def overlap_i1(ids, pair, idx):
    merged = []
    for i, here in enumerate(ids):
        found = i < len(ids) - 1 and (here, ids[i + 1]) == pair
        merged.append(idx if found else here)
    return merged


@misconception(
    "merge",
    says="You searched from the right. Where occurrences overlap, the left one counts: aaa becomes [X, a].",
)
def right_to_left(ids, pair, idx):
    merged, i = [], len(ids) - 1
    while i >= 0:
        found = i > 0 and (ids[i - 1], ids[i]) == pair
        merged.append(idx if found else ids[i])
        i -= 2 if found else 1
    return merged[::-1]


@misconception("merge", says="Your loop ends before the last id, so the last id is lost when it is in no pair.")
def last_dropped(ids, pair, idx):
    merged, i = [], 0
    while i < len(ids) - 1:
        found = (ids[i], ids[i + 1]) == pair
        merged.append(idx if found else ids[i])
        i += 2 if found else 1
    return merged


@misconception("merge", says="At the last id you looked at its right neighbour, and it has none.")
def index_error(ids, pair, idx):
    merged, i = [], 0
    while i < len(ids):
        found = (ids[i], ids[i + 1]) == pair
        merged.append(idx if found else ids[i])
        i += 2 if found else 1
    return merged


@misconception(
    "merge",
    says="You marked all matches at once, before replacing any. Where they overlap, that marks too many: aaa became X, "
    "and the third a is gone.",
)
def vectorised_mask(ids, pair, idx):
    starts = [i < len(ids) - 1 and (ids[i], ids[i + 1]) == pair for i in range(len(ids))]
    ends = [False, *starts][:-1]
    return [
        idx if start else here
        for here, start, end in zip(ids, [s and not e for s, e in zip(starts, ends, strict=True)], ends, strict=True)
        if not end
    ]


@misconception(
    "merge",
    says="You searched in the digits of the ids: in the text '11 2' stands '1 2', but the id 11 is not the id 1.",
)
def string_replace(ids, pair, idx):
    text = " ".join(map(str, ids)).replace(f"{pair[0]} {pair[1]}", str(idx))
    return [int(word) for word in text.split()]


@misconception(
    "merge",
    says="An id above 255 is no byte, and after the first merge there are such ids.",
    symptom=True,
)
def bytes_replace(ids, pair, idx):
    parts = bytes(ids).split(bytes(pair))
    return [i for part in parts for i in [idx, *part]][1:]


@misconception(
    "merge",
    says="Twice the list takes four times as long: at each step something is done to the whole list. Deleting "
    "from its middle moves all that stands behind; adding two lists copies both.",
    symptom=True,
)
def quadratic(ids, pair, idx):
    ids, i = list(ids), 0
    while i < len(ids) - 1:
        if (ids[i], ids[i + 1]) == pair:
            ids[i] = idx
            del ids[i + 1]
        i += 1
    return ids


@misconception(
    "merge",
    says="The list that you were given is changed. Whoever handed it in still needs it; write a new one.",
    symptom=True,
)
def in_place(ids, pair, idx):
    ids[:] = _right_merge(ids, pair, idx)
    return ids


@misconception(
    "merge",
    says="An id that was just written is merged once more, with what comes next. Only ids of the old list are merged.",
    symptom=True,
)
def written_is_read(ids, pair, idx):
    merged = []
    for token in ids:
        if merged and (merged[-1], token) == pair:
            merged[-1] = idx
        else:
            merged.append(token)
    return merged
