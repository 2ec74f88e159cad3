"""Oracles and solution of unit 08 against torch's own modules in float64, and GPT-2 of `transformers` if installed.

The oracles call torch's functions; here torch's modules are built and given the same weights, name by name.
"""

import math
from pathlib import Path

import numpy as np
import pytest

from grader.course.course import Course
from grader.values import Tensor, tensor

torch = pytest.importorskip("torch")
nn = torch.nn

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u08")
C, H, T, V = 12, 3, 5, 9


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def agree(mine, theirs):
    mine = torch.tensor(mine.array) if isinstance(mine, Tensor) else mine
    torch.testing.assert_close(mine, theirs.detach(), rtol=1e-9, atol=1e-12)


def randomised(module):
    """Give a module of the solution random weights in float64; return them by name, as a check sends them."""
    generator = torch.Generator().manual_seed(1)
    module.double()
    with torch.no_grad():
        for one in module.parameters():
            one.copy_(torch.randn(one.shape, generator=generator, dtype=torch.float64) * 0.4)
    return {name: tensor(one.detach().numpy().copy()) for name, one in module.named_parameters()}


def gradients(out, cotangent, module, x):
    """Return the gradient of x, and those of the parameters by name."""
    own = dict(module.named_parameters())
    found = torch.autograd.grad(out, [x, *own.values()], torch.tensor(cotangent))
    return found[0], dict(zip(own, found[1:], strict=True))


def judged(answer, module, x, cotangent):
    """Compare an oracle's answer with a module of the solution."""
    x = torch.tensor(x, requires_grad=True)
    out = module(x)
    agree(answer["out"], out)
    of_x, of_parameters = gradients(out, cotangent, module, x)
    agree(answer["x"], of_x)
    assert answer["parameters"].keys() == of_parameters.keys()
    for name, gradient in of_parameters.items():
        agree(answer["parameters"][name], gradient)


def torch_attention(in_weight, in_bias, out_weight, out_bias):
    """Return nn.MultiheadAttention with these weights."""
    made = nn.MultiheadAttention(C, H, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        made.in_proj_weight.copy_(in_weight)
        made.in_proj_bias.copy_(in_bias if in_bias is not None else torch.zeros(3 * C))
        made.out_proj.weight.copy_(out_weight)
        made.out_proj.bias.copy_(out_bias)
    return made


def through(attention, x):
    future = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=torch.float64)
    return attention(x, x, x, attn_mask=future, average_attn_weights=False)


@pytest.mark.parametrize("front", [(), (2,), (2, 3)])
@pytest.mark.parametrize("causal", [False, True])
def test_attention(oracle, rng, front, causal):
    """Written out with inf and softmax, gradient by gradient."""
    q, k, v = (rng.normal(size=(*front, *rest)) for rest in ((4, 5), (6, 5), (6, 3)))
    mask, cotangent = rng.random((4, 6)) < 0.6, rng.normal(size=(*front, 4, 3))
    mask[:, 0] = True
    answer = oracle.attention(q, k, v, cotangent, mask=mask, is_causal=causal)
    leaves = [torch.tensor(one, requires_grad=True) for one in (q, k, v)]
    allowed = torch.tensor(mask & np.tri(4, 6, dtype=bool)) if causal else torch.tensor(mask)
    scores = torch.einsum("...td,...sd->...ts", leaves[0], leaves[1]) / math.sqrt(5)
    out = scores.where(allowed, -torch.inf).softmax(-1) @ leaves[2]
    agree(answer["out"], out)
    for mine, theirs in zip(answer["grads"], torch.autograd.grad(out, leaves, torch.tensor(cotangent)), strict=True):
        agree(mine, theirs)


def test_nothing_allowed(oracle, solution, rng):
    q, k, v, cotangent = (rng.normal(size=(2, *rest)) for rest in ((4, 5), (6, 5), (6, 3), (4, 3)))
    mask = rng.random((4, 6)) < 0.5
    mask[1], mask[2, 3] = False, True
    answer = oracle.attention(q, k, v, cotangent, mask=mask)
    leaves = [torch.tensor(one, requires_grad=True) for one in (q, k, v)]
    out = solution.scaled_dot_product_attention(*leaves, torch.tensor(mask))
    agree(answer["out"], out)
    assert (answer["out"].array[:, 1] == 0).all()
    for mine, theirs in zip(answer["grads"], torch.autograd.grad(out, leaves, torch.tensor(cotangent)), strict=True):
        agree(mine, theirs)


