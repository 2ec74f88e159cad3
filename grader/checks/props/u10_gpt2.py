"""Helper code of unit 10 that runs on the learner's side: weights in by name, made-up tokens, files, groups, training.

`learner` is the learner's module. Nothing here knows what is right.
"""

import copy
import io
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

torch.set_num_threads(1)  # sums come out the same wherever this runs


def config(**sizes):
    """Return a config of the learner's."""
    return learner.GPTConfig(**sizes)


# Models, by the names of the text or by the lecture's.


def canonical(name):
    """Return the text's name of a parameter: the lecture has `transformer.` in front and `h` for blocks."""
    name = name.removeprefix("transformer.")
    return "blocks." + name[2:] if name.startswith("h.") else name


def _named(model):
    """Return the parameters by the text's names; a tied tensor is `wte.weight` alone, an untied head stays."""
    every = {canonical(name): one for name, one in model.named_parameters(remove_duplicate=False)}
    if every.get("lm_head.weight") is every.get("wte.weight"):
        every.pop("lm_head.weight", None)
    return every


def _part(model, name):
    """Return a part of a model by the text's name."""
    inner = getattr(model, "transformer", None)
    if inner is None or name == "lm_head":
        return getattr(model, name)
    return inner["h" if name == "blocks" else name]


def load(model, weights):
    """Copy weights into a model, which takes on their dtype. Return what keeps it from being done, in words.

    A head that is not tied gets the numbers of wte, too.
    """
    own = _named(model)
    for name, weight in weights.items():
        if name not in own:
            return f"the model has no parameter {name}. The text names it."
        if own[name].shape != weight.shape:
            return f"{name} has shape {tuple(own[name].shape)}, not {tuple(weight.shape)}"
        if not own[name].requires_grad:
            return f"{name} does not require a gradient, so no optimizer would train it"
    extra = [name for name in own if name not in weights and name != "lm_head.weight"]
    if extra:
        return f"the model has a parameter {extra[0]} that the text does not ask for; an optimizer would train it"
    model.to(next(iter(weights.values())).dtype)
    own = _named(model)
    with torch.no_grad():
        for name, weight in weights.items():
            own[name].copy_(weight)
        if "lm_head.weight" in own:
            own["lm_head.weight"].copy_(weights["wte.weight"])
    return ""


def parameters(model):
    """Return the parameters by the text's names, as they are now."""
    return {name: one.detach().clone() for name, one in _named(model).items()}


def logits_of(model, idx):
    """Return the logits, and whether there is no loss where there are no targets."""
    logits, loss = model(idx)
    return [logits.detach(), loss is None]


def gradients_of_loss(model, names, idx, targets):
    """Return [loss, gradients by name]."""
    loss = model(idx, targets)[1]
    own = _named(model)
    grads = torch.autograd.grad(loss, [own[name] for name in names], allow_unused=True)
    return [loss.detach(), dict(zip(names, grads, strict=True))]


def descended(model, idx, targets, lr, steps):
    """Take steps of plain gradient descent on every parameter; return the logits then."""
    for _ in range(steps):
        for one in model.parameters():
            one.grad = None
        model(idx, targets)[1].backward()
        with torch.no_grad():
            for one in model.parameters():
                one -= lr * one.grad
    return model(idx)[0].detach()


def tied(model):
    """Say in words how head and table hang together."""
    head, table = _part(model, "lm_head").weight, _part(model, "wte").weight
    if head is table:
        return "one parameter"
    if head.data_ptr() == table.data_ptr():
        return "two parameters that share their numbers"
    return "two parameters with equal numbers" if torch.equal(head, table) else "two parameters"


def tied_copies(model):
    """Say of which copies head and table are one parameter: a deep one, one in float64, one that was loaded into."""
    loaded = learner.GPT2(model.config)
    loaded.load_state_dict(model.state_dict())
    made = {"copy.deepcopy": copy.deepcopy(model), "model.double()": model.double(), "load_state_dict": loaded}
    return {name: tied(one) for name, one in made.items()}


def spread(sizes):
    """Return the standard deviations of a fresh model's matrices, rounded to 3 digits, by kind: all blocks together."""
    torch.manual_seed(1234)
    kinds = {}
    for name, one in _named(learner.GPT2(config(**sizes))).items():
        if one.dim() == 2:
            kind = ".".join(name.split(".")[-3:]) if name.startswith("blocks.") else name
            kinds.setdefault(kind, []).append(one.detach().double().flatten())
    return {kind: round(float(torch.cat(parts).std()), 3) for kind, parts in kinds.items()}


def vectors(sizes):
    """Return a fresh model's vectors by name."""
    own = _named(learner.GPT2(config(**sizes)))
    return {name: one.detach().clone() for name, one in own.items() if one.dim() == 1}


