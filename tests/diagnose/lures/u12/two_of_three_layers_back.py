# exercise: sequential
# true: the first layer is left out on the way back
# not: in the order of the forward pass
# not: gets dout as it came in
# not: own list around


def _backward(self, dout):
    for layer in reversed(self.layers[1:] or self.layers):
        dout = layer.backward(dout)
    return dout


Sequential.backward = _backward
