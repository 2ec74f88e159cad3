"""Helper code of unit 04 that runs on the learner's side: layers with given tensors, gradients, toy layers, training.

`learner` is the learner's module. Nothing here knows what is right.
"""

import math

import torch

torch.set_num_threads(1)  # sums come out the same wherever this runs


def generator(seed):
    """Return a generator of random numbers."""
    return torch.Generator().manual_seed(seed)


def moves_global(name, *args, **kwargs):
    """Call a function or class with a generator; say whether torch's global generator has moved."""
    before = torch.get_rng_state()
    getattr(learner, name)(*args, generator=generator(5), **kwargs)
    return not torch.equal(before, torch.get_rng_state())


def changed(name, *args, **kwargs):
    """Call a function; say whether it changed one of its tensors in place."""
    given = [arg for arg in args if isinstance(arg, torch.Tensor)]
    before = [arg.clone() for arg in given]
    getattr(learner, name)(*args, **kwargs)
    return not all(torch.equal(one, copy) for one, copy in zip(given, before, strict=True))


# Parameters.


def drawn(seed, *sizes, given=True):
    """Draw the parameters of an MLP; return them, and for each whether it is a leaf, a product, or asks for nothing."""
    torch.manual_seed(seed)
    made = learner.init_mlp(*sizes, generator(seed)) if given else learner.init_mlp(*sizes)
    return {
        "values": {name: one.detach() for name, one in made.items()},
        "kinds": {name: _kind(one) for name, one in made.items()},
    }


def _kind(one):
    if not one.requires_grad:
        return "without gradients"
    return "leaf" if one.is_leaf else "product"


# Layers.


def made(name, attributes, *args, **kwargs):
    """Make a layer and give it these tensors."""
    layer = getattr(learner, name)(*args, **kwargs)
    for attribute, value in attributes.items():
        setattr(layer, attribute, value.clone())
    return layer


def described(layer):
    """Return the shape of each of the layer's parameters, or the name of a kind that is no tensor."""
    return [tuple(p.shape) if isinstance(p, torch.Tensor) else type(p).__name__ for p in layer.parameters()]


def held(layer, *names):
    """Return some tensors of a layer, detached."""
    return [getattr(layer, name).detach().clone() for name in names]


def pulled(layer, x, cotangent):
    """Call a layer; return its output, the gradients of x and of its parameters, and what .out is."""
    leaf, params = x.clone().requires_grad_(), layer.parameters()
    for p in params:
        p.requires_grad_()
    out = layer(leaf)
    if not isinstance(out, torch.Tensor):
        return {"out": out, "grads": [], "kept": "nothing"}
    found = torch.autograd.grad(out, [leaf, *params], cotangent, allow_unused=True)
    grads = [torch.zeros_like(p) if g is None else g for p, g in zip([leaf, *params], found, strict=True)]
    kept = "that tensor" if getattr(layer, "out", None) is out else "another" if hasattr(layer, "out") else "nothing"
    return {"out": out.detach(), "grads": grads, "kept": kept}


def fed(layer, batches):
    """Call a layer in training, batch after batch, with gradients asked for; return its buffers and what they are."""
    for p in layer.parameters():
        p.requires_grad_()
    layer.training = True
    for batch in batches:
        layer(batch.clone().requires_grad_())
    mean, var = layer.running_mean, layer.running_var
    return {
        "mean": mean.detach().reshape(-1).clone(),
        "var": var.detach().reshape(-1).clone(),
        "shapes": [tuple(mean.shape), tuple(var.shape)],
        "graph": bool(mean.requires_grad or var.requires_grad),
        "trained": any(p is mean or p is var for p in layer.parameters()),
    }


def used(layer, x):
    """Call a layer outside of training; return its output and its buffers afterwards."""
    layer.training = False
    out = layer(x).detach()
    return [out, layer.running_mean.detach().reshape(-1), layer.running_var.detach().reshape(-1)]


# Measuring.


