"""Wrong answers to u12.losses, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _soft(logits, axis=1):
    z = logits - logits.max(axis=axis, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


def _told(self, logits, targets, p=None):
    self.p, self.targets = _soft(logits) if p is None else p, targets
    with np.errstate(divide="ignore"):
        return float(-np.log(self.p[np.arange(len(targets)), targets]).mean())


@misconception(
    "losses", says="MSELoss divides by the number of rows. The mean is over all numbers, rows times columns."
)
class mse_over_batch(MSELoss):
    def forward(self, pred, target):
        self.gap = pred - target
        return float((self.gap**2).sum() / len(pred))

    def backward(self):
        return 2 * self.gap / len(self.gap)


@misconception("losses", says="MSELoss has a half in front. Here there is none, as in torch.")
class mse_half(MSELoss):
    def forward(self, pred, target):
        self.gap = pred - target
        return float((self.gap**2).mean() / 2)

    def backward(self):
        return self.gap / self.gap.size


@misconception(
    "losses",
    replaces="MSELoss.backward",
    says="MSELoss: the 2 is missing in the gradient. The loss has no half in front, so the 2 of the square stays.",
)
def mse_two_missing(self):
    return self.gap / self.gap.size


@misconception(
    "losses",
    replaces="MSELoss.backward",
    says="MSELoss: the gradient is not divided by how many numbers there are; the loss is a mean.",
)
def mse_mean_missing(self):
    return 2 * self.gap


@misconception(
    "losses",
    replaces="MSELoss.backward",
    says="MSELoss: the gradient is divided by the number of rows, and the loss by how many numbers there are.",
)
def mse_gradient_over_batch(self):
    return 2 * self.gap / len(self.gap)


@misconception(
    "losses",
    replaces="MSELoss.backward",
    says="MSELoss: the gradient has the other sign. It is prediction minus target.",
)
def grad_sign(self):
    return -2 * self.gap / self.gap.size


@misconception("losses", says="MSELoss is a sum. It is the mean over all numbers.")
class mse_sum(MSELoss):
    def forward(self, pred, target):
        self.gap = pred - target
        return float((self.gap**2).sum())

    def backward(self):
        return 2 * self.gap


@misconception("losses", says="MSELoss takes the absolute difference. It is the square of it.")
class absolute(MSELoss):
    def forward(self, pred, target):
        self.gap = pred - target
        return float(np.abs(self.gap).mean())

    def backward(self):
        return np.sign(self.gap) / self.gap.size


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.backward",
    says="The gradient of the cross-entropy is cut to whole numbers: it is put into an array of integers, as the "
    "targets are.",
)
def ce_onehot_int(self):
    d = np.zeros(self.p.shape, dtype=self.targets.dtype)
    d[...] = self.p
    d[np.arange(len(d)), self.targets] -= 1
    return d / len(d)


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.backward",
    says="The gradient of the cross-entropy is not divided by the number of rows. The loss is a mean over them.",
)
def ce_mean_missing(self):
    d = self.p.copy()
    d[np.arange(len(d)), self.targets] -= 1
    return d


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.backward",
    says="The gradient of the cross-entropy has the other sign. It is what the model believes, minus what is true.",
)
def ce_sign(self):
    d = -self.p
    d[np.arange(len(d)), self.targets] += 1
    return d / len(d)


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.backward",
    says="Nothing is taken off at the targets: the gradient is the probabilities alone.",
)
def ce_no_target(self):
    return self.p / len(self.p)


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.backward",
    says="1 is taken off in whole columns: d[:, targets] means these columns in every row. Each row has one target.",
)
def ce_whole_columns(self):
    d = self.p.copy()
    d[:, self.targets] -= 1
    return d / len(d)


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.backward",
    says="The gradient of the cross-entropy is divided by how many numbers there are. It is a mean over rows.",
)
def ce_over_all(self):
    d = self.p.copy()
    d[np.arange(len(d)), self.targets] -= 1
    return d / d.size


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.forward",
    says="The softmax goes down the columns. Each row is a distribution over the classes.",
)
def ce_columns(self, logits, targets):
    return _told(self, logits, targets, _soft(logits, 0))


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.forward",
    says="The cross-entropy is a sum over rows. It is their mean.",
)
def ce_sum(self, logits, targets):
    return _told(self, logits, targets) * len(targets)


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.forward",
    symptom=True,
    says="Logits of 1000 give a warning or nan: the exponential overflows. Take each row's maximum off first.",
)
def ce_overflow(self, logits, targets):
    e = np.exp(logits)
    self.p, self.targets = e / e.sum(axis=1, keepdims=True), targets
    return float(-np.log(self.p[np.arange(len(targets)), targets]).mean())


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.forward",
    symptom=True,
    says="Where the model is sure and wrong, the logarithm of 0 is taken: subtract logits and take no softmax's "
    "logarithm.",
)
def ce_log_of_zero(self, logits, targets):
    self.p, self.targets = _soft(logits), targets
    return float(-np.log(self.p[np.arange(len(targets)), targets]).mean())


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.forward",
    says="1e-8 or the like is added before the logarithm. A sure and wrong answer then costs too little, and every "
    "loss is a little off.",
)
def ce_cushion(self, logits, targets):
    self.p, self.targets = _soft(logits), targets
    return float(-np.log(self.p[np.arange(len(targets)), targets] + 1e-8).mean())


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.forward",
    says="One maximum is taken off for all rows. Where a row lies far below it, all its exponentials are 0.",
)
def ce_one_maximum(self, logits, targets):
    e = np.exp(logits - logits.max())
    self.p, self.targets = e / e.sum(axis=1, keepdims=True), targets
    return float(-np.log(self.p[np.arange(len(targets)), targets]).mean())


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.forward",
    symptom=True,
    says="The caller's logits are changed: the maximum is taken off in place.",
)
def ce_in_place(self, logits, targets):
    logits -= logits.max(axis=1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    self.p, self.targets = np.exp(logp), targets
    return float(-logp[np.arange(len(targets)), targets].mean())


@misconception(
    "losses",
    replaces="MSELoss.forward",
    symptom=True,
    says="The caller's prediction is changed: the target is taken off in place.",
)
def mse_in_place(self, pred, target):
    pred -= target
    self.gap = pred.copy()
    return float((pred**2).mean())


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.backward",
    symptom=True,
    says="The gradient of float32 logits is float64: it is divided by a NumPy number, or put into a new float64 array.",
)
def ce_widened(self):
    d = self.p.copy()
    d[np.arange(len(d)), self.targets] -= 1
    return d / np.float64(len(d))


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.forward",
    says="The logits are taken for probabilities: there is no softmax in the loss.",
)
def ce_no_softmax(self, logits, targets):
    with np.errstate(invalid="ignore", divide="ignore"):
        return _told(self, logits, targets, logits.copy())


@misconception(
    "losses",
    replaces="SoftmaxCrossEntropyLoss.backward",
    says="1 is taken off the very probabilities that were kept. A second backward takes it off again: work on a copy.",
)
def ce_eats_its_cache(self):
    self.p[np.arange(len(self.p)), self.targets] -= 1
    return self.p / len(self.p)
