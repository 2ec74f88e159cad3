"""Wrong solutions of unit 08 that run, each with the sentence a good teacher would say.

They are executed in the solution's namespace, so `torch`, `nn`, `Head` and all others are the solution's.
"""

from grader import misconception

# 08.01 get_batch


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


# 08.02 causal_average


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


# 08.03 scaled_dot_product_attention


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
    says="Masked after the softmax and then scaled up again: the same on paper. But where a forbidden score is far "
    "larger than all allowed ones, the softmax leaves exactly 0 for those, and 0 / 0 is nan.",
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
    says="The number that stands in for a forbidden score does not exist in float16, whose lowest is -65504; and where "
    "all keys are forbidden they share the weight, since equal scores are equal, however low.",
    symptom=True,
)
def fill_minus_1e9(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = _scores(q, k)
    return _averaged(_weights(scores, _allowed(scores, mask, is_causal), -1e9), v, dropout)


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
    says="You multiplied the scores by the mask. A score of 0 is not a ban: exp(0) is 1, and next to negative scores "
    "even the best of them.",
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


# 08.09 dropout (before the heads, which need it)


def _kept(self, x, p=None):
    chance = self.p if p is None else p
    return torch.rand(x.shape, generator=self.generator, device=x.device) >= chance


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The numbers that stay are not scaled up. In training all sums are on average only 1 - p times as large as "
    "later, when nothing is dropped.",
)
def not_scaled(self, x):
    return x * _kept(self, x) if self.training else x


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="You scale in training and once more outside of it. The scale of training is there so that afterwards nothing "
    "has to be done at all.",
)
def scaled_at_eval(self, x):
    if not self.training:
        return x * (1 - self.p)
    return x * 0.0 if self.p == 1 else x * _kept(self, x) / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="Dropout is active outside training as well. Predictions become a lottery: the same text gets another answer "
    "each time.",
)
def active_at_eval(self, x):
    return x * 0.0 if self.p == 1 else x * _kept(self, x) / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="You took p for the chance to stay. Here, as in torch, p is the fraction that is dropped.",
)
def keep_prob(self, x):
    if not self.training or self.p == 1:
        return x
    return x * 0.0 if self.p == 0 else x * _kept(self, x, 1 - self.p) / self.p


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="All rows share one mask: a channel is there for the whole batch or for nobody. Each entry should have a draw "
    "of its own.",
)
def same_mask_batch(self, x):
    if not self.training or self.p == 0:
        return x
    return x * 0.0 if self.p == 1 else x * _kept(self, x[(0,) * (x.ndim - 1)]) / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="You divided by p. What stays is the fraction 1 - p, and that is what has to be made up for; at p = 0.5 "
    "nobody sees the difference.",
)
def scale_p(self, x):
    if not self.training or self.p == 0:
        return x
    return x * 0.0 if self.p == 1 else x * _kept(self, x) / self.p


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="At p = 1 out comes nan: there 1 / (1 - p) is a division by zero. Everything dropped is a case of its own: "
    "zeros.",
    symptom=True,
)
def divides_by_zero(self, x):
    return x * _kept(self, x) / (1 - self.p) if self.training else x


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The generator that you were given is not used: the numbers come from torch's global one.",
)
def dropout_ignores_generator(self, x):
    if not self.training or self.p == 0:
        return x
    return x * 0.0 if self.p == 1 else x * (torch.rand_like(x) >= self.p) / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="Always the same entries are dropped: the mask is made once and kept. It has to be a new one in each call, or "
    "part of the model is never trained.",
)
def mask_made_once(self, x):
    if not self.training or self.p == 0:
        return x
    if not hasattr(self, "mask"):
        self.mask = _kept(self, x)
    return x * 0.0 if self.p == 1 else x * self.mask / (1 - self.p)


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The tensor that you were given is changed. Whoever made it still needs it.",
    symptom=True,
)
def dropout_in_place(self, x):
    if not self.training or self.p == 0:
        return x
    with torch.no_grad():
        kept = _kept(self, x)
        x.data.mul_(kept)
    return x * kept / (1 - self.p) if self.p < 1 else x * 0.0


@misconception(
    "dropout",
    replaces="Dropout.__init__",
    says="A p that is no probability is taken without a word. 50 is somebody's percentage, and it should be refused "
    "where it is written, not fail somewhere else later.",
    symptom=True,
)
def p_unchecked(self, p, generator=None):
    nn.Module.__init__(self)
    self.p, self.generator = p, generator


@misconception(
    "dropout",
    replaces="Dropout.forward",
    says="The comparison is the wrong way round: the fraction p is kept, and the rest is dropped.",
)
def kept_below_p(self, x):
    if not self.training or self.p == 0:
        return x
    return x * 0.0 if self.p == 1 else x * ~_kept(self, x).bool() / (1 - self.p)


# 08.04 head


@misconception(
    "head",
    says="Your mask always has its full size, block_size by block_size. For a shorter sequence the scores are smaller "
    "than that: the mask has to be cut to T in both directions.",
)
class tril_full_size(Head):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__(n_embd, head_size, block_size, dropout)
        self.register_buffer("tril", torch.ones(block_size, block_size, dtype=torch.bool).tril())

    def forward(self, x):
        if x.shape[1] > self.block_size:
            raise ValueError("too long")
        q, k, v = self.query(x), self.key(x), self.value(x)
        return scaled_dot_product_attention(q, k, v, self.tril, dropout=self.dropout)


@misconception(
    "head",
    says="One future token leaks: the mask is off by one, so place t sees place t + 1, and that is the answer it "
    "should predict. The training loss will fall far below what is possible, and it will look like a triumph.",
)
class tril_off_by_one(Head):
    def forward(self, x):
        if x.shape[1] > self.block_size:
            raise ValueError("too long")
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).tril(1)
        return scaled_dot_product_attention(self.query(x), self.key(x), self.value(x), mask, dropout=self.dropout)


@misconception(
    "head",
    says="There is no mask at all: every token sees the whole sequence, its own answer included.",
)
class no_mask(Head):
    def forward(self, x):
        if x.shape[1] > self.block_size:
            raise ValueError("too long")
        return scaled_dot_product_attention(self.query(x), self.key(x), self.value(x), dropout=self.dropout)


@misconception(
    "head",
    says="The mask is a parameter, so an optimizer would train it. It is a fact about time, not something to learn.",
)
class tril_parameter(Head):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__(n_embd, head_size, block_size, dropout)
        self.tril = nn.Parameter(torch.ones(block_size, block_size).tril())

    def forward(self, x):
        T = x.shape[1]
        if self.block_size < T:
            raise ValueError("too long")
        q, k, v = self.query(x), self.key(x), self.value(x)
        return scaled_dot_product_attention(q, k, v, self.tril[:T, :T] != 0, dropout=self.dropout)


