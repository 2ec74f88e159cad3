"""Courses for one test each: the tiny one, or one made of a few lines."""

import shutil
import textwrap
from pathlib import Path

import pytest

from grader.course import Course
from grader.session import Session

TINY = Path(__file__).parent.parent / "tiny"
SETTINGS = '[tool.grader]\nformat = 1\ntitle = "Made for a test"\nseed = 3\n'


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


@pytest.fixture(scope="session")
def course_of(tmp_path_factory):
    """Make a course of one unit, u01, out of the texts of its files."""

    def make(checks, solution="", **others):
        root = tmp_path_factory.mktemp("made")
        files = {"checks/test_u01_made.py": checks, "solutions/u01_made.py": solution, "pyproject.toml": SETTINGS}
        places = {"oracles": "checks/oracles", "props": "checks/props", "misconceptions": "solutions/misconceptions"}
        files |= {f"{places[name]}/u01_made.py": text for name, text in others.items()}
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), "utf-8")
        return Course.find(root)

    return make


@pytest.fixture
def grade(tmp_path):
    """Grade the text of a learner's file of u01, in a course or in a session that is open already."""
    folder = tmp_path / "learner"
    folder.mkdir()

    def run(where, source, **options):
        (folder / "u01_made.py").write_text(textwrap.dedent(source), "utf-8")
        if isinstance(where, Session):
            return where.grade(submission=folder, **options)
        with Session(where) as session:
            return session.grade(submission=folder, **options)

    return run