def first_loss(sizes, batches):
    """Return the loss of a fresh model on random tokens."""
    torch.manual_seed(4321)
    model = learner.GPT2(config(**sizes))
    idx = torch.randint(sizes["vocab_size"], (batches, sizes["block_size"]))
    targets = torch.randint(sizes["vocab_size"], (batches, sizes["block_size"]))
    return float(model(idx, targets)[1].detach())


def drawn_again(sizes):
    """Return for each of three models, made with the seeds 3, 3 and 4, two of its numbers."""
    made = []
    for seed in (3, 3, 4):
        torch.manual_seed(seed)
        made.append(_part(learner.GPT2(config(**sizes)), "wpe").weight.detach().flatten()[:2].tolist())
    return made


# Published weights.


def fresh(sizes, dtype=None):
    """Return a fresh model."""
    torch.manual_seed(77)
    model = learner.GPT2(config(**sizes))
    return model if dtype is None else model.to(getattr(torch, dtype))


def put(model, sd):
    """Load a dict of Hugging Face's into a model; return its parameters then."""
    learner.load_hf_state_dict(model, sd)
    return parameters(model)


def put_in_place(model, sd):
    """Load; return [how head and table hang together, whether each parameter is the one that was there, all of it]."""
    before = _named(model)
    found = put(model, sd)
    return [tied(model), all(_named(model).get(name) is one for name, one in before.items()), found]


def put_or_not(model, sd):
    """Load what cannot be loaded; return whether the model is as it was, and the name of what was raised."""
    before = parameters(model)
    try:
        learner.load_hf_state_dict(model, sd)
    except Exception as error:  # noqa: BLE001 (whatever it is, its name is told)
        after = parameters(model)
        return [all(torch.equal(before[name], after[name]) for name in before), type(error).__name__]
    return [False, ""]


def changed_by_loading(model, sd):
    """Load; return which tensors of the dict were changed, or are gone."""
    before = {name: one.clone() for name, one in sd.items()}
    learner.load_hf_state_dict(model, sd)
    return [name for name, one in before.items() if name not in sd or not torch.equal(sd[name], one)]


# Tokens and files.


class Words:
    """Numbers words by a checksum: ids up to 50,255, EOT behind them."""

    def __init__(self):
        self.special_tokens = {"<|endoftext|>": 50256}

    def encode_ordinary(self, text):
        """Return one id for each word."""
        return [zlib.crc32(word.encode()) % 50256 for word in text.split()]


class Huge(Words):
    """Has one id more than fits into 16 bits."""

    def encode_ordinary(self, text):
        """Return 65,536 for each word."""
        return [65536 for _ in text.split()]


def tokenizer():
    """Return the made-up tokenizer."""
    return Words()


def tokens_of(text):
    """Return tokenize_doc of a text."""
    return learner.tokenize_doc(text, Words())


def too_large(text):
    """Tokenize with ids that do not fit."""
    return learner.tokenize_doc(text, Huge())


def sharded(docs, shard_size, below=""):
    """Write documents into shards; return [names, dtypes, tokens of each file], in the order that came back."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, below)
        paths = learner.write_shards(docs, place, shard_size, Words())
        return [[Path(path).name for path in paths], *_contents(paths), sorted(one.name for one in place.glob("*"))]


def sharded_once(docs, shard_size):
    """The same with a generator of documents."""
    return sharded((doc for doc in docs), shard_size)


def _contents(paths):
    arrays = [numpy.load(path) for path in paths]
    return [[str(one.dtype) for one in arrays], [one.astype(numpy.int64) for one in arrays]]


def read(numbers):
    """Return read_shard of a file with these tokens."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "train_000001.npy")
        numpy.save(path, numpy.array(numbers, dtype=numpy.uint16))
        return learner.read_shard(path)


def read_back(docs, shard_size):
    """Write documents into shards, and return what read_shard makes of each."""
    with tempfile.TemporaryDirectory() as folder:
        return [learner.read_shard(path) for path in learner.write_shards(docs, Path(folder), shard_size, Words())]


# The loader.


class _Shards:
    """A folder of shards with these tokens."""

    def __init__(self, shards):
        self.folder = tempfile.TemporaryDirectory()
        self.paths = []
        for number, shard in enumerate(shards):
            path = Path(self.folder.name, f"train_{number:06d}.npy")
            numpy.save(path, numpy.array(shard, dtype=numpy.uint16))
            self.paths.append(path)

    def __enter__(self):
        return self.paths

    def __exit__(self, *_):
        self.folder.cleanup()


