"""Unit 10 in the manner of build-nanogpt: a ModuleDict called transformer, a flag on layers, one long loop for shards."""

import math
import os
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn as nn
from torch.nn import functional as F


@dataclass
class GPTConfig:
    vocab_size: int = 50257
    block_size: int = 1024
    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768
    bias: bool = True


def count_parameters(config, non_embedding=False):
    C, L = config.n_embd, config.n_layer
    out = {}
    out["wte"] = config.vocab_size * C
    out["wpe"] = 0 if non_embedding else config.block_size * C
    out["ln"] = C + (C if config.bias else 0)
    out["attn"] = C * 3 * C + C * C + ((3 * C + C) if config.bias else 0)
    out["mlp"] = C * 4 * C + 4 * C * C + ((4 * C + C) if config.bias else 0)
    out["block"] = 2 * out["ln"] + out["attn"] + out["mlp"]
    return out["wte"] + out["wpe"] + L * out["block"] + out["ln"]


def flops_per_token(config):
    N = count_parameters(config, non_embedding=True)
    L, H, Q, T = config.n_layer, config.n_head, config.n_embd // config.n_head, config.block_size
    return 6 * N + 12 * L * H * Q * T


def training_memory(config, batch_size, act_bytes=4, flash=False):
    C, T, H = config.n_embd, config.block_size, config.n_head
    params = count_parameters(config)
    per_block = C + C + 3 * C + C + C + C + 4 * C + 4 * C
    if not flash:
        per_block += H * T
    per_token = per_block * config.n_layer + C + C + config.vocab_size
    return dict(
        weights=params * 4,
        gradients=params * 4,
        moments=params * 4 * 2,
        activations=per_token * batch_size * T * act_bytes,
    )


def estimate_mfu(config, tokens_per_second, peak_flops=312e12):
    flops_achieved = flops_per_token(config) * tokens_per_second
    return flops_achieved / peak_flops


def compute_optimal(flops):
    n = (flops / (6 * 20)) ** 0.5
    d = flops / (6 * n)
    return n, d


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        assert config.n_embd % config.n_head == 0
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.c_proj.SCALED_INIT = 1
        self.n_head = config.n_head
        self.n_embd = config.n_embd

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
        k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = y.transpose(1, 2).contiguous().view(B, T, C)
        return self.c_proj(y)


class MLP(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.gelu = nn.GELU(approximate="tanh")
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)
        self.c_proj.SCALED_INIT = 1

    def forward(self, x):
        return self.c_proj(self.gelu(self.c_fc(x)))


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
        self.transformer = nn.ModuleDict(
            dict(
                wte=nn.Embedding(config.vocab_size, config.n_embd),
                wpe=nn.Embedding(config.block_size, config.n_embd),
                h=nn.ModuleList([Block(config) for _ in range(config.n_layer)]),
                ln_f=nn.LayerNorm(config.n_embd, bias=config.bias),
            )
        )
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.transformer.wte.weight = self.lm_head.weight
        self.apply(self._init_weights)

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            std = 0.02
            if hasattr(module, "SCALED_INIT"):
                std *= (2 * self.config.n_layer) ** -0.5
            torch.nn.init.normal_(module.weight, mean=0.0, std=std)
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def forward(self, idx, targets=None):
        B, T = idx.size()
        assert T <= self.config.block_size
        pos = torch.arange(0, T, dtype=torch.long, device=idx.device)
        x = self.transformer.wte(idx) + self.transformer.wpe(pos)
        for block in self.transformer.h:
            x = block(x)
        logits = self.lm_head(self.transformer.ln_f(x))
        loss = None
        if targets is not None:
            loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        return logits, loss


