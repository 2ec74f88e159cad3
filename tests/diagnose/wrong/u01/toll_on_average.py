"""Two things at once: no toll on the weights, and a sum over the samples."""

EXERCISE = "train"
TRUE = "the toll on the weights is missing, and the samples are summed, not averaged"


def hinge_loss(scores, ys, params, alpha=1e-4):
    if len(scores) != len(ys) or any(y not in (1, -1) for y in ys):
        raise ValueError("labels are +1 and -1, one for each score")
    total = Value(0.0)
    for score, y in zip(scores, ys, strict=True):
        total = total + (1 - y * score).relu()
    return total