@misconception(
    "head",
    says="Queries and keys come from the same layer, so the score of a pair is the same both ways: what a token looks "
    "for and what it offers cannot differ.",
)
class same_proj(Head):
    def forward(self, x):
        if x.shape[1] > self.block_size:
            raise ValueError("too long")
        q, v = self.query(x), self.value(x)
        return scaled_dot_product_attention(q, q, v, is_causal=True, dropout=self.dropout)


@misconception(
    "head",
    says="You scaled by the width of x. The scores are dot products of queries and keys, so their size goes with the "
    "head size. (The lecture's own code had this, too.)",
)
class scale_C(Head):
    def forward(self, x):
        if x.shape[1] > self.block_size:
            raise ValueError("too long")
        q = self.query(x) * math.sqrt(self.query.out_features / self.query.in_features)
        return scaled_dot_product_attention(q, self.key(x), self.value(x), is_causal=True, dropout=self.dropout)


@misconception(
    "head",
    says="Your layers have a bias. A head compares and averages; its three layers are plain matrices, and a bias is "
    "one more thing to train that nothing asks for.",
)
class head_with_bias(Head):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__(n_embd, head_size, block_size, dropout)
        self.key, self.query, self.value = (nn.Linear(n_embd, head_size) for _ in range(3))


@misconception(
    "head",
    says="Dropout hits the output of the head. It belongs on the weights: a token should sometimes not hear another "
    "one, instead of hearing all of them with some channels missing.",
)
class dropout_on_output(Head):
    def forward(self, x):
        if x.shape[1] > self.block_size:
            raise ValueError("too long")
        q, k, v = self.query(x), self.key(x), self.value(x)
        return self.dropout(scaled_dot_product_attention(q, k, v, is_causal=True))


@misconception(
    "head",
    says="The head takes sequences of any length. Longer than block_size it has never seen one; it should say so.",
    symptom=True,
)
class any_length(Head):
    def forward(self, x):
        q, k, v = self.query(x), self.key(x), self.value(x)
        return scaled_dot_product_attention(q, k, v, is_causal=True, dropout=self.dropout)


def _inline(self, x, ban=None, softmax=None, scale=None):
    """Compute a head in one piece, as the lecture does, but for one step."""
    T = x.shape[1]
    if self.block_size < T:
        raise ValueError("too long")
    q, k, v = self.query(x), self.key(x), self.value(x)
    scores = q @ k.transpose(-2, -1) * (q.shape[-1] ** -0.5 if scale is None else scale)
    tril = torch.ones(T, T, dtype=x.dtype, device=x.device).tril()
    scores = ban(scores, tril) if ban else scores.masked_fill(tril == 0, float("-inf"))
    return self.dropout(softmax(scores, tril) if softmax else scores.softmax(dim=-1)) @ v


@misconception(
    "head",
    says="The softmax runs down the queries. Each row belongs to the token that looks, and it is its weights, along "
    "the last axis, that sum to one.",
)
class head_softmax_axis(Head):
    def forward(self, x):
        return _inline(self, x, softmax=lambda scores, _: scores.softmax(dim=-2))


@misconception(
    "head",
    says="The mask is upside down: the past and the token itself are forbidden, and the future is left. The last token "
    "may look at nothing, which gives nan.",
)
class head_mask_upside_down(Head):
    def forward(self, x):
        return _inline(self, x, ban=lambda scores, tril: scores.masked_fill(tril == 1, float("-inf")))


@misconception(
    "head",
    says="The triangle is the wrong one: each token sees itself and what comes later. It is the past that it may look "
    "at.",
)
class head_sees_the_future(Head):
    def forward(self, x):
        return _inline(self, x, ban=lambda scores, tril: scores.masked_fill(tril.T == 0, float("-inf")))


@misconception(
    "head",
    says="The forbidden scores are set to 0, and 0 is a score like others: exp(0) is 1. Only minus infinity leaves no "
    "weight.",
)
class head_zero_for_ban(Head):
    def forward(self, x):
        return _inline(self, x, ban=lambda scores, tril: scores.masked_fill(tril == 0, 0.0))


@misconception(
    "head",
    says="The mask comes after the softmax. The future had taken its share by then, and what is left of a row no "
    "longer sums to one.",
)
class head_mask_after(Head):
    def forward(self, x):
        return _inline(self, x, ban=lambda scores, _: scores, softmax=lambda scores, tril: scores.softmax(-1) * tril)


@misconception(
    "head",
    says="The scores are not scaled. They are sums of head_size products, and grow with its root; the softmax then "
    "gives nearly all to one token.",
)
class head_no_scale(Head):
    def forward(self, x):
        return _inline(self, x, scale=1.0)


@misconception(
    "head",
    says="Queries and keys have changed places: in your table of scores a row belongs to a key. The row belongs to the "
    "query, the token that looks.",
)
class head_key_looks(Head):
    def forward(self, x):
        if x.shape[1] > self.block_size:
            raise ValueError("too long")
        return scaled_dot_product_attention(
            self.key(x), self.query(x), self.value(x), is_causal=True, dropout=self.dropout
        )


# 08.05 multi_head_attention


def _even(n_embd, n_head):
    if n_embd % n_head:
        raise ValueError("uneven")