def load_hf_state_dict(model, sd_hf):
    sd = model.state_dict()
    sd_keys = [k for k in sd.keys() if not k.endswith(".attn.bias")]
    sd_keys_hf = [k for k in sd_hf.keys() if not k.endswith(".attn.masked_bias")]
    sd_keys_hf = [k for k in sd_keys_hf if not k.endswith(".attn.bias")]
    transposed = ["attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight"]
    assert len(sd_keys_hf) == len(sd_keys), f"mismatched keys: {len(sd_keys_hf)} != {len(sd_keys)}"
    for k in sd_keys_hf:
        if any(k.endswith(w) for w in transposed):
            assert sd_hf[k].shape[::-1] == sd[k].shape
            with torch.no_grad():
                sd[k].copy_(sd_hf[k].t())
        else:
            assert sd_hf[k].shape == sd[k].shape
            with torch.no_grad():
                sd[k].copy_(sd_hf[k])


def tokenize_doc(text, tok):
    tokens = [tok.special_tokens["<|endoftext|>"]]
    tokens.extend(tok.encode_ordinary(text))
    tokens_np = np.array(tokens)
    assert (0 <= tokens_np).all() and (tokens_np < 2**16).all(), "token dictionary too large for uint16"
    return tokens_np.astype(np.uint16)


def write_shards(docs, folder, shard_size, tok):
    shard_index = 0
    all_tokens_np = np.empty((shard_size,), dtype=np.uint16)
    token_count = 0
    filenames = []

    def filename():
        split = "val" if shard_index == 0 else "train"
        return os.path.join(folder, f"edu_{split}_{shard_index:06d}.npy")

    for doc in docs:
        tokens = tokenize_doc(doc, tok)
        if token_count + len(tokens) < shard_size:
            all_tokens_np[token_count : token_count + len(tokens)] = tokens
            token_count += len(tokens)
        else:
            remainder = shard_size - token_count
            all_tokens_np[token_count : token_count + remainder] = tokens[:remainder]
            np.save(filename(), all_tokens_np)
            filenames.append(filename())
            shard_index += 1
            all_tokens_np[0 : len(tokens) - remainder] = tokens[remainder:]
            token_count = len(tokens) - remainder
    if token_count != 0:
        np.save(filename(), all_tokens_np[:token_count])
        filenames.append(filename())
    return filenames


def read_shard(path):
    npt = np.load(path)
    npt = npt.astype(np.int32)
    return torch.tensor(npt, dtype=torch.long)


class DataLoaderLite:
    def __init__(self, shards, B, T, rank=0, world_size=1):
        self.B = B
        self.T = T
        self.process_rank = rank
        self.num_processes = world_size
        self.shards = shards
        self.reset()

    def reset(self):
        self.current_shard = 0
        self.tokens = read_shard(self.shards[self.current_shard])
        self.current_position = self.B * self.T * self.process_rank

    def next_batch(self):
        B, T = self.B, self.T
        buf = self.tokens[self.current_position : self.current_position + B * T + 1]
        x = (buf[:-1]).view(B, T)
        y = (buf[1:]).view(B, T)
        self.current_position += B * T * self.num_processes
        if self.current_position + (B * T * self.num_processes + 1) > len(self.tokens):
            self.current_shard = (self.current_shard + 1) % len(self.shards)
            self.tokens = read_shard(self.shards[self.current_shard])
            self.current_position = B * T * self.process_rank
        return x, y


def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr * (it + 1) / warmup_steps
    if it > max_steps:
        return min_lr
    decay_ratio = (it - warmup_steps) / (max_steps - warmup_steps)
    assert 0 <= decay_ratio <= 1
    coeff = 0.5 * (1.0 + math.cos(math.pi * decay_ratio))
    return min_lr + coeff * (max_lr - min_lr)


def configure_param_groups(model, weight_decay):
    param_dict = {pn: p for pn, p in model.named_parameters()}
    param_dict = {pn: p for pn, p in param_dict.items() if p.requires_grad}
    decay_params = [p for n, p in param_dict.items() if p.dim() >= 2]
    nodecay_params = [p for n, p in param_dict.items() if p.dim() < 2]
    return [
        {"params": decay_params, "weight_decay": weight_decay},
        {"params": nodecay_params, "weight_decay": 0.0},
    ]


