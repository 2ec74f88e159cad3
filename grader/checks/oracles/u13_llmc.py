"""Expected values of unit 13: torch's own layers, its autograd and its AdamW in float64."""

import time

import torch
from torch.nn import functional

BLOCK = (
    *("ln1w", "ln1b", "qkvw", "qkvb", "attprojw", "attprojb"),
    *("ln2w", "ln2b", "fcw", "fcb", "fcprojw", "fcprojb"),
)
EPS = 1e-5
# Activations of which the gradient is handed out, those of the blocks with all layers in one array.
OUTER = ("encoded", "lnf", "logits")
INNER = ("ln1", "qkv", "atty", "attproj", "residual2", "ln2", "fch", "fch_gelu", "fcproj", "residual3")


def _leaf(array):
    return torch.tensor(array).requires_grad_()


def _pulled(out, cotangent, *leaves):
    """Return the gradients of leaves under a cotangent of `out`, as arrays."""
    found = torch.autograd.grad(out, leaves, torch.tensor(cotangent), allow_unused=True)
    return [
        torch.zeros_like(leaf).numpy() if one is None else one.numpy() for one, leaf in zip(found, leaves, strict=True)
    ]


def _plain(value):
    return value.detach().numpy()


def encoder(inp, wte, wpe, dout):
    """Return [out, dwte, dwpe]."""
    leaves = _leaf(wte), _leaf(wpe)
    out = functional.embedding(torch.tensor(inp), leaves[0]) + leaves[1][: inp.shape[1]]
    return [_plain(out), *_pulled(out, dout, *leaves)]


def layernorm(x, w, b, dout, eps=EPS):
    """Return [out, mean, rstd, dx, dw, db]."""
    leaves = _leaf(x), _leaf(w), _leaf(b)
    out = functional.layer_norm(leaves[0], x.shape[-1:], leaves[1], leaves[2], eps)
    var, mean = torch.var_mean(leaves[0], -1, correction=0)
    return [_plain(out), _plain(mean), _plain(torch.rsqrt(var + eps)), *_pulled(out, dout, *leaves)]


def matmul(x, w, b, dout):
    """Return [out, dx, dw, db]; where b is None, db is that of a bias of zeros."""
    leaves = _leaf(x), _leaf(w), torch.zeros(len(w), dtype=torch.float64, requires_grad=True) if b is None else _leaf(b)
    out = functional.linear(*leaves)
    return [_plain(out), *_pulled(out, dout, *leaves)]


def _heads(qkv, heads):
    """Return q, k, v, each (B, heads, T, size)."""
    return [one.unflatten(-1, (heads, -1)).transpose(1, 2) for one in qkv.chunk(3, dim=-1)]


def _scores(qkv, heads):
    """Return the scaled scores and the weights, both (B, heads, T, T)."""
    q, k, _ = _heads(qkv, heads)
    scores = torch.einsum("bhtd,bhud->bhtu", q, k) / q.shape[-1] ** 0.5
    future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    return scores, scores.masked_fill(future, -torch.inf).softmax(-1)


def _attended(qkv, heads):
    return functional.scaled_dot_product_attention(*_heads(qkv, heads), is_causal=True).transpose(1, 2).flatten(2)


def attention(inp, heads, dout):
    """Return [out, preatt, att, dinp]; above the diagonal preatt is 0."""
    leaf = _leaf(inp)
    out = _attended(leaf, heads)
    scores, weights = _scores(leaf, heads)
    return [_plain(out), _plain(scores.tril()), _plain(weights), *_pulled(out, dout, leaf)]


def gelu(x, dout):
    """Return [out, dx]."""
    leaf = _leaf(x)
    out = functional.gelu(leaf, approximate="tanh")
    return [_plain(out), *_pulled(out, dout, leaf)]