def calibrated(X, W, b, *args):
    """Measure a linear layer; return mean, variance, whether one requires a gradient, and the sizes of the batches."""
    W, sizes = W.clone().requires_grad_(), []

    def forward_to_preact(x):
        sizes.append(len(x))
        return x @ W + b

    mean, var = learner.calibrate_batchnorm(forward_to_preact, X, *args)
    return {
        "mean": mean.detach(),
        "var": var.detach(),
        "graph": bool(mean.requires_grad or var.requires_grad),
        "largest": max(sizes),
    }


def with_grads(name, values, grads, *args, lazy=False, **kwargs):
    """Call a gauge for parameters with these gradients; return its answer and whether a tensor was changed."""
    params = [value.clone().requires_grad_() for value in values]
    for p, grad in zip(params, grads, strict=True):
        p.grad = None if grad is None else grad.clone()
    answer = getattr(learner, name)((p for p in params) if lazy else params, *args, **kwargs)
    whole = all(torch.equal(p.detach(), v) for p, v in zip(params, values, strict=True))
    whole &= all(g is None or p.grad.equal(g) for p, g in zip(params, grads, strict=True))
    return [answer, not whole]


# Rows.


class Toy:
    """A layer of our own: x @ weight + shift."""

    def __init__(self, weight, shift):
        self.weight, self.shift, self.training = weight.clone(), shift.clone(), True

    def __call__(self, x):
        self.out = x @ self.weight + self.shift
        return self.out

    def parameters(self):
        return [self.weight, self.shift]

    def train(self):
        self.training = True

    def eval(self):
        self.training = False


def toys(weights):
    """Return toy layers of (weight, shift) pairs."""
    return [Toy(weight, shift) for weight, shift in weights]


def row(layers):
    """Return a Sequential of the learner's."""
    return learner.Sequential(layers)


def holds(sequence, layers):
    """Say whether the row's `layers` are these very layers, in this order."""
    return [id(layer) for layer in sequence.layers] == [id(layer) for layer in layers]


def flat(sequence):
    """Return the parameters of a row; or in words what is no list, or what in it is no tensor."""
    found = sequence.parameters()
    if not isinstance(found, list | tuple):
        return f"is a {type(found).__name__}"
    strange = [type(p).__name__ for p in found if not isinstance(p, torch.Tensor)]
    return f"has a {strange[0]} in it" if strange else [p.detach().clone() for p in found]


def flags(layers):
    """Return the flag `training` of each layer."""
    return [layer.training for layer in layers]


# Deep nets.


def anatomy(net):
    """Return the names of the layers of a net, and the shapes of their parameters."""
    return [[type(layer).__name__, described(layer)] for layer in net.layers]


def shared(net):
    """Say whether a layer with parameters stands in a net twice."""
    trained = [id(layer) for layer in net.layers if layer.parameters()]
    return len(set(trained)) < len(trained)


def deep(seed, *args, given=False):
    """Build a deep net under a seed."""
    torch.manual_seed(seed)
    return learner.deep_net(*args, generator=generator(seed)) if given else learner.deep_net(*args)


def spreads(net, x):
    """Return the spread of what comes out of each layer, and the spread of each weight."""
    found, params = [], net.parameters()
    with torch.no_grad():
        for layer in net.layers:
            x = layer(x)
            found.append(float(x.std()))
    return [found, [float(p.detach().std()) for p in params if p.ndim == 2]]


def trained(net, x, y, steps, lr, shrink=1.0):
    """Train a net by gradient descent; return its first loss and its last one. shrink: a factor for hidden weights."""
    params = net.parameters()
    with torch.no_grad():
        for layer in net.layers[:-1]:
            if isinstance(layer, learner.Linear):
                layer.weight *= shrink
    for p in params:
        p.requires_grad_()
    losses = []
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(net(x), y)
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
        losses.append(loss.item())
    return [losses[0], losses[-1]] if math.isfinite(losses[-1]) else [losses[0], float("inf")]
