"""Wrong answers to u11.softmax, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "softmax",
    symptom=True,
    says="exp of a large score is past the largest float: exp(710) overflows. Take the largest score away from all"
    " first.",
)
def no_max(logits):
    exps = [logit.exp() for logit in logits]
    total = _total(exps)
    return [e / total for e in exps]


@misconception(
    "softmax",
    says="The largest score is taken away as a Value in one place and as a plain number in the other: above the "
    "line its gradient counts, below it does not, so it no longer cancels.",
)
def max_as_node(logits):
    largest = max(logits, key=lambda logit: logit.data)
    total = _total((logit - largest.data).exp() for logit in logits)
    return [(logit - largest).exp() / total for logit in logits]


@misconception(
    "softmax",
    symptom=True,
    says="The largest *size* is taken away, abs and all. Where the scores are negative that pushes them further "
    "down, until every exp is 0.",
)
def abs_max(logits):
    largest = max(abs(logit.data) for logit in logits)
    exps = [(logit - largest).exp() for logit in logits]
    total = _total(exps)
    return [e / total for e in exps]


@misconception(
    "softmax",
    says="The sum below the line is a plain number. It depends on every score, and without that path a score only "
    "moves its own probability.",
)
def total_detached(logits):
    largest = max(logit.data for logit in logits)
    exps = [(logit - largest).exp() for logit in logits]
    total = sum(e.data for e in exps)
    return [e / total for e in exps]


@misconception("softmax", says="The scores are divided by their sum, without exp: then they are no probabilities.")
def without_exp(logits):
    total = _total(logits)
    return [logit / total for logit in logits]


@misconception("softmax", says="The exponentials are not divided by their sum, so the probabilities do not sum to 1.")
def not_divided(logits):
    largest = max(logit.data for logit in logits)
    return [(logit - largest).exp() for logit in logits]


@misconception("softmax", says="You return logarithms of probabilities. The logarithm is part of the loss.")
def log_softmax(logits):
    largest = max(logit.data for logit in logits)
    total = _total((logit - largest).exp() for logit in logits).log() + largest
    return [logit - total for logit in logits]
