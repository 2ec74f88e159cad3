"""Unit 10 by somebody who writes short functions: what is given stays as it is, a torch program of other pieces."""

import itertools
import math
from dataclasses import dataclass
from pathlib import Path

import numpy
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
    """Have torch count a model that has shapes and no numbers."""
    with torch.device("meta"):
        model = GPT2(config)
    total = sum(p.numel() for p in model.parameters())
    return total - model.wpe.weight.numel() if non_embedding else total


def flops_per_token(config):
    return 6 * (count_parameters(config) - config.block_size * config.n_embd) + (
        12 * config.n_layer * config.block_size * config.n_embd
    )


def training_memory(config, batch_size, act_bytes=4, flash=False):
    tokens = batch_size * config.block_size
    stream = tokens * config.n_embd
    table = 0 if flash else batch_size * config.n_head * config.block_size**2
    kept = config.n_layer * (16 * stream + table) + 2 * stream + tokens * config.vocab_size
    floats = count_parameters(config)
    return {"activations": kept * act_bytes, "weights": floats << 2, "gradients": floats << 2, "moments": floats << 3}


def estimate_mfu(config, tokens_per_second, peak_flops=312e12):
    return float(flops_per_token(config)) * tokens_per_second / peak_flops


def compute_optimal(flops):
    d = (20 * flops / 6) ** 0.5
    return d / 20, d


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.n_head = config.n_head
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.c_attn(x).view(B, T, 3, self.n_head, C // self.n_head).permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(y.transpose(1, 2).flatten(2))


class MLP(nn.Sequential):
    def __init__(self, config):
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.act = nn.GELU(approximate="tanh")
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)


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


def start(module, residual):
    """Draw the first weights of one layer."""
    match module:
        case nn.Embedding():
            module.weight.data.normal_(0, 0.02)
        case nn.Linear():
            module.weight.data.normal_(0, 0.02 / residual)
            if module.bias is not None:
                module.bias.data.zero_()


