"""Wrong answers to u02.softmax, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _powers(logits, dim):
    return (logits - logits.amax(dim=dim, keepdim=True)).exp()


def _share(powers, dim):
    return powers / powers.sum(dim=dim, keepdim=True)


@misconception(
    "softmax",
    says="Large logits give nan: exp of 1000 is infinite, and infinite by infinite is nan. Nothing was taken off "
    "first.",
    symptom=True,
)
def no_max(logits, dim=-1):
    return _share(logits.exp(), dim)


@misconception(
    "softmax",
    says="The maximum of the whole tensor is taken off. A row far below it becomes 0 / 0; each row has a maximum.",
    symptom=True,
)
def global_max(logits, dim=-1):
    return _share((logits - logits.max()).exp(), dim)


@misconception("softmax", says="dim is not used: it is always the last axis that sums to 1.")
def dim_ignored(logits, dim=-1):
    return _share(_powers(logits, -1), -1)


@misconception("softmax", says="The first axis sums to 1. Without another word it is the last one, each row by itself.")
def first_axis(logits, dim=-1):
    return _share(_powers(logits, 0), 0)


@misconception("softmax", says="The tensor sums to 1 as a whole. Each row is a distribution of its own.")
def whole_tensor(logits, dim=-1):
    powers = (logits - logits.max()).exp()
    return powers / powers.sum()


@misconception("softmax", says="The caller's logits are changed in place.", symptom=True)
def softmax_inplace(logits, dim=-1):
    with torch.no_grad():
        logits -= logits.amax(dim=dim, keepdim=True)
    return _share(logits.exp(), dim)


@misconception(
    "softmax",
    says="The sums have lost their axis. On a square, torch lines them up with the columns, and each entry is divided "
    "by the sum of another row; other shapes do not fit at all.",
)
def sum_without_keepdim(logits, dim=-1):
    powers = _powers(logits, dim)
    return powers / powers.sum(dim=dim)


@misconception(
    "softmax",
    says="The maxima have lost their axis. On a square, torch lines them up with the columns, and each column is moved "
    "by another number; other shapes do not fit at all.",
)
def max_without_keepdim(logits, dim=-1):
    return _share((logits - logits.amax(dim=dim)).exp(), dim)


@misconception(
    "softmax",
    says="A small number is added to the sum, so the results do not quite sum to 1. With the maximum taken off the sum "
    "is 1 at least; nothing needs to be rescued.",
)
def eps_denominator(logits, dim=-1):
    powers = _powers(logits, dim)
    return powers / (powers.sum(dim=dim, keepdim=True) + 1e-8)


@misconception("softmax", says="The logits are divided by their sum as they are: exp is missing.")
def no_exp(logits, dim=-1):
    return _share(logits, dim)


@misconception("softmax", says="The powers have base 2. Logits are natural logs, so it is exp.")
def base_two(logits, dim=-1):
    return _share(_powers(logits * math.log(2), dim), dim)


@misconception("softmax", says="These are logs of the probabilities: there is a log too many.")
def log_softmax(logits, dim=-1):
    return _share(_powers(logits, dim), dim).log()


@misconception("softmax", says="exp is taken, but the sum is not divided out: nothing sums to 1.")
def not_divided(logits, dim=-1):
    return _powers(logits, dim)


@misconception(
    "softmax",
    says="No gradient reaches the logits: the path was cut on the way, by .data, .detach() or torch.no_grad().",
    symptom=True,
)
def detached(logits, dim=-1):
    return _share(_powers(logits.detach(), dim), dim)


@misconception("softmax", says="float32 logits come back as float64. The dtype is that of the logits.", symptom=True)
def softmax_double(logits, dim=-1):
    return _share(_powers(logits.double(), dim), dim)