def batches(shards, B, T, world_size, steps):
    """Return for each step and rank [x, y]; every rank has a loader of its own."""
    with _Shards(shards) as paths:
        if world_size == 1:
            loaders = [learner.DataLoaderLite(paths, B, T)]
        else:
            loaders = [learner.DataLoaderLite(paths, B, T, rank, world_size) for rank in range(world_size)]
        return [[list(loader.next_batch()) for loader in loaders] for _ in range(steps)]


def batches_of(shards, B, T, rank, world_size, steps):
    """Return [x, y] for each step of one rank."""
    with _Shards(shards) as paths:
        loader = learner.DataLoaderLite(paths, B, T, rank, world_size)
        return [list(loader.next_batch()) for _ in range(steps)]


def reset_after(shards, B, T, rank, world_size, before, steps):
    """Take `before` batches, reset, and return [x, y] for some steps."""
    with _Shards(shards) as paths:
        loader = learner.DataLoaderLite(paths, B, T, rank, world_size)
        for _ in range(before):
            loader.next_batch()
        loader.reset()
        return [list(loader.next_batch()) for _ in range(steps)]


def places(shards, B, T, rank, world_size, steps):
    """Return [current_shard, current_position, number of tokens] before each step."""
    found = []
    with _Shards(shards) as paths:
        loader = learner.DataLoaderLite(paths, B, T, rank, world_size)
        for _ in range(steps):
            found.append([loader.current_shard, loader.current_position, len(loader.tokens)])
            loader.next_batch()
    return found


def hopeless(shards, B, T):
    """Make a loader and ask it."""
    with _Shards(shards) as paths:
        return learner.DataLoaderLite(paths, B, T).next_batch()


# Parameters in groups.


class Plain(nn.Module):
    """A table, two layers, a LayerNorm."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(5, 3)
        self.norm = nn.LayerNorm(3)
        self.inner = nn.Linear(3, 4)
        self.outer = nn.Linear(4, 2)


class Tied(nn.Module):
    """A table that is the head's weight, too."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(5, 3)
        self.norm = nn.LayerNorm(3)
        self.inner = nn.Linear(3, 3)
        self.head = nn.Linear(3, 5, bias=False)
        self.head.weight = self.table.weight


class Odd(nn.Module):
    """Names that say nothing, a kernel of three dimensions, a number of none, and a buffer, which is no parameter."""

    def __init__(self):
        super().__init__()
        self.bias_of_pairs = nn.Parameter(torch.ones(4, 2))
        self.norm_of_rows = nn.Parameter(torch.ones(2, 3))
        self.kernel = nn.Conv1d(3, 2, 2)
        self.weight = nn.Parameter(torch.ones(3))
        self.scale = nn.Parameter(torch.tensor(1.0))
        self.register_buffer("running", torch.zeros(2, 2))


class Frozen(nn.Module):
    """Two layers, of which the first is frozen, and a LayerNorm with a frozen bias."""

    def __init__(self):
        super().__init__()
        self.below = nn.Linear(2, 3)
        self.above = nn.Linear(3, 2)
        self.ln = nn.LayerNorm(3)
        self.below.requires_grad_(False)
        self.ln.bias.requires_grad_(False)


class Stacked(nn.Module):
    """The shapes of a GPT with V tokens, T places, L blocks, C channels."""

    def __init__(self, V, T, L, C):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(V, C), nn.Embedding(T, C)
        self.blocks = nn.ModuleList(
            nn.ModuleDict(
                {
                    "ln_1": nn.LayerNorm(C),
                    "c_attn": nn.Linear(C, 3 * C),
                    "c_proj": nn.Linear(C, C),
                    "ln_2": nn.LayerNorm(C),
                    "c_fc": nn.Linear(C, 4 * C),
                    "c_out": nn.Linear(4 * C, C),
                }
            )
            for _ in range(L)
        )
        self.ln_f = nn.LayerNorm(C)


MODELS = {"plain": Plain, "tied": Tied, "odd": Odd, "frozen": Frozen}


def _groups(model, weight_decay):
    """Return [weight_decay, parameters] of the groups that have any, the larger decay first."""
    groups = [[float(one["weight_decay"]), list(one["params"])] for one in _asked(model, weight_decay)]
    return sorted((one for one in groups if one[1]), key=lambda one: -one[0])


def _asked(model, weight_decay):
    return learner.configure_param_groups(model, weight_decay)


def grouped(kind, weight_decay):
    """Return [weight_decay, names of the parameters] for each group of a model."""
    model = MODELS[kind]()
    names = {id(one): name for name, one in model.named_parameters()}
    return [
        [decay, sorted(names.get(id(one), "what is no parameter of the model") for one in params)]
        for decay, params in _groups(model, weight_decay)
    ]


