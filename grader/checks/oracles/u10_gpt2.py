"""Expected values of unit 10: parameters counted shape by shape, two GPT-2 in float64, tokens walked one by one.

A model's weights are a dict by the names of the text. The published layout, with (in, out) matrices, is computed by a
program of its own (`hf_logits`), so that names and turns are checked by what the model says.
"""

import cmath
import re
import zlib

import torch
from torch.nn import functional

EOT = 50256


def _of(value):
    """Return a leaf of float64 for what a check sends; ids as they are."""
    made = torch.tensor(getattr(value, "array", value))
    return made.double().requires_grad_() if made.is_floating_point() else made


# Sizes.


def shapes(vocab_size, block_size, n_layer, n_embd, bias=True, **_):
    """Return the shape of each parameter by name, in torch's layout; the tied head is no parameter of its own."""
    C = n_embd
    made = {"wte.weight": [vocab_size, C], "wpe.weight": [block_size, C]}
    for i in range(n_layer):
        made |= _norm(f"blocks.{i}.ln_1", C) | _linear(f"blocks.{i}.attn.c_attn", C, 3 * C)
        made |= _linear(f"blocks.{i}.attn.c_proj", C, C) | _norm(f"blocks.{i}.ln_2", C)
        made |= _linear(f"blocks.{i}.mlp.c_fc", C, 4 * C) | _linear(f"blocks.{i}.mlp.c_proj", 4 * C, C)
    made |= _norm("ln_f", C)
    return {name: shape for name, shape in made.items() if bias or not name.endswith(".bias")}


def _norm(name, C):
    return {f"{name}.weight": [C], f"{name}.bias": [C]}


def _linear(name, into, out):
    return {f"{name}.weight": [out, into], f"{name}.bias": [out]}


def count(sizes, non_embedding=False):
    """Return the number of parameters, shape by shape."""
    numbers = {name: torch.Size(shape).numel() for name, shape in shapes(**sizes).items()}
    return sum(numbers.values()) - non_embedding * numbers["wpe.weight"]


def flops(sizes):
    """Return 6 N and what attention adds, head by head."""
    width = sizes["n_embd"] // sizes["n_head"]
    a_head = 2 * 2 * width * sizes["block_size"]  # queries with keys, weights with values: a product and a sum each
    return 6 * count(sizes, non_embedding=True) + 3 * a_head * sizes["n_head"] * sizes["n_layer"]


def memory(sizes, batch_size, act_bytes, flash):
    """Return bytes by use: what a step keeps is listed piece by piece, with the shape that each has."""
    B, T, C, H = batch_size, sizes["block_size"], sizes["n_embd"], sizes["n_head"]
    stream, wide, table = (B, T, C), (B, T, 4 * C), (B, H, T, T)
    block = [stream, stream, stream, stream, stream, stream, stream, stream, wide, wide, *([] if flash else [table])]
    kept = sizes["n_layer"] * block + [stream, stream, (B, T, sizes["vocab_size"])]
    number = sum(torch.Size(shape).numel() for shape in kept)
    n = count(sizes)
    return {"weights": 4 * n, "gradients": 4 * n, "moments": 8 * n, "activations": number * act_bytes}


# Models.


def _affine(weights, name, x):
    return functional.linear(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"))


def _normed(weights, name, x):
    return functional.layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights.get(f"{name}.bias"))


def _blocks(x, n_layer, n_head, affine, normed):
    """Run the stream through the blocks; affine(i, part, x), normed(i, part, x)."""
    B, T, C = x.shape
    ahead = torch.ones(T, T).triu(1).bool()
    for i in range(n_layer):
        q, k, v = (
            affine(i, "attn.c_attn", normed(i, "ln_1", x)).view(B, T, 3, n_head, C // n_head).permute(2, 0, 3, 1, 4)
        )
        scores = torch.einsum("bhtd,bhsd->bhts", q, k) / (C // n_head) ** 0.5
        mixed = torch.einsum("bhts,bhsd->bthd", scores.masked_fill(ahead, float("-inf")).softmax(-1), v)
        x = x + affine(i, "attn.c_proj", mixed.flatten(2))
        a = affine(i, "mlp.c_fc", normed(i, "ln_2", x))
        a = a / 2 * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (a + 0.044715 * a**3)))
        x = x + affine(i, "mlp.c_proj", a)
    return x


