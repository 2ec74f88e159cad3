"""Wrong answers to u11.linear, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "linear",
    says="The columns of w are taken for its rows: the weights are turned round. w has a row for each output.",
)
def transposed(x, w):
    return [_total(wi * xi for wi, xi in zip(column, x, strict=False)) for column in zip(*w, strict=True)]


@misconception(
    "linear",
    symptom=True,
    says="Where a row and x differ in length, zip stops at the shorter one and says nothing. That is a ValueError.",
)
def zip_truncates(x, w):
    return [_total(wi * xi for wi, xi in zip(row, x, strict=False)) for row in w]


@misconception(
    "linear",
    symptom=True,
    says="The weights get no gradient. Whoever takes a weight's data has a plain number, and that has no way back.",
)
def weights_as_floats(x, w):
    return [_total(wi.data * xi for wi, xi in zip(row, x, strict=True)) for row in w]


@misconception(
    "linear",
    symptom=True,
    says="x gets no gradient, so neither does what x was made from. Whoever takes data has a plain number, and that "
    "has no way back.",
)
def inputs_as_floats(x, w):
    return [_total(wi * xi.data for wi, xi in zip(row, x, strict=True)) for row in w]


@misconception("linear", says="The sum is divided by the number of inputs: that is a mean. linear is the sum.")
def mean_of_products(x, w):
    return [_total(wi * xi for wi, xi in zip(row, x, strict=True)) / len(x) for row in w]
