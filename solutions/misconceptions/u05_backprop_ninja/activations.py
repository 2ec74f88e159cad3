"""Wrong answers to u05.activations, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


@misconception(
    "activations",
    replaces="tanh_backward",
    says="You apply tanh to something that has been through it already: what you are given is the output, and the "
    "slope is written in terms of that.",
)
def uses_input(dout, out):
    return dout * (1 - np.tanh(out) ** 2)


@misconception(
    "activations",
    replaces="tanh_backward",
    says="The result is right, but dout has changed. The caller still needs the gradient that came back.",
    symptom=True,
)
def inplace_dout(dout, out):
    dout *= 1 - out * out
    return dout


@misconception(
    "activations",
    replaces="relu_backward",
    says="After a relu nothing is negative, so `out >= 0` lets everything through. What was cut off shows as exactly "
    "0.",
)
def relu_ge(dout, out):
    return dout * (out >= 0)


@misconception(
    "activations",
    replaces="relu_backward",
    says="You cut off negative gradients. What decides is the sign in the forward pass; the gradient that comes back "
    "may have any sign.",
)
def relu_masks_dout(dout, out):
    return dout * (dout > 0)


@misconception(
    "activations",
    replaces="relu_backward",
    says="float32 went in and float64 came out: something on the way is float64 and widens the rest.",
    symptom=True,
)
def relu_in_float64(dout, out):
    return np.where(out > 0, 1.0, 0.0) * dout


@misconception(
    "activations",
    replaces="log_backward",
    says="You divide by the logarithm. The slope of log needs its input, and this is the one function here that gets "
    "it.",
)
def log_out(dout, x):
    return dout / np.log(x)


@misconception(
    "activations",
    replaces="log_backward",
    says="The small number that you add below the line changes every slope near zero, where it matters most.",
)
def log_with_a_cushion(dout, x):
    return dout / (x + 1e-8)


@misconception(
    "activations",
    replaces="exp_backward",
    says="You give back the local slope alone. The chain rule multiplies it with the gradient that came back.",
)
def exp_forgets_dout(dout, out):
    return out.copy()
