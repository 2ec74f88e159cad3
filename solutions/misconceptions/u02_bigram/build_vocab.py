"""Wrong answers to u02.build_vocab, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _both(chars, first=1, dot=0):
    stoi = {char: i for i, char in enumerate(chars, start=first)}
    stoi["."] = dot
    return stoi, {i: char for char, i in stoi.items()}


def _chars(words):
    chars = sorted(set("".join(words)))
    if "." in chars:
        raise ValueError("dot")
    return chars


@misconception(
    "build_vocab",
    says="The characters are in the order in which they first occur. Other words, or the same in another order, would "
    "number them differently; the contract sorts them.",
)
def first_seen(words):
    _chars(words)
    return _both(dict.fromkeys("".join(words)))


@misconception(
    "build_vocab",
    says="The characters are not sorted. A set has an order of its own, which may be another one in the next run.",
)
def set_order(words):
    return _both(set(_chars(words)))


@misconception(
    "build_vocab",
    says="The dot comes last, and the letters begin at 0. Here the dot is 0, and every other number is one larger.",
)
def dot_last(words):
    chars = _chars(words)
    return _both(chars, first=0, dot=len(chars))


@misconception(
    "build_vocab",
    says="Two characters share the number 0: the letters are counted from 0 on, and the dot is put at 0 as well.",
)
def off_by_one(words):
    return _both(_chars(words), first=0)


@misconception(
    "build_vocab",
    says="Capital letters are turned into small ones. The vocabulary is what occurs, as it is written.",
)
def case_fold(words):
    return _both(_chars([word.lower() for word in words]))


@misconception(
    "build_vocab",
    says="Whole words have numbers here. Join the words first: a set of one long text holds its characters.",
)
def whole_words(words):
    _chars(words)
    return _both(sorted(set(words)))


@misconception("build_vocab", says="The dot has no number. It is the boundary of every name, and token 0.")
def no_dot(words):
    stoi = {char: i for i, char in enumerate(_chars(words), start=1)}
    return stoi, {i: char for char, i in stoi.items()}


@misconception(
    "build_vocab",
    says="itos was turned around before the dot went into stoi: numbers lead back to letters, but 0 leads nowhere.",
)
def itos_without_dot(words):
    stoi, itos = _both(_chars(words))
    return stoi, {i: char for i, char in itos.items() if i}


@misconception("build_vocab", says="itos leads from characters to numbers, as stoi does. It is stoi turned around.")
def itos_not_turned(words):
    stoi, _ = _both(_chars(words))
    return stoi, dict(stoi)


@misconception(
    "build_vocab",
    says="A word with a dot in it goes through without a word. Its dot and the boundary are one token from then on.",
    symptom=True,
)
def dot_accepted(words):
    return _both([char for char in sorted(set("".join(words))) if char != "."])
