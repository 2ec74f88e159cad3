"""Wrong answers to u03.cross_entropy, each with its cause in words, run in the solution's namespace.

Left out: a one-hot matrix of the targets. It is as large as the logits, and right.
"""

from grader import misconception


def _kept(logits, targets, ignore_index):
    kept = targets != ignore_index
    return logits[kept], targets[kept]


def _picked(table, targets):
    return table.gather(1, targets.unsqueeze(1)).squeeze(1)


@misconception(
    "cross_entropy",
    says="You take the log of a softmax. For large differences the probability is rounded to 0, and its log is -inf. "
    "Logsumexp minus the score of the target never makes that number.",
)
def log_of_softmax(logits, targets, ignore_index=-1):
    logits, targets = _kept(logits, targets, ignore_index)
    return -_picked(logits.softmax(dim=1), targets).log().mean()


@misconception(
    "cross_entropy",
    says="exp of a large score is inf, and inf / inf is nan. The maximum of each row has to go before the exp.",
)
def plain_counts(logits, targets, ignore_index=-1):
    logits, targets = _kept(logits, targets, ignore_index)
    counts = logits.exp()
    return -_picked(counts / counts.sum(dim=1, keepdim=True), targets).log().mean()


@misconception(
    "cross_entropy",
    says="A small number is added inside of the log. It caps the loss near 27.6, and where the model is most wrong it "
    "leaves hardly any gradient.",
)
def eps_in_log(logits, targets, ignore_index=-1):
    logits, targets = _kept(logits, targets, ignore_index)
    return -(_picked(logits.softmax(dim=1), targets) + 1e-12).log().mean()


@misconception(
    "cross_entropy",
    says="You return the sum over the rows. The loss is their mean: with a sum, gradients grow with the batch.",
)
def sum_reduction(logits, targets, ignore_index=-1):
    return right_loss(logits, targets, ignore_index) * (targets != ignore_index).sum()


@misconception(
    "cross_entropy",
    says="You divided by N times V, the number of all scores. The mean is over the N rows.",
)
def mean_over_all_scores(logits, targets, ignore_index=-1):
    return right_loss(logits, targets, ignore_index) / logits.shape[1]


@misconception(
    "cross_entropy",
    says="One maximum for the whole batch: a row far below it becomes all zeros under exp. Each row needs its own.",
)
def global_max(logits, targets, ignore_index=-1):
    logits, targets = _kept(logits, targets, ignore_index)
    shifted = logits - logits.max()
    return (shifted.exp().sum(dim=1).log() - _picked(shifted, targets)).mean()


@misconception(
    "cross_entropy",
    says="The value is right, but it hangs on no graph: no gradient goes back to the logits. A number taken out with "
    "item() or detach() ends the chain.",
    symptom=True,
)
def detached(logits, targets, ignore_index=-1):
    return right_loss(logits.detach(), targets, ignore_index) + 0 * logits.nan_to_num(0, 0, 0).sum()


@misconception(
    "cross_entropy",
    says="Ignored rows are counted in the denominator. The mean is over the rows that count.",
)
def ignored_in_denominator(logits, targets, ignore_index=-1):
    kept = targets != ignore_index
    return right_loss(logits, targets, ignore_index) * kept.sum() / len(targets)


@misconception(
    "cross_entropy",
    says="Ignored targets are not ignored. A target of -1 counts from the end, and picks the last token.",
)
def nothing_ignored(logits, targets, ignore_index=-1):
    return right_loss(logits, targets % logits.shape[1], -99)


@misconception(
    "cross_entropy",
    says="The number to ignore is always -1 in yours, whatever ignore_index says.",
)
def fixed_ignore_index(logits, targets, ignore_index=-1):
    return right_loss(logits, targets, -1)


@misconception(
    "cross_entropy", says="Your logarithm has base 2: that is bits. The loss is in nats, with the natural logarithm."
)
def base_two(logits, targets, ignore_index=-1):
    return right_loss(logits, targets, ignore_index) / math.log(2)


@misconception(
    "cross_entropy",
    says="The softmax runs along the batch: for each token over all rows. It belongs along the tokens, one row at a "
    "time.",
)
def wrong_axis(logits, targets, ignore_index=-1):
    return (logits.logsumexp(dim=0)[targets] - _picked(logits, targets)).mean()


@misconception(
    "cross_entropy",
    says="The sign is turned: yours is the mean log probability, which is negative. Whoever makes that small makes the"
    " targets unlikely.",
)
def no_minus(logits, targets, ignore_index=-1):
    return -right_loss(logits, targets, ignore_index)


@misconception(
    "cross_entropy",
    says="You take the mean of the probabilities, and then the log. It is the other way round: the mean of the logs.",
)
def log_of_mean(logits, targets, ignore_index=-1):
    logits, targets = _kept(logits, targets, ignore_index)
    return -_picked(logits.softmax(dim=1), targets).mean().log()


@misconception(
    "cross_entropy",
    says="You pick a column for each row, and get all pairs of rows and targets: N times N numbers, of which only the "
    "diagonal is asked for.",
)
def all_pairs(logits, targets, ignore_index=-1):
    logits, targets = _kept(logits, targets, ignore_index)
    return (logits.logsumexp(dim=1) - logits[:, targets].diagonal()).mean()


@misconception(
    "cross_entropy",
    says="You picked all targets for each row and averaged over all of them. Row i has one target, number i.",
)
def mean_of_all_pairs(logits, targets, ignore_index=-1):
    logits, targets = _kept(logits, targets, ignore_index)
    return (logits.logsumexp(dim=1, keepdim=True) - logits[:, targets]).mean()


@misconception(
    "cross_entropy",
    says="You return a plain number. The loss has to be a tensor: backward goes back from it to the logits.",
    symptom=True,
)
def a_number(logits, targets, ignore_index=-1):
    return right_loss(logits, targets, ignore_index).item()


@misconception(
    "cross_entropy",
    says="The value is right, but no graph leads back to the logits: .data, detach() or no_grad() cut it off, and "
    "nothing could be trained.",
    symptom=True,
)
def no_graph(logits, targets, ignore_index=-1):
    return right_loss(logits.detach(), targets, ignore_index)


@misconception(
    "cross_entropy",
    says="The exp is missing: your scores are divided by their sum as they are. A score may be negative, and then its "
    "log is nan.",
)
def no_exp(logits, targets, ignore_index=-1):
    logits, targets = _kept(logits, targets, ignore_index)
    return -_picked(logits / logits.sum(dim=1, keepdim=True), targets).log().mean()


right_loss = cross_entropy


@misconception(
    "cross_entropy",
    says="The logarithm is missing: yours is minus the mean probability of the targets.",
)
def no_log(logits, targets, ignore_index=-1):
    logits, targets = _kept(logits, targets, ignore_index)
    return -_picked(logits.softmax(dim=1), targets).mean()
