"""Oracles of unit 10's second half against torch's finished tools; its stand-in for DDP against two real processes."""

import marshal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from grader import tensor
from grader.course.course import Course
from grader.judging import reference

torch = pytest.importorskip("torch")

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u10")
SHAPES = ((4, 3), (5,), (4, 3))


@pytest.fixture
def rng():
    return np.random.default_rng(10)


def near(mine, theirs, atol=1e-12):
    np.testing.assert_allclose(getattr(mine, "array", mine), np.asarray(theirs), rtol=0, atol=atol)


def drawn(rng):
    return [rng.normal(size=shape) for shape in SHAPES]


def test_adamw_is_torch_s(oracle, rng):
    """Groups, a schedule, a gradient that comes late: the class of torch, with all its machinery, gives the same."""
    values, grads = drawn(rng), [drawn(rng) for _ in range(6)]
    for given in grads[:3]:
        given[1] = None
    groups = [[[0, 2], {"weight_decay": 0.7}], [[1], {"eps": 0.1, "betas": (0.5, 0.6)}]]
    options, rates = {"lr": 0.1, "betas": (0.8, 0.95)}, [0.1, 0.2, 0.05, 0.1, 0.3, 0.01]
    found = oracle.adamw(values, grads, options, groups, rates)
    params = [torch.tensor(value, requires_grad=True) for value in values]
    sorted_out = [{"params": [params[i] for i in places], **more} for places, more in groups]
    optimizer = torch.optim.AdamW(sorted_out, eps=1e-8, weight_decay=0.1, **options)
    for step, given in enumerate(grads):
        for p, grad in zip(params, given, strict=True):
            p.grad = None if grad is None else torch.tensor(grad)
        for group in optimizer.param_groups:
            group["lr"] = rates[step]
        optimizer.step()
        for mine, p in zip(found[step], params, strict=True):
            near(mine, p.detach().numpy())


@pytest.mark.parametrize("max_norm", [0.5, 1000.0])
def test_clipping_is_torch_s(oracle, rng, max_norm):
    grads = drawn(rng)
    norm, clipped = oracle.clipped(grads, max_norm)
    params = [torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in SHAPES]
    for p, grad in zip(params, grads, strict=True):
        p.grad = torch.tensor(grad)
    near(norm, torch.nn.utils.clip_grad_norm_(params, max_norm).numpy())
    for mine, p in zip(clipped, params, strict=True):
        near(mine, p.grad.numpy())


def tables(rng):
    return [rng.normal(size=shape) for shape in ((7, 3), (7, 3), (7,))]


def batch_loss(weights, x, y):
    """Return the loss with all sums written out."""
    table, weight, bias = weights
    total, count = 0.0, 0
    for row, target in zip(x.ravel(), y.ravel(), strict=True):
        if target != -1:
            logits = weight @ np.tanh(table[row]) + bias
            total, count = total + np.log(np.exp(logits).sum()) - logits[target], count + 1
    return total / count


@pytest.mark.parametrize("tied", [False, True])
def test_a_batch_by_hand(oracle, rng, tied):
    weights = tables(rng)
    if tied:
        weights[1] = weights[0]
    x, y = rng.integers(7, size=(2, 3, 4))
    y[1, 2:] = -1
    loss, grads = oracle.whole(weights, x, y, tied)
    near(loss, batch_loss(weights, x, y))
    for name, array in zip(("wte.weight", "lm_head.weight", "lm_head.bias"), weights, strict=True):
        if name not in grads:
            continue
        kept, h = array[2].copy(), 1e-6
        array[2] = kept + h
        up = batch_loss(weights, x, y)
        array[2] = kept - h
        near(grads[name].array[2].sum(), (up - batch_loss(weights, x, y)) / (2 * h), 1e-7)
        array[2] = kept


