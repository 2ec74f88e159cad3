"""What learners met in trials of the first hours: the place, the cause, and what is said beside them."""

import re
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.model import Outcome
from grader.session import Session

ROOT = Path(__file__).parents[2]
LECTURE = ROOT / "tests" / "submissions" / "u01" / "lecture_video" / "u01_micrograd.py"
SWEEP = """        for inner in filter(lambda node: node._prev, order):
            inner.grad = 0.0
        self.grad = 1.0
        while order:
            order.pop()._backward()
"""
SHORT = ("for i in range(len(nouts))]", "for i in range(len(nouts) - 1)]")
ZERO_MASK = ("torch.finfo(scores.dtype).min", "0")
NO_SECOND_MASK = ("        weights = weights.masked_fill(~mask, 0.0)\n", "        pass\n")
# Exercise, what is replaced by what in the solution, the function that is named ("" for none), and what is said.
TOLD = {
    "a sweep from the leaves": (
        "u01.backward",
        [(SWEEP, "        self.grad = 1\n        for node in order:\n            node._backward()\n")],
        "Value.backward",
        "In your sweep the leaves report before anything has reached them.",
    ),
    "a network that is one layer short": (
        "u01.mlp",
        [SHORT],
        "MLP.__init__",
        "Your network is one layer short",
    ),
    "x / 1 - p": (
        "u08.dropout",
        [("x * kept / (1 - self.p)", "x * kept / 1 - self.p")],
        "Dropout.forward",
        "/ binds tighter than -: x / 1 - p takes p away from every entry.",
    ),
    "a mask of zeros": (
        "u08.scaled_dot_product_attention",
        [ZERO_MASK, NO_SECOND_MASK],
        "scaled_dot_product_attention",
        "In yours a forbidden key has a score of 0.",
    ),
    "operands in another order": (
        "u01.add_mul",
        [('product = Value(x * y, (self, right), "*")', 'product = Value(x * y, (right, self), "*")')],
        "",
        "(a * b)._prev must hold a and b in this order: (self, other).",
    ),
    "another sign": (
        "u01.add_mul",
        [('self.data + right.data, (self, right), "+")', 'self.data + right.data, (self, right), "*")')],
        "",
        "(a + b)._op must be '+'",
    ),
    "operands in a set": (
        "u01.format_graph",
        [("self._prev = tuple(_children)", "self._prev = set(_children)")],
        "format_graph",
        "(a * b)._prev is a set, which keeps no order",
    ),
    "what reverse gives is returned": (
        "u01.topological_order",
        [("    return order\n", "    return order.reverse()\n")],
        "topological_order",
        "order.reverse(...) changes order and returns None. Write it on a line of its own, then use order.",
    ),
    "what reverse gives is walked": (
        "u01.backward",
        [
            (
                "        while order:\n            order.pop()._",
                "        for node in order.reverse():\n            node._",
            )
        ],
        "Value.backward",
        "order.reverse(...) changes order and returns None.",
    ),
    "what reverse gives is kept": (
        "u01.backward",
        [
            (
                "        while order:\n            order.pop()._",
                "        nodes = order.reverse()\n        for node in nodes:\n            node._",
            )
        ],
        "Value.backward",
        "order.reverse(...) changes order and returns None.",
    ),
    "logits that lack the places": (
        "u07.rnn_lm",
        [("self.lm_head(torch.stack(hs, dim=1))", "self.lm_head(hs[-1])")],
        "",
        "the logits are not of shape (B, T, V)",
    ),
    "logits alone": (
        "u07.rnn_lm",
        [("            return logits, None\n", "            return logits\n")],
        "",
        "a call gives two things: the logits, and the loss or None",
    ),
    "logits of another scale": (
        "u07.rnn_lm",
        [("self.lm_head(torch.stack(hs, dim=1))", "self.lm_head(torch.stack(hs, dim=1)) * 1.7")],
        "",
        "logits: yours is always 1.7 times the expected one.",
    ),
}
# Exercise, and what is cut out of the solution.
GONE = {
    "Value.gelu": ("u01.gelu", r"    def gelu\(.*?(?=    def backward)"),
    "Value.__rmul__": ("u01.add_mul", r"    def __rmul__\(.*?(?=    def __pow)"),
}


@pytest.fixture(scope="module")
def session():
    with Session(Course.find(ROOT)) as opened:
        yield opened


@pytest.fixture
def graded(session, tmp_path):
    """Grade a program, the solution unless it is given, after some replacements; return results by name."""

    def run(name, edits, program=None):
        unit = session.course.unit(name.partition(".")[0])
        path = program or unit.solution
        lines = path.read_text(encoding="utf-8").split("\n")
        text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))  # hints quote the answer
        for old, new in edits:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / unit.solution.name).write_text(text, encoding="utf-8")
        chosen = [one for one in unit.exercises if name in (one.id, unit.key)]
        return {one.id: one for one in session.grade(chosen, submission=tmp_path).exercises}

    return run


@pytest.mark.parametrize("name", TOLD)
def test_place_and_sentence(graded, name):
    exercise, edits, function, says = TOLD[name]
    first = graded(exercise, edits)[exercise].first_failure
    assert says in "\n".join((first.message, first.cause.says if first.cause else ""))
    assert first.where.function == function


@pytest.mark.parametrize("name", GONE)
def test_a_missing_answer_is_no_other_one(graded, session, name):
    exercise, cut = GONE[name]
    found = re.search(cut, "\n".join(_bare(session.course.unit("u01").solution)), re.DOTALL)
    first = graded(exercise, [(found[0], "")])[exercise].first_failure
    assert first.where.function == "Value"
    assert f"has no {name}." in first.message


def test_an_open_edge_takes_no_place(graded):
    """The lecture's product reads its numbers late, which is an edge: a fault of the sum is the sum's."""
    both = "self.grad += 1.0 * out.grad\n            other.grad += 1.0 * out.grad"
    first = graded("u01.add_mul", [(both, both.replace("1.0", "3.0", 1))], LECTURE)["u01.add_mul"].first_failure
    assert first.where.function == "Value.__add__"


def test_an_exercise_that_fails_by_itself_does_not_wait(graded):
    """tanh is wrong without any minus, though a later check of it needs one; the network needs tanh and no minus."""
    minus = ("return (-self) + other", "return self + (-other)")
    found = graded("u01", [minus, ("t = math.tanh(self.data)", "t = 0.5 * math.tanh(self.data)")])
    assert found["u01.sub_div"].outcome is found["u01.tanh_sigmoid"].outcome is Outcome.FAIL
    assert found["u01.mlp"].first_failure.waits_for == "u01.tanh_sigmoid"
    minus = ("return self + (-other)", "return (-self) + other")
    assert graded("u01", [minus])["u01.tanh_sigmoid"].first_failure.waits_for == "u01.sub_div"


def test_layers_have_train_and_eval_as_torch_s_have(graded):
    calls = "            layer.eval()\n            if isinstance(layer, Sequential):\n                pass\n"
    flag = calls.replace(".eval()", ".training = False").replace("pass", "layer.eval()")
    assert graded("u04.sequential", [(flag, calls)])["u04.sequential"].outcome is Outcome.PASS


def test_a_list_that_is_too_long_has_no_axes(graded):
    longer = [("for i in range(len(xs))]", "for i in range(len(xs) + 1)]")]
    assert graded("u01.numerical_gradient", longer)["u01.numerical_gradient"].first_failure.cause is None


def _bare(path):
    return [line for line in path.read_text(encoding="utf-8").split("\n") if not line.lstrip().startswith("#")]