def test_multi_head(oracle, solution, rng):
    module = solution.MultiHeadAttention(C, H, T)
    weights = randomised(module)
    x, cotangent = rng.normal(size=(2, T, C)), rng.normal(size=(2, T, C))
    answer = oracle.multi_head(weights, x, cotangent, H)
    judged(answer, module, x, cotangent)
    rows = [getattr(head, name).weight for name in ("query", "key", "value") for head in module.heads]
    other = torch_attention(torch.cat(rows), None, module.proj.weight, module.proj.bias)
    agree(answer["out"], through(other, torch.tensor(x))[0])


def test_fused(oracle, solution, rng):
    module = solution.CausalSelfAttention(solution.GPTConfig(V, T, n_head=H, n_embd=C))
    weights = randomised(module)
    x, cotangent = rng.normal(size=(2, T, C)), rng.normal(size=(2, T, C))
    answer = oracle.fused(weights, x, cotangent, H)
    judged(answer, module, x, cotangent)
    other = torch_attention(module.c_attn.weight, module.c_attn.bias, module.c_proj.weight, module.c_proj.bias)
    agree(answer["out"], through(other, torch.tensor(x))[0])


def test_head(oracle, solution, rng):
    module = solution.Head(C, 4, T)
    weights = randomised(module)
    x, cotangent = rng.normal(size=(2, T, C)), rng.normal(size=(2, T, 4))
    judged(oracle.head(weights, x, cotangent), module, x, cotangent)


@pytest.mark.parametrize("bias", [True, False])
def test_layer_norm(oracle, solution, rng, bias):
    module = solution.LayerNorm(C, bias=bias)
    weights = randomised(module)
    x, cotangent = rng.normal(size=(2, T, C)), rng.normal(size=(2, T, C))
    answer = oracle.layer_norm(weights, x, cotangent)
    judged(answer, module, x, cotangent)
    other = nn.LayerNorm(C, bias=bias, dtype=torch.float64)
    other.load_state_dict(module.state_dict())
    agree(answer["out"], other(torch.tensor(x)))


@pytest.mark.parametrize(("act", "other"), [("relu", nn.ReLU()), ("gelu_tanh", nn.GELU(approximate="tanh"))])
def test_feed_forward(oracle, solution, rng, act, other):
    module = solution.FeedForward(C, act=act)
    weights = randomised(module)
    x, cotangent = rng.normal(size=(2, T, C)), rng.normal(size=(2, T, C))
    answer = oracle.feed_forward(weights, x, cotangent, act)
    judged(answer, module, x, cotangent)
    agree(answer["out"], nn.Sequential(module.c_fc, other, module.c_proj)(torch.tensor(x)))


def encoder_layer(module, act):
    """Return nn.TransformerEncoderLayer, pre-norm, with the weights of one of our blocks."""
    layer = nn.TransformerEncoderLayer(
        C, H, 4 * C, dropout=0.0, activation=act, batch_first=True, norm_first=True, dtype=torch.float64
    )
    pairs = {
        layer.self_attn.in_proj_weight: module.attn.c_attn.weight,
        layer.self_attn.in_proj_bias: module.attn.c_attn.bias,
        layer.self_attn.out_proj.weight: module.attn.c_proj.weight,
        layer.self_attn.out_proj.bias: module.attn.c_proj.bias,
        layer.linear1.weight: module.mlp.c_fc.weight,
        layer.linear1.bias: module.mlp.c_fc.bias,
        layer.linear2.weight: module.mlp.c_proj.weight,
        layer.linear2.bias: module.mlp.c_proj.bias,
        layer.norm1.weight: module.ln_1.weight,
        layer.norm1.bias: module.ln_1.bias,
        layer.norm2.weight: module.ln_2.weight,
        layer.norm2.bias: module.ln_2.bias,
    }
    with torch.no_grad():
        for theirs, ours in pairs.items():
            theirs.copy_(ours)
    return layer


def config_of(solution, **sizes):
    return solution.GPTConfig(**{"vocab_size": V, "block_size": T, "n_layer": 2, "n_head": H, "n_embd": C, **sizes})


