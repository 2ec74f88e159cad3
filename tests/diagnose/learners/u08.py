# Wrong answers to unit 08, each as somebody may type it on the way through the lecture. They stand below the lecture's
# program (solutions/bases), one at a time.

# %% get_batch: the targets are the inputs plus one
# said: u08.y_is_x_plus_1
def get_batch(data, block_size, batch_size, generator=None):
    ix = torch.randint(len(data) - block_size, (batch_size,), generator=generator)
    x = torch.stack([data[i : i + block_size] for i in ix])
    return x, x + 1


# %% get_batch: the targets are two places on
# said: u08.two_places_on
def get_batch(data, block_size, batch_size, generator=None):
    ix = torch.randint(len(data) - block_size - 1, (batch_size,), generator=generator)
    x = torch.stack([data[i : i + block_size] for i in ix])
    y = torch.stack([data[i + 2 : i + block_size + 2] for i in ix])
    return x, y


# %% get_batch: one start for the whole batch
# said: u08.one_start
def get_batch(data, block_size, batch_size, generator=None):
    i = int(torch.randint(len(data) - block_size, (1,), generator=generator))
    x = data[i : i + block_size].repeat(batch_size, 1)
    y = data[i + 1 : i + block_size + 1].repeat(batch_size, 1)
    return x, y


# %% causal_average: the token itself is left out
# said: causal_average_loop(x): x[:, 4] makes no difference to yours, and it should.
def causal_average_loop(x):
    B, T, C = x.shape
    out = torch.zeros_like(x)
    for b in range(B):
        for t in range(T):
            out[b, t] = x[b, : max(t, 1)].mean(0)
    return out


# %% causal_average: the upper triangle
# said: causal_average_matmul(x): x[:, 4] makes a difference to [:, 0] of yours, and it should not. Place 0 sees place 4, which comes later. Place 4 does not see place 0, and should: it is the wrong way round.
def causal_average_matmul(x):
    T = x.shape[1]
    wei = torch.triu(torch.ones(T, T, dtype=x.dtype))
    wei = wei / wei.sum(1, keepdim=True)
    return wei @ x


# %% causal_average: the columns sum to one, not the rows
# said: u08.average_wrong_axis
def causal_average_softmax(x):
    T = x.shape[1]
    tril = torch.tril(torch.ones(T, T))
    wei = torch.zeros((T, T), dtype=x.dtype).masked_fill(tril == 0, float("-inf"))
    return wei.softmax(dim=0) @ x


# %% scaled_dot_product_attention: times the root of d
# said: attention(q, k, v): yours is what is right for N times k, where N is the size of axis 2 of k.
def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    wei = q @ k.transpose(-2, -1) * q.shape[-1] ** 0.5
    if is_causal:
        tril = torch.ones(wei.shape[-2:], dtype=torch.bool).tril()
        mask = tril if mask is None else mask & tril
    if mask is not None:
        wei = wei.masked_fill(~mask, float("-inf"))
    wei = wei.softmax(-1)
    return (dropout(wei) if dropout else wei) @ v


# %% scaled_dot_product_attention: over the root of the number of tokens
# said: attention(q, k, v): yours is what is right for the root of N / M times k, where N is the size of axis 2 of k, and M is the size of axis 1 of k.
def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    wei = q @ k.transpose(-2, -1) * k.shape[-2] ** -0.5
    if is_causal:
        tril = torch.ones(wei.shape[-2:], dtype=torch.bool).tril()
        mask = tril if mask is None else mask & tril
    if mask is not None:
        wei = wei.masked_fill(~mask, float("-inf"))
    wei = wei.softmax(-1)
    return (dropout(wei) if dropout else wei) @ v


# %% scaled_dot_product_attention: the mask is put on the weights, and nothing makes them sum to one again
# said: u08.mask_after
def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    wei = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
    if is_causal:
        tril = torch.ones(wei.shape[-2:], dtype=torch.bool).tril()
        mask = tril if mask is None else mask & tril
    if mask is not None:
        wei = wei.masked_fill(~mask, 0.0)
    return (dropout(wei) if dropout else wei) @ v


