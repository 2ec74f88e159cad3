"""What a file imports to try things out, and what is not here: a stand-in that fails when it is used."""

import pytest

from grader.model import Outcome

CHECKS = '''
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": ["statistics", "statistics.*"]}


@exercise("half", points=1)
class TestHalf:
    """Half of a number."""

    def test_any(self, learner):
        close(learner.half(4.0), 2.0, "half(4)")


@exercise("twice", points=1)
class TestTwice:
    """Twice a number."""

    def test_any(self, learner):
        close(learner.twice(4.0), 8.0, "twice(4)")
'''
SOLUTION = "def half(x):\n    return x / 2\n\n\ndef twice(x):\n    return 2 * x\n"


@pytest.fixture(scope="module")
def course(course_of):
    return course_of(CHECKS, SOLUTION)


@pytest.mark.parametrize(
    "line",
    [
        "from google.colab import drive",
        "import matplotlib.pyplot as plt",
        "import ipywidgets",
        "import numpy",
        "from myhelper import Value, other as thing",
        "import a.b.c, d",
        "import numpy as np\ndef show(x: np.ndarray | None, y: np.typing.NDArray[np.float64]) -> 'np.x':\n    pass",
        "try:\n    import tiktoken\nexcept ImportError:\n    tiktoken = None\nassert tiktoken is None",
        "import tiktoken\nif tiktoken:\n    tiktoken.get_encoding('gpt2')",
        "try:\n    import nothing_here\nexcept ModuleNotFoundError as error:\n    assert error.name == 'nothing_here'",
    ],
    ids=lambda line: line.replace("\n", " ")[:40],
)
def test_what_nobody_uses_is_in_nobodys_way(course, grade, line):
    report = grade(course, f"{line}\n\n{SOLUTION}")
    said = [check.message for exercise in report.exercises for check in exercise.checks]
    assert [exercise.outcome for exercise in report.exercises] == [Outcome.PASS] * 2, said


@pytest.mark.parametrize(
    "use",
    ["plt.plot([x])", "plt.figure", "pyplot.style.use('dark')", "x + plt.pi", "[*plt.cm]", "isinstance(x, plt.Axes)"],
)
def test_what_is_used_fails_there_and_nowhere_else(course, grade, use):
    head = "import matplotlib.pyplot as plt\nfrom matplotlib import pyplot\n\n"
    report = grade(course, f"{head}def half(x):\n    {use}()\n    return x / 2\n\n\ndef twice(x):\n    return 2 * x\n")
    half, twice = report.exercises
    assert (half.outcome, twice.outcome) == (Outcome.ERROR, Outcome.PASS)
    (check,) = half.checks
    assert check.message.startswith("matplotlib is not used in this unit: it may import")
    assert check.where.line == 5


def test_a_class_cannot_be_made_of_it(course, grade):
    report = grade(course, f"from lightning import Module\n\nclass Net(Module):\n    pass\n\n{SOLUTION}")
    check = report.exercises[0].checks[0]
    assert (check.outcome, check.frames[-1].line) == (Outcome.ERROR, 3)
    assert check.message.startswith("There is no module lightning while your code is graded.")


def test_an_import_inside_of_a_function_is_a_use(course, grade):
    report = grade(course, "def half(x):\n    import numpy\n    return x / 2\n\n\ndef twice(x):\n    return 2 * x\n")
    assert [exercise.outcome for exercise in report.exercises] == [Outcome.ERROR, Outcome.PASS]


def test_a_promised_name_that_comes_from_elsewhere_is_no_answer(course, grade):
    report = grade(course, "from myhelper import half\n\n\ndef twice(x):\n    return 2 * x\n")
    half, twice = report.exercises
    assert (half.outcome, twice.outcome) == (Outcome.ERROR, Outcome.PASS)
    assert half.checks[0].message.startswith(
        "There is no module myhelper while your code is graded. A unit is one file"
    )


def test_what_is_forbidden_stays_refused(course, grade):
    report = grade(course, f"import statistics\n\n{SOLUTION}")
    assert {exercise.outcome for exercise in report.exercises} == {Outcome.RULE}


def test_a_file_beside_it_that_is_used_is_explained(course, grade):
    """The import stands at the top of the file, and what is wrong is told where it is used."""
    half, twice = grade(course, f"from myhelper import Value\n\n{SOLUTION}".replace("2 * x", "Value(2 * x)")).exercises
    assert half.outcome is Outcome.PASS
    said = (
        "There is no module myhelper while your code is graded. A unit is one file: what you need of your own goes into"
    )
    assert twice.checks[0].message.startswith(said)
