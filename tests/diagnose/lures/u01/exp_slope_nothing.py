# exercise: exp_log
# true: the slope of e^x is left out
# not: whatever it held
# why: No gradient gets through your exp
# why: add the slope


def _exp(self):
    x = self.data
    out = Value(math.exp(x), (self,), "exp")

    def _backward():
        self.grad += 0.0 * out.grad

    out._backward = _backward
    return out


Value.exp = _exp
