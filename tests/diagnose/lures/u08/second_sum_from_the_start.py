# exercise: block
# true: the second sum starts from the block's input
# not: as it is given


def _forward(self, x):
    y = x + self.attn(self.ln_1(x))
    return x + self.mlp(self.ln_2(y))


Block.forward = _forward
