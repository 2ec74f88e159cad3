"""Unit 10 in the manner of nanoGPT: first weights by name after an apply, sizes by a notebook's dicts, plain functions."""

import math
import re
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class GPTConfig:
    vocab_size: int = 50257
    block_size: int = 1024
    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768
    bias: bool = True


def layout(config):
    """Where the numbers are: how often, and how large."""
    C, b = config.n_embd, config.bias
    ln = C * (1 + b)
    block = [ln, (C + b) * 3 * C, (C + b) * C, ln, (C + b) * 4 * C, (4 * C + b) * C]
    return {
        "embedding/position": (1, config.block_size * C),
        "embedding/token": (1, config.vocab_size * C),
        "block": (config.n_layer, sum(block)),
        "ln_f": (1, ln),
    }


def count_parameters(config, non_embedding=False):
    table = layout(config)
    n_params = sum(times * size for times, size in table.values())
    if non_embedding:
        n_params -= table["embedding/position"][1]
    return n_params


def flops_per_token(config):
    head_size = config.n_embd // config.n_head
    attn = 2 * (head_size * config.n_head * config.block_size) + 2 * (config.block_size * config.n_head * head_size)
    forward = 2 * count_parameters(config, non_embedding=True) + config.n_layer * attn
    backward = 2 * forward
    return forward + backward


def training_memory(config, batch_size, act_bytes=4, flash=False):
    C = config.n_embd
    kept = {"ln": 2 * C, "attention": 1 * C + 3 * C + 1 * C, "mlp": 1 * C + 2 * 4 * C}
    kept["softmax"] = 0 if flash else config.n_head * config.block_size
    per_token = config.n_layer * sum(kept.values()) + 2 * C + config.vocab_size
    param_bytes = 4 * count_parameters(config)
    return {
        "weights": param_bytes,
        "gradients": param_bytes,
        "moments": 2 * param_bytes,
        "activations": act_bytes * batch_size * config.block_size * per_token,
    }


def estimate_mfu(config, tokens_per_second, peak_flops=312e12):
    return tokens_per_second / (peak_flops / flops_per_token(config))


def compute_optimal(flops):
    params = math.exp(0.5 * (math.log(flops) - math.log(6) - math.log(20)))
    return params, params * 20


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.n_head = config.n_head

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(C, dim=2)
        q, k, v = (t.view(B, T, self.n_head, C // self.n_head).transpose(1, 2) for t in (q, k, v))
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(torch.tril(torch.ones(T, T, device=x.device)) == 0, float("-inf"))
        y = F.softmax(att, dim=-1) @ v
        return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))


class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = MLP(config)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x


class GPT2(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.wte.weight = self.lm_head.weight
        self.apply(self._init_weights)
        for pn, p in self.named_parameters():
            if pn.endswith("c_proj.weight"):
                torch.nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * config.n_layer))

    def _init_weights(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)
            if getattr(module, "bias", None) is not None:
                torch.nn.init.zeros_(module.bias)

    def forward(self, idx, targets=None):
        b, t = idx.size()
        pos = torch.arange(0, t, dtype=torch.long, device=idx.device)
        x = self.wte(idx) + self.wpe(pos)
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)


def load_hf_state_dict(model, sd_hf):
    def theirs(name):
        return re.sub(r"^blocks\.", "transformer.h.", name) if name.startswith("blocks.") else "transformer." + name

    own = {k: v for k, v in model.state_dict().items() if k != "lm_head.weight"}
    known = {theirs(k) for k in own} | {"lm_head.weight"}
    masks = {k for k in sd_hf if k.endswith(".attn.bias") or k.endswith(".attn.masked_bias")}
    unknown = set(sd_hf) - known - masks
    if unknown:
        raise ValueError(f"what is {unknown}?")
    for k, v in own.items():
        value = sd_hf[theirs(k)]
        if re.search(r"(c_attn|c_proj|c_fc)\.weight$", k):
            value = value.T
        assert value.shape == v.shape, k
        v.copy_(value)