def counted(weight_decay, V, T, L, C):
    """Return [weight_decay, number of parameters, number of numbers] for each group of a model with blocks."""
    groups = _groups(Stacked(V, T, L, C), weight_decay)
    return [[decay, len(params), sum(one.numel() for one in params)] for decay, params in groups]


def leaves(values):
    """Return trainable parameters with these values."""
    return [nn.Parameter(value.clone()) for value in values]


def give(params, grads):
    """Give each parameter its gradient, or none."""
    for p, grad in zip(params, grads, strict=True):
        p.grad = None if grad is None else grad.clone()


# 9. An optimizer is driven step by step, with gradients that come from outside.


def in_groups(params, groups):
    """Return parameters, or dicts of them where groups names [numbers, options] of each."""
    return [{"params": [params[i] for i in places], **options} for places, options in groups] if groups else params


def adamw(params, groups, options):
    """Return a learner's AdamW; without groups the parameters come from a generator, as model.parameters() does."""
    given = in_groups(params, groups)
    return learner.AdamW(given if groups else iter(given), **options)


def steps(values, grads, options, groups=None, rates=None):
    """Return the parameters after each step. grads: for each step one gradient a parameter, or None.

    rates: what `group["lr"]` is set to before each step, for all groups.
    """
    params = leaves(values)
    optimizer = adamw(params, groups, options)
    return [_stepped(params, optimizer, given, rates[i] if rates else None) for i, given in enumerate(grads)]


def _stepped(params, optimizer, grads, rate=None):
    give(params, grads)
    for group in optimizer.param_groups if rate is not None else ():
        group["lr"] = rate
    optimizer.step()
    return [p.detach().clone() for p in params]


def gradients_after(values, grads, options, groups=None):
    """Step once, then zero_grad(); return the parameters, the gradients after the step and after zero_grad()."""
    params = leaves(values)
    optimizer = adamw(params, groups, options)
    moved = _stepped(params, optimizer, grads)
    after = [p.grad if p.grad is None else p.grad.clone() for p in params]
    optimizer.zero_grad()
    return [moved, after, [torch.zeros_like(p) if p.grad is None else p.grad for p in params]]


def _unshared(state):
    """Return a copy of a state that shares no tensor, and knows no object of the optimizer's."""
    return copy.deepcopy(state)


def _through_file(state):
    buffer = io.BytesIO()
    torch.save(state, buffer)
    buffer.seek(0)
    return torch.load(buffer, weights_only=True)


def resumed_steps(values, grads, options, groups=None, after=2, rate=None, through="memory"):
    """Step some times, hand state_dict() to a fresh optimizer of fresh parameters, go on; return all parameters.

    rate: what group["lr"] is set to before. through: memory or a file. The fresh optimizer has other options.
    """
    params = leaves(values)
    optimizer = adamw(params, groups, options)
    found = [_stepped(params, optimizer, given, rate) for given in grads[:after]]
    state = (_through_file if through == "file" else _unshared)(optimizer.state_dict())
    params = leaves([p.detach() for p in params])
    optimizer = adamw(params, groups, {**options, "lr": 7 * options["lr"]})
    optimizer.load_state_dict(state)
    return found + [_stepped(params, optimizer, given) for given in grads[after:]]


def branched(values, grads, options, after=2):
    """Load an optimizer's state into a second one, step the first, then the second; return both after each step."""
    params = leaves(values)
    first = adamw(params, None, options)
    for given in grads[:after]:
        _stepped(params, first, given)
    twins = leaves([p.detach() for p in params])
    second = adamw(twins, None, options)
    second.load_state_dict(first.state_dict())
    ahead = [_stepped(params, first, given) for given in grads[after:]]
    return [ahead, [_stepped(twins, second, given) for given in grads[after:]]]


# 10. Clipping.


def clipped(grads, max_norm, generator=False, **options):
    """Clip; return [norm, gradients, which .grad is another object now]. None stands for no gradient."""
    given = [torch.zeros(2) if grad is None else grad for grad in grads]
    params = leaves(given)
    give(params, grads)
    before = [p.grad for p in params]
    norm = learner.clip_grad_norm_(iter(params) if generator else params, max_norm, **options)
    others = [i for i, (p, grad) in enumerate(zip(params, before, strict=True)) if p.grad is not grad]
    return [norm, [p.grad for p in params], others]


def clipped_or_refused(grads, max_norm, **options):
    """Clip; return [type of what was raised, gradients afterwards]."""
    params = leaves(grads)
    give(params, grads)
    try:
        learner.clip_grad_norm_(params, max_norm, **options)
    except Exception as error:  # noqa: BLE001 (which one it is, is asked)
        return [type(error).__name__, [p.grad for p in params]]
    return ["", [p.grad for p in params]]