# %% scaled_dot_product_attention: over d, and the softmax runs over the queries
# said: attention(q, k, v): q[:, 3] makes a difference to [:, 0] of yours, and it should not. Place 0 sees place 3, which comes later.
def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    wei = q @ k.transpose(-2, -1) / q.shape[-1]
    if is_causal:
        tril = torch.ones(wei.shape[-2:], dtype=torch.bool).tril()
        mask = tril if mask is None else mask & tril
    if mask is not None:
        wei = wei.masked_fill(~mask, float("-inf"))
    wei = wei.softmax(-2)
    return (dropout(wei) if dropout else wei) @ v


# %% scaled_dot_product_attention: a mask stands in the way of is_causal
# said: causal attention with a mask: a change of is_causal makes no difference to yours, and it should.
def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    wei = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if is_causal and mask is None:
        mask = torch.ones(wei.shape[-2:], dtype=torch.bool).tril()
    if mask is not None:
        wei = wei.masked_fill(~mask, float("-inf"))
    wei = wei.softmax(-1)
    return (dropout(wei) if dropout else wei) @ v


# %% dropout: times 1 - p, and not over it
# said: u08.scaled_down
class Dropout(nn.Module):
    def __init__(self, p, generator=None):
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x):
        if not self.training:
            return x
        mask = torch.rand(x.shape, generator=self.generator) > self.p
        return x * mask * (1 - self.p)


# %% dropout: p is the share that stays
class Dropout(nn.Module):
    def __init__(self, p, generator=None):
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x):
        if not self.training:
            return x
        mask = torch.rand(x.shape, generator=self.generator) < self.p
        return x * mask / max(self.p, 1e-9)


# %% dropout: whole rows are dropped
# said: u08.drops_whole_rows
class Dropout(nn.Module):
    def __init__(self, p, generator=None):
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        mask = torch.rand(x.shape[:-1] + (1,), generator=self.generator) >= self.p
        return x * mask / (1 - self.p) if self.p < 1 else x * 0.0


# %% head: the scale is that of the model's width
# said: u08.scale_C
class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))
        self.dropout = Dropout(dropout)

    def forward(self, x):
        B, T, C = x.shape
        k, q, v = self.key(x), self.query(x), self.value(x)
        wei = q @ k.transpose(-2, -1) * C**-0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        return self.dropout(wei.softmax(-1)) @ v


# %% head: a token does not see itself, but for the first
# said: u08.head_not_itself
class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size), -1))
        self.tril[0, 0] = 1
        self.dropout = Dropout(dropout)

    def forward(self, x):
        T = x.shape[1]
        k, q, v = self.key(x), self.query(x), self.value(x)
        wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        return self.dropout(wei.softmax(-1)) @ v


# %% head: queries and keys have changed places
# said: u08.head_key_looks
class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))
        self.dropout = Dropout(dropout)

    def forward(self, x):
        T = x.shape[1]
        k, q, v = self.key(x), self.query(x), self.value(x)
        wei = k @ q.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        return self.dropout(wei.softmax(-1)) @ v


