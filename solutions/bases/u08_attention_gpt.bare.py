"""Unit 08 in the lecture's manner without the options: no dropout inside of modules, no bias to choose, gelu always.

It stands below the solution, and misconceptions are tried on it, too.
"""

from torch.nn import functional


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    att = q @ k.transpose(-2, -1) / math.sqrt(k.shape[-1])
    return _weights(att, _allowed(att, mask, is_causal)) @ v


def _allowed(scores, mask, is_causal, diagonal=0):
    return torch.ones(scores.shape[-2:], dtype=torch.bool).tril(diagonal) if is_causal else mask


def _weights(scores, mask, fill=None):
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float("-inf") if fill is None else fill)
    return functional.softmax(scores, dim=-1)


def _soft_along(axis, scores, mask):
    return functional.softmax(scores if mask is None else scores.masked_fill(mask == 0, float("-inf")), dim=axis)


def _averaged(weights, v, dropout):
    return weights @ v


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.key, self.query, self.value = (nn.Linear(n_embd, head_size, bias=False) for _ in range(3))
        self.block_size, self.dropout = block_size, nn.Identity()

    def forward(self, x):
        return scaled_dot_product_attention(self.query(x), self.key(x), self.value(x), is_causal=True)


class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__()
        self.heads = nn.ModuleList([Head(n_embd, n_embd // n_head, block_size) for _ in range(n_head)])
        self.proj, self.dropout = nn.Linear(n_embd, n_embd), nn.Identity()

    def forward(self, x):
        return self.proj(torch.cat([head(x) for head in self.heads], dim=-1))


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.n_head, self.block_size = config.n_head, config.block_size
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd)
        self.attn_dropout = self.resid_dropout = nn.Identity()

    def forward(self, x):
        B, T, C = x.shape
        heads = [part.view(B, T, self.n_head, -1).transpose(1, 2) for part in self.c_attn(x).split(C, dim=2)]
        return self.c_proj(scaled_dot_product_attention(*heads, is_causal=True).transpose(1, 2).reshape(B, T, C))


class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        self.act, self.dropout = "gelu_tanh", nn.Identity()
        self.c_fc = nn.Linear(n_embd, 4 * n_embd)
        self.c_proj = nn.Linear(4 * n_embd, n_embd)

    def forward(self, x):
        return self.c_proj(_activated(self, self.c_fc(x)))


def _activated(self, hidden):
    return hidden / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (hidden + 0.044715 * hidden**3)))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1, self.ln_2 = LayerNorm(config.n_embd), LayerNorm(config.n_embd)
        self.attn, self.mlp = CausalSelfAttention(config), FeedForward(config.n_embd)

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
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)

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
