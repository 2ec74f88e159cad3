"""Gradients through a learner's own forward pass, in a real torch worker, against closed forms."""

import os
import subprocess
import sys

import numpy as np
import pytest

from grader.failures import LearnerError
from grader.values import tensor
from grader.worker.host.clock import Budget
from grader.worker.host.launch import Launcher
from grader.worker.wire.libraries import THREADS

SOURCE = """
import sys
import torch

def product(a, b):
    return a * b, a.detach()

def scaled(a, by):
    return a * by

class Line(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.full((3, 2), 0.5, dtype=torch.float64))
        self.idle = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))
        self.frozen = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64), requires_grad=False)

    def forward(self, x):
        return x @ self.weight + self.frozen

def loaded(name):
    return name in sys.modules
"""
X = np.arange(12.0).reshape(4, 3) / 7
C = np.arange(8.0).reshape(4, 2) - 3


@pytest.fixture(scope="module")
def launcher():
    pytest.importorskip("torch")
    launcher = Launcher(("torch",))
    yield launcher
    launcher.close()


@pytest.fixture
def learner(start, launcher):
    return start(SOURCE, by=launcher, budget=Budget.of(10.0)).learner


def test_gradients_of_arguments_and_parameters(learner):
    pull = learner.vjp(learner.Line(), tensor(X))
    np.testing.assert_allclose(pull.value.array, X @ np.full((3, 2), 0.5))
    (of_x,) = pull(tensor(C))
    np.testing.assert_allclose(of_x.array, C @ np.full((2, 3), 0.5))
    np.testing.assert_allclose(pull.parameters["weight"].array, X.T @ C)
    assert pull.parameters["idle"] is pull.parameters["frozen"] is None


def test_several_outputs_and_arguments_that_are_no_tensors(learner):
    of_a, of_b = learner.vjp("product", tensor(X), tensor(X + 1))((tensor(X), tensor(X)))
    np.testing.assert_allclose(of_a.array, X * (X + 1))
    np.testing.assert_allclose(of_b.array, X * X)
    of_a, of_number = learner.vjp("scaled", tensor(X), 3)(tensor(X))
    np.testing.assert_allclose(of_a.array, 3 * X)
    assert of_number is None


def test_a_cotangent_of_another_shape_is_refused(learner):
    with pytest.raises(LearnerError, match="cotangent of shape"):
        learner.vjp("scaled", tensor(X), 3)(tensor(X[0]))


def test_no_algebra_system_is_loaded_for_it(learner):
    learner.vjp("scaled", tensor(X), 3)(tensor(X))
    assert learner.loaded("sympy") is False


def test_a_worker_computes_as_the_host_does(start, launcher):
    """Torch reads from /proc, once, which instructions to use; a worker sees none, and its sums would be others."""
    source = "import torch\n\ndef capability():\n    return torch.backends.cpu.get_cpu_capability()\n"
    mine = start(source, by=launcher).learner.capability()
    code = "import torch; print(torch.backends.cpu.get_cpu_capability())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert mine == run.stdout.strip()


def test_the_host_computes_on_one_thread(monkeypatch):
    """Sums in another order are other sums; so torch is told so even where it was loaded before."""
    torch = pytest.importorskip("torch")
    from grader.judging import reference

    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
    torch.set_num_threads(2)
    reference.one_thread()
    assert torch.get_num_threads() == 1
    assert {os.environ[name] for name in THREADS} == {"1"}
