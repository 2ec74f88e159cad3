# Wrong answers to unit 10, each as somebody may type it who comes from build-nanogpt or nanoGPT, one at a time.

# %% count_parameters: the head is a layer like any other
# said: u10.tied_twice
def count_parameters(config, non_embedding=False):
    C, b = config.n_embd, config.bias
    linear = lambda i, o: i * o + (o if b else 0)
    ln = C + (C if b else 0)
    block = 2 * ln + linear(C, 3 * C) + linear(C, C) + linear(C, 4 * C) + linear(4 * C, C)
    n = config.vocab_size * C + config.n_layer * block + ln + C * config.vocab_size
    return n if non_embedding else n + config.block_size * C


# %% count_parameters: twelve C squared, and no more
# said: u10.matrices_only
def count_parameters(config, non_embedding=False):
    n = 12 * config.n_layer * config.n_embd**2 + config.vocab_size * config.n_embd
    if not non_embedding:
        n += config.block_size * config.n_embd
    return n


# %% count_parameters: embeddings are embeddings
# said: u10.both_tables_out
def count_parameters(config, non_embedding=False):
    C, b = config.n_embd, int(config.bias)
    ln = C * (1 + b)
    n = config.n_layer * (12 * C * C + 9 * b * C + 2 * ln) + ln
    if non_embedding:
        return n
    return n + (config.vocab_size + config.block_size) * C


# %% count_parameters: a multiply-add is one operation
# said: u10.flops_3N_only
def flops_per_token(config):
    N = count_parameters(config, True)
    return 3 * N + 12 * config.n_layer * config.n_head * (config.n_embd // config.n_head) * config.block_size


# %% count_parameters: Q is taken for n_embd
# said: u10.heads_full_width
def flops_per_token(config):
    L, H, Q, T = config.n_layer, config.n_head, config.n_embd, config.block_size
    return 6 * count_parameters(config, non_embedding=True) + 12 * L * H * Q * T


# %% memory_and_flops: everything in bfloat16
# said: u10.half_everywhere
def training_memory(config, batch_size, act_bytes=4, flash=False):
    N, C, T = count_parameters(config), config.n_embd, config.block_size
    per_token = config.n_layer * (16 * C + (0 if flash else config.n_head * T)) + 2 * C + config.vocab_size
    return {
        "weights": N * act_bytes,
        "gradients": N * act_bytes,
        "moments": 2 * N * act_bytes,
        "activations": batch_size * T * per_token * act_bytes,
    }


# %% memory_and_flops: m, and v forgotten
# said: u10.one_moment
def training_memory(config, batch_size, act_bytes=4, flash=False):
    N, C, T = 4 * count_parameters(config), config.n_embd, config.block_size
    block = sum([C, C, 3 * C, C, C, C, 4 * C, 4 * C])
    if not flash:
        block += config.n_head * T
    token = config.n_layer * block + C + C + config.vocab_size
    return {"weights": N, "gradients": N, "moments": N, "activations": act_bytes * token * T * batch_size}


# %% memory_and_flops: D = N
# said: u10.one_token_each
def compute_optimal(flops):
    n = (flops / 6) ** 0.5
    return n, n


# %% gpt2: the numbers are copied, as it was in the first version of nanoGPT
# said: u10.copied_not_tied
class GPT2(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.apply(self._init_weights)
        for pn, p in self.named_parameters():
            if pn.endswith("c_proj.weight"):
                torch.nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * config.n_layer))
        self.lm_head.weight.data.copy_(self.wte.weight.data)

    def _init_weights(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)
        if isinstance(module, nn.Linear) and module.bias is not None:
            torch.nn.init.zeros_(module.bias)

    def forward(self, idx, targets=None):
        x = self.wte(idx) + self.wpe(torch.arange(idx.size(1)))
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        return logits, functional.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)


