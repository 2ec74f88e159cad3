"""Helper code of unit 10 that runs on the learner's side: weights in by name, made-up tokens, files, groups, training.

`learner` is the learner's module. Nothing here knows what is right.
"""

import copy
import tempfile
import zlib
from pathlib import Path

import numpy
import torch
from torch import nn

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
