"""Unit 08 typed along with the video: single letters, `wei`, a `tril` buffer, whatever torch does by itself."""

from dataclasses import dataclass

import torch
import torch.nn as nn
from torch.nn import functional as F

torch.manual_seed(1337)

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


# batches


def get_batch(data, block_size, batch_size, generator=None):
    ix = torch.randint(len(data) - block_size, (batch_size,))
    x = torch.stack([data[i : i + block_size] for i in ix])
    y = torch.stack([data[i + 1 : i + block_size + 1] for i in ix])
    return x, y


# bags of words


def causal_average_loop(x):
    B, T, C = x.shape
    xbow = torch.zeros((B, T, C))
    for b in range(B):
        for t in range(T):
            xprev = x[b, : t + 1]  # (t+1, C)
            xbow[b, t] = torch.mean(xprev, 0)
    return xbow


def causal_average_matmul(x):
    B, T, C = x.shape
    wei = torch.tril(torch.ones(T, T))
    wei = wei / wei.sum(1, keepdim=True)
    return wei @ x  # (B, T, T) @ (B, T, C) -> (B, T, C)


def causal_average_softmax(x):
    B, T, C = x.shape
    tril = torch.tril(torch.ones(T, T))
    wei = torch.zeros((T, T))
    wei = wei.masked_fill(tril == 0, float("-inf"))
    wei = F.softmax(wei, dim=-1)
    return wei @ x


# attention


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5  # (B, T, d) @ (B, d, S) -> (B, T, S)
    if is_causal:
        T, S = wei.shape[-2:]
        wei = wei.masked_fill(torch.tril(torch.ones(T, S)) == 0, float("-inf"))
    if mask is not None:
        wei = wei.masked_fill(mask == 0, float("-inf"))
    wei = F.softmax(wei, dim=-1)
    if dropout is not None:
        wei = dropout(wei)
    return wei @ v


class Dropout(nn.Module):
    def __init__(self, p, generator=None):
        super().__init__()
        self.p = p

    def forward(self, x):
        if self.training:
            mask = (torch.rand(x.shape) >= self.p).float()
            x = x * mask / (1 - self.p)
        return x


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
        k = self.key(x)  # (B, T, hs)
        q = self.query(x)  # (B, T, hs)
        wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        wei = F.softmax(wei, dim=-1)
        wei = self.dropout(wei)
        v = self.value(x)
        return wei @ v


class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head, block_size, dropout=0.0):
        super().__init__()
        head_size = n_embd // n_head
        self.heads = nn.ModuleList([Head(n_embd, head_size, block_size, dropout) for _ in range(n_head)])
        self.proj = nn.Linear(n_embd, n_embd)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        out = torch.cat([h(x) for h in self.heads], dim=-1)
        return self.dropout(self.proj(out))


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        C = config.n_embd
        self.n_head = config.n_head
        self.c_attn = nn.Linear(C, 3 * C)
        self.c_proj = nn.Linear(C, C)
        self.attn_drop = nn.Dropout(config.dropout)
        self.out_drop = nn.Dropout(config.dropout)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.c_attn(x).split(C, dim=2)
        q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)  # (B, nh, T, hs)
        k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        y = scaled_dot_product_attention(q, k, v, is_causal=True, dropout=self.attn_drop)
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        return self.out_drop(self.c_proj(y))


class LayerNorm(nn.Module):
    def __init__(self, ndim, eps=1e-5, bias=True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim))

    def forward(self, x):
        xmean = x.mean(2, keepdim=True)
        xvar = x.var(2, keepdim=True, unbiased=False)
        xhat = (x - xmean) / torch.sqrt(xvar + self.eps)
        return self.weight * xhat + self.bias


class FeedForward(nn.Module):
    def __init__(self, n_embd, dropout=0.0, act="gelu_tanh", bias=True):
        super().__init__()
        self.c_fc = nn.Linear(n_embd, 4 * n_embd)
        self.relu = nn.ReLU()
        self.c_proj = nn.Linear(4 * n_embd, n_embd)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = self.c_fc(x)
        x = self.relu(x)
        x = self.c_proj(x)
        return self.dropout(x)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd)
        self.mlp = FeedForward(config.n_embd, config.dropout)

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
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = nn.LayerNorm(config.n_embd)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size)

    def forward(self, idx, targets=None):
        B, T = idx.shape
        tok_emb = self.wte(idx)  # (B, T, C)
        pos_emb = self.wpe(torch.arange(T))  # (T, C)
        x = tok_emb + pos_emb
        for block in self.blocks:
            x = block(x)
        x = self.ln_f(x)
        logits = self.lm_head(x)  # (B, T, vocab_size)
        if targets is None:
            loss = None
        else:
            B, T, C = logits.shape
            loss = cross_entropy(logits.view(B * T, C), targets.view(B * T))
        return logits, loss


# sampling


def sampling_probs(logits, temperature=1.0, top_k=None):
    logits = logits / temperature
    if top_k is not None:
        v, _ = torch.topk(logits, top_k)
        logits[logits < v[:, [-1]]] = -float("inf")
    return F.softmax(logits, dim=-1)


def sample_logits(logits, temperature=1.0, top_k=None, generator=None):
    probs = sampling_probs(logits, temperature, top_k)
    return torch.multinomial(probs, num_samples=1)


def generate(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    for _ in range(max_new_tokens):
        idx_cond = idx[:, -model.config.block_size :]
        logits, loss = model(idx_cond)
        logits = logits[:, -1, :]  # (B, C)
        probs = F.softmax(logits, dim=-1)
        idx_next = torch.multinomial(probs, num_samples=1)  # (B, 1)
        idx = torch.cat((idx, idx_next), dim=1)  # (B, T+1)
    return idx


@torch.no_grad()
def estimate_loss(model, get_batch_fn, iters):
    model.eval()
    losses = torch.zeros(iters)
    for k in range(iters):
        X, Y = get_batch_fn()
        logits, loss = model(X, Y)
        losses[k] = loss.item()
    model.train()
    return losses.mean()


# copying


def make_copy_batch(batch_size, length, vocab_size, generator=None):
    T = length
    half = torch.randint(vocab_size, (batch_size, T // 2))
    x = torch.cat((half, half), dim=1)
    y = torch.full((batch_size, T), IGNORE)
    for t in range(T // 2 - 1, T - 1):
        y[:, t] = x[:, t + 1]
    return x, y


@torch.no_grad()
def attention_pattern(model, idx, layer, head):
    model.eval()
    B, T = idx.shape
    x = model.wte(idx) + model.wpe(torch.arange(T))
    for i in range(layer):
        x = model.blocks[i](x)
    block = model.blocks[layer]
    B, T, C = x.shape
    hs = C // model.config.n_head
    q, k, v = block.attn.c_attn(block.ln_1(x)).split(C, dim=2)
    q = q[:, :, head * hs : (head + 1) * hs]
    k = k[:, :, head * hs : (head + 1) * hs]
    wei = q @ k.transpose(-2, -1) * hs**-0.5
    wei = wei.masked_fill(torch.tril(torch.ones(T, T)) == 0, float("-inf"))
    return F.softmax(wei, dim=-1)
