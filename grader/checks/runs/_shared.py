"""What several runs use. It runs beside a learner's code, before the run's own file, and holds nothing to hide."""

import random


def split(words):
    """Return the words in three parts, 80, 10 and 10 percent, in an order that is the same in every run."""
    words = list(words)
    random.Random(42).shuffle(words)
    first, second = int(0.8 * len(words)), int(0.9 * len(words))
    return words[:first], words[first:second], words[second:]


def windows(words, letters, block):
    """Return contexts (N, block) and the letter after each, as lists of numbers; a dot before and after each word."""
    number = {letter: at for at, letter in enumerate(letters)}
    contexts, targets = [], []
    for word in words:
        context = [0] * block
        for letter in f"{word}.":
            contexts.append(context)
            targets.append(number[letter])
            context = [*context[1:], number[letter]]
    return contexts, targets


def words_of(text):
    """Return words and alphabet of a text with one word a line: the dot is letter 0."""
    words = text.replace(".", "").split()
    return words, "".join([".", *sorted(set("".join(words)))])
