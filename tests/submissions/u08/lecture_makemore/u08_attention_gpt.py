"""Unit 08 in the manner of makemore: no dropout and no options anywhere, a `bias` buffer, `att` and `y`."""

import math
from dataclasses import dataclass

import torch
import torch.nn as nn
from torch.nn import functional as F

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
    xs, ys = [], []
    for _ in range(batch_size):
        i = torch.randint(0, len(data) - block_size, (1,)).item()
        xs.append(data[i : i + block_size])
        ys.append(data[i + 1 : i + 1 + block_size])
    return torch.stack(xs), torch.stack(ys)


def causal_average_loop(x):
    out = []
    for t in range(x.size(1)):
        out.append(x[:, : t + 1, :].mean(1))
    return torch.stack(out, 1)


def causal_average_matmul(x):
    T = x.size(1)
    att = torch.tril(torch.ones(T, T)) / torch.arange(1, T + 1).view(T, 1)
    return att @ x


def causal_average_softmax(x):
    B, T, C = x.size()
    bias = torch.tril(torch.ones(T, T)).view(1, T, T)
    att = torch.zeros((B, T, T))
    att = att.masked_fill(bias[:, :T, :T] == 0, float("-inf"))
    att = F.softmax(att, dim=-1)
    y = att @ x  # (B, T, T) x (B, T, C) -> (B, T, C)
    return y


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    T, S = q.size(-2), k.size(-2)
    att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
    if is_causal:
        mask = torch.tril(torch.ones(T, S))
    if mask is not None:
        att = att.masked_fill(mask == 0, -1e4)
    att = F.softmax(att, dim=-1)
    return att @ v


class Dropout(nn.Module):
    def __init__(self, p, generator=None):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        keep = torch.bernoulli(torch.ones_like(x) * (1 - self.p))
        return keep * x / (1 - self.p)


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("bias", torch.tril(torch.ones(block_size, block_size)).view(1, block_size, block_size))

    def forward(self, x):
        T = x.size(1)
        att = (self.query(x) @ self.key(x).transpose(-2, -1)) * (1.0 / math.sqrt(self.key.out_features))
        att = att.masked_fill(self.bias[:, :T, :T] == 0, float("-inf"))
        att = F.softmax(att, dim=-1)
        return att @ self.value(x)


class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__()
        self.heads = nn.ModuleList([Head(n_embd, n_embd // n_head, block_size) for _ in range(n_head)])
        self.proj = nn.Linear(n_embd, n_embd)

    def forward(self, x):
        return self.proj(torch.cat([head(x) for head in self.heads], -1))


class NewGELU(nn.Module):
    def forward(self, x):
        return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        assert config.n_embd % config.n_head == 0
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd)
        ones = torch.ones(config.block_size, config.block_size)
        self.register_buffer("bias", torch.tril(ones).view(1, 1, config.block_size, config.block_size))
        self.n_head = config.n_head
        self.n_embd = config.n_embd

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
        k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)  # (B, nh, T, hs)
        q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf"))
        att = F.softmax(att, dim=-1)
        y = att @ v
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        y = self.c_proj(y)
        return y


class LayerNorm(nn.Module):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim))

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        var = ((x - mean) ** 2).mean(-1, keepdim=True)
        return self.weight * (x - mean) / (var + self.eps) ** 0.5 + self.bias


class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        self.c_fc = nn.Linear(n_embd, 4 * n_embd)
        self.c_proj = nn.Linear(4 * n_embd, n_embd)
        self.act = NewGELU()

    def forward(self, x):
        return self.c_proj(self.act(self.c_fc(x)))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = LayerNorm(config.n_embd)
        self.mlp = FeedForward(config.n_embd)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.block_size = config.block_size
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = LayerNorm(config.n_embd)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)

    def forward(self, idx, targets=None):
        b, t = idx.size()
        assert t <= self.block_size, f"Cannot forward sequence of length {t}"
        pos = torch.arange(0, t, dtype=torch.long).unsqueeze(0)  # (1, t)
        x = self.wte(idx) + self.wpe(pos)
        for block in self.blocks:
            x = block(x)
        x = self.ln_f(x)
        logits = self.lm_head(x)
        loss = None
        if targets is not None:
            loss = cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        return logits, loss


def sampling_probs(logits, temperature=1.0, top_k=None):
    logits = logits / temperature
    if top_k is not None:
        v, _ = torch.topk(logits, top_k)
        logits[logits < v[:, [-1]]] = -float("Inf")
    probs = F.softmax(logits, dim=-1)
    return probs


def sample_logits(logits, temperature=1.0, top_k=None, generator=None):
    return torch.multinomial(sampling_probs(logits, temperature, top_k), num_samples=1)


@torch.no_grad()
def generate(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    block_size = model.config.block_size
    for _ in range(max_new_tokens):
        idx_cond = idx if idx.size(1) <= block_size else idx[:, -block_size:]
        logits, _ = model(idx_cond)
        logits = logits[:, -1, :] / temperature
        if top_k is not None:
            v, _ = torch.topk(logits, top_k)
            logits[logits < v[:, [-1]]] = -float("Inf")
        probs = F.softmax(logits, dim=-1)
        idx_next = torch.multinomial(probs, num_samples=1)
        idx = torch.cat((idx, idx_next), dim=1)
    return idx


@torch.inference_mode()
def estimate_loss(model, get_batch_fn, iters):
    model.eval()
    losses = []
    for i in range(iters):
        X, Y = get_batch_fn()
        logits, loss = model(X, Y)
        losses.append(loss.item())
    mean_loss = torch.tensor(losses).mean().item()
    model.train()
    return mean_loss


def make_copy_batch(batch_size, length, vocab_size, generator=None):
    n = length // 2
    first = torch.randint(0, vocab_size, (batch_size, n))
    x = torch.hstack([first, first])
    y = torch.cat([x[:, 1:], torch.full((batch_size, 1), -1)], 1)
    y[:, : n - 1] = -1
    return x, y


def attention_pattern(model, idx, layer, head):
    x = model.wte(idx) + model.wpe(torch.arange(idx.size(1)))
    for block in model.blocks[:layer]:
        x = block(x)
    block = model.blocks[layer]
    attn = block.attn
    B, T, C = x.size()
    q, k, v = attn.c_attn(block.ln_1(x)).split(C, dim=2)
    k = k.view(B, T, attn.n_head, C // attn.n_head).transpose(1, 2)
    q = q.view(B, T, attn.n_head, C // attn.n_head).transpose(1, 2)
    att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
    att = att.masked_fill(attn.bias[:, :, :T, :T] == 0, float("-inf"))
    att = F.softmax(att, dim=-1)
    return att[:, head].detach()
