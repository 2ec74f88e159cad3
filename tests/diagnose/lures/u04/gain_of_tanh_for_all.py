# exercise: kaiming_std
# true: tanh's gain is used for everything
# not: relu's gain


def kaiming_std(fan_in, nonlinearity, negative_slope=0.01):
    if nonlinearity not in ("linear", "tanh", "relu", "leaky_relu"):
        raise ValueError(nonlinearity)
    return 5 / 3 / math.sqrt(fan_in)