@misconception(
    "multi_head_attention",
    says="The heads stand side by side and never mix: channel 0 hears from head 0 only. The layer proj at the end is "
    "missing.",
)
class no_proj(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.proj = nn.Identity()


@misconception(
    "multi_head_attention",
    says="proj takes what a single head gives. The heads are not to be added up, or nobody can tell which head said "
    "what; they stand side by side along the channels.",
    symptom=True,
)
class sum_heads(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.proj = nn.Linear(n_embd // n_head, n_embd)

    def forward(self, x):
        return self.dropout(self.proj(sum(head(x) for head in self.heads)))


@misconception(
    "multi_head_attention",
    says="Each head is as wide as the whole model, so H heads cost H times the parameters. They share the width: "
    "n_embd / n_head each.",
)
class full_width_heads(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.heads = nn.ModuleList(Head(n_embd, n_embd, block_size, dropout) for _ in range(n_head))
        self.proj = nn.Linear(n_head * n_embd, n_embd)


@misconception(
    "multi_head_attention",
    says="You put the heads one after another in time. It is the channels that they share; the sequence stays as long "
    "as it is.",
)
class cat_time(MultiHeadAttention):
    def forward(self, x):
        return self.dropout(self.proj(torch.cat([head(x) for head in self.heads], dim=1)))


@misconception(
    "multi_head_attention",
    says="A number of heads that does not divide the width is let through. The heads cannot be as wide as the model "
    "together, and nobody is told.",
    symptom=True,
)
class floor_head_size(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        nn.Module.__init__(self)
        size = n_embd // n_head
        self.heads = nn.ModuleList(Head(n_embd, size, block_size, dropout) for _ in range(n_head))
        self.proj = nn.Linear(size * n_head, n_embd)
        self.dropout = Dropout(dropout)


@misconception(
    "multi_head_attention",
    says="torch does not find the heads' parameters, so no optimizer will ever see them. Modules in a plain Python "
    "list are hidden like that.",
    symptom=True,
)
class heads_in_a_list(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        heads = list(self.heads)
        del self.heads
        self.heads = heads


@misconception(
    "multi_head_attention",
    says="There is one set of parameters for all heads. Each head asks a question of its own, with layers of its own.",
    symptom=True,
)
class one_head_repeated(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.heads = nn.ModuleList([self.heads[0]] * n_head)


@misconception(
    "multi_head_attention",
    says="proj has no bias here; the text gives it one.",
)
class proj_without_bias(MultiHeadAttention):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__(n_embd, n_head, block_size, dropout)
        self.proj = nn.Linear(n_embd, n_embd, bias=False)


@misconception(
    "multi_head_attention",
    says="The output goes out without dropout. The heads drop weights, and what proj returns is dropped as well.",
)
class no_output_dropout(MultiHeadAttention):
    def forward(self, x):
        return self.proj(torch.cat([head(x) for head in self.heads], dim=-1))


@misconception(
    "multi_head_attention",
    says="proj is there, and is not applied: the heads stand side by side and never mix.",
)
class proj_not_applied(MultiHeadAttention):
    def forward(self, x):
        return self.dropout(torch.cat([head(x) for head in self.heads], dim=-1))


# 08.06 causal_self_attention


def _fused(self, x, split, join):
    """Run the attention with another way of making heads, or of joining them."""
    if x.shape[1] > self.block_size:
        raise ValueError("too long")
    q, k, v = split(self.c_attn(x))
    out = scaled_dot_product_attention(q, k, v, is_causal=True, dropout=self.attn_dropout)
    return self.resid_dropout(self.c_proj(join(out, x.shape)))


def _split(self, qkv):
    B, T, width = qkv.shape
    return [part.view(B, T, self.n_head, -1).transpose(1, 2) for part in qkv.split(width // 3, dim=-1)]


def _joined(out, shape):
    return out.transpose(1, 2).reshape(shape)


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="view(B, H, T, hs) has the right shape and the wrong numbers: it cuts each sequence into pieces of time and "
    "calls them heads. A view never moves a number; the axis to split is the channel axis.",
)
def view_no_transpose(self, x):
    B, T, C = x.shape
    return _fused(self, x, lambda qkv: [part.reshape(B, self.n_head, T, -1) for part in qkv.split(C, dim=-1)], _joined)


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="On the way back heads and time were not swapped again. The reshape has the right shape, but it strings one "
    "head's tokens together and calls them channels.",
)
def missing_transpose_back(self, x):
    return _fused(self, x, lambda qkv: _split(self, qkv), lambda out, shape: out.reshape(shape))


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="The three parts of c_attn are taken in another order. Its rows make the queries first, then the keys, then "
    "the values; weights from elsewhere rely on it.",
)
def split_order(self, x):
    def split(qkv):
        k, q, v = _split(self, qkv)
        return q, k, v

    return _fused(self, x, split, _joined)


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="After a transpose the numbers no longer lie in order in memory, and view refuses: it cannot move them.",
)
def view_noncontig(self, x):
    return _fused(self, x, lambda qkv: _split(self, qkv), lambda out, shape: out.transpose(1, 2).view(shape))


@misconception(
    "causal_self_attention",
    says="Only one side of the mask is cut to T. It has one axis for the place that looks and one for the place that "
    "is looked at, and both are T long.",
)
class mask_4d(CausalSelfAttention):
    def __init__(self, config):
        super().__init__(config)
        size = config.block_size
        self.register_buffer("bias", torch.ones(1, 1, size, size, dtype=torch.bool).tril())

    def forward(self, x):
        if x.shape[1] > self.block_size:
            raise ValueError("too long")
        q, k, v = _split(self, self.c_attn(x))
        mask = self.bias[:, :, : x.shape[1]]
        out = scaled_dot_product_attention(q, k, v, mask, dropout=self.attn_dropout)
        return self.resid_dropout(self.c_proj(_joined(out, x.shape)))


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="You split into heads first and into q, k, v inside each head. c_attn holds all queries, then all keys, then "
    "all values, and the heads come inside each of them.",
)
def split_inside_heads(self, x):
    B, T, _ = x.shape
    return _fused(self, x, lambda qkv: qkv.view(B, T, self.n_head, -1).transpose(1, 2).chunk(3, dim=-1), _joined)


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="The channels of a head are not neighbours in your version: the last axis was split as (hs, H). Head 0 has "
    "the first hs channels, head 1 the next.",
)
def heads_interleaved(self, x):
    B, T, C = x.shape

    def split(qkv):
        return [part.view(B, T, -1, self.n_head).permute(0, 3, 1, 2) for part in qkv.split(C, dim=-1)]

    return _fused(self, x, split, lambda out, shape: out.permute(0, 2, 3, 1).reshape(shape))


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="You scaled by the width of the model, all heads together. A score is a dot product inside one head, so its "
    "size goes with the head size.",
)
def fused_scale_C(self, x):
    def split(qkv):
        q, k, v = _split(self, qkv)
        return q / math.sqrt(self.n_head), k, v

    return _fused(self, x, split, _joined)


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="Nothing keeps a token from looking ahead: the causal mask is missing, and the model reads its answers.",
)
def fused_no_mask(self, x):
    if x.shape[1] > self.block_size:
        raise ValueError("too long")
    q, k, v = _split(self, self.c_attn(x))
    out = scaled_dot_product_attention(q, k, v, dropout=self.attn_dropout)
    return self.resid_dropout(self.c_proj(_joined(out, x.shape)))


@misconception(
    "causal_self_attention",
    says="With bias=False there is a bias all the same.",
    symptom=True,
)
class always_a_bias(CausalSelfAttention):
    def __init__(self, config):
        super().__init__(config)
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd)


def _fused_inline(self, x, ban=None, softmax=None, scale=None):
    """Compute all heads in one piece, as the lecture does, but for one step."""
    T = x.shape[1]
    if self.block_size < T:
        raise ValueError("too long")
    q, k, v = _split(self, self.c_attn(x))
    scores = q @ k.transpose(-2, -1) * (q.shape[-1] ** -0.5 if scale is None else scale)
    tril = torch.ones(T, T, dtype=x.dtype, device=x.device).tril()
    scores = ban(scores, tril) if ban else scores.masked_fill(tril == 0, float("-inf"))
    weights = self.attn_dropout(softmax(scores, tril) if softmax else scores.softmax(dim=-1))
    return self.resid_dropout(self.c_proj(_joined(weights @ v, x.shape)))


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="The softmax runs down the queries. It is each query's weights over the keys, the last axis, that sum to one.",
)
def fused_softmax_axis(self, x):
    return _fused_inline(self, x, softmax=lambda scores, _: scores.softmax(dim=-2))


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="The mask is upside down: each token is forbidden the past and itself, and the last one may look at nothing.",
)
def fused_mask_upside_down(self, x):
    return _fused_inline(self, x, ban=lambda scores, tril: scores.masked_fill(tril == 1, float("-inf")))


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="A forbidden score is set to 0. That is no ban: exp(0) is 1, and the future keeps its share.",
)
def fused_zero_for_ban(self, x):
    return _fused_inline(self, x, ban=lambda scores, tril: scores.masked_fill(tril == 0, 0.0))


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="The future is taken out after the softmax. It had its share by then, and what is left of a row no longer "
    "sums to one.",
)
def fused_mask_after(self, x):
    return _fused_inline(
        self, x, ban=lambda scores, _: scores, softmax=lambda scores, tril: scores.softmax(dim=-1) * tril
    )


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="The scores are not scaled: they are to be divided by the root of the head size.",
)
def fused_no_scale(self, x):
    return _fused_inline(self, x, scale=1.0)


