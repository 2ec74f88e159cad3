"""Wrong answers to u08.head, each with its cause in words, run in the solution's namespace."""

from grader import misconception


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


@misconception(
    "head",
    says="A token does not see itself: only what comes before it. Place t looks at the places 0 to t, itself included.",
)
class head_not_itself(Head):
    def forward(self, x):
        def ban(scores, tril):
            past = tril.tril(-1)
            past[0, 0] = 1
            return scores.masked_fill(past == 0, float("-inf"))

        return _inline(self, x, ban=ban)
