"""Wrong answers to u05.embedding_backward, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception

right_embedding = embedding_backward


@misconception(
    "embedding_backward",
    says="Where a token occurs twice, the last place wins and the others are lost, whether you write = or +=: an "
    "indexed += reads, adds and writes back, each only once. All places of a token add up.",
)
def assigns_rows(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[-1]), dtype=demb.dtype)
    dC[X] = demb
    return dC


# `dC[X] += demb` in one go starts from zeros and so gives what assigns_rows gives, to the bit; its sentence names both.
# This one adds column by column of X, so that only repeats within a column are lost.
@misconception(
    "embedding_backward",
    says="You add column by column, and a token that occurs twice in one column is added once: an indexed += reads all "
    "its rows before it writes the first.",
)
def fancy_add(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[-1]), dtype=demb.dtype)
    for column in range(X.shape[1]):
        dC[X[:, column]] += demb[:, column]
    return dC


@misconception(
    "embedding_backward",
    says="Every number is right, but more lines of Python run than the batch has rows. NumPy can do the looping, a "
    "hundred times faster.",
    symptom=True,
)
def python_loops(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[-1]), dtype=demb.dtype)
    for row in range(X.shape[0]):
        for column in range(X.shape[1]):
            dC[X[row, column]] += demb[row, column]
    return dC


@misconception(
    "embedding_backward",
    says="You take the average over the places of a token. Each place moves the loss on its own, so they add up.",
)
def divide_counts(demb, X, vocab_size):
    counts = np.maximum(np.bincount(X.ravel(), minlength=vocab_size), 1).astype(demb.dtype)
    return right_embedding(demb, X, vocab_size) / counts[:, None]


@misconception(
    "embedding_backward",
    says="float32 went in and float64 came out: your dC is float64, whatever demb is.",
    symptom=True,
)
def always_float64(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[-1]))
    np.add.at(dC, X, demb)
    return dC


@misconception(
    "embedding_backward",
    says="Your dC ends with the largest token of the batch. C has vocab_size rows, whether they were asked for or not.",
)
def rows_that_occur(demb, X, vocab_size):
    return right_embedding(demb, X, int(X.max()) + 1)
