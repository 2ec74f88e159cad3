# exercise: sample_names
# true: the generator that was given is seeded anew in each call
# not: torch's global one
# not: one of its own


def sample_names(P, itos, n, generator=None, max_len=64):
    g = generator if generator is not None else torch.Generator()
    g.manual_seed(2147483647)
    names = []
    for _ in range(n):
        ix, out = 0, []
        while len(out) < max_len:
            ix = torch.multinomial(P[ix], 1, generator=g).item()
            if ix == 0:
                break
            out.append(itos[ix])
        names.append("".join(out))
    return names
