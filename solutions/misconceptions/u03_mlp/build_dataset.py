"""Wrong answers to u03.build_dataset, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _ids(numbers, *shape):
    return torch.tensor(numbers, dtype=torch.int64).reshape(*shape)


@misconception(
    "build_dataset",
    says="All rows of a word are one and the same list, which you went on changing after you had put it in. At the end"
    " they all show what it held last.",
)
def alias(words, stoi, block_size):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for letter in word + ".":
            X.append(context)
            Y.append(stoi[letter])
            context.append(stoi[letter])
            del context[0]
    return _ids(X, -1, block_size), _ids(Y, -1)


@misconception(
    "build_dataset",
    says="The dot at the end of each word is missing: there is no example that says where a name ends, so the model "
    "never learns to stop.",
)
def no_end(words, stoi, block_size):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for letter in word:
            X.append(context)
            Y.append(stoi[letter])
            context = [*context[1:], stoi[letter]]
    return _ids(X, -1, block_size), _ids(Y, -1)


@misconception(
    "build_dataset",
    says="The context goes on from one word to the next. Each name starts afresh, from dots only; yours begins with "
    "the last letters of the name before it.",
)
def carry_context(words, stoi, block_size):
    X, Y = [], []
    context = [0] * block_size
    for word in words:
        for letter in word + ".":
            X.append(context)
            Y.append(stoi[letter])
            context = [*context[1:], stoi[letter]]
    return _ids(X, -1, block_size), _ids(Y, -1)


@misconception(
    "build_dataset",
    says="Your rows begin with the newest letter. Position 0 is the oldest one, as in reading: the window moves to the"
    " right.",
)
def newest_first(words, stoi, block_size):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for letter in word + ".":
            X.append(context)
            Y.append(stoi[letter])
            context = [stoi[letter], *context[:-1]]
    return _ids(X, -1, block_size), _ids(Y, -1)


@misconception(
    "build_dataset",
    says="The target stands in its own context, as the last letter. The model has to copy it, and the loss goes to 0 "
    "without anything learned.",
)
def target_in_context(words, stoi, block_size):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for letter in word + ".":
            context = [*context[1:], stoi[letter]]
            X.append(context)
            Y.append(stoi[letter])
    return _ids(X, -1, block_size), _ids(Y, -1)


@misconception(
    "build_dataset",
    says="Only full windows are there: you left out the examples in which dots still stand before the word. They are "
    "how a model learns to begin.",
)
def no_beginning(words, stoi, block_size):
    X, Y = [], []
    for word in words:
        numbers = [stoi[letter] for letter in word + "."]
        for i in range(len(numbers) - block_size):
            X.append(numbers[i : i + block_size])
            Y.append(numbers[i + block_size])
    return _ids(X, -1, block_size), _ids(Y, -1)


@misconception(
    "build_dataset",
    says="Your numbers come from the place of a letter in the alphabet. What counts is what stoi says, and it may have"
    " another order, or other letters.",
)
def numbers_of_its_own(words, stoi, block_size):
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for letter in word + ".":
            ix = 0 if letter == "." else ord(letter) - ord("a") + 1
            X.append(context)
            Y.append(ix)
            context = [*context[1:], ix]
    return _ids(X, -1, block_size), _ids(Y, -1)


@misconception(
    "build_dataset",
    says="The ids are floats. An id is the number of a row in a table, not a quantity: indexing will not take it.",
    symptom=True,
)
def float_ids(words, stoi, block_size):
    X, Y = right_examples(words, stoi, block_size)
    return X.float(), Y.float()


@misconception("build_dataset", says="Your two tensors stand the wrong way round: X comes first, then Y.", symptom=True)
def targets_first(words, stoi, block_size):
    X, Y = right_examples(words, stoi, block_size)
    return Y, X


@misconception(
    "build_dataset",
    says="Your contexts have three letters, whatever block_size is. It says how many there are.",
    symptom=True,
)
def always_three(words, stoi, block_size):
    return right_examples(words, stoi, 3)


@misconception(
    "build_dataset",
    says="Only the first word is there. A return inside of the loop ends it after one round, for one.",
    symptom=True,
)
def first_word_only(words, stoi, block_size):
    return right_examples(words[:1], stoi, block_size)


right_examples = build_dataset
