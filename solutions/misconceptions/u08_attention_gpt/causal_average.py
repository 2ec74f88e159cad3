"""Wrong answers to u08.causal_average, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _past(x, diagonal=0):
    return x.new_ones(x.shape[1], x.shape[1]).tril(diagonal)


@misconception(
    "causal_average",
    replaces="causal_average_loop",
    says="Every place gets the mean of the whole sequence. Place t may only use the places 0 to t: what comes later "
    "does not exist yet when it has to predict.",
)
def includes_future(x):
    return x.mean(dim=1, keepdim=True).expand_as(x).clone()


@misconception(
    "causal_average",
    replaces="causal_average_loop",
    says="A slice leaves out its upper end, so place t does not see itself here, and place 0 sees nothing: the mean of "
    "no number is nan.",
)
def slice_without_itself(x):
    return torch.stack([x[:, :t].mean(dim=1) for t in range(x.shape[1])], dim=1)


@misconception(
    "causal_average",
    replaces="causal_average_loop",
    says="You added up the past without dividing. Later places get larger and larger numbers.",
)
def sum_of_the_past(x):
    return x.cumsum(dim=1)


@misconception(
    "causal_average",
    replaces="causal_average_matmul",
    says="The diagonal is left out: a place must see itself. Row 0 is empty now, and dividing it by its sum gives nan.",
)
def strict_mask(x):
    weights = _past(x, -1)
    return (weights / weights.sum(dim=1, keepdim=True)) @ x


@misconception(
    "causal_average",
    replaces="causal_average_matmul",
    says="The rows of your weights do not sum to one. A row of t + 1 ones gives a sum of the past, not its mean.",
)
def matmul_not_divided(x):
    return _past(x) @ x


@misconception(
    "causal_average",
    replaces="causal_average_matmul",
    says="You divided by the sums of the columns. The row belongs to the place that looks, so it is the row that must "
    "sum to one.",
)
def columns_sum_to_one(x):
    weights = _past(x)
    return (weights / weights.sum(dim=0, keepdim=True)) @ x


@misconception(
    "causal_average",
    replaces="causal_average_softmax",
    says="You masked after the softmax. It had handed out weight to the future by then, and what you take away is "
    "missing: the rows no longer sum to one.",
)
def mask_after_softmax(x):
    return (torch.zeros_like(_past(x)).softmax(dim=-1) * _past(x)) @ x


@misconception(
    "causal_average",
    replaces="causal_average_softmax",
    says="You masked with a score of 0. But exp(0) is 1, as much as every other place gets here: no weight means a "
    "score of minus infinity.",
)
def zero_for_inf(x):
    scores = torch.zeros_like(_past(x))
    return scores.masked_fill(_past(x) == 0, 0.0).softmax(dim=-1) @ x


@misconception(
    "causal_average",
    replaces="causal_average_softmax",
    says="The softmax runs down the columns. Each row is one place that looks, and its weights, along the last axis, "
    "are what must sum to one.",
)
def average_wrong_axis(x):
    scores = torch.zeros_like(_past(x)).masked_fill(_past(x) == 0, float("-inf"))
    return scores.softmax(dim=0) @ x


@misconception(
    "causal_average",
    replaces="causal_average_softmax",
    says="The mask is upside down: you forbade the past and left the future.",
)
def masked_the_past(x):
    scores = torch.zeros_like(_past(x)).masked_fill(_past(x).T == 0, float("-inf"))
    return scores.softmax(dim=-1) @ x
