"""Wrong answers to u03.split_words, each with its cause in words, run in the solution's namespace.

Left out: splitting rows of X and not words. The function is handed words, and has no rows to split.
"""

from grader import misconception


def _shuffled(words, seed):
    order = list(words)
    random.Random(seed).shuffle(order)
    return order


def _cuts(n, fractions):
    return int(fractions[0] * n), int((fractions[0] + fractions[1]) * n)


@misconception(
    "split_words",
    says="You shuffled the list that you were given. It belongs to the caller, who finds the words in another order.",
    symptom=True,
)
def shuffles_in_place(words, fractions=(0.8, 0.1, 0.1), seed=42):
    random.Random(seed).shuffle(words)
    n1, n2 = _cuts(len(words), fractions)
    return words[:n1], words[n1:n2], words[n2:]


@misconception(
    "split_words",
    says="At each cut a word goes to both sides. What stands in train and in dev has been seen in training, and its "
    "loss in dev says nothing.",
)
def overlap(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(words, seed)
    n1, n2 = _cuts(len(order), fractions)
    return order[:n1], order[max(0, n1 - 1) : n2], order[max(0, n2 - 1) :]


@misconception(
    "split_words",
    says="You seeded Python's global random. Everybody else who draws numbers from it gets others now.",
    symptom=True,
)
def global_seed(words, fractions=(0.8, 0.1, 0.1), seed=42):
    random.seed(seed)
    order = list(words)
    random.shuffle(order)
    n1, n2 = _cuts(len(order), fractions)
    return order[:n1], order[n1:n2], order[n2:]


@misconception(
    "split_words",
    says="Words are lost behind the last cut: each part is rounded down, and what is left over is in none. The last "
    "part takes everything from the second cut on.",
)
def rest_lost(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(words, seed)
    sizes = [int(fraction * len(order)) for fraction in fractions]
    n1, n2 = sizes[0], sizes[0] + sizes[1]
    return order[:n1], order[n1:n2], order[n2 : n2 + sizes[2]]


@misconception(
    "split_words",
    says="The words are not shuffled. A list in the order of the alphabet puts all names with the last letters into "
    "test, and none of them into train.",
)
def not_shuffled(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = list(words)
    n1, n2 = _cuts(len(order), fractions)
    return order[:n1], order[n1:n2], order[n2:]


@misconception(
    "split_words",
    says="You went through a set, and a set holds each word once. Common names are common because they stand in the "
    "list many times.",
)
def a_set(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(sorted(set(words)), seed)
    n1, n2 = _cuts(len(order), fractions)
    return order[:n1], order[n1:n2], order[n2:]


@misconception(
    "split_words",
    says="Your split is another one in each call. With a new split each time, words that trained the model come up in "
    "its test.",
)
def new_each_time(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = list(words)
    random.shuffle(order)
    n1, n2 = _cuts(len(order), fractions)
    return order[:n1], order[n1:n2], order[n2:]


@misconception(
    "split_words",
    says="The seed that is given is not used: whatever it is, the split is the same.",
)
def fixed_seed(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(words, 42)
    n1, n2 = _cuts(len(order), fractions)
    return order[:n1], order[n1:n2], order[n2:]


@misconception(
    "split_words",
    says="The cuts are always at 80 and 90 percent, whatever fractions are asked for.",
)
def fixed_fractions(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(words, seed)
    n1, n2 = _cuts(len(order), (0.8, 0.1))
    return order[:n1], order[n1:n2], order[n2:]


@misconception(
    "split_words",
    says="Dev begins at the first word, so all of train stands in it again. It begins at the first cut.",
)
def dev_from_the_start(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(words, seed)
    n1, n2 = _cuts(len(order), fractions)
    return order[:n1], order[:n2], order[n2:]


@misconception(
    "split_words",
    says="Test begins at the first cut, so it holds the dev words, too. It begins at the second cut.",
)
def dev_twice(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(words, seed)
    n1, n2 = _cuts(len(order), fractions)
    return order[:n1], order[n1:n2], order[n1:]


@misconception(
    "split_words",
    says="Your second cut is the size of dev, and not the place where dev ends. It ends at the first two shares "
    "together: int((fractions[0] + fractions[1]) * n).",
)
def size_for_place(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(words, seed)
    n1, n2 = int(fractions[0] * len(order)), int(fractions[1] * len(order))
    return order[:n1], order[n1:n2], order[n2:]


@misconception(
    "split_words",
    says="The cuts are rounded to the nearest number. They are rounded down, by int.",
)
def nearest_cuts(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(words, seed)
    n1, n2 = round(fractions[0] * len(order)), round((fractions[0] + fractions[1]) * len(order))
    return order[:n1], order[n1:n2], order[n2:]


@misconception(
    "split_words",
    says="There are two parts. Three are asked for: train, dev and test.",
    symptom=True,
)
def two_parts(words, fractions=(0.8, 0.1, 0.1), seed=42):
    order = _shuffled(words, seed)
    n1, n2 = _cuts(len(order), fractions)
    return order[:n1], order[n1:n2]