def _logits(weights, sizes, idx):
    x = functional.embedding(idx, weights["wte.weight"]) + weights["wpe.weight"][: idx.shape[1]]
    x = _blocks(
        x,
        sizes["n_layer"],
        sizes["n_head"],
        lambda i, part, x: _affine(weights, f"blocks.{i}.{part}", x),
        lambda i, part, x: _normed(weights, f"blocks.{i}.{part}", x),
    )
    return _normed(weights, "ln_f", x) @ weights["wte.weight"].T


def gpt(sizes, weights, idx):
    """Return the logits of a model."""
    return _logits({name: _of(one).detach() for name, one in weights.items()}, sizes, _of(idx))


def gpt_loss(sizes, weights, idx, targets):
    """Return [loss, gradients by name]; targets of -1 do not count."""
    leaves = {name: _of(one) for name, one in weights.items()}
    loss = _loss(leaves, sizes, _of(idx), _of(targets))
    grads = torch.autograd.grad(loss, list(leaves.values()))
    return [loss.detach(), dict(zip(leaves, grads, strict=True))]


def _loss(leaves, sizes, idx, targets):
    log_p = _logits(leaves, sizes, idx).log_softmax(dim=2)
    kept = targets >= 0
    return -log_p.gather(2, targets.clamp(min=0).unsqueeze(2)).squeeze(2)[kept].mean()


def descent(sizes, weights, idx, targets, lr, steps):
    """Return the logits after some steps of plain gradient descent."""
    leaves = {name: _of(one) for name, one in weights.items()}
    idx, targets = _of(idx), _of(targets)
    for _ in range(steps):
        grads = torch.autograd.grad(_loss(leaves, sizes, idx, targets), list(leaves.values()))
        leaves = {
            name: (leaf - lr * grad).detach().requires_grad_()
            for (name, leaf), grad in zip(leaves.items(), grads, strict=True)
        }
    return _logits(leaves, sizes, idx).detach()


def hf_logits(sd, n_head, idx):
    """Return the logits of a GPT-2 from Hugging Face's names, with (in, out) matrices as OpenAI's code has them."""
    weights = {name.removeprefix("transformer."): _of(one).detach() for name, one in sd.items()}
    idx = _of(idx)
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("h."))
    x = weights["wte.weight"][idx] + weights["wpe.weight"][: idx.shape[1]]
    x = _blocks(
        x,
        layers,
        n_head,
        lambda i, part, x: x @ weights[f"h.{i}.{part}.weight"] + weights[f"h.{i}.{part}.bias"],
        lambda i, part, x: _normed(weights, f"h.{i}.{part}", x),
    )
    return _normed(weights, "ln_f", x) @ weights["wte.weight"].T


# Tokens.


def tokens(text):
    """Return the ids of a document under the tokenizer of the props, EOT in front."""
    return [EOT, *(zlib.crc32(word.encode()) % EOT for word in text.split())]


def loaded(shards, B, T, world_size, steps):
    """Return for each step and rank [x, y], as lists: the stream of tokens is walked place by place.

    A step is there where all its tokens are, and one more; else the next shard begins.
    """
    made, number, place = [], 0, 0
    for _ in range(steps):
        while place + B * T * world_size + 1 > len(shards[number]):
            number, place = (number + 1) % len(shards), 0
        ranks = []
        for rank in range(world_size):
            places = [[place + rank * B * T + row * T + t for t in range(T)] for row in range(B)]
            x = [[int(shards[number][p]) for p in row] for row in places]
            y = [[int(shards[number][p + 1]) for p in row] for row in places]
            ranks.append([x, y])
        made.append(ranks)
        place += B * T * world_size
    return made


# The schedule.


