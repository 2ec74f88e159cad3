"""A wrong answer is named by a misconception that gives the same answers to the same questions, and by no other."""

import warnings

import pytest

from grader.course.course import Course
from grader.diagnose.alike import alike, same
from grader.diagnose.known import Bank
from grader.errors import CourseError
from grader.judging.candidate import Ours
from grader.judging.collect import collect
from grader.judging.judge import Judge
from grader.model import Outcome
from grader.session import Session
from grader.worker.host.subject import Replay, Subject, Transcript

CHECKS = '''
from grader import close, exercise, raises, same

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("mean", points=2, cpu=0.3)
class TestMean:
    """The mean of a list."""

    def test_two(self, learner):
        close(learner.mean([1.0, 3.0]), 2.0, "mean([1, 3])")

    def test_three(self, learner):
        close(learner.mean([1.0, 2.0, 6.0]), 3.0, "mean([1, 2, 6])")

    def test_none(self, learner):
        raises(ValueError, lambda: learner.mean([]), "mean([])")


@exercise("box", points=2, answers=("Box.grow",))
class TestBox:
    """A box that grows into a new one."""

    def test_size(self, learner):
        close(learner.Box(2.0).grow().size, 3.0, "size of the grown box")

    def test_the_old_one_stays(self, learner):
        old = learner.Box(2.0)
        old.grow()
        same(old.size, 2.0, "size of the old box")


@exercise("slope", points=1)
class TestSlope:
    """A numerical derivative."""

    def test_square(self, learner):
        close(learner.slope(lambda x: x * x, 3.0), 6.0, "slope of x * x at 3", rtol=1e-4)
'''
SOLUTION = """
def mean(xs):
    if not xs:
        raise ValueError("no numbers")
    return sum(xs) / len(xs)


class Box:
    def __init__(self, size):
        self.size = size

    def grow(self):
        return Box(self.size + 1)


def slope(f, x):
    h = 1e-6
    return (f(x + h) - f(x - h)) / (2 * h)
"""
WRONG = """
from grader import misconception

@misconception("mean", says="That is the sum.")
def total(xs):
    if not xs:
        raise ValueError("no numbers")
    return sum(xs)

@misconception("mean", says="You divide by one too many.")
def one_too_many(xs):
    if not xs:
        raise ValueError("no numbers")
    return sum(xs) / (len(xs) + 1)

@misconception("mean", says="An empty list has no mean, and you divide by its length.", symptom=True)
def forgets_the_empty(xs):
    return sum(xs) / len(xs)

@misconception("mean", says="It never ends.", symptom=True)
def never_ends(xs):
    while len(xs) != 2:
        pass
    return sum(xs) / len(xs)

@misconception("box", says="You grow the old box.")
class InPlace(Box):
    def grow(self):
        self.size += 1
        return self

@misconception("box", says="You give back a number.")
def a_number(self):
    return self.size + 1

@misconception("slope", says="You ask f at 2 h.")
def wide(f, x):
    return (f(x + 0.02) - f(x - 0.02)) / 0.02

@misconception("slope", says="You ask f only on one side, with a large step.")
def one_sided(f, x):
    return (f(x + 0.1) - f(x)) / 0.1
"""


@pytest.fixture(scope="module")
def course(course_of):
    return course_of(CHECKS, SOLUTION, misconceptions=WRONG)


@pytest.fixture(scope="module")
def made(course):
    """One session for all."""
    with Session(course) as session:
        yield session


def named(report):
    return {
        check.cause.misconception: check.id
        for exercise in report.exercises
        for check in exercise.checks
        if check.cause is not None and check.cause.misconception
    }