def crossentropy(logits, targets, dlosses, vocab):
    """Return [probs, losses, dlogits], with a padding of which nothing comes back."""
    leaf = _leaf(logits)
    real = leaf[..., :vocab]
    losses = functional.cross_entropy(real.flatten(0, 1), torch.tensor(targets).flatten(), reduction="none")
    losses = losses.view(targets.shape)
    probs = functional.pad(real.softmax(-1), (0, logits.shape[-1] - vocab))
    return [_plain(probs), _plain(losses), *_pulled(losses, dlosses, leaf)]


def _forward(params, inp, targets, sizes):
    """Return loss and activations by name: those of the blocks as lists."""
    acts = {name: [] for name in (*INNER, "ln1_mean", "ln1_rstd", "ln2_mean", "ln2_rstd", "preatt", "att")}
    size = params["wte"].shape[1:]

    def norm(name, x, w, b, keep):
        var, mean = torch.var_mean(x, -1, correction=0)
        out = functional.layer_norm(x, size, w, b, EPS)
        for key, value in ((name, out), (f"{name}_mean", mean), (f"{name}_rstd", torch.rsqrt(var + EPS))):
            keep(key, value)
        return out

    def of_block(name, value):
        acts[name].append(value)
        return value

    stream = functional.embedding(inp, params["wte"]) + params["wpe"][: inp.shape[1]]
    acts["encoded"] = stream
    for layer in range(sizes["num_layers"]):
        p = {name: params[name][layer] for name in BLOCK}
        x = norm("ln1", stream, p["ln1w"], p["ln1b"], of_block)
        qkv = of_block("qkv", functional.linear(x, p["qkvw"], p["qkvb"]))
        for name, value in zip(("preatt", "att"), _scores(qkv, sizes["num_heads"]), strict=True):
            of_block(name, value.tril() if name == "preatt" else value)
        x = of_block("atty", _attended(qkv, sizes["num_heads"]))
        x = of_block("attproj", functional.linear(x, p["attprojw"], p["attprojb"]))
        stream = of_block("residual2", stream + x)
        x = norm("ln2", stream, p["ln2w"], p["ln2b"], of_block)
        x = of_block("fch", functional.linear(x, p["fcw"], p["fcb"]))
        x = of_block("fch_gelu", functional.gelu(x, approximate="tanh"))
        x = of_block("fcproj", functional.linear(x, p["fcprojw"], p["fcprojb"]))
        stream = of_block("residual3", stream + x)
    x = norm("lnf", stream, params["lnfw"], params["lnfb"], acts.__setitem__)
    acts["logits"] = functional.linear(x, params["wte"])
    vocab = sizes["vocab_size"]
    real = acts["logits"][..., :vocab]
    acts["probs"] = functional.pad(real.softmax(-1), (0, acts["logits"].shape[-1] - vocab))
    acts["losses"] = functional.cross_entropy(real.flatten(0, 1), targets.flatten(), reduction="none").view(inp.shape)
    return acts["losses"].mean(), acts


def model(params, inp, targets, sizes):
    """Return {"loss", "acts", "grads", "dacts"} of a batch: activations of blocks (L, ...), gradients by name."""
    leaves = {name: _leaf(value) for name, value in params.items()}
    loss, acts = _forward(leaves, torch.tensor(inp), torch.tensor(targets), sizes)
    wanted = [acts[name] for name in OUTER] + [one for name in INNER for one in acts[name]]
    found = torch.autograd.grad(loss, [*leaves.values(), *wanted])
    grads = dict(zip(leaves, map(_plain, found), strict=False))
    slopes = iter(found[len(leaves) :])
    dacts = {name: _plain(next(slopes)) for name in OUTER}
    dacts |= {name: _plain(torch.stack([next(slopes) for _ in acts[name]])) for name in INNER}
    kept = {name: _plain(torch.stack(one) if isinstance(one, list) else one) for name, one in acts.items()}
    return {"loss": loss.item(), "acts": kept, "grads": grads, "dacts": dacts}


