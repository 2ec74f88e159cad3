# exercise: sample_names
# true: the random numbers are Python's, and neither the generator's nor torch's
# not: torch's global one
# not: a seed is set


def sample_names(P, itos, n, generator=None, max_len=64):
    import random

    names = []
    for _ in range(n):
        ix, out = 0, []
        while len(out) < max_len:
            ix = random.choices(range(len(P)), P[ix].tolist())[0]
            if ix == 0:
                break
            out.append(itos[ix])
        names.append("".join(out))
    return names
