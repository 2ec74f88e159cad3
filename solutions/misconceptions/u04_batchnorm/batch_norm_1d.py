"""Wrong answers to u04.batch_norm_1d, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _normal(self, x, mean, var):
    self.out = self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
    return self.out


def _remember(self, mean, var, share=None):
    share = self.momentum if share is None else share
    self.running_mean = (1 - share) * self.running_mean + share * mean
    self.running_var = (1 - share) * self.running_var + share * var


def _enough(x):
    if x.shape[0] < 2:
        raise ValueError("a batch of one")


def _batch(x, axis=0):
    return x.mean(axis, keepdim=True), x.var(axis, unbiased=False, keepdim=True)


def _stored(x):
    return x.mean(0), x.var(0)


def _layer(self, x, mean, var, new_mean, new_var):
    """Answer as the layer does, with these numbers of the batch."""
    if not self.training:
        return _normal(self, x, self.running_mean, self.running_var)
    _enough(x)
    with torch.no_grad():
        _remember(self, new_mean.detach(), new_var.detach())
    return _normal(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="momentum is taken for the weight of the old average. In torch, and in the lecture, it is that "
    "of the new batch.",
)
def momentum_flipped(self, x):
    if not self.training:
        return _normal(self, x, self.running_mean, self.running_var)
    _enough(x)
    with torch.no_grad():
        _remember(self, *_stored(x), 1 - self.momentum)
    return _normal(self, x, *_batch(x))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="In use you still normalise with the batch. A single example would be normalised by itself.",
)
def eval_batch_stats(self, x):
    if self.training:
        _enough(x)
        with torch.no_grad():
            _remember(self, *_stored(x))
    return _normal(self, x, *_batch(x))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The running averages move in use, too. A measurement changes what it measures.",
)
def updates_in_eval(self, x):
    mean, var = self.running_mean, self.running_var
    if self.training:
        _enough(x)
        mean, var = _batch(x)
    if len(x) > 1:
        with torch.no_grad():
            _remember(self, *_stored(x))
    return _normal(self, x, mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    symptom=True,
    says="The running averages are part of the graph: each step keeps the graphs of all steps before it alive.",
)
def grad_in_buffer(self, x):
    if not self.training:
        return _normal(self, x, self.running_mean, self.running_var)
    _enough(x)
    _remember(self, *_stored(x))
    return _normal(self, x, *_batch(x))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="running_var gets the variance that divides by N. Stored is the one that divides by N - 1.",
)
def biased_running(self, x):
    var = x.var(0, unbiased=False)
    return _layer(self, x, x.mean(0), var, x.mean(0), var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.parameters",
    symptom=True,
    says="The running averages are among the parameters. An optimizer would overwrite what was measured.",
)
def buffers_as_parameters(self):
    return [self.gamma, self.beta, self.running_mean, self.running_var]


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="In training your forward pass divides by N - 1, as the lecture's does. torch normalises with N, "
    "and stores N - 1.",
)
def bessel_in_training(self, x):
    return _layer(self, x, x.mean(0), x.var(0), x.mean(0), x.var(0))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    symptom=True,
    says="After the first batch the buffers have another shape, (1, dim): the batch's numbers kept their axis.",
)
def buffers_grow_an_axis(self, x):
    mean, var = x.mean(0, keepdim=True), x.var(0, keepdim=True)
    return _layer(self, x, mean, x.var(0, unbiased=False), mean, var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="In training you normalise with the running averages, and not with the batch.",
)
def running_in_training(self, x):
    if self.training:
        _enough(x)
        with torch.no_grad():
            _remember(self, *_stored(x))
    return _normal(self, x, self.running_mean, self.running_var)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="running_var stores a standard deviation. In use its root is taken once more.",
)
def stores_std(self, x):
    mean, var = _stored(x)
    return _layer(self, x, *_batch(x), mean, var**0.5)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="You normalise each example over its units. That is LayerNorm; BatchNorm normalises each unit over the batch.",
)
def class_wrong_axis(self, x):
    return _layer(self, x, *_batch(x, axis=1), *_stored(x))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="Mean and variance are cut out of the graph. They depend on x as well, and their share of its "
    "gradient is missing.",
)
def class_detached_stats(self, x):
    mean, var = _batch(x)
    return _layer(self, x, mean.detach(), var.detach(), *_stored(x))


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The running averages never move: in use the layer knows nothing of the data it was trained on.",
)
def never_updates(self, x):
    if not self.training:
        return _normal(self, x, self.running_mean, self.running_var)
    _enough(x)
    return _normal(self, x, *_batch(x))


@misconception(
    "batch_norm_1d",
    symptom=True,
    says="A momentum of its own is used, 0.1, whatever the layer was made with.",
)
class momentum_ignored(BatchNorm1d):
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        super().__init__(dim, eps, 0.1)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    says="The root is taken of a standard deviation, which is a root already. x.var gives what belongs there.",
)
def root_of_std(self, x):
    mean, var = _batch(x)
    new_mean, new_var = _stored(x)
    return _layer(self, x, mean, var**0.5, new_mean, new_var**0.5)


@misconception(
    "batch_norm_1d",
    replaces="BatchNorm1d.__call__",
    symptom=True,
    says="self.out is never set: the layer does not keep what it returns.",
)
def class_out_not_kept(self, x):
    out = _layer(self, x, *_batch(x), *_stored(x))
    del self.out
    return out
