"""The facts that the hand-made reports are made of: lines of a learner, answers, causes, messages."""

from grader.model import Cause, Location, Mismatch

U01, U05, U09 = "exercises/u01_micrograd.py", "exercises/u05_backprop_ninja.py", "exercises/u09_bpe.py"
CE = Location(file=U05, line=38, function="cross_entropy_backward", text="def cross_entropy_backward(logits, targets):")
TITLES = (
    "the gradient has the shape of the logits",
    "one row: probabilities, minus one at the target",
    "every row sums to zero",
    "the gradient of the mean loss over several rows",
    "large logits do not overflow",
    "the logits are not changed",
    "it agrees with finite differences",
)
GRADIENT = Mismatch(
    label="the gradient with respect to the logits",
    problem="value",
    yours="0.315328",
    expected="0.0630657",
    yours_shape="(5, 3)",
    expected_shape="(5, 3)",
    at="[0, 0]",
    differ=15,
    total=15,
    max_abs=0.481927,
    max_rel=4.0,
    worst_at="[4, 2]",
    rtol=1e-7,
    atol=1e-10,
)
ASKED = ("cross_entropy_backward(<array 5x3>, [2, 0, 1, 1, 0])",)
MEAN = Cause(
    says="Your gradient is N times too large: the loss is a mean over the batch, so every row carries a 1/N.",
    misconception="u05.forgets_the_mean",
    evidence=(
        "5x3 logits: every value is 5 times the expected one.",
        "8x6 logits: every value is 8 times the expected one.",
    ),
)
SOME_ROWS = Mismatch(
    label="the gradient with respect to the logits",
    problem="value",
    yours="-0.187467",
    expected="-0.187476",
    yours_shape="(5, 3)",
    expected_shape="(5, 3)",
    at="[1, 0]",
    differ=9,
    total=15,
    max_abs=9.2e-6,
    max_rel=4.9e-5,
    worst_at="[2, 1]",
    rtol=1e-7,
    right="rows 0 and 3 are right",
)
ADD = Location(file=U01, line=61, function="Value.__add__", text="def __add__(self, other):")
TWICE = Mismatch(
    label="d(a + a)/da",
    problem="value",
    yours="1",
    expected="2",
    total=1,
    differ=1,
    max_abs=1.0,
    max_rel=0.5,
    rtol=1e-7,
    atol=1e-10,
)
ADD_ASKED = ("Value(3)", "Value(3) + Value(3)", "(Value(3) + Value(3)).backward()")
SHAPE = Mismatch(
    label="scores",
    problem="shape",
    yours="(4, 2, 8, 2)",
    expected="(4, 2, 8, 8)",
    yours_shape="(4, 2, 8, 2)",
    expected_shape="(4, 2, 8, 8)",
)
KIND = Mismatch(label="softmax(logits)", problem="kind", yours="list of 5 items", expected="float64 array")
NOTHING = Mismatch(label="merge(ids, (2, 3), 256)", problem="kind", yours="None", expected="list")
TEXT = Mismatch(
    label="decode(encode(text))",
    problem="value",
    yours=repr("the cat sat on the mat and looked at the other cat, which looked \ufffd\ufffd"),
    expected=repr("the cat sat on the mat and looked at the other cat, which looked 猫"),
    total=1,
    differ=1,
)
EXACT = Mismatch(
    label="train(text, 259)",
    problem="value",
    yours="257",
    expected="256",
    at="['th']",
    differ=1,
    total=3,
    max_abs=1.0,
    max_rel=1 / 256,
)
NAN = Mismatch(
    label="softmax([1000.0, 0.0])",
    problem="value",
    yours="nan",
    expected="1",
    yours_shape="(2,)",
    expected_shape="(2,)",
    at="[0]",
    differ=1,
    total=2,
    max_abs=float("inf"),
    max_rel=float("inf"),
    rtol=1e-7,
    atol=1e-10,
)
RAISED = Mismatch(
    label="a ** b with a Value as exponent",
    problem="exception",
    yours="no exception; the result was Value(8)",
    expected="TypeError",
)
TRAIN = Location(file=U09, line=52, function="train", text="while len(vocab) < size:")
STEP = (
    Location(file=U09, line=40, function="sample", text="ix = step(ix)"),
    Location(file=U09, line=33, function="step", text="return table[ix + 1]"),
)
DEEP = (
    Location(file=U01, line=90, function="Value.backward", text="build(self)"),
    *[Location(file=U01, line=86, function="build", text="build(child)")] * 994,
    Location(file=U01, line=84, function="build", text="seen.add(node)"),
)
IMPORT = Location(file=U09, line=3, function="<module>", text="import scipy")
SYNTAX = "    26 |     counts = zeros(27, 27)\n    27 |     for w in words\n       |                   ^ expected ':'"
WIDE = (
    "    27 |     print('损失', x\uff09\n       |                  ^\n"
    "Column 18: \uff09 (U+FF09) is full-width. Type the half-width one instead: )"
)
RULE = (
    "    21 |     return F.cross_entropy(logits, y)\n"
    "torch.nn.functional.cross_entropy is not allowed here: the point is to write it yourself."
)
TANH = Location(file=U05, line=66, function="tanh_backward", text="return 1 - h**2")
SOFTMAX = Location(file=U05, line=12, function="softmax", text="def softmax(logits):")
DECODE = Location(file=U09, line=71, function="decode", text="def decode(ids, vocab):")
POW = Location(file=U01, line=74, function="Value.__pow__", text="def __pow__(self, other):")
LOG = Location(file=U01, line=97, function="Value.log", text='raise NotImplementedError("TODO: Value.log")')
