"""Helper code of unit 07 that runs on the learner's side: weights in by name, cells to measure, a training loop.

`learner` is the learner's module. Nothing here knows what is right.
"""

import math

import numpy
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

torch.set_num_threads(1)  # sums come out the same wherever this runs

# makemore keeps a cell's weights in Linear layers with these names, transposed.
LAYERS = {"": "xh_to_h", "z": "xh_to_z", "r": "xh_to_r", "h": "xh_to_hbar"}

# How a call behaves.


def changed(function, *args, **kwargs):
    """Call a function; return which of its tensors it changed in place, by place or name."""
    given = {**{f"argument {i}": arg for i, arg in enumerate(args)}, **kwargs}
    before = {name: arg.clone() for name, arg in given.items()}
    (getattr(learner, function) if isinstance(function, str) else function)(*args, **kwargs)
    return [name for name, copy in before.items() if not torch.equal(given[name], copy)]


class ByHand(TorchDispatchMode):
    """Lets no operation of torch run, by whatever name it is reached."""

    def refuse(self, _func, _types, _args=(), _kwargs=None):
        """Raise what a forbidden tool raises."""
        raise RuntimeError("torch is not allowed in this exercise: write it yourself")


ByHand.__torch_dispatch__ = ByHand.refuse


def back_through_time(dhs, x, h0, W, b):
    """Run the plain cell forward, then backward where no operation of torch runs; return what that returns."""
    cache = learner.rnn_forward(x, h0, W, b)[-1]
    with ByHand():
        return learner.rnn_backward(dhs, cache)


def step_back(dh, dc, x, hprev, cprev, W, b):
    """Run one step of an LSTM forward, then backward where no operation of torch runs; return what that returns."""
    cache = learner.lstm_cell_forward(x, hprev, cprev, W, b)[-1]
    with ByHand():
        return learner.lstm_cell_backward(dh, dc, cache)


def steps_back(dhs, x, h, c, W, b):
    """Run an LSTM over a sequence, then back, step by step; return [dx, dh0, dc0, dW, db]."""
    caches = []
    for t in range(x.shape[1]):
        h, c, cache = learner.lstm_cell_forward(x[:, t], h, c, W, b)
        caches.append(cache)
    dh, dc, dxs, totals = 0 * h, 0 * c, [], [0 * W, 0 * b]
    with ByHand():
        for t in reversed(range(x.shape[1])):
            dx, dh, dc, *both = learner.lstm_cell_backward(dhs[:, t] + dh, dc, caches[t])
            dxs.insert(0, dx)
            totals = [total + one for total, one in zip(totals, both, strict=True)]
    return [numpy.stack(dxs, axis=1), dh, dc, *totals]


def kept_through_time(dhs, *args):
    """Run forward and backward; say what the backward pass changed in dhs and in the arrays of the cache."""
    return _kept(learner.rnn_backward, {"dhs": dhs}, learner.rnn_forward(*args)[-1])


def kept_step(dh, dc, *args):
    """The same for one step of an LSTM."""
    return _kept(learner.lstm_cell_backward, {"dh": dh, "dc": dc}, learner.lstm_cell_forward(*args)[-1])


def _kept(backward, given, cache):
    parts = cache if isinstance(cache, dict) else dict(enumerate(cache)) if isinstance(cache, tuple | list) else {}
    arrays = given | {f"{name} in the cache": one for name, one in parts.items() if isinstance(one, numpy.ndarray)}
    before = {name: one.copy() for name, one in arrays.items()}
    backward(*given.values(), cache)
    return [name for name, copy in before.items() if not (arrays[name] == copy).all()]


# Models: weights by the names that the text promises, or by makemore's.


def load(model, weights):
    """Copy weights into a model, which takes on their dtype. Return what keeps it from being done, in words."""
    own = dict(model.named_parameters())
    places = {}
    for name, weight in weights.items():
        found, turned = _place(own, name)
        if found is None:
            return f"the model has no parameter {name}. The text names it."
        shape = tuple(reversed(weight.shape)) if turned else tuple(weight.shape)
        if tuple(own[found].shape) != shape:
            return f"{found} has shape {tuple(own[found].shape)}, not {shape}"
        if not own[found].requires_grad:
            return f"{found} does not require a gradient, so no optimizer would train it"
        places[found] = weight.T if turned else weight
    extra = [name for name in own if name not in places]
    if extra:
        return f"the model has a parameter {extra[0]} that the text does not ask for; an optimizer would train it"
    model.to(next(iter(weights.values())).dtype)
    with torch.no_grad():
        for name, weight in places.items():
            model.get_parameter(name).copy_(weight)
    return ""


def _place(own, name):
    """Return the name under which a model has a parameter, and whether it is transposed there."""
    if name in own or not name.startswith("cell."):
        return (name if name in own else None), False
    kind, gate = name[len("cell.")], name[len("cell.") + 1 :]
    layer = f"cell.{LAYERS[gate]}.{'weight' if kind == 'W' else 'bias'}"
    return (layer if layer in own else None), kind == "W"


def scored(model, names, idx, cotangent):
    """Return [logits, gradients of the parameters by our names] under a cotangent of the logits."""
    gave = model(idx)
    if not isinstance(gave, tuple) or len(gave) != 2:
        raise TypeError("a call gives two things: the logits, and the loss or None")
    logits, loss = gave
    if logits.shape != cotangent.shape:
        raise ValueError("the logits are not of shape (B, T, V)")
    return [logits.detach(), loss is None, _grads(model, names, (logits * cotangent).sum())]


