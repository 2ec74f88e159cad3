"""Blanks the gradient it was given and hands it back."""

EXERCISE = "activations"
TRUE = "dout is changed in place"


def relu_backward(dout, out):
    dout[out <= 0] = 0.0
    return dout
