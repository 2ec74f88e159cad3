# exercise: get_stats
# true: zip gets ids[:1] for ids[1:]
# why: ids[1:] is all but the first


def get_stats(ids, counts=None):
    counts = {} if counts is None else counts
    for pair in zip(ids, ids[:1], strict=False):
        counts[pair] = counts.get(pair, 0) + 1
    return counts
