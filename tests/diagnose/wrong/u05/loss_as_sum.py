"""Right gradients, and the loss of all rows added up instead of averaged."""

EXERCISE = "mlp_backward"
TRUE = "the loss is n times too large"

_right = mlp_backward


def mlp_backward(params, Xb, Yb):
    loss, grads = _right(params, Xb, Yb)
    return float(loss * len(Xb)), grads
