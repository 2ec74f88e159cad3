"""Unit 08 in the lecture's manner: a `tril` buffer, -inf for a ban, relu, nothing refused, no generator, CPU only.

It stands below the solution, and misconceptions are tried on it, too. What it does not keep are promises beyond the
lecture. A helper of the misconceptions' files that is defined here takes the place of its namesake there.
"""

from torch.nn import functional

# Batches and averages.


def get_batch(data, block_size, batch_size, generator=None):
    ix = torch.randint(len(data) - block_size, (batch_size,))
    x = torch.stack([data[i : i + block_size] for i in ix])
    y = torch.stack([data[i + 1 : i + block_size + 1] for i in ix])
    return x, y


def _starts(data, block_size, batch_size, generator, extra=0):
    return torch.randint(len(data) - block_size + extra, (batch_size,)).tolist()


def causal_average_loop(x):
    B, T, C = x.shape
    xbow = torch.zeros((B, T, C))
    for b in range(B):
        for t in range(T):
            xbow[b, t] = torch.mean(x[b, : t + 1], 0)
    return xbow


def causal_average_matmul(x):
    wei = torch.tril(torch.ones(x.shape[1], x.shape[1]))
    return (wei / wei.sum(1, keepdim=True)) @ x


def causal_average_softmax(x):
    tril = torch.tril(torch.ones(x.shape[1], x.shape[1]))
    wei = torch.zeros(tril.shape).masked_fill(tril == 0, float("-inf"))
    return functional.softmax(wei, dim=-1) @ x


def _past(x, diagonal=0):
    return torch.ones(x.shape[1], x.shape[1]).tril(diagonal)


# Attention.


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
    return _averaged(_weights(wei, _allowed(wei, mask, is_causal)), v, dropout)


def _allowed(scores, mask, is_causal, diagonal=0):
    if is_causal:
        past = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(diagonal)
        mask = past if mask is None else mask & past
    return mask


def _weights(scores, mask, fill=None):
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float("-inf") if fill is None else fill)
    return functional.softmax(scores, dim=-1)


def _soft_along(axis, scores, mask):
    return functional.softmax(scores if mask is None else scores.masked_fill(mask == 0, float("-inf")), dim=axis)


def _averaged(weights, v, dropout):
    return (weights if dropout is None else dropout(weights)) @ v


class Dropout(nn.Module):
    def __init__(self, p, generator=None):
        super().__init__()
        self.p, self.generator = p, None

    def forward(self, x):
        return x * _kept(self, x) / (1 - self.p) if self.training else x


def _kept(self, x, p=None):
    return (torch.rand(x.shape) >= (self.p if p is None else p)).float()


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))
        self.block_size = block_size
        self.dropout = Dropout(dropout)

    def forward(self, x):
        T = x.shape[1]
        wei = self.query(x) @ self.key(x).transpose(-2, -1) * self.key.out_features**-0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        return self.dropout(functional.softmax(wei, dim=-1)) @ self.value(x)


class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__()
        self.heads = nn.ModuleList([Head(n_embd, n_embd // n_head, block_size, dropout) for _ in range(n_head)])
        self.proj = nn.Linear(n_embd, n_embd)
        self.dropout = Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.proj(torch.cat([h(x) for h in self.heads], dim=-1)))


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.n_head, self.block_size = config.n_head, config.block_size
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd)
        self.attn_dropout = Dropout(config.dropout)
        self.resid_dropout = Dropout(config.dropout)

    def forward(self, x):
        B, T, C = x.shape
        heads = [part.view(B, T, self.n_head, -1).transpose(1, 2) for part in self.c_attn(x).split(C, dim=2)]
        y = scaled_dot_product_attention(*heads, is_causal=True, dropout=self.attn_dropout)
        return self.resid_dropout(self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C)))


# The other parts.


class LayerNorm(nn.Module):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim))

    def forward(self, x):
        xvar = x.var(2, keepdim=True, unbiased=False)
        return self.weight * (x - x.mean(2, keepdim=True)) / torch.sqrt(xvar + self.eps) + self.bias


class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        self.act = "relu"
        self.c_fc = nn.Linear(n_embd, 4 * n_embd)
        self.c_proj = nn.Linear(4 * n_embd, n_embd)
        self.dropout = Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.c_proj(_activated(self, self.c_fc(x))))


def _activated(self, hidden):
    return hidden.relu()


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = LayerNorm(config.n_embd)
        self.mlp = FeedForward(config.n_embd, config.dropout)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.dropout = nn.Identity()
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = LayerNorm(config.n_embd)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size)

    def forward(self, idx, targets=None):
        return _scored(self, self.wte(idx) + self.wpe(torch.arange(idx.shape[1])), targets)


def _checked(self, idx):
    """Nothing is refused."""


def _scored(self, x, targets, norm=True):
    for block in self.blocks:
        x = block(x)
    logits = self.lm_head(self.ln_f(x) if norm else x)
    return logits, None if targets is None else cross_entropy(logits.flatten(0, 1), targets.flatten())


def _places(idx, start=0):
    return torch.arange(start, start + idx.shape[1])


# Sampling.


def sampling_probs(logits, temperature=1.0, top_k=None):
    return functional.softmax(_filtered(logits / temperature, top_k), dim=-1)


def _filtered(logits, top_k):
    if top_k is None:
        return logits
    threshold = torch.topk(logits, top_k).values[:, [-1]]
    return logits.masked_fill(logits < threshold, float("-inf"))


def _hot(temperature):
    """Nothing is refused."""


def sample_logits(logits, temperature=1.0, top_k=None, generator=None):
    return torch.multinomial(sampling_probs(logits, temperature, top_k), num_samples=1)


def generate(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    for _ in range(max_new_tokens):
        logits, _ = model(idx[:, -model.config.block_size :])
        idx_next = torch.multinomial(functional.softmax(logits[:, -1, :], dim=-1), num_samples=1)
        idx = torch.cat((idx, idx_next), dim=1)
    return idx


def _written(model, idx, count, pick, window, *, evaluating=True):
    for _ in range(count):
        logits, _ = model(window(idx, model.config.block_size))
        idx = torch.cat((idx, pick(logits)), dim=1)
    return idx


@torch.no_grad()
def estimate_loss(model, get_batch_fn, iters):
    model.eval()
    losses = torch.zeros(iters)
    for k in range(iters):
        losses[k] = model(*get_batch_fn())[1].item()
    model.train()
    return losses.mean()


# Copying.


def make_copy_batch(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, None)
    x = torch.cat((half, half), dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 - 1 : -1] = half
    return x, y


def _halves(batch_size, length, vocab_size, generator):
    return torch.randint(vocab_size, (batch_size, length // 2))