@misconception(
    "causal_self_attention",
    replaces="CausalSelfAttention.forward",
    says="The mask is off by one: each token sees the next one, too, and that is the answer it should predict.",
)
def fused_leak(self, x):
    def ban(scores, tril):
        return scores.masked_fill(torch.ones_like(tril).tril(1) == 0, float("-inf"))

    return _fused_inline(self, x, ban=ban)


# 08.07 layer_norm


def _normed(self, centred, spread):
    out = centred / spread * self.weight
    return out if self.bias is None else out + self.bias


def _variance(centred):
    return (centred * centred).mean(dim=-1, keepdim=True)


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="Your variance divides by C - 1, as torch.var does unless told otherwise. LayerNorm divides by C; with many "
    "channels you would hardly notice, with one it is 0 / 0.",
)
def unbiased(self, x):
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = (centred * centred).sum(dim=-1, keepdim=True) / (x.shape[-1] - 1)
    return _normed(self, centred, torch.sqrt(variance + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="eps is added to the standard deviation. It belongs to the variance, under the root: outside it changes small "
    "spreads a lot more or less than it should, and a root of 0 has no slope.",
)
def eps_outside(self, x):
    centred = x - x.mean(dim=-1, keepdim=True)
    return _normed(self, centred, torch.sqrt(_variance(centred)) + self.eps)


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="You normalised along another axis than the channels. LayerNorm looks at one token and nothing else; yours "
    "lets tokens know of each other.",
)
def norm_wrong_axis(self, x):
    axis = max(0, x.ndim - 2)
    centred = x - x.mean(dim=axis, keepdim=True)
    return _normed(self, centred, torch.sqrt((centred * centred).mean(dim=axis, keepdim=True) + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="The mean lost its axis: (B, T) does not line up with (B, T, C), and where the sizes happen to agree it "
    "broadcasts along the wrong axis without a word.",
)
def keepdim_missing(self, x):
    centred = x - x.mean(dim=-1)
    return _normed(self, centred, torch.sqrt((centred * centred).mean(dim=-1) + self.eps))


@misconception(
    "layer_norm",
    says="The gain needs no gradient, so it stays 1 for ever. It is there to be learned.",
)
class gain_not_learned(LayerNorm):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__(ndim, eps, bias)
        self.weight.requires_grad_(False)


@misconception(
    "layer_norm",
    says="You keep running averages and use them in eval mode. That is BatchNorm's way; LayerNorm has nothing to "
    "remember and does the same in training and in use.",
)
class batch_stats(LayerNorm):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__(ndim, eps, bias)
        self.register_buffer("running_mean", torch.zeros(1))
        self.register_buffer("running_var", torch.ones(1))

    def forward(self, x):
        if not self.training:
            return _normed(self, x - self.running_mean, torch.sqrt(self.running_var + self.eps))
        centred = x - x.mean(dim=-1, keepdim=True)
        with torch.no_grad():
            self.running_mean.mul_(0.9).add_(0.1 * x.mean())
            self.running_var.mul_(0.9).add_(0.1 * _variance(centred).mean())
        return _normed(self, centred, torch.sqrt(_variance(centred) + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="mean of squares minus square of the mean: right on paper. Where the mean is large, both are large and nearly "
    "equal, and float32 has no digits left for their difference.",
)
def one_pass_variance(self, x):
    mean = x.mean(dim=-1, keepdim=True)
    variance = ((x * x).mean(dim=-1, keepdim=True) - mean * mean).clamp(min=0)
    return _normed(self, x - mean, torch.sqrt(variance + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="The mean is not subtracted. You divide by the root mean square; that is RMSNorm, a younger relative.",
)
def rms_norm(self, x):
    return _normed(self, x, torch.sqrt(_variance(x) + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="eps is 1e-6 here, whatever the layer was made with. Where nothing is said, it is 1e-5.",
)
def eps_fixed(self, x):
    centred = x - x.mean(dim=-1, keepdim=True)
    return _normed(self, centred, torch.sqrt(_variance(centred) + 1e-6))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="Mean and variance are cut out of the graph. They depend on x as well, and their share of the gradient is "
    "missing.",
)
def detached_statistics(self, x):
    centred = x - x.mean(dim=-1, keepdim=True).detach()
    return _normed(self, centred, torch.sqrt(_variance(centred).detach() + self.eps))


@misconception(
    "layer_norm",
    replaces="LayerNorm.forward",
    says="Two slips at once: the variance is divided by C - 1, and eps is added to the standard deviation instead of "
    "the variance. x.std() + eps does both.",
)
def std_plus_eps(self, x):
    centred = x - x.mean(dim=-1, keepdim=True)
    spread = torch.sqrt((centred * centred).sum(dim=-1, keepdim=True) / (x.shape[-1] - 1))
    return _normed(self, centred, spread + self.eps)


# 08.08 feed_forward


def _activated(self, hidden):
    if self.act == "relu":
        return hidden.relu()
    return hidden / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (hidden + 0.044715 * hidden**3)))


@misconception(
    "feed_forward",
    says="The middle is as narrow as the ends. It is four times as wide: that is where the room to think is.",
)
class no_expand(FeedForward):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__(n_embd, dropout, act, bias)
        self.c_fc = nn.Linear(n_embd, n_embd, bias=bias)
        self.c_proj = nn.Linear(n_embd, n_embd, bias=bias)


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="The activation comes last. Two linear layers in a row are one linear layer, and what is left after a relu "
    "can only add to the stream, never take away.",
)
def act_last(self, x):
    return self.dropout(_activated(self, self.c_proj(self.c_fc(x))))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="Tokens look at each other here. To communicate is attention's job; this part thinks about each token on its "
    "own.",
)
def mixes_time(self, x):
    hidden = self.c_fc(x)
    hidden = hidden + hidden.mean(dim=1, keepdim=True)
    return self.dropout(self.c_proj(_activated(self, hidden)))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="This is the exact gelu, with the error function. GPT-2 uses the approximation with tanh, and its weights "
    "grew up with that one.",
)
def gelu_with_erf(self, x):
    hidden = self.c_fc(x)
    exact = hidden / 2 * (1 + torch.erf(hidden / math.sqrt(2)))
    return self.dropout(self.c_proj(hidden.relu() if self.act == "relu" else exact))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="x * sigmoid(1.702 x) is another approximation of gelu, a cruder one. The text gives the one with tanh.",
)
def gelu_with_sigmoid(self, x):
    hidden = self.c_fc(x)
    quick = hidden * torch.sigmoid(1.702 * hidden)
    return self.dropout(self.c_proj(hidden.relu() if self.act == "relu" else quick))