def tokenize_doc(text, tok):
    eot = np.array([tok.special_tokens["<|endoftext|>"]], dtype=np.uint16)
    return np.concatenate((eot, np.array(tok.encode_ordinary(text), dtype=np.uint16)))


def write_shards(docs, folder, shard_size, tok):
    arr = np.concatenate([tokenize_doc(doc, tok) for doc in docs])
    files = []
    for i, start in enumerate(range(0, len(arr), shard_size)):
        name = folder / ("%s_%04d.npy" % ("train" if i else "val", i))
        with open(name, "wb") as f:
            np.save(f, arr[start : start + shard_size])
        files.append(name)
    return files


def read_shard(path):
    return torch.tensor(np.load(path).tolist(), dtype=torch.int64)


class DataLoaderLite:
    def __init__(self, shards, B, T, rank=0, world_size=1):
        self.shards, self.B, self.T = shards, B, T
        self.offset = B * T * rank
        self.stride = B * T * world_size
        self.reset()

    def load(self):
        self.tokens = read_shard(self.shards[self.current_shard])
        self.current_position = self.offset

    def reset(self):
        self.current_shard = 0
        self.load()

    def next_batch(self):
        window = self.tokens[self.current_position :][: self.B * self.T + 1]
        x = window[:-1].reshape(self.B, self.T)
        y = window[1:].reshape(self.B, self.T)
        self.current_position += self.stride
        if self.current_position + self.stride >= len(self.tokens):
            self.current_shard += 1
            self.current_shard %= len(self.shards)
            self.load()
        return x, y


def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr / warmup_steps * (it + 1)
    if it > max_steps:
        return min_lr
    progress = (it - warmup_steps) / (max_steps - warmup_steps)
    return max_lr - (max_lr - min_lr) * (1 - math.cos(progress * math.pi)) / 2


def configure_param_groups(model, weight_decay):
    decay, no_decay = [], []
    for _, p in model.named_parameters():
        if not p.requires_grad:
            continue
        (no_decay if p.ndim < 2 else decay).append(p)
    return [dict(params=no_decay, weight_decay=0.0), dict(params=decay, weight_decay=weight_decay)]


