"""Wrong answers to u08.layer_norm, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _normed(self, centred, spread):
    out = centred / spread * self.weight
    return out if self.bias is None else out + self.bias


def _variance(centred):
    return (centred * centred).mean(dim=-1, keepdim=True)


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="Your variance divides by C - 1, as torch.var does unless told otherwise. LayerNorm divides by C; with many "
    "channels you would hardly notice, with one it is 0 / 0.",
)
def unbiased(self, x):
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = (centred * centred).sum(dim=-1, keepdim=True) / (x.shape[-1] - 1)
    return _normed(self, centred, torch.sqrt(variance + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="eps is added to the standard deviation. It belongs to the variance, under the root: outside it changes small "
    "spreads a lot more or less than it should, and a root of 0 has no slope.",
)
def eps_outside(self, x):
    centred = x - x.mean(dim=-1, keepdim=True)
    return _normed(self, centred, torch.sqrt(_variance(centred)) + self.eps)


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="You normalised along another axis than the channels. LayerNorm looks at one token and nothing else; yours "
    "lets tokens know of each other.",
)
def norm_wrong_axis(self, x):
    axis = max(0, x.ndim - 2)
    centred = x - x.mean(dim=axis, keepdim=True)
    return _normed(self, centred, torch.sqrt((centred * centred).mean(dim=axis, keepdim=True) + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="The mean lost its axis: (B, T) does not line up with (B, T, C), and where the sizes happen to agree it "
    "broadcasts along the wrong axis without a word.",
)
def keepdim_missing(self, x):
    centred = x - x.mean(dim=-1)
    return _normed(self, centred, torch.sqrt((centred * centred).mean(dim=-1) + self.eps))


@misconception(
    "layer_norm",
    says="The gain needs no gradient, so it stays 1 for ever. It is there to be learned.",
)
class gain_not_learned(LayerNorm):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__(ndim, eps, bias)
        self.weight.requires_grad_(False)


@misconception(
    "layer_norm",
    says="You keep running averages and use them in eval mode. That is BatchNorm's way; LayerNorm has nothing to "
    "remember and does the same in training and in use.",
)
class batch_stats(LayerNorm):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__(ndim, eps, bias)
        self.register_buffer("running_mean", torch.zeros(1))
        self.register_buffer("running_var", torch.ones(1))

    def forward(self, x):
        if not self.training:
            return _normed(self, x - self.running_mean, torch.sqrt(self.running_var + self.eps))
        centred = x - x.mean(dim=-1, keepdim=True)
        with torch.no_grad():
            self.running_mean.mul_(0.9).add_(0.1 * x.mean())
            self.running_var.mul_(0.9).add_(0.1 * _variance(centred).mean())
        return _normed(self, centred, torch.sqrt(_variance(centred) + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="mean of squares minus square of the mean: right on paper. Where the mean is large, both are large and nearly "
    "equal, and float32 has no digits left for their difference.",
)
def one_pass_variance(self, x):
    mean = x.mean(dim=-1, keepdim=True)
    variance = ((x * x).mean(dim=-1, keepdim=True) - mean * mean).clamp(min=0)
    return _normed(self, x - mean, torch.sqrt(variance + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="The mean is not subtracted. You divide by the root mean square; that is RMSNorm, a younger relative.",
)
def rms_norm(self, x):
    return _normed(self, x, torch.sqrt(_variance(x) + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="eps is 1e-6 here, whatever the layer was made with. Where nothing is said, it is 1e-5.",
)
def eps_fixed(self, x):
    centred = x - x.mean(dim=-1, keepdim=True)
    return _normed(self, centred, torch.sqrt(_variance(centred) + 1e-6))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="Mean and variance are cut out of the graph. They depend on x as well, and their share of the gradient is "
    "missing.",
)
def detached_statistics(self, x):
    centred = x - x.mean(dim=-1, keepdim=True).detach()
    return _normed(self, centred, torch.sqrt(_variance(centred).detach() + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="Two slips at once: the variance is divided by C - 1, and eps is added to the standard deviation instead of "
    "the variance. x.std() + eps does both.",
)
def std_plus_eps(self, x):
    centred = x - x.mean(dim=-1, keepdim=True)
    spread = torch.sqrt((centred * centred).sum(dim=-1, keepdim=True) / (x.shape[-1] - 1))
    return _normed(self, centred, spread + self.eps)


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="You divide by the variance. It is the standard deviation, the root of it, that makes the spread 1.",
)
def over_the_variance(self, x):
    centred = x - x.mean(dim=-1, keepdim=True)
    return _normed(self, centred, _variance(centred) + self.eps)