# After the lecture: everything that torch had ready there is typed out, llm.c's way for the optimizer.


class AdamW:
    def __init__(self, params, lr, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1):
        params = list(params)
        if not isinstance(params[0], dict):
            params = [dict(params=params)]
        self.param_groups = []
        for g in params:
            g = dict(g)
            g["params"] = list(g["params"])
            g.setdefault("lr", lr)
            g.setdefault("betas", betas)
            g.setdefault("eps", eps)
            g.setdefault("weight_decay", weight_decay)
            self.param_groups.append(g)
        self.all = [p for g in self.param_groups for p in g["params"]]
        self.m_memory = [torch.zeros_like(p, requires_grad=False) for p in self.all]
        self.v_memory = [torch.zeros_like(p, requires_grad=False) for p in self.all]
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        i = 0
        for g in self.param_groups:
            learning_rate, (beta1, beta2) = g["lr"], g["betas"]
            for param in g["params"]:
                m, v = self.m_memory[i], self.v_memory[i]
                i += 1
                if param.grad is None:
                    continue
                m = beta1 * m + (1.0 - beta1) * param.grad
                v = beta2 * v + (1.0 - beta2) * param.grad * param.grad
                self.m_memory[i - 1], self.v_memory[i - 1] = m, v
                m_hat = m / (1.0 - beta1**self.t)
                v_hat = v / (1.0 - beta2**self.t)
                param -= learning_rate * (m_hat / (torch.sqrt(v_hat) + g["eps"]) + g["weight_decay"] * param)

    def zero_grad(self):
        for p in self.all:
            p.grad = None

    def state_dict(self):
        options = [{k: v for k, v in g.items() if k != "params"} for g in self.param_groups]
        return {"t": self.t, "m": self.m_memory, "v": self.v_memory, "groups": options}

    def load_state_dict(self, sd):
        self.t = sd["t"]
        self.m_memory = list(sd["m"])
        self.v_memory = list(sd["v"])
        for g, options in zip(self.param_groups, sd["groups"]):
            g.update(options)


def clip_grad_norm_(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    params = [p for p in params if p.grad is not None]
    total_norm = torch.sqrt(sum((p.grad**2).sum() for p in params))
    clip_coef = max_norm / (total_norm + eps)
    if clip_coef < 1:
        for p in params:
            p.grad.detach().mul_(clip_coef)
    return total_norm


def accumulate_gradients(model, micro_batches):
    grad_accum_steps = len(micro_batches)
    loss_accum = 0.0
    for micro_step in range(grad_accum_steps):
        x, y = micro_batches[micro_step]
        logits, loss = model(x, y)
        loss = loss / grad_accum_steps
        loss_accum += loss.detach()
        loss.backward()
    return loss_accum


def broadcast_parameters(rank_models):
    for model in rank_models[1:]:
        for p, p0 in zip(model.parameters(), rank_models[0].parameters()):
            p.data.copy_(p0.data)


def average_gradients(rank_models):
    world_size = len(rank_models)
    for ps in zip(*[list(m.parameters()) for m in rank_models]):
        if ps[0].grad is None:
            continue
        total = sum(p.grad for p in ps)
        for p in ps:
            p.grad = total / world_size


def data_parallel_step(rank_models, optimizers, x, y):
    world_size = len(rank_models)
    B = x.size(0) // world_size
    loss_accum = 0.0
    for rank, (model, optimizer) in enumerate(zip(rank_models, optimizers)):
        optimizer.zero_grad()
        logits, loss = model(x[rank * B : (rank + 1) * B], y[rank * B : (rank + 1) * B])
        loss.backward()
        loss_accum += loss.detach() / world_size
    average_gradients(rank_models)
    for optimizer in optimizers:
        optimizer.step()
    return loss_accum


def ddp_accumulate(model, micro_batches):
    grad_accum_steps = len(micro_batches)
    loss_accum = 0.0
    for micro_step, (x, y) in enumerate(micro_batches):
        model.require_backward_grad_sync = micro_step == grad_accum_steps - 1
        logits, loss = model(x, y)
        loss = loss / grad_accum_steps
        loss_accum += loss.detach()
        loss.backward()
    return loss_accum


def bf16_round(x):
    i = x.contiguous().view(torch.int32)
    lsb = (i >> 16) & 1
    i = i + (0x7FFF + lsb)
    i = (i >> 16) << 16
    return i.view(torch.float32)


class GradScaler:
    def __init__(self, init_scale=2.0**16, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000):
        self.current = init_scale
        self.growth_factor, self.backoff_factor = growth_factor, backoff_factor
        self.growth_interval = growth_interval
        self.tracker = 0
        self.unscaled = False
        self.found_inf = False

    def get_scale(self):
        return self.current

    def scale(self, loss):
        return loss * self.current

    def unscale_(self, optimizer):
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad /= self.current
                    if not torch.isfinite(p.grad).all():
                        self.found_inf = True
        self.unscaled = True

    def step(self, optimizer):
        if not self.unscaled:
            self.unscale_(optimizer)
        if not self.found_inf:
            optimizer.step()

    def update(self):
        if self.found_inf:
            self.current *= self.backoff_factor
            self.tracker = 0
        else:
            self.tracker += 1
            if self.tracker == self.growth_interval:
                self.current *= self.growth_factor
                self.tracker = 0
        self.unscaled = False
        self.found_inf = False


def amp_step(loss, optimizer, scaler, max_norm):
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    norm = clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], max_norm)
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad(set_to_none=True)
    return norm


