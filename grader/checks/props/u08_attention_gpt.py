"""Helper code of unit 08 that runs on the learner's side: weights in by name, probes, toy models, a training loop.

`learner` is the learner's module. Nothing here knows what is right.
"""

import math

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

torch.set_num_threads(1)  # sums come out the same wherever this runs

# Weights, by the names that the text promises.


def load(module, weights, spare=()):
    """Copy weights into a module, which takes on their dtype. Return what keeps it from being done, in words.

    spare: parameters that it may have beside them; they become zero and stay so.
    """
    owner = type(module).__name__
    own = dict(module.named_parameters())
    for name, weight in weights.items():
        if name not in own:
            return f"{owner} has no parameter {name}. The text names it, and it must not be shared with another one."
        if own[name].shape != weight.shape:
            return f"{owner}: {name} has shape {tuple(own[name].shape)}, not {tuple(weight.shape)}"
        if not own[name].requires_grad:
            return f"{owner}: {name} does not require a gradient, so no optimizer would train it"
    extra = [name for name in own if name not in weights and name not in spare]
    if extra:
        return f"{owner} has a parameter {extra[0]} that the text does not ask for; an optimizer would train it"
    module.to(next(iter(weights.values())).dtype)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name in weights:
                parameter.copy_(weights[name])
            else:
                parameter.requires_grad_(False).zero_()
    return ""


def shapes(module):
    """Return the shape of each parameter that can be trained, by name."""
    return {name: tuple(one.shape) for name, one in module.named_parameters() if one.requires_grad}


def parameters(module):
    """Return the values of the parameters, by name."""
    return {name: one.detach().clone() for name, one in module.named_parameters()}


def count_parameters(module):
    """Return how many numbers an optimizer would train."""
    return sum(one.numel() for one in module.parameters() if one.requires_grad)


def state(module):
    """Return the names of everything that would be saved."""
    return list(module.state_dict())


# How a call behaves.


def generator(seed):
    """Return a generator of random numbers."""
    return torch.Generator().manual_seed(seed)


def changed(function, *args, **kwargs):
    """Call a function; return which of its tensors it changed in place, by place or name."""
    given = {**{f"argument {i}": arg for i, arg in enumerate(args)}, **kwargs}
    before = {name: arg.clone() for name, arg in given.items() if isinstance(arg, torch.Tensor)}
    _named(function)(*args, **kwargs)
    return [name for name, copy in before.items() if not _equal(given[name], copy)]


def _equal(one, two):
    return torch.equal(one.nan_to_num(), two.nan_to_num())


def moves_global(function, *args, **kwargs):
    """Call a function; say whether torch's global generator has moved."""
    before = torch.get_rng_state()
    _named(function)(*args, **kwargs)
    return not torch.equal(before, torch.get_rng_state())


def seeded(seed, function, *args, **kwargs):
    """Seed torch's global generator, then call a function; return what it returns."""
    torch.manual_seed(seed)
    return _named(function)(*args, **kwargs)


def written_into(function, *args, **kwargs):
    """Call a function that returns two tensors, write into the first, and return the second and the first argument."""
    first, second = _named(function)(*args, **kwargs)
    first.fill_(0)
    return [second, args[0]]


def in_dtype(function, dtype, *args, **kwargs):
    """Call a function, or a module that is changed for it, with floating-point tensors of a dtype.

    Return [dtype of the result, the result in float64].
    """
    kind = getattr(torch, dtype)
    function = _named(function)
    if isinstance(function, nn.Module):
        function = function.to(kind)
    floats = [arg.to(kind) if isinstance(arg, torch.Tensor) and arg.is_floating_point() else arg for arg in args]
    result = function(*floats, **kwargs)
    return [str(result.dtype).removeprefix("torch."), result.detach().double()]


def influence(function, x):
    """Return how strongly each place of the output depends on each place of x: a (T, T) table of gradients.

    x: (B, T, C), and so is the output but for its channels.
    """
    x = x.detach().clone().requires_grad_()
    out = _named(function)(x)
    weights = torch.randn(out.shape[-1], generator=generator(0), dtype=out.dtype)
    totals = [(out[:, t] @ weights).sum() for t in range(out.shape[1])]
    rows = [torch.autograd.grad(total, x, retain_graph=True)[0] for total in totals]
    return torch.stack([row.abs().amax(dim=(0, 2)) for row in rows])


def _named(function):
    return getattr(learner, function) if isinstance(function, str) else function


# Another device, where there is none.


