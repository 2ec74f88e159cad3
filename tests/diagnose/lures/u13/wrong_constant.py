# exercise: gelu
# true: the constant of the cube is 0.44715
# not: by erf
# not: sigmoid
# not: cube inside of tanh is missing


def gelu_forward(x):
    return 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.44715 * x * x * x)))
