"""Hidden checks of unit 10: the claims of the public ones, with sizes and inputs that nobody has seen."""

import numpy as np

from grader import close, exercise, same, tensor

ROOM = {"rtol": 1e-4, "atol": 1e-4}  # for float32 on the way
EXACT = {"rtol": 0.0, "atol": 0.0}


def size(rng, low, high):
    return int(rng.integers(low, high + 1))


def single(value):
    return tensor(np.asarray(getattr(value, "array", value)).astype(np.float32))


def exactly(weights):
    return {name: one.array.astype(np.float64) for name, one in weights.items()}


def any_sizes(rng):
    heads = size(rng, 1, 4)
    some = {"vocab_size": size(rng, 9, 40), "block_size": size(rng, 5, 12), "n_layer": size(rng, 1, 4)}
    return some | {"n_head": heads, "n_embd": heads * size(rng, 2, 5)}


@exercise("count_parameters")
class TestCountParameters:
    def test_any_sizes(self, learner, oracle, rng):
        """parameters and operations for sizes drawn at random, with biases and without"""
        for bias in (True, False, True):
            sizes = any_sizes(rng) | {"bias": bias}
            config = learner.GPTConfig(**sizes)
            same(learner.count_parameters(config), oracle.count(sizes), f"parameters of {sizes}")
            same(learner.flops_per_token(config), oracle.flops(sizes), f"operations for a token of {sizes}")


@exercise("memory_and_flops")
class TestMemoryAndFlops:
    def test_any_sizes(self, learner, oracle, rng):
        """bytes for sizes drawn at random, under all options"""
        for act_bytes, flash in ((4, False), (2, True), (2, False), (4, True)):
            sizes, batch = any_sizes(rng), size(rng, 2, 9)
            found = learner.training_memory(learner.GPTConfig(**sizes), batch, act_bytes, flash)
            same(found, oracle.memory(sizes, batch, act_bytes, flash), f"bytes for {sizes}, batch of {batch}")


@exercise("gpt2")
class TestGPT2:
    def test_any_sizes(self, learner, props, oracle, rng):
        """loss and gradients for sizes drawn at random"""
        for _ in range(2):
            sizes = any_sizes(rng)
            weights = {name: single(rng.normal(size=one) * 0.4) for name, one in oracle.shapes(**sizes).items()}
            model = learner.GPT2(learner.GPTConfig(**sizes))
            problem = props.load(model, weights)
            assert not problem, problem
            idx, targets = (rng.integers(sizes["vocab_size"], size=(3, sizes["block_size"])) for _ in range(2))
            loss, slopes = oracle.gpt_loss(sizes, exactly(weights), idx, targets)
            found, grads = props.gradients_of_loss(model, list(weights), tensor(idx), tensor(targets))
            close(found, single(loss), f"loss of {sizes}", **ROOM)
            close(grads, {name: single(one) for name, one in slopes.items()}, "gradients", **ROOM)


TURNED = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")


@exercise("load_hf_state_dict")
class TestLoadHfStateDict:
    def test_any_sizes(self, props, oracle, rng):
        """published weights of sizes drawn at random"""
        sizes = any_sizes(rng) | {"n_layer": 11}
        ours = {name: single(rng.normal(size=one)) for name, one in oracle.shapes(**sizes).items()}
        theirs = {
            f"transformer.{name.replace('blocks.', 'h.')}": single(one.array.T) if name.endswith(TURNED) else one
            for name, one in ours.items()
        }
        theirs["lm_head.weight"] = theirs["transformer.wte.weight"]
        close(props.put(props.fresh(sizes), theirs), ours, f"parameters of {sizes}", **EXACT)


def text(rng, words):
    return " ".join(f"w{i}" for i in rng.integers(10000, size=words))


@exercise("shards")
class TestShards:
    def test_any_documents(self, props, oracle, rng):
        """documents and shards of random lengths, read back"""
        for _ in range(3):
            shard_size = size(rng, 12, 25)
            docs = [text(rng, size(rng, 0, 10)) for _ in range(size(rng, 3, 12))]
            numbers = [token for doc in docs for token in oracle.tokens(doc)]
            parts = [tensor(np.array(numbers[i : i + shard_size])) for i in range(0, len(numbers), shard_size)]
            same(props.read_back(docs, shard_size), parts, f"shards of {shard_size} tokens, read back")