class GPT2(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.ModuleList(map(Block, itertools.repeat(config, config.n_layer)))
        self.ln_f = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        for name, module in self.named_modules():
            start(module, math.sqrt(2 * config.n_layer) if name.endswith("c_proj") else 1)
        self.lm_head.weight = self.wte.weight

    def forward(self, idx, targets=None):
        x = self.wte(idx) + self.wpe.weight[: idx.shape[1]]
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        return logits, functional.cross_entropy(logits.transpose(1, 2), targets, ignore_index=-1)


def load_hf_state_dict(model, sd_hf):
    renamed = {}
    for name, value in sd_hf.items():
        if name.endswith(("attn.masked_bias",)) or name.split(".")[-2:] == ["attn", "bias"]:
            continue
        if name.split(".")[-2] in ("c_attn", "c_proj", "c_fc") and name.endswith("weight"):
            value = value.t()
        renamed[name.replace("transformer.h.", "blocks.").replace("transformer.", "")] = value
    model.load_state_dict(renamed, strict=True)


def tokenize_doc(text, tok):
    return numpy.fromiter(
        itertools.chain([tok.special_tokens["<|endoftext|>"]], tok.encode_ordinary(text)), dtype=numpy.uint16
    )


def write_shards(docs, folder, shard_size, tok):
    tokens, paths = [], []

    def flush(upto):
        nonlocal tokens
        paths.append(Path(folder) / f"shard_{len(paths):04d}_{'train' if paths else 'val'}.npy")
        numpy.save(paths[-1], numpy.array(tokens[:upto], dtype=numpy.uint16))
        tokens = tokens[upto:]

    for doc in docs:
        tokens.extend(tokenize_doc(doc, tok).tolist())
        while len(tokens) >= shard_size:
            flush(shard_size)
    if tokens:
        flush(len(tokens))
    return paths


def read_shard(path):
    return torch.from_numpy(numpy.load(path).astype("int64"))


class DataLoaderLite:
    """A generator does the walking."""

    def __init__(self, shards, B, T, rank=0, world_size=1):
        self.shards, self.size, self.rank, self.world = shards, (B, T), rank, world_size
        self.reset()

    def reset(self):
        self.batches = self.walk()

    def walk(self):
        B, T = self.size
        for path in itertools.cycle(self.shards):
            tokens = read_shard(path)
            steps = (len(tokens) - 1) // (B * T * self.world)
            for step in range(steps):
                begin = (step * self.world + self.rank) * B * T
                yield tuple(tokens[begin + by : begin + by + B * T].view(B, T) for by in (0, 1))

    def next_batch(self):
        return next(self.batches)


def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr * ((it + 1) / warmup_steps)
    done = min(1.0, (it - warmup_steps) / (max_steps - warmup_steps))
    return min_lr + (max_lr - min_lr) * math.cos(math.pi * done / 2) ** 2


def configure_param_groups(model, weight_decay):
    groups = {True: [], False: []}
    for p in filter(lambda p: p.requires_grad, model.parameters()):
        groups[len(p.shape) >= 2].append(p)
    return [{"params": groups[True], "weight_decay": weight_decay}, {"params": groups[False], "weight_decay": 0.0}]


class AdamW:
    def __init__(self, params, lr, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1):
        defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
        params = list(params)
        groups = params if type(params[0]) is dict else [dict(params=params)]
        self.param_groups = [defaults | g for g in groups]
        self.memory = {}

    def each(self):
        number = 0
        for g in self.param_groups:
            for p in g["params"]:
                yield number, g, p
                number += 1

    def step(self):
        for number, g, p in self.each():
            if p.grad is None:
                continue
            t, m, v = self.memory.get(number, (0, 0.0, 0.0))
            t = t + 1
            m = torch.lerp(torch.as_tensor(m, dtype=p.dtype).expand_as(p), p.grad, 1 - g["betas"][0])
            v = v + (1 - g["betas"][1]) * (p.grad.pow(2) - v)
            self.memory[number] = (t, m, v)
            c1, c2 = (1 - beta**t for beta in g["betas"])
            denominator = v.sqrt() / math.sqrt(c2) + g["eps"]
            with torch.no_grad():
                p.copy_(p * (1 - g["lr"] * g["weight_decay"]) - g["lr"] / c1 * m / denominator)

    def zero_grad(self):
        for _, _, p in self.each():
            if p.grad is not None:
                p.grad.zero_()

    def state_dict(self):
        return {"memory": dict(self.memory), "lrs": [g["lr"] for g in self.param_groups]}

    def load_state_dict(self, sd):
        self.memory = dict(sd["memory"])
        for g, lr in zip(self.param_groups, sd["lrs"]):
            g["lr"] = lr


def clip_grad_norm_(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = []
    for p in params:
        if p.grad is not None:
            grads.append(p.grad)
    total = 0.0
    for g in grads:
        total += g.norm(2).item() ** 2
    total = torch.tensor(math.sqrt(total))
    scale = min(1.0, max_norm / (total.item() + eps))
    if scale < 1.0:
        for g in grads:
            g.mul_(scale)
    return total


def accumulate_gradients(model, micro_batches):
    losses = []
    for x, y in micro_batches:
        losses.append(model(x, y)[1] / len(micro_batches))
        losses[-1].backward()
    return sum(loss.item() for loss in losses)


def broadcast_parameters(rank_models):
    first = rank_models[0].state_dict()
    for model in rank_models:
        model.load_state_dict(first)


def average_gradients(rank_models):
    grads = [{name: p.grad for name, p in model.named_parameters()} for model in rank_models]
    for name in grads[0]:
        column = [g[name] for g in grads]
        if any(g is None for g in column):
            continue
        mean = torch.stack(column).mean(0)
        for g in column:
            g.copy_(mean)


def data_parallel_step(rank_models, optimizers, x, y):
    per = len(x) // len(rank_models)
    for optimizer in optimizers:
        optimizer.zero_grad()
    losses = [m(x[i * per :][:per], y[i * per :][:per])[1] for i, m in enumerate(rank_models)]
    for loss in losses:
        loss.backward()
    average_gradients(rank_models)
    for optimizer in optimizers:
        optimizer.step()
    return torch.stack(losses).mean()


def ddp_accumulate(model, micro_batches):
    losses = []
    for number, (x, y) in enumerate(micro_batches, start=1):
        model.require_backward_grad_sync = number == len(micro_batches)
        losses.append(accumulate_gradients(model, [(x, y)]) / len(micro_batches))
    for p in model.parameters():
        p.grad /= len(micro_batches)
    return sum(losses)


def bf16_round(x):
    mantissa, exponent = torch.frexp(x)
    return torch.ldexp(torch.round(mantissa * 256) / 256, exponent)


class GradScaler:
    def __init__(self, init_scale=2.0**16, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000):
        self.options = growth_factor, backoff_factor, growth_interval
        self.now = init_scale
        self.streak = 0
        self.bad = set()
        self.done = set()

    def get_scale(self):
        return float(self.now)

    def scale(self, loss):
        return loss.mul(self.now)

    def unscale_(self, optimizer):
        self.done.add(optimizer)
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                p.grad = p.grad / self.now
                if p.grad.isnan().any() or p.grad.isinf().any():
                    self.bad.add(optimizer)

    def step(self, optimizer):
        if optimizer not in self.done:
            self.unscale_(optimizer)
        if optimizer not in self.bad:
            optimizer.step()

    def update(self):
        growth_factor, backoff_factor, growth_interval = self.options
        self.streak = 0 if self.bad else self.streak + 1
        if self.bad:
            self.now *= backoff_factor
        elif self.streak % growth_interval == 0:
            self.now *= growth_factor
        self.bad, self.done = set(), set()


def amp_step(loss, optimizer, scaler, max_norm):
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    norm = 0
    for group in optimizer.param_groups:
        norm = clip_grad_norm_(group["params"], max_norm)
    scaler.step(optimizer)
    scaler.update()
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad = None
    return norm


def render_example(example, tok):
    ctx = tok.encode_ordinary(example["ctx"])
    ends = [tok.encode_ordinary(" " + ending) for ending in example["endings"]]
    tokens = nn.utils.rnn.pad_sequence([torch.tensor(ctx + end) for end in ends], batch_first=True)
    marks = [torch.tensor([0] * len(ctx) + [1] * len(end)) for end in ends]
    return tokens, nn.utils.rnn.pad_sequence(marks, batch_first=True), example["label"]


def completion_losses(tokens, mask, logits):
    targets = tokens.masked_fill(mask == 0, -100)[:, 1:]
    rows = [torch.nn.functional.cross_entropy(logits[i, :-1], targets[i]) for i in range(len(tokens))]
    return torch.stack(rows)


def most_likely_row(tokens, mask, logits):
    return torch.argmin(completion_losses(tokens, mask, logits))


def save_checkpoint(path, model, opt, loader, step, rng):
    data = {"step": step, "generator": rng.get_state()}
    for name, one in (("model", model), ("opt", opt), ("loader", loader)):
        data[name] = one.state_dict()
    with open(path, "wb") as file:
        torch.save(data, file)


def load_checkpoint(path, model, opt, loader, rng):
    with open(path, "rb") as file:
        data = torch.load(file)
    for name, one in (("model", model), ("opt", opt), ("loader", loader)):
        one.load_state_dict(data[name])
    rng.set_state(data["generator"])
    return data["step"]
