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

    def test_small(self, learner, oracle, rng):
        """sizes that all differ"""
        for _ in range(3):
            sizes = odd_sizes(rng)
            same(learner.count_parameters(learner.GPTConfig(**sizes)), oracle.count(sizes), "parameters")

    @pytest.mark.parametrize("name", ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"])
    def test_published(self, learner, name):
        """the four published sizes"""
        sizes, number = PUBLISHED[name]
        same(learner.count_parameters(learner.GPTConfig(**sizes)), number, f"parameters of {name}")

    def test_padded(self, learner, oracle):
        """a vocabulary of 50304, which divides well"""
        sizes = GPT2 | {"vocab_size": 50304}
        number = learner.count_parameters(learner.GPTConfig(**sizes))
        same(number, oracle.count(sizes), "parameters of gpt2 with 50304 tokens")

    def test_non_embedding(self, learner, oracle, rng):
        """non_embedding=True leaves out the places, and nothing else"""
        for sizes in (odd_sizes(rng), GPT2):
            number = learner.count_parameters(learner.GPTConfig(**sizes), non_embedding=True)
            same(number, oracle.count(sizes, non_embedding=True), "parameters without wpe")

    def test_without_bias(self, learner, oracle, rng):
        """bias=False: no bias in Linear layers and LayerNorms, the gains stay"""
        for sizes in (odd_sizes(rng), GPT2):
            sizes = sizes | {"bias": False}
            number = learner.count_parameters(learner.GPTConfig(**sizes))
            same(number, oracle.count(sizes), "parameters without biases")

    def test_flops_small(self, learner, oracle, rng):
        """operations for a token where all sizes differ"""
        for _ in range(3):
            sizes = odd_sizes(rng)
            same(learner.flops_per_token(learner.GPTConfig(**sizes)), oracle.flops(sizes), "flops_per_token")

    @pytest.mark.parametrize("name", ["gpt2", "gpt2-xl"])
    def test_flops(self, learner, oracle, name):
        """operations for a token of published sizes"""
        sizes = PUBLISHED[name][0]
        same(learner.flops_per_token(learner.GPTConfig(**sizes)), oracle.flops(sizes), f"flops_per_token of {name}")


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
            same(found, expected, "bytes of activations")

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
        same(found, expected, "bytes with act_bytes=2")

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
    which = f"learning rate of step {its[0]}" if len(its) == 1 else f"learning rates of steps {its[0]} to {its[-1]}"
    close(found, expected, which, rtol=1e-12, atol=1e-16)


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


def seed(rng):
    return int(rng.integers(2**31))


# 9. AdamW: three parameters, two of one shape, pushed about by gradients from outside.

SHAPES = ((4, 3), (5,), (4, 3))


def as_sent(values, of=single):
    """Return nested lists of arrays as tensors; None stays."""
    if isinstance(values, list | tuple):
        return [as_sent(one, of) for one in values]
    if isinstance(values, dict):
        return {name: as_sent(one, of) for name, one in values.items()}
    return None if values is None else of(values)


def exact(values):
    """Return nested lists of tensors as arrays, numbers in float64: what was really sent."""
    if isinstance(values, list | tuple):
        return [exact(one) for one in values]
    if values is None or values.array.dtype.kind != "f":
        return None if values is None else values.array
    return values.array.astype(np.float64)


def pushes(rng, count=5, scale=1.0, of=single):
    """Return parameters, and for each step their gradients."""
    values = [of(normal(rng, *shape)) for shape in SHAPES]
    return values, [[of(normal(rng, *shape, scale=scale)) for shape in SHAPES] for _ in range(count)]


def steps(props, oracle, values, grads, of=single, tolerance=ROOM, **how):
    """Require the parameters after every step."""
    options = {"lr": 0.1, **how.pop("options", {})}
    found = props.steps(values, grads, options, **how)
    expected = oracle.adamw(exact(values), exact(grads), options, **how)
    follows(found, expected, of, tolerance)


def follows(found, expected, of=single, tolerance=ROOM, what="step"):
    """Require parameters after each step."""
    for number, (one, other) in enumerate(zip(found, expected, strict=True), 1):
        close(one, as_sent(other, of), f"the parameters after {what} {number}", **tolerance)


OPTIONS = {
    "the defaults": {},
    "a large decay": {"lr": 0.01, "weight_decay": 1.5},
    "no decay": {"weight_decay": 0.0},
    "torch's betas": {"betas": (0.9, 0.999)},
    "short memories": {"betas": (0.3, 0.5)},
    "a large eps": {"eps": 0.5},
}
NAMED = ["the defaults", "a large decay", "no decay", "torch's betas", "short memories", "a large eps"]


@exercise(
    "adamw",
    points=10,
    cpu=4.0,
    answers=("AdamW.__init__", "AdamW.step", "AdamW.zero_grad", "AdamW.state_dict", "AdamW.load_state_dict"),
)
class TestAdamW:
    """Steps of nearly equal length, whatever the gradients' size; weights decay beside them."""

    @pytest.mark.parametrize("name", NAMED)
    def test_steps(self, props, oracle, rng, name):
        """five steps, each compared, with other options"""
        steps(props, oracle, *pushes(rng), options=OPTIONS[name])

    def test_one_parameter(self, props, oracle, rng):
        """a single parameter"""
        values, grads = pushes(rng, 3)
        steps(props, oracle, values[:1], [given[:1] for given in grads])

    def test_many_steps(self, props, oracle, rng):
        """twenty steps: the corrections fade"""
        steps(props, oracle, *pushes(rng, 20), options={"betas": (0.9, 0.99)})

    def test_tiny_gradients(self, props, oracle, rng):
        """gradients of 1e-8, where eps decides: it stands outside of the root, behind the correction"""
        steps(props, oracle, *pushes(rng, scale=1e-8), options={"weight_decay": 0.0})

    def test_large_gradients(self, props, oracle, rng):
        """gradients of 1e4: steps are no longer than usual"""
        steps(props, oracle, *pushes(rng, scale=1e4))

    def test_groups(self, props, oracle, rng):
        """two groups: each has its own decay, and what it does not say is as for all"""
        groups = [[[0, 2], {"weight_decay": 0.8}], [[1], {"weight_decay": 0.0}]]
        steps(props, oracle, *pushes(rng), groups=groups, options={"weight_decay": 0.3})

    def test_groups_of_their_own(self, props, oracle, rng):
        """two groups that differ in everything"""
        groups = [[[2], {"lr": 0.02, "betas": (0.5, 0.7)}], [[0, 1], {"eps": 0.3, "weight_decay": 0.7}]]
        steps(props, oracle, *pushes(rng), groups=groups)

    def test_schedule(self, props, oracle, rng):
        """group["lr"] is set before each step"""
        steps(props, oracle, *pushes(rng, 4), rates=[0.02, 0.3, 0.1, 0.007])

    def test_without_gradient(self, props, oracle, rng):
        """a parameter whose gradient is None stays as it is, undecayed"""
        values, grads = pushes(rng)
        steps(props, oracle, values, [[one, None, three] for one, _, three in grads])

    def test_zero_grad(self, props, oracle, rng):
        """zero_grad() drops the gradients, of all groups"""
        values, (grads,) = pushes(rng, 1)
        groups = [[[0, 1], {}], [[2], {"weight_decay": 0.0}]]
        moved, _, left = props.gradients_after(values, grads, {"lr": 0.1}, groups)
        follows([moved], oracle.adamw(exact(values), exact([grads]), {"lr": 0.1}, groups))
        close(left, as_sent([0 * grad for grad in exact(grads)]), "the gradients after zero_grad()")

    def test_saved(self, props, oracle, rng):
        """state_dict() of one optimizer goes into a fresh one, which goes on as if nothing had happened"""
        values, grads = pushes(rng, 6)
        found = props.resumed_steps(values, grads, {"lr": 0.1}, after=3)
        follows(found, oracle.adamw(exact(values), exact(grads), {"lr": 0.1}), what="step (saved after 3), ")

    def test_saved_groups(self, props, oracle, rng):
        """groups, and a lr that a schedule has set, are saved, too"""
        values, grads = pushes(rng, 5)
        groups = [[[1, 2], {"weight_decay": 0.8}], [[0], {"weight_decay": 0.0}]]
        found = props.resumed_steps(values, grads, {"lr": 0.1}, groups, after=2, rate=0.03)
        expected = oracle.adamw(exact(values), exact(grads), {"lr": 0.03}, groups)
        follows(found, expected, what="step (saved after 2), ")

    @edge
    def test_late_gradients(self, props, oracle, rng):
        """each parameter counts its own steps, from its first gradient on"""
        values, grads = pushes(rng, 6)
        late = [[one, two if i > 2 else None, three if i % 2 else None] for i, (one, two, three) in enumerate(grads)]
        steps(props, oracle, values, late)

    @edge
    def test_float64(self, props, oracle, rng):
        """float64 is computed in float64"""
        steps(props, oracle, *pushes(rng, 8, of=double), of=double, tolerance=TIGHT)

    @edge
    def test_gradients_stay(self, props, oracle, rng):
        """a step leaves the gradients as they are"""
        values, (grads,) = pushes(rng, 1)
        moved, after, _ = props.gradients_after(values, grads, {"lr": 0.1})
        follows([moved], oracle.adamw(exact(values), exact([grads]), {"lr": 0.1}))
        same(after, grads, "the gradients after step()")

    @edge
    def test_file(self, props, oracle, rng):
        """state_dict() is plain data: it goes through a file that is read with weights_only=True"""
        values, grads = pushes(rng, 5)
        found = props.resumed_steps(values, grads, {"lr": 0.1}, after=3, through="file")
        follows(found, oracle.adamw(exact(values), exact(grads), {"lr": 0.1}), what="step (saved after 3), ")

    @edge
    def test_copy(self, props, oracle, rng):
        """what was loaded is a copy: the optimizer that gave it goes on, and the other one does not notice"""
        values, grads = pushes(rng, 5)
        first, second = props.branched(values, grads, {"lr": 0.1}, after=2)
        expected = oracle.adamw(exact(values), exact(grads), {"lr": 0.1})[2:]
        follows(first, expected, what="step (of the first), ")
        follows(second, expected, what="step (of the second), ")


def clips(props, oracle, grads, max_norm, of=single, tolerance=ROOM, **how):
    """Require the norm that is returned, and the gradients; return which are other objects now."""
    eps = {"eps": how["eps"]} if "eps" in how else {}
    norm, expected = oracle.clipped(exact(grads), max_norm, **eps)
    found, clipped, others = props.clipped(grads, max_norm, **how)
    close(found, of(norm), f"what clip_grad_norm_(params, {max_norm}) returns: the norm before", **tolerance)
    close(clipped, as_sent(expected, of), f"the gradients after clip_grad_norm_(params, {max_norm})", **tolerance)
    return clipped, others


def vectors(rng, scale=1.0, of=single):
    return [of(normal(rng, *shape, scale=scale)) for shape in SHAPES]


@exercise("clip_grad_norm", points=6, cpu=1.0, answers=("clip_grad_norm_",))
class TestClipGradNorm:
    """All gradients are one vector; it is shortened where it is too long."""

    @pytest.mark.parametrize("max_norm", [1.0, 0.25])
    def test_too_long(self, props, oracle, rng, max_norm):
        """gradients that are too long: one factor for all of them, and the norm before is returned"""
        clips(props, oracle, vectors(rng, 3), max_norm)

    @pytest.mark.parametrize("max_norm", [1.0, 100.0])
    def test_short_enough(self, props, oracle, rng, max_norm):
        """gradients that are short enough stay, bit for bit"""
        clips(props, oracle, vectors(rng, 3 * max_norm), max_norm)
        grads = vectors(rng, 0.05)
        clipped, _ = clips(props, oracle, grads, max_norm)
        same(clipped, grads, "gradients that are short enough")

    def test_none(self, props, oracle, rng):
        """parameters without a gradient are passed over"""
        grads = vectors(rng, 3)
        clips(props, oracle, [None, *grads, None], 1.0)

    def test_generator(self, props, oracle, rng):
        """a generator of parameters, as model.parameters() is: it can be read once"""
        clips(props, oracle, vectors(rng, 3), 1.0, generator=True)

    def test_generator_short(self, props, oracle, rng):
        """a generator, and gradients that are short enough"""
        clips(props, oracle, vectors(rng, 0.05), 1.0, generator=True)
        clips(props, oracle, vectors(rng, 5), 2.0, generator=True)

    def test_one_is_huge(self, props, oracle, rng):
        """one huge tensor among small ones: the small ones shrink with it"""
        one, two, three = vectors(rng)
        clips(props, oracle, [one, single(1e4 * two.array), three], 1.0)

    def test_one_number(self, props, oracle, rng):
        """a single parameter, a single number"""
        clips(props, oracle, [single(-3 - abs(normal(rng, 1)))], 2.0)

    @edge
    def test_zeros(self, props, oracle, rng):
        """gradients of zeros stay zeros, and their norm is 0"""
        clips(props, oracle, vectors(rng, 3), 1.0)
        clips(props, oracle, [single(0 * one.array) for one in vectors(rng)], 1.0)

    @edge
    def test_no_gradients(self, props, oracle, rng):
        """no parameter has a gradient: the norm is 0; where one of them has, it is its own"""
        clips(props, oracle, [None, *vectors(rng, 2)], 1.0)
        found, _, _ = props.clipped([None, None], 1.0)
        close(float(getattr(found, "array", found)), 0.0, "the norm where no parameter has a gradient")

    @edge
    def test_in_place(self, props, oracle, rng):
        """.grad stays the same tensor object"""
        _, others = clips(props, oracle, vectors(rng, 3), 1.0)
        assert not others, "the parameter's .grad is another tensor now; who holds the old one sees it unclipped"

    @edge
    def test_eps(self, props, oracle, rng):
        """eps is added to the norm"""
        clips(props, oracle, vectors(rng, 3), 1.0, eps=2.0)

    @edge
    def test_float64(self, props, oracle, rng):
        """float64 is computed in float64"""
        clips(props, oracle, vectors(rng, 3, double), 1.0, double, TIGHT)

    @edge
    @pytest.mark.parametrize("bad", [float("inf"), float("nan")], ids=str)
    def test_refuses(self, props, oracle, rng, bad):
        """error_if_nonfinite: inf or nan raises RuntimeError, and nothing has changed"""
        grads = vectors(rng, 3)
        clips(props, oracle, grads, 1.0, error_if_nonfinite=True)
        spoilt = [one.array.copy() for one in grads]
        spoilt[1][3] = bad
        raised, after = props.clipped_or_refused(as_sent(spoilt), 1.0, error_if_nonfinite=True)
        same(raised, "RuntimeError", f"what clip_grad_norm_ raises where a gradient has {bad}")
        close(after, as_sent(spoilt), "the gradients after it was refused")

    @edge
    def test_nonfinite(self, props, oracle, rng):
        """without error_if_nonfinite the norm that is returned tells: it is inf"""
        grads = vectors(rng, 3)
        clips(props, oracle, grads, 1.0)
        spoilt = [one.array.copy() for one in grads]
        spoilt[0][1, 2] = np.inf
        found, _, _ = props.clipped(as_sent(spoilt), 1.0)
        close(found, single(np.inf), "the norm of gradients with inf among them")


# 11, 12. A table, a tanh and a layer.

V, E, T = 7, 3, 5


def tables(rng, of=single):
    """Return the weights of a small model."""
    return [of(normal(rng, V, E)), of(normal(rng, V, E)), of(normal(rng, V))]


def rows(rng, B, missing=0.0):
    """Return x and y (B, T); some targets do not count."""
    x, y = rng.integers(V, size=(2, B, T))
    return x, np.where(rng.random(y.shape) < missing, -1, y)


def together(batches):
    """Return the large batch of some small ones."""
    return [np.concatenate(part) for part in zip(*batches, strict=True)]


def sent(batches):
    return [[tensor(one) for one in batch] for batch in batches]


def accumulates(props, oracle, rng, batches, there=None):
    """Require gradients and loss of the large batch; return what else was seen."""
    weights = tables(rng)
    loss, grads = oracle.whole(exact(weights), *together(batches))
    given = None if there is None else [single(one) for one in there]
    found, own, shapes, kind, moved = props.accumulated(weights, sent(batches), given)
    if there is not None:
        grads = {name: grad.array + more for (name, grad), more in zip(grads.items(), there, strict=True)}
    close(own, as_sent(grads), "the gradients", **ROOM)
    close(found, loss, "the loss that is returned", **ROOM)
    assert not moved, "the weights have moved; accumulating takes no step"
    return shapes, kind


@exercise("accumulate_gradients", points=8, cpu=2.0)
class TestAccumulateGradients:
    """The gradient of a large batch, from its pieces."""

    @pytest.mark.parametrize("count", [1, 2, 4])
    def test_equal(self, props, oracle, rng, count):
        """micro batches of equal size give gradients and loss of the large batch"""
        accumulates(props, oracle, rng, [rows(rng, 3) for _ in range(count)])

    def test_one_row_each(self, props, oracle, rng):
        """micro batches of a single row"""
        accumulates(props, oracle, rng, [rows(rng, 1) for _ in range(3)])

    def test_piece_by_piece(self, props, oracle, rng):
        """the model is asked once a micro batch, with that one alone"""
        shapes, _ = accumulates(props, oracle, rng, [rows(rng, 2) for _ in range(3)])
        same(shapes, [(2, T)] * 3, "the shapes of x that the model was called with")

    @edge
    def test_unequal(self, props, oracle, rng):
        """micro batches with different numbers of targets that count: each weighs as much as it has"""
        accumulates(props, oracle, rng, [rows(rng, 3, missing) for missing in (0.8, 0.0, 0.5)])

    @edge
    def test_other_sizes(self, props, oracle, rng):
        """micro batches with different numbers of rows"""
        accumulates(props, oracle, rng, [rows(rng, B) for B in (1, 4, 2)])

    @edge
    def test_nothing_counts(self, props, oracle, rng):
        """a micro batch without any target that counts adds nothing"""
        x, y = rows(rng, 2)
        accumulates(props, oracle, rng, [rows(rng, 2), (x, np.full_like(y, -1)), rows(rng, 2)])

    @edge
    def test_on_top(self, props, oracle, rng):
        """gradients that were there before stay: the new ones are added"""
        there = [normal(rng, V, E), normal(rng, V, E), normal(rng, V)]
        accumulates(props, oracle, rng, [rows(rng, 2), rows(rng, 2)], there)

    @edge
    def test_float(self, props, oracle, rng):
        """the loss is a float, and no tensor that holds on to graphs"""
        _, kind = accumulates(props, oracle, rng, [rows(rng, 2), rows(rng, 2)])
        same(kind, "float", "the type of what accumulate_gradients returns")


PARTS = ("wte.weight", "lm_head.weight", "lm_head.bias")


def by_name(values, tied=False):
    """Return the weights of a model by name; a tied head has none of its own."""
    return {name: one for name, one in zip(PARTS, values, strict=True) if not (tied and name == PARTS[1])}


def shared(rng, ranks, missing=()):
    """Return gradients of each rank, and their mean by name, where those that are missing (rank, part) are zeros."""
    shapes = ((V, E), (V, E), (V,))
    own = [[normal(rng, *shape, scale=rank + 1) for shape in shapes] for rank in range(ranks)]
    for rank, part in missing:
        own[rank][part] = None
    zeros = [
        [np.zeros(shape) if one is None else one for one, shape in zip(grads, shapes, strict=True)] for grads in own
    ]
    return as_sent(own), [sum(single(grads[i]).array.astype(float) for grads in zeros) / ranks for i in range(3)]


def in_parallel(props, oracle, rng, ranks, batches, **how):
    """Require losses, and equal weights on each rank after each step."""
    weights = tables(rng)
    losses, expected = oracle.trained(exact(weights), [list(batch) for batch in batches], 0.5, **how)
    own, found, shapes, kind = props.parallel(weights, ranks, sent(batches), 0.5, **how)
    for step, (mine, theirs) in enumerate(zip(found, expected, strict=True), 1):
        for rank, one in enumerate(mine):
            close(one, as_sent(theirs), f"the weights of rank {rank} after step {step}", **ROOM)
    close(own, losses, "the losses that are returned", **ROOM)
    return shapes, kind


@exercise(
    "data_parallel",
    points=9,
    cpu=3.0,
    answers=("broadcast_parameters", "average_gradients", "data_parallel_step", "ddp_accumulate"),
)
class TestDataParallel:
    """Ranks begin alike, read different rows, and step with the mean of all gradients."""

    @pytest.mark.parametrize("ranks", [2, 3])
    def test_broadcast(self, props, rng, ranks):
        """every rank has the weights of rank 0"""
        weights = [tables(rng) for _ in range(ranks)]
        found, *_ = props.broadcast(weights)
        for rank, one in enumerate(found):
            close(one, by_name(weights[0]), f"the weights of rank {rank} after broadcast_parameters", **ROOM)

    @pytest.mark.parametrize("ranks", [2, 4])
    def test_mean(self, props, rng, ranks):
        """every rank has the mean of all gradients"""
        own, mean = shared(rng, ranks)
        found, _ = props.averaged(tables(rng), own)
        for rank, one in enumerate(found):
            close(one, as_sent(by_name(mean)), f"the gradients of rank {rank} after average_gradients", **ROOM)

    def test_tied(self, props, rng):
        """a head that is tied to the table is averaged once"""
        own, mean = shared(rng, 3)
        own = [[one, three] for one, _, three in own]
        found, _ = props.averaged(tables(rng), own, tied=True)
        for rank, one in enumerate(found):
            close(one, as_sent(by_name(mean, tied=True)), f"the gradients of rank {rank}, tied", **ROOM)

    def test_frozen(self, props, rng):
        """a parameter that no rank has a gradient for is passed over"""
        own, mean = shared(rng, 2)
        own = [[one, two, None] for one, two, _ in own]
        found, _ = props.averaged(tables(rng), own, frozen=True)
        expected = {**by_name(mean), "lm_head.bias": None}
        for rank, one in enumerate(found):
            close(one, as_sent(expected), f"the gradients of rank {rank}, with a frozen bias", **ROOM)

    @pytest.mark.parametrize("ranks", [1, 2, 4])
    def test_steps(self, props, oracle, rng, ranks):
        """three steps: each rank on its own rows, all weights as with one model on the whole batch"""
        in_parallel(props, oracle, rng, ranks, [rows(rng, 4) for _ in range(3)])

    def test_tied_steps(self, props, oracle, rng):
        """the same with a tied head, and three ranks"""
        in_parallel(props, oracle, rng, 3, [rows(rng, 6) for _ in range(2)], tied=True)

    def test_own_rows(self, props, oracle, rng):
        """each rank reads its share of the rows, once a step"""
        shapes, _ = in_parallel(props, oracle, rng, 2, [rows(rng, 6) for _ in range(2)])
        same(shapes, [[(3, T)] * 2] * 2, "the shapes of x that the models of the ranks were called with")

    @pytest.mark.parametrize("count", [1, 3])
    def test_flag(self, props, oracle, rng, count):
        """with DDP's flag: one exchange, in the last micro step, of the gradients of all of them"""
        weights = tables(rng)
        batches = [[rows(rng, 2) for _ in range(count)] for _ in range(2)]
        losses, found, exchanges, _ = props.exchanged(weights, [sent(own) for own in batches])
        _, grads = oracle.whole(exact(weights), *together([one for own in batches for one in own]))
        for rank, one in enumerate(found):
            close(one, as_sent(grads), f"the gradients of rank {rank} after ddp_accumulate", **ROOM)
        means = [oracle.whole(exact(weights), *together(own))[0] for own in batches]
        close(losses, means, "what ddp_accumulate returns on each rank", **ROOM)
        same(exchanges, [1, 1], "how many exchanges each rank takes part in")

    @edge
    def test_buffers(self, props, rng):
        """buffers are broadcast, too; parameters stay the same objects, and ranks share no memory"""
        weights = [tables(rng) for _ in range(3)]
        found, buffers, others, moves = props.broadcast(weights)
        close(found[2], by_name(weights[0]), "the weights of rank 2 after broadcast_parameters", **ROOM)
        close(buffers, [single([3.0])] * 3, "the buffers of all ranks", **ROOM)
        assert not others, "the parameters of a rank are other objects now; its optimizer still holds the old ones"
        assert not moves, "two ranks share memory now: when rank 0 moves, rank 1 does, too"

    @edge
    def test_missing(self, props, rng):
        """a gradient that only some ranks have: the others count as zeros, and all have the mean"""
        own, mean = shared(rng, 3, missing=((0, 1), (2, 2)))
        found, _ = props.averaged(tables(rng), own)
        for rank, one in enumerate(found):
            close(one, as_sent(by_name(mean)), f"the gradients of rank {rank}, where some have none", **ROOM)

    @edge
    def test_memory(self, props, rng):
        """the ranks' gradients share no memory"""
        own, mean = shared(rng, 2)
        found, moves = props.averaged(tables(rng), own)
        close(found[1], as_sent(by_name(mean)), "the gradients of rank 1", **ROOM)
        assert not moves, "two ranks share memory now: who clips on rank 1 clips on rank 0, too"

    @edge
    def test_float(self, props, oracle, rng):
        """both steps return floats"""
        _, kind = in_parallel(props, oracle, rng, 2, [rows(rng, 4)])
        weights, batches = tables(rng), [rows(rng, 2)]
        losses, _, _, other = props.exchanged(weights, [sent(batches)])
        close(losses, [oracle.whole(exact(weights), *together(batches))[0]], "what ddp_accumulate returns", **ROOM)
        same([kind, other], ["float", "float"], "the types of what data_parallel_step and ddp_accumulate return")


# 13. Numbers that a float holds exactly: powers of two times small whole numbers.


def eighths(rng, *size):
    """Return numbers that are whole multiples of 1/8."""
    return rng.integers(-24, 25, size=size) / 8


def tells(props, oracle, values, grads, options, unscale=True, lr=0.5):
    """Require the story of a GradScaler."""
    found = props.scaled_story(values, grads, lr, unscale, options)
    story, last = oracle.scaled_story(values, grads, lr, unscale, options)
    names = ["get_scale()", "scale(0.5)", "the gradients after unscale_", "the parameters after step", "steps taken"]
    for step, (mine, theirs) in enumerate(zip(found[0], story, strict=True), 1):
        for name, one, other in zip(names, mine, theirs, strict=True):
            close(one, other, f"{name}, at step {step}", rtol=0.0, atol=0.0)
    close(found[1], last, "get_scale() in the end", rtol=0.0, atol=0.0)


def good(rng, count, bad=(), what=np.inf):
    """Return gradients for some steps; at those that are bad one number is inf or nan."""
    grads = [[eighths(rng, 3, 2), eighths(rng, 4)] for _ in range(count)]
    for step in bad:
        grads[step][1][2] = what
    return as_sent(grads)


HALF = 2**15


def patterns(rng, *ends):
    """Return numbers with random bits, whose 16 last bits are one of these ends. Exponents are ordinary."""
    count = 4 * len(ends)
    sign, exponent = rng.integers(2, size=count), rng.integers(90, 160, size=count)
    digits = rng.integers(2**7, size=count)
    bits = (sign << 31) | (exponent << 23) | (digits << 16) | np.resize(ends, count)
    return tensor(bits.astype(np.uint32).view(np.float32))


def rounds(props, oracle, x, what):
    """Require what bf16_round gives; return the argument afterwards."""
    found, after = props.rounded(x)
    close(found, oracle.bf16(x), f"bf16_round of {what}", rtol=0.0, atol=0.0)
    return after


def norms_and_steps(props, oracle, values, grads, max_norm, options=None):
    """Require norms and parameters of amp_step; return scales, steps taken, and whether gradients are left."""
    found, walked, *rest = props.amp_steps(values, grads, max_norm, options=options)
    norms, expected = oracle.amp_story(exact(values), exact(grads), max_norm, 0.5)
    close(found, [single(norm) for norm in norms], "the norms that amp_step returns", **ROOM)
    follows(walked, expected)
    return rest


@exercise(
    "mixed_precision",
    points=8,
    cpu=2.0,
    needs=("clip_grad_norm",),
    answers=(
        "bf16_round",
        "GradScaler.__init__",
        "GradScaler.get_scale",
        "GradScaler.scale",
        "GradScaler.unscale_",
        "GradScaler.step",
        "GradScaler.update",
        "amp_step",
    ),
)
class TestMixedPrecision:
    """Rounding to bfloat16, and a scale that keeps small gradients alive."""

    def test_rounding(self, props, oracle, rng):
        """to the nearest bfloat16, for numbers of all kinds of size"""
        sizes = 10.0 ** rng.integers(-20, 20, size=(6, 5))
        rounds(props, oracle, single(normal(rng, 6, 5) * sizes), "ordinary numbers")

    def test_ties(self, props, oracle, rng):
        """exactly between two bfloat16 numbers: the one whose last bit is 0"""
        rounds(props, oracle, patterns(rng, HALF), "ties")

    def test_beside_ties(self, props, oracle, rng):
        """one bit beside a tie, and numbers that are bfloat16 already"""
        rounds(props, oracle, patterns(rng, HALF - 1, HALF + 1, 0, 1, 2 * HALF - 1), "numbers beside ties")

    def test_carries(self, props, oracle):
        """rounding up may change the exponent"""
        rounds(props, oracle, single([1.99999, -3.99999, 0.499999, 255.99]), "numbers just below a power of two")

    def test_good_steps(self, props, oracle, rng):
        """finite gradients: divided by the scale, then stepped with; the scale stays"""
        tells(props, oracle, as_sent([eighths(rng, 3, 2), eighths(rng, 4)]), good(rng, 3), {"init_scale": 64.0})

    def test_first_scale(self, props, oracle, rng):
        """the scale begins at 65,536"""
        tells(props, oracle, as_sent([eighths(rng, 3, 2), eighths(rng, 4)]), good(rng, 2), {})

    def test_not_unscaled(self, props, oracle, rng):
        """step() unscales the gradients where nobody has"""
        values = as_sent([eighths(rng, 3, 2), eighths(rng, 4)])
        tells(props, oracle, values, good(rng, 3), {"init_scale": 32.0}, unscale=False)

    @pytest.mark.parametrize("bad", [np.inf, np.nan], ids=str)
    def test_overflow(self, props, oracle, rng, bad):
        """inf or nan: nothing is stepped, and the scale is halved"""
        values = as_sent([eighths(rng, 3, 2), eighths(rng, 4)])
        for unscale in (False, True):
            grads = good(rng, 4, bad=(1,), what=bad)
            story = props.scaled_story(values, grads, 0.5, unscale, {"init_scale": 64.0})
            right = oracle.scaled_story(values, grads, 0.5, unscale, {"init_scale": 64.0})
            for step, (mine, theirs) in enumerate(zip(story[0], right[0], strict=True), 1):
                close(mine[3], theirs[3], f"the parameters after step, at step {step} ({bad} at 2)", rtol=0, atol=0)
                close(mine[0], theirs[0], f"get_scale(), at step {step} ({bad} at 2)", rtol=0, atol=0)

    def test_growth(self, props, oracle, rng):
        """after growth_interval good steps in a row the scale is doubled, and the count begins anew"""
        values = as_sent([eighths(rng, 3, 2), eighths(rng, 4)])
        tells(props, oracle, values, good(rng, 8), {"init_scale": 4.0, "growth_interval": 3})

    def test_growth_after_overflow(self, props, oracle, rng):
        """an overflow begins the count anew"""
        values = as_sent([eighths(rng, 3, 2), eighths(rng, 4)])
        options = {"init_scale": 16.0, "growth_interval": 3, "growth_factor": 4.0, "backoff_factor": 0.25}
        grads = good(rng, 8, bad=(2,))
        found, expected = (one(values, grads, 0.5, False, options) for one in (props.scaled_story, oracle.scaled_story))
        scales = [[line[0] for line in story] + [last] for story, last in (found, expected)]
        close(scales[0], scales[1], "get_scale() at each step (inf at 3)", rtol=0.0, atol=0.0)
        taken = [[line[4] for line in story] for story, _ in (found, expected)]
        close(taken[0], taken[1], "steps taken so far, at each step (inf at 3)", rtol=0.0, atol=0.0)

    def test_amp_step(self, props, oracle, rng):
        """amp_step: the gradients are clipped after they are unscaled"""
        values = as_sent([eighths(rng, 3, 2), eighths(rng, 4)])
        for max_norm in (1.0, 100.0):
            _, counts, left = norms_and_steps(props, oracle, values, good(rng, 3), max_norm)
            same(counts, [1, 2, 3], "steps taken so far, after each call of amp_step")
            assert not left, "gradients are left after amp_step: the next backward pass adds to them"

    def test_amp_overflow(self, props, oracle, rng):
        """amp_step: a step with inf is skipped, and the scaler is updated after each step"""
        values = as_sent([eighths(rng, 3, 2), eighths(rng, 4)])
        options = {"init_scale": 8.0, "growth_interval": 2}
        scales, counts, _ = norms_and_steps(props, oracle, values, good(rng, 5, bad=(2,)), 1.0, options)
        same(counts, [1, 2, 2, 3, 4], "steps taken so far, after each call of amp_step (inf at 3)")
        close(scales, [8.0, 16.0, 8.0, 8.0, 16.0], "get_scale() after each call of amp_step (inf at 3)")

    @edge
    def test_ends(self, props, oracle):
        """inf stays, and what is beyond the largest bfloat16 becomes inf"""
        numbers = [np.inf, -np.inf, 3.4028e38, -3.4028e38, 3.38e38, 0.0, -0.0, 1.0078125]
        rounds(props, oracle, single(numbers), "very large numbers")

    @edge
    def test_nan(self, props, oracle):
        """nan stays nan, whatever its bits"""
        bits = np.array([0x7FC00000, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFC00001, 0xFFC12345, 0x3F80C000], np.uint32)
        rounds(props, oracle, tensor(bits.view(np.float32)), "nan of several bits, and 1.505859375")

    @edge
    def test_subnormal(self, props, oracle, rng):
        """numbers below 1e-38 are rounded like all others"""
        bits = rng.integers(2**23, size=12) | (rng.integers(2, size=12) << 31)
        rounds(props, oracle, tensor(bits.astype(np.uint32).view(np.float32)), "tiny numbers")

    @edge
    def test_argument_stays(self, props, oracle, rng):
        """x stays as it is"""
        x = single(normal(rng, 5, 3))
        same(rounds(props, oracle, x, "ordinary numbers"), x, "x after bf16_round(x)")

    @edge
    def test_two_optimizers(self, props, rng):
        """two optimizers: each is skipped for its own gradients only; one inf is enough to back off"""
        values = as_sent([eighths(rng, 4), eighths(rng, 3)])
        right, spoilt = eighths(rng, 4), eighths(rng, 3)
        options = {"init_scale": 16.0, "growth_interval": 1}
        found = props.two_optimizers(values, single(right), single(spoilt), options)
        same(found, [[1, 1], 32.0], "steps of both optimizers and the scale, where all is finite")
        spoilt[1] = np.inf
        found = props.two_optimizers(values, single(right), single(spoilt), options)
        same(found, [[1, 0], 8.0], "steps of both optimizers and the scale, where the second one has inf")
        found = props.two_optimizers(values[::-1], single(spoilt), single(right), options)
        same(found, [[0, 1], 8.0], "steps of both optimizers and the scale, where the first one has inf")

    @edge
    def test_unscaled_twice(self, props, rng):
        """unscale_ twice before update() raises RuntimeError; after update() it divides again"""
        values, grads = as_sent([eighths(rng, 3)]), as_sent([eighths(rng, 3)])
        raised, divided, again, later = props.unscaled_twice(values, grads)
        close([divided, later], [grads, grads], "the gradients after unscale_, before and after update()")
        same([raised, again], ["RuntimeError", ""], "what a second unscale_ raises, and the first after update()")


# 14. Endings of different lengths.

SHORT = {
    "ctx": "A man sits on a roof. He",
    "endings": ["is using wrap to wrap a pair of skis.", "sleeps.", "is ripping level tiles off.", "starts to sing"],
    "label": 2,
}


def endings(rng, rows=4, places=9, vocab=11, of=single):
    """Return tokens, mask and logits; the rows' endings have different lengths."""
    tokens = rng.integers(1, vocab, size=(rows, places))
    begins = rng.integers(2, 5)
    ends = [int(begins + 1 + (i * 2) % (places - begins)) for i in range(rows)]
    mask = np.array([[int(begins <= place < end) for place in range(places)] for end in ends])
    for row, end in zip(tokens, ends, strict=True):
        row[end:] = 0
    return tensor(tokens), tensor(mask), of(normal(rng, rows, places, vocab, scale=2))


def plain(value):
    """Return a number that may have come as a tensor."""
    return value.array.item() if hasattr(value, "array") else value


@exercise("hellaswag", points=6, cpu=1.0, answers=("render_example", "completion_losses", "most_likely_row"))
class TestHellaswag:
    """Four endings, and the one that surprises the model least."""

    def test_rendered(self, props, oracle):
        """tokens, mask and label of an example whose endings have different lengths"""
        tokens, mask, label = props.rendered(SHORT)
        expected = oracle.rendered(SHORT)
        same(tokens, expected[0], "tokens of render_example")
        same(mask, expected[1], "mask of render_example")
        same(label, 2, "label of render_example")

    @pytest.mark.parametrize("label", [0, 3])
    def test_other_examples(self, props, oracle, rng, label):
        """other beginnings and endings: one word, and many"""
        words = ["red", "a", "cat", "runs", "over", "the", "hill", "quickly", "now", "and", "then"]
        texts = [" ".join(rng.choice(words, size=size)) for size in rng.permutation([1, 2, 5, 9, 3])]
        example = {"ctx": texts[0], "endings": texts[1:], "label": label, "ind": 7}
        tokens, mask, found = props.rendered(example)
        same([tokens, mask], oracle.rendered(example), "tokens and mask of render_example")
        same(found, label, "label of render_example")

    def test_losses(self, learner, oracle, rng):
        """the mean loss of each ending"""
        given = endings(rng)
        found = learner.completion_losses(*given)
        close(found, single(oracle.completion_losses(*exact(given))), "completion_losses", **ROOM)

    def test_one_token(self, learner, oracle, rng):
        """endings of a single token, at different places, and one that fills the row"""
        tokens, _, logits = endings(rng, places=6)
        mask = tensor(np.array([[0, 1, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1], [0, 1, 1, 1, 1, 1]]))
        expected = oracle.completion_losses(*exact([tokens, mask, logits]))
        close(learner.completion_losses(tokens, mask, logits), single(expected), "completion_losses", **ROOM)

    def test_sure(self, learner, oracle, rng):
        """a model that is sure of one ending's tokens: its loss is nearly 0, and the others' are large"""
        tokens, mask, logits = endings(rng)
        sure = logits.array.copy()
        for place in range(8):
            sure[2, place, tokens.array[2, place + 1]] += 30
        expected = oracle.completion_losses(*exact([tokens, mask, single(sure)]))
        close(learner.completion_losses(tokens, mask, single(sure)), single(expected), "completion_losses", **ROOM)

    def test_winner(self, learner, oracle, rng):
        """most_likely_row: the smallest mean loss, in eight examples"""
        given = [endings(rng) for _ in range(8)]
        found = [plain(learner.most_likely_row(*one)) for one in given]
        expected = [int(np.argmin(oracle.completion_losses(*exact(one)).array)) for one in given]
        same(found, expected, "most_likely_row in eight examples")

    def test_short_endings(self, learner, oracle, rng):
        """a short ending does not win for being short"""
        tokens, _, _ = endings(rng, places=8)
        mask = np.zeros((4, 8), int)
        logits = np.zeros((4, 8, 11))
        for row, (size, lift) in enumerate(((1, 1.0), (5, 2.0), (2, 0.0), (5, 0.5))):
            mask[row, 2 : 2 + size] = 1
            for place in range(1, 1 + size):
                logits[row, place, tokens.array[row, place + 1]] = lift
        found = []
        for order in ([0, 1, 2, 3], [3, 0, 2, 1], [2, 3, 1, 0], [1, 2, 0, 3]):
            given = tensor(tokens.array[order]), tensor(mask[order]), single(logits[order])
            expected = oracle.completion_losses(*exact(given))
            close(learner.completion_losses(*given), single(expected), "completion_losses", **ROOM)
            found.append(plain(learner.most_likely_row(*given)))
        same(found, [1, 3, 2, 0], "most_likely_row, where the long and likely ending is at 1, 3, 2 and 0")

    @edge
    def test_elsewhere(self, learner, oracle, rng):
        """nan and inf in the logits where nothing is scored do not matter"""
        tokens, mask, logits = endings(rng)
        expected = oracle.completion_losses(*exact([tokens, mask, logits]))
        spoilt = logits.array.copy()
        spoilt[:, 0] = np.nan
        spoilt[:, -1] = np.inf
        close(learner.completion_losses(tokens, mask, single(spoilt)), single(expected), "completion_losses", **ROOM)

    @edge
    def test_float64(self, learner, oracle, rng):
        """float64 is computed in float64"""
        given = endings(rng, of=double)
        found = learner.completion_losses(*given)
        close(found, double(oracle.completion_losses(*exact(given))), "completion_losses", **TIGHT)

    @edge
    def test_kind(self, learner, oracle, rng):
        """most_likely_row gives an int"""
        given = [endings(rng) for _ in range(3)]
        losses = [oracle.completion_losses(*exact(one)) for one in given]
        close([learner.completion_losses(*one) for one in given], as_sent(losses), "completion_losses", **ROOM)
        expected = [int(np.argmin(one.array)) for one in losses]
        same([learner.most_likely_row(*one) for one in given], expected, "most_likely_row")


# 15. A small model with a tied head, an optimizer with moments, a loader, a generator.


def setting(rng, **more):
    """Return what a run is made of."""
    return {
        "weights": tables(rng, double),
        "data": tensor(rng.integers(V, size=37)),
        "B": 2,
        "T": 4,
        "seed": 11,
        **more,
    }


def goes_on(props, oracle, rng, before, after, times=1, **more):
    """Require the losses of a run in one piece from one that was resumed; return what else was seen."""
    made, number = setting(rng, **more), seed(rng)
    total = before * times + after
    losses, weights = oracle.run(made, total, number)
    found, steps_done, walked, tied, same_objects = props.resumed(made, before, after, number, times)
    same(steps_done, [before * (i + 1) for i in range(times)], "what load_checkpoint returns")
    close(found, losses, f"the losses of {total} steps, saved and resumed after {before}")
    close(walked, weights, "the weights in the end")
    return tied, same_objects


@exercise("checkpoint", points=7, cpu=3.0, answers=("save_checkpoint", "load_checkpoint"))
class TestCheckpoint:
    """Go on as if nothing had happened."""

    def test_resumed(self, props, oracle, rng):
        """5 steps, saved, loaded where everything is made anew, 5 more: the losses of 10 steps in a row"""
        goes_on(props, oracle, rng, 5, 5)

    def test_first_step(self, props, oracle, rng):
        """saved after the first step"""
        goes_on(props, oracle, rng, 1, 4)

    def test_twice(self, props, oracle, rng):
        """resumed twice"""
        goes_on(props, oracle, rng, 3, 3, times=2)

    def test_tied(self, props, oracle, rng):
        """a tied head is tied afterwards, and the optimizer still holds the model's parameters"""
        tied, same_objects = goes_on(props, oracle, rng, 2, 3)
        assert tied, "lm_head.weight is no longer wte.weight: the two part at the next step"
        assert same_objects, "the model's parameters are other objects now; the optimizer moves the old ones"

    def test_weights_only(self, props, oracle, rng):
        """the file holds data only: torch.load(path, weights_only=True) reads it"""
        goes_on(props, oracle, rng, 2, 2)
        raised, step = props.weights_only(setting(rng), 3, seed(rng))
        same(step, 3, "what load_checkpoint returns")
        same(raised, "", "what torch.load(path, weights_only=True) raises")

    @edge
    def test_global_generator(self, props, oracle, rng):
        """torch's global generator goes on where it was, too"""
        goes_on(props, oracle, rng, 3, 4, dropout=0.3)

    @edge
    def test_last_bit(self, props, oracle, rng):
        """the losses are the same to the last bit"""
        made, number = setting(rng), seed(rng)
        found, *_ = props.resumed(made, 4, 4, number)
        close(found, oracle.run(made, 8, number)[0], "the losses of 8 steps, saved and resumed after 4")
        same(found, props.uninterrupted(made, 8, number), "the losses of 8 steps, saved and resumed after 4")

    @edge
    def test_path(self, props, oracle, rng):
        """the path may be a text"""
        made, number = setting(rng), seed(rng)
        found, *_ = props.resumed(made, 2, 3, number, as_text=True)
        close(found, oracle.run(made, 5, number)[0], "the losses of 5 steps, saved and resumed after 2")

    @edge
    def test_broken(self, props, rng):
        """saving that fails on the way leaves the file of before as it was"""
        raised, step = props.broken_save(setting(rng), seed(rng))
        same(step, 2, "the step in the file, after a save that failed at step 3")
        same(raised, "OSError", "what the save that failed raises")
