"""An error of Python's is told as a teacher would tell it, where the line shows the slip; else as Python says it."""

from pathlib import Path

import pytest

from grader import language
from grader.course.course import Course
from grader.session import Session

ROOT = Path(__file__).parents[2]
LOG = "math.log(x)"
OUT = "out = Value(math.log(x), "
CENTRAL = "return [(value_at(i, h) - value_at(i, -h)) / (2 * h) for i in range(len(xs))]"
# Unit, exercise, what is replaced by what in the solution, and what is said last.
SLIPS = {
    "(self)": ("u01", "exp_log", '(self,), "log"', '(self), "log"', "A tuple of one has a comma: (self,)."),
    "self": ("u01", "exp_log", '(self,), "log"', 'self, "log"', "A tuple of one has a comma: (self,)."),
    "a Value for math": (
        "u01",
        "exp_log",
        LOG,
        "math.log(self)",
        "math.log takes a plain number, and this is a Value. I",
    ),
    "np in pure Python": ("u01", "exp_log", LOG, "np.log(x)", "np usually stands for numpy, which is not used here. "),
    "a library that is there": (
        "u01",
        "exp_log",
        LOG,
        "re.log(x)",
        "re is not imported. This unit may use it: write im",
    ),
    "one letter is missing": ("u01", "exp_log", LOG, "mth.log(x)", "Did you mean math?"),
    "a module that is none": (
        "u01",
        "exp_log",
        "import math",
        "import maths",
        "Line 4 imports maths, which is no module. Did you mean math?",
    ),
    "what the object holds": (
        "u01",
        "exp_log",
        "x = self.data\n        out = Value(math.log(x)",
        "x = data\n        out = Value(math.log(x)",
        "There is no variable data here. What the object holds is self.data.",
    ),
    "an operand for its number": (
        "u01",
        "add_mul",
        "total = Value(self.data + right.data",
        "total = Value(self.data + right",
        "In that line right is a Value itself. Its number is right.data",
    ),
    "no star": (
        "u01",
        "numerical_gradient",
        CENTRAL,
        "return [f(xs)]",
        "f(xs) gives f one argument. If xs is a list, a ",
    ),
    "axes from the front": (
        "u08",
        "scaled_dot_product_attention",
        "q @ k.transpose(-2, -1)",
        "q @ k.transpose(0, 1)",
        ".transpose(0, 1) counts the axes from the front.",
    ),
    "F": (
        "u08",
        "causal_average",
        "scores.softmax(dim=-1) @ x",
        "F.softmax(scores, dim=-1) @ x",
        "F is not imported. This unit may use it: write import torch.nn.functional as F at the top",
    ),
}
SILENT = {
    "something else that cannot be gone through": ("u01", "exp_log", '(self,), "log"', 'x, "log"'),
    "a name of nobody": ("u01", "exp_log", LOG, "zqx.log(x)"),
}


@pytest.fixture(scope="module")
def session():
    with Session(Course.find(ROOT)) as session:
        yield session


@pytest.fixture
def spoilt(session, tmp_path):
    """Grade a solution in which something was replaced; return its first failure."""

    def run(key, exercise, right, wrong):
        unit = session.course.unit(key)
        lines = unit.solution.read_text(encoding="utf-8").split("\n")
        text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))  # hints quote the answer
        assert right in text
        file = tmp_path / unit.solution.name
        file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
        chosen = [one for one in unit.exercises if one.name == exercise]
        return session.grade(chosen, submission=tmp_path).exercises[0].first_failure

    return run


@pytest.mark.parametrize("name", SLIPS)
def test_a_sentence_for_the_slip(spoilt, name):
    *slip, says = SLIPS[name]
    found = spoilt(*slip)
    assert found.message.split("\n")[-1].startswith(says), found.message


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_said_where_the_line_does_not_show_it(spoilt, name):
    assert "\n" not in spoilt(*SILENT[name]).message


def test_a_power_of_another_language(spoilt):
    found = spoilt(
        "u01", "pow", "if isinstance(exponent, Value):", "self.data ^ exponent\n        if exponent is None:"
    )
    assert found.message.endswith("A power is written ** in Python. ^ works on the bits of whole numbers.")


