"""Wrong answers to u08.dropout, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _kept(self, x, p=None):
    chance = self.p if p is None else p
    return torch.rand(x.shape, generator=self.generator, device=x.device) >= chance


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The numbers that stay are not scaled up. In training all sums are on average only 1 - p times as large as "
    "later, when nothing is dropped.",
)
def not_scaled(self, x):
    return x * _kept(self, x) if self.training else x


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="You scale in training and once more outside of it. The scale of training is there so that afterwards nothing "
    "has to be done at all.",
)
def scaled_at_eval(self, x):
    if not self.training:
        return x * (1 - self.p)
    return x * 0.0 if self.p == 1 else x * _kept(self, x) / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="Dropout is active outside training as well. Predictions become a lottery: the same text gets another answer "
    "each time.",
)
def active_at_eval(self, x):
    return x * 0.0 if self.p == 1 else x * _kept(self, x) / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="You took p for the chance to stay. Here, as in torch, p is the fraction that is dropped.",
)
def keep_prob(self, x):
    if not self.training or self.p == 1:
        return x
    return x * 0.0 if self.p == 0 else x * _kept(self, x, 1 - self.p) / self.p


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="All rows share one mask: a channel is there for the whole batch or for nobody. Each entry should have a draw "
    "of its own.",
)
def same_mask_batch(self, x):
    if not self.training or self.p == 0:
        return x
    return x * 0.0 if self.p == 1 else x * _kept(self, x[(0,) * (x.ndim - 1)]) / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="You divided by p. What stays is the fraction 1 - p, and that is what has to be made up for; at p = 0.5 "
    "nobody sees the difference.",
)
def scale_p(self, x):
    if not self.training or self.p == 0:
        return x
    return x * 0.0 if self.p == 1 else x * _kept(self, x) / self.p


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="At p = 1 out comes nan: there 1 / (1 - p) is a division by zero. Everything dropped is a case of its own: "
    "zeros.",
    symptom=True,
)
def divides_by_zero(self, x):
    return x * _kept(self, x) / (1 - self.p) if self.training else x


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The generator that you were given is not used: the numbers come from torch's global one.",
)
def dropout_ignores_generator(self, x):
    if not self.training or self.p == 0:
        return x
    return x * 0.0 if self.p == 1 else x * (torch.rand_like(x) >= self.p) / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="Always the same entries are dropped: the mask is made once and kept. It has to be a new one in each call, or "
    "part of the model is never trained.",
)
def mask_made_once(self, x):
    if not self.training or self.p == 0:
        return x
    if not hasattr(self, "mask"):
        self.mask = _kept(self, x)
    return x * 0.0 if self.p == 1 else x * self.mask / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The tensor that you were given is changed. Whoever made it still needs it.",
    symptom=True,
)
def dropout_in_place(self, x):
    if not self.training or self.p == 0:
        return x
    with torch.no_grad():
        kept = _kept(self, x)
        x.data.mul_(kept)
    return x * kept / (1 - self.p) if self.p < 1 else x * 0.0


@misconception(
    "dropout",
    replaces="Dropout.__init__",
    says="A p that is no probability is taken without a word. 50 is somebody's percentage, and it should be refused "
    "where it is written, not fail somewhere else later.",
    symptom=True,
)
def p_unchecked(self, p, generator=None):
    nn.Module.__init__(self)
    self.p, self.generator = p, generator


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The comparison is the wrong way round: the fraction p is kept, and the rest is dropped.",
)
def kept_below_p(self, x):
    if not self.training or self.p == 0:
        return x
    return x * 0.0 if self.p == 1 else x * ~_kept(self, x).bool() / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="You multiply by 1 - p, and so make what stays smaller still. Divide by it: what stays makes up for "
    "what is gone.",
)
def scaled_down(self, x):
    return x * _kept(self, x) * (1 - self.p) if self.training else x


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="Whole tokens are dropped, with all their channels. Each entry should have a draw of its own.",
)
def drops_whole_rows(self, x):
    if not self.training:
        return x
    kept = torch.rand((*x.shape[:-1], 1), generator=self.generator, device=x.device) >= self.p
    return x * kept / (1 - self.p) if self.p < 1 else x * 0.0


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="/ binds tighter than -: x / 1 - p takes p away from every entry. The 1 - p needs parentheses.",
)
def parentheses_missing(self, x):
    if not self.training or self.p == 0:
        return x
    return x * 0.0 if self.p == 1 else x * _kept(self, x) / 1 - self.p
