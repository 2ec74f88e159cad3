"""Unit 08 by somebody who thinks in loops and writes every shape out."""

import math
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

IGNORE = -1


class CharTokenizer:
    def __init__(self, text):
        self.chars = sorted(set(text))
        self.ids = {char: number for number, char in enumerate(self.chars)}

    def encode(self, text):
        return [self.ids[char] for char in text]

    def decode(self, ids):
        return "".join(self.chars[number] for number in ids)


def get_batch(data, block_size, batch_size, generator=None):
    n_windows = data.shape[0] - block_size
    if n_windows < 1:
        raise ValueError(f"need at least {block_size + 1} tokens")
    xs = torch.empty(batch_size, block_size, dtype=torch.int64)
    ys = torch.empty(batch_size, block_size, dtype=torch.int64)
    for b in range(batch_size):
        i = int(torch.randint(0, n_windows, (), generator=generator))
        for t in range(block_size):
            xs[b, t] = data[i + t]
            ys[b, t] = data[i + t + 1]
    return xs, ys


def causal_average_loop(x):
    B, T, C = x.shape
    out = torch.zeros_like(x)
    for b in range(B):
        running = torch.zeros(C, dtype=x.dtype, device=x.device)
        for t in range(T):
            running = running + x[b, t]
            out[b, t] = running / (t + 1)
    return out


def causal_average_matmul(x):
    T = x.size(1)
    wei = torch.zeros(T, T, dtype=x.dtype, device=x.device)
    for t in range(T):
        wei[t, : t + 1] = 1 / (t + 1)
    return torch.matmul(wei, x)


def causal_average_softmax(x):
    T = x.size(1)
    scores = torch.full((T, T), float("-inf"), dtype=x.dtype, device=x.device)
    for t in range(T):
        scores[t, : t + 1] = 0.0
    return torch.matmul(F.softmax(scores, dim=1), x)


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    T, S, d = q.shape[-2], k.shape[-2], q.shape[-1]
    allowed = torch.ones(T, S, dtype=torch.bool, device=q.device)
    if is_causal:
        for t in range(T):
            allowed[t, t + 1 :] = False
    if mask is not None:
        allowed = allowed & mask
    rows = []
    for t in range(T):
        scores = (q[..., t : t + 1, :] * k).sum(-1) * d**-0.5  # (..., S)
        ok = allowed[..., t, :]
        top = torch.where(ok, scores, torch.full_like(scores, -torch.inf)).amax(-1, keepdim=True)
        top = torch.where(torch.isinf(top), torch.zeros_like(top), top).detach()
        e = torch.where(ok, scores - top, torch.zeros_like(scores)).exp() * ok
        total = e.sum(-1, keepdim=True)
        rows.append(e / torch.where(total == 0, torch.ones_like(total), total))
    weights = torch.stack(rows, dim=-2)
    if dropout is not None:
        weights = dropout(weights)
    return torch.matmul(weights, v)


class Dropout(nn.Module):
    def __init__(self, p, generator=None):
        super().__init__()
        if p < 0.0 or p > 1.0:
            raise ValueError("p must lie between 0 and 1")
        self.p = p
        self.generator = generator

    def forward(self, x):
        if self.training is False:
            return x
        if self.p == 1.0:
            return torch.zeros_like(x)
        keep = torch.empty(x.shape, device=x.device).uniform_(generator=self.generator) > self.p
        return torch.where(keep, x * (1.0 / (1.0 - self.p)), torch.zeros_like(x))


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
        if T > self.tril.shape[0]:
            raise ValueError("sequence too long")
        k = self.key(x)
        q = self.query(x)
        wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        wei = F.softmax(wei, dim=-1)
        wei = self.dropout(wei)
        return wei @ self.value(x)


class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__()
        head_size, rest = divmod(n_embd, n_head)
        if rest != 0:
            raise ValueError("n_head must divide n_embd")
        self.heads = nn.ModuleList()
        for _ in range(n_head):
            self.heads.append(Head(n_embd, head_size, block_size, dropout))
        self.proj = nn.Linear(n_embd, n_embd)
        self.drop = Dropout(dropout)

    def forward(self, x):
        outs = []
        for head in self.heads:
            outs.append(head(x))
        out = torch.cat(outs, dim=2)
        return self.drop(self.proj(out))


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


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.n_embd % config.n_head != 0:
            raise ValueError("n_head must divide n_embd")
        self.config = config
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.d1 = Dropout(config.dropout)
        self.d2 = Dropout(config.dropout)

    def forward(self, x):
        T, C, hs = x.shape[1], x.shape[2], x.shape[2] // self.config.n_head
        if T > self.config.block_size:
            raise ValueError("sequence too long")
        qkv = self.c_attn(x)
        outs = []
        for h in range(self.config.n_head):
            q = qkv[:, :, h * hs : (h + 1) * hs]
            k = qkv[:, :, C + h * hs : C + (h + 1) * hs]
            v = qkv[:, :, 2 * C + h * hs : 2 * C + (h + 1) * hs]
            outs.append(scaled_dot_product_attention(q, k, v, None, True, self.d1))
        return self.d2(self.c_proj(torch.cat(outs, dim=-1)))


