"""Wrong answers to u12.norms, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _batch(self, x, ddof=0, axis=0):
    """Mean and variance of a batch in training, the running ones in use."""
    if not self.training:
        return self.running_mean, self.running_var
    if len(x) < 2:
        raise ValueError("one example")
    return x.mean(axis=axis, keepdims=axis == 1), x.var(axis=axis, ddof=ddof, keepdims=axis == 1)


def _remember(self, x, share=None, ddof=1):
    share = self.momentum if share is None else share
    self.running_mean = (1 - share) * self.running_mean + share * x.mean(axis=0)
    self.running_var = (1 - share) * self.running_var + share * x.var(axis=0, ddof=ddof)


def _out(self, x, mean, var):
    self.inv = 1 / np.sqrt(var + self.eps)
    self.xhat, self.batch = (x - mean) * self.inv, self.training
    return self.gamma * self.xhat + self.beta


def _sums(self, dout):
    front = tuple(range(dout.ndim - 1))
    self.dgamma += (dout * self.xhat).sum(axis=front)
    self.dbeta += dout.sum(axis=front)
    return dout * self.gamma


def _mean(values, axis):
    return values.mean(axis=axis, keepdims=True)


def _dx(self, g, axis, first=1.0, second=1.0):
    return (g - first * _mean(g, axis) - second * self.xhat * _mean(g * self.xhat, axis)) * self.inv


@misconception(
    "norms",
    replaces="BatchNorm.backward",
    says="After a forward in use BatchNorm goes back by the formula for training. Mean and variance are constants "
    "then.",
)
def eval_backward_train(self, dout):
    return _dx(self, _sums(self, dout), 0)


@misconception(
    "norms", says="LayerNorm takes its mean and variance over the batch. They are over each row's own numbers."
)
class ln_axis(LayerNorm):
    def forward(self, x):
        axis = 0 if x.ndim > 1 else -1
        return _out(self, x, _mean(x, axis), x.var(axis=axis, keepdims=True))

    def backward(self, dout):
        return _dx(self, _sums(self, dout), 0 if dout.ndim > 1 else -1)


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="BatchNorm divides its variance by N - 1 in the forward pass. Here it is N there, and N - 1 for the running"
    " one.",
)
def bessel(self, x):
    mean, var = _batch(self, x, ddof=1)
    if self.training:
        _remember(self, x)
    return _out(self, x, mean, var)


@misconception(
    "norms",
    replaces="LayerNorm.forward",
    says="LayerNorm divides its variance by dim - 1. It is dim.",
)
def ln_bessel(self, x):
    return _out(self, x, _mean(x, -1), x.var(axis=-1, ddof=1, keepdims=True))


@misconception(
    "norms",
    replaces="LayerNorm.backward",
    says="LayerNorm's dgamma and dbeta are summed along the row. Each number of the row has its own gamma: sum over "
    "rows.",
)
def dgamma_axis(self, dout):
    self.dgamma, self.dbeta = (dout * self.xhat).sum(axis=-1), dout.sum(axis=-1)
    return _dx(self, dout * self.gamma, -1)


@misconception(
    "norms",
    replaces="LayerNorm.backward",
    says="LayerNorm's dgamma and dbeta are summed over the first axis only. All axes but the last are rows.",
)
def ln_first_axis_only(self, dout):
    axis = 0 if dout.ndim > 1 else ()
    self.dgamma, self.dbeta = self.dgamma + (dout * self.xhat).sum(axis=axis), self.dbeta + dout.sum(axis=axis)
    return _dx(self, dout * self.gamma, -1)


@misconception(
    "norms",
    replaces="BatchNorm.backward",
    says="BatchNorm's dgamma and dbeta are summed over the units. Each unit has its own gamma: sum over the batch.",
)
def bn_dgamma_axis(self, dout):
    self.dgamma, self.dbeta = (dout * self.xhat).sum(axis=1), dout.sum(axis=1)
    g = dout * self.gamma
    return _dx(self, g, 0) if self.batch else g * self.inv


@misconception(
    "norms",
    replaces="BatchNorm.backward",
    says="BatchNorm's backward takes mean and variance for constants in training, too. Every example moves them.",
)
def bn_constants(self, dout):
    return _sums(self, dout) * self.inv


@misconception(
    "norms",
    replaces="BatchNorm.backward",
    says="BatchNorm's backward lacks the way through the variance.",
)
def bn_mean_only(self, dout):
    g = _sums(self, dout)
    return _dx(self, g, 0, 1, 0) if self.batch else g * self.inv


@misconception(
    "norms",
    replaces="BatchNorm.backward",
    says="BatchNorm's backward lacks the way through the mean.",
)
def bn_variance_only(self, dout):
    g = _sums(self, dout)
    return _dx(self, g, 0, 0, 1) if self.batch else g * self.inv


@misconception(
    "norms",
    replaces="BatchNorm.backward",
    says="BatchNorm divides by N in the forward pass, and by N - 1 on the way back through the variance.",
)
def bn_less_one(self, dout):
    g = _sums(self, dout)
    return _dx(self, g, 0, 1, len(dout) / (len(dout) - 1)) if self.batch else g * self.inv


@misconception("norms", replaces="BatchNorm.backward", says="gamma is missing in BatchNorm's dx.")
def bn_no_gamma(self, dout):
    _sums(self, dout)
    return _dx(self, dout, 0) if self.batch else dout * self.inv


@misconception(
    "norms",
    replaces="LayerNorm.backward",
    says="LayerNorm's backward takes mean and variance for constants. Every number of the row moves them.",
)
def ln_constants(self, dout):
    return _sums(self, dout) * self.inv


@misconception("norms", replaces="LayerNorm.backward", says="LayerNorm's backward lacks the way through the variance.")
def ln_mean_only(self, dout):
    return _dx(self, _sums(self, dout), -1, 1, 0)


@misconception("norms", replaces="LayerNorm.backward", says="LayerNorm's backward lacks the way through the mean.")
def ln_variance_only(self, dout):
    return _dx(self, _sums(self, dout), -1, 0, 1)


@misconception(
    "norms",
    replaces="LayerNorm.backward",
    says="LayerNorm's backward multiplies by gamma at the end. gamma differs along the row, so it belongs inside the "
    "means.",
)
def gamma_too_late(self, dout):
    _sums(self, dout)
    return self.gamma * _dx(self, dout, -1)


@misconception("norms", replaces="LayerNorm.backward", says="gamma is missing in LayerNorm's dx.")
def ln_no_gamma(self, dout):
    _sums(self, dout)
    return _dx(self, dout, -1)


@misconception(
    "norms",
    replaces="LayerNorm.backward",
    says="LayerNorm's backward takes its means over the rows, as BatchNorm's. They are over the numbers of each row.",
)
def ln_backward_over_rows(self, dout):
    return _dx(self, _sums(self, dout), 0 if dout.ndim > 1 else -1)


@misconception(
    "norms",
    replaces="LayerNorm.backward",
    says="dgamma is the sum of dout * x in LayerNorm. gamma scales the normalised numbers: dout * xhat.",
)
def dgamma_of_x(self, dout):
    front = tuple(range(dout.ndim - 1))
    self.dgamma += (dout * (self.xhat / self.inv)).sum(axis=front)
    self.dbeta += dout.sum(axis=front)
    return _dx(self, dout * self.gamma, -1)


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="momentum is taken for the weight of the old average, as CS231n has it. Here it is that of the new value.",
)
def momentum_flipped(self, x):
    mean, var = _batch(self, x)
    if self.training:
        _remember(self, x, 1 - self.momentum)
    return _out(self, x, mean, var)


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="The running variance takes the batch's variance divided by N. It is N - 1 there, and N in the forward pass.",
)
def running_biased(self, x):
    mean, var = _batch(self, x)
    if self.training:
        _remember(self, x, ddof=0)
    return _out(self, x, mean, var)


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="The running averages move in use, too. A measurement changes what it measures.",
)
def moves_in_use(self, x):
    mean, var = _batch(self, x)
    if len(x) > 1:
        _remember(self, x)
    return _out(self, x, mean, var)


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="In use BatchNorm still normalises with the batch. A single example would be normalised by itself.",
)
def batch_in_use(self, x):
    if self.training:
        _batch(self, x)
        _remember(self, x)
    return _out(self, x, x.mean(axis=0), x.var(axis=0))


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="In training BatchNorm normalises with the running averages. It takes the batch's own.",
)
def running_in_training(self, x):
    _batch(self, x)
    if self.training:
        _remember(self, x)
    return _out(self, x, self.running_mean, self.running_var)


@misconception("norms", replaces="BatchNorm.forward", symptom=True, says="The running averages never move.")
def never_remembers(self, x):
    return _out(self, x, *_batch(self, x))


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="The running variance averages standard deviations. It averages variances; the root comes afterwards.",
)
def running_deviation(self, x):
    mean, var = _batch(self, x)
    if self.training:
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.std(axis=0, ddof=1)
    return _out(self, x, mean, var)


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="BatchNorm adds eps behind the root. It stands under it, beside the variance.",
)
def bn_eps_outside(self, x):
    mean, var = _batch(self, x)
    if self.training:
        _remember(self, x)
    self.inv = 1 / (np.sqrt(var) + self.eps)
    self.xhat, self.batch = (x - mean) * self.inv, self.training
    return self.gamma * self.xhat + self.beta


@misconception(
    "norms",
    replaces="LayerNorm.forward",
    says="LayerNorm adds eps behind the root. It stands under it, beside the variance.",
)
def ln_eps_outside(self, x):
    mean, var = _mean(x, -1), x.var(axis=-1, keepdims=True)
    self.inv = 1 / (np.sqrt(var) + self.eps)
    self.xhat = (x - mean) * self.inv
    return self.gamma * self.xhat + self.beta


@misconception("norms", replaces="BatchNorm.forward", says="BatchNorm's eps is always 1e-5, whatever was asked for.")
def bn_eps_ignored(self, x):
    mean, var = _batch(self, x)
    if self.training:
        _remember(self, x)
    return _out(self, x, mean, var + (1e-5 - self.eps))


@misconception("norms", replaces="LayerNorm.forward", says="LayerNorm's eps is always 1e-5, whatever was asked for.")
def ln_eps_ignored(self, x):
    return _out(self, x, _mean(x, -1), x.var(axis=-1, keepdims=True) + (1e-5 - self.eps))


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="BatchNorm divides by the variance. It is the root of it: the standard deviation.",
)
def bn_by_variance(self, x):
    mean, var = _batch(self, x)
    if self.training:
        _remember(self, x)
    self.inv = 1 / (var + self.eps)
    self.xhat, self.batch = (x - mean) * self.inv, self.training
    return self.gamma * self.xhat + self.beta


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="BatchNorm takes its mean and variance over the units. They are over the batch, for each unit.",
)
def bn_axis(self, x):
    mean, var = _batch(self, x, axis=1)
    if self.training:
        _remember(self, x)
    return _out(self, x, mean, var)


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    says="BatchNorm's variance is the mean of squares minus the square of the mean. Where the mean is large, no digits "
    "are left.",
)
def bn_short_cut(self, x):
    mean, var = _batch(self, x)
    if self.training:
        _remember(self, x)
        var = np.maximum((x * x).mean(axis=0) - mean * mean, 0)
    return _out(self, x, mean, var)


@misconception(
    "norms",
    replaces="LayerNorm.forward",
    says="LayerNorm's variance is the mean of squares minus the square of the mean. Where the mean is large, no digits "
    "are left.",
)
def ln_short_cut(self, x):
    mean = _mean(x, -1)
    return _out(self, x, mean, np.maximum(_mean(x * x, -1) - mean * mean, 0))


@misconception(
    "norms",
    replaces="BatchNorm.backward",
    symptom=True,
    says="BatchNorm: each backward puts new gradients in the place of the old ones. They add up, in the arrays that "
    "they were.",
)
def bn_not_added(self, dout):
    self.dgamma, self.dbeta = (dout * self.xhat).sum(axis=0), dout.sum(axis=0)
    g = dout * self.gamma
    return _dx(self, g, 0) if self.batch else g * self.inv


@misconception(
    "norms",
    replaces="LayerNorm.backward",
    symptom=True,
    says="LayerNorm: each backward puts new gradients in the place of the old ones. They add up, in the arrays that "
    "they were.",
)
def ln_not_added(self, dout):
    front = tuple(range(dout.ndim - 1))
    self.dgamma, self.dbeta = (dout * self.xhat).sum(axis=front), dout.sum(axis=front)
    return _dx(self, dout * self.gamma, -1)


@misconception(
    "norms",
    replaces="BatchNorm.forward",
    symptom=True,
    says="One example in training is taken without complaint. It has no spread: ValueError.",
)
def one_example_is_fine(self, x):
    mean, var = (x.mean(axis=0), x.var(axis=0)) if self.training else (self.running_mean, self.running_var)
    if self.training and len(x) > 1:
        _remember(self, x)
    return _out(self, x, mean, var)


@misconception("norms", replaces="LayerNorm.forward", says="beta is never added in LayerNorm.")
def ln_no_beta(self, x):
    return _out(self, x, _mean(x, -1), x.var(axis=-1, keepdims=True)) - self.beta


@misconception(
    "norms",
    replaces="LayerNorm.forward",
    says="LayerNorm does not subtract the mean. That is RMSNorm's way; here the mean goes.",
)
def rms(self, x):
    return _out(self, x, 0.0, _mean(x * x, -1))