def _adamw(leaves, settings):
    names = {"lr": "lr", "eps": "eps", "weight_decay": "weight_decay"}
    betas = settings.get("beta1", 0.9), settings.get("beta2", 0.999)
    chosen = {theirs: settings[ours] for ours, theirs in names.items() if ours in settings}
    return torch.optim.AdamW(
        leaves.values(), **({"lr": 1e-3, "weight_decay": 0.01} | chosen), betas=betas, foreach=False
    )


def updates(params, grads, settings):
    """Return {"params", "m", "v"} after a step for each dict of gradients."""
    leaves = {name: _leaf(value) for name, value in params.items()}
    optimizer = _adamw(leaves, settings)
    for one in grads:
        for name, leaf in leaves.items():
            leaf.grad = torch.tensor(one[name])
        optimizer.step()
    moments = {ours: {name: _plain(optimizer.state[leaf][theirs]) for name, leaf in leaves.items()}
               for ours, theirs in (("m", "exp_avg"), ("v", "exp_avg_sq"))}  # fmt: skip
    return {"params": {name: _plain(leaf) for name, leaf in leaves.items()}, **moments}


def training(params, batches, sizes, settings):
    """Return {"losses", "params"} of a step of AdamW for each batch."""
    leaves = {name: _leaf(value) for name, value in params.items()}
    optimizer, losses = _adamw(leaves, settings), []
    for inp, targets in batches:
        loss, _ = _forward(leaves, torch.tensor(inp), torch.tensor(targets), sizes)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"losses": losses, "params": {name: _plain(leaf) for name, leaf in leaves.items()}}


def step_of_torch(state, measures):
    """Return the time of a step of training with torch on the sizes of a run, and how many times longer the run's took.

    Not kept: `grade run u13` asks it once, at its end. Processor time, one thread, in float64 where the run has come to
    be in it.
    """
    batch, block, heads, vocab = state["sizes"]
    names = [name for name in state if "." not in name and name != "sizes"]
    values = {name: torch.tensor(getattr(state[name], "array", state[name])) for name in names}
    widest = max((value.dtype for value in values.values()), key=lambda dtype: dtype.itemsize)
    leaves = {name: value.to(widest).requires_grad_() for name, value in values.items()}
    optimizer = torch.optim.AdamW(leaves.values(), lr=0.0, foreach=False)
    inp, targets = torch.randint(vocab, (2, batch, block))
    taken = []
    for _ in range(12):
        before = time.process_time()
        optimizer.zero_grad()
        _lean(leaves, inp, targets, heads, vocab).backward()
        optimizer.step()
        taken.append(time.process_time() - before)
    theirs = 1000 * sorted(taken)[len(taken) // 2]
    return {"a step of torch, ms": theirs, "yours / torch": measures["a step of yours, ms"] / max(theirs, 1e-9)}


def _lean(params, inp, targets, heads, vocab):
    """Return the loss as one would write it with torch, keeping nothing that is not needed."""
    size = params["wte"].shape[1:]
    stream = functional.embedding(inp, params["wte"]) + params["wpe"][: inp.shape[1]]
    for layer in range(len(params["qkvw"])):
        p = {name: params[name][layer] for name in BLOCK}
        qkv = functional.linear(functional.layer_norm(stream, size, p["ln1w"], p["ln1b"]), p["qkvw"], p["qkvb"])
        stream = stream + functional.linear(_attended(qkv, heads), p["attprojw"], p["attprojb"])
        fch = functional.linear(functional.layer_norm(stream, size, p["ln2w"], p["ln2b"]), p["fcw"], p["fcb"])
        fch = functional.gelu(fch, approximate="tanh")
        stream = stream + functional.linear(fch, p["fcprojw"], p["fcprojb"])
    logits = functional.linear(functional.layer_norm(stream, size, params["lnfw"], params["lnfb"]), params["wte"])
    return functional.cross_entropy(logits[..., :vocab].flatten(0, 1), targets.flatten())