def device_trouble(function, *args, **kwargs):
    """Run a function on tensors that claim to lie on another device; say what was made on the CPU and meets them.

    Whatever else goes wrong there is no business of ours.
    """
    function, border = _named(function), Border()
    try:
        with torch.no_grad(), border:
            args, kwargs = _mapped(args, Elsewhere), _mapped(kwargs, Elsewhere)
            if isinstance(function, nn.Module):
                own = {**dict(function.named_parameters()), **dict(function.named_buffers())}
                own = {name: Elsewhere(one.detach()) for name, one in own.items()}
                torch.func.functional_call(function, own, args, kwargs)
            else:
                function(*args, **kwargs)
    except NotImplementedError as error:
        if str(error).startswith("TODO"):
            raise
    except Exception:  # noqa: BLE001, S110 (it ran on the CPU before; this is about devices)
        pass
    return border.trouble[0] if border.trouble else ""


def asked(name, model):
    """Return a function of a model as a module that holds the model, so that its parameters go along."""

    class Asked(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *args):
            return getattr(learner, name)(self.model, *args)

    return Asked()


class Elsewhere(torch.Tensor):
    """A tensor that claims to lie on another device, `meta`; its numbers lie on the CPU, as `inner`."""

    @staticmethod
    def __new__(cls, inner):
        facts = {"strides": inner.stride(), "storage_offset": inner.storage_offset(), "dtype": inner.dtype}
        made = torch.Tensor._make_wrapper_subclass(cls, inner.shape, device="meta", **facts)
        made.inner = inner
        return made

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        raise RuntimeError("outside its border")


class Border(TorchDispatchMode):
    """Sees every operation, computes on the CPU, and notes where tensors of two devices meet."""

    may_meet = ("aten::copy_", "aten::_to_copy", "aten::index", "aten::index_put", "aten::index_put_")

    def __init__(self):
        super().__init__()
        self.trouble = []

    def cross(self, func, _types, args=(), kwargs=None):
        """Run one operation; its result lies where its arguments do, or where it is told to."""
        kwargs = dict(kwargs or {})
        given = list(_tensors([args, list(kwargs.values())]))
        away = any(type(one) is Elsewhere for one in given)
        if away and func._schema.name not in self.may_meet:
            name = func._schema.name.removeprefix("aten::")
            self.trouble += [
                f"{name} meets a tensor of shape {tuple(one.shape)} that was made on the CPU, not where the input is"
                for one in given
                if type(one) is not Elsewhere and one.ndim
            ]
        if kwargs.get("device") is not None:
            away, kwargs["device"] = kwargs["device"].type == "meta", torch.device("cpu")
        out = func(*_mapped(args, _inner), **_mapped(kwargs, _inner))
        return _mapped(out, Elsewhere) if away else out


Border.__torch_dispatch__ = Border.cross  # set afterwards: in the class, torch would wrap it and import its compiler


def _inner(one):
    return one.inner if type(one) is Elsewhere else one


def _mapped(value, function):
    """Apply a function to all tensors in nested lists, tuples and dicts."""
    if isinstance(value, torch.Tensor):
        return function(value)
    if isinstance(value, list | tuple):
        return type(value)(_mapped(item, function) for item in value)
    if isinstance(value, dict):
        return {key: _mapped(item, function) for key, item in value.items()}
    return value


