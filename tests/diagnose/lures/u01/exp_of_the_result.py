# exercise: exp_log
# true: the slope is e to the result
# not: whatever goes in
# not: is what is expected of


def _exp(self):
    x = self.data
    out = Value(math.exp(x), (self,), "exp")

    def _backward():
        self.grad += math.exp(min(out.data, 700.0)) * out.grad

    out._backward = _backward
    return out


Value.exp = _exp