@pytest.mark.parametrize(
    ("act", "other"), [("relu", "relu"), ("gelu_tanh", lambda x: nn.functional.gelu(x, approximate="tanh"))]
)
def test_block(oracle, solution, rng, act, other):
    module = solution.Block(config_of(solution, act=act))
    weights = randomised(module)
    x, cotangent = rng.normal(size=(2, T, C)), rng.normal(size=(2, T, C))
    answer = oracle.block(weights, x, cotangent, H, act)
    judged(answer, module, x, cotangent)
    future = nn.Transformer.generate_square_subsequent_mask(T, dtype=torch.float64)
    agree(answer["out"], encoder_layer(module, other)(torch.tensor(x), src_mask=future))


def test_gpt(oracle, solution, rng):
    model = solution.GPT(config_of(solution))
    weights = randomised(model)
    idx, targets = rng.integers(V, size=(2, T)), rng.integers(V, size=(2, T))
    targets[0, 1:3] = -1
    answer = oracle.gpt_loss(weights, tensor(idx), tensor(targets), H, "gelu_tanh")
    logits, loss = model(torch.tensor(idx), torch.tensor(targets))
    agree(answer["out"], logits)
    agree(answer["loss"], loss)
    loss.backward()
    for name, one in model.named_parameters():
        agree(answer["parameters"][name], one.grad)
    flat = torch.tensor(answer["out"].array).flatten(0, 1)
    agree(answer["loss"], nn.CrossEntropyLoss(ignore_index=-1)(flat, torch.tensor(targets).flatten()))
    cotangent = rng.normal(size=(2, T, V))
    of_logits = oracle.gpt(weights, tensor(idx), H, "gelu_tanh", cotangent)["parameters"]
    model.zero_grad()
    model(torch.tensor(idx))[0].backward(torch.tensor(cotangent))
    for name, one in model.named_parameters():
        agree(of_logits[name], one.grad)


@pytest.mark.parametrize(("layer", "head"), [(0, 0), (1, 2)])
def test_pattern(oracle, solution, rng, layer, head):
    model = solution.GPT(config_of(solution))
    weights = randomised(model)
    idx = rng.integers(V, size=(2, T))
    answer = oracle.pattern(weights, tensor(idx), H, "gelu_tanh", layer, head)
    agree(answer, solution.attention_pattern(model, torch.tensor(idx), layer, head))
    x = model.wte(torch.tensor(idx)) + model.wpe.weight
    for lower in model.blocks[:layer]:
        x = lower(x)
    block = model.blocks[layer]
    attn = block.attn
    other = torch_attention(attn.c_attn.weight, attn.c_attn.bias, attn.c_proj.weight, attn.c_proj.bias)
    agree(answer, through(other, block.ln_1(x))[1][:, head])


def test_causal_average(oracle, rng):
    x, cotangent = rng.normal(size=(2, T, C)), rng.normal(size=(2, T, C))
    answer = oracle.causal_average(x, cotangent)
    rows = np.tri(T) / np.arange(1, T + 1)[:, None]
    agree(answer["out"], torch.tensor(rows @ x))
    agree(answer["x"], torch.tensor(rows.T @ cotangent))


def test_weights_of(oracle, rng):
    q, k, mask = rng.normal(size=(2, 4, 5)), rng.normal(size=(2, 6, 5)), rng.random((4, 6)) < 0.6
    mask[:, 0] = True
    odds = np.where(mask, np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(5)), 0.0)
    agree(oracle.weights_of(q, k, mask), torch.tensor(odds / odds.sum(-1, keepdims=True)))


def test_gpt2_of_transformers(solution, rng):
    """The same numbers as the GPT-2 that everybody uses; its linear layers are transposed, and its head is tied."""
    transformers = pytest.importorskip("transformers")
    model = solution.GPT(config_of(solution))
    randomised(model)
    model.lm_head.weight.data.copy_(model.wte.weight.data)
    config = transformers.GPT2Config(
        vocab_size=V, n_positions=T, n_embd=C, n_layer=2, n_head=H, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0
    )
    theirs = transformers.GPT2LMHeadModel(config).double().eval()
    state = {}
    for name, one in model.state_dict().items():
        place = name if name == "lm_head.weight" else "transformer." + name.replace("blocks", "h")
        state[place] = one.T if one.ndim == 2 and any(part in name for part in ("c_attn", "c_proj", "c_fc")) else one
    theirs.load_state_dict(state)
    idx, targets = torch.tensor(rng.integers(V, size=(2, T))), torch.tensor(rng.integers(V, size=(2, T)))
    logits, loss = model(idx, targets)
    agree(logits, theirs(idx).logits)
    agree(loss, nn.functional.cross_entropy(theirs(idx).logits.flatten(0, 1), targets.flatten()))
