"""The place that a failure names is that of the function that was asked, or no function at all."""

from pathlib import Path

import pytest

from grader.course.course import Course
from grader.model import UNDONE
from grader.session import Session

ROOT = Path(__file__).parents[2]
EXACT = "            self.grad += y * product.grad\n            right.grad += x * product.grad\n"
# Unit, exercise, what is replaced by what in the solution, and the function that must be named; empty for none.
SLIPS = {
    "a product that writes over": ("u01", "add_mul", EXACT, EXACT.replace("+=", "="), "Value.__mul__"),
    "a product and a sum, both in question": (
        "u01",
        "add_mul",
        "        total = Value(self.data + right.data, (self, right), ",
        "        total = Value(self.data + right.data + (self.data == -6.0), (self, right), ",
        "",
    ),
    "a sum, which fails alone as well": (
        "u01",
        "add_mul",
        "for operand in (self, right):\n                operand.grad",
        "for operand in (self,):\n                operand.grad",
        "Value.__add__",
    ),
    "10 - a": ("u01", "sub_div", "return (-self) + other", "return self + (-other)", "Value.__rsub__"),
    "leaky_relu and not relu": (
        "u01",
        "relu",
        'out = Value(slope * self.data, (self,), "leaky_relu")',
        'out = Value(2 * slope * self.data, (self,), "leaky_relu")',
        "Value.leaky_relu",
    ),
    "one of three that hand on what the others give": (
        "u01",
        "mlp",
        "return [*self.w, self.b]",
        "return [*self.w]",
        "",
    ),
    "neurons that are made wrong": (
        "u01",
        "mlp",
        "self.neurons = [Neuron(nin, nonlin, rng)",
        "self.neurons = [Neuron(nin, not nonlin, rng)",
        "",
    ),
    "a neuron alone": ("u01", "mlp", "score = score + weight * value", "score = score + weight * 1", "Neuron.__call__"),
    "train_classifier and not hinge_loss": ("u01", "train", "rate = lr(k)", "rate = 2 * lr(k)", "train_classifier"),
    "relu_backward and not tanh_backward": (
        "u05",
        "activations",
        "return dout * (out > 0)",
        "return dout * (out >= 0)",
        "relu_backward",
    ),
    "forward and not __init__": (
        "u08",
        "dropout",
        "return x * kept / (1 - self.p)",
        "return x * kept * (1 - self.p)",
        "Dropout.forward",
    ),
    "module(x)": (
        "u08",
        "multi_head_attention",
        "return self.dropout(self.proj(side_by_side))",
        "return self.dropout(self.proj(side_by_side)) * 2",
        "MultiHeadAttention.forward",
    ),
}


@pytest.fixture(scope="module")
def session():
    with Session(Course.find(ROOT)) as session:
        yield session


@pytest.mark.parametrize("name", SLIPS)
def test_the_function_that_was_asked(session, tmp_path, name):
    key, exercise, right, wrong, function = SLIPS[name]
    unit = session.course.unit(key)
    text = unit.solution.read_text(encoding="utf-8")
    assert right in text
    file = tmp_path / unit.solution.name
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    chosen = [one for one in unit.exercises if one.name == exercise]
    report = session.grade(chosen, submission=tmp_path)
    found = report.exercises[0].first_failure
    assert found is not None
    assert (found.where.function, bool(found.where.end)) == (function, not function)
    if function:
        last = function.rpartition(".")[2]
        lines = file.read_text(encoding="utf-8").split("\n")
        assert lines[found.where.line - 1].strip().startswith(f"def {last}(")
    else:
        assert found.where.place.endswith(f":{found.where.line}-{found.where.end}")


@pytest.mark.parametrize("wrong", ["return x * kept * (1 - self.p)", "return x * 1"])
def test_a_wrong_dropout_is_no_fault_of_what_uses_it(session, tmp_path, wrong):
    """Whoever is asked about dropout waits for it; what can do without it passes."""
    unit, right = session.course.unit("u08"), "return x * kept / (1 - self.p)"
    text = unit.solution.read_text(encoding="utf-8")
    assert text.count(right) == 1
    (tmp_path / unit.solution.name).write_text(text.replace(right, wrong), encoding="utf-8")
    chosen = [one for one in unit.exercises if one.name in ("dropout", "head", "feed_forward", "block", "gpt")]
    ended = {one.id: one for one in session.grade(chosen, submission=tmp_path).exercises}
    assert ended.pop("u08.dropout").outcome == "fail"
    checks = [check for one in ended.values() for check in one.checks]
    assert [check.id for check in checks if check.outcome not in UNDONE] == []
    assert {check.waits_for for check in checks} == {"", "u08.dropout"}
    assert not any(check.waits_for for check in ended["u08.gpt"].checks)