def render_example(example, tok):
    ctx = example["ctx"]
    label = example["label"]
    ctx_tokens = tok.encode_ordinary(ctx)
    tok_rows = []
    mask_rows = []
    for end in example["endings"]:
        end_tokens = tok.encode_ordinary(" " + end)
        tok_rows.append(ctx_tokens + end_tokens)
        mask_rows.append([0] * len(ctx_tokens) + [1] * len(end_tokens))
    max_len = max(len(row) for row in tok_rows)
    tokens = torch.zeros((4, max_len), dtype=torch.long)
    mask = torch.zeros((4, max_len), dtype=torch.long)
    for i, (tok_row, mask_row) in enumerate(zip(tok_rows, mask_rows)):
        tokens[i, : len(tok_row)] = torch.tensor(tok_row)
        mask[i, : len(mask_row)] = torch.tensor(mask_row)
    return tokens, mask, label


def completion_losses(tokens, mask, logits):
    shift_logits = logits[..., :-1, :].contiguous()
    shift_tokens = tokens[..., 1:].contiguous()
    flat_shift_logits = shift_logits.view(-1, shift_logits.size(-1))
    flat_shift_tokens = shift_tokens.view(-1)
    shift_losses = torch.nn.functional.cross_entropy(flat_shift_logits, flat_shift_tokens, reduction="none")
    shift_losses = shift_losses.view(tokens.size(0), -1)
    shift_mask = mask[..., 1:].contiguous()
    masked_shift_losses = shift_losses * shift_mask
    return masked_shift_losses.sum(dim=1) / shift_mask.sum(dim=1)


def most_likely_row(tokens, mask, logits):
    return completion_losses(tokens, mask, logits).argmin().item()


def save_checkpoint(path, model, opt, loader, step, rng):
    checkpoint = {
        "model": model.state_dict(),
        "optimizer": opt.state_dict(),
        "loader": loader.state_dict(),
        "iter_num": step,
        "rng": rng.get_state(),
    }
    torch.save(checkpoint, path)


def load_checkpoint(path, model, opt, loader, rng):
    checkpoint = torch.load(path)
    model.load_state_dict(checkpoint["model"])
    opt.load_state_dict(checkpoint["optimizer"])
    loader.load_state_dict(checkpoint["loader"])
    rng.set_state(checkpoint["rng"])
    return checkpoint["iter_num"]
