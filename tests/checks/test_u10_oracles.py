"""Oracles and given parts of unit 10 against torch, published figures, and counting by hand."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from grader.course.course import Course

torch = pytest.importorskip("torch")
flop_counter = pytest.importorskip("torch.utils.flop_counter")

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u10")
SIZES = {"vocab_size": 13, "block_size": 6, "n_layer": 2, "n_head": 3, "n_embd": 12}


@pytest.fixture
def rng():
    return np.random.default_rng(10)


@pytest.mark.parametrize("bias", [True, False])
def test_shapes_and_counts_are_those_of_a_model(oracle, solution, bias):
    sizes = SIZES | {"bias": bias}
    model = solution.GPT2(solution.GPTConfig(**sizes))
    own = {name: list(one.shape) for name, one in model.named_parameters()}
    assert own == oracle.shapes(**sizes)
    assert oracle.count(sizes) == sum(one.numel() for one in model.parameters())
    assert oracle.count(sizes, non_embedding=True) == oracle.count(sizes) - 6 * 12


@pytest.mark.parametrize(
    ("name", "number"),
    [("gpt2", 124_439_808), ("gpt2-medium", 354_823_168), ("gpt2-large", 774_030_080), ("gpt2-xl", 1_557_611_200)],
)
def test_published_sizes(oracle, solution, name, number):
    config = solution.SIZES[name]
    with torch.device("meta"):
        model = solution.GPT2(config)
    assert sum(one.numel() for one in model.parameters()) == number == oracle.count(vars(config))


def test_gpt2_has_148_names_without_its_head(oracle):
    sizes = {"vocab_size": 50257, "block_size": 1024, "n_layer": 12, "n_head": 12, "n_embd": 768}
    assert len(oracle.shapes(**sizes)) == 148


@pytest.mark.parametrize("flash", [True, False])
def test_activations_are_what_torch_keeps_for_the_backward_pass(oracle, solution, flash):
    """With attention spelled out everything is kept; a LayerNorm's mean and deviation, ids and a mean are left out."""
    B, T, V, L = 5, SIZES["block_size"], SIZES["vocab_size"], SIZES["n_layer"]
    model = solution.GPT2(solution.GPTConfig(**SIZES))
    own = {one.untyped_storage().data_ptr() for one in model.parameters()}
    kept = {}

    def keep(one):
        if one.untyped_storage().data_ptr() not in own and one.is_floating_point():
            kept[one.untyped_storage().data_ptr()] = one
        return one

    idx, targets = torch.randint(V, (B, T)), torch.randint(V, (B, T))
    hooks = torch.autograd.graph.saved_tensors_hooks(keep, lambda one: one)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH), hooks:
        model(idx, targets)
    counted = sum(one.untyped_storage().nbytes() for one in kept.values())
    statistics, total_weight = 4 * 2 * (2 * L + 1) * B * T, 4
    tables = 4 * L * B * SIZES["n_head"] * T * T if flash else 0
    expected = oracle.memory(SIZES, B, 4, flash)["activations"]
    assert counted - statistics - total_weight - tables == expected


def test_operations_are_what_torch_counts(oracle, solution):
    """Products of matrices, forward and backward; the mask is no product, and a table that is looked up is none."""
    model = solution.GPT2(solution.GPTConfig(**SIZES))
    B, T = 4, SIZES["block_size"]
    idx = torch.randint(SIZES["vocab_size"], (B, T))
    counter = flop_counter.FlopCounterMode(display=False)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH), counter:
        model(idx, idx)[1].backward()
    vectors = sum(one.numel() for one in model.parameters() if one.dim() == 1)
    assert counter.get_total_flops() == B * T * (oracle.flops(SIZES) - 6 * vectors)


def drawn(rng, shapes):
    return {name: rng.normal(size=shape) * 0.4 for name, shape in shapes.items()}


def test_the_oracles_gpt_is_a_gpt_of_torch(oracle, solution, rng):
    weights = drawn(rng, oracle.shapes(**SIZES))
    model = solution.GPT2(solution.GPTConfig(**SIZES)).double()
    with torch.no_grad():
        for name, one in model.named_parameters():
            one.copy_(torch.from_numpy(weights[name]))
    idx, targets = rng.integers(13, size=(3, 6)), rng.integers(-1, 13, size=(3, 6))
    logits, loss = model(torch.from_numpy(idx), torch.from_numpy(targets))
    np.testing.assert_allclose(oracle.gpt(SIZES, weights, idx).array, logits.detach(), rtol=1e-9, atol=1e-12)
    loss.backward()
    found, grads = oracle.gpt_loss(SIZES, weights, idx, targets)
    np.testing.assert_allclose(found.array, loss.detach(), rtol=1e-9)
    for name, one in model.named_parameters():
        np.testing.assert_allclose(grads[name].array, one.grad, rtol=1e-7, atol=1e-12, err_msg=name)


