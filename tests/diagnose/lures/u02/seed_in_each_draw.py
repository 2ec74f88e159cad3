# exercise: sample_names
# true: every single draw has the same random numbers; what they pick is not always the likeliest
# not: likeliest
# not: equally likely
# not: row 0


def sample_names(P, itos, n, generator=None, max_len=64):
    names = []
    for _ in range(n):
        ix, out = 0, []
        while len(out) < min(max_len, 7):
            g = torch.Generator().manual_seed(2147483647)
            ix = torch.multinomial(P[ix], 1, generator=g).item()
            if ix == 0:
                break
            out.append(itos[ix])
        names.append("".join(out))
    return names
