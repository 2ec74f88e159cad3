"""Wrong answers to u04.batch_norm, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _enough(hpreact):
    if hpreact.shape[0] < 2:
        raise ValueError("a batch of one")


def _parts(hpreact, unbiased, axis=0):
    _enough(hpreact)
    return hpreact - hpreact.mean(axis, keepdim=True), hpreact.var(axis, unbiased=unbiased, keepdim=True)


def _root(var, eps):
    return torch.sqrt(var + eps)


@misconception(
    "batch_norm",
    says="You normalise each example over its units. That is LayerNorm; BatchNorm normalises each unit over the batch.",
)
def wrong_axis(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    _enough(hpreact)
    centred, var = _parts(hpreact, unbiased, axis=1)
    return bngain * centred / _root(var, eps) + bnbias


@misconception(
    "batch_norm",
    says="Your variance divides by N - 1 where nothing is said. torch's BatchNorm normalises with the one "
    "that divides by "
    "N, and stores the other.",
)
def bessel_mixup(hpreact, bngain, bnbias, eps=1e-5, unbiased=True):
    centred, var = _parts(hpreact, unbiased)
    return bngain * centred / torch.sqrt(var + eps) + bnbias


@misconception("batch_norm", says="eps is added to the standard deviation. It belongs to the variance, under the root.")
def eps_outside(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, unbiased)
    return bngain * centred / (torch.sqrt(var) + eps) + bnbias


@misconception("batch_norm", says="There is no eps: a column without any spread is divided by 0.")
def no_eps(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, unbiased)
    return bngain * centred / torch.sqrt(var) + bnbias


@misconception("batch_norm", says="eps is 1e-5 here, whatever is asked for.")
def eps_ignored(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, unbiased)
    return bngain * centred / torch.sqrt(var + 1e-5) + bnbias


@misconception(
    "batch_norm",
    says="Mean and variance are cut out of the graph. They depend on hpreact as well, and their share of "
    "its gradient is "
    "missing.",
)
def detached_stats(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    _, var = _parts(hpreact, unbiased)
    mean = hpreact.mean(0, keepdim=True)
    return bngain * (hpreact - mean.detach()) / _root(var.detach(), eps) + bnbias


@misconception(
    "batch_norm",
    says="The variance is cut out of the graph. It depends on hpreact, and its share of the gradient is missing.",
)
def detached_variance(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, unbiased)
    return bngain * centred / _root(var.detach(), eps) + bnbias


@misconception("batch_norm", says="bngain and bnbias are not used, so the net could never undo the normalisation.")
def no_affine(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, unbiased)
    return centred / _root(var, eps) + 0 * (bngain + bnbias)


@misconception("batch_norm", says="You divide by the variance. It is its root that makes the spread 1.")
def std_not_sqrt(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, unbiased)
    return bngain * centred / (var + eps) + bnbias


@misconception("batch_norm", says="The mean is not subtracted: only the spread is set right.")
def not_centred(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    _, var = _parts(hpreact, unbiased)
    return bngain * hpreact / _root(var, eps) + bnbias


@misconception("batch_norm", says="One mean and one variance for the whole batch. Each unit has its own.")
def over_everything(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, unbiased, axis=(0, 1))
    return bngain * centred / _root(var, eps) + bnbias


@misconception(
    "batch_norm", says="`unbiased` is not looked at: the variance divides by N also where N - 1 is asked for."
)
def unbiased_ignored(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, False)
    return bngain * centred / torch.sqrt(var + eps) + bnbias


@misconception(
    "batch_norm",
    symptom=True,
    says="A batch of one example gives an answer, though it has no spread. It is to raise ValueError.",
)
def one_is_enough(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    var = hpreact.var(0, unbiased=unbiased, keepdim=True)
    return bngain * (hpreact - hpreact.mean(0, keepdim=True)) / torch.sqrt(var + eps) + bnbias


@misconception("batch_norm", says="bngain is not used: every column keeps a spread of 1.")
def gain_unused(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, unbiased)
    return centred / _root(var, eps) + 0 * bngain + bnbias


@misconception("batch_norm", says="bngain multiplies bnbias, too. The shift comes last, as it is.")
def gain_on_bias(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    centred, var = _parts(hpreact, unbiased)
    return bngain * (centred / _root(var, eps) + bnbias)


@misconception(
    "batch_norm",
    says="/ comes before -: yours divides only the mean by the standard deviation. hpreact - mean needs parentheses.",
)
def mean_divided_alone(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    _enough(hpreact)
    root = _root(hpreact.var(0, unbiased=unbiased, keepdim=True), eps)
    return bngain * hpreact - hpreact.mean(0, keepdim=True) / root + bnbias


@misconception(
    "batch_norm",
    says="* comes before -: yours takes the mean away after the gain. hpreact - mean needs parentheses.",
)
def gain_before_mean(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    _enough(hpreact)
    root = _root(hpreact.var(0, unbiased=unbiased, keepdim=True), eps)
    return (bngain * hpreact - hpreact.mean(0, keepdim=True)) / root + bnbias