# 11, 12. A model of a table and a layer; its loss is the mean over targets that are not -1.


class Tiny(nn.Module):
    """Scores of the next token from this one. tied: whether both tables are one. frozen: whether the bias is."""

    def __init__(self, table, weight, bias, tied=False, frozen=False):
        super().__init__()
        self.wte = nn.Embedding(*table.shape)
        self.wte.weight = nn.Parameter(table.clone())
        self.lm_head = nn.Linear(weight.shape[1], weight.shape[0])
        self.lm_head.weight = self.wte.weight if tied else nn.Parameter(weight.clone())
        self.lm_head.bias = nn.Parameter(bias.clone(), requires_grad=not frozen)
        self.register_buffer("seen", torch.zeros(1, dtype=bias.dtype))
        self.diary = []

    def forward(self, x, y=None):
        """Return logits and loss."""
        self.diary.append(tuple(x.shape))
        logits = self.lm_head(torch.tanh(self.wte(x)))
        if y is None:
            return logits, None
        log_p = logits.log_softmax(dim=-1).flatten(0, 1)
        kept = y.flatten() != -1
        return logits, -log_p[kept].gather(1, y.flatten()[kept, None]).mean()


def tiny(weights, **how):
    """Return a Tiny model of weights by name."""
    return Tiny(*weights, **how)


def _grads(model):
    return {name: p.grad if p.grad is None else p.grad.clone() for name, p in model.named_parameters()}


def accumulated(weights, batches, there=None):
    """Return [loss, gradients by name, shapes of what the model was asked with, kind of the loss].

    there: gradients that are there before, in the order of the parameters.
    """
    model = tiny(weights)
    if there is not None:
        give(list(model.parameters()), there)
    before = [p.detach().clone() for p in model.parameters()]
    loss = learner.accumulate_gradients(model, [tuple(batch) for batch in batches])
    moved = any(not torch.equal(p, old) for p, old in zip(model.parameters(), before, strict=True))
    return [plain(loss), _grads(model), model.diary, type(loss).__name__, moved]


def plain(value):
    """Return a number that may have come as a tensor."""
    return float(value.detach()) if isinstance(value, torch.Tensor) else value


def broadcast(all_weights, **how):
    """Broadcast; return what is seen.

    [parameters of each rank by name, buffers, ranks whose parameters are other objects now, whether rank 1 moves when
    rank 0 does]
    """
    models = [tiny(weights, **how) for weights in all_weights]
    for rank, model in enumerate(models):
        model.seen.fill_(rank + 3)
    before = [list(model.parameters()) for model in models]
    learner.broadcast_parameters(models)
    found = [{name: p.detach().clone() for name, p in model.named_parameters()} for model in models]
    others = [
        rank
        for rank, model in enumerate(models)
        if any(p is not old for p, old in zip(model.parameters(), before[rank], strict=True))
    ]
    seen = [model.seen.clone() for model in models]
    with torch.no_grad():
        models[0].wte.weight.add_(1)
    return [found, seen, others, not torch.equal(models[1].wte.weight, found[1]["wte.weight"])]


def averaged(weights, all_grads, **how):
    """Give each rank its gradients, average; return [gradients of each rank by name, whether ranks share memory]."""
    models = [tiny(weights, **how) for _ in all_grads]
    for model, grads in zip(models, all_grads, strict=True):
        give(list(model.parameters()), grads)
    learner.average_gradients(models)
    found = [_grads(model) for model in models]
    models[1].wte.weight.grad.add_(1)
    return [found, not torch.equal(models[0].wte.weight.grad, found[0]["wte.weight"])]


class Descent:
    """Gradient descent with momentum and decay: an optimizer with few calls. groups as torch's."""

    def __init__(self, params, lr, momentum=0.5, decay=0.0):
        self.param_groups = [{"params": list(params), "lr": lr}]
        self.momentum, self.decay, self.count = momentum, decay, 0
        self.speeds = [torch.zeros_like(p) for p in self.param_groups[0]["params"]]

    def zero_grad(self, set_to_none=True):  # noqa: ARG002 (as torch calls it)
        """Drop the gradients."""
        for p in self.param_groups[0]["params"]:
            p.grad = None

    @torch.no_grad()
    def step(self):
        """Move against the averaged gradient."""
        self.count += 1
        (group,) = self.param_groups
        for p, speed in zip(group["params"], self.speeds, strict=True):
            if p.grad is not None:
                speed.mul_(self.momentum).add_(p.grad)
                p.sub_(group["lr"] * (speed + self.decay * p))

    def state_dict(self):
        """Return all that the next step depends on."""
        return {"lr": self.param_groups[0]["lr"], "count": self.count, "speeds": [one.clone() for one in self.speeds]}

    def load_state_dict(self, state):
        """Take it over."""
        self.param_groups[0]["lr"], self.count = state["lr"], state["count"]
        for speed, one in zip(self.speeds, state["speeds"], strict=True):
            speed.copy_(one)


