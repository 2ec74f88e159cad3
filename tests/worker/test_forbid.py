"""What an exercise forbids is gone in the worker, by whatever name; everything else of torch works."""

import contextlib

import pytest

from grader.failures import LearnerError
from grader.worker.guest import dispatch
from grader.worker.host.launch import Launcher

FORBIDDEN = ["torch.nn.functional.gelu", "torch.dropout", "torch.nn.Dropout*", "torch.nn.functional.cross_entropy"]


@pytest.fixture(scope="module")
def torches():
    pytest.importorskip("torch")
    with contextlib.closing(Launcher(["torch"])) as warm:
        yield warm


WAYS = {
    "by its name": "torch.nn.functional.gelu(x)",
    "by the function below it": "torch._C._nn.gelu(x)",
    "in place": "torch.ops.aten.gelu_(x)",
    "as a part of another": "torch._addmm_activation(x[0], x, x, use_gelu=True)",
    "under vmap": "torch.vmap(torch._C._nn.gelu)(x)",
    "in torch's own Python": "torch._refs.nn.functional.gelu(x)",
    "a class, from where it is defined": "torch.nn.modules.dropout.Dropout(0.5)(x)",
    "a relative": "torch.feature_dropout(x, 0.5, True)",
    "under vmap, as randomness": "torch.vmap(lambda y: torch.ops.aten.dropout(y, 0.5, True), randomness='same')(x)",
    "fused, of another namespace": "torch.ops.mkldnn._linear_pointwise(x, x, None, 'gelu', [], 'none')",
    "a loss": "torch._C._nn.cross_entropy_loss(x, x)",
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_forbidden_is_refused(start, torches, way):
    source = f"import torch\nx = torch.ones(3, 3)\ndef f(): return {WAYS[way]}\n"
    learner = start(source, by=torches, forbid=FORBIDDEN).learner
    with pytest.raises(LearnerError, match="is not allowed in this exercise: write it yourself"):
        learner.f()


FINISHED = {
    "rms_norm of what is centred": ("torch.layer_norm", "torch.rms_norm(x - x.mean(-1, keepdim=True), (3,))"),
    "rms_norm in one piece": ("torch.layer_norm", "torch.ops.aten._fused_rms_norm(x, [3], None, 1e-5)"),
    "attention in Python": ("torch.nn.functional.scaled_dot_product_attention", "flex.math_attention(x, x, x)"),
    "a part of it": ("torch.nn.attention.*", "flex._math_attention_inner(x, x, x)"),
    "its operator": ("torch.nn.attention.*", "flex.flex_attention(x, x, x)"),
}


@pytest.mark.parametrize("name", FINISHED)
def test_what_gives_the_same_goes_with_it(start, torches, name):
    forbidden, way = FINISHED[name]
    source = f"""\
import sys, torch
x = torch.ones(3, 3)
flex = sys.modules["torch._higher_order_ops.flex_attention"]
def f(): return {way}
"""
    with pytest.raises(LearnerError, match="is not allowed in this exercise: write it yourself"):
        start(source, by=torches, forbid=[forbidden]).learner.f()


ALLOWED = {
    "a layer": "torch.nn.Linear(3, 2)(x).sum()",
    "softmax": "torch.softmax(x, dim=1)[0].sum()",
    "normalization": "torch.layer_norm(x, (3,)).sum()",
    "the parts of a loss": "torch.nn.functional.nll_loss(torch.log_softmax(x, 1), torch.tensor([0, 1, 2]))",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_everything_else_works_and_has_a_gradient(start, torches, name):
    source = f"""\
import torch
def f():
    x = torch.rand(3, 3, requires_grad=True)
    ({ALLOWED[name]}).backward()
    return x.grad.shape == x.shape
"""
    assert start(source, by=torches, forbid=FORBIDDEN).learner.f() is True


def test_an_alias_made_before_is_empty_too(start):
    """`tempfile` has the class by another name; it is the same class."""
    source = "import tempfile\ndef f(): return tempfile._Random(1)\n"
    with pytest.raises(LearnerError, match=r"random\.Random is not allowed"):
        start(source, forbid=["random.Random"]).learner.f()


def test_a_method_is_taken_away_from_its_class(start):
    source = "import collections\ndef f(): return collections.Counter('aab').most_common(1)\n"
    source += "def g(): return collections.Counter('aab').total()\n"
    learner = start(source, forbid=["collections.Counter.most_common"]).learner
    assert learner.g() == 3
    with pytest.raises(LearnerError, match=r"collections\.Counter\.most_common is not allowed"):
        learner.f()


def test_what_python_does_not_let_go_is_no_silent_rule(start):
    with pytest.raises(LearnerError, match="immutable"):
        start("def f(): return (5).bit_length()\n", forbid=["builtins.int.bit_length"])


def test_a_method_of_a_tensor_is_taken_away_with_the_operation(start, torches):
    source = "import torch\ndef f(): return torch.ones(2).softmax(0)\ndef g(): return torch.softmax(torch.ones(2), 0)\n"
    learner = start(source, by=torches, forbid=["torch.Tensor.softmax"]).learner
    for ask in (learner.f, learner.g):
        with pytest.raises(LearnerError, match="is not allowed"):
            ask()


def test_what_is_not_there_is_nothing_to_take_away(start):
    nowhere = ["torch", "torch.*", "jax.numpy.dot", "math.no_such", "collections.No.such"]
    assert start("def f(): return 1\n", forbid=nowhere).learner.f() == 1


def test_every_tool_has_relatives_that_torch_knows():
    pytest.importorskip("torch")
    for name, relatives in dispatch.RELATIVES.items():
        assert dispatch.operations([f"torch.nn.functional.{name}"]), name
        assert sum(relative in dispatch.operations([f"torch.{name}"]) for relative in relatives) >= len(relatives) // 2


def test_the_proof_fails_where_torch_refuses_nothing():
    pytest.importorskip("torch")
    for name in dispatch.RELATIVES:
        with pytest.raises(RuntimeError, match=f"does not refuse {name}"):
            dispatch.prove([f"torch.nn.functional.{name}"], "not allowed")
    dispatch.prove([], "not allowed")