# %% multi_head_attention: the heads side by side are not mixed
# said: u08.proj_not_applied
class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__()
        self.heads = nn.ModuleList([Head(n_embd, n_embd // n_head, block_size, dropout) for _ in range(n_head)])
        self.proj = nn.Linear(n_embd, n_embd)
        self.dropout = Dropout(dropout)

    def forward(self, x):
        return self.dropout(torch.cat([h(x) for h in self.heads], dim=-1))


# %% multi_head_attention: head after head, each on the result of the one before, is what the list looks like
# said: u08.first_head_only
class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__()
        self.heads = nn.ModuleList([Head(n_embd, n_embd // n_head, block_size, dropout) for _ in range(n_head)])
        self.proj = nn.Linear(n_embd, n_embd)
        self.dropout = Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.proj(torch.cat([self.heads[0](x) for h in self.heads], dim=-1)))


# %% causal_self_attention: keys come first
# said: u08.split_order
class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.n_head, self.block_size = config.n_head, config.block_size
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.attn_dropout, self.resid_dropout = Dropout(config.dropout), Dropout(config.dropout)

    def forward(self, x):
        B, T, C = x.shape
        k, q, v = self.c_attn(x).split(C, dim=2)
        q, k, v = (t.view(B, T, self.n_head, C // self.n_head).transpose(1, 2) for t in (q, k, v))
        y = scaled_dot_product_attention(q, k, v, is_causal=True, dropout=self.attn_dropout)
        return self.resid_dropout(self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C)))


# %% causal_self_attention: the heads are not turned back before they melt
# said: u08.missing_transpose_back
class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.n_head, self.block_size = config.n_head, config.block_size
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.attn_dropout, self.resid_dropout = Dropout(config.dropout), Dropout(config.dropout)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.c_attn(x).split(C, dim=2)
        q, k, v = (t.view(B, T, self.n_head, C // self.n_head).transpose(1, 2) for t in (q, k, v))
        y = scaled_dot_product_attention(q, k, v, is_causal=True, dropout=self.attn_dropout)
        return self.resid_dropout(self.c_proj(y.contiguous().view(B, T, C)))


# %% layer_norm: over the tokens, as BatchNorm would
# said: u08.norm_wrong_axis
class LayerNorm(nn.Module):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim)) if bias else None

    def forward(self, x):
        mean, var = x.mean(1, keepdim=True), x.var(1, keepdim=True, unbiased=False)
        out = self.weight * (x - mean) / torch.sqrt(var + self.eps)
        return out if self.bias is None else out + self.bias


# %% layer_norm: over the variance, without the root
# said: u08.over_the_variance
class LayerNorm(nn.Module):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim)) if bias else None

    def forward(self, x):
        mean, var = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, unbiased=False)
        out = self.weight * (x - mean) / (var + self.eps)
        return out if self.bias is None else out + self.bias


# %% layer_norm: the deviation divides by C - 1, and eps stands outside of the root
# said: u08.std_plus_eps
class LayerNorm(nn.Module):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim)) if bias else None

    def forward(self, x):
        out = self.weight * (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + self.eps)
        return out if self.bias is None else out + self.bias


# %% feed_forward: the activation comes last
# said: u08.act_last
class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        self.c_fc = nn.Linear(n_embd, 4 * n_embd, bias=bias)
        self.c_proj = nn.Linear(4 * n_embd, n_embd, bias=bias)
        self.act, self.dropout = act, Dropout(dropout)

    def forward(self, x):
        x = self.c_proj(self.c_fc(x))
        if self.act == "relu":
            return self.dropout(x.relu())
        return self.dropout(0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))


# %% feed_forward: the half is missing
# said: u08.gelu_without_half
class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        self.c_fc = nn.Linear(n_embd, 4 * n_embd, bias=bias)
        self.c_proj = nn.Linear(4 * n_embd, n_embd, bias=bias)
        self.act, self.dropout = act, Dropout(dropout)

    def forward(self, x):
        x = self.c_fc(x)
        x = x.relu() if self.act == "relu" else x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
        return self.dropout(self.c_proj(x))


# %% block: the norm stands after the sum
# said: u08.post_norm
class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1, self.ln_2 = LayerNorm(config.n_embd, bias=config.bias), LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.mlp = FeedForward(config.n_embd, config.dropout, config.act, config.bias)

    def forward(self, x):
        x = self.ln_1(x + self.attn(x))
        return self.ln_2(x + self.mlp(x))