def rate(it, max_lr, min_lr, warmup_steps, max_steps):
    """Return the learning rate of a step: a point on a circle whose height falls from max_lr to min_lr."""
    if it < warmup_steps:
        return max_lr - max_lr * (warmup_steps - 1 - it) / warmup_steps
    if it >= max_steps:
        return min_lr
    turn = cmath.exp(1j * cmath.pi * (it - warmup_steps) / (max_steps - warmup_steps))
    middle, half = (max_lr + min_lr) / 2, (max_lr - min_lr) / 2
    return middle + half * turn.real


def _fixed(value):
    return _of(value).detach()


def _all(values):
    return [None if value is None else _fixed(value) for value in values]


# 9. torch's kernel, a parameter at a time.


def adamw(values, grads, options, groups=None, rates=None):
    """Return the parameters after each step, by torch's fused kernel; a parameter is passed over without a gradient."""
    ps = _all(values)
    own = [dict(options) for _ in ps]
    for places, more in groups or []:
        for i in places:
            own[i].update(more)
    moments = [(torch.zeros_like(p), torch.zeros_like(p), torch.zeros(())) for p in ps]
    found = []
    for number, given in enumerate(grads):
        for p, grad, kept, one in zip(ps, _all(given), moments, own, strict=True):
            if grad is not None:
                _fused(p, grad, kept, {**one, **({"lr": rates[number]} if rates else {})})
        found.append([p.clone() for p in ps])
    return found


def _fused(p, grad, kept, options):
    mean, square, count = kept
    count += 1
    beta1, beta2 = options.get("betas", (0.9, 0.95))
    how = {"lr": options["lr"], "beta1": beta1, "beta2": beta2, "eps": options.get("eps", 1e-8)}
    how |= {"weight_decay": options.get("weight_decay", 0.1), "amsgrad": False, "maximize": False}
    torch._fused_adamw_([p], [grad], [mean], [square], [], [count], **how)


# 10.


def clipped(grads, max_norm, eps=1e-6):
    """Return the norm of all gradients, and the gradients."""
    given = _all(grads)
    flat = torch.cat([grad.flatten() for grad in given if grad is not None] or [torch.zeros(0, dtype=torch.float64)])
    total = flat.square().sum().sqrt()
    share = 1.0 if float(total) + eps <= max_norm else max_norm / (total + eps)
    return [total, [None if grad is None else grad * share for grad in given]]


# 11, 12. One batch, all at once.

NAMES = ("wte.weight", "lm_head.weight", "lm_head.bias")


def _leaves(weights, tied):
    table, weight, bias = (_fixed(one).requires_grad_() for one in weights)
    return [table, bias] if tied else [table, weight, bias]


def _tiny_loss(leaves, x, y):
    table, weight, bias = leaves[0], leaves[-2], leaves[-1]
    logits = functional.linear(functional.embedding(x, table).tanh(), weight, bias)
    return functional.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=-1)


def _named(values):
    return dict(zip(NAMES if len(values) == 3 else (NAMES[0], NAMES[2]), values, strict=True))


def whole(weights, x, y, tied=False):
    """Return loss, and gradients by name, of one large batch."""
    leaves = _leaves(weights, tied)
    loss = _tiny_loss(leaves, _fixed(x), _fixed(y))
    return [loss.item(), _named(list(torch.autograd.grad(loss, leaves)))]


def trained(weights, batches, lr, tied=False):
    """Return losses, and weights by name after each step of descent with momentum 1/2, a step a batch."""
    leaves = _leaves(weights, tied)
    speeds = [torch.zeros_like(leaf) for leaf in leaves]
    losses, found = [], []
    for x, y in batches:
        loss = _tiny_loss(leaves, _fixed(x), _fixed(y))
        speeds = [speed / 2 + grad for speed, grad in zip(speeds, torch.autograd.grad(loss, leaves), strict=True)]
        leaves = [(leaf.detach() - lr * speed).requires_grad_() for leaf, speed in zip(leaves, speeds, strict=True)]
        losses.append(loss.item())
        found.append(_named([leaf.detach() for leaf in leaves]))
    return [losses, found]


# 13.


def bf16(x):
    """Return the nearest bfloat16 of float32 numbers, as float32."""
    return torch.tensor(x.array).to(torch.bfloat16).float()


