"""A copy of the second course, to break something in it and see what an audit finds."""

import contextlib
import shutil
from pathlib import Path

import pytest

from grader.author.audit import audit, read_units
from grader.author.stubs import build
from grader.cli import main
from grader.course.course import Course
from grader.errors import CourseError

TINY = Path(__file__).parent.parent / "tiny"


class Copy:
    """Unit 1 of the second course, to be written to."""

    def __init__(self, folder):
        self.root = folder / "tiny"
        shutil.copytree(TINY, self.root, ignore=shutil.ignore_patterns(".*", "submissions", "u02_*", "test_u02_*"))

    def edit(self, file, old, new):
        """Replace the one place where `old` stands, and return the line where it was."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{text.count(old)} times in {file}: {old}"
        self.write(file, text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1

    def write(self, file, text):
        (self.root / file).write_text(text, encoding="utf-8")

    def audit(self, *, fresh=True):
        """Return what an audit of all units finds; fresh: after the stubs were made again."""
        course = Course.find(self.root)
        units, unread = read_units(course)
        if fresh and not unread:
            with contextlib.suppress(CourseError):
                build(course, units)
        return unread + audit(course, units)

    def places(self, found):
        return [(one.file.relative_to(self.root).as_posix(), one.line) for one in found]


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """The folder of a course that was clean."""
    made = Copy(tmp_path_factory.mktemp("audited"))
    assert made.audit() == []
    return made.root


@pytest.fixture
def grade(copy, monkeypatch, capsys):
    """Run `grade author WORDS` in the copy; return its exit code and what it wrote to both streams."""
    monkeypatch.chdir(copy.root)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*words):
        code = main(["author", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
