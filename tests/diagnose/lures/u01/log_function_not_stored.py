# exercise: exp_log
# true: out._backward = _backward is forgotten
# why: No gradient gets through your log
# not: multiplied by 0


def _log(self):
    out = Value(math.log(self.data), (self,), "log")

    def _backward():
        self.grad += 1 / self.data * out.grad

    return out


Value.log = _log
