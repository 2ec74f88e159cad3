# exercise: layer_norm
# true: the bias needs no gradient; the gain does
# not: The gain needs no gradient


class _Kept(LayerNorm):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__(ndim, eps, bias)
        if self.bias is not None:
            self.bias.requires_grad_(False)


LayerNorm = _Kept
