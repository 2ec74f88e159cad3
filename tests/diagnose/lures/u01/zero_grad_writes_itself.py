# exercise: mlp
# true: zero_grad gives the module a grad of its own
# why: Write into each parameter
# not: new name
# not: wiped


def _zero_grad(self):
    for _p in self.parameters():
        self.grad = 0.0


Module.zero_grad = _zero_grad
