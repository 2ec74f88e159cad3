"""What one side, one check, one exercise may know of another: nothing that helps. What is kept of each: not much."""

import gc
import random

import pytest

from grader.judging.candidate import Learner, Ours
from grader.judging.judge import Judge
from grader.model import Outcome
from grader.running import unit as units
from grader.session import Session
from grader.submission.files import Folder
from grader.worker.host.clock import Purse

CHECKS = '''
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("draw", points=2)
class TestDraw:
    """A number."""

    def test_first(self, learner, rng):
        close(learner.draw(), rng.random(), "draw()")

    def test_second(self, learner, rng):
        close(learner.draw(), rng.random(), "draw()")
'''
SOLUTION = "def draw():\n    return 0.5\n"


@pytest.fixture(scope="module")
def draws(course_of):
    with Session(course_of(CHECKS, SOLUTION)) as session:
        yield session


@pytest.fixture
def learner(tmp_path):
    """Return the learner that has written a text, judged in a session."""
    candidates = []

    def begin(session, source):
        unit = session.course.units[0]
        (tmp_path / f"{unit.name}.py").write_text(source, "utf-8")
        candidate = Learner.of(unit, Folder(tmp_path), session.launcher(unit))
        candidates.append(candidate)
        return candidate

    yield begin
    for candidate in candidates:
        candidate.close()


def test_what_a_worker_draws_tells_nothing_of_inputs_to_come(draws, learner):
    """Its generator starts from a number of its own: not that of the check, nor a part of it."""
    candidate = learner(draws, "import random\n\ndef draw():\n    return random.random()\n")
    judge = Judge(draws.course, draws.course.units[0])
    for item in draws.items(draws.course.units[0]):
        yours, expected = judge.check(item, candidate).pair
        seed = judge._number(item)
        assert random.Random(seed).random() == expected
        assert yours not in {random.Random(part).random() for part in (seed, seed % 2**32, seed >> 32)}


def test_inputs_are_those_of_the_check_whatever_was_judged_before(draws, learner):
    candidate = learner(draws, "import random\n\ndef draw():\n    return random.random()\n")
    unit = draws.course.units[0]
    judge, items = Judge(draws.course, unit), draws.items(unit)
    before = [judge.check(item, candidate).pair for item in items]
    assert before == [judge.check(item, candidate).pair for item in reversed(items)][::-1]
    assert len({expected for _, expected in before}) == len({yours for yours, _ in before}) == 2


RULES = '''
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("root", points=1, forbid=("math.sqrt",))
class TestRoot:
    """A root."""

    def test_any(self, learner):
        close(learner.root(4.0), 2.0, "root(4)")


@exercise("half", points=1)
class TestHalf:
    """A half."""

    def test_any(self, learner):
        close(learner.half(4.0), 2.0, "half(4)")
'''
BOTH = "def root(x):\n    return x ** 0.5\n\ndef half(x):\n    return x / 2\n"


def test_a_rule_of_one_exercise_is_nothing_to_those_that_come_after_it(course_of, grade):
    """The file uses what `root` forbids while it is imported, so that it loads for `half` alone."""
    root, half = grade(course_of(RULES, BOTH), f"import math\nTWO = getattr(math, 'sq' + 'rt')(4.0)\n{BOTH}").exercises
    assert (root.outcome, half.outcome) == (Outcome.ERROR, Outcome.PASS)
    assert "math.sqrt is not allowed" in root.checks[0].message


def test_what_one_exercise_leaves_behind_the_next_does_not_find(course_of, grade):
    leaves = "import builtins\n\ndef root(x):\n    builtins.ROOT = 1\n    return x ** 0.5\n"
    finds = "\ndef half(x):\n    return x / 2 + getattr(builtins, 'ROOT', 0)\n"
    assert grade(course_of(RULES, BOTH), leaves + finds).exit_code == 0


def test_what_ours_leaves_behind_in_one_exercise_the_next_does_not_find(course_of):
    solution = "SEEN = []\n\ndef root(x):\n    SEEN.append(x)\n    return x ** 0.5\n\n"
    course = course_of(RULES, solution + "def half(x):\n    return x / 2 + len(SEEN)\n")
    with Session(course) as session:
        assert session.grade_ours().exit_code == 0


def test_a_misconception_leaves_the_solution_as_it_was(course_of):
    wrong = "from grader import misconception\n\n@misconception('half', says='No.')\ndef no(x):\n    return x\n"
    solution = BOTH.replace("x / 2", "x / 2 if 'no' not in globals() else None")
    with Session(course_of(RULES, solution, misconceptions=wrong)) as session:
        assert session.grade_ours(misconception="u01.no").exit_code == 1
        assert session.grade_ours().exit_code == 0


