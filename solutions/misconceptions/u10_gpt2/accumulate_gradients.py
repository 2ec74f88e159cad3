"""Wrong answers to u10.accumulate_gradients, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _counts(micro_batches):
    return [int((y != IGNORE).sum()) for _, y in micro_batches]


def _run(model, micro_batches, shares):
    total = 0.0
    for (x, y), share in zip(micro_batches, shares, strict=True):
        if share:
            loss = model(x, y)[1]
            (loss * share).backward()
            total += loss.item() * share
    return total


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="The losses are not divided: gradients add up, so with k micro batches they are k times too large.",
)
def no_division(model, micro_batches):
    return _run(model, micro_batches, [1.0] * len(micro_batches))


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="The gradients are those of the mean. What is returned is the sum of the micro batches' losses.",
)
def loss_is_a_sum(model, micro_batches):
    counts = _counts(micro_batches)
    total = _run(model, micro_batches, [count / sum(counts) for count in counts])
    return total * len(micro_batches)


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="The loss that is returned is the mean, and the gradients are those of the sum: the division comes after "
    "backward().",
)
def divided_too_late(model, micro_batches):
    total = _run(model, micro_batches, [1.0] * len(micro_batches))
    return total / len(micro_batches)


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="Every micro batch weighs the same, however many of its targets count. The mean over all targets is not the "
    "mean of the means.",
)
def mean_of_means(model, micro_batches):
    counts = _counts(micro_batches)
    kept = [batch for batch, count in zip(micro_batches, counts, strict=True) if count]
    return _run(model, kept, [1 / len(kept)] * len(kept))


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="A micro batch weighs as much as it has rows. It weighs as much as it has targets that count.",
)
def weighted_by_rows(model, micro_batches):
    sizes = [len(x) * bool(count) for (x, _), count in zip(micro_batches, _counts(micro_batches), strict=True)]
    return _run(model, micro_batches, [size / sum(sizes) for size in sizes])


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="The gradients are dropped inside of the loop: only those of the last micro batch are left.",
)
def zero_inside(model, micro_batches):
    total = 0.0
    for x, y in micro_batches:
        model.zero_grad()
        loss = model(x, y)[1] / len(micro_batches)
        loss.backward()
        total += loss.item()
    return total


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="The weights move in the loop. Then the next micro batch is computed with other ones: that is no "
    "accumulation.",
)
def step_inside(model, micro_batches):
    total = 0.0
    for x, y in micro_batches:
        loss = model(x, y)[1] / len(micro_batches)
        loss.backward()
        total += loss.item()
        with torch.no_grad():
            for p in model.parameters():
                p -= 0.1 * p.grad
    return total


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    symptom=True,
    says="What is returned is a tensor that still has its graph: every micro batch's activations stay in memory with "
    "it.",
)
def loss_graph(model, micro_batches):
    counts = _counts(micro_batches)
    total = torch.zeros(())
    for (x, y), count in zip(micro_batches, counts, strict=True):
        if count:
            loss = model(x, y)[1] * (count / sum(counts))
            loss.backward(retain_graph=True)
            total = total + loss
    return total


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    symptom=True,
    says="All micro batches are put together and go through the model at once. The point is that they do not fit.",
)
def all_at_once(model, micro_batches):
    x, y = (torch.cat(part) for part in zip(*micro_batches, strict=True))
    loss = model(x, y)[1]
    loss.backward()
    return loss.item()


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="You return the loss of the last micro batch. The loss of the large batch is asked for.",
)
def last_loss(model, micro_batches):
    counts = _counts(micro_batches)
    _run(model, micro_batches, [count / sum(counts) for count in counts])
    with torch.no_grad():
        return model(*micro_batches[-1])[1].item()


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    symptom=True,
    says="A micro batch without any target that counts gives nan: its mean is 0 / 0.",
)
def nothing_over_nothing(model, micro_batches):
    counts = _counts(micro_batches)
    total = 0.0
    for (x, y), count in zip(micro_batches, counts, strict=True):
        loss = model(x, y)[1] * (count / sum(counts))
        loss.backward()
        total += loss.item()
    return total


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="The gradients that were there before are dropped at the beginning. Whoever calls twice loses the first call.",
)
def starts_from_nothing(model, micro_batches):
    counts = _counts(micro_batches)
    model.zero_grad()
    return _run(model, micro_batches, [count / sum(counts) for count in counts])


@misconception(
    "accumulate_gradients",
    replaces="accumulate_gradients",
    says="Each loss is divided by the number of targets, though it is a mean already.",
)
def divided_twice(model, micro_batches):
    total = sum(_counts(micro_batches))
    return _run(model, micro_batches, [1 / total] * len(micro_batches))
