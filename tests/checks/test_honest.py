"""Right answers that a strict check may refuse: each passes the core of its exercise, edges may stay open."""

from pathlib import Path

import pytest

from grader.course.course import Course
from grader.model import Outcome
from grader.session import Session

COURSE = Course.find(Path(__file__))
ANSWERS = {
    "the sweep of exp reads the result": (
        "u01.exp_log",
        """
def _exp(self):
    out = Value(math.exp(self.data), (self,), "exp")

    def _backward():
        self.grad += out.data * out.grad

    out._backward = _backward
    return out


Value.exp = _exp
""",
    ),
    "tanh is cut off far out": (
        "u01.tanh_sigmoid",
        """
def _tanh(self):
    if abs(self.data) > 20:
        t = math.copysign(1.0, self.data)
    else:
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
    out = Value(t, (self,), "tanh")

    def _backward():
        self.grad += (1 - t**2) * out.grad

    out._backward = _backward
    return out


Value.tanh = _tanh
""",
    ),
    "the slope of x ** 0 raises at 0": (
        "u01.pow",
        """
def _pow(self, n):
    out = Value(self.data**n, (self,), f"**{n}")

    def _backward():
        self.grad += (n * self.data ** (n - 1)) * out.grad

    out._backward = _backward
    return out


Value.__pow__ = _pow
""",
    ),
    "operands are read when the sweep runs": (
        "u01.add_mul",
        """
def _mul(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = _mul
""",
    ),
    "a softmax in single precision": (
        "u08.scaled_dot_product_attention",
        """
def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if is_causal:
        past = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril()
        mask = past if mask is None else mask & past
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = torch.softmax(scores.float(), dim=-1).to(q.dtype)
    return (weights if dropout is None else dropout(weights)) @ v
""",
    ),
    "torch's own error where the text is longer than the mask": (
        "u08.head",
        """
class Head(nn.Module):
    def __init__(self, n_embd, head_size, block_size, dropout=0.0):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))
        self.dropout = Dropout(dropout)

    def forward(self, x):
        T = x.shape[1]
        k, q = self.key(x), self.query(x)
        wei = q @ k.transpose(-2, -1) * k.shape[-1] ** -0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        return self.dropout(torch.softmax(wei, dim=-1)) @ self.value(x)
""",
    ),
    "training ends with an error when no pair is left": (
        "u09.train_bpe",
        """
def train_bpe(text, vocab_size):
    ids = list(text.encode("utf-8"))
    merges, vocab = {}, {idx: bytes([idx]) for idx in range(256)}
    for idx in range(256, vocab_size):
        stats = get_stats(ids)
        pair = max(stats, key=stats.get)
        ids = merge(ids, pair, idx)
        merges[pair] = idx
        vocab[idx] = vocab[pair[0]] + vocab[pair[1]]
    return merges, vocab
""",
    ),
}


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as opened:
        yield opened


@pytest.mark.parametrize("name", ANSWERS)
def test_it_passes(session, tmp_path, name):
    key, code = ANSWERS[name]
    exercise = next(one for one in COURSE.exercises if one.id == key)
    unit = COURSE.unit(exercise.unit)
    (tmp_path / f"{unit.name}.py").write_text(f"{unit.solution.read_text('utf-8')}\n\n{code}", "utf-8")
    result = session.grade([exercise], submission=tmp_path).exercises[0]
    assert result.outcome is Outcome.PASS, result.first_failure
