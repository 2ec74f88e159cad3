"""Wrong answers to u04.kaiming_std, each with its cause in words, run in the solution's namespace."""

from grader import misconception

_GAINS = {"linear": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}


def _gain(nonlinearity, slope):
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ValueError(nonlinearity)
    return _GAINS[nonlinearity]


@misconception(
    "kaiming_std", says="You use relu's gain, the root of 2, for everything. tanh has a gain of its own, 5/3."
)
def relu_everywhere(fan_in, nonlinearity, negative_slope=0.01):
    return math.sqrt(2 / fan_in)


@misconception("kaiming_std", says="What you return is the variance. A standard deviation is its root.")
def variance_for_std(fan_in, nonlinearity, negative_slope=0.01):
    return _gain(nonlinearity, negative_slope) ** 2 / fan_in


@misconception(
    "kaiming_std",
    says="The gain stands under the root. It multiplies a standard deviation already: the root is for fan_in.",
)
def sqrt_gain(fan_in, nonlinearity, negative_slope=0.01):
    return math.sqrt(_gain(nonlinearity, negative_slope) / fan_in)


@misconception("kaiming_std", says="You divide by fan_in. Variances add, so spreads grow with its root.")
def divides_by_fan_in(fan_in, nonlinearity, negative_slope=0.01):
    return _gain(nonlinearity, negative_slope) / fan_in


@misconception("kaiming_std", says="The gain is missing: 1 / sqrt(fan_in) is right for a layer without a nonlinearity.")
def gain_forgotten(fan_in, nonlinearity, negative_slope=0.01):
    _gain(nonlinearity, negative_slope)
    return 1 / math.sqrt(fan_in)


@misconception(
    "kaiming_std", says="leaky_relu gets relu's gain. Its slope below 0 lets more through, so it needs less."
)
def leaky_as_relu(fan_in, nonlinearity, negative_slope=0.01):
    return _gain("relu" if nonlinearity == "leaky_relu" else nonlinearity, 0.0) / math.sqrt(fan_in)


@misconception(
    "kaiming_std", says="The slope is not squared: what adds up is variance, and that takes the slope's square."
)
def slope_not_squared(fan_in, nonlinearity, negative_slope=0.01):
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + negative_slope) / fan_in)
    return _gain(nonlinearity, negative_slope) / math.sqrt(fan_in)


@misconception(
    "kaiming_std",
    symptom=True,
    says="A nonlinearity that nobody knows gets an answer. A misspelt word is to raise ValueError.",
)
def unknown_is_linear(fan_in, nonlinearity, negative_slope=0.01):
    known = nonlinearity in (*_GAINS, "leaky_relu")
    return (_gain(nonlinearity, negative_slope) if known else 1.0) / math.sqrt(fan_in)
