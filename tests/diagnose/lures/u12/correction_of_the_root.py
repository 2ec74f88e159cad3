# exercise: optimizers
# true: both corrections take the root of beta ** t
# not: are not corrected
# not: in every step
# not: one too high
# not: counts a step for each parameter


def _step(self):
    self.t += 1
    b1, b2 = self.betas
    for (_, p, g), m, v in zip(self.params, self.m, self.v, strict=True):
        m *= b1
        m += (1 - b1) * g
        v *= b2
        v += (1 - b2) * g * g
        first, second = m / (1 - b1 ** (self.t / 2)), v / (1 - b2 ** (self.t / 2))
        p -= self.lr * first / (np.sqrt(second) + self.eps)


Adam.step = _step
