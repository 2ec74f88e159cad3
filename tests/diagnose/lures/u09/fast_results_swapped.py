# exercise: train_bpe_fast
# true: the two results are swapped
# why: the vocabulary comes first


_right = train_bpe_fast


def train_bpe_fast(*given, **options):
    vocab, merges = _right(*given, **options)
    return merges, vocab
