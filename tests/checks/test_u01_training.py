"""Losses, networks and training of unit 01, the solution's and the oracle's, against torch's autograd in float64."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from grader.course.course import Course

UNIT = Course.find(Path(__file__)).unit("u01")
SIZES = [[1, 1], [3, 2], [2, 3, 1], [3, 4, 5, 2], [2, 1, 3]]
CLOSE = {"rel": 1e-9, "abs": 1e-12}


def generator(seed):
    return random.Random(seed)


def drawn(rng, count):
    return [rng.uniform(-1, 1) for _ in range(count)]


def size_of(sizes):
    return sum((nin + 1) * nout for nin, nout in pairwise(sizes))


def torch_network(sizes, numbers):
    """Return torch's own Sequential(Linear, Tanh, ..., Linear) with these parameters."""
    import torch

    numbers, layers = iter(numbers), []
    for nin, nout in pairwise(sizes):
        linear = torch.nn.Linear(nin, nout, dtype=torch.float64)
        rows = [[next(numbers) for _ in range(nin + 1)] for _ in range(nout)]
        with torch.no_grad():
            linear.weight.copy_(torch.tensor([row[:-1] for row in rows], dtype=torch.float64))
            linear.bias.copy_(torch.tensor([row[-1] for row in rows], dtype=torch.float64))
        layers += [linear, torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1])


def in_order(network, attribute):
    """Return the parameters, or their gradients, of a torch network in the order that the text promises."""
    linears = [layer for layer in network if hasattr(layer, "weight")]
    read = (lambda tensor: tensor.grad) if attribute == "grad" else (lambda tensor: tensor)
    rows = [
        [*weights.tolist(), bias.item()]
        for layer in linears
        for weights, bias in zip(read(layer.weight), read(layer.bias), strict=True)
    ]
    return [number for row in rows for number in row]


def ours(solution, sizes, numbers):
    model = solution.MLP(sizes[0], sizes[1:])
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    return model


def as_list(outputs):
    return outputs if isinstance(outputs, list) else [outputs]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_outputs(solution, oracle, sizes):
    import torch

    rng = generator(1)
    numbers, x = drawn(rng, size_of(sizes)), drawn(rng, sizes[0])
    expected = torch_network(sizes, numbers)(torch.tensor(x, dtype=torch.float64)).tolist()
    assert [out.data for out in as_list(ours(solution, sizes, numbers)(x))] == pytest.approx(expected, **CLOSE)
    assert oracle.network(sizes, numbers, x) == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_gradients(solution, oracle, sizes):
    import torch

    rng = generator(2)
    numbers, xs = drawn(rng, size_of(sizes)), [drawn(rng, sizes[0]) for _ in range(3)]
    shares = drawn(rng, sizes[-1])
    network, model = torch_network(sizes, numbers), ours(solution, sizes, numbers)
    for x in xs:
        outputs = network(torch.tensor(x, dtype=torch.float64))
        outputs.backward(torch.tensor(shares, dtype=torch.float64))
        sum(out * share for out, share in zip(as_list(model(x)), shares, strict=True)).backward()
    expected = in_order(network, "grad")
    assert [parameter.grad for parameter in model.parameters()] == pytest.approx(expected, **CLOSE)
    assert oracle.network_slopes(sizes, numbers, xs, shares) == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("alpha", [1e-4, 0.3])
def test_hinge_loss(solution, alpha):
    import torch

    rng = generator(3)
    numbers, weights, ys = drawn(rng, 6), drawn(rng, 4), [1, -1, 1, 1, -1, -1]
    scores, params = ([solution.Value(3 * number) for number in some] for some in (numbers, weights))
    loss = solution.hinge_loss(scores, ys, params, alpha)
    loss.backward()
    theirs, toll = (torch.tensor(some, dtype=torch.float64).mul(3).requires_grad_() for some in (numbers, weights))
    expected = torch.relu(1 - torch.tensor(ys) * theirs).mean() + alpha * (toll**2).sum()
    expected.backward()
    assert loss.data == pytest.approx(expected.item(), **CLOSE)
    assert [value.grad for value in scores] == pytest.approx(theirs.grad.tolist(), **CLOSE)
    assert [value.grad for value in params] == pytest.approx(toll.grad.tolist(), **CLOSE)


def test_mse_loss(solution):
    import torch

    rng = generator(4)
    numbers, ys = drawn(rng, 5), drawn(rng, 5)
    ypred = [solution.Value(number) for number in numbers]
    loss = solution.mse_loss(ypred, ys)
    loss.backward()
    theirs = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    expected = torch.nn.functional.mse_loss(theirs, torch.tensor(ys, dtype=torch.float64))
    expected.backward()
    assert loss.data == pytest.approx(expected.item(), **CLOSE)
    assert [value.grad for value in ypred] == pytest.approx(theirs.grad.tolist(), **CLOSE)


def test_training(solution, oracle):
    import torch

    rng = generator(5)
    start, rates = drawn(rng, 13), [0.5 * (1 - 0.9 * k / 20) for k in range(20)]
    xs, ys = [drawn(rng, 2) for _ in range(6)], [1, -1, 1, -1, 1, 1]
    network, losses = torch_network([2, 3, 1], start), []
    optimiser = torch.optim.SGD(network.parameters())
    for rate in rates:
        optimiser.param_groups[0]["lr"] = rate
        scores = network(torch.tensor(xs, dtype=torch.float64))[:, 0]
        loss = torch.relu(1 - torch.tensor(ys) * scores).mean()
        loss = loss + 1e-4 * sum((parameter**2).sum() for parameter in network.parameters())
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model = ours(solution, [2, 3, 1], start)
    expected = oracle.training([2, 3, 1], start, xs, ys, rates)
    assert solution.train_classifier(model, xs, ys, 20, lambda k: rates[k]) == pytest.approx(losses, **CLOSE)
    assert expected["losses"] == pytest.approx(losses, **CLOSE)
    assert expected["parameters"] == pytest.approx(in_order(network, "data"), **CLOSE)
    assert [parameter.data for parameter in model.parameters()] == pytest.approx(in_order(network, "data"), **CLOSE)


def test_start(oracle):
    numbers = oracle.start([3, 2, 1], 7)
    assert len(numbers) == size_of([3, 2, 1])
    assert [numbers[i] for i in (3, 7, 10)] == [0.0, 0.0, 0.0]
    assert all(-1 <= number <= 1 for number in numbers)