def test_two_layouts_say_the_same(oracle, rng):
    weights = drawn(rng, oracle.shapes(**SIZES))
    turned = ("c_attn.weight", "c_proj.weight", "c_fc.weight")
    theirs = {
        f"transformer.{name.replace('blocks.', 'h.')}": one.T.copy() if name.endswith(turned) else one
        for name, one in weights.items()
    }
    idx = rng.integers(13, size=(2, 5))
    found, expected = oracle.hf_logits(theirs, 3, idx).array, oracle.gpt(SIZES, weights, idx).array
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_a_step_of_descent_by_hand(oracle, rng):
    weights = drawn(rng, oracle.shapes(**SIZES))
    idx, targets = rng.integers(13, size=(2, 4)), rng.integers(13, size=(2, 4))
    _, grads = oracle.gpt_loss(SIZES, weights, idx, targets)
    moved = {name: one - 0.1 * grads[name].array for name, one in weights.items()}
    found = oracle.descent(SIZES, weights, idx, targets, 0.1, 1)
    np.testing.assert_allclose(found.array, oracle.gpt(SIZES, moved, idx).array, rtol=1e-9, atol=1e-12)


def test_a_walk_by_hand(oracle):
    shards = [np.arange(10), np.arange(100, 106)]
    first, second, third = oracle.loaded(shards, 1, 2, 2, 3)
    assert first == [[[[0, 1]], [[1, 2]]], [[[2, 3]], [[3, 4]]]]
    assert second == [[[[4, 5]], [[5, 6]]], [[[6, 7]], [[7, 8]]]]
    assert third == [[[[100, 101]], [[101, 102]]], [[[102, 103]], [[103, 104]]]]


def test_a_schedule_by_hand(oracle):
    found = [oracle.rate(it, 1.0, 0.2, 4, 8) for it in range(10)]
    expected = [0.25, 0.5, 0.75, 1.0, 1.0, 0.6 + 0.4 * 0.5**0.5, 0.6, 0.6 - 0.4 * 0.5**0.5, 0.2, 0.2]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def safetensors(tensors):
    """Return the bytes of a file, written after the format's description."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, one in tensors.items():
        raw = one.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(one.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def test_a_published_file_is_read_and_loaded(oracle, solution, rng, tmp_path):
    """Names as in GPT-2's own file: no `transformer.` in front, masks among them, no head."""
    weights = {name: one.astype(np.float32) for name, one in drawn(rng, oracle.shapes(**SIZES)).items()}
    turned = ("c_attn.weight", "c_proj.weight", "c_fc.weight")
    theirs = {name.replace("blocks.", "h."): one.T if name.endswith(turned) else one for name, one in weights.items()}
    theirs["h.0.attn.bias"] = np.tril(np.ones((1, 1, 6, 6), np.float32))
    (tmp_path / "model.safetensors").write_bytes(safetensors(theirs))
    model = solution.GPT2(solution.GPTConfig(**SIZES))
    solution.load_hf_state_dict(model, solution.read_safetensors(tmp_path / "model.safetensors"))
    for name, one in model.named_parameters():
        assert torch.equal(one, torch.from_numpy(weights[name])), name


def test_other_dtypes_are_refused(solution, tmp_path):
    data = safetensors({"wte.weight": np.ones((2, 3))}).replace(b'"F32"', b'"F16"')
    (tmp_path / "model.safetensors").write_bytes(data)
    with pytest.raises(ValueError, match="F16"):
        solution.read_safetensors(tmp_path / "model.safetensors")


def test_the_smallest_tokenizer(solution):
    tok = solution.ByteTokenizer()
    ids = tok.encode_ordinary("naïve 你好")
    assert max(ids) < 256 == tok.special_tokens["<|endoftext|>"]
    assert tok.decode([256, *ids]) == "\nnaïve 你好"
    assert solution.tokenize_doc("ab", tok).tolist() == [256, 97, 98]


def test_a_loader_goes_on_from_its_state(solution, tmp_path):
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"train_{number:06d}.npy")
        np.save(paths[-1], np.arange(number * 100, number * 100 + 30 + number, dtype=np.uint16))
    loader = solution.DataLoaderLite(paths, 2, 4, 1, 2)
    for _ in range(2):
        loader.next_batch()
    other = solution.DataLoaderLite(paths, 2, 4, 1, 2)
    other.load_state_dict(loader.state_dict())
    for _ in range(5):
        for mine, yours in zip(loader.next_batch(), other.next_batch(), strict=True):
            assert torch.equal(mine, yours)
