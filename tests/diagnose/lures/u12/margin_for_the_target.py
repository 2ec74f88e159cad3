# exercise: losses
# true: 0.9 is taken off at the target
# not: Nothing is taken off
# not: other sign
# not: whole numbers
# not: not divided


def _backward(self):
    d = self.p.copy()
    d[np.arange(len(d)), self.targets] -= 0.9
    return d / len(d)


SoftmaxCrossEntropyLoss.backward = _backward
