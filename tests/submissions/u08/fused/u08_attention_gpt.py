"""Unit 08 by somebody who likes einsum, closures and few lines."""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, einsum, nn

IGNORE = -1


def _past(t: int, s: int, like: Tensor) -> Tensor:
    return torch.arange(t, device=like.device)[:, None] >= torch.arange(s, device=like.device)


def get_batch(data: Tensor, block_size: int, batch_size: int, generator=None) -> tuple[Tensor, Tensor]:
    if data.numel() <= block_size:
        raise ValueError("the data are shorter than a window with its targets")
    start = torch.randint(data.numel() - block_size, (batch_size, 1), generator=generator)
    at = start + torch.arange(block_size)
    return data[at], data[at + 1]


def causal_average_loop(x: Tensor) -> Tensor:
    means = [x[:, 0]]
    for t in range(1, x.shape[1]):
        means.append(means[-1] + (x[:, t] - means[-1]) / (t + 1))
    return torch.stack(means, 1)


def causal_average_matmul(x: Tensor) -> Tensor:
    past = _past(x.shape[1], x.shape[1], x).to(x.dtype)
    return einsum("ts,bsc->btc", past / past.sum(-1, keepdim=True), x)


def causal_average_softmax(x: Tensor) -> Tensor:
    past = _past(x.shape[1], x.shape[1], x)
    return torch.softmax(torch.log(past.to(x.dtype)), -1) @ x


def attention_weights(q: Tensor, k: Tensor, mask: Tensor | None, is_causal: bool) -> Tensor:
    scores = einsum("...td,...sd->...ts", q / q.shape[-1] ** 0.5, k)
    if is_causal:
        past = _past(q.shape[-2], k.shape[-2], q)
        mask = past if mask is None else torch.logical_and(mask, past)
    if mask is None:
        return torch.softmax(scores, -1)
    scores = scores.masked_fill(mask.logical_not(), -math.inf)
    return torch.softmax(scores, -1).nan_to_num(0.0) if not mask.any(-1).all() else torch.softmax(scores, -1)


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    weights = attention_weights(q, k, mask, is_causal)
    return (dropout or (lambda same: same))(weights) @ v


class Dropout(nn.Module):
    def __init__(self, p: float, generator: torch.Generator | None = None) -> None:
        super().__init__()
        if not 0.0 <= p <= 1.0:
            raise ValueError(p)
        self.p, self.generator = p, generator

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.p:
            return x.clone()
        kept = torch.bernoulli(torch.full_like(x, 1 - self.p), generator=self.generator)
        return x * kept / max(1 - self.p, 1e-12)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class Head(nn.Module):
    def __init__(self, n_embd: int, head_size: int, block_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        for name in ("key", "query", "value"):
            self.add_module(name, nn.Linear(n_embd, head_size, bias=False))
        self.block_size, self.dropout = block_size, Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-2] > self.block_size:
            raise ValueError("too many tokens")
        return scaled_dot_product_attention(
            self.query(x), self.key(x), self.value(x), is_causal=True, dropout=self.dropout
        )