RAISES = "def mean(xs):\n    if not xs:\n        raise ValueError('no numbers')\n    "
CASES = {
    "by values": (RAISES + "s = 0.0\n    for x in xs: s += x\n    return s", "u01.total"),
    "by an exception": ("def mean(xs):\n    n = len(xs)\n    return sum(xs) / n", "u01.forgets_the_empty"),
    "by what stays unchanged": (
        "Box.grow = lambda self: (vars(self).update(size=self.size + 1), self)[1]",
        "u01.InPlace",
    ),
    "by an answer that cannot be used": ("Box.grow = lambda self: 1 + self.size", "u01.a_number"),
    "by what a call-back is asked": ("def slope(f, x):\n    return (f(x + 0.1) - f(x)) / 0.1", "u01.one_sided"),
    "though it does not end elsewhere": (
        "def mean(xs):\n    if not xs: raise ValueError('no')\n    while len(xs) == 3: pass\n    return sum(xs)",
        "u01.total",
    ),
    "by running out of time": (
        "def mean(xs):\n    while len(xs) > 2 or not xs: xs = list(xs)\n    return sum(xs) / len(xs)",
        "u01.never_ends",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_known_mistake_is_named(made, grade, name):
    source, misconception = CASES[name]
    assert list(named(grade(made, SOLUTION + "\n" + source))) == [misconception]


def test_it_is_named_at_the_first_check_that_shows_it(made, grade):
    report = grade(made, SOLUTION + "\ndef mean(xs):\n    return sum(xs) / len(xs)\n")
    assert named(report) == {"u01.forgets_the_empty": "test_none"}
    assert report.exercises[0].checks[2].cause.says == "An empty list has no mean, and you divide by its length."


UNKNOWN = {
    "other values": "def mean(xs):\n    return -1.0",
    "values that agree at first": RAISES + "return sum(xs) if len(xs) == 2 else 7.0",
    "another exception": "def mean(xs):\n    if not xs: raise KeyError\n    return sum(xs) / len(xs)",
    "a value of another kind": "def mean(xs):\n    if not xs: raise ValueError\n    return str(sum(xs))",
    "nothing": "def mean(xs):\n    pass",
    "a right one": "def mean(xs):\n    if not xs: raise ValueError('none')\n    return sum(x / len(xs) for x in xs)",
    "one that dies": "import os\ndef mean(xs):\n    os._exit(0)",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_mistake_is_not_named(made, grade, name):
    assert named(grade(made, SOLUTION + "\n" + UNKNOWN[name], timeout=0.3)) == {}


def test_a_mistake_beside_a_known_one_is_named_only_where_it_shows(made, grade):
    """Two mistakes: the sum, and another exception for no numbers. The misconception explains two of three failures."""
    report = grade(made, SOLUTION + "\ndef mean(xs):\n    if not xs: raise KeyError\n    return sum(xs)\n")
    assert named(report) == {"u01.total": "test_two"}
    assert [check.outcome for check in report.exercises[0].checks] == [Outcome.FAIL] * 3


def test_of_two_that_are_alike_none_is_named(course_of, grade):
    twice = WRONG + "\n@misconception('mean', says='The same.')\ndef total_again(xs):\n    return total(xs)\n"
    course = course_of(CHECKS, SOLUTION, misconceptions=twice)
    source = "def mean(xs):\n    if not xs: raise ValueError('no numbers')\n    return sum(xs)"
    assert named(grade(course, SOLUTION + "\n" + source)) == {}


def test_a_tiny_difference_is_none(made, grade):
    source = "def mean(xs):\n    if not xs: raise ValueError('no numbers')\n    return sum(xs) * (1 + 1e-15)"
    assert list(named(grade(made, SOLUTION + "\n" + source))) == ["u01.total"]


def test_every_misconception_fails_a_check_and_is_named_by_its_own_answers(course):
    with Session(course) as session:
        for name in ("total", "one_too_many", "forgets_the_empty", "InPlace", "a_number", "wide", "one_sided"):
            report = session.grade_ours(misconception=f"u01.{name}")
            assert report.exit_code == 1, name
        assert session.grade_ours().exit_code == 0


def test_a_loop_of_ours_is_a_time_out_and_no_error(course):
    with Session(course) as session:
        mean = session.grade_ours(misconception="u01.never_ends").exercises[0]
    assert [check.outcome for check in mean.checks] == [Outcome.PASS, Outcome.TIMEOUT, Outcome.TIMEOUT]


def test_what_is_known_is_kept(course):
    unit = course.units[0]
    with Session(course) as session:
        item = session.items(unit)[0]
        known = Bank(Judge(course, unit))
        fresh, kept = (known.known(known.misconceptions[0], item) for _ in range(2))
    assert fresh.outcome == kept.outcome == Outcome.FAIL
    assert alike(fresh.transcript, kept.transcript)


def test_another_seed_is_another_question(tiny):
    unit = tiny.units[0]
    with Session(tiny) as session:
        item = next(item for item in session.items(unit) if item.id == "test_agrees_with_the_oracle")
        transcripts = [Judge(tiny, unit, seed=seed).check(item, Ours(unit)).transcript for seed in (1, 2, 1)]
    assert not alike(transcripts[0], transcripts[1])
    assert alike(transcripts[0], transcripts[2])


def test_a_recorded_transcript_answers_like_the_subject_it_was_taken_from(course):
    unit = course.units[0]
    with Session(course) as session:
        item = session.items(unit)[0]
        verdict = Judge(course, unit).check(item, Ours(unit, "u01.total"))
    replayed = Subject(Replay(verdict.transcript))
    assert replayed.learner.mean([1.0, 3.0]) == 4.0


def test_a_learner_sees_no_warning_of_ours(course):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with Ours(course.units[0], "u01.total").budget(1.0):
            warnings.warn("of a misconception", stacklevel=1)
    assert not seen


@pytest.mark.parametrize(("mine", "other", "is_same"), [(3, 3.0, True), (3, 3.5, False), (True, 1.0, False)])
def test_a_whole_number_is_the_same_answer_as_a_float(mine, other, is_same):
    assert same(mine, other) is is_same
    assert same([other], [mine]) is is_same


def test_transcripts_of_unequal_length_are_not_alike():
    one = Transcript()
    assert alike(one, Transcript())


ALL = {"mean", "box", "slope"}
CHANGES = {
    "a misconception": ("solutions/misconceptions/u01_made/box.py", "You give back a", "That is a", {"box"}),
    "a check": ("checks/test_u01_made.py", "mean([1, 3])", "mean of 1 and 3", {"mean"}),
    "lines of a check": ("checks/test_u01_made.py", "The mean of a list.", "The mean.\n\n    Of a list.", {"mean"}),
    "what all checks share": (
        "checks/test_u01_made.py",
        '"title": "Made"',
        '"title": "Other"',
        ALL,
    ),
    "the solution": ("solutions/u01_made.py", "h = 1e-6", "h = 1e-5", ALL),
    "what misconceptions share": (
        "solutions/misconceptions/u01_made/_shared.py",
        "",
        "x = 1",
        ALL,
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_leaves_what_is_kept_of_the_exercises_that_it_is_not_of(course_of, what):
    course = course_of(CHECKS, SOLUTION, misconceptions=WRONG)

    def computed():
        """Return the exercises whose misconceptions had to be asked; what the others answer was kept."""
        unit = Course.find(course.root).unit("u01")
        bank = Bank(Judge(course, unit))
        for item in collect(course, unit):
            for one in bank.of(item.exercise)[:1]:
                bank.known(one, item)
        files = {path for path in (course.root / ".grade/store/u01_made.known").rglob("*") if path.is_file()}
        new, seen[0] = files - seen[0], files
        return {path.parent.parent.name for path in new}

    seen = [set()]
    assert computed() == ALL
    assert computed() == set()
    name, old, new, stale = CHANGES[what]
    path = course.root / name
    path.write_text((path.read_text("utf-8") if old else "").replace(old, new, 1), "utf-8")
    assert computed() == stale


def test_a_bank_that_does_not_run_is_the_courses_fault_where_it_is_needed(course_of, grade):
    course = course_of(CHECKS, SOLUTION, misconceptions="1 / 0\n" + WRONG)
    assert grade(course, SOLUTION).exit_code == 0
    with pytest.raises(CourseError, match=r"misconceptions/u01_made/mean\.py:1: does not run: ZeroDivisionError"):
        grade(course, SOLUTION + "\ndef mean(xs):\n    return 1.0\n")


def test_an_interruption_while_ours_runs_is_one(course_of):
    """Ctrl-C in the host's own process is no answer of the code that happened to run."""
    course = course_of(
        CHECKS, SOLUTION.replace("if not xs:", "if xs == [1.0, 3.0]:\n        raise KeyboardInterrupt\n    if not xs:")
    )
    with Session(course) as session, pytest.raises(KeyboardInterrupt):
        session.grade_ours()


PAIR_CHECKS = '''
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("both", points=2, answers=("double", "triple"))
class TestBoth:
    """Two functions of one exercise."""

    def test_double(self, learner):
        close(learner.double(4.0), 8.0, "double(4)")

    def test_triple(self, learner):
        close(learner.triple(4.0), 12.0, "triple(4)")

    def test_one_after_the_other(self, learner):
        close(learner.double(learner.triple(5.0)), 30.0, "double(triple(5))")

    def test_together(self, learner):
        close(learner.double(7.0) + learner.triple(7.0), 35.0, "double(7) + triple(7)")
'''
PAIR = "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"
PAIR_WRONG = """
from grader import misconception

@misconception("both", replaces="double", says="You square.")
def squares(x):
    return x * x

@misconception("both", replaces="triple", says="You cube.")
def cubes(x):
    return x ** 3

@misconception("both", replaces="triple", says="You add three.")
def adds(x):
    return 3 + x
"""
TWO_AT_ONCE = {
    "the first of two": ("double = lambda x: x * x\ntriple = lambda x: x + 3", {"u01.squares": "test_double"}),
    "one, and one that nobody knows": ("double = lambda x: x * x\ntriple = lambda x: x - 3", {}),
    "two in one place": ("double = lambda x: x * x if x < 6 else 0.0", {}),
    "the second alone": ("triple = lambda x: x ** 3", {"u01.cubes": "test_triple"}),
}


@pytest.mark.parametrize("name", TWO_AT_ONCE)
def test_two_at_once(course_of, grade, name):
    """The checks that ask for both fail in a way that neither alone explains."""
    source, expected = TWO_AT_ONCE[name]
    assert named(grade(course_of(PAIR_CHECKS, PAIR, misconceptions=PAIR_WRONG), f"{PAIR}\n{source}")) == expected


BITS_CHECKS = """
from grader import close, exercise, same

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("even", points=1)
class TestEven:
    def test_it(self, learner):
        same([learner.even(4), learner.even(7)], [True, False], "even of 4 and 7")


@exercise("curve", points=2, answers=("curve", "bend"))
class TestCurve:
    def test_values(self, learner):
        for x in (-9.0, 2.5, 3.25):
            close(learner.curve(x), x * x if x > 0 else 0.5 * x * x, f"curve({x:g})")

    def test_bend(self, learner):
        close(learner.bend(1.25), 1.25 * learner.curve(1.25), "bend(1.25)")
"""
BITS = """
def even(x):
    return x % 2 == 0


def curve(x):
    return x * x if x > 0 else 0.5 * x * x


def bend(x):
    return x * curve(x)
"""
BITS_WRONG = """
from grader import misconception

@misconception("even", says="You look at the last bit of a float.", symptom=%s)
def always(x):
    return True

@misconception("curve", replaces="curve", says="On the left you cube.")
def cubed(x):
    return x * x if x > 0 else 0.0 * x * x * x

@misconception("curve", replaces="curve", says="You forget the square.")
def linear(x):
    return x if x > 0 else 0.5 * x * x
"""
NOT_BENT = "def bend(x):\n    raise NotImplementedError('TODO: bend')"
FOUND = {
    "a truth value proves no mechanism": ("def even(x): return not x < 0", False, []),
    "a truth value proves a symptom": ("def even(x): return not x < 0", True, ["u01.always"]),
    "one 0 proves nothing": ("def curve(x): return x * x if x > 0 else 0.0", False, []),
    "other numbers prove it": ("def curve(x): return x if x > 0 else x * x / 2", False, ["u01.linear"]),
    "with other numbers it is another one": (
        "def curve(x): return {2.5: 2.5}.get(x, x * x if x > 0 else x * x / 2)",
        False,
        [],
    ),
    "what is not written says nothing": (
        f"def curve(x): return x if x > 0 else x * x / 2\n{NOT_BENT}",
        False,
        ["u01.linear"],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_agrees_is_weighed(course_of, grade, name):
    source, symptom, expected = FOUND[name]
    course = course_of(BITS_CHECKS, BITS, misconceptions=BITS_WRONG % symptom)
    assert list(named(grade(course, f"{BITS}\n{source}"))) == expected


ALWAYS = """
@misconception("even", says="You ask for the sign.", symptom=%r)
def positive(x):
    return x == x
"""
LESS = "You say yes too often."


@pytest.mark.parametrize(
    ("other", "expected"), [(None, [LESS]), (LESS, [LESS]), ("Another sentence.", []), (False, [])]
)
def test_with_less_a_sentence_that_all_share_is_said(course_of, grade, other, expected):
    wrong = BITS_WRONG % repr(LESS) + (ALWAYS % other if other is not None else "")
    course = course_of(BITS_CHECKS, BITS, misconceptions=wrong)
    (exercise, *_) = grade(course, f"{BITS}\ndef even(x): return not x < 0").exercises
    causes = [check.cause for check in exercise.checks if check.cause]
    assert [cause.says for cause in causes] == expected
    assert all(not cause.misconception for cause in causes)


BASE_CHECKS = """
from grader import close, exercise, raises

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("root", points=2)
class TestRoot:
    def test_two(self, learner):
        close(learner.root(2.0), 2 ** 0.5, "root(2)")

    def test_negative(self, learner):
        raises(ValueError, lambda: learner.root(-2.0), "root(-2)")
"""
BASE_WRONG = """
from grader import misconception

@misconception("root", says="You halve.")
def halves(x):
    if x < 0:
        raise TypeError("no")
    return x / 2 + 0.0125
"""
LEARNERS_ROOT = "def root(x):\n    return x / 2 + 0.0125 if x > 0 else 0.0\n"


@pytest.mark.parametrize("based", [False, True])
def test_a_mistake_on_a_base(course_of, grade, based):
    """The learner never refuses anything, as the base does not; so that check says nothing about the mistake."""
    solution = "def root(x):\n    if x < 0:\n        raise ValueError(x)\n    return x ** 0.5\n"
    course = course_of(BASE_CHECKS, solution, misconceptions=BASE_WRONG)
    if based:
        base = course.root / "solutions" / "bases" / "u01_made.trusting.py"
        base.parent.mkdir()
        base.write_text("def root(x):\n    return abs(x) ** 0.5\n", "utf-8")
    assert list(named(grade(course, f"{solution}\n{LEARNERS_ROOT}"))) == (["u01.halves"] if based else [])


ALSO_CHECKS = """
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("share", points=1)
class TestShare:
    def test_it(self, learner):
        close(learner.share([1.0, 2.5]), [1 / 3.5, 2.5 / 3.5], "share([1, 2.5])")


@exercise("mix", points=1, needs=("share",))
class TestMix:
    def test_it(self, learner):
        close(learner.mix([1.0, 2.5], [0.3, 7.0]), 17.8 / 3.5, "mix([1, 2.5], [0.3, 7])")
"""
ALSO = """
def share(xs):
    return [x / sum(xs) for x in xs]


def mix(xs, ys):
    return sum(s * y for s, y in zip(share(xs), ys))
"""
ALSO_WRONG = """
from grader import misconception

@misconception("share", says="The shares do not sum to 1.", %s)
def by_the_number(xs):
    return [x / len(xs) for x in xs]
"""
WRITTEN_OUT = "def mix(xs, ys):\n    return sum(x / len(xs) * y for x, y in zip(xs, ys))\n"


@pytest.mark.parametrize(("mark", "expected"), [("", []), ("also=('mix',)", ["u01.by_the_number"])])
def test_a_mistake_in_what_is_written_out(course_of, grade, mark, expected):
    course = course_of(ALSO_CHECKS, ALSO, misconceptions=ALSO_WRONG % mark)
    assert list(named(grade(course, f"{ALSO}\n{WRITTEN_OUT}"))) == expected