def test_steps_are_those_of_torch_s_sgd(oracle, rng):
    weights = tables(rng)
    batches = [list(rng.integers(7, size=(2, 3, 4))) for _ in range(3)]
    _, found = oracle.trained(weights, batches, 0.5)
    params = [torch.tensor(one, requires_grad=True) for one in weights]
    optimizer = torch.optim.SGD(params, 0.5, momentum=0.5)
    for (x, y), mine in zip(batches, found, strict=True):
        _, grads = oracle.whole([p.detach().numpy() for p in params], x, y)
        for p, grad in zip(params, grads.values(), strict=True):
            p.grad = torch.tensor(grad.array)
        optimizer.step()
        for one, p in zip(mine.values(), params, strict=True):
            near(one, p.detach().numpy())


def test_bfloat16_by_hand(oracle):
    """Beside 1 the numbers are 1/128 apart; a tie goes to the even one."""
    numbers = np.array([1 + 1 / 256, 1 + 3 / 256, 1 + 1 / 300, 1e-45, 3.39e38, -np.inf], np.float32)
    found = oracle.bf16(tensor(numbers))
    near(found.array[:3], [1, 1 + 2 / 128, 1])
    assert found.array[3:].tolist() == [0.0, float(np.float32(3.3895313892515355e38)), -np.inf]


def test_endings_by_hand(oracle):
    logits = np.log(np.array([[[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.9, 0.05, 0.05], [0.2, 0.2, 0.6]]]))
    found = oracle.completion_losses(np.array([[2, 1, 0, 1]]), np.array([[0, 0, 1, 1]]), logits)
    near(found, [-(np.log(0.1) + np.log(0.05)) / 2])


REAL = """
import sys
from pathlib import Path
import numpy, torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

rank, folder = int(sys.argv[1]), Path(sys.argv[2])
dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
given = numpy.load(folder / "given.npz")


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.weight, self.bias = (torch.nn.Parameter(torch.tensor(given[f"w{i}"])) for i in range(3))

    def forward(self, x, y):
        logits = torch.tanh(self.table[x]) @ self.weight.T + self.bias
        return logits, torch.nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())


batches = torch.tensor(given["batches"])[rank]
for when in ("early", "late"):
    model = DistributedDataParallel(Tiny())
    for step, (x, y) in enumerate(batches):
        last = step == len(batches) - 1
        if when == "early":
            model.require_backward_grad_sync = last
        loss = model(x, y)[1] / len(batches)
        model.require_backward_grad_sync = last
        loss.backward()
    numpy.savez(folder / f"{when}{rank}", *[p.grad.numpy() for p in model.module.parameters()])
dist.destroy_process_group()
"""
LATE = """
def ddp_accumulate(model, micro_batches):
    total = 0.0
    for i, (x, y) in enumerate(micro_batches):
        loss = model(x, y)[1] / len(micro_batches)
        model.require_backward_grad_sync = i == len(micro_batches) - 1
        loss.backward()
        total += loss.item()
    return total
"""


def test_the_stand_in_does_what_two_real_processes_do(solution, rng, tmp_path):
    """Gradients of both ranks, with the flag set before the forward pass and after it."""
    weights, batches = tables(rng), rng.integers(7, size=(2, 3, 2, 4, 5))  # ranks, micro steps, x and y, B, T
    np.savez(tmp_path / "given", batches=batches, **{f"w{i}": one for i, one in enumerate(weights)})
    running = [subprocess.Popen([sys.executable, "-c", REAL, str(rank), str(tmp_path)]) for rank in (0, 1)]
    assert [one.wait(120) for one in running] == [0, 0]
    helpers = {"learner": solution}
    exec(marshal.loads(reference.props(UNIT)), helpers)  # noqa: S102, S302 (ours)
    sent = [[[torch.tensor(part) for part in batch] for batch in rank] for rank in batches]
    late = {}
    exec(LATE, late)  # noqa: S102 (ours)
    for when, program in (("early", solution), ("late", SimpleNamespace(**late))):
        helpers["learner"] = program
        _, found, _, _ = helpers["exchanged"]([torch.tensor(one) for one in weights], sent)
        for rank, mine in enumerate(found):
            theirs = np.load(tmp_path / f"{when}{rank}.npz")
            for one, name in zip(mine.values(), theirs.files, strict=True):
                near(one.numpy(), theirs[name])
