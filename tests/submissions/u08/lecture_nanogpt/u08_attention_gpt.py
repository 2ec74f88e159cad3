"""Unit 08 in the manner of nanoGPT: asserts, a config, dropout of one's own, softmax and norms in float32."""

import math
from dataclasses import dataclass

import torch
import torch.nn as nn
from torch.nn import functional as F

device = "cuda" if torch.cuda.is_available() else "cpu"

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
    ix = torch.randint(len(data) - block_size, (batch_size,), generator=generator)
    x = torch.stack([(data[i : i + block_size]).to(torch.int64) for i in ix])
    y = torch.stack([(data[i + 1 : i + 1 + block_size]).to(torch.int64) for i in ix])
    x, y = x.to(device), y.to(device)
    return x, y


def causal_average_loop(x):
    B, T, C = x.size()
    out = torch.zeros(B, T, C, device=device)
    for t in range(T):
        out[:, t, :] = x[:, : t + 1, :].sum(dim=1) / (t + 1)
    return out


def causal_average_matmul(x):
    T = x.size(1)
    w = torch.tril(torch.ones(T, T, device=device))
    w /= torch.sum(w, 1, keepdim=True)
    return torch.einsum("ts,bsc->btc", w, x)


def causal_average_softmax(x):
    T = x.size(1)
    mask = torch.triu(torch.full((T, T), float("-inf"), device=device), diagonal=1)
    w = F.softmax(torch.zeros(T, T, device=device) + mask, dim=-1)
    return torch.matmul(w, x)


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    L, S = q.size(-2), k.size(-2)
    scale = 1 / math.sqrt(q.size(-1))
    attn_bias = torch.zeros(L, S, dtype=q.dtype, device=q.device)
    if is_causal:
        assert mask is None
        causal = torch.ones(L, S, dtype=torch.bool, device=q.device).tril(diagonal=0)
        attn_bias.masked_fill_(causal.logical_not(), float("-inf"))
    if mask is not None:
        attn_bias = torch.zeros(mask.shape, dtype=q.dtype, device=q.device)
        attn_bias = attn_bias.masked_fill_(mask.logical_not(), float("-inf"))
    att = q @ k.transpose(-2, -1) * scale + attn_bias
    att = F.softmax(att, dim=-1, dtype=torch.float32).type_as(q)
    if dropout is not None:
        att = dropout(att)
    return att @ v


class Dropout(nn.Module):
    def __init__(self, p=0.5, generator=None):
        super().__init__()
        assert 0.0 <= p <= 1.0
        self.p = p
        self.generator = generator

    def forward(self, x):
        if not self.training:
            return x
        mask = torch.rand(x.size(), generator=self.generator, device=device) > self.p
        return mask * x / (1.0 - self.p)


class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.head_size = head_size
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("mask", torch.tril(torch.ones(block_size, block_size)))
        self.attn_dropout = Dropout(dropout)

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.query(x), self.key(x), self.value(x)
        att = torch.einsum("btd,bsd->bts", q, k) / math.sqrt(self.head_size)
        att = att.masked_fill(self.mask[:T, :T] == 0, float("-inf"))
        att = self.attn_dropout(F.softmax(att.float(), dim=-1).to(v.dtype))
        return torch.einsum("bts,bsd->btd", att, v)


class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__()
        assert n_embd % n_head == 0
        self.heads = nn.ModuleList(Head(n_embd, n_embd // n_head, block_size, dropout) for _ in range(n_head))
        self.proj = nn.Linear(n_embd, n_embd)
        self.resid_dropout = Dropout(dropout)

    def forward(self, x):
        out = torch.cat([h(x) for h in self.heads], dim=-1)
        out = self.resid_dropout(self.proj(out))
        return out


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        assert config.n_embd % config.n_head == 0
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.attn_dropout = Dropout(config.dropout)
        self.resid_dropout = Dropout(config.dropout)
        self.n_head = config.n_head
        self.n_embd = config.n_embd

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
        q, k, v = (t.view(B, T, self.n_head, C // self.n_head).transpose(1, 2) for t in (q, k, v))
        y = scaled_dot_product_attention(q, k, v, mask=None, is_causal=True, dropout=self.attn_dropout)
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        return self.resid_dropout(self.c_proj(y))


class LayerNorm(nn.Module):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim)) if bias else None

    def forward(self, x):
        h = x.float()
        var, mean = torch.var_mean(h, dim=-1, unbiased=False, keepdim=True)
        h = ((h - mean) * torch.rsqrt(var + 1e-5)).type_as(x)
        h = h * self.weight
        if self.bias is not None:
            h = h + self.bias
        return h


def new_gelu(x):
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x * x * x)))


