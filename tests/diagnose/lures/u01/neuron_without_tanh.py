# exercise: mlp
# true: the sum does not go through tanh
# why: with no tanh


def _call(self, x):
    return sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)


Neuron.__call__ = _call
