"""Checks of unit 10: sizes, first weights, published weights, shards, a loader, a schedule, groups, and a training.

Sizes differ from each other, but for checks that want them equal. Models have a few thousand parameters; only sections
1 and 2 ask about the published sizes, and nothing is allocated for them. Names of parameters are those of the text, or
the lecture's: `transformer.` in front, `h` for blocks.
"""

import math

import numpy as np
import pytest

from grader import close, edge, exercise, raises, same, tensor

UNIT = {
    "title": "GPT-2 (124M): from the parts to a training run",
    "lecture": "Let's reproduce GPT-2 (124M)",
    "libraries": ["torch", "numpy"],
    "scratch": True,
    "forbid": [],
}

EXACT = {"rtol": 0.0, "atol": 0.0}
# Room for float32: its noise is below 1e-5 here, and the smallest slip moves a value by more than 1e-3.
ROOM = {"rtol": 1e-4, "atol": 1e-4}
# float64 sums in another order differ by 1e-15.
TIGHT = {"rtol": 1e-7, "atol": 1e-10}
GPT2 = {"vocab_size": 50257, "block_size": 1024, "n_layer": 12, "n_head": 12, "n_embd": 768}
PUBLISHED = {
    "gpt2": (GPT2, 124_439_808),
    "gpt2-medium": (GPT2 | {"n_layer": 24, "n_head": 16, "n_embd": 1024}, 354_823_168),
    "gpt2-large": (GPT2 | {"n_layer": 36, "n_head": 20, "n_embd": 1280}, 774_030_080),
    "gpt2-xl": (GPT2 | {"n_layer": 48, "n_head": 25, "n_embd": 1600}, 1_557_611_200),
}
SMALL = {"vocab_size": 11, "block_size": 7, "n_layer": 2, "n_head": 3, "n_embd": 12}
# Large enough for standard deviations: three digits of them are the same whatever is drawn.
WIDE = {"vocab_size": 512, "block_size": 384, "n_head": 4, "n_embd": 64}


def single(value):
    """Return an array or tensor in float32, as a tensor."""
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float32))


def double(value):
    """Return an array as a tensor of float64."""
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float64))


def normal(rng, *size, scale=1.0):
    return rng.normal(size=size) * scale


def ids(rng, vocab_size, *size):
    return rng.integers(vocab_size, size=size)


def exactly(weights):
    return {name: one.array.astype(np.float64) for name, one in weights.items()}


def odd_sizes(rng):
    """Return sizes that all differ, so small that a count stays below a million: large ones are compared less well."""
    n_head, width = int(rng.integers(2, 4)), int(rng.integers(7, 10))
    some = {"vocab_size": int(rng.integers(31, 40)), "block_size": int(rng.integers(8, 13))}
    return some | {"n_layer": int(rng.integers(4, 7)), "n_head": n_head, "n_embd": n_head * width}


