"""Unit 08 by somebody who reads all hints and does what they say, to the letter."""

import math
from dataclasses import dataclass

import torch
from torch import nn

IGNORE = -1


class CharTokenizer:
    def __init__(self, text):
        self.chars = sorted(set(text))
        self.ids = {char: number for number, char in enumerate(self.chars)}

    def encode(self, text):
        return [self.ids[char] for char in text]

    def decode(self, ids):
        return "".join(self.chars[number] for number in ids)


@dataclass
class GPTConfig:
    vocab_size: int
    block_size: int
    n_layer: int = 2
    n_head: int = 2
    n_embd: int = 32
    dropout: float = 0.0
    bias: bool = True
    act: str = "gelu_tanh"


def cross_entropy(logits, targets, ignore_index=IGNORE):
    if logits.ndim != 2 or targets.ndim != 1 or len(logits) != len(targets):
        raise ValueError("cross_entropy takes (N, V) logits and (N,) targets")
    kept = targets != ignore_index
    log_p = logits - logits.logsumexp(dim=1, keepdim=True)
    return -log_p[kept].gather(1, targets[kept].unsqueeze(1)).mean()


def init_weights(module):
    if isinstance(module, (nn.Linear, nn.Embedding)):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)


def get_batch(data, block_size, batch_size, generator=None):
    if len(data) <= block_size:
        raise ValueError("N <= T")
    starts = torch.randint(len(data) - block_size, size=(batch_size,), generator=generator)
    x = torch.stack([data[start : start + block_size] for start in starts])
    y = torch.stack([data[start + 1 : start + 1 + block_size] for start in starts])
    return x, y


def causal_average_loop(x):
    means = [x[:, : t + 1].mean(dim=1) for t in range(x.shape[1])]
    return torch.stack(means, dim=1)


def causal_average_matmul(x):
    T = x.shape[1]
    weights = x.new_ones(T, T).tril()
    weights = weights / weights.sum(dim=1, keepdim=True)
    return weights @ x


def causal_average_softmax(x):
    T = x.shape[1]
    scores = x.new_zeros(T, T)
    scores = scores.masked_fill(x.new_ones(T, T).tril() == 0, float("-inf"))
    return scores.softmax(dim=-1) @ x


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if is_causal:
        triangle = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool, device=q.device).tril()
        mask = triangle if mask is None else mask & triangle
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    if dropout is not None:
        weights = dropout(weights)
    return weights @ v


class Dropout(nn.Module):
    def __init__(self, p, generator=None):
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError("p")
        self.p = p
        self.generator = generator

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 1:
            return x * 0
        kept = torch.rand(x.shape, generator=self.generator, device=x.device) >= self.p
        return x * kept / (1 - self.p)


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.block_size = block_size
        self.dropout = Dropout(dropout)

    def forward(self, x):
        if x.shape[1] > self.block_size:
            raise ValueError("a long x")
        return scaled_dot_product_attention(
            self.query(x), self.key(x), self.value(x), is_causal=True, dropout=self.dropout
        )


