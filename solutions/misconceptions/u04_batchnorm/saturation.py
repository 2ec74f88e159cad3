"""Wrong answers to u04.saturation, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _share(mask):
    return mask.double().mean().item()


@misconception(
    "saturation", replaces="saturation_fraction", says="You count one side only. -0.99 is as saturated as 0.99 is."
)
def one_tail(h, threshold=0.97):
    return _share(h > threshold)


@misconception(
    "saturation", replaces="saturation_fraction", says="You count how many are saturated. The share is wanted."
)
def count_for_share(h, threshold=0.97):
    return (h.abs() > threshold).sum().item()


@misconception("saturation", replaces="saturation_fraction", says="This is the share that is not saturated.")
def share_alive(h, threshold=0.97):
    return _share(h.abs() < threshold)


@misconception("saturation", replaces="saturation_fraction", says="0.97 is built in: the threshold is not looked at.")
def threshold_ignored(h, threshold=0.97):
    return _share(h.abs() > 0.97)


@misconception(
    "saturation",
    replaces="saturation_fraction",
    symptom=True,
    says="A number that equals the threshold is counted. Beyond it means larger.",
)
def at_threshold(h, threshold=0.97):
    return _share(h.abs() >= threshold)


@misconception(
    "saturation",
    replaces="dead_relu_units",
    says="A unit that is off for one example counts as dead. It is only doing its job; dead means off for all of them.",
)
def any_example(preact):
    return (preact <= 0).any(0).nonzero().flatten()


@misconception(
    "saturation",
    replaces="dead_relu_units",
    says="You judge a unit by its mean. One example that is on keeps a unit alive, however low the others are.",
)
def mean_activation(preact):
    return (preact.mean(0) <= 0).nonzero().flatten()


@misconception(
    "saturation",
    replaces="dead_relu_units",
    says="You look along the units: what you return are examples. Asked for are units, off for every example.",
)
def per_example(preact):
    return (preact <= 0).all(1).nonzero().flatten()


@misconception(
    "saturation",
    replaces="dead_relu_units",
    symptom=True,
    says="You return a truth value for each unit. The numbers of the dead ones are wanted.",
)
def mask_for_numbers(preact):
    return (preact <= 0).all(0)


@misconception(
    "saturation",
    replaces="dead_relu_units",
    symptom=True,
    says="A unit at exactly 0 counts as alive. relu gives 0 there and passes nothing down.",
)
def zero_is_alive(preact):
    return (preact < 0).all(0).nonzero().flatten()


@misconception("saturation", replaces="saturation_fraction", says="This is in percent. A share goes from 0 to 1.")
def percent(h, threshold=0.97):
    return 100 * _share(h.abs() > threshold)
