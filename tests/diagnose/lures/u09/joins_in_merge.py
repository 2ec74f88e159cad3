# exercise: merge
# true: merged = merged + [...] copies the list at each step; nothing is deleted
# why: Twice the list takes four times as long
# not: n deletions


def merge(ids, pair, idx):
    merged, i = [], 0
    while i < len(ids):
        if ids[i : i + 2] == list(pair):
            merged = merged + [idx]
            i += 2
        else:
            merged = merged + [ids[i]]
            i += 1
    return merged
