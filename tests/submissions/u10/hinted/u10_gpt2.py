"""Unit 10 by somebody who reads all hints and does what they say, to the letter."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional


@dataclass
class GPTConfig:
    vocab_size: int = 50257
    block_size: int = 1024
    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768
    bias: bool = True


def count_parameters(config, non_embedding=False):
    C = config.n_embd
    V = config.vocab_size
    T = config.block_size
    L = config.n_layer
    b = int(config.bias)
    block = 12 * C * C + 2 * C + b * (3 * C + C + 4 * C + C + 2 * C)
    total = V * C + L * block + C + b * C
    if not non_embedding:
        total += T * C
    return total


def flops_per_token(config):
    return 6 * count_parameters(config, non_embedding=True) + 12 * config.n_layer * config.n_embd * config.block_size


def training_memory(config, batch_size, act_bytes=4, flash=False):
    C, T, L, H, V = config.n_embd, config.block_size, config.n_layer, config.n_head, config.vocab_size
    n = 4 * count_parameters(config)
    token = L * (16 * C + (0 if flash else H * T)) + 2 * C + V
    return {"weights": n, "gradients": n, "moments": 2 * n, "activations": token * batch_size * T * act_bytes}


def estimate_mfu(config, tokens_per_second, peak_flops=312e12):
    return flops_per_token(config) * tokens_per_second / peak_flops


def compute_optimal(flops):
    N = math.sqrt(flops / 120)
    return N, 20 * N


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.n_head = config.n_head
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (part.view(B, T, self.n_head, -1).transpose(1, 2) for part in self.c_attn(x).split(C, dim=2))
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(y.transpose(1, 2).reshape(B, T, C))


class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)

    def forward(self, x):
        return self.c_proj(functional.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = MLP(config)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT2(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.lm_head.weight = self.wte.weight
        for name, p in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(p)
            elif p.dim() == 2:
                std = 0.02
                if name.endswith("c_proj.weight"):
                    std = std / math.sqrt(2 * config.n_layer)
                nn.init.normal_(p, std=std)

    def forward(self, idx, targets=None):
        x = self.wte(idx) + self.wpe(torch.arange(idx.shape[1], device=idx.device))
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        return logits, functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)


def load_hf_state_dict(model, sd_hf):
    theirs = {}
    for name, value in sd_hf.items():
        if name.endswith((".attn.bias", ".attn.masked_bias")) or name == "lm_head.weight":
            continue
        if name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
            value = value.t()
        name = name.removeprefix("transformer.")
        if name.startswith("h."):
            name = "blocks." + name.removeprefix("h.")
        theirs[name] = value
    ours = dict(model.named_parameters())
    if set(ours) != set(theirs):
        raise KeyError(sorted(set(ours) ^ set(theirs)))
    if any(ours[name].shape != theirs[name].shape for name in ours):
        raise ValueError("a shape does not fit")
    with torch.no_grad():
        for name, p in ours.items():
            p.copy_(theirs[name])


def tokenize_doc(text, tok):
    ids = [tok.special_tokens["<|endoftext|>"], *tok.encode_ordinary(text)]
    if max(ids) >= 2**16:
        raise ValueError("an id does not fit into 16 bits")
    return np.array(ids, dtype=np.uint16)


def write_shards(docs, folder, shard_size, tok):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []

    def write(tokens):
        word = "train" if paths else "val"
        path = folder / f"{word}_{len(paths):06d}.npy"
        np.save(path, tokens)
        paths.append(path)

    buffer = np.empty(0, np.uint16)
    for doc in docs:
        buffer = np.concatenate([buffer, tokenize_doc(doc, tok)])
        while len(buffer) >= shard_size:
            write(buffer[:shard_size])
            buffer = buffer[shard_size:]
    if len(buffer) > 0:
        write(buffer)
    return paths


def read_shard(path):
    return torch.from_numpy(np.load(path).astype(np.int64))


class DataLoaderLite:
    def __init__(self, shards, B, T, rank=0, world_size=1):
        self.shards = shards
        self.B, self.T = B, T
        self.rank, self.world_size = rank, world_size
        self.reset()

    def reset(self, shard=0):
        for number in range(shard, shard + len(self.shards)):
            self.current_shard = number % len(self.shards)
            self.tokens = read_shard(self.shards[self.current_shard])
            if len(self.tokens) > self.B * self.T * self.world_size:
                self.current_position = self.B * self.T * self.rank
                return
        raise ValueError("all shards are too short")

    def next_batch(self):
        B, T, W = self.B, self.T, self.world_size
        p = self.current_position
        buf = self.tokens[p : p + B * T + 1]
        x = buf[:-1].view(B, T)
        y = buf[1:].view(B, T)
        self.current_position += B * T * W
        if self.current_position - B * T * self.rank + B * T * W + 1 > len(self.tokens):
            self.reset(self.current_shard + 1)
        return x, y


def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr * (it + 1) / warmup_steps
    if it >= max_steps:
        return min_lr
    r = (it - warmup_steps) / (max_steps - warmup_steps)
    coeff = 0.5 * (1 + math.cos(math.pi * r))
    return min_lr + coeff * (max_lr - min_lr)


def configure_param_groups(model, weight_decay):
    params = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in params if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in params if p.dim() < 2], "weight_decay": 0.0},
    ]