def _tensors(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


# Attention.


def doubling_dropout(name, *args, **kwargs):
    """Call attention with a dropout that doubles the weights; return [result, the weights that it was shown]."""
    shown = []

    def double(weights):
        shown.append(weights.detach().clone())
        return weights * 2

    return [getattr(learner, name)(*args, dropout=double, **kwargs), shown]


def usual_act():
    """Return which activation a FeedForward has that is told nothing: relu, which makes nothing of -1, or gelu_tanh."""
    try:
        module = learner.FeedForward(1)
        with torch.no_grad():
            for name, one in module.named_parameters():
                one.fill_(float(name.endswith("weight")))
            return "relu" if module(-torch.ones(1, 1, 1)).item() == 0 else "gelu_tanh"
    except NotImplementedError:
        raise
    except Exception:  # noqa: BLE001 (what is wrong there, checks of its own say)
        return "gelu_tanh"


def called(function, x, times):
    """Call a function several times; return the results."""
    return [function(x).detach() for _ in range(times)]


def deep_slope(config, depth, x, cotangent):
    """Return norm of the gradient of x / norm of the cotangent, through a stack of fresh blocks with small weights."""
    blocks = nn.Sequential(*(learner.Block(config) for _ in range(depth))).apply(learner.init_weights).double()
    x = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad((blocks(x) * cotangent).sum(), x)
    return (slope.norm() / cotangent.norm()).item()


# Models to write with.


class Echo(nn.Module):
    """Predicts (oldest token of what it sees + 1) % V, at the last place; at the others, something else. Keeps a diary.

    Its scores leave no doubt: drawing a token gives the best one.

    loss: the mean of the targets; in training mode ten more. breaks_at: the call that raises.
    """

    def __init__(self, block_size, vocab_size, breaks_at=-1):
        super().__init__()
        self.config = type("Config", (), {"block_size": block_size, "vocab_size": vocab_size})()
        self.breaks_at = breaks_at
        self.diary = []

    def forward(self, idx, targets=None):
        """Return (logits, loss)."""
        if len(self.diary) == self.breaks_at:
            raise RuntimeError("the model broke")
        if idx.shape[1] > self.config.block_size:
            raise ValueError(f"{idx.shape[1]} tokens, but block_size is {self.config.block_size}")
        self.diary.append([self.training, torch.is_grad_enabled(), idx.shape[1]])
        logits = nn.functional.one_hot((idx + 2) % self.config.vocab_size, self.config.vocab_size).double()
        logits[:, -1] = nn.functional.one_hot((idx[:, 0] + 1) % self.config.vocab_size, self.config.vocab_size)
        loss = None if targets is None else targets.double().mean() + 10.0 * self.training
        return 1000 * logits, loss


class Fixed(Echo):
    """Has the same scores for the next token, whatever it sees."""

    def __init__(self, block_size, logits):
        super().__init__(block_size, len(logits))
        self.scores = nn.Parameter(logits)

    def forward(self, idx, targets=None):
        """Return (logits, loss)."""
        super().forward(idx, targets)
        return self.scores.expand(*idx.shape, -1), None


def echo(*args, **kwargs):
    """Return an Echo."""
    return Echo(*args, **kwargs)


def fixed(*args):
    """Return a Fixed."""
    return Fixed(*args)


def diary(model):
    """Return what a toy model noted: [training, gradients on, tokens seen] for each call."""
    return model.diary


def broken(model, function, *args, training=True):
    """Run a function whose model breaks; return [what it raised, whether the model is in training mode after it]."""
    model.train(training)
    try:
        getattr(learner, function)(model, *args)
    except NotImplementedError:
        raise
    except RuntimeError as error:
        return [str(error), model.training]
    return ["", model.training]


def measured(model, xs, ys):
    """estimate_loss(...) with batches given in advance; return its result, and how many batches it took."""
    taken = []

    def next_batch():
        taken.append(len(taken))
        return xs[len(taken) - 1], ys[len(taken) - 1]

    return [learner.estimate_loss(model, next_batch, len(xs)), len(taken)]


def tracked(model, *args, **kwargs):
    """generate(...); return whether the result hangs on a graph, and whether gradients are still on then."""
    return [learner.generate(model, *args, **kwargs).requires_grad, torch.is_grad_enabled()]


# Training.


def trained(config, table, seed, test_x, test_y, steps, batch_size, lr):
    """Train a fresh GPT where a token depends on the last but one; return [loss on a test batch, the model].

    table: (V, V), the odds of a token, given the last but one.
    """
    randoms = generator(seed)
    model = learner.GPT(config)
    optimizer = Adam(model)
    for step in range(steps):
        x = _walks(table, batch_size, config.block_size + 1, randoms)
        # A batch as get_batch makes it: `view` works on its targets.
        loss = model(x[:, :-1].contiguous(), x[:, 1:].contiguous())[1]
        optimizer.step(loss, _rate(lr, step, steps))
    with torch.no_grad():
        return [model.eval()(test_x, test_y)[1].item(), model]


def _walks(table, count, length, randoms):
    """Return (count, length) tokens; the first two are as likely as any after a while."""
    tokens = list(torch.randint(len(table), (2, count), generator=randoms))
    for _ in range(length + 4):
        tokens.append(torch.multinomial(table[tokens[-2]], 1, generator=randoms)[:, 0])
    return torch.stack(tokens[-length:], dim=1)


def _rate(lr, step, steps):
    """Warm up for ten steps, then come down to a tenth."""
    return lr * min(1.0, (step + 1) / 10) * (1 - 0.9 * step / steps)


def trained_to_copy(config, steps, batch_size, length, seed, lr):
    """Train a fresh GPT on the learner's copy batches; return [x, logits of x, model] for 64 new sequences."""
    randoms = generator(seed)
    model = learner.GPT(config)
    optimizer = Adam(model)
    for step in range(steps):
        x, y = learner.make_copy_batch(batch_size, length, config.vocab_size, generator=randoms)
        optimizer.step(model(x, y)[1], _rate(lr, step, steps))
    x, _ = learner.make_copy_batch(64, length, config.vocab_size, generator=randoms)
    with torch.no_grad():
        return [x, model.eval()(x)[0], model]


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
