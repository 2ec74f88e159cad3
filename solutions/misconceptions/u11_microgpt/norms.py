"""Wrong answers to u11.norms, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "norms",
    replaces="rmsnorm",
    says="The factor is a plain number, made from data. It depends on every entry of x, and that part of the "
    "gradient is missing.",
)
def scale_detached(x, eps=1e-5):
    scale = (sum(xi.data * xi.data for xi in x) / len(x) + eps) ** -0.5
    return [xi * scale for xi in x]


@misconception(
    "norms",
    replaces="rmsnorm",
    says="The squares are summed, and not divided by their number. It is their mean that counts.",
)
def sum_not_mean(x, eps=1e-5):
    scale = (_total(xi * xi for xi in x) + eps) ** -0.5
    return [xi * scale for xi in x]


@misconception(
    "norms",
    replaces="rmsnorm",
    says="eps is added to the root. It belongs inside of it, to the mean square.",
)
def eps_outside(x, eps=1e-5):
    root = (_total(xi * xi for xi in x) / len(x) + 1e-300) ** 0.5
    return [xi / (root + eps) for xi in x]


@misconception(
    "norms",
    replaces="layernorm",
    says="The variance is divided by n - 1. In a norm it is the mean of the squares: n.",
)
def unbiased(x, eps=1e-5):
    mean = _total(x) / len(x)
    centred = [xi - mean for xi in x]
    scale = (_total(xi * xi for xi in centred) / (len(x) - 1) + eps) ** -0.5
    return [xi * scale for xi in centred]


@misconception(
    "norms",
    replaces="rmsnorm",
    says="rmsnorm divides by n - 1. A mean square is over all n.",
)
def unbiased_rms(x, eps=1e-5):
    scale = (_total(xi * xi for xi in x) / (len(x) - 1) + eps) ** -0.5
    return [xi * scale for xi in x]


@misconception(
    "norms",
    replaces="layernorm",
    says="layernorm does not take the mean away. What is left is rmsnorm.",
)
def mean_missing(x, eps=1e-5):
    return rmsnorm(x, eps)


@misconception(
    "norms",
    replaces="layernorm",
    says="layernorm divides by the spread, and its numerator is x itself: the mean is not taken away there.",
)
def numerator_not_centred(x, eps=1e-5):
    mean = _total(x) / len(x)
    scale = (_total((xi - mean) * (xi - mean) for xi in x) / len(x) + eps) ** -0.5
    return [xi * scale for xi in x]


@misconception(
    "norms",
    replaces="rmsnorm",
    says="rmsnorm takes the mean away. That is layernorm; here only the size is brought to one.",
)
def rms_centred(x, eps=1e-5):
    return layernorm_(x, eps)


def layernorm_(x, eps):
    mean = _total(x) / len(x)
    centred = [xi - mean for xi in x]
    scale = (_total(xi * xi for xi in centred) / len(x) + eps) ** -0.5
    return [xi * scale for xi in centred]


@misconception(
    "norms",
    replaces="rmsnorm",
    says="eps is always 1e-5 in yours, whatever is given.",
)
def eps_fixed(x, eps=1e-5):
    scale = (_total(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


@misconception(
    "norms",
    replaces="layernorm",
    says="The mean that layernorm takes away is a plain number, made from data. It depends on every entry of x, "
    "and that part of the gradient is missing.",
)
def mean_detached(x, eps=1e-5):
    mean = sum(xi.data for xi in x) / len(x)
    return rmsnorm([xi - mean for xi in x], eps)


@misconception(
    "norms",
    replaces="rmsnorm",
    says="x is divided by the mean square itself. It is divided by its root.",
)
def root_missing(x, eps=1e-5):
    ms = _total(xi * xi for xi in x) / len(x)
    return [xi / (ms + eps) for xi in x]
