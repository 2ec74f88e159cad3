"""Expected values of unit 10: parameters counted shape by shape, two GPT-2 in float64, tokens walked one by one.

A model's weights are a dict by the names of the text. The published layout, with (in, out) matrices, is computed by a
program of its own (`hf_logits`), so that names and turns are checked by what the model says.
"""

import cmath
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