@misconception(
    "feed_forward",
    says="A misspelt activation is taken without a word. The model will then train with whatever it became.",
    symptom=True,
)
class any_act(FeedForward):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__(n_embd, dropout, "relu" if act == "relu" else "gelu_tanh", bias)


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="Dropout hits the middle, not the output.",
)
def dropout_in_the_middle(self, x):
    return self.c_proj(self.dropout(_activated(self, self.c_fc(x))))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="act is not looked at: it is gelu_tanh, always.",
)
def gelu_always(self, x):
    hidden = self.c_fc(x)
    inner = math.sqrt(2 / math.pi) * (hidden + 0.044715 * hidden**3)
    return self.dropout(self.c_proj(hidden / 2 * (1 + torch.tanh(inner))))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="There is nothing between the two layers. Without an activation two linear layers are one linear layer.",
)
def no_activation(self, x):
    return self.dropout(self.c_proj(self.c_fc(x)))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="The gate of gelu has lost its x^3: what goes into tanh is sqrt(2 / pi) * (x + 0.044715 * x^3).",
)
def gelu_without_the_cube(self, x):
    hidden = self.c_fc(x)
    gate = hidden / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * hidden))
    return self.dropout(self.c_proj(hidden.relu() if self.act == "relu" else gate))


@misconception(
    "feed_forward",
    replaces="FeedForward.forward",
    says="act is not looked at: it is relu, always. That is the lecture's activation; here gelu_tanh is the one by "
    "default.",
)
def relu_always(self, x):
    return self.dropout(self.c_proj(self.c_fc(x).relu()))


# 08.10 block


@misconception(
    "block",
    replaces="Block.forward",
    says="The LayerNorm stands on the stream, after the sum. That is how the first transformers did it; in GPT-2 it "
    "stands on the branch, before each part, and nothing touches the stream.",
)
def post_norm(self, x):
    x = self.ln_1(x + self.attn(x))
    return self.ln_2(x + self.mlp(x))


@misconception(
    "block",
    replaces="Block.forward",
    says="Each part replaces the stream instead of adding to it. The short cut for the gradient is gone: in a deep "
    "model hardly any of it arrives at the bottom.",
)
def no_residual(self, x):
    return self.mlp(self.ln_2(self.attn(self.ln_1(x))))


@misconception(
    "block",
    says="One LayerNorm does both jobs. Attention and feed-forward each have their own gain and shift.",
)
class shared_ln(Block):
    def __init__(self, config):
        super().__init__(config)
        self.ln_2 = self.ln_1


@misconception(
    "block",
    replaces="Block.forward",
    says="You add to the normalised x. What goes on up the stream is then the normalised one, and the short cut is "
    "broken in every block.",
)
def residual_of_normed(self, x):
    normed = self.ln_1(x)
    x = normed + self.attn(normed)
    normed = self.ln_2(x)
    return normed + self.mlp(normed)


@misconception(
    "block",
    replaces="Block.forward",
    says="The feed-forward reads the x from before attention. First the tokens talk, then each thinks about what it "
    "has just heard.",
)
def side_by_side(self, x):
    return x + self.attn(self.ln_1(x)) + self.mlp(self.ln_2(x))


@misconception(
    "block",
    replaces="Block.forward",
    says="First the feed-forward, then attention: the order is the other way round.",
)
def thinks_first(self, x):
    x = x + self.mlp(self.ln_2(x))
    return x + self.attn(self.ln_1(x))


@misconception(
    "block",
    replaces="Block.forward",
    says="Attention reads x as it is. Each part reads the stream through its LayerNorm.",
)
def attention_without_norm(self, x):
    x = x + self.attn(x)
    return x + self.mlp(self.ln_2(x))


@misconception(
    "block",
    says="The feed-forward does not know what config says: it has its own activation, its own dropout and always a "
    "bias.",
)
class mlp_by_default(Block):
    def __init__(self, config):
        super().__init__(config)
        self.mlp = FeedForward(config.n_embd)


@misconception(
    "block",
    replaces="Block.forward",
    says="The second sum starts from the block's input. What attention wrote is read by the feed-forward, and then "
    "thrown away: it must stay in the stream.",
)
def second_sum_from_the_input(self, x):
    return x + self.mlp(self.ln_2(x + self.attn(self.ln_1(x))))


@misconception(
    "block",
    replaces="Block.forward",
    says="The feed-forward reads x as it is. Each part reads the stream through its LayerNorm.",
)
def mlp_without_norm(self, x):
    x = x + self.attn(self.ln_1(x))
    return x + self.mlp(x)


# 08.11 gpt


def _checked(self, idx):
    if idx.dtype != torch.int64:
        raise TypeError("ids are int64")
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")


def _scored(self, x, targets, norm=True):
    for block in self.blocks:
        x = block(x)
    logits = self.lm_head(self.ln_f(x) if norm else x)
    return logits, None if targets is None else cross_entropy(logits.flatten(0, 1), targets.flatten())