# %% gpt2: a name is compared, where it only ends so
# said: u10.scale_missing
class GPT2(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.n_layer)])
        self.ln_f = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.wte.weight = self.lm_head.weight
        for name, p in self.named_parameters():
            if "bias" in name:
                p.data.zero_()
            elif name == "c_proj.weight":
                p.data.normal_(0, 0.02 / (2 * config.n_layer) ** 0.5)
            elif "ln_" not in name:
                p.data.normal_(0, 0.02)

    def forward(self, idx, targets=None):
        x = self.wte(idx) + self.wpe(torch.arange(idx.size(1)))
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        return logits, functional.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)


# %% gpt2: one addition in each layer
# said: u10.scale_L
class GPT2(GPT2):
    def __init__(self, config):
        super().__init__(config)
        for block in self.blocks:
            for proj in (block.attn.c_proj, block.mlp.c_proj):
                nn.init.normal_(proj.weight, std=0.02 * config.n_layer**-0.5)


# %% load_hf_state_dict: turned where it does not fit
# said: u10.square_not_transposed
def load_hf_state_dict(model, sd_hf):
    sd = dict(model.named_parameters())
    keys = [k for k in sd_hf if not k.endswith(".attn.bias") and not k.endswith(".attn.masked_bias")]
    keys = [k for k in keys if k != "lm_head.weight"]
    assert len(keys) == len(sd)
    with torch.no_grad():
        for k in keys:
            own = sd[k.replace("transformer.", "").replace("h.", "blocks.", 1) if ".h." in k else k[12:]]
            value = sd_hf[k]
            if value.shape != own.shape:
                value = value.t()
            assert value.shape == own.shape
            own.copy_(value)


# %% load_hf_state_dict: nothing is turned, and torch complains
# said: u10.nothing_turned
def load_hf_state_dict(model, sd_hf):
    renamed = {}
    for k, v in sd_hf.items():
        if k.endswith((".attn.bias", ".attn.masked_bias")):
            continue
        k = k.removeprefix("transformer.")
        renamed[f"blocks.{k[2:]}" if k.startswith("h.") else k] = v
    if set(renamed) != set(model.state_dict()):
        raise KeyError("names")
    for k, p in model.named_parameters():
        p.data.copy_(renamed[k])


# %% load_hf_state_dict: strict=False
# said: u10.not_strict
def load_hf_state_dict(model, sd_hf):
    renamed = {}
    for k, v in sd_hf.items():
        if k.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
            v = v.t()
        renamed[k.replace("transformer.h.", "blocks.").replace("transformer.", "")] = v
    model.load_state_dict(renamed, strict=False)


# %% shards: the end of a text is at its end
# said: u10.eot_end
def tokenize_doc(text, tok):
    tokens = tok.encode_ordinary(text)
    tokens.append(tok.special_tokens["<|endoftext|>"])
    return np.array(tokens, dtype=np.uint16)


# %% shards: 16 bits, with a sign
# said: u10.int16
def tokenize_doc(text, tok):
    tokens = [tok.special_tokens["<|endoftext|>"]] + tok.encode_ordinary(text)
    return np.array(tokens).astype(np.int16)


# %% shards: the rest of a document is forgotten
# said: u10.drop_tail
def write_shards(docs, folder, shard_size, tok):
    paths, tokens = [], []
    for doc in docs:
        tokens.extend(tokenize_doc(doc, tok).tolist())
        if len(tokens) >= shard_size:
            paths.append(folder / f"{'train' if paths else 'val'}_{len(paths):06d}.npy")
            np.save(paths[-1], np.array(tokens[:shard_size], dtype=np.uint16))
            tokens = []
    if tokens:
        paths.append(folder / f"{'train' if paths else 'val'}_{len(paths):06d}.npy")
        np.save(paths[-1], np.array(tokens, dtype=np.uint16))
    return paths