class LayerNorm(nn.Module):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(ndim))
        if bias:
            self.bias = nn.Parameter(torch.zeros(ndim))
        else:
            self.register_parameter("bias", None)

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        var = x.var(-1, unbiased=False, keepdim=True)
        y = (x - mean) * torch.rsqrt(var + self.eps) * self.weight
        if self.bias is not None:
            y = y + self.bias
        return y


class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        if act == "relu":
            self.act = torch.relu
        elif act == "gelu_tanh":
            self.act = lambda x: (
                0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3))))
            )
        else:
            raise ValueError(act)
        self.c_fc = nn.Linear(n_embd, 4 * n_embd, bias=bias)
        self.c_proj = nn.Linear(4 * n_embd, n_embd, bias=bias)
        self.drop = Dropout(dropout)

    def forward(self, x):
        return self.drop(self.c_proj(self.act(self.c_fc(x))))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = FeedForward(config.n_embd, dropout=config.dropout, act=config.act, bias=config.bias)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x


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


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.drop = Dropout(config.dropout)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        for module in self.modules():
            init_weights(module)

    def forward(self, idx, targets=None):
        if idx.dtype is not torch.long:
            raise TypeError("ids must be int64")
        B, T = idx.shape
        if T > self.config.block_size:
            raise ValueError("sequence too long")
        x = self.drop(self.wte(idx) + self.wpe.weight[:T])
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        loss = None
        if targets is not None:
            loss = cross_entropy(logits.reshape(B * T, -1), targets.reshape(B * T))
        return logits, loss


def sampling_probs(logits, temperature=1.0, top_k=None):
    if temperature < 0 or (top_k is not None and top_k <= 0):
        raise ValueError("bad temperature or top_k")
    probs = torch.zeros_like(logits)
    for b in range(logits.shape[0]):
        row = logits[b].clone()
        if temperature == 0:
            probs[b, row.argmax()] = 1.0
            continue
        if top_k is not None and top_k < len(row):
            kth = row.sort(descending=True).values[top_k - 1]
            row[row < kth] = -math.inf
        probs[b] = F.softmax(row / temperature, dim=0)
    return probs


def sample_logits(logits, temperature=1.0, top_k=None, generator=None):
    probs = sampling_probs(logits, temperature, top_k)
    u = torch.rand(probs.shape[0], 1, dtype=probs.dtype, generator=generator)
    cdf = probs.cumsum(dim=-1)
    cdf = cdf / cdf[:, -1:]
    return (cdf <= u).sum(dim=-1, keepdim=True)


class evaluating:
    def __init__(self, model):
        self.model = model

    def __enter__(self):
        self.mode = self.model.training
        self.grad = torch.is_grad_enabled()
        self.model.eval()
        torch.set_grad_enabled(False)

    def __exit__(self, *_):
        self.model.train(self.mode)
        torch.set_grad_enabled(self.grad)


def generate(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    tokens = [idx[:, t : t + 1] for t in range(idx.shape[1])]
    with evaluating(model):
        while len(tokens) < idx.shape[1] + max_new_tokens:
            window = torch.cat(tokens[-model.config.block_size :], dim=1)
            logits = model(window)[0]
            tokens.append(sample_logits(logits[:, -1, :], temperature, top_k, generator))
    return torch.cat(tokens, dim=1)


def estimate_loss(model, get_batch_fn, iters):
    losses = []
    with evaluating(model):
        for _ in range(iters):
            x, y = get_batch_fn()
            _, loss = model(x, y)
            losses.append(loss.item())
    return sum(losses) / len(losses)


def make_copy_batch(batch_size, length, vocab_size, generator=None):
    if length % 2 == 1:
        raise ValueError("length must be even")
    half = length // 2
    x = torch.zeros(batch_size, length, dtype=torch.int64)
    y = torch.zeros(batch_size, length, dtype=torch.int64) - 1
    for b in range(batch_size):
        for t in range(half):
            x[b, t] = x[b, t + half] = int(torch.randint(vocab_size, (1,), generator=generator))
        for t in range(half - 1, length - 1):
            y[b, t] = x[b, t + 1]
    return x, y


def attention_pattern(model, idx, layer, head):
    caught = []

    def look(module, args):
        caught.append(args[0])

    attn = model.blocks[layer].attn
    handle = attn.register_forward_pre_hook(look)
    with evaluating(model):
        try:
            model(idx)
            x = caught[0]
            hs, C, T = x.shape[2] // model.config.n_head, x.shape[2], x.shape[1]
            qkv = attn.c_attn(x)
            q = qkv[:, :, head * hs : (head + 1) * hs]
            k = qkv[:, :, C + head * hs : C + (head + 1) * hs]
            scores = q @ k.transpose(1, 2) / hs**0.5
            future = torch.triu(torch.ones(T, T, dtype=torch.bool, device=x.device), diagonal=1)
            return F.softmax(scores.masked_fill(future, -math.inf), dim=-1)
        finally:
            handle.remove()
