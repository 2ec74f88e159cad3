"""Adds up the gradients of the first character of each context and forgets the others."""

EXERCISE = "embedding_backward"
TRUE = "only X[:, 0] is counted"


def embedding_backward(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[-1]), dtype=demb.dtype)
    np.add.at(dC, X[:, 0], demb[:, 0])
    return dC
