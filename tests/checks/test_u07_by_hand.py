"""The backward passes of unit 07 are found by hand: whoever has torch differentiate is told so, wherever it begins."""

from pathlib import Path

import pytest

from grader.course.course import Course
from grader.model import Outcome
from grader.session import Session

COURSE = Course.find(Path(__file__))
UNIT = COURSE.unit("u07")
LEAVES = """
def leaves(*arrays):
    return [torch.from_numpy(array.copy()).requires_grad_() for array in arrays]


def through(x, h, W, b):
    hs = []
    for t in range(x.shape[1]):
        h = torch.tanh(torch.cat([x[:, t], h], dim=1) @ W + b)
        hs.append(h)
    return torch.stack(hs, dim=1)

"""
PROGRAMS = {
    "forward and backward in torch": """
def rnn_forward(x, h0, W, b):
    return None, (x, h0, W, b)


def rnn_backward(dhs, cache):
    given = leaves(*cache)
    grads = torch.autograd.grad(through(*given), given, torch.from_numpy(dhs))
    return tuple(grad.numpy() for grad in grads)
""",
    "a graph that waits in the cache": """
def rnn_forward(x, h0, W, b):
    given = leaves(x, h0, W, b)
    return None, (through(*given), given)


def rnn_backward(dhs, cache):
    hs, given = cache
    hs.backward(torch.from_numpy(dhs))
    return tuple(one.grad.numpy() for one in given)
""",
    "a graph and its engine": """
def rnn_forward(x, h0, W, b):
    given = leaves(x, h0, W, b)
    return None, (through(*given), given)


def rnn_backward(dhs, cache):
    hs, given = cache
    engine = torch.autograd.Variable._execution_engine
    engine.run_backward((hs,), (torch.from_numpy(dhs),), False, False, (), allow_unreachable=True, accumulate_grad=True)
    return tuple(one.grad.numpy() for one in given)
""",
}


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as opened:
        yield opened


@pytest.mark.parametrize("name", PROGRAMS)
def test_torch_does_not_differentiate(session, tmp_path, name):
    text = UNIT.solution.read_text("utf-8")
    (tmp_path / f"{UNIT.name}.py").write_text(f"{text}\n{LEAVES}{PROGRAMS[name]}", "utf-8")
    exercise = next(one for one in UNIT.exercises if one.name == "rnn_backward")
    found = session.grade([exercise], submission=tmp_path).exercises[0]
    assert {check.outcome for check in found.checks if not check.edge} == {Outcome.RULE}
    assert "on NumPy arrays" in found.first_failure.message