@exercise("count_parameters", points=5, cpu=1.0, answers=("count_parameters", "flops_per_token"))
class TestCountParameters:
    """All parameters of a model by one formula, and the operations that a token costs."""

    @pytest.mark.parametrize("name", ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"])
    def test_published(self, learner, name):
        """the four published sizes"""
        sizes, number = PUBLISHED[name]
        same(learner.count_parameters(learner.GPTConfig(**sizes)), number, f"parameters of {name}")

    def test_small(self, learner, oracle, rng):
        """sizes that all differ"""
        for _ in range(3):
            sizes = odd_sizes(rng)
            same(
                learner.count_parameters(learner.GPTConfig(**sizes)), oracle.count(sizes), f"parameters, {told(sizes)}"
            )

    def test_padded(self, learner, oracle):
        """a vocabulary of 50304, which divides well"""
        sizes = GPT2 | {"vocab_size": 50304}
        number = learner.count_parameters(learner.GPTConfig(**sizes))
        same(number, oracle.count(sizes), "parameters of gpt2 with 50304 tokens")

    def test_non_embedding(self, learner, oracle, rng):
        """non_embedding=True leaves out the places, and nothing else"""
        for sizes in (odd_sizes(rng), GPT2):
            number = learner.count_parameters(learner.GPTConfig(**sizes), non_embedding=True)
            same(number, oracle.count(sizes, non_embedding=True), f"parameters without wpe, {told(sizes)}")

    def test_without_bias(self, learner, oracle, rng):
        """bias=False: no bias in Linear layers and LayerNorms, the gains stay"""
        for sizes in (odd_sizes(rng), GPT2):
            sizes = sizes | {"bias": False}
            number = learner.count_parameters(learner.GPTConfig(**sizes))
            same(number, oracle.count(sizes), f"parameters without biases, {told(sizes)}")

    @pytest.mark.parametrize("name", ["gpt2", "gpt2-xl"])
    def test_flops(self, learner, oracle, name):
        """operations for a token of published sizes"""
        sizes = PUBLISHED[name][0]
        same(learner.flops_per_token(learner.GPTConfig(**sizes)), oracle.flops(sizes), f"flops_per_token of {name}")

    def test_flops_small(self, learner, oracle, rng):
        """operations for a token where all sizes differ"""
        for _ in range(3):
            sizes = odd_sizes(rng)
            same(learner.flops_per_token(learner.GPTConfig(**sizes)), oracle.flops(sizes), f"flops, {told(sizes)}")


def told(sizes):
    return ", ".join(f"{name}={value}" for name, value in sizes.items())


STATES = ("weights", "gradients", "moments")


def needed(learner, sizes, names, batch_size, **options):
    """Return some of what training_memory gives."""
    found = learner.training_memory(learner.GPTConfig(**sizes), batch_size, **options)
    assert isinstance(found, dict), "training_memory returns a dict: bytes by what they are for"
    return {name: found.get(name) for name in names}


@exercise(
    "memory_and_flops",
    points=6,
    cpu=1.0,
    answers=("training_memory", "estimate_mfu", "compute_optimal"),
    needs=("count_parameters",),
)
class TestMemoryAndFlops:
    """Bytes for weights, gradients, moments and activations; a share of the peak; a budget split in two."""

    @pytest.mark.parametrize("name", ["gpt2", "gpt2-xl"])
    def test_states(self, learner, oracle, name):
        """bytes of weights, gradients and moments of published sizes"""
        sizes = PUBLISHED[name][0]
        expected = oracle.memory(sizes, 16, 4, False)
        same(needed(learner, sizes, STATES, 16), {one: expected[one] for one in STATES}, f"bytes for {name}")

    @pytest.mark.parametrize(("act_bytes", "flash"), [(4, False), (4, True), (2, False), (2, True)], ids=str)
    def test_activations(self, learner, oracle, rng, act_bytes, flash):
        """bytes of activations, in 4 or 2 bytes, with the table of attention and without"""
        for sizes in (odd_sizes(rng), odd_sizes(rng)):
            batch = int(rng.integers(2, 4))
            expected = oracle.memory(sizes, batch, act_bytes, flash)["activations"]
            found = needed(learner, sizes, ["activations"], batch, act_bytes=act_bytes, flash=flash)["activations"]
            same(found, expected, f"activations, batch of {batch}, act_bytes={act_bytes}, flash={flash}, {told(sizes)}")

    def test_defaults(self, learner, oracle):
        """without options: float32, and attention keeps its table"""
        expected = oracle.memory(GPT2, 5, 4, False)
        found = needed(learner, GPT2, list(expected), 5)
        same(found, expected, "bytes for gpt2 with a batch of 5")

    def test_half(self, learner, oracle, rng):
        """act_bytes=2 leaves weights, gradients and moments as they are"""
        sizes = odd_sizes(rng)
        expected = oracle.memory(sizes, 3, 2, False)
        found = needed(learner, sizes, list(expected), 3, act_bytes=2)
        same(found, expected, f"bytes with act_bytes=2, {told(sizes)}")

    def test_mfu(self, learner, oracle, rng):
        """the share of a peak"""
        for sizes, speed, peak in ((GPT2, 185_000.0, 312e12), (odd_sizes(rng), 1234.5, 7e11)):
            found = learner.estimate_mfu(learner.GPTConfig(**sizes), speed, peak)
            close(found, oracle.flops(sizes) * speed / peak, f"estimate_mfu at {speed} tokens a second", rtol=1e-12)

    def test_default_peak(self, learner, oracle):
        """without a peak it is an A100's"""
        found = learner.estimate_mfu(learner.GPTConfig(**GPT2), 100_000.0)
        close(found, oracle.flops(GPT2) * 1e5 / 312e12, "estimate_mfu of gpt2 at 100000 tokens a second", rtol=1e-12)

    @pytest.mark.parametrize("parameters", [400e6, 70e9])
    def test_budget(self, learner, parameters):
        """parameters and tokens of a budget: Chinchilla's own 70 billion and 1.4 trillion, and a smaller one"""
        # idle (other inputs): with one operation more the budget is the same to nine digits
        flops = 6 * parameters * 20 * parameters
        close(list(learner.compute_optimal(flops)), [parameters, 20 * parameters], f"N and D for {flops}", rtol=1e-9)

    def test_any_budget(self, learner, rng):
        """any budget is spent, with 20 tokens for each parameter"""
        # idle (other inputs): with one operation more the budget is the same to nine digits
        for flops in (10 ** rng.uniform(15, 24, size=3)).tolist():
            found = list(learner.compute_optimal(flops))
            close(found, [math.sqrt(flops / 120), math.sqrt(flops * 20 / 6)], f"N and D for {flops}", rtol=1e-9)


def made(learner, props, oracle, rng, tensor_of=single, **more):
    """Return a model with weights of our own, its sizes, and the weights by name."""
    sizes = SMALL | more
    weights = {name: tensor_of(normal(rng, *shape, scale=0.4)) for name, shape in oracle.shapes(**sizes).items()}
    model = learner.GPT2(learner.GPTConfig(**sizes))
    problem = props.load(model, weights)
    assert not problem, problem
    return model, sizes, weights


def scores(props, oracle, rng, model, sizes, weights, tensor_of=single, tolerance=ROOM):
    """Require the logits of a model."""
    idx = ids(rng, sizes["vocab_size"], 3, 5)
    logits, lossless = props.logits_of(model, tensor(idx))
    close(logits, tensor_of(oracle.gpt(sizes, exactly(weights), idx)), "logits", **tolerance)
    assert lossless, "the loss must be None where there are no targets"


def loses(props, oracle, rng, model, sizes, weights, tensor_of=single, tolerance=ROOM):
    """Require a loss and the gradients of all parameters."""
    idx, targets = ids(rng, sizes["vocab_size"], 3, 5), ids(rng, sizes["vocab_size"], 3, 5)
    targets[1, 3:] = -1
    loss, slopes = oracle.gpt_loss(sizes, exactly(weights), idx, targets)
    found, grads = props.gradients_of_loss(model, list(weights), tensor(idx), tensor(targets))
    close(found, tensor_of(loss), "loss", **tolerance)
    close(grads, {name: tensor_of(one) for name, one in slopes.items()}, "gradients of the parameters", **tolerance)


@exercise("gpt2", points=8, cpu=3.0, answers=("GPT2.__init__",))
class TestGPT2:
    """One tensor at both ends, and first weights that keep the stream in range."""

    def test_logits(self, learner, props, oracle, rng):
        """all parts are there: logits from weights by name"""
        scores(props, oracle, rng, *made(learner, props, oracle, rng))

    def test_gradients(self, learner, props, oracle, rng):
        """gradients of all parameters: the table gets its own from both ends"""
        loses(props, oracle, rng, *made(learner, props, oracle, rng))

    def test_tied(self, learner, props, oracle, rng):
        """lm_head.weight is wte.weight, and config is kept"""
        model, sizes, weights = made(learner, props, oracle, rng)
        scores(props, oracle, rng, model, sizes, weights)
        same(props.tied(props.fresh(SMALL)), "one parameter", "lm_head.weight and wte.weight of a fresh model are")
        same(model.config.n_layer, sizes["n_layer"], "model.config.n_layer")

    def test_stays_tied(self, learner, props, oracle, rng):
        """three steps of gradient descent: both ends move together"""
        model, sizes, weights = made(learner, props, oracle, rng)
        idx, targets = ids(rng, 11, 3, 5), ids(rng, 11, 3, 5)
        expected = oracle.descent(sizes, exactly(weights), idx, targets, 0.1, 3)
        found = props.descended(model, tensor(idx), tensor(targets), 0.1, 3)
        close(found, single(expected), "logits after three steps", **ROOM)

    @pytest.mark.parametrize("n_layer", [2, 6])
    def test_spread(self, props, n_layer):
        """standard deviations: 0.02, and 0.02 / sqrt(2 * L) for both c_proj of every block"""
        inner = round(0.02 / math.sqrt(2 * n_layer), 3)
        blocks = {"attn.c_attn": 0.02, "attn.c_proj": inner, "mlp.c_fc": 0.02, "mlp.c_proj": inner}
        expected = {"wte.weight": 0.02, "wpe.weight": 0.02, **{f"{name}.weight": one for name, one in blocks.items()}}
        found = props.spread(WIDE | {"n_layer": n_layer})
        same(found, expected, f"standard deviations with {n_layer} blocks, to 3 digits")

    def test_vectors(self, props, oracle):
        """biases begin at 0, a LayerNorm with gain 1 and bias 0"""
        shapes = oracle.shapes(**SMALL)
        gains = {name: "ln_" in name and name.endswith("weight") for name, one in shapes.items() if len(one) == 1}
        expected = {name: single(np.full(shapes[name], float(gain))) for name, gain in gains.items()}
        close(props.vectors(SMALL), expected, "biases and gains of a fresh model", **EXACT)

    def test_first_loss(self, props):
        """the loss of a fresh model is ln V, or nearly"""
        for n_layer in (1, 6):
            loss = props.first_loss(WIDE | {"n_layer": n_layer}, 2)
            expected = math.log(WIDE["vocab_size"])
            assert abs(loss - expected) < 0.1, (
                f"the first loss with {n_layer} blocks is {loss:.2f}; all {WIDE['vocab_size']} tokens equally likely "
                f"would be {expected:.2f}"
            )

    @edge
    def test_float64(self, learner, props, oracle, rng):
        """float64 weights: computed in float64, both ends"""
        loses(props, oracle, rng, *made(learner, props, oracle, rng, double), double, TIGHT)

    @edge
    def test_without_bias(self, learner, props, oracle, rng):
        """bias=False: no part has one"""
        loses(props, oracle, rng, *made(learner, props, oracle, rng, bias=False))

    @edge
    def test_copies(self, learner, props, oracle, rng):
        """the tie stands after a copy, a change of dtype, and load_state_dict"""
        model, sizes, weights = made(learner, props, oracle, rng)
        scores(props, oracle, rng, model, sizes, weights)
        expected = dict.fromkeys(("copy.deepcopy", "model.double()", "load_state_dict"), "one parameter")
        same(props.tied_copies(model), expected, "lm_head.weight and wte.weight are, after")

    @edge
    def test_generator(self, learner, props, oracle, rng):
        """the first weights come from torch's global generator"""
        scores(props, oracle, rng, *made(learner, props, oracle, rng))
        first, again, other = props.drawn_again(SMALL)
        assert first == again != other, "the first weights do not follow torch.manual_seed"


KINDS = {
    "attn.c_attn": ("attn.c_attn.weight",),
    "attn.c_proj": ("attn.c_proj.weight",),
    "mlp": ("mlp.c_fc.weight", "mlp.c_proj.weight"),
}
TURNED = tuple(name for names in KINDS.values() for name in names)


def published(oracle, rng, dtype=np.float32, prefix="transformer.", **more):
    """Return sizes, a dict by Hugging Face's names, and the same by ours in torch's layout."""
    sizes = SMALL | more
    ours = {
        name: tensor(normal(rng, *shape, scale=0.4).astype(dtype)) for name, shape in oracle.shapes(**sizes).items()
    }
    theirs = {
        prefix + name.replace("blocks.", "h."): tensor(one.array.T.copy()) if name.endswith(TURNED) else one
        for name, one in ours.items()
    }
    if prefix:
        theirs["lm_head.weight"] = theirs[f"{prefix}wte.weight"]
    return sizes, theirs, ours


def buffers(theirs, sizes):
    """Return a dict with the masks beside the weights, as older files have them."""
    T, more = sizes["block_size"], {}
    for i in range(sizes["n_layer"]):
        more[f"transformer.h.{i}.attn.bias"] = tensor(np.tril(np.ones((1, 1, T, T), np.float32)))
        more[f"transformer.h.{i}.attn.masked_bias"] = tensor(np.array(-1e4, np.float32))
    return {**more, **theirs}


def holds(found, ours, only=lambda _: True, label="parameters"):
    """Require exact copies of some parameters."""
    wanted = {name: one for name, one in ours.items() if only(name)}
    close({name: found.get(name) for name in wanted}, wanted, label, **EXACT)


@exercise("load_hf_state_dict", points=6, cpu=3.0, needs=("gpt2",))
class TestLoadHfStateDict:
    """Published weights, copied by name: four kinds turned, nothing left over, the head still tied."""

    @pytest.mark.parametrize("kind", ["attn.c_attn", "attn.c_proj", "mlp"])
    def test_turned(self, props, oracle, rng, kind):
        """the four kinds of Conv1D weights are turned, the square one, too"""
        sizes, theirs, ours = published(oracle, rng)
        holds(
            props.put(props.fresh(sizes), theirs),
            ours,
            lambda name: name.endswith(KINDS[kind]),
            f"{kind} in each block",
        )

    def test_others(self, props, oracle, rng):
        """tables, biases and LayerNorms as they are; the tables are square here"""
        sizes, theirs, ours = published(oracle, rng, vocab_size=12, block_size=12)
        found = props.put(props.fresh(sizes), theirs)
        holds(found, ours, lambda name: not name.endswith(TURNED), "tables, biases and LayerNorms")

    def test_logits(self, props, oracle, rng):
        """the model says what the published one says"""
        sizes, theirs, _ = published(oracle, rng)
        model = props.fresh(sizes)
        props.put(model, theirs)
        idx = ids(rng, sizes["vocab_size"], 3, 5)
        expected = oracle.hf_logits(exactly(theirs), sizes["n_head"], idx)
        close(props.logits_of(model, tensor(idx))[0], single(expected), "logits of the loaded model", **ROOM)

    def test_twelve(self, props, oracle, rng):
        """twelve blocks: the 148 names of GPT-2, and lm_head"""
        sizes, theirs, ours = published(oracle, rng, n_layer=12, n_embd=6)
        holds(props.put(props.fresh(sizes), theirs), ours, label="parameters of twelve blocks")

    def test_in_place(self, props, oracle, rng):
        """numbers are copied into the parameters that are there, and the head stays tied"""
        sizes, theirs, ours = published(oracle, rng)
        tied, kept, found = props.put_in_place(props.fresh(sizes), theirs)
        holds(found, ours)
        same(tied, "one parameter", "after loading, lm_head.weight and wte.weight are")
        assert kept, "after loading, the model has other parameters: an optimizer that was made before trains nothing"

    def test_buffers(self, props, oracle, rng):
        """masks among the weights are passed over"""
        sizes, theirs, ours = published(oracle, rng)
        holds(props.put(props.fresh(sizes), buffers(theirs, sizes)), ours)

    def test_missing(self, props, oracle, rng):
        """a name that is missing raises, be it a weight or a bias"""
        sizes, theirs, ours = published(oracle, rng)
        holds(props.put(props.fresh(sizes), theirs), ours)
        for name in ("transformer.h.1.mlp.c_fc.weight", "transformer.h.0.attn.c_attn.bias", "transformer.ln_f.bias"):
            less = {one: value for one, value in theirs.items() if one != name}
            raises(Exception, lambda less=less: props.put(props.fresh(sizes), less), f"a dict without {name}")

    def test_unknown(self, props, oracle, rng):
        """a name that the model has no place for raises"""
        sizes, theirs, ours = published(oracle, rng)
        holds(props.put(props.fresh(sizes), theirs), ours)
        more = {**theirs, "transformer.h.2.ln_1.weight": theirs["transformer.h.1.ln_1.weight"]}
        raises(Exception, lambda: props.put(props.fresh(sizes), more), "a dict with one block's ln_1 too many")

    def test_misspelt(self, props, oracle, rng):
        """a misspelt name raises: as many names as ever, and one of them wrong"""
        sizes, theirs, ours = published(oracle, rng)
        holds(props.put(props.fresh(sizes), theirs), ours)
        wrong = {name.replace("h.0.ln_2.bias", "h.0.ln2.bias"): one for name, one in theirs.items()}
        raises(Exception, lambda: props.put(props.fresh(sizes), wrong), "a dict with ln2 for ln_2")

    def test_shape(self, props, oracle, rng):
        """a shape that does not fit raises, also where it would spread out by itself"""
        sizes, theirs, ours = published(oracle, rng)
        holds(props.put(props.fresh(sizes), theirs), ours)
        one = {**theirs, "transformer.ln_f.bias": single(normal(rng, 1))}
        raises(Exception, lambda: props.put(props.fresh(sizes), one), "a dict with one number for ln_f.bias")
        turned = tensor(theirs["transformer.h.0.mlp.c_fc.weight"].array.T.copy())
        other = {**theirs, "transformer.h.0.mlp.c_fc.weight": turned}
        raises(Exception, lambda: props.put(props.fresh(sizes), other), "a dict with c_fc as (out, in)")

    @edge
    def test_file(self, props, oracle, rng):
        """names without `transformer.`, no lm_head, masks among them: the published file"""
        sizes, theirs, ours = published(oracle, rng, prefix="")
        masks = {name.removeprefix("transformer."): one for name, one in buffers({}, sizes).items()}
        holds(props.put(props.fresh(sizes), {**theirs, **masks}), ours)

    @edge
    def test_kinds(self, props, oracle, rng):
        """KeyError for a name, ValueError for a shape, and the model is as it was"""
        sizes, theirs, ours = published(oracle, rng)
        holds(props.put(props.fresh(sizes), theirs), ours)
        last = "transformer.ln_f.bias"
        less = {name: one for name, one in theirs.items() if name != last}
        wrong = {**theirs, last: single(normal(rng, 13))}
        cases = (("a missing name", less, "KeyError"), ("a name too many", {**theirs, "x": theirs[last]}, "KeyError"))
        for label, sd, kind in (*cases, ("a wrong shape", wrong, "ValueError")):
            untouched, raised = props.put_or_not(props.fresh(sizes), sd)
            same(raised, kind, f"exception for {label}")
            assert untouched, (
                f"{label} was found after some parameters had been written: the model is neither old nor new"
            )

    @edge
    def test_dict_stays(self, props, oracle, rng):
        """sd_hf stays as it is"""
        sizes, theirs, ours = published(oracle, rng)
        holds(props.put(props.fresh(sizes), theirs), ours)
        theirs = buffers(theirs, sizes)
        moved = props.changed_by_loading(props.fresh(sizes), theirs)
        assert not moved, f"{moved[0]} of sd_hf was changed or taken out; the caller may load another model from it"

    @edge
    @pytest.mark.parametrize(("mine", "yours"), [("float64", np.float32), ("float32", np.float64)], ids=str)
    def test_dtype(self, props, oracle, rng, mine, yours):
        """numbers take on the model's dtype"""
        sizes, theirs, ours = published(oracle, rng, yours)
        found = props.put(props.fresh(sizes, mine), theirs)
        holds(found, {name: (double if mine == "float64" else single)(one) for name, one in ours.items()})


WORDS = [
    *("the", "and", "fox", "jumps", "over", "lazy", "dogs", "while", "seven", "grey", "cats", "sleep", "under"),
    *("a", "roof", "of", "tin", "rain", "falls", "on", "it", "all", "night", "long", "<|endoftext|>", "naïve", "你好"),
]


def document(rng, words):
    return " ".join(WORDS[i] for i in rng.integers(len(WORDS), size=words))


def stream(oracle, docs):
    """Return the tokens of documents, one behind the other."""
    return [token for doc in docs for token in oracle.tokens(doc)]


def cut(numbers, size):
    return [np.array(numbers[i : i + size], np.int64) for i in range(0, len(numbers), size)]


def lies_in(props, oracle, docs, shard_size, function="sharded", **more):
    """Require shards: names, dtype, tokens, nothing else in the folder."""
    names, dtypes, numbers, there = getattr(props, function)(docs, shard_size, **more)
    expected = cut(stream(oracle, docs), shard_size)
    close(numbers, expected, f"tokens in the shards, {shard_size} in each", **EXACT)
    same(dtypes, ["uint16"] * len(expected), "dtypes in the files")
    same(sorted(names), there, "files in the folder")
    return names


@exercise("shards", points=5, cpu=2.0, answers=("tokenize_doc", "write_shards", "read_shard"))
class TestShards:
    """Documents become files of 16-bit tokens, end to end, and no token is lost."""

    @pytest.mark.parametrize("words", [1, 9])
    def test_document(self, props, oracle, rng, words):
        """EOT, then the tokens of the text, in 16 bits without a sign"""
        text = document(rng, words)
        same(props.tokens_of(text), np.array(oracle.tokens(text), np.uint16), f"tokenize_doc({text!r})")

    def test_empty(self, props):
        """an empty document is EOT alone"""
        same(props.tokens_of(""), np.array([50256], np.uint16), "tokenize_doc('')")

    def test_all_words(self, props, oracle):
        """ids on both sides of 32767, and a text that spells EOT out"""
        text = " ".join(WORDS)
        same(props.tokens_of(text), np.array(oracle.tokens(text), np.uint16), "tokenize_doc of all words")

    def test_cut(self, props, oracle, rng):
        """a document that does not fit goes on in the next shard"""
        docs = [document(rng, words) for words in (4, 7, 2, 8, 6)]
        lies_in(props, oracle, docs, 12)

    def test_one_shard(self, props, oracle, rng):
        """less than a shard: one short file"""
        lies_in(props, oracle, [document(rng, 4), document(rng, 3)], 20)

    def test_full(self, props, oracle, rng):
        """documents that fill shards exactly: no empty file in the end"""
        lies_in(props, oracle, [document(rng, words) for words in (4, 4, 6, 2)], 10)

    def test_empty_documents(self, props, oracle, rng):
        """empty documents among others keep their place"""
        lies_in(props, oracle, ["", document(rng, 5), "", "", document(rng, 3), ""], 6)

    def test_names(self, props, oracle, rng):
        """the first file is to validate with, all others to train with; names sort as the tokens go on"""
        names = lies_in(props, oracle, [document(rng, 9) for _ in range(11)], 10)
        splits = ["val" if "val" in name else "train" if "train" in name else "neither" for name in names]
        same(splits, ["val"] + ["train"] * (len(names) - 1), "what the names say")
        same(names[1:], sorted(names[1:]), "names of the files to train with, in order")

    def test_read(self, props, rng):
        """a file is read as int64, ids above 32767 among them"""
        numbers = rng.integers(65536, size=9)
        numbers[[0, 4]] = 50256, 65535
        same(props.read(numbers), tensor(numbers.astype(np.int64)), "read_shard")

    def test_read_back(self, props, oracle, rng):
        """what was written is what is read"""
        docs = [document(rng, words) for words in (5, 9, 3)]
        expected = [tensor(part) for part in cut(stream(oracle, docs), 8)]
        same(props.read_back(docs, 8), expected, "read_shard of what write_shards wrote, 8 tokens in each")

    @edge
    def test_long(self, props, oracle, rng):
        """a document that fills several shards"""
        lies_in(props, oracle, [document(rng, 3), document(rng, 40), document(rng, 2)], 9)

    @edge
    def test_generator(self, props, oracle, rng):
        """documents that can be read once only"""
        lies_in(props, oracle, [document(rng, words) for words in (4, 7, 5)], 10, "sharded_once")

    @edge
    def test_folder(self, props, oracle, rng):
        """the folder is made where it is not there"""
        lies_in(props, oracle, [document(rng, words) for words in (4, 7)], 9, below="data/shards")

    @edge
    def test_nothing(self, props, oracle, rng):
        """no documents, no files"""
        lies_in(props, oracle, [document(rng, 3)], 9)
        lies_in(props, oracle, [], 9)

    @edge
    def test_too_large(self, props, oracle, rng):
        """an id that does not fit into 16 bits raises ValueError"""
        text = document(rng, 3)
        same(props.tokens_of(text), np.array(oracle.tokens(text), np.uint16), f"tokenize_doc({text!r})")
        raises(ValueError, lambda: props.too_large(text), "ids beyond 65535")


def shard(rng, *lengths):
    """Return shards of such lengths; each token occurs once."""
    numbers = rng.permutation(60000)[: sum(lengths)]
    return [part.astype(np.int64) for part in np.split(numbers, np.cumsum(lengths)[:-1])]


def walks(props, oracle, shards, B, T, world_size, steps, tells=""):
    """Require the batches of all ranks."""
    expected = oracle.loaded(shards, B, T, world_size, steps)
    found = props.batches(shards, B, T, world_size, steps)
    for step in range(steps):
        for rank in range(world_size):
            whose = f", rank {rank} of {world_size}" if world_size > 1 else ""
            lengths = ", ".join(str(len(one)) for one in shards)
            label = f"x and y at step {step}{whose} (shards of {lengths} tokens, B={B}, T={T}){tells}"
            same(found[step][rank], [tensor(np.array(one)) for one in expected[step][rank]], label)


@exercise(
    "data_loader_lite",
    points=9,
    cpu=1.0,
    answers=("DataLoaderLite.__init__", "DataLoaderLite.reset", "DataLoaderLite.next_batch"),
    needs=("shards",),
)
class TestDataLoaderLite:
    """Batches out of shards: all tokens in order, shared by ranks that do not talk to each other."""

    def test_first(self, props, oracle, rng):
        """the first batches: y is x, one token later, across the rows"""
        walks(props, oracle, shard(rng, 50), 3, 4, 1, 3)

    def test_tall(self, props, oracle, rng):
        """more rows than columns"""
        walks(props, oracle, shard(rng, 50), 5, 2, 1, 4)

    def test_next_shard(self, props, oracle, rng):
        """what is left of a shard is skipped, and the next one begins"""
        walks(props, oracle, shard(rng, 29, 31, 22), 2, 4, 1, 7)

    def test_exact_fit(self, props, oracle, rng):
        """a shard that ends with the last target of a batch is used to its end"""
        walks(props, oracle, shard(rng, 25, 17), 2, 4, 1, 6)

    def test_last_target(self, props, oracle, rng):
        """a shard that lacks the last target only: that batch is skipped"""
        walks(props, oracle, shard(rng, 24, 32), 2, 4, 1, 6)

    def test_wrap(self, props, oracle, rng):
        """after the last shard comes the first"""
        walks(props, oracle, shard(rng, 20, 14), 2, 3, 1, 9)

    def test_one_shard(self, props, oracle, rng):
        """a single shard is read again and again"""
        walks(props, oracle, shard(rng, 22), 2, 3, 1, 8)

    @pytest.mark.parametrize("world_size", [2, 3])
    def test_ranks(self, props, oracle, rng, world_size):
        """ranks side by side: in each step they take one piece each, without gap or overlap"""
        walks(props, oracle, shard(rng, 100), 2, 4, world_size, 3)

    @pytest.mark.parametrize("world_size", [2, 3])
    def test_ranks_next_shard(self, props, oracle, rng, world_size):
        """each rank begins the next shard at its own place"""
        step = 2 * 4 * world_size
        # Long enough beyond the last step that it does not matter from where a rank asks for the end.
        rest = 8 * (world_size - 1) + 5
        walks(props, oracle, shard(rng, 2 * step + rest + 1, step + rest + 1), 2, 4, world_size, 6)

    def test_reset(self, props, oracle, rng):
        """reset goes to the beginning, from the first shard and from the second"""
        shards = shard(rng, 60, 58)
        expected = [step[1] for step in oracle.loaded(shards, 2, 5, 2, 3)]
        for before in (1, 3):
            found = props.reset_after(shards, 2, 5, 1, 2, before, 3)
            label = f"batches of rank 1 of 2 after {before} batches and reset"
            same(found, [[tensor(np.array(one)) for one in step] for step in expected], label)

    @edge
    @pytest.mark.parametrize("rest", [0, 3, 8])
    def test_same_step(self, props, oracle, rng, rest):
        """all ranks go to the next shard in the same step, when a step of all ranks does not fit any more"""
        walks(props, oracle, shard(rng, 2 * 24 + 1 + rest, 3 * 24 + 1 + rest), 2, 4, 3, 7)

    @edge
    def test_same_step_lecture(self, props, oracle, rng):
        """a hundred tokens, two ranks: the case in which the lecture's ranks part at the sixth step"""
        walks(props, oracle, shard(rng, 100, 40), 2, 4, 2, 9)

    @edge
    def test_short_shard(self, props, oracle, rng):
        """a shard too short for a step of all ranks is passed over"""
        walks(props, oracle, shard(rng, 40, 12, 41, 16), 2, 4, 2, 7)

    @edge
    def test_all_short(self, props, oracle, rng):
        """no shard is long enough: ValueError"""
        walks(props, oracle, shard(rng, 9, 20), 2, 4, 1, 2)
        raises(ValueError, lambda: props.hopeless(shard(rng, 8, 3), 2, 4), "shards of 8 and 3 tokens, B=2, T=4")

    @edge
    def test_places(self, props, rng):
        """current_shard, current_position and tokens say where the next batch begins"""
        shards = shard(rng, 60, 55)
        found = props.places(shards, 2, 4, 1, 2, 5)
        expected = [[0, 8, 60], [0, 24, 60], [0, 40, 60], [1, 8, 55], [1, 24, 55]]
        same(found, expected, "shard, position and tokens of rank 1 of 2, before each step")


SCHEDULE = {"max_lr": 6e-4, "min_lr": 5e-5, "warmup_steps": 7, "max_steps": 31}


def rates(learner, oracle, its, **schedule):
    """Require the learning rates of some steps."""
    found = [learner.get_lr(it, **schedule) for it in its]
    expected = [oracle.rate(it, **schedule) for it in its]
    which = f"step {its[0]}" if len(its) == 1 else f"steps {its[0]} to {its[-1]}"
    close(found, expected, f"learning rates of {which}, {told(schedule)}", rtol=1e-12, atol=1e-16)


@exercise(
    "get_lr",
    points=5,
    cpu=1.0,
    forbid={"the schedule is one function of the step: write it yourself": ("torch.optim.lr_scheduler.*",)},
)
class TestGetLr:
    """A line up, half a cosine down, and then level."""

    def test_first(self, learner, oracle):
        """step 0 is a step, too: max_lr / warmup_steps"""
        rates(learner, oracle, [0], **SCHEDULE)

    def test_warmup(self, learner, oracle):
        """the warm-up ends with max_lr at its last step"""
        rates(learner, oracle, list(range(7)), **SCHEDULE)

    def test_top(self, learner, oracle):
        """the first step after the warm-up has max_lr"""
        rates(learner, oracle, [7], **SCHEDULE)

    def test_middle(self, learner, oracle):
        """half way down"""
        rates(learner, oracle, [19], **SCHEDULE)

    def test_falls(self, learner, oracle):
        """all steps between warm-up and end"""
        rates(learner, oracle, list(range(7, 31)), **SCHEDULE)

    def test_end(self, learner, oracle):
        """max_steps has min_lr"""
        rates(learner, oracle, [31], **SCHEDULE)

    def test_beyond(self, learner, oracle):
        """after the end it stays min_lr"""
        rates(learner, oracle, [32, 40, 55, 62, 1000], **SCHEDULE)

    def test_no_warmup(self, learner, oracle):
        """without a warm-up step 0 has max_lr"""
        rates(learner, oracle, list(range(12)), max_lr=0.3, min_lr=0.1, warmup_steps=0, max_steps=10)

    def test_any(self, learner, oracle, rng):
        """other numbers"""
        low, high = sorted(rng.uniform(1e-5, 1e-2, size=2))
        warm, more = int(rng.integers(3, 9)), int(rng.integers(11, 19))
        schedule = {"max_lr": float(high), "min_lr": float(low), "warmup_steps": warm, "max_steps": warm + more}
        rates(learner, oracle, list(range(warm + more + 3)), **schedule)

    def test_to_zero(self, learner, oracle):
        """min_lr may be 0"""
        rates(learner, oracle, list(range(15)), max_lr=1.0, min_lr=0.0, warmup_steps=4, max_steps=12)

    @edge
    def test_no_fall(self, learner, oracle):
        """warmup_steps equal to max_steps: up, then min_lr"""
        rates(learner, oracle, list(range(9)), max_lr=0.3, min_lr=0.1, warmup_steps=5, max_steps=5)


# What has two or more dimensions in the models of the props, and what has not.
SORTED = {
    "plain": [
        ["inner.weight", "outer.weight", "table.weight"],
        ["inner.bias", "norm.bias", "norm.weight", "outer.bias"],
    ],
    "tied": [["inner.weight", "table.weight"], ["inner.bias", "norm.bias", "norm.weight"]],
    "odd": [["bias_of_pairs", "kernel.weight", "norm_of_rows"], ["kernel.bias", "scale", "weight"]],
    "frozen": [["above.weight"], ["above.bias", "ln.weight"]],
}


def sorts(props, rng, kind):
    """Require the groups of a model of the props."""
    matrices, vectors = SORTED[kind]
    weight_decay = round(float(rng.uniform(0.01, 0.3)), 4)
    found = props.grouped(kind, weight_decay)
    same(found, [[weight_decay, matrices], [0.0, vectors]], f"groups as [weight_decay, names] of a model: {kind}")


@exercise("configure_param_groups", points=4, cpu=1.0)
class TestConfigureParamGroups:
    """Matrices are decayed, vectors are not, and every parameter is in one group, once."""

    def test_plain(self, props, rng):
        """tables and matrices are decayed; biases and a LayerNorm's gain are not"""
        sorts(props, rng, "plain")

    def test_tied(self, props, rng):
        """a tied parameter is there once"""
        sorts(props, rng, "tied")

    def test_odd(self, props, rng):
        """names say nothing: a matrix called bias, a vector called weight, three dimensions and none"""
        sorts(props, rng, "odd")

    def test_frozen(self, props, rng):
        """what requires no gradient is in no group"""
        sorts(props, rng, "frozen")

    def test_blocks(self, props, rng):
        """a model with blocks: parameters in each group, and numbers in them"""
        V, T, L, C = (int(rng.integers(low, low + 5)) for low in (21, 5, 2, 6))
        matrices, vectors = V * C + T * C + 12 * L * C * C, 13 * L * C + 2 * C
        expected = [[0.1, 2 + 4 * L, matrices], [0.0, 8 * L + 2, vectors]]
        same(props.counted(0.1, V, T, L, C), expected, f"groups as [weight_decay, parameters, numbers], {L} blocks")