class _Descent:
    def __init__(self, params, lr, decay):
        self.param_groups = [{"params": params}]
        self.lr, self.decay, self.count = lr, decay, 0

    @torch.no_grad()
    def step(self):
        self.count += 1
        for p in self.param_groups[0]["params"]:
            p -= self.lr * (p.grad + self.decay * p)


def scaled_story(values, grads, lr, unscale, options):
    """Return what torch's own GradScaler makes of gradients: see the prop of this name. In float32."""
    params = [torch.tensor(value.array).requires_grad_() for value in values]
    optimizer = _Descent(params, lr, 0.25)
    scaler = torch.amp.GradScaler("cpu", **{"init_scale": 2.0**16, **options})
    story = []
    for given in grads:
        for p, grad in zip(params, given, strict=True):
            p.grad = torch.tensor(grad.array) * scaler.get_scale()
        before = [scaler.get_scale(), scaler.scale(torch.tensor(0.5))]
        if unscale:
            scaler.unscale_(optimizer)
        divided = [p.grad.clone() for p in params] if unscale else None
        scaler.step(optimizer)
        story.append([*before, divided, [p.detach().clone() for p in params], optimizer.count])
        scaler.update()
    return [story, scaler.get_scale()]


def amp_story(values, grads, max_norm, lr):
    """Return norms, and the parameters after each step, of gradients that were never scaled; inf takes no step."""
    ps = _all(values)
    norms, found = [], []
    for given in grads:
        total, shortened = clipped(given, max_norm)
        norms.append(total)
        if torch.isfinite(total):
            ps = [p - lr * (grad + 0.25 * p) for p, grad in zip(ps, shortened, strict=True)]
        found.append([p.clone() for p in ps])
    return [norms, found]


# 14.


def _ids(text):
    ids = []
    for word in re.findall(r" ?[^ ]+", text):
        number = 1
        for letter in word:
            number = (number * 31 + ord(letter)) % 59_999
        ids.append(number + 1)
    return ids


def rendered(example):
    """Return tokens and mask of an example, by the tokenizer of the props."""
    rows = [(len(_ids(example["ctx"])), _ids(f"{example['ctx']} {ending}")) for ending in example["endings"]]
    longest = max(len(ids) for _, ids in rows)
    tokens = [ids + [0] * (longest - len(ids)) for _, ids in rows]
    mask = [[int(start <= place < len(ids)) for place in range(longest)] for start, ids in rows]
    return [torch.tensor(tokens), torch.tensor(mask)]


def completion_losses(tokens, mask, logits):
    """Return the mean loss of each row over what the mask names."""
    found = []
    for row, kept, scores in zip(_fixed(tokens), _fixed(mask), _fixed(logits), strict=True):
        places = kept.nonzero()[:, 0]
        found.append(functional.cross_entropy(scores[places - 1], row[places]))
    return torch.stack(found)


# 15.


def run(setting, count, seed):
    """Return the losses and the weights of a run in one piece; `Run` of the props says what it does."""
    torch.manual_seed(seed)
    leaves = _leaves(setting["weights"], tied=True)
    speeds = [torch.zeros_like(leaf) for leaf in leaves]
    data, B, T = _fixed(setting["data"]), setting["B"], setting["T"]
    draws = torch.Generator().manual_seed(setting["seed"])
    windows = (len(data) - 1) // (B * T)
    losses = []
    for step in range(count):
        start = step % windows * B * T
        x, y = (data[start + i : start + i + B * T].view(B, T) for i in (0, 1))
        odd = torch.rand(x.shape, generator=draws) < 0.3
        x = torch.where(odd, torch.randint(len(leaves[0]), x.shape, generator=draws), x)
        if setting.get("dropout"):
            y = torch.where(torch.rand(y.shape) < setting["dropout"], -1, y)
        loss = _tiny_loss([leaves[0], leaves[0], leaves[1]], x, y)
        speeds = [0.9 * speed + grad for speed, grad in zip(speeds, torch.autograd.grad(loss, leaves), strict=True)]
        rate = 0.4 / (step + 2)
        leaves = [(leaf.detach() - rate * speed).requires_grad_() for leaf, speed in zip(leaves, speeds, strict=True)]
        losses.append(loss.item())
    return [losses, [leaf.detach() for leaf in leaves]]
