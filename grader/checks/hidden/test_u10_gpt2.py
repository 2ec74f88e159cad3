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
