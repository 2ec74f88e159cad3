"""Oracles of unit 11 against torch in float64, and against numbers found by hand."""

import math
import random
from pathlib import Path

import pytest

from grader.course.course import Course

torch = pytest.importorskip("torch")
F = torch.nn.functional

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u11")
SIZES = {"vocab_size": 5, "block_size": 4, "n_layer": 2, "n_head": 3, "n_embd": 6}


@pytest.fixture
def rng():
    return random.Random(11)


def numbers(rng, *shape):
    if len(shape) > 1:
        return [numbers(rng, *shape[1:]) for _ in range(shape[0])]
    return [rng.uniform(-1.5, 1.5) for _ in range(shape[0])]


def leaf(thing):
    return torch.tensor(thing, dtype=torch.float64, requires_grad=True)


def agree(yours, theirs):
    assert torch.allclose(torch.tensor(yours, dtype=torch.float64), theirs.detach(), rtol=1e-10, atol=1e-12)


def test_expressions(oracle, rng):
    for _ in range(20):
        case = oracle.expression(rng.getrandbits(32), 8)
        leaves = {name: leaf(number) for name, number in case["inputs"].items()}
        nodes = dict(leaves)
        for name, operation, *arguments in case["program"]:
            operands = [nodes.get(argument, argument) for argument in arguments]
            operands = [one if torch.is_tensor(one) else torch.tensor(one, dtype=torch.float64) for one in operands]
            known = {"truediv": torch.true_divide, "pow": torch.pow, "neg": torch.neg}
            nodes[name] = (known.get(operation) or getattr(torch, operation))(*operands)
        nodes[case["program"][-1][0]].backward()
        agree(case["expected"][0], nodes[case["program"][-1][0]])
        for name, slope in case["expected"][1].items():
            agree(slope, leaves[name].grad)


def test_linear_softmax_and_norms(oracle, rng):
    shares = numbers(rng, 4)
    x, w = leaf(numbers(rng, 3)), leaf(numbers(rng, 4, 3))
    out = F.linear(x, w)
    (out * torch.tensor(shares, dtype=torch.float64)).sum().backward()
    for yours, theirs in zip(oracle.linear(x.tolist(), w.tolist(), shares), (out, x.grad, w.grad), strict=True):
        agree(yours, theirs)
    known = {
        "softmax": lambda x: x.softmax(0),
        "rmsnorm": lambda x: F.rms_norm(x, (4,), eps=1e-5),
        "layernorm": lambda x: F.layer_norm(x, (4,), eps=1e-5),
    }
    for name, function in known.items():
        for size in (1.0, 1e-3):
            x = leaf([size * one for one in numbers(rng, 4)])
            out = function(x)
            (out * torch.tensor(shares, dtype=torch.float64)).sum().backward()
            value, slopes = getattr(oracle, name)(x.tolist(), shares)
            agree(value, out)
            agree(slopes, x.grad)


def heads(x, n_head):
    return x.view(len(x), n_head, -1).transpose(0, 1)


def test_attention(oracle, rng):
    q, keys, values, shares = numbers(rng, 6), numbers(rng, 4, 6), numbers(rng, 4, 6), numbers(rng, 6)
    for n_head in (1, 2, 3, 6):
        leaves = leaf([q]), leaf(keys), leaf(values)
        out = F.scaled_dot_product_attention(*(heads(one, n_head) for one in leaves)).transpose(0, 1).flatten()
        (out * torch.tensor(shares, dtype=torch.float64)).sum().backward()
        found = oracle.attention(q, keys, values, n_head, shares)
        agree(found[0], out)
        for yours, one in zip(([found[1]], *found[2:]), leaves, strict=True):
            agree(yours, one.grad)


def logits_of(weights, tokens):
    """A GPT of torch on a whole sequence, with a causal mask."""
    norm = lambda x: F.rms_norm(x, (SIZES["n_embd"],), eps=1e-5)  # noqa: E731
    x = norm(weights["wte"][tokens] + weights["wpe"][: len(tokens)])
    for i in range(SIZES["n_layer"]):
        own = {name.partition(".")[2]: w for name, w in weights.items() if name.startswith(f"layer{i}.")}
        q, k, v = (heads(F.linear(norm(x), own[f"attn_w{letter}"]), SIZES["n_head"]) for letter in "qkv")
        found = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(0, 1).flatten(1)
        x = x + F.linear(found, own["attn_wo"])
        x = x + F.linear(F.linear(norm(x), own["mlp_fc1"]).relu(), own["mlp_fc2"])
    return F.linear(x, weights["lm_head"])