class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd: int, n_head: int, block_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        if n_embd != n_embd // n_head * n_head:
            raise ValueError("uneven heads")
        self.proj = nn.Linear(n_embd, n_embd)
        self.heads = nn.ModuleList(Head(n_embd, n_embd // n_head, block_size, dropout) for _ in range(n_head))
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[-1] // len(self.heads)
        columns = self.proj.weight.split(size, dim=1)
        total = sum(head(x) @ column.T for head, column in zip(self.heads, columns, strict=True))
        return self.dropout(total + self.proj.bias)


@dataclass
class GPTConfig:
    vocab_size: int
    block_size: int
    n_layer: int = 2
    n_head: int = 2
    n_embd: int = 32
    dropout: float = 0.0
    bias: bool = True
    act: Literal["relu", "gelu_tanh"] = "gelu_tanh"


class CausalSelfAttention(nn.Module):
    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        if config.n_embd % config.n_head:
            raise ValueError("uneven heads")
        self.heads, self.longest = config.n_head, config.block_size
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, config.bias)
        self.dropout = Dropout(config.dropout)
        mask = torch.ones(config.block_size, config.block_size, dtype=torch.bool).tril()
        self.register_buffer("mask", mask[None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        b, t, _ = x.shape
        if t > self.longest:
            raise ValueError("too many tokens")
        q, k, v = self.c_attn(x).reshape(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        out = scaled_dot_product_attention(q, k, v, self.mask[..., :t, :t], dropout=self.dropout)
        return self.dropout(self.c_proj(out.permute(0, 2, 1, 3).flatten(2)))


class LayerNorm(nn.Module):
    def __init__(self, ndim: int, eps: float = 1e-5, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(ndim))
        if bias:
            self.bias = nn.Parameter(torch.zeros(ndim))
        self.eps, self.shifted = eps, bias

    def forward(self, x: Tensor) -> Tensor:
        var, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
        y = self.weight * ((x - mean) / (var + self.eps).sqrt())
        return y + self.bias if self.shifted else y


def gelu_tanh(x: Tensor) -> Tensor:
    return x * torch.sigmoid(2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))


class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        known: dict[str, Callable[[Tensor], Tensor]] = {"relu": lambda x: x.clamp(min=0), "gelu_tanh": gelu_tanh}
        if act not in known:
            raise ValueError(f"no activation {act}")
        self.act = known[act]
        self.c_fc = nn.Linear(n_embd, n_embd * 4, bias)
        self.c_proj = nn.Linear(n_embd * 4, n_embd, bias)
        self.dropout = Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.c_proj(self.act(self.c_fc(x))))


class Block(nn.Module):
    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = FeedForward(config.n_embd, config.dropout, config.act, config.bias)

    def forward(self, x: Tensor) -> Tensor:
        for norm, part in ((self.ln_1, self.attn), (self.ln_2, self.mlp)):
            x = x + part(norm(x))
        return x


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = IGNORE) -> Tensor:
    if logits.ndim != 2 or targets.ndim != 1 or len(logits) != len(targets):
        raise ValueError("cross_entropy takes (N, V) logits and (N,) targets")
    kept = targets != ignore_index
    log_p = logits - logits.logsumexp(dim=1, keepdim=True)
    return -log_p[kept].gather(1, targets[kept].unsqueeze(1)).mean()


def init_weights(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)


class GPT(nn.Module):
    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.config = config
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.ln_f = LayerNorm(config.n_embd, bias=config.bias)
        self.blocks = nn.ModuleList(map(Block, [config] * config.n_layer))
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.dropout = Dropout(config.dropout)
        self.apply(init_weights)

    def forward(self, idx: Tensor, targets: Tensor | None = None):
        if idx.dtype != torch.int64:
            raise TypeError(idx.dtype)
        if idx.shape[1] > self.wpe.num_embeddings:
            raise ValueError("too many tokens")
        places = torch.arange(idx.shape[1], device=idx.device).expand_as(idx)
        x = self.dropout(self.wpe(places) + self.wte(idx))
        logits = self.lm_head(self.ln_f(nn.Sequential(*self.blocks)(x)))
        if targets is None:
            return (logits, None)
        counted = targets != IGNORE
        return (logits, cross_entropy(logits[counted], targets[counted]))


def sampling_probs(logits: Tensor, temperature: float = 1.0, top_k: int | None = None) -> Tensor:
    if temperature < 0:
        raise ValueError("temperature")
    if top_k is not None:
        if top_k < 1:
            raise ValueError("top_k")
        better = (logits[:, None, :] > logits[:, :, None]).sum(-1)  # how many beat this one
        logits = torch.where(better < top_k, logits, -math.inf)
    if temperature == 0:
        best = logits.max(dim=-1, keepdim=True).indices
        return (torch.arange(logits.shape[-1], device=logits.device) == best).to(logits.dtype)
    scaled = logits / temperature
    odds = (scaled - scaled.max(dim=-1, keepdim=True).values).exp()
    return odds / odds.sum(dim=-1, keepdim=True)


def sample_logits(logits, temperature=1.0, top_k=None, generator=None):
    probs = sampling_probs(logits, temperature, top_k)
    noise = torch.empty_like(probs).exponential_(generator=generator)
    return (probs / noise).argmax(dim=-1, keepdim=True)


@contextlib.contextmanager
def guest(model):
    mode = model.training
    model.train(False)
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(mode)


def generate(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    start = idx.shape[1]
    text = torch.cat([idx, idx.new_zeros(idx.shape[0], max_new_tokens)], dim=1)
    with guest(model):
        for t in range(start, start + max_new_tokens):
            logits, _loss = model(text[:, max(0, t - model.config.block_size) : t])
            text[:, t : t + 1] = sample_logits(logits[:, -1], temperature, top_k, generator)
    return text


def estimate_loss(model, get_batch_fn, iters):
    with guest(model):
        total = 0.0
        for _ in range(iters):
            total += float(model(*get_batch_fn())[1])
    return total / iters


def make_copy_batch(batch_size, length, vocab_size, generator=None):
    half, odd = divmod(length, 2)
    if odd:
        raise ValueError("odd length")
    x = torch.randint(0, vocab_size, (batch_size, half), generator=generator).repeat(1, 2)
    y = torch.cat([x[:, 1:], torch.full((batch_size, 1), IGNORE)], dim=1)
    y[:, : half - 1] = IGNORE
    return x, y


def attention_pattern(model, idx, layer, head):
    seen = []
    attn = model.blocks[layer].attn
    before = attn.dropout
    attn.dropout = _Recorder(seen)
    try:
        with guest(model):
            model(idx)
    finally:
        attn.dropout = before
    return seen[0][:, head].clone()


class _Recorder(nn.Module):
    def __init__(self, seen):
        super().__init__()
        self.seen = seen

    def forward(self, x):
        self.seen.append(x)
        return x
