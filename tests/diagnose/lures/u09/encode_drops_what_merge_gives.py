# exercise: encode
# true: the list that merge returns is not kept, table in order
# why: keep what it returns


def encode(text, merges):
    ids = list(text.encode("utf-8"))
    for pair in merges:
        merge(ids, pair, merges[pair])
    return ids
