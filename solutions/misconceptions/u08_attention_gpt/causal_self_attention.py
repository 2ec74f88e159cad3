"""Wrong answers to u08.causal_self_attention, each with its cause in words, run in the solution's namespace."""

from grader import misconception


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
