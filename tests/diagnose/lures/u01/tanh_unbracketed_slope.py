# exercise: tanh_sigmoid
# true: the gradient that comes back multiplies the square alone
# why: 1 - t * t needs parentheses
# not: passes on the local slope alone


def _tanh(self):
    out = Value(math.tanh(self.data), (self,), "tanh")

    def back():
        self.grad += 1 - out.data**2 * out.grad

    out._backward = back
    return out


Value.tanh = _tanh
