# exercise: cross_entropy_backward
# true: one number, 0, where a matrix is asked for
# not: whatever goes in
# not: makes no difference


def cross_entropy_backward(logits, targets, ignore_index=-1):
    return np.zeros(1)
