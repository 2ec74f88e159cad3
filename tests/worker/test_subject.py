"""What a check can do with what stays on the learner's side: handles, call-backs, props. All over a real worker."""

import pytest

from grader.failures import LearnerError, WrongAnswer
from grader.judging.expect import close
from grader.values import Remote
from grader.worker.host.subject import RefusedAnswer

VALUE = """
class Value:
    def __init__(self, data):
        self.data = data

    def __add__(self, other):
        return Value(self.data + getattr(other, "data", other))

    __radd__ = __add__

    def __rsub__(self, other):
        return Value(other - self.data)

    def __neg__(self):
        return Value(-self.data)

    def __abs__(self):
        return abs(self.data)

    def __lt__(self, other):
        return self.data < other.data

    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return 1

    def __matmul__(self, other):
        return "matmul"

    def __call__(self, x, *, scale=1):
        return scale * x

    def __str__(self):
        return f"Value({self.data})"

    def __float__(self):
        return float(self.data)


class Shelf(list):
    pass


SIZE = 3
TABLE = {"a": Value(1), 1: 2}
"""


@pytest.fixture
def learner(start):
    return start(VALUE).learner


def test_attributes_are_read_and_written(learner):
    a = learner.Value(2.0)
    a.data = 5.0
    assert a.data == 5.0


def test_operators_on_both_sides(learner):
    a = learner.Value(2.0)
    assert [(a + 1).data, (1 + a).data, (a + a).data, (1 - a).data, (-a).data, abs(-a)] == [
        3.0,
        3.0,
        4.0,
        -1.0,
        -2.0,
        2.0,
    ]
    assert a @ a == "matmul"


def test_comparisons_are_the_learners(learner):
    a, b = learner.Value(1), learner.Value(2)
    assert (a < b) is True
    assert (a == b) is False
    assert (a == a) is True  # noqa: PLR0124


def test_calls_and_conversions(learner):
    a = learner.Value(2.0)
    assert [a(3, scale=2), str(a), float(a)] == [6, "Value(2.0)", 2.0]


def test_containers(learner):
    shelf = learner.Shelf([1, 2, 3])
    shelf[0] = 7
    assert [len(shelf), shelf[0], 2 in shelf, 9 in shelf, list(shelf), [*shelf[1:]]] == [
        3,
        7,
        True,
        False,
        [7, 2, 3],
        [2, 3],
    ]


def test_an_object_is_the_same_object_when_it_goes_back(learner):
    a = learner.Value(1)
    assert learner.fetch("TABLE")["a"] + a
    assert (learner.fetch("TABLE")["a"] == learner.fetch("TABLE")["a"]) is True


def test_module_level_names_are_data_or_handles(learner):
    assert learner.fetch("SIZE") == 3
    table = learner.fetch("TABLE")
    assert (type(table), table[1]) == (dict, 2)
    assert isinstance(table["a"], Remote)


def test_a_set_of_objects_and_numbers_asks_nobody(start):
    subject = start(VALUE + "\ndef mixed():\n    return {Value(1), Value(2), 0, 1}\n")
    found = subject.learner.mixed()
    assert len(found) == 4
    assert len(subject.transcript.exchanges) == 1


def test_objects_of_an_earlier_check_are_gone(start):
    subject = start(VALUE)
    a = subject.learner.Value(1)
    subject.begin(2)
    with pytest.raises(LearnerError):
        _ = a.data


def test_each_check_starts_from_the_same_random_numbers(start):
    subject = start("import random\ndef draw():\n    return random.random()\n")
    first = subject.learner.draw()
    subject.begin(1)
    assert subject.learner.draw() == first
    subject.begin(2)
    assert subject.learner.draw() != first


def test_a_missing_name_is_told_from_a_missing_attribute(learner):
    with pytest.raises(LearnerError) as missing:
        learner.Valeu(1)
    assert missing.value.missing
    with pytest.raises(LearnerError) as attribute:
        _ = learner.Value(1).grad
    assert not attribute.value.missing


def test_an_exception_comes_with_the_learners_frames(start):
    learner = start("def f(x):\n    return g(x)\n\ndef g(x):\n    return 1 / x\n").learner
    with pytest.raises(LearnerError) as caught:
        learner.f(0)
    assert caught.value.is_a(ZeroDivisionError)
    assert caught.value.is_a(ArithmeticError)
    assert [(frame.line, frame.function, frame.text) for frame in caught.value.frames] == [
        (2, "f", "return g(x)"),
        (5, "g", "return 1 / x"),
    ]


def test_what_was_asked_is_kept_as_a_learner_would_write_it(start):
    subject = start(VALUE)
    a = subject.learner.Value(2.0)
    _ = ((a + 1) + a).data
    _ = (1 + a).data
    assert subject.transcript.given.tail() == ("((Value(2) + 1) + Value(2)).data", "(1 + Value(2)).data")


# Call-backs: functions of the check that the learner's code calls.

