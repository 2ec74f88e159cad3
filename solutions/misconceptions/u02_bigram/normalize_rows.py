"""Wrong answers to u02.normalize_rows, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _counts(N, smoothing):
    if smoothing < 0:
        raise ValueError("smoothing")
    return N.float() + smoothing


def _divided(counts):
    total = counts.sum(dim=1, keepdim=True)
    return torch.where(total > 0, counts / total, 1 / len(counts))


@misconception(
    "normalize_rows",
    says="Each entry is divided by the sum of another row. The sums have shape (V,), and torch lines shapes up from "
    "the right: the sum of row j meets column j.",
)
def no_keepdim(N, smoothing=1.0):
    counts = _counts(N, smoothing)
    total = counts.sum(dim=1)
    return torch.where(total > 0, counts / total, 1 / len(N))


@misconception(
    "normalize_rows",
    says="The columns sum to 1, and the rows do not: the sums run down the table. A row is what follows one character.",
)
def wrong_dim(N, smoothing=1.0):
    counts = _counts(N, smoothing)
    total = counts.sum(dim=0, keepdim=True)
    return torch.where(total > 0, counts / total, 1 / len(N))


@misconception(
    "normalize_rows",
    says="All entries are divided by the sum of the whole table: it sums to 1 as a whole, and no row does.",
)
def whole_table(N, smoothing=1.0):
    counts = _counts(N, smoothing)
    return counts / counts.sum()


@misconception(
    "normalize_rows",
    says="The fake counts are added to the probabilities, after the division: the rows sum to more than 1.",
)
def smoothing_after(N, smoothing=1.0):
    _counts(N, smoothing)
    return _divided(N.float()) + smoothing


@misconception(
    "normalize_rows",
    says="The fake counts are in the entries but not in the sums that they are divided by: the rows sum to "
    "more than 1.",
)
def smoothing_not_in_total(N, smoothing=1.0):
    counts = _counts(N, smoothing)
    total = N.float().sum(dim=1, keepdim=True)
    return torch.where(total > 0, counts / total, 1 / len(N))


@misconception(
    "normalize_rows", says="The division drops everything after the point: all probabilities below 1 become 0."
)
def int_division(N, smoothing=1.0):
    counts = _counts(N, smoothing)
    total = counts.sum(dim=1, keepdim=True)
    return torch.where(total > 0, counts // total, 1 / len(N))


@misconception("normalize_rows", says="No fake counts are added: what never occurred has the probability 0.")
def smoothing_forgotten(N, smoothing=1.0):
    _counts(N, smoothing)
    return _divided(N.float())


@misconception(
    "normalize_rows",
    says="Only the entries that are 0 get fake counts. Every entry gets them, so that all are treated alike.",
)
def only_zeros(N, smoothing=1.0):
    _counts(N, smoothing)
    return _divided(torch.where(N == 0, smoothing, N.float()))


@misconception("normalize_rows", says="One fake count is added whatever smoothing says.")
def always_one(N, smoothing=1.0):
    _counts(N, smoothing)
    return _divided(N.float() + 1)


@misconception(
    "normalize_rows",
    says="This is a softmax of the counts. Counts are no logs: they are divided by their sum as they are.",
)
def softmax_of_counts(N, smoothing=1.0):
    counts = _counts(N, smoothing)
    powers = (counts - counts.amax(dim=1, keepdim=True)).exp()
    return powers / powers.sum(dim=1, keepdim=True)


@misconception(
    "normalize_rows",
    says="The caller's counts are changed: the fake counts are in N afterwards, and with each call there are more.",
    symptom=True,
)
def inplace(N, smoothing=1.0):
    counts = _counts(N, smoothing)
    N.copy_(counts)
    return _divided(counts)


@misconception(
    "normalize_rows",
    says="Where N is float32, the caller's counts are changed: N.float() is N itself then, and no copy.",
)
def float_is_no_copy(N, smoothing=1.0):
    _counts(N, smoothing)
    counts = N.float()
    counts += smoothing
    return _divided(counts)


@misconception(
    "normalize_rows",
    says="Without smoothing, a row that has no counts becomes nan: it is 0 divided by 0.",
    symptom=True,
)
def empty_row_is_nan(N, smoothing=1.0):
    counts = _counts(N, smoothing)
    return counts / counts.sum(dim=1, keepdim=True)


@misconception(
    "normalize_rows",
    says="Without smoothing, a row that has no counts stays all zeros. It has to be a distribution, and sum to 1.",
)
def empty_row_is_zero(N, smoothing=1.0):
    counts = _counts(N, smoothing)
    return counts / counts.sum(dim=1, keepdim=True).clamp(min=1e-30)


@misconception("normalize_rows", says="A negative smoothing goes through without a word.", symptom=True)
def negative_accepted(N, smoothing=1.0):
    return _divided(N.float() + smoothing)


@misconception("normalize_rows", says="P is float64. The contract asks for float32.", symptom=True)
def double_result(N, smoothing=1.0):
    _counts(N, smoothing)
    return _divided(N.double() + smoothing)
