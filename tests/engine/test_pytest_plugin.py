"""The checks under a bare pytest, in processes of their own, and what happens when a run collects too little."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import CourseError, GraderFault
from grader.session import Session

ROOT = Path(__file__).parent.parent.parent
HOST = """
import sys
from pathlib import Path
from grader.course.course import Course
from grader.errors import GraderError
from grader.session import Session

course = Course.find(Path.cwd())
try:
    with Session(course) as session:
        print("exit code", session.grade(submission=course.root / "submissions" / "right").exit_code)
except GraderError as error:
    print(type(error).__name__, error)
"""


def run(folder, *command, **environment):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def bare(course, *options):
    code, said = run(course.root, "-m", "pytest", "checks", "-q", "-rA", "-p", "no:cacheprovider", *options)
    lines = [line.split(" - ")[0].split() for line in said.splitlines()]
    verdicts = {words[1].partition("::")[2]: words[0] for words in lines if words[:1] in (["PASSED"], ["FAILED"])}
    return code, said, verdicts


def test_the_solutions_are_judged_and_ordinary_tests_run_as_they_always_do(tiny):
    (tiny.checks / "test_u03_plain.py").write_text("def test_plain(tmp_path):\n    assert tmp_path.exists()\n", "utf-8")
    code, said, verdicts = bare(tiny)
    assert (code, len(verdicts), set(verdicts.values())) == (0, 18, {"PASSED"})
    assert "18 passed" in said


ENTRY = {"PYTEST_PLUGINS": "grader.pytest_entry"}  # as where the kit is installed


@pytest.mark.parametrize("words", [["checks"], [], ["checks/hidden"], ["checks/test_u01_area.py", "--misconception="]])
def test_where_the_kit_is_installed_a_course_needs_no_settings(tiny, words):
    (tiny.root / "pyproject.toml").write_text("[tool.grader]\nformat = 1\n[tool.pytest]\nstrict = true\n", "utf-8")
    code, said = run(tiny.root, "-m", "pytest", *words, "-q", "-p", "no:cacheprovider", **ENTRY)
    assert code == 0, said
    assert "passed" in said


def test_a_course_is_found_from_elsewhere_too(tiny, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tiny.root / "pyproject.toml").write_text("[tool.grader]\nformat = 1\n", "utf-8")
    code, said = run(tmp_path / "elsewhere", "-m", "pytest", str(tiny.checks), "-q", "-p", "no:cacheprovider", **ENTRY)
    assert (code, "passed" in said) == (0, True)


def test_no_other_project_notices_the_plugin(tmp_path):
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n    parser.addoption('--submission', default='ours')\n", "utf-8"
    )
    text = (
        "import sys\n\ndef test_it(pytestconfig):\n    assert pytestconfig.getoption('submission') == 'ours'\n"
        "    assert not {'numpy', 'msgspec', 'grader.course.course'} & set(sys.modules)\n\n"
        "def test_no_fixture(rng): pass\n"
    )
    (tmp_path / "test_other.py").write_text(text, "utf-8")
    _, said = run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", **ENTRY)
    assert "1 passed, 1 error" in said
    assert "fixture 'rng' not found" in said


def test_naming_the_plugin_beside_the_entry_point_is_no_second_one(tiny):
    command = ["-m", "pytest", "checks", "-q", "-p", "grader.pytest_plugin", "-p", "grader.pytest_entry"]
    code, said = run(tiny.root, *command, **ENTRY)
    assert (code, "passed" in said) == (0, True)


def test_a_submission_is_judged_with_the_inputs_of_a_seed(tiny):
    code, said, verdicts = bare(tiny, "--submission", "submissions/wrong")
    assert code == 1
    assert verdicts["TestArea::test_triangle"] == "PASSED"
    assert verdicts["TestArea::test_clockwise"] == "FAILED"
    assert "  Answer   area, walked clockwise\n             yours     -0.5\n             expected  0.5\n" in said
    _, other, _ = bare(tiny, "--submission", "submissions/wrong", "--grade-seed", "1")
    lines = [[line for line in one.splitlines() if line.startswith(" " * 13 + "yours")] for one in (said, other)]
    assert lines[0] != lines[1]


def test_what_is_not_written_is_skipped_and_what_cannot_be_read_fails(tiny):
    shutil.copy(tiny.root / "submissions" / "unparsable" / "u01_area.py", tiny.root / "submissions" / "untouched")
    code, said, _ = bare(tiny, "--submission", "submissions/untouched")
    assert code == 1
    assert "12 failed, 5 skipped" in said
    assert "column_means is not written yet." in said
    assert "^ expected ':'" in said
    assert "Traceback" not in said


def test_a_failing_check_shows_the_page_of_grade(tiny):
    _, said, _ = bare(tiny, "--submission", "submissions/wrong", "-k", "small_table")
    assert "FAIL  u02.column_means   a table that you can do in your head\n" in said
    assert "  Shape    yours (3,)   expected (2,)\n" in said


def test_a_misconception_is_judged_and_the_other_units_by_their_solutions(tiny):
    code, _, verdicts = bare(tiny, "--misconception", "u01.adds_the_products")
    assert code == 1
    assert verdicts["TestCross::test_order_decides_the_sign"] == "FAILED"
    assert verdicts["TestColumnMeans::test_small_table"] == "PASSED"


@pytest.mark.parametrize(
    ("name", "why"),
    [("u01.adds", "no file in it has u01.adds"), ("adds_the_products", "say the unit's key first")],
)
def test_a_misconception_that_is_none(tiny, name, why):
    code, said, verdicts = bare(tiny, "--misconception", name, "-k", "test_unit_square")
    assert code == 1
    assert why in said
    assert "PASSED" not in verdicts.values()


# A run that collected less than there is, or nothing, is a fault of ours or the course's: no marks, and nobody passes.


def test_settings_of_pytest_change_nothing(tiny):
    environment = {"PYTEST_ADDOPTS": "-k nothing --maxfail=1", "PYTEST_PLUGINS": "a_plugin_that_is_not_there"}
    (tiny.root / "pytest.ini").write_text("[pytest]\naddopts = --deselect checks\npython_functions = never\n", "utf-8")
    assert run(tiny.root, "-c", HOST, **environment) == (0, "exit code 0\n")


EMPTY = "def pytest_collection_modifyitems(items):\n    items.clear()\n"


def test_a_run_that_collected_nothing_is_a_fault(tiny):
    (tiny.checks / "conftest.py").write_text(EMPTY, "utf-8")
    _, said = run(tiny.root, "-c", HOST)
    assert said.startswith("GraderFault pytest did not find test_u01_area.py::cross::test_unit_square")
    code, said = run(tiny.root, "-m", "grader")
    assert code == 4
    assert "Traceback" not in said


LOST = (GraderFault, "pytest did not find test_u01_area.py::cross::test_unit_square")
LOSSES = {
    "a class that is gone": ("del TestCross", *LOST),
    "a function that is gone": ("del TestCross.test_unit_square", *LOST),
    "a skip": ("pytest.skip('later', allow_module_level=True)", *LOST),
    "an import": (
        "import a_package_that_is_not_there",
        CourseError,
        "the checks do not load: ModuleNotFoundError: No mo",
    ),
    "an exit": ("raise SystemExit(0)", CourseError, "the checks do not load: SystemExit: 0"),
    "an error": ("1 / 0", CourseError, "the checks do not load: ZeroDivisionError"),
    "a syntax error": ("def broken(:", CourseError, "invalid syntax"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_check_that_got_lost_is_never_marks(tiny, capfd, name):
    statement, kind, sentence = LOSSES[name]
    path = tiny.checks / "test_u01_area.py"
    before = path.read_text("utf-8")
    path.write_text(f"{before}\n{statement}\n", "utf-8")
    where = f"{path}:{before.count(chr(10)) + 2}: " if kind is CourseError else ""
    with pytest.raises(kind) as caught, Session(tiny) as session:
        session.grade(submission=tiny.root / "submissions" / "right")
    assert str(caught.value).startswith(where + sentence)
    assert capfd.readouterr().out == ""


PARAMETERS = {
    "a list that is made": ("list(range(3))", "write out the values of parametrize"),
    "a list that grows": ("SIZES", "pytest makes 4 checks of test_order_decides_the_sign, the file declares 3"),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_checks_can_be_counted_without_running_the_file(tiny, name):
    values, sentence = PARAMETERS[name]
    path = tiny.checks / "test_u01_area.py"
    mark = f'@pytest.mark.parametrize("size", {values})\n    def test_order_decides_the_sign(self, learner, rng, size)'
    text = path.read_text("utf-8").replace("def test_order_decides_the_sign(self, learner, rng)", mark)
    path.write_text(text.replace("def corners_of", "SIZES = [1, 2, 3]\nSIZES.append(4)\n\n\ndef corners_of"), "utf-8")
    with pytest.raises(CourseError, match=sentence) as caught, Session(tiny) as session:
        session.grade(submission=tiny.root / "submissions" / "right")
    assert str(caught.value).startswith(f"{path}:")