@exercise("data_loader_lite")
class TestDataLoaderLite:
    def test_any_lengths(self, props, oracle, rng):
        """shards of random lengths, for one rank"""
        for _ in range(3):
            B, T = size(rng, 1, 4), size(rng, 2, 5)
            numbers = rng.permutation(60000)
            shards = [numbers[i * 90 : i * 90 + size(rng, B * T + 1, 80)].astype(np.int64) for i in range(3)]
            found = props.batches(shards, B, T, 1, 12)
            expected = oracle.loaded(shards, B, T, 1, 12)
            for step in range(12):
                label = f"x and y at step {step} (shards of {[len(one) for one in shards]} tokens, B={B}, T={T})"
                same(found[step][0], [tensor(np.array(one)) for one in expected[step][0]], label)


@exercise("get_lr")
class TestGetLr:
    def test_any_schedule(self, learner, oracle, rng):
        """whole schedules with numbers drawn at random"""
        for _ in range(3):
            low, high = sorted(rng.uniform(1e-5, 1e-2, size=2).tolist())
            warm = size(rng, 1, 15)
            last = warm + size(rng, 1, 40)
            found = [learner.get_lr(it, high, low, warm, last) for it in range(last + 5)]
            expected = [oracle.rate(it, high, low, warm, last) for it in range(last + 5)]
            close(found, expected, f"learning rates of {warm} and {last} steps", rtol=1e-12, atol=1e-16)


@exercise("configure_param_groups")
class TestConfigureParamGroups:
    def test_any_sizes(self, props, rng):
        """a model with blocks, of sizes drawn at random"""
        V, T, L, C = size(rng, 11, 50), size(rng, 3, 9), size(rng, 1, 5), size(rng, 2, 8)
        decay = round(float(rng.uniform(0.01, 0.3)), 4)
        matrices, vectors = V * C + T * C + 12 * L * C * C, 13 * L * C + 2 * C
        expected = [[decay, 2 + 4 * L, matrices], [0.0, 8 * L + 2, vectors]]
        same(props.counted(decay, V, T, L, C), expected, f"groups of a model with {L} blocks")


def nested(values, of):
    """Return nested lists and dicts of arrays as tensors; None stays."""
    if isinstance(values, list | tuple):
        return [nested(one, of) for one in values]
    if isinstance(values, dict):
        return {name: nested(one, of) for name, one in values.items()}
    return None if values is None else of(values)


def exact(values):
    """Return nested lists of tensors as arrays, numbers in float64: what was really sent."""
    if isinstance(values, list | tuple):
        return [exact(one) for one in values]
    if values is None or values.array.dtype.kind != "f":
        return None if values is None else values.array
    return values.array.astype(np.float64)


def some_shapes(rng):
    """Return the shapes of a few parameters."""
    return [tuple(int(size) for size in rng.integers(1, 6, size=rng.integers(1, 4))) for _ in range(4)]


def some_tables(rng, of=single):
    return [of(rng.normal(size=shape)) for shape in ((7, 3), (7, 3), (7,))]


def some_rows(rng, B, T):
    return [tensor(one) for one in rng.integers(7, size=(2, B, T))]


def joined(batches):
    return [np.concatenate([one.array for one in part]) for part in zip(*batches, strict=True)]


@exercise("adamw")
class TestAdamW:
    def test_any_parameters(self, props, oracle, rng):
        """any shapes, options and rates"""
        for _ in range(3):
            shapes = some_shapes(rng)
            values = [single(rng.normal(size=shape)) for shape in shapes]
            grads = [[single(rng.normal(size=shape)) for shape in shapes] for _ in range(4)]
            options = {"lr": 0.05, "betas": (float(rng.uniform(0.2, 0.9)), float(rng.uniform(0.5, 0.99)))}
            groups = [[[1, 3], {"weight_decay": float(rng.uniform(0.5, 2))}], [[0, 2], {"eps": 1e-3}]]
            rates = [float(rate) for rate in rng.uniform(0.01, 0.2, size=4)]
            found = props.steps(values, grads, options, groups, rates)
            expected = oracle.adamw(exact(values), exact(grads), options, groups, rates)
            close(found, nested(expected, single), "the parameters after each step", **ROOM)


@exercise("clip_grad_norm")
class TestClipGradNorm:
    def test_any_gradients(self, props, oracle, rng):
        """any shapes and limits"""
        for _ in range(4):
            grads = [single(rng.normal(size=shape)) for shape in some_shapes(rng)]
            max_norm = float(rng.uniform(0.1, 2))
            norm, expected = oracle.clipped(exact(grads), max_norm)
            found, clipped, _ = props.clipped(grads, max_norm, bool(rng.integers(2)))
            close(found, single(norm), "the norm before", **ROOM)
            close(clipped, nested(expected, single), f"the gradients, for max_norm {max_norm:.3}", **ROOM)


