# exercise: crossentropy
# true: one column of the padding counts
# not: all Vp columns
# not: set to 0


def softmax_forward(logits, V):
    probs = np.zeros_like(logits)
    real = logits[..., : V + 1]
    counts = np.exp(real - real.max(axis=-1, keepdims=True))
    probs[..., : V + 1] = counts / counts.sum(axis=-1, keepdims=True)
    return probs
