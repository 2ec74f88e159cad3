# exercise: mlp
# true: the bias is not added
# why: leaves its bias out
# not: its number


def _call(self, x):
    act = sum(wi * xi for wi, xi in zip(self.w, x, strict=True))
    return act.tanh() if self.nonlin else act


Neuron.__call__ = _call
