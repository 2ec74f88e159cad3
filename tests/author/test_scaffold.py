"""`grade author new`: a unit that passes the audit as made, and nothing that was there is touched."""

import shutil
from pathlib import Path

import pytest

from grader.author.audit import audit, read_units
from grader.author.scaffold import course_at, new
from grader.course.course import Course
from grader.errors import CourseError, UsageError

TINY = Path(__file__).parent.parent / "tiny"


@pytest.fixture
def course(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns(".*", "submissions"))
    return Course.find(tmp_path / "tiny")


@pytest.fixture
def empty(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.grader]\nformat = 1\nchecks = "checks"\n', encoding="utf-8")
    return course_at(tmp_path)


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".grade" not in path.parts}


@pytest.mark.parametrize("title", ["Dropout", "Of \"quotes\", \\ {braces} and '''more'''", "中文"])
def test_a_new_unit_passes_the_audit_as_made(empty, title):
    written = new(empty, "u09_dropout", title)
    assert [path.relative_to(empty.root).as_posix() for path in written] == [
        "solutions/u09_dropout.py",
        "solutions/misconceptions/u09_dropout/mean_square.py",
        "checks/test_u09_dropout.py",
        ".gitignore",
        ".vscode/tasks.json",
        ".vscode/extensions.json",
        ".vscode/settings.json",
        "exercises/u09_dropout.py",
    ]
    course = Course.find(empty.root)
    assert course.unit("u09").title == title
    told = []
    units, findings = read_units(course)
    assert findings + audit(course, units, progress=told.append) == []
    assert [(one.exercise, one.checks, one.misconceptions, one.caught) for one in told] == [
        ("u09.mean_square", 2, 1, 1)
    ]


def test_what_grade_keeps_is_ignored_and_a_list_that_is_there_stays(empty):
    new(empty, "u01_first", "First")
    assert ".grade/" in (empty.root / ".gitignore").read_text(encoding="utf-8").splitlines()
    (empty.root / ".gitignore").write_text("mine\n", encoding="utf-8")
    new(Course.find(empty.root), "u02_second", "Second")
    assert (empty.root / ".gitignore").read_text(encoding="utf-8") == "mine\n"


def test_a_new_unit_changes_no_existing_file(course):
    before = files(course.root)
    written = new(course, "u03_more", "More")
    assert {path: data for path, data in files(course.root).items() if path not in written} == before
    assert set(written).isdisjoint(before)


@pytest.mark.parametrize(
    "name",
    [
        "dropout",
        "u9_dropout",
        "u09",
        "u09_",
        "u09-dropout",
        "u09_Dropout",
        "u09_drop out",
        "../u09_x",
        "u09_x/y",
        "u09_x\n",
        "hint",
    ],
)
def test_a_bad_name_is_refused(course, name):
    before = files(course.root)
    with pytest.raises(UsageError, match="like u09_dropout"):
        new(course, name, "Title")
    assert files(course.root) == before


def test_a_key_that_is_taken_is_refused(course):
    with pytest.raises(UsageError, match=r"u01 is u01_area already. Take a free key, u03 for one\."):
        new(course, "u01_other", "Title")


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "a\x1b[31m"])
def test_a_title_that_is_no_line_of_text_is_refused(course, title):
    with pytest.raises(UsageError, match="a title of one line"):
        new(course, "u03_more", title)


@pytest.mark.parametrize(
    "there", ["solutions/u03_more.py", "solutions/misconceptions/u03_more/mean_square.py", "exercises/u03_more.py"]
)
def test_a_file_that_is_there_already_is_not_touched(course, there):
    (course.root / there).parent.mkdir(exist_ok=True)
    (course.root / there).write_text("mine\n", encoding="utf-8")
    before = files(course.root)
    with pytest.raises(UsageError, match=r"\.py is there already; nothing was written"):
        new(course, "u03_more", "More")
    assert files(course.root) == before


def test_what_cannot_be_written_whole_is_not_written_at_all(empty):
    (empty.root / "solutions").mkdir()
    (empty.root / "solutions" / "misconceptions").write_text("in the way\n", encoding="utf-8")
    before = files(empty.root)
    with pytest.raises(CourseError, match="cannot be written"):
        new(empty, "u01_first", "First")
    assert files(empty.root) == before


def test_without_a_course_one_is_told_how_to_begin(tmp_path):
    with pytest.raises(UsageError) as caught:
        course_at(tmp_path)
    assert "[tool.grader]\nformat = 1\n" in str(caught.value)