def shapes():
    V, C = SIZES["vocab_size"], SIZES["n_embd"]
    found = {"wte": (V, C), "wpe": (SIZES["block_size"], C), "lm_head": (V, C)}
    for i in range(SIZES["n_layer"]):
        found |= {f"layer{i}.{name}": (C, C) for name in ("attn_wq", "attn_wk", "attn_wv", "attn_wo")}
        found |= {f"layer{i}.mlp_fc1": (4 * C, C), f"layer{i}.mlp_fc2": (C, 4 * C)}
    return found


def test_the_model(oracle, rng):
    state = {name: numbers(rng, *shape) for name, shape in shapes().items()}
    tokens, shares = [4, 1, 1, 3], numbers(rng, 4, 5)
    weights = {name: leaf(w) for name, w in state.items()}
    logits = logits_of(weights, tokens)
    (logits * torch.tensor(shares, dtype=torch.float64)).sum().backward()
    found, slopes = oracle.gpt(state, SIZES, tokens, shares)
    agree(found, logits)
    for name, slope in slopes.items():
        agree(slope, weights[name].grad)


@pytest.mark.parametrize("tokens", [[4, 4], [4, 1, 2, 4], [4, 1, 2, 0, 3, 3, 4]])
def test_the_loss(oracle, rng, tokens):
    state = {name: numbers(rng, *shape) for name, shape in shapes().items()}
    weights = {name: leaf(w) for name, w in state.items()}
    read, targets = tokens[:-1][:4], tokens[1:][:4]
    loss = F.cross_entropy(logits_of(weights, read), torch.tensor(targets))
    loss.backward()
    found, slopes = oracle.loss(state, SIZES, tokens)
    agree(found, loss)
    for name, slope in slopes.items():
        agree(slope, weights[name].grad)


def test_adam(oracle, rng):
    start, gradients = numbers(rng, 3), numbers(rng, 6, 3)
    x = leaf(start)
    optimizer = torch.optim.Adam([x], lr=0.1, betas=(0.85, 0.99), eps=1e-8)
    after, first, second = oracle.adam(start, gradients, 0.1)
    for grads, yours in zip(gradients, after, strict=True):
        x.grad = torch.tensor(grads, dtype=torch.float64)
        optimizer.step()
        agree(yours, x)
    agree(first, optimizer.state[x]["exp_avg"])
    agree(second, optimizer.state[x]["exp_avg_sq"])


def test_training_is_torchs(oracle):
    docs, seed = ["dab", "cab", "bad", "abba"], 5
    losses, state = oracle.training(docs, SIZES, 6, 0.05, seed)
    weights = {name: leaf(w) for name, w in oracle.first_weights(SIZES, 0).items()}
    rng, order = random.Random(seed), list(docs)
    rng.shuffle(order)
    for name, shape in shapes().items():
        drawn = [[rng.gauss(0, 0.08) for _ in range(shape[1])] for _ in range(shape[0])]
        weights[name].data = torch.tensor(drawn, dtype=torch.float64)
    optimizer = torch.optim.Adam(list(weights.values()), lr=0.05, betas=(0.85, 0.99), eps=1e-8)
    for step in range(6):
        tokens = [4, *("abcd".index(letter) for letter in order[step % 4]), 4]
        loss = F.cross_entropy(logits_of(weights, tokens[:-1][:4]), torch.tensor(tokens[1:][:4]))
        agree(losses[step], loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.param_groups[0]["lr"] = 0.05 * (1 - step / 6)
        optimizer.step()
    for name, w in state.items():
        agree(w, weights[name])


def test_names_are_drawn_by_their_probabilities(oracle):
    """With scores that do not depend on the past, 4,000 names have the lengths that a geometric series gives."""
    sizes = {"vocab_size": 3, "block_size": 3, "n_layer": 0, "n_head": 1, "n_embd": 1}
    state = {"wte": [[1.0]] * 3, "wpe": [[0.0]] * 3, "lm_head": [[0.0], [0.0], [0.0]]}
    drawn = [oracle.generated(state, sizes, "ab", "", 1.0, seed)[0] for seed in range(4000)]
    shares = [sum(len(name) == length for name in drawn) / 4000 for length in range(4)]
    for share, p in zip(shares, (1 / 3, 2 / 9, 4 / 27, 8 / 27), strict=True):
        assert abs(share - p) < 5 * math.sqrt(p * (1 - p) / 4000)