def lost(model, names, idx, targets):
    """Return [logits, loss, gradients of the parameters by our names]."""
    logits, loss = model(idx, targets)
    return [logits.detach(), loss.detach(), _grads(model, names, loss)]


def _grads(model, names, value):
    own = dict(model.named_parameters())
    places = {name: _place(own, name) for name in names}
    wanted = [own[found] for found, _ in places.values()]
    grads = torch.autograd.grad(value, wanted, allow_unused=True)
    return {
        name: grad.T if turned and grad is not None else grad
        for (name, (_, turned)), grad in zip(places.items(), grads, strict=True)
    }


def start_of(config):
    """Return the start of a fresh model."""
    return learner.RNNLM(config).start.detach().clone()


def slices(model, idx, targets):
    """Return the loss for idx and targets that are slices of something larger, so not contiguous."""
    wide = torch.stack([idx, targets], dim=2)
    return model(wide[:, :, 0], wide[:, :, 1])[1].detach()


def trained(config, table, seed, test_x, test_y, steps, batch_size, lr):
    """Train a fresh model where a token depends on the last but one; return its loss on a test batch.

    table: (V, V), the odds of a token, given the last but one.
    """
    randoms = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    model = learner.RNNLM(config)
    optimizer = Adam(model)
    for step in range(steps):
        x = _walks(table, batch_size, test_x.shape[1] + 1, randoms)
        loss = model(x[:, :-1].contiguous(), x[:, 1:].contiguous())[1]
        optimizer.step(loss, lr * min(1.0, (step + 1) / 10) * (1 - 0.9 * step / steps))
    with torch.no_grad():
        return model(test_x, test_y)[1].item()


def _walks(table, count, length, randoms):
    """Return (count, length) tokens; the first two are as likely as any after a while."""
    tokens = list(torch.randint(len(table), (2, count), generator=randoms))
    for _ in range(length + 4):
        tokens.append(torch.multinomial(table[tokens[-2]], 1, generator=randoms)[:, 0])
    return torch.stack(tokens[-length:], dim=1)


class Adam:
    """Adam with few calls: torch's own costs a second to import."""

    def __init__(self, model, betas=(0.9, 0.98), eps=1e-8):
        self.parameters = parameters = [one for one in model.parameters() if one.requires_grad]
        self.betas = betas
        self.eps = eps
        self.steps = 0
        self.means = [torch.zeros_like(one) for one in parameters]
        self.squares = [torch.zeros_like(one) for one in parameters]

    @torch.no_grad()
    def step(self, loss, lr):
        """Move the parameters against the gradient of a loss."""
        with torch.enable_grad():
            found = torch.autograd.grad(loss, self.parameters, allow_unused=True)
        grads = [torch.zeros_like(one) if grad is None else grad for one, grad in zip(self.parameters, found)]
        self.steps += 1
        one, two = self.betas
        torch._foreach_lerp_(self.means, grads, 1 - one)
        torch._foreach_mul_(self.squares, two)
        torch._foreach_addcmul_(self.squares, grads, grads, 1 - two)
        scale = math.sqrt(1 - two**self.steps) / (1 - one**self.steps)
        sizes = torch._foreach_sqrt(self.squares)
        torch._foreach_add_(sizes, self.eps)
        torch._foreach_addcdiv_(self.parameters, self.means, sizes, -lr * scale)


# Cells to measure. Each keeps a diary of the inputs that it was asked with.


class Measured(nn.Module):
    """A cell of one weight and one bias. trainable: whether the two are parameters."""

    def __init__(self, kind, W, b, trainable):
        super().__init__()
        self.kind = kind
        self.W = nn.Parameter(W.clone()) if trainable else W
        self.b = nn.Parameter(b.clone()) if trainable else b
        self.diary = []

    def forward(self, xt, state):
        """Return the next state."""
        self.diary.append(xt.detach().clone())
        if self.kind == "linear":
            return state @ self.W
        if self.kind == "rnn":
            return (torch.cat([xt, state], dim=1) @ self.W + self.b).tanh()
        h, c = state.chunk(2, dim=1)
        i, f, o, g = (torch.cat([xt, h], dim=1) @ self.W + self.b).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return torch.cat([o.sigmoid() * c.tanh(), c], dim=1)


def cell(kind, W, b, trainable=True):
    """Return a cell: "linear" (W alone), "rnn" or "lstm" (whose state is h and c, side by side)."""
    return Measured(kind, W, b, trainable)


def after_flow(cell, xs, h0):
    """Measure; return what can be seen afterwards: [flow, calls, inputs, graph, what has a gradient, what has changed].

    xs asks for a gradient, and h0 does not.
    """
    xs = xs.clone().requires_grad_()
    before = {"xs": xs.detach().clone(), "h0": h0.detach().clone()}
    cell.diary.clear()
    flow = learner.gradient_flow(cell, xs, h0)
    left = [name for name, one in [*cell.named_parameters(), ("xs", xs), ("h0", h0)] if one.grad is not None]
    moved = [name for name, one in (("xs", xs), ("h0", h0)) if not torch.equal(one, before[name])]
    moved += ["h0"] if h0.requires_grad else []
    return [flow.detach(), len(cell.diary), torch.stack(cell.diary, dim=1), flow.requires_grad, left, moved]