class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        self.c_fc = nn.Linear(n_embd, 4 * n_embd, bias=bias)
        self.c_proj = nn.Linear(4 * n_embd, n_embd, bias=bias)
        self.act = nn.ReLU() if act == "relu" else new_gelu
        self.dropout = Dropout(dropout)

    def forward(self, x):
        return self.dropout(self.c_proj(self.act(self.c_fc(x))))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = FeedForward(config.n_embd, config.dropout, config.act, config.bias)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        assert config.vocab_size is not None
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.drop = Dropout(config.dropout)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.apply(self._init_weights)
        for name, p in self.named_parameters():
            if name.endswith("c_proj.weight"):
                nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * config.n_layer))

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def forward(self, idx, targets=None):
        b, t = idx.size()
        assert t <= self.config.block_size
        pos = torch.arange(0, t, dtype=torch.long, device=device)
        x = self.drop(self.wte(idx) + self.wpe(pos))
        for block in self.blocks:
            x = block(x)
        x = self.ln_f(x)
        logits = self.lm_head(x)
        if targets is not None:
            loss = cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        else:
            loss = None
        return logits, loss


def sampling_probs(logits, temperature=1.0, top_k=None):
    logits = logits / temperature
    if top_k is not None:
        v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
        logits[logits < v[:, [-1]]] = -float("Inf")
    return F.softmax(logits, dim=-1)


def sample_logits(logits, temperature=1.0, top_k=None, generator=None):
    return torch.multinomial(sampling_probs(logits, temperature, top_k), num_samples=1, generator=generator)


@torch.no_grad()
def generate(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    for _ in range(max_new_tokens):
        idx_cond = idx if idx.size(1) <= model.config.block_size else idx[:, -model.config.block_size :]
        logits, _ = model(idx_cond)
        idx_next = sample_logits(logits[:, -1, :], temperature, top_k, generator)
        idx = torch.cat((idx, idx_next), dim=1)
    return idx


@torch.no_grad()
def estimate_loss(model, get_batch_fn, iters):
    model.eval()
    losses = torch.zeros(iters)
    for k in range(iters):
        X, Y = get_batch_fn()
        _, loss = model(X, Y)
        losses[k] = loss.item()
    out = losses.mean().item()
    model.train()
    return out


def make_copy_batch(batch_size, length, vocab_size, generator=None):
    assert length % 2 == 0
    half = torch.randint(0, vocab_size, (batch_size, length // 2), generator=generator)
    x = half.repeat(1, 2)
    y = torch.roll(x, -1, dims=1)
    y[:, : length // 2 - 1] = IGNORE
    y[:, -1] = IGNORE
    return x, y


@torch.no_grad()
def attention_pattern(model, idx, layer, head):
    was = model.training
    model.eval()
    kept = {}
    attn = model.blocks[layer].attn
    handle = attn.c_attn.register_forward_hook(lambda module, args, out: kept.update(qkv=out))
    model(idx)
    handle.remove()
    B, T = idx.size()
    q, k, v = kept["qkv"].split(attn.n_embd, dim=2)
    q, k = (t.view(B, T, attn.n_head, attn.n_embd // attn.n_head).transpose(1, 2) for t in (q, k))
    att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
    att = att.masked_fill(torch.tril(torch.ones(T, T, device=device)) == 0, float("-inf"))
    model.train(was)
    return F.softmax(att, dim=-1)[:, head]
