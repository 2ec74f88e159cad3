"""Wrong answers to u02.sample_names, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _name(row, itos, generator, max_len, ix=0):
    chars = []
    while len(chars) < max_len:
        ix = int(torch.multinomial(row(ix), 1, generator=generator))
        if ix == 0:
            break
        chars.append(itos[ix])
    return "".join(chars)


@misconception(
    "sample_names",
    says="You always take the likeliest character. So there is one name, again and again; a character is to be drawn.",
)
def takes_the_best(P, itos, n, generator=None, max_len=64):
    best = torch.zeros_like(P)
    best[torch.arange(len(P)), P.argmax(dim=1)] = 1.0
    return [_name(lambda ix: best[ix], itos, generator, max_len) for _ in range(n)]


@misconception(
    "sample_names",
    says="You draw from columns of P. What follows a character is its row; a column tells what comes before it.",
)
def column(P, itos, n, generator=None, max_len=64):
    return [_name(lambda ix: P[:, ix], itos, generator, max_len) for _ in range(n)]


@misconception(
    "sample_names",
    says="All characters come from row 0. That is the row of the beginning; after it, the last character decides.",
)
def always_row_zero(P, itos, n, generator=None, max_len=64):
    return [_name(lambda ix: P[0], itos, generator, max_len) for _ in range(n)]


@misconception(
    "sample_names", says="Every character is drawn as if all were equally likely: the numbers in P are not used."
)
def uniform(P, itos, n, generator=None, max_len=64):
    return [_name(lambda ix: (P[ix] > 0).float(), itos, generator, max_len) for _ in range(n)]


@misconception(
    "sample_names",
    says="The generator that you were given is not used: the names come from torch's global one.",
    symptom=True,
)
def global_rng(P, itos, n, generator=None, max_len=64):
    return [_name(lambda ix: P[ix], itos, None, max_len) for _ in range(n)]


@misconception(
    "sample_names",
    says="Each call begins with the same random numbers, whatever generator it is given: a seed is set inside.",
)
def own_generator(P, itos, n, generator=None, max_len=64):
    generator = torch.Generator().manual_seed(2147483647)
    return [_name(lambda ix: P[ix], itos, generator, max_len) for _ in range(n)]


@misconception(
    "sample_names",
    says="The dot stands at the end of the names. It says that a name is over, and is no part of it.",
    symptom=True,
)
def include_dot(P, itos, n, generator=None, max_len=64):
    names = []
    for _ in range(n):
        ix, chars = 0, []
        while len(chars) < max_len:
            ix = int(torch.multinomial(P[ix], 1, generator=generator))
            chars.append(itos[ix])
            if ix == 0:
                break
        names.append("".join(chars))
    return names


@misconception(
    "sample_names",
    says="A name goes on where the one before was cut off. Every name begins at the dot, also after one that was cut.",
)
def restart_row(P, itos, n, generator=None, max_len=64):
    names, ix = [], 0
    for _ in range(n):
        chars = []
        while len(chars) < max_len:
            ix = int(torch.multinomial(P[ix], 1, generator=generator))
            if ix == 0:
                break
            chars.append(itos[ix])
        names.append("".join(chars))
    return names


@misconception(
    "sample_names", says="Names grow beyond max_len. A model may never draw the dot, and then nothing else stops them."
)
def max_len_ignored(P, itos, n, generator=None, max_len=64):
    return [_name(lambda ix: P[ix], itos, generator, 1000) for _ in range(n)]


@misconception("sample_names", says="A name may have one character more than max_len.")
def max_len_plus_one(P, itos, n, generator=None, max_len=64):
    return [_name(lambda ix: P[ix], itos, generator, max_len + 1) for _ in range(n)]


@misconception(
    "sample_names",
    says="A name that is empty is drawn anew. Where the dot is drawn at once, the empty name is the answer.",
    symptom=True,
)
def no_empty_names(P, itos, n, generator=None, max_len=64):
    names = []
    while len(names) < n:
        name = _name(lambda ix: P[ix], itos, generator, max_len)
        if name:
            names.append(name)
    return names


@misconception(
    "sample_names",
    says="Each name begins with all the names before it: the list of its characters is made once, and never emptied.",
)
def names_pile_up(P, itos, n, generator=None, max_len=64):
    names = [_name(lambda ix: P[ix], itos, generator, max_len) for _ in range(n)]
    return ["".join(names[: k + 1]) for k in range(n)]


@misconception("sample_names", says="There is one name too few.", symptom=True)
def one_too_few(P, itos, n, generator=None, max_len=64):
    return [_name(lambda ix: P[ix], itos, generator, max_len) for _ in range(n - 1)]