def parallel(weights, world_size, batches, lr, **how):
    """Take a step for each batch; return [losses, weights of each rank by name after each, shapes read, kind]."""
    models = [tiny(weights, **how) for _ in range(world_size)]
    optimizers = [Descent(model.parameters(), lr) for model in models]
    losses, found = [], []
    for x, y in batches:
        losses.append(learner.data_parallel_step(models, optimizers, x, y))
        found.append([{name: p.detach().clone() for name, p in model.named_parameters()} for model in models])
    return [[plain(loss) for loss in losses], found, [model.diary for model in models], type(losses[0]).__name__]


class Wrapped(nn.Module):
    """What DistributedDataParallel does with its flag, for one rank. The others' part is known from a run before.

    The flag is read in the forward pass. A backward pass that was made ready exchanges the gradients at its end: `sent`
    has those of this rank, and the next of `means`, where there is one, takes their place.
    """

    def __init__(self, module, means):
        super().__init__()
        self.module = module
        self.means = means
        self.require_backward_grad_sync = True
        self.sent = []

    @contextmanager
    def no_sync(self):
        """Exchange nothing for what is run inside."""
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    def forward(self, x, y=None):
        """Run the model; where the flag says so, its backward pass will exchange the gradients."""
        logits, loss = self.module(x, y)
        if self.require_backward_grad_sync and torch.is_grad_enabled() and loss is not None:
            loss = _Exchanges.apply(loss, self)
        return logits, loss

    def exchange(self):
        """Send the gradients as they are now; take the mean of all ranks where it is known."""
        number = len(self.sent)
        self.sent.append(_grads(self.module))
        if number < len(self.means):
            for name, p in self.module.named_parameters():
                p.grad = self.means[number][name].clone()


class _Exchanges(torch.autograd.Function):
    """The identity; when the backward pass that goes through it is over, gradients are exchanged."""

    @staticmethod
    def forward(ctx, loss, wrapped):
        """Remember who exchanges."""
        ctx.wrapped = wrapped
        return loss.clone()

    @staticmethod
    def backward(ctx, grad):
        """Have the gradients exchanged at the end."""
        torch.autograd.Variable._execution_engine.queue_callback(ctx.wrapped.exchange)
        return grad, None


def exchanged(weights, rank_batches):
    """Accumulate on each rank; return [losses, gradients of each rank, how many exchanges each took part in, kind].

    Ranks run one after the other. So all of them run once more for each exchange, which is known by then.
    """
    means, known = [], -1
    while known < len(means) <= 8:
        known = len(means)
        ranks = [Wrapped(tiny(weights), means) for _ in rank_batches]
        given = zip(ranks, rank_batches, strict=True)
        losses = [learner.ddp_accumulate(rank, [tuple(batch) for batch in batches]) for rank, batches in given]
        if all(len(rank.sent) > known for rank in ranks):
            sent = [rank.sent[known] for rank in ranks]
            means.append({name: sum(one[name] for one in sent) / len(ranks) for name in sent[0]})
    counts = [len(rank.sent) for rank in ranks]
    return [[plain(loss) for loss in losses], [_grads(rank.module) for rank in ranks], counts, type(losses[0]).__name__]


# 13. Mixed precision.


class NoHalf(TorchDispatchMode):
    """Refuses every operation that makes a bfloat16, by whatever name it is reached."""

    def run(self, func, _types, args=(), kwargs=None):
        """Run an operation, unless a bfloat16 comes out of it."""
        found = func(*args, **(kwargs or {}))
        if isinstance(found, torch.Tensor) and found.dtype == torch.bfloat16:
            raise RuntimeError("torch.bfloat16 is not allowed in this exercise: write it yourself")
        return found


NoHalf.__torch_dispatch__ = NoHalf.run


def rounded(x):
    """bf16_round(x), where no bfloat16 can be made; return [result, x afterwards]."""
    with NoHalf():
        return [learner.bf16_round(x), x]


def from_bits(bits):
    """Return the float32 numbers with these bits."""
    return bits.to(torch.int32).view(torch.float32)


