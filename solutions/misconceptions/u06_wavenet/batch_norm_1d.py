"""Wrong answers to u06.batch_norm_1d, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _refuse(self, x):
    if x.ndim not in (2, 3):
        raise ValueError("axes")
    if self.training and x.shape[:-1].numel() == 1:
        raise ValueError("one value")


def _axes(x):
    return (0,) if x.ndim == 2 else (0, 1)


def _spread(x, axes, keepdim=False):
    """What x is divided by the root of. The lecture's program has its own."""
    return x.var(axes, unbiased=False, keepdim=keepdim)


def _scaled(self, x, mean, var):
    return (x - mean) / torch.sqrt(var + self.eps) * self.gamma + self.beta


def _remember(self, mean, var, momentum=None):
    weight = self.momentum if momentum is None else momentum
    with torch.no_grad():
        self.running_mean = (1 - weight) * self.running_mean + weight * mean
        self.running_var = (1 - weight) * self.running_var + weight * var


def _usual(self, x, axes=None, **how):
    """Do what is right, over other axes if told so."""
    _refuse(self, x)
    if not self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    axes = _axes(x) if axes is None else axes
    keep = {"keepdim": True}
    mean, var = x.mean(axes, **keep), _spread(x, axes, **keep)
    _remember(self, mean, x.var(axes, **keep))
    return _scaled(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="With (B, T, C) you average over the batch alone: each place gets its own mean and variance, from T times "
    "fewer numbers. A channel is one channel at every place. (The lecture's bug.)",
)
def dim0_only(self, x):
    return _usual(self, x, 0)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="You average over axes 0 and 2. That is torch's layout, (N, C, L); here the channels are the last axis.",
)
def torch_layout(self, x):
    return _usual(self, x, 0 if x.ndim == 2 else (0, 2))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The running statistics take on axes of size 1, from keepdim=True. They are (dim,), also after (B, T, C).",
)
def buffers_3d(self, x):
    return _usual(self, x)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The unbiased variance counts the examples B where it should count the values: n is B * T, all that were "
    "averaged.",
)
def count(self, x):
    _refuse(self, x)
    if not self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    mean, var = x.mean(_axes(x)), _spread(x, _axes(x))
    biased = x.var(_axes(x), unbiased=False)
    _remember(self, mean, biased * x.shape[0] / max(1, x.shape[0] - 1))
    return _scaled(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The biased variance goes into running_var. The unbiased one, by n - 1, belongs there.",
)
def running_biased(self, x):
    _refuse(self, x)
    if not self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    mean, var = x.mean(_axes(x)), _spread(x, _axes(x))
    _remember(self, mean, x.var(_axes(x), unbiased=False))
    return _scaled(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="x is divided by the root of the unbiased variance, as in the lecture. torch, and the rule here, take the "
    "biased one for that.",
)
def unbiased_forward(self, x):
    _refuse(self, x)
    if not self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    mean, var = x.mean(_axes(x)), x.var(_axes(x))
    _remember(self, mean, var)
    return _scaled(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="momentum weighs the old value. Here, as in torch, it is the weight of the new one.",
)
def momentum_of_the_old(self, x):
    _refuse(self, x)
    if not self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    mean, var = x.mean(_axes(x)), _spread(x, _axes(x))
    _remember(self, mean, x.var(_axes(x)), 1 - self.momentum)
    return _scaled(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The batch's own statistics are used in eval mode, too. A batch of one has no variance, and what an example "
    "gets depends on its neighbours.",
)
def always_the_batch(self, x):
    if x.ndim not in (2, 3):
        raise ValueError("axes")
    if self.training:
        return _usual_flat(self, x)
    return _scaled(self, x, x.mean(_axes(x)), _spread(x, _axes(x)))


