"""Wrong answers to u10.get_lr, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _rate(it, max_lr, min_lr, warmup_steps, max_steps, up=None, down=None, beyond=None):
    """Return the schedule with other pieces: up(it), down(ratio), beyond(it)."""
    if it < warmup_steps:
        return max_lr * (it + 1) / warmup_steps if up is None else up(it)
    if it >= max_steps:
        return min_lr if beyond is None else beyond(it)
    ratio = (it - warmup_steps) / (max_steps - warmup_steps)
    if down is not None:
        return down(ratio)
    return min_lr + 0.5 * (1 + math.cos(math.pi * ratio)) * (max_lr - min_lr)


@misconception(
    "get_lr",
    says="The warm-up begins with it / warmup_steps, so the first step has a learning rate of 0 and is thrown away.",
)
def warm_off_by_one(it, max_lr, min_lr, warmup_steps, max_steps):
    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, up=lambda it: max_lr * it / warmup_steps)


@misconception(
    "get_lr",
    says="The warm-up divides by warmup_steps + 1, as nanoGPT does, and ends one step too late. Here the last step of "
    "the warm-up has max_lr.",
)
def warm_too_long(it, max_lr, min_lr, warmup_steps, max_steps):
    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, up=lambda it: max_lr * (it + 1) / (warmup_steps + 1))


@misconception("get_lr", says="The warm-up begins at min_lr. It is a straight line from 0.")
def warm_from_min(it, max_lr, min_lr, warmup_steps, max_steps):
    def up(it):
        return min_lr + (max_lr - min_lr) * (it + 1) / warmup_steps

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, up=up)


@misconception("get_lr", says="There is no warm-up: it begins with max_lr.")
def no_warmup(it, max_lr, min_lr, warmup_steps, max_steps):
    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, up=lambda it: max_lr)


@misconception(
    "get_lr",
    says="The cosine runs from step 0 on: it / max_steps. It begins where the warm-up has ended, with max_lr.",
)
def cosine_from_zero(it, max_lr, min_lr, warmup_steps, max_steps):
    def down(_):
        return min_lr + 0.5 * (1 + math.cos(math.pi * it / max_steps)) * (max_lr - min_lr)

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=down)


@misconception(
    "get_lr",
    says="The steps after the warm-up are divided by max_steps, with those of the warm-up. So the cosine is not at its "
    "end when max_steps comes.",
)
def divides_by_all(it, max_lr, min_lr, warmup_steps, max_steps):
    def down(_):
        return min_lr + 0.5 * (1 + math.cos(math.pi * (it - warmup_steps) / max_steps)) * (max_lr - min_lr)

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=down)


@misconception("get_lr", says="It falls to 0, and from max_steps on it jumps to min_lr. The cosine ends at min_lr.")
def min_ignored(it, max_lr, min_lr, warmup_steps, max_steps):
    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=lambda r: 0.5 * (1 + math.cos(math.pi * r)) * max_lr)


@misconception("get_lr", says="min_lr has no part in it: it falls to 0 and stays there.")
def to_zero(it, max_lr, min_lr, warmup_steps, max_steps):
    return _rate(it, max_lr, 0.0, warmup_steps, max_steps)


@misconception(
    "get_lr",
    says="min_lr is added to a cosine that begins at max_lr: it begins too high, by min_lr. What is scaled is max_lr - "
    "min_lr.",
)
def min_on_top(it, max_lr, min_lr, warmup_steps, max_steps):
    def down(r):
        return min_lr + 0.5 * (1 + math.cos(math.pi * r)) * max_lr

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=down)


@misconception("get_lr", says="The cosine runs through a whole wave, down and up again. It is half a wave: pi * r.")
def whole_period(it, max_lr, min_lr, warmup_steps, max_steps):
    def down(r):
        return min_lr + 0.5 * (1 + math.cos(2 * math.pi * r)) * (max_lr - min_lr)

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=down)


@misconception("get_lr", says="The cosine is given degrees, 180 of them. math.cos takes radians: half a wave is pi.")
def degrees(it, max_lr, min_lr, warmup_steps, max_steps):
    def down(r):
        return min_lr + 0.5 * (1 + math.cos(180 * r)) * (max_lr - min_lr)

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=down)


@misconception("get_lr", says="A quarter of a wave, cos(pi / 2 * r), which falls faster at the end. It is half a wave.")
def quarter_period(it, max_lr, min_lr, warmup_steps, max_steps):
    def down(r):
        return min_lr + math.cos(math.pi / 2 * r) * (max_lr - min_lr)

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=down)


@misconception("get_lr", says="It rises: 1 - cos where it is 1 + cos.")
def rises(it, max_lr, min_lr, warmup_steps, max_steps):
    def down(r):
        return min_lr + 0.5 * (1 - math.cos(math.pi * r)) * (max_lr - min_lr)

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=down)


@misconception("get_lr", says="It falls along a straight line. Here it is half a wave of a cosine.")
def straight(it, max_lr, min_lr, warmup_steps, max_steps):
    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=lambda r: max_lr + r * (min_lr - max_lr))


@misconception(
    "get_lr",
    says="Nothing stops the cosine after max_steps: it rises again. From there on it is min_lr.",
)
def no_clamp(it, max_lr, min_lr, warmup_steps, max_steps):
    def beyond(it):
        r = (it - warmup_steps) / max(max_steps - warmup_steps, 1)
        return min_lr + 0.5 * (1 + math.cos(math.pi * r)) * (max_lr - min_lr)

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, beyond=beyond)


@misconception("get_lr", symptom=True, says="After max_steps it is 0. It stays at min_lr.")
def zero_beyond(it, max_lr, min_lr, warmup_steps, max_steps):
    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, beyond=lambda it: min_lr if it == max_steps else 0.0)


@misconception(
    "get_lr",
    says="The half is missing: 1 + cos goes from 2 to 0, so it begins near twice max_lr.",
)
def no_half(it, max_lr, min_lr, warmup_steps, max_steps):
    def down(r):
        return min_lr + (1 + math.cos(math.pi * r)) * (max_lr - min_lr)

    return _rate(it, max_lr, min_lr, warmup_steps, max_steps, down=down)


@misconception(
    "get_lr",
    says="max_steps is counted from the end of the warm-up: the fall takes max_steps steps, and ends too late.",
)
def end_moved(it, max_lr, min_lr, warmup_steps, max_steps):
    return _rate(it, max_lr, min_lr, warmup_steps, max_steps + warmup_steps)
