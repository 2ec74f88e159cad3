# exercise: exp_log
# true: the slope of e^x is x
# not: logarithm


def _exp(self):
    x = self.data
    out = Value(math.exp(x), (self,), "exp")

    def _backward():
        self.grad += x * out.grad

    out._backward = _backward
    return out


Value.exp = _exp