@exercise("accumulate_gradients")
class TestAccumulateGradients:
    def test_any_batches(self, props, oracle, rng):
        """any number of micro batches of any length"""
        for count in (2, 5):
            B, T = (int(size) for size in rng.integers(1, 6, size=2))
            weights, batches = some_tables(rng), [some_rows(rng, B, T) for _ in range(count)]
            loss, grads = oracle.whole(exact(weights), *joined(batches))
            found, own, *_ = props.accumulated(weights, batches)
            close(own, nested(grads, single), f"the gradients of {count} micro batches", **ROOM)
            close(found, loss, "the loss that is returned", **ROOM)


@exercise("data_parallel")
class TestDataParallel:
    def test_any_ranks(self, props, oracle, rng):
        """any number of ranks, one step after the other"""
        for ranks in (2, 5):
            weights = some_tables(rng)
            batches = [some_rows(rng, 2 * ranks, int(rng.integers(2, 6))) for _ in range(2)]
            given = [exact(one) for one in batches]
            losses, expected = oracle.trained(exact(weights), given, 0.3)
            own, found, *_ = props.parallel(weights, ranks, batches, 0.3)
            for mine, theirs in zip(found, expected, strict=True):
                close(mine, [nested(theirs, single)] * ranks, f"the weights of all {ranks} ranks", **ROOM)
            close(own, losses, "the losses that are returned", **ROOM)

    def test_any_flags(self, props, oracle, rng):
        """any number of ranks and micro steps, one exchange"""
        weights, batches = some_tables(rng), [[some_rows(rng, 2, 3) for _ in range(4)] for _ in range(3)]
        _, found, exchanges, _ = props.exchanged(weights, batches)
        _, grads = oracle.whole(exact(weights), *joined([one for own in batches for one in own]))
        close(found, [nested(grads, single)] * 3, "the gradients of all ranks after ddp_accumulate", **ROOM)
        same(exchanges, [1, 1, 1], "how many exchanges each rank takes part in")


@exercise("mixed_precision")
class TestMixedPrecision:
    def test_any_bits(self, props, oracle, rng):
        """numbers of any bits, as long as they are ordinary"""
        bits = rng.integers(2**16, size=200) | (rng.integers(2**7, size=200) << 16)
        bits |= (rng.integers(80, 170, size=200) << 23) | (rng.integers(2, size=200) << 31)
        x = tensor(bits.astype(np.uint32).view(np.float32))
        found, _ = props.rounded(x)
        close(found, oracle.bf16(x), "bf16_round", rtol=0.0, atol=0.0)

    def test_any_story(self, props, oracle, rng):
        """overflows at any steps"""
        values = [single(rng.integers(-8, 9, size=3) / 4)]
        grads = [[single(rng.integers(-8, 9, size=3) / 4)] for _ in range(12)]
        for step in rng.choice(12, size=3, replace=False):
            grads[step][0].array[1] = np.inf
        options = {"init_scale": 64.0, "growth_interval": 2}
        found, expected = (one(values, grads, 0.5, False, options) for one in (props.scaled_story, oracle.scaled_story))
        for place, name in ((0, "get_scale()"), (3, "the parameters after step"), (4, "steps taken")):
            mine, theirs = ([line[place] for line in story] for story, _ in (found, expected))
            close(mine, theirs, f"{name}, at each step", rtol=0.0, atol=0.0)


@exercise("hellaswag")
class TestHellaswag:
    def test_any_example(self, learner, props, oracle, rng):
        """any example, and any logits for it"""
        words = [f"w{number}" for number in range(30)]
        for label in (1, 2):
            texts = [" ".join(rng.choice(words, size=size)) for size in rng.integers(1, 8, size=5)]
            example = {"ctx": texts[0], "endings": texts[1:], "label": label}
            tokens, mask, found = props.rendered(example)
            same([tokens, mask], oracle.rendered(example), "tokens and mask of render_example")
            same(found, label, "label of render_example")
            small = tensor(tokens.array % 9)
            logits = single(rng.normal(size=(*tokens.array.shape, 9)))
            losses = oracle.completion_losses(*exact([small, mask, logits]))
            close(learner.completion_losses(small, mask, logits), single(losses), "completion_losses", **ROOM)


@exercise("checkpoint")
class TestCheckpoint:
    def test_any_step(self, props, oracle, rng):
        """saved and resumed after any number of steps"""
        weights = some_tables(rng, lambda array: tensor(np.asarray(array)))
        made = {"weights": weights, "data": tensor(rng.integers(7, size=53)), "B": 3, "T": 2, "seed": 23}
        for before in (2, 9):
            number = int(rng.integers(2**31))
            losses, _ = oracle.run(made, before + 3, number)
            found, steps, *_ = props.resumed(made, before, 3, number)
            close(found, losses, f"the losses, saved and resumed after {before}")
            same(steps, [before], "what load_checkpoint returns")