KEEPS = '''
import weakref

from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}
MADE, KEPT = [], weakref.WeakSet()


class Expected:
    """A value that can be watched."""

    def __init__(self, value):
        self.value = value
        MADE.append(value)
        KEPT.add(self)


@exercise("half", points=1)
class TestHalf:
    """A half."""

    def test_wrong(self, learner):
        expected = Expected(1.0)
        close(learner.half(4.0), expected.value, "half(4)")

    def test_odd(self, learner):
        expected = Expected(1.0)
        close(1.0 / learner.half(4.0), expected.value, "1 / half(4)")
'''
WRONG = {
    "another number": ("2.0", Outcome.FAIL),
    "nothing": ("None", Outcome.FAIL),
    "an error": ("1 / 0", Outcome.ERROR),
    "an end": ("__import__('os')._exit(0)", Outcome.CRASH),
    "something that is no answer": ("__import__('os').write(3, bytes([255] * 8))", Outcome.CRASH),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_a_check_expected_is_gone_when_it_has_failed(course_of, learner, name):
    """A frame that an exception holds, which the frame holds in turn, keeps all answers until somebody tidies up."""
    answer, outcome = WRONG[name]
    with Session(course_of(KEEPS, "def half(x):\n    return 1.0\n")) as session:
        unit = session.course.units[0]
        judge = Judge(session.course, unit)
        candidate = learner(session, f"def half(x):\n    return {answer}\n")
        gc.collect()
        gc.disable()
        try:
            for item in session.items(unit):
                made = item.function.__globals__["MADE"]
                made.clear()
                assert judge.check(item, candidate).result.outcome is outcome
                assert made
                assert len(item.function.__globals__["KEPT"]) == 0, item.id
        finally:
            gc.enable()


MANY = '''
import pytest
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("blob", points=1)
class TestBlob:
    """Bytes."""

    @pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
    def test_size(self, learner, size):
        close(len(learner.blob(size)), size, "so many bytes")
'''
LARGE = 3 << 10


def test_what_was_answered_is_kept_up_to_a_bound(course_of, learner, monkeypatch):
    monkeypatch.setattr(units, "MAX_KEPT_BYTES", 2 * LARGE)
    with Session(course_of(MANY, "def blob(size):\n    return bytes(size)\n")) as session:
        unit = session.course.units[0]
        candidate = learner(session, f"def blob(size):\n    return bytes({LARGE})\n")
        verdicts = list(units._judged(Judge(session.course, unit), session.items(unit), candidate, candidate.scanned))
    sizes = [verdict.transcript.size for verdict in verdicts]
    assert LARGE < sum(sizes) <= 2 * LARGE
    assert [verdict.result.outcome for verdict in verdicts] == [Outcome.FAIL] * 6
    assert not any(verdict.transcript.given.answers for verdict in verdicts)  # decoded they take many times as much


# One submission has so much time, whatever it is spent on.

SPENDS = {
    "loading": "import time\nwhile time.process_time() < 0.4:\n    pass\n\ndef blob(size):\n    return bytes(size)\n",
    "computing": "def blob(size):\n    sum(range(10_000_000))\n    return bytes(size)\n",
    "waiting": "import time\n\ndef blob(size):\n    time.sleep(1)\n    return bytes(size)\n",
}


@pytest.mark.parametrize("on", SPENDS)
def test_when_the_time_of_a_submission_is_used_up_the_rest_is_not_run(course_of, grade, on):
    checks = MANY.replace("[1, 2, 3, 4, 5, 6]", f"{[*range(40)]}")
    course = course_of(checks, "def blob(size):\n    return bytes(size)\n")
    report = grade(course, SPENDS[on], total=0.2, timeout=20.0)
    says = "Not run: the 0.2 s of computing for one submission were used up before."
    checks = report.exercises[0].checks
    assert checks[-1].message == says
    assert checks[-1].outcome is Outcome.TIMEOUT
    assert checks[0].message != says


def test_what_the_host_computes_with_an_answer_is_paid_for_too(course_of, grade):
    body = "close(sum(0 for _ in range(learner.blob(size))), 0, 'a sum')"
    checks = MANY.replace('close(len(learner.blob(size)), size, "so many bytes")', body)
    course = course_of(checks, "def blob(size):\n    return size\n")
    report = grade(course, "def blob(size):\n    return 5 * 10**6\n", total=0.2)
    assert report.exercises[0].checks[-1].message.startswith("Not run: the 0.2 s of computing for one submission")


def test_a_purse_counts_what_everybody_spends():
    purse = Purse(1.0)
    purse.spend(0.6, 0.0)
    assert purse.empty() == ""
    purse.spend(0.6, 0.0)
    assert purse.empty().startswith("Not run")
    waits = Purse(1.0)
    waits.spend(0.0, 5.0)
    assert waits.empty().startswith("Not run")
    assert Purse().empty() == ""


def test_ours_have_a_deadline_too(course_of):
    wrong = "from grader import misconception\n\n@misconception('blob', says='No.')\ndef no(size):\n"
    wrong += "    try:\n        while True:\n            pass\n    except:\n        return bytes(size)\n"
    checks = MANY.replace("points=1", "points=1, cpu=0.1").replace("[1, 2, 3, 4, 5, 6]", "[1]")
    course = course_of(checks, "def blob(size):\n    return bytes(size)\n", misconceptions=wrong)
    with Session(course) as session:
        (check,) = session.grade_ours(misconception="u01.no").exercises[0].checks
    assert check.outcome is Outcome.TIMEOUT
    assert Ours(course.units[0]).spent_up() == ""
