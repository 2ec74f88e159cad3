# exercise: mean_nll
# true: only the first two words count
# not: the first word counts


def mean_nll(words, P, stoi):
    if not words:
        raise ValueError("no words")
    logs = []
    for word in words[:2]:
        chars = "." + word + "."
        logs += [P[stoi[a], stoi[b]].log().item() for a, b in zip(chars, chars[1:], strict=False)]
    return -sum(logs) / len(logs)
