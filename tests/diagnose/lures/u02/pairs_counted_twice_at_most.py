# exercise: bigram_counts
# true: no pair counts more than twice
# not: whatever occurs is 1
# not: lists of indices
# not: Only the


def bigram_counts(words, stoi):
    N = torch.zeros((len(stoi), len(stoi)), dtype=torch.int64)
    for word in words:
        chars = "." + word + "."
        for a, b in zip(chars, chars[1:], strict=False):
            N[stoi[a], stoi[b]] += 1
    return N.clamp(max=2)
