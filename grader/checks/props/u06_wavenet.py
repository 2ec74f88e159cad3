"""Helper code of unit 06 that runs on the learner's side: layers with given numbers, gradients, probes, training.

`learner` is the learner's module. Nothing here knows what is right.
"""

import torch
from torch.nn import functional

torch.set_num_threads(1)  # sums come out the same wherever this runs

BUFFERS = ("running_mean", "running_var")


def generator(seed):
    """Return a generator of random numbers."""
    return torch.Generator().manual_seed(seed)


def seeded(seed, name, *args, **kwargs):
    """Seed torch's global generator, then call a function; return what it returns."""
    torch.manual_seed(seed)
    return getattr(learner, name)(*args, **kwargs)


def moves_global(name, *args, **kwargs):
    """Call a function; say whether torch's global generator has moved."""
    before = torch.get_rng_state()
    getattr(learner, name)(*args, **kwargs)
    return not torch.equal(before, torch.get_rng_state())


def changed(function, *args, **kwargs):
    """Call a function or a layer; return which tensors and lists it changed in place, by place or name."""
    function = getattr(learner, function) if isinstance(function, str) else function
    before = {place: one.detach().clone() for place, one in _tensors(args)}
    function(*args, **kwargs)
    return [place for place, one in _tensors(args) if not torch.equal(one.nan_to_num(), before[place].nan_to_num())]


def _tensors(args):
    for number, arg in enumerate(args):
        if isinstance(arg, dict):
            yield from arg.items()
        elif isinstance(arg, torch.Tensor):
            yield f"argument {number}", arg
        elif isinstance(arg, list):  # of numbers
            yield f"argument {number}", torch.tensor(arg)


# BatchNorm1d.


def normer(gamma, beta, *args, **kwargs):
    """Return a BatchNorm1d with these numbers in it."""
    layer = learner.BatchNorm1d(len(gamma), *args, **kwargs)
    for name, value in (("gamma", gamma), ("beta", beta)):
        one = getattr(layer, name)
        one.data = value.clone().reshape(one.shape)
        one.requires_grad_(True)
    return layer


def pulled(layer, x, cotangent):
    """Call a BatchNorm1d; return its value, and the gradients of x, gamma and beta."""
    x = x.clone().requires_grad_()
    out = layer(x)
    found = torch.autograd.grad(out, [x, layer.gamma, layer.beta], cotangent.to(out.dtype), allow_unused=True)
    return {"out": out.detach(), **dict(zip(("x", "gamma", "beta"), found, strict=True))}


def buffers(layer, flat=True):
    """Return the running statistics of a BatchNorm1d; flat: whatever axes of size 1 they have."""
    return {name: _kept(layer, name).reshape(-1) if flat else _kept(layer, name) for name in BUFFERS}


def _kept(layer, name):
    return getattr(layer, name).detach().clone()


def drags_graph(layer, x):
    """Call a BatchNorm1d with an x that requires a gradient; return the names of statistics that then require one."""
    layer(x.clone().requires_grad_())
    return [name for name in BUFFERS if getattr(layer, name).requires_grad]


def fill(layer, mean, var):
    """Give a BatchNorm1d its running statistics, and put it into eval mode."""
    layer.running_mean, layer.running_var = mean.clone(), var.clone()
    set_training(layer, False)
    return layer


def set_training(layer, training):
    """Put a layer, or all layers of a model, into training or eval mode, as the text does."""
    for one in getattr(layer, "layers", [layer]):
        one.training = training


def shape_of(layer):
    """Return the shapes of a layer's parameters."""
    return [tuple(one.shape) for one in layer.parameters()]


# FlattenConsecutive.


def transposed(layer, x):
    """Call a layer with x (T, B, C), whose first two axes are swapped without moving anything in memory."""
    return layer(x.transpose(0, 1))


# The tree.


def load(model, weights):
    """Put weights into a model's parameters, in their order. Return what keeps it from being done, in words."""
    own = list(model.parameters())
    if len(own) != len(weights):
        return f"the model has {len(own)} parameters, not {len(weights)}"
    for number, (one, weight) in enumerate(zip(own, weights, strict=True)):
        if one.shape != weight.shape:
            return f"parameter {number} of the model has shape {tuple(one.shape)}, not {tuple(weight.shape)}"
        one.data = weight.clone()
        one.requires_grad_(True)
    return ""


def answers(model, ids, cotangent):
    """Return the logits of a model, and the gradients of its parameters."""
    out = model(ids)
    found = torch.autograd.grad(out, list(model.parameters()), cotangent.to(out.dtype), allow_unused=True)
    return {"out": out.detach(), "parameters": list(found)}


def numbers(model):
    """Return the values of a model's parameters; None where parameters() gives None."""
    own = model.parameters()
    return own if own is None else [one.detach().clone() for one in own]


def along(model, ids):
    """Return the shape behind each layer of a model."""
    shapes, x = [], ids
    for layer in model.layers:
        x = layer(x)
        shapes.append(tuple(x.shape))
    return shapes


def logits(model, ids):
    """Return the logits of a model, without a graph."""
    with torch.no_grad():
        return model(ids)


def trained(seed, sizes, ids, targets, steps, rows, dev):
    """Build a model and train it with Adam; return its logits for dev in eval mode."""
    torch.manual_seed(seed)
    model = learner.build_wavenet(*sizes)
    parameters = list(model.parameters())
    for one in parameters:
        one.requires_grad_(True)
    set_training(model, True)
    adam = torch.optim.Adam(parameters, lr=0.02, foreach=False)
    for step in range(steps):
        batch = slice(step * rows, (step + 1) * rows)
        loss = functional.cross_entropy(model(ids[batch]), targets[batch])
        adam.zero_grad()
        loss.backward()
        adam.step()
    set_training(model, False)
    return logits(model, dev)


# Convolutions.


def influence(x, w, dilation):
    """Return how strongly each place of the output depends on each place of x: a (T, T) table of gradients."""
    x = x.clone().requires_grad_()
    out = learner.causal_conv1d(x, w, None, dilation)
    rows = [torch.autograd.grad(out[:, t].sum(), x, retain_graph=True)[0] for t in range(x.shape[1])]
    return torch.stack([row.abs().sum(dim=(0, 2)) for row in rows])


def stacked(x, w, dilations):
    """Send x through one convolution a dilation, all with the same w."""
    for dilation in dilations:
        x = learner.causal_conv1d(x, w, None, dilation)
    return x


def reach(x, w, dilations):
    """Return how many places of x the last place behind a stack of convolutions depends on."""
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(stacked(x, w, dilations)[:, -1].sum(), x)
    return int((slope.abs().sum(dim=(0, 2)) > 0).sum())


def block_pulled(x, params, of_residual, of_skip, dilation):
    """Call gated_block; return both results, and the gradients of x and of each parameter."""
    x = x.clone().requires_grad_()
    params = {name: one.clone().requires_grad_() for name, one in params.items()}
    residual, skip = learner.gated_block(x, params, dilation)
    cotangents = [of_residual.to(residual.dtype), of_skip.to(skip.dtype)]
    found = torch.autograd.grad([residual, skip], [x, *params.values()], cotangents, allow_unused=True)
    return {"residual": residual.detach(), "skip": skip.detach(), **dict(zip(["x", *params], found, strict=True))}