def _usual_flat(self, x):
    _refuse(self, x)
    mean, var = x.mean(_axes(x)), _spread(x, _axes(x))
    _remember(self, mean, x.var(_axes(x)))
    return _scaled(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The running statistics move in eval mode, too. They are learned in training, and only read afterwards.",
)
def remembers_in_eval(self, x):
    if self.training:
        return _usual_flat(self, x)
    _refuse(self, x)
    out = _scaled(self, x, self.running_mean, self.running_var)
    if x.shape[:-1].numel() > 1:
        _remember(self, x.mean(_axes(x)), x.var(_axes(x)))
    return out


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The running statistics never move: in eval mode the layer still divides by 1 and takes 0 away.",
)
def never_remembers(self, x):
    if not self.training:
        _refuse(self, x)
        return _scaled(self, x, self.running_mean, self.running_var)
    _refuse(self, x)
    return _scaled(self, x, x.mean(_axes(x)), _spread(x, _axes(x)))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="In training you normalise with the running statistics. Those of the batch belong there; the running ones are "
    "for later.",
)
def running_in_training(self, x):
    _refuse(self, x)
    if self.training:
        _remember(self, x.mean(_axes(x)), x.var(_axes(x)))
    return _scaled(self, x, self.running_mean, self.running_var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="eps is added to the standard deviation. It belongs to the variance, under the root.",
)
def eps_outside(self, x):
    _refuse(self, x)
    mean, var = self.running_mean, self.running_var
    if self.training:
        mean, var = x.mean(_axes(x)), _spread(x, _axes(x))
        _remember(self, mean, x.var(_axes(x)))
    return (x - mean) / (torch.sqrt(var) + self.eps) * self.gamma + self.beta


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="Mean and variance are cut out of the graph. They depend on x as well, and their share of the gradient is "
    "missing.",
)
def detached(self, x):
    _refuse(self, x)
    mean, var = self.running_mean, self.running_var
    if self.training:
        mean, var = x.mean(_axes(x)).detach(), _spread(x, _axes(x)).detach()
        _remember(self, mean, x.var(_axes(x)))
    return _scaled(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="You divide by the variance. Its root, the standard deviation, is what makes the spread 1.",
)
def over_the_variance(self, x):
    _refuse(self, x)
    mean, var = self.running_mean, self.running_var
    if self.training:
        mean, var = x.mean(_axes(x)), _spread(x, _axes(x))
        _remember(self, mean, x.var(_axes(x)))
    return (x - mean) / (var + self.eps) * self.gamma + self.beta


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="You normalise each place over its own channels. That is LayerNorm; BatchNorm keeps the channels apart.",
)
def layer_norm(self, x):
    _refuse(self, x)
    if not self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    _remember(self, x.mean(_axes(x)), x.var(_axes(x)))
    return _scaled(self, x, x.mean(-1, keepdim=True), x.var(-1, unbiased=False, keepdim=True))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The running statistics are computed with a graph. So each batch hangs on the one before, and memory grows.",
    symptom=True,
)
def drags_the_graph(self, x):
    _refuse(self, x)
    if not self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    mean, var = x.mean(_axes(x)), _spread(x, _axes(x))
    self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
    self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(_axes(x))
    return _scaled(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.parameters",
    says="The running statistics are listed as parameters. No gradient reaches them; they follow "
    "the data by themselves.",
    symptom=True,
)
def trains_the_buffers(self):
    return [self.gamma, self.beta, self.running_mean, self.running_var]


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__init__",
    says="running_var begins at 0. A fresh layer in eval mode then divides by the root of eps; it begins at 1.",
)
def variance_from_zero(self, dim, eps=1e-5, momentum=0.1):
    self.eps, self.momentum, self.training = eps, momentum, True
    self.gamma, self.beta = torch.ones(dim), torch.zeros(dim)
    self.running_mean, self.running_var = torch.zeros(dim), torch.zeros(dim)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="In training you normalise with the running statistics as they were before the batch. Those of the batch "
    "belong there; the running ones are for later.",
)
def running_of_before(self, x):
    _refuse(self, x)
    out = _scaled(self, x, self.running_mean, self.running_var)
    if self.training:
        _remember(self, x.mean(_axes(x)), x.var(_axes(x)))
    return out


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="training is taken for its opposite: in training you use the running statistics, in eval mode those of the "
    "batch.",
)
def flag_turned_round(self, x):
    _refuse(self, x)
    if self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    return _scaled(self, x, x.mean(_axes(x)), _spread(x, _axes(x)))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="gamma and beta have changed places: gamma is what is multiplied with, beta is added.",
)
def gamma_and_beta_swapped(self, x):
    gamma, beta = self.gamma, self.beta
    self.gamma, self.beta = beta, gamma
    out = _usual(self, x)
    self.gamma, self.beta = gamma, beta
    return out


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The running statistics move by a fixed share, 0.001 as in an earlier lecture. Here the share is momentum.",
)
def fixed_momentum(self, x):
    _refuse(self, x)
    if not self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    mean, var = x.mean(_axes(x)), _spread(x, _axes(x))
    _remember(self, mean, x.var(_axes(x)), 0.001)
    return _scaled(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The mean of the batch goes into running_var, too. Its variance belongs there.",
)
def mean_for_variance(self, x):
    _refuse(self, x)
    if not self.training:
        return _scaled(self, x, self.running_mean, self.running_var)
    mean, var = x.mean(_axes(x)), _spread(x, _axes(x))
    _remember(self, mean, mean)
    return _scaled(self, x, mean, var)
