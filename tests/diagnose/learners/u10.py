# Wrong answers to unit 10, each as somebody may type it who comes from build-nanogpt, nanoGPT or CS336, one at a time.


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
