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
