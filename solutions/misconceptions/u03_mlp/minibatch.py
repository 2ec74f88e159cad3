"""Wrong answers to u03.minibatch, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _drawn(n, batch_size, generator):
    return torch.randint(n, (batch_size,), generator=generator)


@misconception(
    "minibatch",
    says="The last example is never drawn. randint leaves out its upper end by itself; N - 1 as an end is one too low.",
)
def off_by_one(X, Y, batch_size, generator=None):
    ix = _drawn(max(1, X.shape[0] - 1), batch_size, generator)
    return X[ix], Y[ix]


@misconception(
    "minibatch",
    says="X and Y are drawn separately, so each context has the target of another one. Draw row numbers once, and use "
    "them for both.",
)
def two_draws(X, Y, batch_size, generator=None):
    return X[_drawn(X.shape[0], batch_size, generator)], Y[_drawn(X.shape[0], batch_size, generator)]


@misconception(
    "minibatch",
    says="Your batch is a run of neighbours from a random start. They come from the same words and say nearly the "
    "same; each row is to be drawn on its own.",
)
def contiguous(X, Y, batch_size, generator=None):
    ix = (_drawn(X.shape[0], 1, generator) + torch.arange(batch_size)) % X.shape[0]
    return X[ix], Y[ix]


@misconception(
    "minibatch",
    says="You always take the first rows. The model would never see the others.",
)
def first_rows(X, Y, batch_size, generator=None):
    ix = torch.arange(batch_size) % X.shape[0]
    return X[ix], Y[ix]


@misconception(
    "minibatch",
    says="Each call draws the same rows again. A seed that is set inside of the function does that.",
)
def seeded_inside(X, Y, batch_size, generator=None):
    # The seed of the lecture: whoever sets it inside of the function draws these very rows.
    ix = torch.randint(0, X.shape[0], (batch_size,), generator=torch.Generator().manual_seed(2147483647))
    return X[ix], Y[ix]


@misconception(
    "minibatch",
    says="You draw without replacement: no row comes twice, and a batch larger than the data cannot be made.",
)
def without_replacement(X, Y, batch_size, generator=None):
    ix = torch.randperm(X.shape[0], generator=generator)[:batch_size]
    return X[ix], Y[ix]


@misconception(
    "minibatch",
    says="One row is drawn and repeated: the batch teaches no more than a single example.",
)
def one_row(X, Y, batch_size, generator=None):
    ix = _drawn(X.shape[0], 1, generator).expand(batch_size)
    return X[ix], Y[ix]


@misconception(
    "minibatch",
    says="The generator that is given is not used. Somebody passed it to get the same batches again, and to leave the "
    "global one alone.",
    symptom=True,
)
def no_generator(X, Y, batch_size, generator=None):
    ix = torch.randint(X.shape[0], (batch_size,))
    return X[ix], Y[ix]


@misconception(
    "minibatch",
    says="Rounding to the nearest row number gives the first row half the chance of the others.",
)
def rounded(X, Y, batch_size, generator=None):
    ix = (torch.rand(batch_size, generator=generator) * (X.shape[0] - 1)).round().long()
    return X[ix], Y[ix]


@misconception(
    "minibatch",
    says="Your row numbers are floats, and a float is no index. torch.randint draws whole numbers.",
    symptom=True,
)
def float_index(X, Y, batch_size, generator=None):
    ix = torch.rand(batch_size, generator=generator) * X.shape[0]
    return X[ix], Y[ix]


@misconception(
    "minibatch",
    says="Your row numbers end at the batch size. They go up to N, the number of examples; B is how many are drawn.",
)
def up_to_the_batch_size(X, Y, batch_size, generator=None):
    ix = _drawn(min(batch_size, X.shape[0]), batch_size, generator)
    return X[ix], Y[ix]


@misconception("minibatch", says="Your batch has 32 rows, whatever batch_size is.", symptom=True)
def always_32(X, Y, batch_size, generator=None):
    ix = _drawn(X.shape[0], 32, generator)
    return X[ix], Y[ix]
