# exercise: encoder
# true: of a token that repeats, all places but the first count
# not: repeats once
# not: replace


def encoder_backward(dout, inp, dwte, dwpe):
    ids, first, counts = np.unique(inp, return_index=True, return_counts=True)
    np.add.at(dwte, inp, dout)
    for token, at, count in zip(ids, first, counts):
        if count > 1:
            dwte[token] -= dout.reshape(-1, dout.shape[-1])[at]
    dwpe[: inp.shape[1]] += dout.sum(axis=0)
