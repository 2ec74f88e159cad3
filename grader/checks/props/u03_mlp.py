"""Helper code of unit 03 that runs on the learner's side: leaves, gradients, probes, and the whole way from words.

`learner` is the learner's module. Nothing here knows what is right.
"""

import random

import torch
from torch.utils._python_dispatch import TorchDispatchMode

torch.set_num_threads(1)  # sums come out the same wherever this runs


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


def changed(name, *args, **kwargs):
    """Call a function; return which of its tensors it changed in place, by place or name: `argument 0`, `C`."""
    args = [_leaves(arg) if isinstance(arg, dict) else arg for arg in args]
    before = {place: one.detach().clone() for place, one in _tensors(args)}
    getattr(learner, name)(*args, **kwargs)
    return [place for place, one in _tensors(args) if not torch.equal(one.nan_to_num(), before[place].nan_to_num())]


def _tensors(args):
    for number, arg in enumerate(args):
        if isinstance(arg, dict):
            yield from ((key, one) for key, one in arg.items() if isinstance(one, torch.Tensor))
        elif isinstance(arg, torch.Tensor):
            yield f"argument {number}", arg


def _leaves(params):
    """Return parameters that require gradients, and that nobody else holds."""
    return {
        name: one.detach().clone().requires_grad_() if isinstance(one, torch.Tensor) else one
        for name, one in params.items()
    }


def largest(name, *args, **kwargs):
    """Call a function; return how many numbers the largest floating-point tensor has that is made on the way."""
    seen = Seen()
    with seen:
        getattr(learner, name)(*args, **kwargs)
    return seen.most


class Seen(TorchDispatchMode):
    """Sees every operation, and notes the size of the largest floating-point result."""

    def __init__(self):
        super().__init__()
        self.most = 0

    def note(self, func, _types, args=(), kwargs=None):
        """Run one operation."""
        out = func(*args, **(kwargs or {}))
        for one in out if isinstance(out, list | tuple) else [out]:
            if isinstance(one, torch.Tensor) and one.is_floating_point():
                self.most = max(self.most, one.numel())
        return out


Seen.__torch_dispatch__ = Seen.note  # set afterwards: in the class, torch would wrap it and import its compiler


# Words.


def split(words, *args, **kwargs):
    """Call split_words; return [the three parts, the words afterwards, whether Python's global random has moved]."""
    before = random.getstate()
    parts = learner.split_words(words, *args, **kwargs)
    return [parts, words, before != random.getstate()]


# The network and its training.


def pulled(params, tokens, cotangent):
    """Run mlp_forward; return [logits, the gradient of each parameter under a cotangent of the logits]."""
    leaves = _leaves(params)
    logits = learner.mlp_forward(leaves, tokens)
    found = torch.autograd.grad(logits, list(leaves.values()), cotangent.to(logits.dtype), allow_unused=True)
    return [logits.detach(), dict(zip(leaves, found, strict=True))]


def written_into(tokens, targets, batch_size):
    """Draw a minibatch and write into it; return X and Y as they are afterwards."""
    for one in learner.minibatch(tokens, targets, batch_size):
        one.fill_(-7)
    return [tokens, targets]


def stepped(values, grads, lr, once=False):
    """Take a step with parameters of these values and gradients; return how they are afterwards.

    grads: None for a parameter that has none. once: hand the parameters over as a generator.
    """
    params = _with_grads(values, grads)
    learner.sgd_step((p for p in params) if once else params, lr)
    return {
        "values": [p.detach().clone() for p in params],
        "grads": [p.grad for p in params],
        "leaves": [p.is_leaf for p in params],
        "requires": [p.requires_grad for p in params],
    }


def stepped_views(values, grads, lr):
    """Take a step; return views of the parameters that were made before it."""
    params = _with_grads(values, grads)
    views = [p.detach().view(-1) for p in params]
    learner.sgd_step(params, lr)
    return views


def _with_grads(values, grads):
    params = [value.detach().clone().requires_grad_() for value in values]
    for p, grad in zip(params, grads, strict=True):
        p.grad = grad
    return params


def trained(params, tokens, targets, lrs, *args, stale=False):
    """Train parameters of these values; return the losses, and the parameters as they are afterwards.

    stale: gradients of an earlier computation hang on the parameters.
    """
    leaves = _leaves(params)
    if stale:
        for one in leaves.values():
            one.grad = torch.ones_like(one)
    losses = _numbers(learner.train_mlp(leaves, tokens, targets, lrs, *args))
    return {"losses": losses, "params": {name: one.detach().clone() for name, one in leaves.items()}}


def _numbers(losses):
    """Return losses as plain numbers, and whatever is no row of losses as it came."""
    if not isinstance(losses, list | tuple | torch.Tensor) or getattr(losses, "ndim", 1) != 1:
        return losses
    return [float(loss) for loss in losses]


def traces(seed, params, tokens, targets, lrs, *args):
    """Train with a generator; say what else can be seen: losses, their kinds, the data, whether the global one moved.

    It is apart from `trained`: what is no part of a check should not tell two programs from each other.
    """
    before = torch.get_rng_state()
    losses = learner.train_mlp(_leaves(params), tokens, targets, lrs, *args, generator=generator(seed))
    return {
        "losses": _numbers(losses),
        "kinds": sorted({type(loss).__name__ for loss in losses}),
        "data": [tokens, targets],
        "moved": not torch.equal(before, torch.get_rng_state()),
    }


def measured(params, tokens, targets, *args):
    """Evaluate; return the loss and its kind, whether old gradients are still there, whether a graph was built."""
    leaves, kept = _leaves(params), []
    for one in leaves.values():
        one.grad = torch.ones_like(one)
    with torch.autograd.graph.saved_tensors_hooks(lambda one: kept.append(1) or one, lambda one: one):
        loss = learner.evaluate(leaves, tokens, targets, *args)
    still = all(one.grad is not None and bool((one.grad == 1).all()) for one in leaves.values())
    return {"loss": float(loss), "kind": type(loss).__name__, "still": still, "graph": bool(kept)}


def sampled(count, params, letters, block_size, *args, seed=None, **kwargs):
    """Draw names one after the other, with one generator if there is a seed; return them.

    letters: the letter of each number, in a row.
    """
    if seed is None:
        torch.manual_seed(1)
    else:
        kwargs["generator"] = generator(seed)
    itos = dict(enumerate(letters))
    return [learner.sample_mlp(params, itos, block_size, *args, **kwargs) for _ in range(count)]


def sampling_leaves_no_trace(params, letters, block_size):
    """Draw a name with a generator; say [what was changed, whether the global generator has moved]."""
    leaves, itos = _leaves(params), dict(enumerate(letters))
    before, state = {name: one.detach().clone() for name, one in leaves.items()}, torch.get_rng_state()
    learner.sample_mlp(leaves, itos, block_size, generator=generator(3))
    moved = [name for name, one in leaves.items() if one.grad is not None or not torch.equal(one, before[name])]
    return [moved, not torch.equal(state, torch.get_rng_state())]


def from_words(train_words, dev_words, letters, block_size, params, lrs, batch_size):
    """Go the whole way: examples, training, the loss on other words; return [dev loss, first loss]."""
    stoi = {letter: i for i, letter in enumerate(letters)}
    torch.manual_seed(2)
    leaves = _leaves(params)
    losses = learner.train_mlp(leaves, *learner.build_dataset(train_words, stoi, block_size), lrs, batch_size)
    dev = learner.evaluate(leaves, *learner.build_dataset(dev_words, stoi, block_size))
    return [float(dev), float(losses[0])]
