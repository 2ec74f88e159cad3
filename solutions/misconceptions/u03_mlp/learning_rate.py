"""Wrong answers to u03.learning_rate, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _finite(losses):
    y = torch.tensor(losses, dtype=torch.float64)
    bad = (~y.isfinite()).nonzero()
    return y[: int(bad[0]) if len(bad) else len(y)]


def _smooth(y, w):
    return y.unfold(0, w, 1).mean(dim=1)


@misconception(
    "learning_rate",
    replaces="exponential_lrs",
    says="Your rates are evenly spaced themselves, so half of the trial is spent above 0.5. It is the exponents that "
    "are evenly spaced.",
)
def evenly_spaced(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return torch.linspace(10**lo_exp, 10**hi_exp, n)


@misconception(
    "learning_rate",
    replaces="exponential_lrs",
    says="You return the exponents. The rates are 10 to their power.",
)
def exponents(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return torch.linspace(lo_exp, hi_exp, n)


@misconception(
    "learning_rate",
    replaces="exponential_lrs",
    says="Your base is e. The ends are powers of 10.",
)
def base_e(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return torch.linspace(lo_exp, hi_exp, n).exp()


@misconception(
    "learning_rate",
    replaces="exponential_lrs",
    says="The upper end is missing: the last rate is one step below it.",
)
def no_upper_end(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return 10 ** torch.linspace(lo_exp, hi_exp, n + 1)[:-1]


@misconception(
    "learning_rate",
    replaces="exponential_lrs",
    says="The rates always go from 0.001 to 1, whatever ends are asked for.",
)
def fixed_ends(lo_exp=-3.0, hi_exp=0.0, n=1000):
    return 10 ** torch.linspace(-3.0, 0.0, n)


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="You take the rate at the lowest loss. There it is too large already: one step undoes what another has done. "
    "Go back to where the loss falls fastest.",
)
def lowest(lrs, losses):
    y = _finite(losses)
    w = max(1, len(y) // 10)
    return float(lrs[int(_smooth(y, w).argmin()) + w // 2])


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="You divide each fall by the distance between the two rates, so the smallest rates win. What counts is the "
    "fall from step to step.",
)
def slope_over_rate(lrs, losses):
    y = _finite(losses)
    w = max(1, len(y) // 10)
    smooth = _smooth(y, w)
    steps = lrs[w : len(smooth)] - lrs[: len(smooth) - w]
    slope = (smooth[:-w] - smooth[w:]) / steps
    return float(lrs[int(slope[: int(smooth.argmin()) + 1].argmax()) + w])


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="A nan or inf gets into your comparison. From the first one on the curve is to be left out.",
    symptom=True,
)
def nan_and_all(lrs, losses):
    y = torch.tensor(losses, dtype=torch.float64)
    w = max(1, len(y) // 10)
    smooth = _smooth(y, w)
    fall = smooth[:-w] - smooth[w:]
    return float(lrs[int(fall[: int(smooth.argmin()) + 1].argmax()) + w])


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="You compare single losses. In a noisy curve the largest fall between neighbours is nothing but noise.",
    symptom=True,
)
def not_smoothed(lrs, losses):
    y = _finite(losses)
    fall = y[:-1] - y[1:]
    return float(lrs[int(fall[: int(y.argmin()) + 1].argmax())])


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="You take the place where the loss changes most, and it changes most where it explodes. Only falling counts.",
)
def steepest_change(lrs, losses):
    y = _finite(losses)
    w = max(1, len(y) // 10)
    smooth = _smooth(y, w)
    return float(lrs[int((smooth[:-w] - smooth[w:]).abs().argmax()) + w])


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="A fall behind the lowest point counts in yours. Where the loss jumps up and comes down again, training has "
    "gone astray already.",
    symptom=True,
)
def falls_after_the_lowest(lrs, losses):
    y = _finite(losses)
    w = max(1, len(y) // 10)
    smooth = _smooth(y, w)
    return float(lrs[int((smooth[:-w] - smooth[w:]).argmax()) + w])


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="You return the position in the list. What is asked for is the rate that stands there.",
)
def position(lrs, losses):
    return float((lrs - right_suggestion(lrs, losses)).abs().argmin())


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="You return the exponent. What is asked for is the rate, 10 to its power.",
)
def exponent(lrs, losses):
    return math.log10(right_suggestion(lrs, losses))


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="You take the rate of the lowest single loss. There it is too large already: one step undoes what another has "
    "done. Go back to where the loss falls fastest.",
)
def lowest_of_all(lrs, losses):
    return float(lrs[torch.tensor(losses).argmin()])


@misconception(
    "learning_rate",
    replaces="suggest_lr",
    says="You return the position of the lowest loss. A rate is asked for, and that of the place where the loss falls "
    "fastest.",
    symptom=True,
)
def position_of_lowest(lrs, losses):
    return int(torch.tensor(losses).argmin())


right_suggestion = suggest_lr