CALLER = """
def call(f, *args):
    return f(*args)

def call_safely(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return type(error).__name__

def double(x):
    return 2 * x

def broken(x):
    return x / 0

def objects():
    import array
    return array.array("d", [1.0])

class Box:
    value = 3
"""


@pytest.fixture
def caller(start):
    return start(CALLER)


def test_a_call_back_runs_here(caller):
    seen = []
    assert caller.learner.call(lambda x, y: seen.append((x, y)) or [x, y], 1, (2.0, "a")) == [1, (2.0, "a")]
    assert seen == [(1, (2.0, "a"))]


def test_a_call_back_shows_its_name_and_no_address(start):
    subject = start("def show(f):\n    return [repr(f), str(f), f.__name__, callable(f)]\n")

    def parabola(x):
        return x * x

    assert subject.learner.show(parabola) == ["parabola", "parabola", "parabola", True]
    assert subject.learner.show(lambda x: x)[:1] == ["f"]


def test_a_call_back_that_is_called_wrongly_is_named_as_it_is_shown(caller):
    def slope(x, y):
        return x + y

    with pytest.raises(LearnerError) as caught:
        caller.learner.call(slope, 1)
    assert caught.value.message == "slope() missing 1 required positional argument: 'y'"


def test_a_call_back_can_ask_the_learner_again(caller):
    learner = caller.learner
    assert learner.call(lambda x: learner.call(lambda y: learner.double(y) + 1, x) + 1, 5) == 12


def test_a_call_back_gets_an_object_and_gives_it_back(caller):
    box = caller.learner.Box()
    assert caller.learner.call(lambda b: b.value, box) == 3
    assert isinstance(caller.learner.call(lambda b: b, box), Remote)


def test_an_object_that_comes_as_an_argument_is_named_after_the_function_that_got_it(start):
    subject = start(
        "class Box:\n    value = 3\n\ndef call(f):\n    return f(Box()) + f(Box())\n\ndef one():\n    return 1\n"
    )
    learner = subject.learner

    def area(box):
        return box.value * learner.one()

    assert learner.call(area) == 6
    assert subject.transcript.given.asked == ["<Box given to area>.value", "one()"] * 2 + ["call(area)"]
    assert [len(exchange.calls) for exchange in subject.transcript.exchanges] == [0, 0, 0, 0, 2]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ZeroDivisionError("x"), "ZeroDivisionError"),
        (KeyError("x"), "KeyError"),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), "HostError"),
        (type("Mine", (Exception,), {})(), "HostError"),
        (type("print", (Exception,), {})(), "HostError"),
    ],
    ids=["arithmetic", "key", "of many arguments", "of its own", "named like a builtin"],
)
def test_a_call_back_that_raises(caller, error, name):
    def fail(_):
        raise error

    assert caller.learner.call_safely(fail, 1) == name
    with pytest.raises(LearnerError) as caught:
        caller.learner.call(fail, 1)
    assert caught.value.type == name


def test_a_call_back_is_called_by_its_own_name(caller):
    def cost(x, y):
        return x + y

    with pytest.raises(LearnerError) as caught:
        caller.learner.call(cost, 1)
    assert caught.value.message == "cost() missing 1 required positional argument: 'y'"


def test_a_failed_expectation_in_a_call_back_cannot_be_swallowed(caller):
    with pytest.raises(WrongAnswer, match="x in the call-back"):
        caller.learner.call_safely(lambda x: close(x, 2.0, "x in the call-back"), 1.0)
    assert caller.learner.double(2) == 4


def test_an_error_of_the_learner_inside_a_call_back_is_the_learners(caller):
    learner = caller.learner
    assert learner.call_safely(lambda x: learner.broken(x), 1) == "ZeroDivisionError"


def test_a_refused_answer_inside_a_call_back_ends_the_question(start):
    learner = start("def call(f):\n    return f()\n\ndef cycle():\n    a = []\n    a.append(a)\n    return a\n").learner
    with pytest.raises(RefusedAnswer, match="contains itself"):
        learner.call(lambda: learner.cycle())
    with pytest.raises(RefusedAnswer, match="contains itself"):
        learner.cycle()


def test_a_call_back_with_the_wrong_number_of_arguments_is_the_learners_error(caller):
    assert caller.learner.call_safely(lambda x: x, 1, 2) == "TypeError"


# Props: the check's own helper code on the learner's side.


def test_props_see_the_learners_module(start):
    props = start(
        "def double(x):\n    return 2 * x\n",
        props="def total(n):\n    return sum(learner.double(i) for i in range(n))\n",
    )
    assert props.props.total(1000) == 999_000


def test_an_error_inside_props_is_the_learners_where_it_stands_in_their_code(start):
    subject = start("def f(x):\n    return x.y\n", props="def go():\n    return learner.f(1)\n")
    with pytest.raises(LearnerError) as caught:
        subject.props.go()
    assert [frame.line for frame in caught.value.frames] == [2]