def _places(idx, start=0):
    return torch.arange(start, start + idx.shape[1], device=idx.device)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The position embedding is missing. Attention is an average, and an average does not know in which order "
    "things came.",
)
def no_pos(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx)), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="You looked up positions by token id. The place of a token is 0, 1, 2 and so on, whatever the token is.",
)
def pos_of_token(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(idx)), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Your places begin at 1. The first row of the table is never used, and in a full window the last place has "
    "none.",
)
def pos_from_1(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx, 1))), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The last LayerNorm is not applied. The stream has grown with every block, and lm_head reads it through ln_f.",
)
def no_final_ln(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets, norm=False)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The loss takes a flat list of predictions, one row of scores and one target each. You gave it sequences; B "
    "and T have to become one axis first.",
)
def loss_no_flatten(self, idx, targets=None):
    _checked(self, idx)
    logits, _ = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), None)
    return logits, None if targets is None else cross_entropy(logits, targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The targets are shifted a second time. get_batch has done it: targets[t] is what follows idx[t] already.",
)
def targets_shifted_twice(self, idx, targets=None):
    _checked(self, idx)
    logits, _ = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), None)
    if targets is None:
        return logits, None
    return logits, cross_entropy(logits[:, :-1].flatten(0, 1), targets[:, 1:].flatten())


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Your places are floats. They are row numbers of a table, so they must be integers.",
)
def pos_float(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx).float())), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Your places are made on the CPU, wherever the ids are. It works on this machine and fails on the first GPU.",
)
def pos_on_the_cpu(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(torch.arange(idx.shape[1]))), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Ignored targets count in the mean: you add up nothing for them, but you divide by all B * T.",
)
def ignored_in_the_mean(self, idx, targets=None):
    _checked(self, idx)
    logits, loss = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets)
    return logits, None if targets is None else loss * (targets != IGNORE).double().mean().to(loss.dtype)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="A target of -1 is taken for a token, the last one of the vocabulary, as Python counts from the end. It "
    "means: do not count this place.",
)
def ignored_is_a_token(self, idx, targets=None):
    _checked(self, idx)
    logits, _ = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), None)
    if targets is None:
        return logits, None
    return logits, cross_entropy(logits.flatten(0, 1), targets.flatten() % self.config.vocab_size)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="The sum of the two embeddings goes into the first block without dropout.",
)
def no_embedding_dropout(self, idx, targets=None):
    _checked(self, idx)
    return _scored(self, self.wte(idx) + self.wpe(_places(idx)), targets)


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="There is a loss for each prediction, but the model returns their sum. A mean does not grow with the batch, "
    "and neither should the gradient.",
)
def summed_loss(self, idx, targets=None):
    _checked(self, idx)
    logits, loss = _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets)
    return logits, None if targets is None else loss * (targets != IGNORE).sum()


@misconception(
    "gpt",
    replaces="GPT.forward",
    says="Ids of any dtype are let in. Floats fail somewhere deep inside, where nobody knows why; say it at the door.",
    symptom=True,
)
def any_dtype(self, idx, targets=None):
    if idx.shape[1] > self.config.block_size:
        raise ValueError("too long")
    return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets)


@misconception(
    "gpt",
    says="init_weights was never run. torch's own start makes a model that is sure of itself before it has seen "
    "anything, and its first loss is well above ln V.",
)
class default_init(GPT):
    def __init__(self, config):
        super().__init__(config)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                module.reset_parameters()


@misconception(
    "gpt",
    says="lm_head and wte share one tensor. GPT-2 does that, and so will you in a later unit; here lm_head has a "
    "weight of its own.",
)
class tied_head(GPT):
    def __init__(self, config):
        super().__init__(config)
        self.lm_head.weight = self.wte.weight


@misconception(
    "gpt",
    says="There is one set of weights for all layers. Each of the n_layer blocks has weights of its own.",
    symptom=True,
)
class one_block_repeated(GPT):
    def __init__(self, config):
        super().__init__(config)
        self.blocks = nn.ModuleList([self.blocks[0]] * config.n_layer)


@misconception(
    "gpt",
    says="lm_head has a bias. Here it has none: the norm in front of it has a shift already.",
)
class lm_head_with_bias(GPT):
    def __init__(self, config):
        super().__init__(config)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size)
        self.lm_head.apply(init_weights)


@misconception(
    "gpt",
    says="A text longer than block_size is refused by an error of torch's own. Say it at the door, in the model's "
    "words.",
    symptom=True,
)
class gpt_any_length(GPT):
    def forward(self, idx, targets=None):
        if idx.dtype != torch.int64:
            raise TypeError("ids are int64")
        return _scored(self, self.dropout(self.wte(idx) + self.wpe(_places(idx))), targets)


# 08.12 sample_logits


def _filtered(logits, top_k):
    if top_k is None:
        return logits
    if top_k < 1:
        raise ValueError("top_k")
    threshold = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
    return logits.masked_fill(logits < threshold, float("-inf"))


def _greedy(logits):
    return torch.zeros_like(logits).scatter(-1, logits.argmax(dim=-1, keepdim=True), 1.0)