# %% shards: only whole shards
# said: u10.last_shard_lost
def write_shards(docs, folder, shard_size, tok):
    stream = np.concatenate([tokenize_doc(doc, tok) for doc in docs])
    paths = []
    for i in range(len(stream) // shard_size):
        path = folder / f"{'val' if i == 0 else 'train'}_{i:06d}.npy"
        np.save(path, stream[i * shard_size : (i + 1) * shard_size])
        paths.append(path)
    return paths


# %% data_loader_lite: the lecture's loader, with its own step
# said: u10.stride_local_own_end
class DataLoaderLite:
    def __init__(self, shards, B, T, rank=0, world_size=1):
        self.shards, self.B, self.T, self.rank, self.world_size = shards, B, T, rank, world_size
        self.reset()

    def reset(self):
        self.current_shard = 0
        self.tokens = read_shard(self.shards[0])
        self.current_position = self.B * self.T * self.rank

    def next_batch(self):
        B, T = self.B, self.T
        buf = self.tokens[self.current_position : self.current_position + B * T + 1]
        x, y = buf[:-1].view(B, T), buf[1:].view(B, T)
        self.current_position += B * T
        if self.current_position + B * T * self.world_size + 1 > len(self.tokens):
            self.current_shard = (self.current_shard + 1) % len(self.shards)
            self.tokens = read_shard(self.shards[self.current_shard])
            self.current_position = B * T * self.rank
        return x, y


# %% data_loader_lite: y is rolled row by row
# said: u10.rows_rolled
class DataLoaderLite:
    def __init__(self, shards, B, T, rank=0, world_size=1):
        self.shards, self.B, self.T, self.rank, self.world_size = shards, B, T, rank, world_size
        self.reset()

    def reset(self):
        self.current_shard = 0
        self.tokens = read_shard(self.shards[0])
        self.current_position = self.B * self.T * self.rank

    def next_batch(self):
        B, T = self.B, self.T
        x = self.tokens[self.current_position : self.current_position + B * T].view(B, T)
        y = torch.cat([x[:, 1:], x[:, :1]], dim=1)
        self.current_position += B * T * self.world_size
        if self.current_position + B * T * self.world_size + 1 > len(self.tokens):
            self.current_shard = (self.current_shard + 1) % len(self.shards)
            self.tokens = read_shard(self.shards[self.current_shard])
            self.current_position = B * T * self.rank
        return x, y


# %% data_loader_lite: a new shard begins at 0 for all
# said: u10.rank_offset_lost
class DataLoaderLite:
    def __init__(self, shards, B, T, rank=0, world_size=1):
        self.shards, self.B, self.T, self.rank, self.world_size = shards, B, T, rank, world_size
        self.reset()

    def reset(self):
        self.current_shard = 0
        self.tokens = read_shard(self.shards[0])
        self.current_position = self.B * self.T * self.rank

    def next_batch(self):
        B, T = self.B, self.T
        buf = self.tokens[self.current_position : self.current_position + B * T + 1]
        x, y = buf[:-1].view(B, T), buf[1:].view(B, T)
        self.current_position += B * T * self.world_size
        if self.current_position + B * T * self.world_size + 1 > len(self.tokens):
            self.current_shard = (self.current_shard + 1) % len(self.shards)
            self.tokens = read_shard(self.shards[self.current_shard])
            self.current_position = 0
        return x, y


# %% data_loader_lite: the lecture's own bound
# said: u10.desync
class DataLoaderLite:
    def __init__(self, shards, B, T, rank=0, world_size=1):
        self.shards, self.B, self.T, self.rank, self.world_size = shards, B, T, rank, world_size
        self.reset()

    def reset(self, shard=0):
        for number in range(shard, shard + len(self.shards)):
            self.current_shard = number % len(self.shards)
            self.tokens = read_shard(self.shards[self.current_shard])
            if len(self.tokens) > self.B * self.T * self.world_size:
                self.current_position = self.B * self.T * self.rank
                return
        raise ValueError("too short")

    def next_batch(self):
        B, T = self.B, self.T
        buf = self.tokens[self.current_position : self.current_position + B * T + 1]
        x, y = buf[:-1].view(B, T), buf[1:].view(B, T)
        self.current_position += B * T * self.world_size
        if self.current_position + B * T * self.world_size + 1 > len(self.tokens):
            self.reset(self.current_shard + 1)
        return x, y


# %% get_lr: it / warmup_steps, as in CS336
# said: u10.warm_off_by_one
def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return it / warmup_steps * max_lr
    if it > max_steps:
        return min_lr
    ratio = (it - warmup_steps) / (max_steps - warmup_steps)
    return min_lr + (1 + math.cos(ratio * math.pi)) * (max_lr - min_lr) / 2


# %% get_lr: nanoGPT's warm-up
# said: u10.warm_too_long
def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr * (it + 1) / (warmup_steps + 1)
    if it > max_steps:
        return min_lr
    decay_ratio = (it - warmup_steps) / (max_steps - warmup_steps)
    coeff = 0.5 * (1.0 + math.cos(math.pi * decay_ratio))
    return min_lr + coeff * (max_lr - min_lr)


# %% get_lr: nothing stops it
# said: u10.no_clamp
def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr * (it + 1) / warmup_steps
    done = (it - warmup_steps) / max(1, max_steps - warmup_steps)
    return min_lr + 0.5 * (max_lr - min_lr) * (1.0 + math.cos(math.pi * done))


# %% get_lr: the warm-up is forgotten in the ratio
# said: u10.cosine_from_zero
def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr * (it + 1) / warmup_steps
    if it >= max_steps:
        return min_lr
    return min_lr + 0.5 * (1 + math.cos(math.pi * it / max_steps)) * (max_lr - min_lr)


# %% get_lr: min_lr is forgotten
# said: u10.min_ignored
def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr * (it + 1) / warmup_steps
    if it >= max_steps:
        return min_lr
    ratio = (it - warmup_steps) / (max_steps - warmup_steps)
    return max_lr * 0.5 * (1 + math.cos(math.pi * ratio))


# %% configure_param_groups: all but biases
# said: u10.by_name
def configure_param_groups(model, weight_decay):
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    decay = [p for n, p in named if not n.endswith("bias") and "bias" not in n]
    rest = [p for n, p in named if "bias" in n]
    return [{"params": decay, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]


# %% configure_param_groups: nobody asks for a gradient
# said: u10.frozen
def configure_param_groups(model, weight_decay):
    two = [p for p in model.parameters() if p.ndim > 1]
    one = [p for p in model.parameters() if p.ndim <= 1]
    return [dict(params=two, weight_decay=weight_decay), dict(params=one, weight_decay=0.0)]


# %% configure_param_groups: what is kept in a file
# said: u10.from_state_dict
def configure_param_groups(model, weight_decay):
    tensors = model.state_dict().values()
    return [
        {"params": [t for t in tensors if t.dim() >= 2], "weight_decay": weight_decay},
        {"params": [t for t in tensors if t.dim() < 2], "weight_decay": 0.0},
    ]

# %% clip_grad_norm: always divided, as in a formula from a blog
# said: u10.always_scale
def clip_grad_norm_(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    params = [p for p in params if p.grad is not None]
    norm = sum(p.grad.pow(2).sum() for p in params) ** 0.5
    for p in params:
        p.grad.mul_(max_norm / (norm + eps))
    return norm


# %% clip_grad_norm: a norm for each tensor
# said: u10.per_param
def clip_grad_norm_(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    squares = 0.0
    for p in params:
        if p.grad is None:
            continue
        norm = p.grad.norm()
        squares = squares + norm**2
        if norm > max_norm:
            p.grad.mul_(max_norm / (norm + eps))
    return squares**0.5


# %% clip_grad_norm: the root is forgotten
# said: u10.squared_norm
def clip_grad_norm_(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    params = [p for p in params if p.grad is not None]
    total = sum(torch.sum(p.grad * p.grad) for p in params)
    coef = torch.clamp(max_norm / (total + eps), max=1.0)
    for p in params:
        p.grad.mul_(coef)
    return total


# %% clip_grad_norm: what is printed is what is left
# said: u10.norm_after
def clip_grad_norm_(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    params = [p for p in params if p.grad is not None]
    coef = min(1.0, max_norm / (math.sqrt(sum(float((p.grad**2).sum()) for p in params)) + eps))
    for p in params:
        p.grad.mul_(coef)
    return torch.tensor(math.sqrt(sum(float((p.grad**2).sum()) for p in params)))


# %% clip_grad_norm: a generator is read twice
# said: u10.iterator_used_up
def clip_grad_norm_(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    norm = sum((p.grad**2).sum() for p in params if p.grad is not None).sqrt()
    if norm > max_norm:
        for p in params:
            if p.grad is not None:
                p.grad.mul_(max_norm / (norm + eps))
    return norm


# %% accumulate_gradients: the lecture's first try, without the division
# said: u10.no_division
def accumulate_gradients(model, micro_batches):
    loss_accum = 0.0
    for x, y in micro_batches:
        logits, loss = model(x, y)
        loss_accum += loss.item()
        loss.backward()
    return loss_accum


# %% accumulate_gradients: the printed loss is divided, the other one is not
# said: u10.divided_too_late
def accumulate_gradients(model, micro_batches):
    loss_accum = 0.0
    for x, y in micro_batches:
        _, loss = model(x, y)
        loss.backward()
        loss_accum += loss.item() / len(micro_batches)
    return loss_accum


# %% accumulate_gradients: the loss is divided, and printed undivided
# said: u10.loss_is_a_sum
def accumulate_gradients(model, micro_batches):
    loss_accum = 0.0
    for x, y in micro_batches:
        _, loss = model(x, y)
        loss_accum += loss.item()
        loss = loss / len(micro_batches)
        loss.backward()
    return loss_accum


# %% accumulate_gradients: zero_grad slipped into the loop
# said: u10.zero_inside
def accumulate_gradients(model, micro_batches):
    n, total = len(micro_batches), 0.0
    for x, y in micro_batches:
        model.zero_grad(set_to_none=True)
        loss = model(x, y)[1] / n
        loss.backward()
        total += loss.item()
    return total


# %% data_parallel: the wrong way round
# said: the weights of rank 0 after broadcast_parameters['wte.weight']: yours is all_weights[1][0], as it came in.
def broadcast_parameters(rank_models):
    source = rank_models[-1]
    for model in rank_models[:-1]:
        for mine, theirs in zip(model.parameters(), source.parameters()):
            mine.data = theirs.data.clone()


# %% data_parallel: all_reduce without the division
# said: u10.sum_not_mean
def average_gradients(rank_models):
    columns = list(zip(*(list(model.parameters()) for model in rank_models)))
    for column in columns:
        if column[0].grad is None:
            continue
        total = torch.zeros_like(column[0].grad)
        for p in column:
            total += p.grad
        for p in column:
            p.grad = total.clone()


# %% data_parallel: rank 0 keeps the mean for itself
# said: u10.only_rank_zero
def average_gradients(rank_models):
    first, *others = rank_models
    for i, p in enumerate(first.parameters()):
        if p.grad is not None:
            for other in others:
                p.grad += list(other.parameters())[i].grad
            p.grad /= len(rank_models)


# %% data_parallel: everybody takes the first rows
# said: u10.same_data
def data_parallel_step(rank_models, optimizers, x, y):
    n = len(x) // len(rank_models)
    losses = []
    for model, optimizer in zip(rank_models, optimizers):
        optimizer.zero_grad()
        loss = model(x[:n], y[:n])[1]
        loss.backward()
        losses.append(loss.item())
    average_gradients(rank_models)
    for optimizer in optimizers:
        optimizer.step()
    return sum(losses) / len(losses)


# %% data_parallel: stepped inside of the loop
# said: u10.steps_before_the_mean
def data_parallel_step(rank_models, optimizers, x, y):
    n, losses = len(x) // len(rank_models), []
    for rank, (model, optimizer) in enumerate(zip(rank_models, optimizers)):
        optimizer.zero_grad()
        loss = model(x[rank * n : rank * n + n], y[rank * n : rank * n + n])[1]
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
    average_gradients(rank_models)
    return sum(losses) / len(losses)


# %% data_parallel: the flag before backward, as in the lecture's first version
# said: u10.sync_flag_backward_only
def ddp_accumulate(model, micro_batches):
    grad_accum_steps, loss_accum = len(micro_batches), 0.0
    for micro_step in range(grad_accum_steps):
        x, y = micro_batches[micro_step]
        logits, loss = model(x, y)
        loss = loss / grad_accum_steps
        loss_accum += loss.item()
        model.require_backward_grad_sync = micro_step == grad_accum_steps - 1
        loss.backward()
    return loss_accum


# %% mixed_precision: bits are cut
# said: u10.truncate
def bf16_round(x):
    bits = x.view(torch.int32)
    return ((bits >> 16) << 16).view(torch.float32)


# %% mixed_precision: half is added, and ties are not thought of
# said: u10.ties_away
def bf16_round(x):
    bits = x.view(torch.int32) + 2**15
    return ((bits >> 16) << 16).view(torch.float32)


# %% mixed_precision: times for divided by
# said: u10.Multiplies
class GradScaler(GradScaler):
    def unscale_(self, optimizer):
        finite = True
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad *= self.get_scale()
                    finite = finite and bool(torch.isfinite(p.grad).all())
        self._finite[id(optimizer)] = finite


# %% mixed_precision: nobody resets the count
# said: u10.grows_once
class GradScaler(GradScaler):
    def update(self):
        if False in self._finite.values():
            self._scale = self._scale * self.backoff_factor
            self._good_steps = 0
        else:
            self._good_steps = self._good_steps + 1
            if self._good_steps == self.growth_interval:
                self._scale = self._scale * self.growth_factor
        self._finite = {}


# %% mixed_precision: clipped too early
# said: u10.clip_before_unscale
def amp_step(loss, optimizer, scaler, max_norm):
    scaler.scale(loss).backward()
    params = [p for group in optimizer.param_groups for p in group["params"]]
    norm = clip_grad_norm_(params, max_norm)
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad()
    return norm


# %% mixed_precision: gradients pile up
# said: u10.left_over
def amp_step(loss, optimizer, scaler, max_norm):
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    norm = clip_grad_norm_((p for group in optimizer.param_groups for p in group["params"]), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return norm


# %% hellaswag: the space is forgotten
# said: u10.no_leading_space
def render_example(example, tok):
    ctx, rows, masks = tok.encode_ordinary(example["ctx"]), [], []
    for ending in example["endings"]:
        end = tok.encode_ordinary(ending)
        rows.append(ctx + end)
        masks.append([0] * len(ctx) + [1] * len(end))
    N = max(len(row) for row in rows)
    pad = [row + [0] * (N - len(row)) for row in rows]
    return torch.tensor(pad), torch.tensor([m + [0] * (N - len(m)) for m in masks]), example["label"]


# %% hellaswag: everything is shifted but the mask
# said: u10.mask_not_shifted
def completion_losses(tokens, mask, logits):
    shifted = torch.log_softmax(logits[:, :-1], dim=-1)
    losses = -torch.gather(shifted, 2, tokens[:, 1:].unsqueeze(-1)).squeeze(-1)
    kept = mask[:, :-1]
    return (losses * kept).sum(1) / kept.sum(1)


# %% hellaswag: the sum
# said: u10.sum_for_norm
def completion_losses(tokens, mask, logits):
    flat = functional.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
    return (flat.view(len(tokens), -1) * mask[:, 1:]).sum(dim=1)


# %% hellaswag: compared with the token that went in
# said: u10.not_shifted
def completion_losses(tokens, mask, logits):
    flat = functional.cross_entropy(logits.flatten(0, 1), tokens.flatten(), reduction="none").view(tokens.shape)
    return (flat * mask).sum(dim=1) / mask.sum(dim=1)


# %% checkpoint: the optimizer is left as it is
# said: u10.no_optimizer
def load_checkpoint(path, model, opt, loader, rng):
    data = torch.load(path)
    model.load_state_dict(data["model"])
    loader.load_state_dict(data["loader"])
    rng.set_state(data["rng"])
    torch.set_rng_state(data["global_rng"])
    return data["step"]


# %% checkpoint: the generator is left as it is
# said: u10.no_rng
def load_checkpoint(path, model, opt, loader, rng):
    data = torch.load(path)
    for one, name in ((model, "model"), (opt, "optimizer"), (loader, "loader")):
        one.load_state_dict(data[name])
    torch.set_rng_state(data["global_rng"])
    return data["step"]


# %% adamw: no correction
# said: u10.no_bias_correction
class AdamW(AdamW):
    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state.setdefault(p, {"step": 0, "exp_avg": 0 * p.data, "exp_avg_sq": 0 * p.data})
                state["step"] += 1
                state["exp_avg"] = b1 * state["exp_avg"] + (1 - b1) * p.grad
                state["exp_avg_sq"] = b2 * state["exp_avg_sq"] + (1 - b2) * p.grad**2
                p -= group["lr"] * group["weight_decay"] * p
                p -= group["lr"] * state["exp_avg"] / (state["exp_avg_sq"].sqrt() + group["eps"])


# %% adamw: Adam with L2
# said: u10.coupled_l2
class AdamW(AdamW):
    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                grad = p.grad + group["weight_decay"] * p
                state = self.state.setdefault(p, {"step": 0, "exp_avg": 0 * p.data, "exp_avg_sq": 0 * p.data})
                state["step"] += 1
                m = state["exp_avg"] = b1 * state["exp_avg"] + (1 - b1) * grad
                v = state["exp_avg_sq"] = b2 * state["exp_avg_sq"] + (1 - b2) * grad**2
                t = state["step"]
                p -= group["lr"] * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + group["eps"])


# %% adamw: eps under the root
# said: u10.eps_inside
class AdamW(AdamW):
    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state.setdefault(p, {"step": 0, "exp_avg": 0 * p.data, "exp_avg_sq": 0 * p.data})
                state["step"] += 1
                m = state["exp_avg"] = b1 * state["exp_avg"] + (1 - b1) * p.grad
                v = state["exp_avg_sq"] = b2 * state["exp_avg_sq"] + (1 - b2) * p.grad**2
                t = state["step"]
                p *= 1 - group["lr"] * group["weight_decay"]
                p -= group["lr"] * (m / (1 - b1**t)) / torch.sqrt(v / (1 - b2**t) + group["eps"])


# %% data_loader_lite: the last target is forgotten in the bound
# said: u10.no_plus_one
class DataLoaderLite:
    def __init__(self, shards, B, T, rank=0, world_size=1):
        self.shards, self.B, self.T, self.rank, self.world_size = shards, B, T, rank, world_size
        self.reset()

    def reset(self):
        self.open(0)

    def open(self, number):
        while len(read_shard(self.shards[number % len(self.shards)])) <= self.B * self.T * self.world_size:
            number += 1
            if number > 2 * len(self.shards):
                raise ValueError("all shards are too short")
        self.current_shard, self.step = number % len(self.shards), 0
        self.tokens = read_shard(self.shards[self.current_shard])
        self.current_position = self.B * self.T * self.rank

    def next_batch(self):
        B, T = self.B, self.T
        buf = self.tokens[self.current_position : self.current_position + B * T + 1]
        x = buf[:-1].view(B, T)
        y = buf[1:].view(B, T)
        self.step += 1
        self.current_position += B * T * self.world_size
        if (self.step + 1) * B * T * self.world_size > len(self.tokens):
            self.open(self.current_shard + 1)
        return x, y
