# exercise: encode
# true: the most frequent pair is taken, and the loop ends where it is not in the table
# why: most frequent in this text


def encode(text, merges):
    tokens = list(text if isinstance(text, bytes) else text.encode("utf-8"))
    while len(tokens) >= 2:
        stats = get_stats(tokens)
        pair = max(stats, key=stats.get)
        if pair not in merges:
            break
        tokens = merge(tokens, pair, merges[pair])
    return tokens
