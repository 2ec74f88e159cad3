"""The tiny course, to change or to keep."""

import shutil
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.session import Session

TINY = Path(__file__).parent.parent / "tiny"


@pytest.fixture
def tiny(tmp_path):
    """A copy of the tiny course."""
    shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns(".*"))
    return Course.find(tmp_path / "tiny")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """One session with a copy of the tiny course that nobody changes."""
    root = tmp_path_factory.mktemp("course") / "tiny"
    shutil.copytree(TINY, root, ignore=shutil.ignore_patterns(".*"))
    with Session(Course.find(root)) as session:
        yield session