def scaled_story(values, grads, lr=0.5, unscale=True, options=None):
    """Train with a GradScaler by hand, and tell what is seen at each step, and the scale in the end.

    grads: for each step the true gradients; those of a scaled loss come out multiplied, and inf stays inf. Each line is
    [scale, scaled loss over loss, gradients after unscale_ (None: not called), parameters after step, steps taken].
    """
    params = leaves(values)
    optimizer = Descent(params, lr, momentum=0.0, decay=0.25)
    scaler = learner.GradScaler(**(options or {}))
    story = []
    for given in grads:
        optimizer.zero_grad()
        loss = sum((p * grad).sum() for p, grad in zip(params, given, strict=True))
        before = [scaler.get_scale(), scaler.scale(torch.tensor(0.5))]
        scaler.scale(loss).backward()
        if unscale:
            scaler.unscale_(optimizer)
        divided = [p.grad.clone() for p in params] if unscale else None
        scaler.step(optimizer)
        story.append([*before, divided, [p.detach().clone() for p in params], optimizer.count])
        scaler.update()
    return [story, scaler.get_scale()]


def two_optimizers(values, first, second, options):
    """One scaler, two optimizers, one step: return [steps of each, scale afterwards]."""
    scaler = learner.GradScaler(**options)
    optimizers = []
    for value, grad in zip(values, (first, second), strict=True):
        params = leaves([value])
        optimizers.append(Descent(params, 0.5, momentum=0.0))
        scaler.scale((params[0] * grad).sum()).backward()
    for optimizer in optimizers:
        scaler.step(optimizer)
    scaler.update()
    return [[one.count for one in optimizers], scaler.get_scale()]


def unscaled_twice(values, grads):
    """Call unscale_ twice, then once more after update(); return [what the second raises, gradients, the third]."""
    params = leaves(values)
    optimizer = Descent([*params, nn.Parameter(torch.ones(2))], 0.5)  # the last one has no gradient
    scaler = learner.GradScaler(init_scale=8.0)
    found = []
    for calls in (2, 1):
        give(params, [8 * grad for grad in grads])
        raised = ""
        for _ in range(calls):
            try:
                scaler.unscale_(optimizer)
            except Exception as error:  # noqa: BLE001 (which one it is, is asked)
                raised = type(error).__name__
        found += [raised, [p.grad.clone() for p in params]]
        scaler.update()
    return found


def amp_steps(values, grads, max_norm, lr=0.5, options=None):
    """Take a step of amp_step for each line of true gradients; return what is seen.

    [norms, parameters after each, scales, steps taken, whether gradients are left]
    """
    params = leaves(values)
    optimizer = Descent(params, lr, momentum=0.0, decay=0.25)
    scaler = learner.GradScaler(**(options or {}))
    norms, found, scales, counts, left = [], [], [], [], False
    for given in grads:
        loss = sum((p * grad).sum() for p, grad in zip(params, given, strict=True))
        norms.append(learner.amp_step(loss, optimizer, scaler, max_norm))
        found.append([p.detach().clone() for p in params])
        scales.append(scaler.get_scale())
        counts.append(optimizer.count)
        left = left or any(p.grad is not None and bool(p.grad.any()) for p in params)
    return [norms, found, scales, counts, left]


# 14. A tokenizer of a few words.


class Spaced:
    """A made-up tokenizer: a word and the space before it are one token, by its letters; ids go up to 60,000."""

    def encode_ordinary(self, text):
        """Return the ids of a text."""
        ids, word = [], ""
        for letter in f"{text} ":
            if letter == " " and word not in ("", " "):
                ids.append(self._number(word))
                word = ""
            word += letter
        return ids

    encode = encode_ordinary

    @staticmethod
    def _number(word):
        number = 1
        for letter in word:
            number = (number * 31 + ord(letter)) % 59_999
        return number + 1


def spaced():
    """Return the tokenizer."""
    return Spaced()


def rendered(example):
    """render_example(example, tokenizer); a label that came as a tensor is a number."""
    tokens, mask, label = learner.render_example(example, Spaced())
    return [tokens, mask, plain(label)]


# 15. A run that is saved, and goes on elsewhere.


class Loader:
    """Draws windows of a row of tokens, one after the other, and begins anew at its end."""

    def __init__(self, data, B, T):
        self.data, self.B, self.T, self.position = data, B, T, 0

    def next_batch(self):
        """Return x and y, (B, T) each."""
        size = self.B * self.T
        if self.position + size + 1 > len(self.data):
            self.position = 0
        rows = self.data[self.position : self.position + size + 1]
        self.position += size
        return rows[:-1].view(self.B, self.T), rows[1:].view(self.B, self.T)

    def state_dict(self):
        """Return where it is."""
        return {"position": self.position}

    def load_state_dict(self, state):
        """Go there."""
        self.position = state["position"]