def _hot(temperature):
    if temperature < 0:
        raise ValueError("temperature")


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="You multiplied by the temperature. Heat evens things out: a high temperature makes the differences between "
    "the scores smaller, not larger.",
)
def temp_multiply(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    return _greedy(logits) if temperature == 0 else (_filtered(logits, top_k) * temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="You cut the probabilities and left it at that. What remains sums to less than one; torch.multinomial puts up "
    "with it, but these are no probabilities any more.",
)
def topk_on_probs_no_renorm(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    kept = _filtered(logits, top_k)
    if temperature == 0:
        return _greedy(logits)
    return (logits / temperature).softmax(dim=-1).masked_fill(kept == float("-inf"), 0.0)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="You keep exactly k tokens. Where several tie with the k-th best, which of them stays is an accident; the "
    "contract keeps all of them.",
)
def topk_ge(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    _filtered(logits, top_k)
    if top_k is not None:
        values, places = logits.topk(min(top_k, logits.shape[-1]))
        logits = torch.full_like(logits, float("-inf")).scatter(-1, places, values)
    return (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="With top_k the caller's own scores are changed. They are gone for whoever needs them next.",
    symptom=True,
)
def inplace(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    logits[_filtered(logits, top_k) == float("-inf")] = float("-inf")
    return (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="The softmax runs across the batch. Each row is one sequence with its own distribution over the vocabulary.",
)
def softmax_dim0(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    return _greedy(logits) if temperature == 0 else (_filtered(logits, top_k) / temperature).softmax(dim=0)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="At temperature 0 out comes nan: dividing by zero leads there. The limit is known: everything on the best "
    "token.",
    symptom=True,
)
def zero_divides(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    return (_filtered(logits, top_k) / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="A top_k larger than the vocabulary fails. There is nothing to cut away then: all tokens stay.",
    symptom=True,
)
def topk_beyond_v(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    if top_k is not None:
        _filtered(logits, top_k)
        logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], float("-inf"))
    return (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="One threshold serves the whole batch. The k-th best score is another one in each row.",
)
def threshold_of_row_0(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    if top_k is not None:
        _filtered(logits, top_k)
        threshold = logits[0].topk(min(top_k, logits.shape[-1])).values[-1]
        logits = logits.masked_fill(logits < threshold, float("-inf"))
    return (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="A negative temperature, or a top_k of 0, goes through without a word, and what comes out has no meaning.",
    symptom=True,
)
def nothing_refused(logits, temperature=1.0, top_k=None):
    if temperature == 0:
        return _greedy(logits)
    return (_filtered(logits, max(1, top_k) if top_k is not None else None) / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sample_logits",
    says="You always take the favourite. The probabilities are there to be drawn from; greedy text runs in circles.",
)
def takes_the_best(logits, temperature=1.0, top_k=None, generator=None):
    return sampling_probs(logits, temperature, top_k).argmax(dim=-1, keepdim=True)


@misconception(
    "sample_logits",
    replaces="sample_logits",
    says="The result is a flat list of ids. It has one column, (B, 1), so that it can be joined to the text.",
    symptom=True,
)
def flat_ids(logits, temperature=1.0, top_k=None, generator=None):
    return torch.multinomial(sampling_probs(logits, temperature, top_k), 1, generator=generator)[:, 0]


@misconception(
    "sample_logits",
    replaces="sample_logits",
    says="The generator that you were given is not used: the token comes from torch's global one.",
)
def sample_ignores_generator(logits, temperature=1.0, top_k=None, generator=None):
    return torch.multinomial(sampling_probs(logits, temperature, top_k), 1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="The temperature is not used: the probabilities are those of temperature 1, whatever is asked for.",
)
def temperature_ignored(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    return _greedy(logits) if temperature == 0 else _filtered(logits, top_k).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="top_k is not used: all tokens take part, the long tail as well.",
)
def topk_ignored(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    _filtered(logits, top_k)
    return _greedy(logits) if temperature == 0 else (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="Without top_k the caller's own scores are changed. Where there is nothing to filter, the tensor at hand is "
    "still the one that was passed in.",
    symptom=True,
)
def inplace_without_topk(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    logits = _filtered(logits, top_k)
    logits /= temperature
    return logits.softmax(dim=-1)


# 08.13 generate


def _written(model, idx, count, pick, window, *, evaluating=True):
    """Write as the solution does, but for the window and for how a token is picked."""
    before = model.training
    if evaluating:
        model.eval()
    try:
        with torch.no_grad():
            for _ in range(count):
                logits, _ = model(window(idx, model.config.block_size))
                idx = torch.cat([idx, pick(logits)], dim=1)
        return idx
    finally:
        model.train(before)


def _last(idx, size):
    return idx[:, -size:]


@misconception(
    "generate",
    replaces="generate",
    says="The whole text goes into the model. From block_size tokens on it is longer than anything the model has "
    "places for.",
)
def no_crop(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(
        model,
        idx,
        max_new_tokens,
        lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator),
        lambda idx, _: idx,
    )


@misconception(
    "generate",
    replaces="generate",
    says="You keep the oldest block_size tokens. The model then sees the same text for ever; what counts is the end.",
)
def crop_head(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(
        model,
        idx,
        max_new_tokens,
        lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator),
        lambda idx, size: idx[:, :size],
    )


@misconception(
    "generate",
    replaces="generate",
    says="You read the scores at the first place. They are about the second token; the scores about the next one stand "
    "at the last place.",
)
def first_logit(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(
        model, idx, max_new_tokens, lambda logits: sample_logits(logits[:, 0], temperature, top_k, generator), _last
    )


@misconception(
    "generate",
    replaces="generate",
    says="You always append the favourite. temperature, top_k and generator ask for a draw.",
)
def argmax_only(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(model, idx, max_new_tokens, lambda logits: logits[:, -1].argmax(dim=-1, keepdim=True), _last)


@misconception(
    "generate",
    replaces="generate",
    says="The model stays in eval mode. The rest of its training runs without dropout, and nothing ever says so.",
    symptom=True,
)
def stays_in_eval(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    model.eval()
    return _written(
        model, idx, max_new_tokens, lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator), _last
    )


@misconception(
    "generate",
    replaces="generate",
    says="Afterwards the model is in training mode, whatever it was before. Somebody may have brought it in eval mode.",
    symptom=True,
)
def always_back_to_training(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    model.train()
    return _written_after_eval(model, idx, max_new_tokens, temperature, top_k, generator)


def _written_after_eval(model, idx, count, temperature, top_k, generator):
    return _written(
        model, idx, count, lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator), _last
    )


@misconception(
    "generate",
    replaces="generate",
    says="Where the model raises an error, the mode is not put back. A line further down is never reached then.",
    symptom=True,
)
def not_restored_after_error(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    before = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = model(idx[:, -model.config.block_size :])
            idx = torch.cat([idx, sample_logits(logits[:, -1], temperature, top_k, generator)], dim=1)
    model.train(before)
    return idx


@misconception(
    "generate",
    replaces="generate",
    says="The model is in training mode while you write, so dropout is active.",
    symptom=True,
)
def writes_in_training_mode(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(
        model,
        idx,
        max_new_tokens,
        lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator),
        _last,
        evaluating=False,
    )


@misconception(
    "generate",
    replaces="generate",
    says="Gradients are on while you write. A graph is built for every token and kept for nothing.",
    symptom=True,
)
def writes_with_gradients(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    before = model.training
    model.eval()
    try:
        for _ in range(max_new_tokens):
            logits, _ = model(idx[:, -model.config.block_size :])
            idx = torch.cat([idx, sample_logits(logits[:, -1], temperature, top_k, generator)], dim=1)
        return idx
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="generate",
    says="You return the new tokens alone. The result begins with the text that you were given.",
)
def prompt_lost(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written_after_eval(model, idx, max_new_tokens, temperature, top_k, generator)[:, idx.shape[1] :]


@misconception(
    "generate",
    replaces="generate",
    says="What you return is cut to block_size as well. Only what goes into the model is; the text keeps growing.",
)
def text_cropped(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    size = model.config.block_size
    out = _written_after_eval(model, idx, max_new_tokens, temperature, top_k, generator)
    return out[:, -size:] if max_new_tokens else out


def _losses(model, get_batch_fn, iters):
    with torch.no_grad():
        return [float(model(*get_batch_fn())[1]) for _ in range(iters)]


@misconception(
    "generate",
    replaces="estimate_loss",
    says="You measure in training mode. Dropout makes the loss noisy, and higher than it is.",
)
def eval_with_dropout(model, get_batch_fn, iters):
    return sum(_losses(model, get_batch_fn, iters)) / iters


@misconception(
    "generate",
    replaces="estimate_loss",
    says="After measuring the model stays in eval mode, and goes on training without dropout.",
    symptom=True,
)
def measured_and_left_in_eval(model, get_batch_fn, iters):
    model.eval()
    return sum(_losses(model, get_batch_fn, iters)) / iters


@misconception(
    "generate",
    replaces="estimate_loss",
    says="Only the last batch counts in your result. The point is to average over several.",
)
def last_batch_only(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    try:
        return _losses(model, get_batch_fn, iters)[-1]
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="You draw one batch and measure it again and again. That is the loss of one batch, however often you look.",
)
def same_batch_again(model, get_batch_fn, iters):
    before, batch = model.training, get_batch_fn()
    model.eval()
    try:
        return sum(_losses(model, lambda: batch, iters)) / iters
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="The losses are added up, not averaged.",
)
def sum_of_losses(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    try:
        return sum(_losses(model, get_batch_fn, iters))
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="The result is a tensor, not a number. A list of such losses keeps tensors alive for as long as you keep the "
    "list.",
    symptom=True,
)
def loss_stays_a_tensor(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    try:
        with torch.no_grad():
            return torch.stack([model(*get_batch_fn())[1] for _ in range(iters)]).mean()
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="Gradients are on while you measure: each batch builds a graph that nobody will ever use.",
    symptom=True,
)
def measures_with_gradients(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    try:
        return sum(float(model(*get_batch_fn())[1]) for _ in range(iters)) / iters
    finally:
        model.train(before)


def _heated(model, idx, count, heats, top_k, generator):
    """Write with another temperature at each token."""
    heats = iter(heats)
    return _written(
        model, idx, count, lambda logits: sample_logits(logits[:, -1], next(heats), top_k, generator), _last
    )


@misconception(
    "generate",
    replaces="generate",
    says="The temperature is applied anew at each token on top of the last one: 0.5, then 0.25, then 0.125. It is the "
    "same for all tokens.",
)
def heats_up(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    heats = [temperature]
    for _ in range(max_new_tokens):
        heats.append(heats[-1] * temperature)
    return _heated(model, idx, max_new_tokens, heats, top_k, generator)


@misconception(
    "generate",
    replaces="generate",
    says="The temperature is there for the first new token only; all later ones are drawn as with 1.",
)
def hot_at_first(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _heated(model, idx, max_new_tokens, [temperature] + [1.0] * max_new_tokens, top_k, generator)


@misconception(
    "generate",
    replaces="generate",
    says="temperature and top_k are not passed on: tokens are drawn as if nothing had been asked for.",
)
def options_not_passed_on(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written_after_eval(model, idx, max_new_tokens, 1.0, None, generator)


@misconception(
    "generate",
    replaces="generate",
    says="The generator that you were given is not passed on: the tokens come from torch's global one.",
)
def text_ignores_generator(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written_after_eval(model, idx, max_new_tokens, temperature, top_k, None)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="After measuring the model is in training mode, whatever it was before. Somebody may have brought it in eval "
    "mode.",
    symptom=True,
)
def measured_and_set_to_training(model, get_batch_fn, iters):
    model.eval()
    try:
        return sum(_losses(model, get_batch_fn, iters)) / iters
    finally:
        model.train()


@misconception(
    "generate",
    replaces="estimate_loss",
    says="Where the model raises an error while you measure, the mode is not put back. A line further down is never "
    "reached then.",
    symptom=True,
)
def measured_without_finally(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    loss = sum(_losses(model, get_batch_fn, iters)) / iters
    model.train(before)
    return loss


# 08.14 induction_task


def _halves(batch_size, length, vocab_size, generator):
    if length % 2:
        raise ValueError("odd")
    return torch.randint(vocab_size, (batch_size, length // 2), generator=generator)


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="Targets in the first half count as well. Nobody can predict those: the loss cannot fall far, and the noise "
    "drowns what you want to see.",
)
def targets_all(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    y = x.roll(-1, dims=1)
    y[:, -1] = IGNORE
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="Your target is the token itself, which the model has in front of it. It should be the one that comes next.",
)
def leak(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    y = x.clone()
    y[:, : length // 2] = IGNORE
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The first target that counts is missing: the last place of the first half predicts the first token of the "
    "second half, and that one is known.",
)
def first_target_missing(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 : -1] = half[:, 1:]
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The last place has a target, taken from the beginning. Nothing follows the last token.",
)
def last_target_wraps(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    y = x.roll(-1, dims=1)
    y[:, : length // 2 - 1] = IGNORE
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The second half is new noise instead of a copy. There is nothing to be learned from it.",
)
def second_half_is_new(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, _halves(batch_size, length, vocab_size, generator)], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 - 1 : -1] = x[:, length // 2 :]
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The second half runs backwards. It repeats the first, in the same order.",
)
def second_half_reversed(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half.flip(1)], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 - 1 : -1] = half.flip(1)
    return x, y


def _pattern(model, idx, layer, head, *, norm=True, columns=None, finish=None, evaluating=True):
    """Compute the pattern as the solution does, but for one step."""
    before = model.training
    model.train(model.training and not evaluating)
    try:
        with torch.no_grad():
            x = model.dropout(model.wte(idx) + model.wpe(torch.arange(idx.shape[1], device=idx.device)))
            *below, block = list(model.blocks)[: layer + 1]
            for lower in below:
                x = lower(x)
            C, size = model.config.n_embd, model.config.n_embd // model.config.n_head
            q, k, _ = block.attn.c_attn(block.ln_1(x) if norm else x).split(C, dim=-1)
            chosen = columns(model) if columns else slice(head * size, (head + 1) * size)
            scores = q[..., chosen] @ k[..., chosen].transpose(-2, -1) / math.sqrt(size)
            past = torch.ones(scores.shape[-2:], dtype=torch.bool, device=x.device).tril()
            return (finish or _soft)(scores, past)
    finally:
        model.train(before)


def _soft(scores, past):
    return scores.masked_fill(~past, float("-inf")).softmax(dim=-1)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="You return the scores. The weights are what the softmax makes of them: rows of shares that sum to one.",
)
def scores_returned(model, idx, layer, head):
    return _pattern(model, idx, layer, head, finish=lambda scores, past: scores.masked_fill(~past, float("-inf")))


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="The causal mask is missing in your pattern. It shows looks into the future that the model cannot take.",
)
def pattern_unmasked(model, idx, layer, head):
    return _pattern(model, idx, layer, head, finish=lambda scores, _: scores.softmax(dim=-1))


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="Your queries and keys are made from the stream as it is. In the model attention reads it through ln_1.",
)
def pattern_without_norm(model, idx, layer, head):
    return _pattern(model, idx, layer, head, norm=False)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="You return the average over all heads. Each of them asks a question of its own, and the mean shows none.",
)
def pattern_of_all_heads(model, idx, layer, head):
    heads = [_pattern(model, idx, layer, one) for one in range(model.config.n_head)]
    return torch.stack(heads).mean(dim=0)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="A head's channels are neighbours: the first head has the first hs of them. You took every H-th.",
)
def pattern_strided(model, idx, layer, head):
    return _pattern(model, idx, layer, head, columns=lambda model: slice(head, None, model.config.n_head))


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="layer is not looked at: the pattern is always that of the first block.",
)
def pattern_of_layer_0(model, idx, layer, head):
    return _pattern(model, idx, 0, head)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="Dropout is on while you look. What you see is a random part of the pattern, another one each time.",
)
def pattern_with_dropout(model, idx, layer, head):
    return _pattern(model, idx, layer, head, evaluating=False)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="After a look at its attention the model stays in eval mode. If it was being trained, it goes on without "
    "dropout.",
    symptom=True,
)
def pattern_left_in_eval(model, idx, layer, head):
    model.eval()
    return _pattern(model, idx, layer, head)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="head is not looked at: the pattern is always that of the first head.",
)
def pattern_of_head_0(model, idx, layer, head):
    return _pattern(model, idx, layer, 0)


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The generator that you were given is not used: the tokens come from torch's global one.",
)
def copy_ignores_generator(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, None)
    x = torch.cat([half, half], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 - 1 : -1] = half
    return x, y
