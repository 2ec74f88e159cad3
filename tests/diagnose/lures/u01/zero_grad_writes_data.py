# exercise: mlp
# true: zero_grad sets data to 0
# why: the weights are wiped out
# not: new name


def _zero_grad(self):
    for p in self.parameters():
        p.data = 0.0


Module.zero_grad = _zero_grad
