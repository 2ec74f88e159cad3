"""Wrong answers to u08.get_batch, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _windows(data, block_size, starts):
    x = torch.stack([data[start : start + block_size] for start in starts])
    y = torch.stack([data[start + 1 : start + block_size + 1] for start in starts])
    return x, y


def _starts(data, block_size, batch_size, generator, extra=0):
    if len(data) <= block_size:
        raise ValueError("too short")
    return torch.randint(len(data) - block_size + extra, (batch_size,), generator=generator).tolist()


@misconception(
    "get_batch",
    says="You added 1 to the token id. The target is the token that stands one place later in the data, whatever its "
    "id is; the two agree only where the data count up.",
)
def y_is_x_plus_1(data, block_size, batch_size, generator=None):
    x, _ = _windows(data, block_size, _starts(data, block_size, batch_size, generator))
    return x, x + 1


@misconception(
    "get_batch",
    says="The last window is never drawn. There are N - T places at which a window with all its targets can start, and "
    "randint leaves out its upper end by itself.",
)
def off_by_one_low(data, block_size, batch_size, generator=None):
    return _windows(data, block_size, _starts(data, block_size, batch_size, generator, extra=-1))


@misconception(
    "get_batch",
    says="One start too many: in the last window the target of the last token lies beyond the end of the data.",
)
def off_by_one_high(data, block_size, batch_size, generator=None):
    return _windows(data, block_size, _starts(data, block_size, batch_size, generator, extra=1))


@misconception(
    "get_batch",
    says="Your targets are the inputs themselves. A model trained on that learns to repeat what it sees, perfectly, "
    "and to predict nothing.",
)
def y_no_shift(data, block_size, batch_size, generator=None):
    x, _ = _windows(data, block_size, _starts(data, block_size, batch_size, generator))
    return x, x.clone()


@misconception(
    "get_batch",
    says="Your ids are floats. An id is the number of a row in a table, not a quantity: an embedding will not take it, "
    "and neither will a loss.",
    symptom=True,
)
def float_ids(data, block_size, batch_size, generator=None):
    x, y = _windows(data, block_size, _starts(data, block_size, batch_size, generator))
    return x.float(), y.float()


@misconception(
    "get_batch",
    says="All rows of the batch start at the same place. They are copies of one another, so the batch teaches no more "
    "than a single row.",
)
def one_start(data, block_size, batch_size, generator=None):
    start = _starts(data, block_size, 1, generator)
    return _windows(data, block_size, start * batch_size)


@misconception(
    "get_batch",
    says="x and y share their memory. Whoever masks or changes a token in x changes a target, too.",
    symptom=True,
)
def shared_memory(data, block_size, batch_size, generator=None):
    starts = torch.tensor(_starts(data, block_size, batch_size, generator))
    windows = data[starts[:, None] + torch.arange(block_size + 1)]
    return windows[:, :-1], windows[:, 1:]


@misconception(
    "get_batch",
    says="The generator that you were given is not used. Somebody passed it to get the same batches again, and to "
    "leave the global one alone.",
)
def batch_ignores_generator(data, block_size, batch_size, generator=None):
    return _windows(data, block_size, _starts(data, block_size, batch_size, None))


@misconception(
    "get_batch",
    says="You clip the last windows so that they fit, and some starts come up twice as often as others. All windows "
    "should be equally likely.",
)
def clipped_starts(data, block_size, batch_size, generator=None):
    if len(data) <= block_size:
        raise ValueError("too short")
    starts = torch.randint(len(data), (batch_size,), generator=generator).clamp(max=len(data) - block_size - 1)
    return _windows(data, block_size, starts.tolist())


@misconception(
    "get_batch",
    says="Each call draws the same windows again. A seed that is set inside of the function does that: the model "
    "would see one batch for ever.",
)
def same_batch_for_ever(data, block_size, batch_size, generator=None):
    torch.manual_seed(1337)
    return _windows(data, block_size, _starts(data, block_size, batch_size, generator))


@misconception(
    "get_batch",
    says="Your targets are two places on. y[t] is what follows x[t]: one place.",
)
def two_places_on(data, block_size, batch_size, generator=None):
    starts = _starts(data, block_size, batch_size, generator, extra=-1)
    x, _ = _windows(data, block_size, starts)
    return x, torch.stack([data[start + 2 : start + block_size + 2] for start in starts])


@misconception(
    "get_batch",
    says="x and y have changed places: your x is one place later in the data than your y. Look at the order of what "
    "you return.",
)
def x_and_y_swapped(data, block_size, batch_size, generator=None):
    x, y = _windows(data, block_size, _starts(data, block_size, batch_size, generator))
    return y, x
