# exercise: exp_log
# true: out._backward = _backward is forgotten
# why: No gradient gets through your exp
# not: multiplied by 0


def _exp(self):
    out = Value(math.exp(self.data), (self,), "exp")

    def _backward():
        self.grad += out.data * out.grad

    return out


Value.exp = _exp
