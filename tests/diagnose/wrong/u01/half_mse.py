"""The textbook's one half in front of the squared error."""

EXERCISE = "train"
TRUE = "the loss is half of the mean squared error"


def mse_loss(ypred, ys):
    if len(ypred) != len(ys):
        raise ValueError("lengths differ")
    total = Value(0.0)
    for prediction, target in zip(ypred, ys, strict=True):
        gap = prediction - target
        total = total + gap * gap
    return total * (1 / (2 * len(ys)))