def test_an_attribute_that_was_only_a_variable(spoilt):
    found = spoilt("u01", "mlp", "self.w = [Value(", "w = [Value(")
    assert "It is self.w = ..." in found.message


def test_code_below_the_line_of_the_stub(spoilt):
    todo = 'raise NotImplementedError("TODO: Value.log")'
    found = spoilt("u01", "exp_log", OUT, f"{todo}\n        {OUT}")
    assert (found.outcome, found.message.split("\n")[-1]) == (
        "todo",
        "Code stands below that line, and never runs. If it is your answer, delete only the line.",
    )
    found = spoilt("u01", "exp_log", OUT, f"if x:\n            {todo}\n        {OUT}")
    assert found.message == "Value.log is not written yet."


def test_a_text_that_was_printed_and_not_returned(spoilt):
    found = spoilt("u01", "format_graph", 'return "\\n".join(lines)', 'print("\\n".join(lines))')
    first, second = found.message.split("\n")
    assert first.startswith("format_graph(") and first.endswith(" gave None; a str is expected.")
    assert second == "Is a return missing?"


def test_a_helper_of_the_check_is_told_by_what_it_does(spoilt):
    found = spoilt("u09", "get_stats", "counts.get(pair, 0) + times", "counts.get(pair, 0) + 2 * times")
    assert found.note == ("stats is a helper of the check: get_stats(ids).")
    assert spoilt("u01", "numerical_gradient", CENTRAL, "return [0.0 for x in xs]").note == ""


@pytest.fixture
def chinese():
    language.choose("zh")
    yield
    language.choose("en")


@pytest.mark.usefixtures("chinese")
def test_what_a_helper_of_the_check_says_is_translated(spoilt):
    found = spoilt("u01", "add_mul", "total._backward = report", "total._backward = report()")
    assert "某个结果的 _backward 是 None" in found.message


# Exercise of unit 03, what is replaced by what, and what is said beside torch's own words.
TORCH = {
    "parentheses": (
        "cross_entropy",
        "- picked).mean()",
        "- picked).mean * 1.0",
        "Without parentheses .mean is the method",
    ),
    "a pair": (
        "cross_entropy",
        "return (logits.logsumexp(dim=1) - picked).mean()",
        "return (logits - logits.max(dim=1, keepdim=True)).mean()",
        "Along an axis max gives two tensors, the values and where they stand. The first one is .values",
    ),
    "shuffle gives None": (
        "split_words",
        "    n1 = int(",
        "    order = random.shuffle(order)\n    n1 = int(",
        "random.shuffle works in place and gives None, and line ",
    ),
    "no gradient": (
        "sgd_step",
        "if p.grad is not None:",
        "p.grad = None\n            if True:",
        "p.grad is None until backward writes a gradient into it",
    ),
    "a size without a comma": (
        "minibatch",
        "(batch_size,), gen",
        "X.shape[0], batch_size, gen",
        "The shape of what randint draws is a tuple, also with one axis: (n,)",
    ),
    "a number of the lecture": (
        "mlp_forward",
        "emb.view(X.shape[0], -1)",
        "emb.view(-1, 6)",
        "has the 6 as a fixed number: view(-1, 6)",
    ),
    "no graph": (
        "mlp_forward",
        "    emb = ",
        "    params = {k: p.data for k, p in params.items()}\n    emb = ",
        "No graph leads",
    ),
}


@pytest.mark.parametrize("name", TORCH)
def test_what_an_error_of_torch_does_not_say(spoilt, name):
    exercise, right, wrong, says = TORCH[name]
    found = spoilt("u03", exercise, right, wrong)
    assert says in found.message, found.message
    assert "expected one of" not in found.message


def test_what_no_gradient_means(spoilt):
    found = spoilt("u06", "flatten_consecutive", "x = x.reshape(", "x = x.detach().reshape(")
    assert found.cause.says.startswith("No graph leads from your answer back to it")


def test_an_attribute_that_a_check_asks_for(spoilt):
    found = spoilt("u06", "batch_norm_1d", "self.gamma =", "gamma =")
    assert "It is self.gamma = ..." in found.message
