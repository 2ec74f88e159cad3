# exercise: encode
# true: the list that merge returns is not kept, so the same pair is found for ever
# why: Each round must make the ids shorter
# not: more time


def encode(text, merges):
    ids = list(text.encode("utf-8"))
    while len(ids) > 1:
        stats = get_stats(ids)
        pair = min(stats, key=lambda one: merges.get(one, float("inf")))
        if pair not in merges:
            break
        merge(ids, pair, merges[pair])
    return ids
