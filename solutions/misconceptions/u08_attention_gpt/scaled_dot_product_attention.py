"""Wrong answers to u08.scaled_dot_product_attention, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _allowed(scores, mask, is_causal, diagonal=0):
    """Return the whole mask, None where all is allowed."""
    if is_causal:
        past = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril(diagonal)
        mask = past if mask is None else mask & past
    return mask


def _weights(scores, mask, fill=None):
    """Return the weights as the solution makes them, but for what masked scores are filled with."""
    if mask is None:
        return scores.softmax(dim=-1)
    if fill is not None:
        return scores.masked_fill(~mask, fill).softmax(dim=-1)
    return scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1).masked_fill(~mask, 0.0)


def _averaged(weights, v, dropout):
    return (weights if dropout is None else dropout(weights)) @ v


def _soft_along(axis, scores, mask):
    """Return the softmax along an axis as the solution masks it."""
    if mask is None:
        return scores.softmax(dim=axis)
    return scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=axis).masked_fill(~mask, 0.0)


def _scores(q, k):
    return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])


@misconception(
    "scaled_dot_product_attention",
    says="The scores are not scaled. A dot product of d entries has a typical size of sqrt(d), so the softmax "
    "saturates: one key gets everything, and hardly any gradient flows.",
)
def no_scale(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = q @ k.transpose(-2, -1)
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="You divided by d. The typical size of a dot product is the root of d: divided by d itself the scores get too "
    "small, and all keys weigh nearly the same.",
)
def scale_d(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = q @ k.transpose(-2, -1) / q.shape[-1]
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="You scaled by the width of the whole model, all heads together. A score is a dot product inside one head, so "
    "its size goes with the head size, the last axis of q.",
)
def scale_d_model(q, k, v, mask=None, is_causal=False, dropout=None):
    width = q.shape[-1] * (q.shape[1] if q.ndim == 4 else 1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(width)
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="The softmax runs over the queries. It is each query's weights over the keys, the last axis, that sum to one.",
)
def softmax_axis(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    return _averaged(_soft_along(-2, scores, _allowed(scores, mask, is_causal)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="You masked after the softmax. The forbidden keys had taken their share by then, and the rest no longer sums "
    "to one.",
)
def mask_after(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    mask = _allowed(scores, mask, is_causal)
    weights = scores.softmax(dim=-1)
    return _averaged(weights if mask is None else weights.masked_fill(~mask, 0.0), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="Where a forbidden score is far larger than all allowed ones, you get nan. Ban the scores before the softmax: "
    "what is masked afterwards has taken the whole weight by then, or has overflowed.",
    symptom=True,
)
def mask_after_renorm(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    mask = _allowed(scores, mask, is_causal)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
        weights = weights / weights.sum(dim=-1, keepdim=True)
    return _averaged(weights, v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="What stands in for a forbidden score is not low enough. A true score can lie below it, and then the "
    "forbidden keys win; and where all are forbidden they share the weight.",
    symptom=True,
)
def fill_minus_1e4(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal), -1e4), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="The number that stands in for a forbidden score does not exist in float16, whose lowest is -65504.",
    symptom=True,
)
def fill_minus_1e9(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    mask = _allowed(scores, mask, is_causal)
    weights = _weights(scores, mask, -1e9)
    return _averaged(weights if mask is None else weights.masked_fill(~mask, 0.0), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="Where all keys are forbidden they share the weight: equal scores are equal, however low. A query that may "
    "attend to nothing gets zeros.",
)
def shared_where_nothing_is_allowed(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    lowest = torch.finfo(scores.dtype).min
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal), lowest), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="A query that may attend to nothing gets nan: the softmax of nothing but minus infinity is 0 / 0. The nan "
    "then travels through every gradient.",
)
def nan_where_nothing_is_allowed(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal), float("-inf")), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="Your mask is the wrong way round. Here True means that the query may look at the key.",
)
def mask_inverted(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    mask = _allowed(scores, None if mask is None else ~mask, is_causal)
    return _averaged(_weights(scores, mask), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="In yours a forbidden key has a score of 0. That is not a ban: exp(0) is 1, and next to negative scores even "
    "the best of them.",
)
def mask_zero(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    mask = _allowed(scores, mask, is_causal)
    return _averaged((scores if mask is None else scores * mask).softmax(dim=-1), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="You multiplied q by k as it is. That contracts channels with tokens and fits only where their numbers happen "
    "to be equal; the dot product of a query and a key runs over channels on both sides.",
)
def k_not_transposed(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = q @ k / math.sqrt(q.shape[-1])
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="Your causal mask lets a query see one key too many. That key is the answer it is supposed to predict: the "
    "loss falls far below what is possible, and the model is worth nothing.",
)
def causal_leak(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal, diagonal=1)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="Your causal mask leaves out the diagonal: a query may attend to its own place, and the first one has nothing "
    "else.",
)
def causal_without_itself(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal, diagonal=-1)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="With T and S different, your causal mask is lined up at the lower right corner. Some libraries do that; here "
    "query t sees the keys 0 to t, counted from the start.",
)
def causal_lower_right(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    mask = _allowed(scores, mask, is_causal, diagonal=scores.shape[-1] - scores.shape[-2])
    return _averaged(_weights(scores, mask), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="Given both a mask and is_causal, you use only one of them. A key must be allowed by both.",
)
def causal_replaces_mask(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    return _averaged(_weights(scores, _allowed(scores, None if is_causal else mask, is_causal)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="The softmax runs along axis 1: over the queries, or over the heads where there are any. The keys are the "
    "last axis, and it is each query's weights over them that sum to one.",
)
def softmax_axis_1(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    return _averaged(_soft_along(1, scores, _allowed(scores, mask, is_causal)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="Large scores give nan: e to a large number is infinity, and infinity over infinity is nan. Subtract the "
    "largest score of each row first, as torch.softmax does.",
    symptom=True,
)
def softmax_by_hand(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    mask = _allowed(scores, mask, is_causal)
    weights = torch.exp(scores) if mask is None else torch.exp(scores) * mask
    return _averaged(weights / weights.sum(dim=-1, keepdim=True), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="You multiplied the scores by the root of d. They grow with it, so it has to divide: d ** -0.5.",
)
def scale_up(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = q @ k.transpose(-2, -1) * math.sqrt(q.shape[-1])
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal)), v, dropout)


@misconception(
    "scaled_dot_product_attention",
    says="Your mask is the wrong way round: keys that are allowed get minus infinity, also where no mask is given. A "
    "softmax of nothing but minus infinity is nan. Fill where the mask is False.",
    symptom=True,
)
def allowed_banned(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    allowed = torch.ones(scores.shape[-2:], dtype=torch.bool) if mask is None else mask
    allowed = _allowed(scores, allowed, is_causal)
    return _averaged(scores.masked_fill(allowed, float("-inf")).softmax(dim=-1), v, dropout)