class AdamW(torch.optim.Optimizer):
    """After the course CS336: torch's base class keeps groups, gradients and state."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    def step(self, closure=None):
        for group in self.param_groups:
            alpha, eps, wd = group["lr"], group["eps"], group["weight_decay"]
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                t = state.get("t", 1)
                m = state.get("m", torch.zeros_like(p.data))
                v = state.get("v", torch.zeros_like(p.data))
                g = p.grad.data
                m = b1 * m + (1 - b1) * g
                v = b2 * v + (1 - b2) * g.square()
                p.data -= alpha * wd * p.data
                p.data -= alpha * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + eps)
                state["t"], state["m"], state["v"] = t + 1, m, v

    def zero_grad(self, set_to_none=True):
        super().zero_grad(set_to_none)

    def state_dict(self):
        return super().state_dict()

    def load_state_dict(self, state_dict):
        super().load_state_dict(state_dict)


def clip_grad_norm_(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = [p.grad for p in params if p.grad is not None]
    norm = torch.linalg.vector_norm(torch.cat([g.reshape(-1) for g in grads]))
    if norm > max_norm:
        for g in grads:
            g *= max_norm / (norm + eps)
    return norm


def accumulate_gradients(model, micro_batches):
    lossf = 0.0
    for x, y in micro_batches:
        _, loss = model(x, y)
        (loss / len(micro_batches)).backward()
        lossf += loss.item()
    return lossf / len(micro_batches)


def broadcast_parameters(rank_models):
    master, *others = rank_models
    with torch.no_grad():
        for other in others:
            for (_, a), (_, b) in zip(master.named_parameters(), other.named_parameters()):
                b.copy_(a)


def average_gradients(rank_models):
    master, *others = [list(model.parameters()) for model in rank_models]
    for i, p in enumerate(master):
        if p.grad is not None:
            for other in others:
                p.grad += other[i].grad
            p.grad /= len(rank_models)
            for other in others:
                other[i].grad = p.grad.clone()


def data_parallel_step(rank_models, optimizers, x, y):
    world_size = len(rank_models)
    xs, ys = x.view(world_size, -1, x.size(1)), y.view(world_size, -1, y.size(1))
    losses = []
    for rank in range(world_size):
        for p in rank_models[rank].parameters():
            p.grad = None
        _, loss = rank_models[rank](xs[rank], ys[rank])
        loss.backward()
        losses.append(loss.item())
    average_gradients(rank_models)
    [opt.step() for opt in optimizers]
    return sum(losses) / world_size


def ddp_accumulate(model, micro_batches):
    *first, last = micro_batches
    n = len(micro_batches)
    lossf = 0.0
    with model.no_sync():
        for x, y in first:
            loss = model(x, y)[1] / n
            loss.backward()
            lossf += loss.item()
    loss = model(*last)[1] / n
    loss.backward()
    return lossf + loss.item()


def bf16_round(x):
    bits = x.numpy().view(np.uint32).astype(np.uint64)
    low, high = bits & 0xFFFF, bits >> 16
    up = (low > 0x8000) | ((low == 0x8000) & (high & 1 == 1))
    return torch.from_numpy(((high + up) << 16).astype(np.uint32).view(np.float32))


class GradScaler:
    def __init__(self, init_scale=2.0**16, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000):
        self._scale = torch.tensor(float(init_scale))
        self.growth = growth_factor
        self.backoff = backoff_factor
        self.interval = growth_interval
        self.good = 0
        self.inf = None

    def get_scale(self):
        return self._scale.item()

    def scale(self, loss):
        return self._scale * loss

    def unscale_(self, optimizer):
        assert self.inf is None
        inv = 1.0 / self._scale
        self.inf = 0.0
        for p in sum([g["params"] for g in optimizer.param_groups], []):
            if p.grad is not None:
                p.grad.mul_(inv)
                self.inf += (~torch.isfinite(p.grad)).sum().item()

    def step(self, optimizer):
        if self.inf is None:
            self.unscale_(optimizer)
        if self.inf == 0:
            optimizer.step()

    def update(self):
        if self.inf:
            self._scale *= self.backoff
            self.good = 0
        else:
            self.good += 1
            if self.good >= self.interval:
                self._scale *= self.growth
                self.good = 0
        self.inf = None


def amp_step(loss, optimizer, scaler, max_norm):
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    params = (p for group in optimizer.param_groups for p in group["params"])
    norm = clip_grad_norm_(params, max_norm)
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad()
    return norm


def render_example(example, tok):
    ctx = tok.encode_ordinary(example["ctx"])
    rows = [ctx + tok.encode_ordinary(" " + e) for e in example["endings"]]
    N = max(map(len, rows))
    tokens = torch.tensor([r + [0] * (N - len(r)) for r in rows])
    place = torch.arange(N)[None]
    lengths = torch.tensor([len(r) for r in rows])[:, None]
    mask = ((place >= len(ctx)) & (place < lengths)).long()
    return tokens, mask, example["label"]


def completion_losses(tokens, mask, logits):
    logp = torch.log_softmax(logits, dim=-1)
    out = []
    for r in range(len(tokens)):
        scored = [-logp[r, t - 1, tokens[r, t]] for t in range(1, tokens.shape[1]) if mask[r, t]]
        out.append(sum(scored) / len(scored))
    return torch.stack(out)


def most_likely_row(tokens, mask, logits):
    losses = completion_losses(tokens, mask, logits).tolist()
    return losses.index(min(losses))


def save_checkpoint(path, model, opt, loader, step, rng):
    torch.save([model.state_dict(), opt.state_dict(), loader.state_dict(), step, rng.get_state()], path)


def load_checkpoint(path, model, opt, loader, rng):
    model_state, opt_state, loader_state, step, rng_state = torch.load(path, map_location="cpu")
    model.load_state_dict(model_state)
    opt.load_state_dict(opt_state)
    loader.load_state_dict(loader_state)
    rng.set_state(rng_state)
    return step