class Run:
    """A model in training: all that a checkpoint has to bring back. dropout: whether the global generator draws."""

    def __init__(self, weights, data, B, T, seed, dropout=0.0, tied=True):
        self.model = tiny(weights, tied=tied)
        self.optimizer = Descent(self.model.parameters(), 0.1, momentum=0.9)
        self.loader = Loader(data, B, T)
        self.rng = torch.Generator().manual_seed(seed)
        self.dropout = dropout
        self.step = 0

    def train(self, count):
        """Take some steps; return the losses. Some tokens are replaced, which the generator draws."""
        losses = []
        for _ in range(count):
            x, y = self.loader.next_batch()
            V = self.model.wte.num_embeddings
            odd = torch.rand(x.shape, generator=self.rng) < 0.3
            x = torch.where(odd, torch.randint(V, x.shape, generator=self.rng), x)
            if self.dropout:
                y = torch.where(torch.rand(y.shape) < self.dropout, -1, y)
            loss = self.model(x, y)[1]
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.param_groups[0]["lr"] = 0.4 / (self.step + 2)
            self.optimizer.step()
            self.step += 1
            losses.append(loss.item())
        return losses

    def save(self, path):
        """save_checkpoint of all of it."""
        learner.save_checkpoint(path, self.model, self.optimizer, self.loader, self.step, self.rng)

    def load(self, path):
        """load_checkpoint of all of it."""
        self.step = learner.load_checkpoint(path, self.model, self.optimizer, self.loader, self.rng)


@contextmanager
def folder():
    """Yield a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


@contextmanager
def _forgotten():
    """Put the names of the learner's module back as they were: a new process has none of what was kept there."""
    before = {name: copy.copy(value) if isinstance(value, dict | list | set) else value for name, value in _kept()}
    yield
    for name, _ in list(_kept()):
        if name not in before:
            delattr(learner, name)
    for name, value in before.items():
        setattr(learner, name, value)


def _kept():
    return [(name, value) for name, value in vars(learner).items() if not name.startswith("__")]


def uninterrupted(setting, count, seed):
    """Return the losses of a run in one piece."""
    run = Run(**setting)
    torch.manual_seed(seed)  # making a model has drawn
    return run.train(count)


def resumed(setting, before, after, seed, times=1, as_text=False):
    """Train, save, go on from the file's bytes alone with everything made anew; return what is seen.

    [losses, steps that load_checkpoint gave, the weights after all, whether the head is still tied, whether the
    optimizer still holds the model's parameters]
    """
    losses, steps = [], []
    run = Run(**setting)
    torch.manual_seed(seed)
    for number in range(times):
        losses += run.train(before)
        with _forgotten(), folder() as place:
            path = place / "ckpt.pt"
            run.save(str(path) if as_text else path)
            data = path.read_bytes()
        torch.manual_seed(seed + 17 + number)
        run = Run(**{**setting, "seed": setting["seed"] + 5, "weights": [w.flip(0) for w in setting["weights"]]})
        with folder() as place:
            path = place / "moved.pt"
            path.write_bytes(data)
            run.load(str(path) if as_text else path)
        steps.append(run.step)
    losses += run.train(after)
    tied = run.model.lm_head.weight is run.model.wte.weight
    held = {id(p) for p in run.optimizer.param_groups[0]["params"]}
    same = all(id(p) in held for p in run.model.parameters())
    return [losses, steps, [p.detach().clone() for p in run.model.parameters()], tied, same]


def weights_only(setting, before, seed):
    """Save, and read the file with weights_only=True; return [what is raised, the step after loading]."""
    torch.manual_seed(seed)
    run = Run(**setting)
    run.train(before)
    with folder() as place:
        run.save(place / "ckpt.pt")
        try:
            torch.load(place / "ckpt.pt", weights_only=True)
            raised = ""
        except Exception as error:  # noqa: BLE001 (which one it is, is shown)
            raised = type(error).__name__
        other = Run(**setting)
        other.load(place / "ckpt.pt")
    return [raised, other.step]


class _Breaks:
    def __reduce__(self):
        raise OSError("the disk is full")


def broken_save(setting, seed):
    """Save after two steps; save again after three, which fails on the way.

    Return [what was raised, the step that the file has, or what loading it raises].
    """
    torch.manual_seed(seed)
    run = Run(**setting)
    with folder() as place:
        path = place / "ckpt.pt"
        run.train(2)
        run.save(path)
        run.train(1)
        right = run.loader.state_dict
        run.loader.state_dict = lambda: {**right(), "more": _Breaks()}
        try:
            run.save(path)
            raised = ""
        except Exception as error:  # noqa: BLE001 (which one it is, is shown)
            raised = type(error).__name__
        other = Run(**setting)
        try:
            other.load(path)
        except Exception as error:  # noqa: BLE001 (which one it is, is shown)
            return [raised, type(error).__name__]
        return [raised, other.step]
