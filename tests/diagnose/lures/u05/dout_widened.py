# exercise: activations
# true: dout is made float64 on the way
# not: that you multiply with


def relu_backward(dout, out):
    return dout.astype(np.float64) * (out > 0)
