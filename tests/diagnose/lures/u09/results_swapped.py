# exercise: train_bpe
# true: the two results are swapped
# why: in the other order
# not: too many


_right = train_bpe


def train_bpe(text, vocab_size):
    merges, vocab = _right(text, vocab_size)
    return vocab, merges
