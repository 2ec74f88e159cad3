"""The forward-mode oracle of unit 01 against torch's autograd in float64: two ideas, one answer."""

import math
import operator
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.judging.oracle import Oracle, Store

COURSE = Course.find(Path(__file__))
OPERATORS = ["add", "sub", "mul", "truediv", "neg", "pow"]
EVERYTHING = [*OPERATORS, "exp", "log", "tanh", "sigmoid", "relu", "leaky_relu", "gelu"]
GRID = [step / 4 for step in range(-24, 25)]


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    return Oracle(Store(COURSE.unit("u01"), tmp_path_factory.mktemp("store")))


def with_torch(program, inputs):
    """Run a program of the oracle's kind through torch's autograd; return [value, slopes]."""
    import torch
    from torch.nn import functional

    methods = {
        "leaky_relu": lambda x, leak=0.01: functional.leaky_relu(x, leak),
        "gelu": lambda x, approximate="tanh": functional.gelu(x, approximate=approximate),
    }
    leaves = {name: torch.tensor(x, dtype=torch.float64, requires_grad=True) for name, x in inputs.items()}
    nodes = dict(leaves)
    for name, operation, *arguments in program:
        operands = [nodes.get(argument, argument) for argument in arguments]
        apply = methods.get(operation) or getattr(operator, operation, None) or getattr(torch, operation)
        nodes[name] = apply(*operands)
    root = nodes[program[-1][0]]
    root.backward()
    return [root.item(), {name: 0.0 if leaf.grad is None else leaf.grad.item() for name, leaf in leaves.items()}]


def flat(answer):
    """Return value and slopes in one list."""
    return [answer[0], *answer[1].values()]


@pytest.mark.parametrize("seed", range(60))
def test_random_expression(oracle, seed):
    case = oracle.expression(seed, EVERYTHING, 8 + seed % 20)
    assert flat(case["expected"]) == pytest.approx(flat(with_torch(case["program"], case["inputs"])), rel=1e-10)


def test_every_operation_is_drawn(oracle):
    drawn = {step[1] for seed in range(60) for step in oracle.expression(seed, EVERYTHING, 8 + seed % 20)["program"]}
    assert drawn == set(EVERYTHING)


@pytest.mark.parametrize("operation", ["tanh", "sigmoid", "relu", "leaky_relu", "exp", "neg"])
@pytest.mark.parametrize("x", [*GRID, -355.0, -40.0, 40.0, 355.0])
def test_one_operation(oracle, operation, x):
    program = [["y", operation, "x"]]
    assert flat(oracle.run(program, {"x": x})) == pytest.approx(
        flat(with_torch(program, {"x": x})), rel=1e-12, abs=1e-15
    )


@pytest.mark.parametrize("variant", ["tanh", "none"])
@pytest.mark.parametrize("x", [*GRID, -50.0, 50.0])
def test_gelu(oracle, variant, x):
    program = [["y", "gelu", "x", variant]]
    assert flat(oracle.run(program, {"x": x})) == pytest.approx(
        flat(with_torch(program, {"x": x})), rel=1e-10, abs=1e-14
    )


@pytest.mark.parametrize("n", [2, 3, -1, 0.5, 0, 1, 1.5])
def test_power(oracle, n):
    program = [["y", "pow", "x", n]]
    assert flat(oracle.run(program, {"x": 4.0})) == pytest.approx(flat(with_torch(program, {"x": 4.0})), rel=1e-12)


def test_unused_input_has_slope_zero(oracle):
    assert oracle.run([["c", "mul", "a", 2.0]], {"a": 3.0, "b": 5.0}) == [6.0, {"a": 2.0, "b": 0.0}]


def test_constants_stand_on_either_side(oracle):
    assert oracle.run([["b", "sub", 10.0, "a"], ["c", "truediv", "b", 2.0]], {"a": 4.0}) == [3.0, {"a": -0.5}]


def test_a_node_used_twice_counts_twice(oracle):
    value, slopes = oracle.run([["b", "exp", "a"], ["c", "mul", "b", "b"]], {"a": 1.0})
    assert value == pytest.approx(math.exp(2.0))
    assert slopes == {"a": pytest.approx(2 * math.exp(2.0))}


def test_a_program_in_words(oracle):
    program = [["c", "mul", "a", 2.0], ["d", "neg", "c"], ["e", "gelu", "d", "none"], ["f", "pow", "e", 2]]
    assert oracle.text(program) == "c = a * 2.0; d = -c; e = d.gelu('none'); f = e ** 2"