class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__()
        if n_embd % n_head:
            raise ValueError("n_embd % n_head")
        self.heads = nn.ModuleList([Head(n_embd, n_embd // n_head, block_size, dropout) for _ in range(n_head)])
        self.proj = nn.Linear(n_embd, n_embd)
        self.dropout = Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.proj(torch.cat([head(x) for head in self.heads], dim=-1)))


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.n_embd % config.n_head:
            raise ValueError("cannot be divided")
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.n_head = config.n_head
        self.block_size = config.block_size
        self.weights_dropout = Dropout(config.dropout)
        self.output_dropout = Dropout(config.dropout)

    def forward(self, x):
        B, T, C = x.shape
        H = self.n_head
        if self.block_size < T:
            raise ValueError("T")
        q, k, v = self.c_attn(x).split(C, dim=-1)
        q = q.view(B, T, H, C // H).transpose(1, 2)
        k = k.view(B, T, H, C // H).transpose(1, 2)
        v = v.view(B, T, H, C // H).transpose(1, 2)
        out = scaled_dot_product_attention(q, k, v, is_causal=True, dropout=self.weights_dropout)
        return self.output_dropout(self.c_proj(out.transpose(1, 2).reshape(B, T, C)))


class LayerNorm(nn.Module):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim)) if bias else None
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        centred = x - mean
        variance = (centred**2).mean(dim=-1, keepdim=True)
        out = centred / (variance + self.eps).sqrt() * self.weight
        return out + self.bias if self.bias is not None else out


class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        if act not in ("relu", "gelu_tanh"):
            raise ValueError("act")
        self.c_fc = nn.Linear(n_embd, 4 * n_embd, bias=bias)
        self.c_proj = nn.Linear(4 * n_embd, n_embd, bias=bias)
        self.dropout = Dropout(dropout)
        self.act = act

    def forward(self, x):
        hidden = self.c_fc(x)
        if self.act == "relu":
            hidden = hidden.relu()
        else:
            hidden = hidden / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (hidden + 0.044715 * hidden**3)))
        return self.dropout(self.c_proj(hidden))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd, bias=config.bias)
        self.ln_2 = LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.mlp = FeedForward(config.n_embd, config.dropout, config.act, config.bias)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.dropout = Dropout(config.dropout)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.apply(init_weights)

    def forward(self, idx, targets=None):
        if idx.dtype != torch.int64:
            raise TypeError("a wrong idx")
        T = idx.shape[1]
        if self.config.block_size < T:
            raise ValueError("a wrong idx")
        x = self.dropout(self.wte(idx) + self.wpe(torch.arange(T, device=idx.device)))
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten())
        return logits, loss


def sampling_probs(logits, temperature=1.0, top_k=None):
    if temperature < 0 or (top_k is not None and top_k < 1):
        raise ValueError("no meaning")
    V = logits.shape[-1]
    if top_k is not None:
        threshold = logits.topk(min(top_k, V)).values[:, -1:]
        logits = logits.masked_fill(logits < threshold, float("-inf"))
    if temperature == 0:
        return torch.zeros_like(logits).scatter(1, logits.argmax(dim=-1, keepdim=True), 1)
    return (logits / temperature).softmax(dim=-1)


def sample_logits(logits, temperature=1.0, top_k=None, generator=None):
    return torch.multinomial(sampling_probs(logits, temperature, top_k), 1, generator=generator)


def generate(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            for _ in range(max_new_tokens):
                logits, _ = model(idx[:, -model.config.block_size :])
                token = sample_logits(logits[:, -1], temperature, top_k, generator)
                idx = torch.cat([idx, token], dim=1)
    finally:
        model.train(was_training)
    return idx


def estimate_loss(model, get_batch_fn, iters):
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            total = 0.0
            for _ in range(iters):
                x, y = get_batch_fn()
                total += model(x, y)[1].item()
    finally:
        model.train(was_training)
    return total / iters


def make_copy_batch(batch_size, length, vocab_size, generator=None):
    if length % 2:
        raise ValueError("an odd length")
    half = torch.randint(vocab_size, (batch_size, length // 2), generator=generator)
    x = torch.cat([half, half], dim=1)
    y = torch.full_like(x, IGNORE)
    T = length
    y[:, T // 2 - 1 : T - 1] = x[:, T // 2 :]
    return x, y


def attention_pattern(model, idx, layer, head):
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            T = idx.shape[1]
            x = model.wte(idx) + model.wpe(torch.arange(T, device=idx.device))
            for block in model.blocks[:layer]:
                x = block(x)
            C = model.config.n_embd
            hs = C // model.config.n_head
            block = model.blocks[layer]
            q, k, _ = block.attn.c_attn(block.ln_1(x)).split(C, dim=-1)
            q = q[:, :, head * hs : (head + 1) * hs]
            k = k[:, :, head * hs : (head + 1) * hs]
            v = torch.eye(T, dtype=x.dtype, device=x.device)
            return scaled_dot_product_attention(q, k, v, is_causal=True)
    finally:
        model.train(was_training)