# %% block: no way around the attention
# said: u08.attention_replaces
class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1, self.ln_2 = LayerNorm(config.n_embd, bias=config.bias), LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.mlp = FeedForward(config.n_embd, config.dropout, config.act, config.bias)

    def forward(self, x):
        x = self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


# %% gpt: no positions
# said: u08.no_pos
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)

    def forward(self, idx, targets=None):
        x = self.wte(idx)
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        return logits, cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


# %% gpt: the last norm is missing, and the blocks are run in the wrong order
class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)

    def forward(self, idx, targets=None):
        x = self.wte(idx) + self.wpe(torch.arange(idx.shape[1]))
        for block in reversed(self.blocks):
            x = block(x)
        logits = self.lm_head(x)
        if targets is None:
            return logits, None
        return logits, cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


# %% sample_logits: times the temperature
# said: u08.temp_multiply
def sampling_probs(logits, temperature=1.0, top_k=None):
    logits = logits * temperature
    if top_k is not None:
        v, _ = torch.topk(logits, min(top_k, logits.shape[-1]))
        logits = logits.masked_fill(logits < v[:, [-1]], float("-inf"))
    return logits.softmax(-1)


# %% sample_logits: one token too many takes part
# said: probabilities, temperature 1.5, top_k 3: yours is what is right for top_k + 1.
def sampling_probs(logits, temperature=1.0, top_k=None):
    logits = logits / temperature
    if top_k is not None:
        v, _ = torch.topk(logits, min(top_k + 1, logits.shape[-1]))
        logits = logits.masked_fill(logits < v[:, [-1]], float("-inf"))
    return logits.softmax(-1)


# %% sample_logits: the tail is cut after the softmax, and what is left sums to less than one
# said: u08.topk_on_probs_no_renorm
def sampling_probs(logits, temperature=1.0, top_k=None):
    probs = (logits / temperature).softmax(-1)
    if top_k is not None:
        v, _ = torch.topk(probs, min(top_k, probs.shape[-1]))
        probs = probs.masked_fill(probs < v[:, [-1]], 0.0)
    return probs


# %% generate: the first block_size tokens, for ever
# said: u08.crop_head
def generate(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    for _ in range(max_new_tokens):
        logits, _ = model(idx[:, : model.config.block_size])
        idx = torch.cat((idx, sample_logits(logits[:, -1, :], temperature, top_k, generator)), dim=1)
    return idx


# %% generate: the favourite each time
# said: u08.argmax_only
def generate(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    for _ in range(max_new_tokens):
        logits, _ = model(idx[:, -model.config.block_size :])
        idx = torch.cat((idx, logits[:, -1, :].argmax(-1, keepdim=True)), dim=1)
    return idx


# %% generate: the sum of the losses
# said: u08.sum_of_losses
def estimate_loss(model, get_batch_fn, iters):
    model.eval()
    total = 0.0
    for _ in range(iters):
        x, y = get_batch_fn()
        total += model(x, y)[1].item()
    model.train()
    return total


# %% induction_task: every place counts
# said: u08.targets_everywhere
def make_copy_batch(batch_size, length, vocab_size, generator=None):
    half = torch.randint(vocab_size, (batch_size, length // 2), generator=generator)
    x = torch.cat((half, half), dim=1)
    y = torch.roll(x, -1, dims=1)
    return x, y


# %% induction_task: the first target that counts comes one place late
# said: u08.first_target_missing
def make_copy_batch(batch_size, length, vocab_size, generator=None):
    half = torch.randint(vocab_size, (batch_size, length // 2), generator=generator)
    x = torch.cat((half, half), dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 : -1] = half[:, 1:]
    return x, y


# %% head: the keys are averaged, and the values are forgotten
# said: head(x): a change of value.weight makes no difference to yours, and it should.
class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        B, T, C = x.shape
        k = self.key(x)
        q = self.query(x)
        wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        wei = self.dropout(torch.softmax(wei, dim=-1))
        return wei @ k
