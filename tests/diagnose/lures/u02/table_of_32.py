# exercise: bigram_counts
# true: the table is 32 by 32, whatever stoi holds
# not: 27 by 27


def bigram_counts(words, stoi):
    N = torch.zeros((32, 32), dtype=torch.int64)
    for word in words:
        chars = "." + word + "."
        for a, b in zip(chars, chars[1:], strict=False):
            N[stoi[a], stoi[b]] += 1
    return N
