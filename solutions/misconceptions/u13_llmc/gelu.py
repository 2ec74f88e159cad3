"""Wrong answers to u13.gelu, each with its cause in words, run in the solution's namespace."""

import math

import numpy as np

from grader import misconception

SCALE = (2 / np.pi) ** 0.5


def inside(x):
    """Return what goes into tanh."""
    return SCALE * (x + 0.044715 * x**3)


@misconception(
    "gelu",
    replaces="gelu_backward",
    says="The gradient is right, and on the way cosh overflows: NumPy warns. 1 - tanh(u)**2 is the same slope and "
    "cannot.",
    symptom=True,
)
def sech_overflow(x, dout):
    u = inside(x)
    slope = 0.5 * (1 + np.tanh(u)) + 0.5 * x / np.cosh(u) ** 2 * SCALE * (1 + 3 * 0.044715 * x * x)
    return dout * slope


@misconception(
    "gelu",
    replaces="gelu_backward",
    says="Your slope is 0.5 * (1 + tanh(u)) alone. x stands inside of tanh, too: the second term of the product rule "
    "is missing.",
)
def no_product_rule(x, dout):
    return dout * 0.5 * (1 + np.tanh(inside(x)))


@misconception(
    "gelu",
    replaces="gelu_backward",
    says="The slope of u is missing: what stands inside of tanh is not x but u, and u moves by sqrt(2/pi) * (1 + 3 * "
    "0.044715 * x**2).",
)
def no_inner_slope(x, dout):
    t = np.tanh(inside(x))
    return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t * t))


@misconception(
    "gelu",
    replaces="gelu_backward",
    says="The slope of the cube has no 3 in it: the derivative of 0.044715 * x**3 is 3 * 0.044715 * x**2.",
)
def cube_without_3(x, dout):
    t = np.tanh(inside(x))
    return dout * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * SCALE * (1 + 0.044715 * x * x))


@misconception(
    "gelu",
    replaces="residual_backward",
    says="Both results are one array: adding to one in place changes the other.",
    symptom=True,
)
def residual_alias(dout):
    both = dout.copy()
    return both, both


@misconception(
    "gelu",
    replaces="residual_backward",
    says="Each summand gets half of dout. An addition has the slope 1 in both: each gets all of it.",
)
def residual_halved(dout):
    return dout / 2, dout / 2


@misconception(
    "gelu",
    replaces="gelu_forward",
    says="This is the exact GELU, by erf. GPT-2 has the approximation by tanh.",
)
def by_erf(x):
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / 2**0.5))


@misconception(
    "gelu",
    replaces="gelu_forward",
    says="This is x * sigmoid(1.702 * x), another approximation of GELU. GPT-2 has the one by tanh.",
)
def by_sigmoid(x):
    return x / (1 + np.exp(-1.702 * x))


@misconception(
    "gelu",
    replaces="gelu_forward",
    says="The cube inside of tanh is missing.",
)
def no_cube(x):
    return 0.5 * x * (1 + np.tanh(SCALE * x))
