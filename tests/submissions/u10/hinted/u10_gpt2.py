"""Unit 10 by somebody who reads all hints and does what they say, to the letter."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
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


class AdamW:
    def __init__(
        self,
        params: Iterable[Any],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-08,
        weight_decay: float = 0.1,
    ) -> None:
        listed = list(params)
        groups = listed if listed and isinstance(listed[0], dict) else [{"params": listed}]
        shared = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        self.param_groups: list[dict[str, Any]] = [
            {**shared, **group, "params": list(group["params"])} for group in groups
        ]
        self.state: dict[Tensor, dict[str, Any]] = {}

    def step(self) -> None:
        with torch.no_grad():
            for group in self.param_groups:
                lr, (beta1, beta2) = (group["lr"], group["betas"])
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    if p not in self.state:
                        self.state[p] = {"step": 0, "exp_avg": torch.zeros_like(p), "exp_avg_sq": torch.zeros_like(p)}
                    kept = self.state[p]
                    kept["step"] += 1
                    m, v, t = (kept["exp_avg"], kept["exp_avg_sq"], kept["step"])
                    p.mul_(1 - lr * group["weight_decay"])
                    m.mul_(beta1).add_(p.grad, alpha=1 - beta1)
                    v.mul_(beta2).addcmul_(p.grad, p.grad, value=1 - beta2)
                    p.sub_(lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + group["eps"]))

    def zero_grad(self) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None

    def state_dict(self) -> dict[str, Any]:
        places = {p: i for i, p in enumerate((p for group in self.param_groups for p in group["params"]))}
        groups = [{**group, "params": [places[p] for p in group["params"]]} for group in self.param_groups]
        return {"state": {places[p]: dict(kept) for p, kept in self.state.items()}, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        params = [p for group in self.param_groups for p in group["params"]]
        self.state = {
            params[i]: {name: one.clone() if isinstance(one, Tensor) else one for name, one in kept.items()}
            for i, kept in state_dict["state"].items()
        }
        for group, saved in zip(self.param_groups, state_dict["param_groups"], strict=True):
            group.update({name: value for name, value in saved.items() if name != "params"})


def clip_grad_norm_(
    params: Iterable[Tensor], max_norm: float, eps: float = 1e-06, error_if_nonfinite: bool = False
) -> Tensor:
    grads = [p.grad for p in params if p.grad is not None]
    total = torch.stack([grad.norm() for grad in grads]).norm() if grads else torch.zeros(())
    if error_if_nonfinite and (not torch.isfinite(total)):
        raise RuntimeError(f"the norm of the gradients is {total.item()}: nothing was clipped")
    factor = (max_norm / (total + eps)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return total


def accumulate_gradients(model: Any, micro_batches: Sequence[tuple[Tensor, Tensor]]) -> float:
    counts = [int((y != -1).sum()) for _, y in micro_batches]
    total = 0.0
    for (x, y), count in zip(micro_batches, counts, strict=True):
        if count == 0:
            continue
        share = count / sum(counts)
        loss = model(x, y)[1]
        (loss * share).backward()
        total += loss.item() * share
    return total


def broadcast_parameters(rank_models: Sequence[nn.Module]) -> None:
    for model in rank_models[1:]:
        model.load_state_dict(rank_models[0].state_dict())


def average_gradients(rank_models: Sequence[nn.Module]) -> None:
    for ps in zip(*(model.parameters() for model in rank_models), strict=True):
        grads = [p.grad for p in ps if p.grad is not None]
        if not grads:
            continue
        mean = torch.stack(grads).sum(dim=0) / len(ps)
        for p in ps:
            p.grad = mean.clone()


def data_parallel_step(rank_models: Sequence[Any], optimizers: Sequence[Any], x: Tensor, y: Tensor) -> float:
    losses = []
    world_size = len(rank_models)
    rows = zip(x.chunk(world_size), y.chunk(world_size), strict=True)
    for model, optimizer, (own_x, own_y) in zip(rank_models, optimizers, rows, strict=True):
        optimizer.zero_grad()
        loss = model(own_x, own_y)[1]
        loss.backward()
        losses.append(loss.item())
    average_gradients(rank_models)
    for optimizer in optimizers:
        optimizer.step()
    return sum(losses) / world_size


def ddp_accumulate(model: Any, micro_batches: Sequence[tuple[Tensor, Tensor]]) -> float:
    total = 0.0
    for i, (x, y) in enumerate(micro_batches):
        model.require_backward_grad_sync = i == len(micro_batches) - 1
        loss = model(x, y)[1] / len(micro_batches)
        loss.backward()
        total += loss.item()
    return total


def bf16_round(x: Tensor) -> Tensor:
    bits = x.view(torch.int32)
    odd = bits >> 16 & 1
    rounded = (bits + 32767 + odd & -65536).view(torch.float32)
    return torch.where(torch.isnan(x), x, rounded)


class GradScaler:
    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
    ) -> None:
        self._scale = init_scale
        self.growth_factor = growth_factor
        self.backoff_factor = backoff_factor
        self.growth_interval = growth_interval
        self._good_steps = 0
        self._finite: dict[int, bool] = {}

    def get_scale(self) -> float:
        return self._scale

    def scale(self, loss: Tensor) -> Tensor:
        return loss * self._scale

    def unscale_(self, optimizer: Any) -> None:
        if id(optimizer) in self._finite:
            raise RuntimeError("the gradients of this optimizer are unscaled already")
        grads = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        for grad in grads:
            grad.div_(self._scale)
        self._finite[id(optimizer)] = all((bool(torch.isfinite(grad).all()) for grad in grads))

    def step(self, optimizer: Any) -> None:
        if id(optimizer) not in self._finite:
            self.unscale_(optimizer)
        if self._finite[id(optimizer)]:
            optimizer.step()

    def update(self) -> None:
        if all(self._finite.values()):
            self._good_steps += 1
            if self._good_steps == self.growth_interval:
                self._scale *= self.growth_factor
                self._good_steps = 0
        else:
            self._scale *= self.backoff_factor
            self._good_steps = 0
        self._finite.clear()


def amp_step(loss: Tensor, optimizer: Any, scaler: GradScaler, max_norm: float) -> Tensor:
    scaled: Any = scaler.scale(loss)
    scaled.backward()
    scaler.unscale_(optimizer)
    norm = clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], max_norm)
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad()
    return norm


def render_example(example: Mapping[str, Any], tok: Any) -> tuple[Tensor, Tensor, int]:
    ctx = tok.encode_ordinary(example["ctx"])
    ends = [tok.encode_ordinary(" " + ending) for ending in example["endings"]]
    N = len(ctx) + max((len(end) for end in ends))
    tokens = torch.zeros(len(ends), N, dtype=torch.long)
    mask = torch.zeros(len(ends), N, dtype=torch.long)
    for i, end in enumerate(ends):
        tokens[i, : len(ctx) + len(end)] = torch.tensor(ctx + end)
        mask[i, len(ctx) : len(ctx) + len(end)] = 1
    return (tokens, mask, example["label"])


def completion_losses(tokens: Tensor, mask: Tensor, logits: Tensor) -> Tensor:
    log_p = logits[:, :-1].log_softmax(dim=2)
    losses = -log_p.gather(2, tokens[:, 1:, None]).squeeze(2)
    kept = mask[:, 1:] != 0
    return torch.where(kept, losses, torch.zeros_like(losses)).sum(dim=1) / kept.sum(dim=1)


def most_likely_row(tokens: Tensor, mask: Tensor, logits: Tensor) -> int:
    return int(completion_losses(tokens, mask, logits).argmin())


def save_checkpoint(path: str | Path, model: Any, opt: Any, loader: Any, step: int, rng: torch.Generator) -> None:
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": opt.state_dict(),
        "loader": loader.state_dict(),
        "step": step,
        "rng": rng.get_state(),
        "global_rng": torch.get_rng_state(),
    }
    part = Path(f"{path}.part")
    torch.save(checkpoint, part)
    part.replace(path)


def load_checkpoint(path: str | Path, model: Any, opt: Any, loader: Any, rng: torch.Generator) -> int:
    checkpoint = torch.load(path, weights_only=True)
    model.load_state_dict(checkpoint["model"])
    opt.load_state_dict(checkpoint["optimizer"])
    loader.load_state_dict(checkpoint["loader"])
    rng.set_state(checkpoint["rng"])
    torch.set_rng_state(checkpoint["global_rng"])
    return int(checkpoint["step"])
