"""Grade a submission made for one test, against the tiny course, with real workers."""

import shutil
from pathlib import Path

import msgspec
import pytest

from grader.course.course import Course
from grader.running.job import Options
from grader.session import Session

TINY = Path(__file__).parent.parent / "tiny"
ENGINE = str(TINY.parent.parent / "grader")


@pytest.fixture(scope="session")
def session(tmp_path_factory):
    root = tmp_path_factory.mktemp("course") / "tiny"
    shutil.copytree(TINY, root, ignore=shutil.ignore_patterns(".*"))
    with Session(Course.find(root)) as session:
        yield session


@pytest.fixture
def folder(tmp_path, session):
    """A submission that is right, to be spoilt."""
    shutil.copytree(session.course.root / "submissions" / "right", tmp_path / "exercises")
    return tmp_path / "exercises"


@pytest.fixture
def grade(session, folder, monkeypatch):
    """Grade some exercises of the submission and look over every text for what no learner should read."""
    monkeypatch.chdir(folder.parent)

    def run(*names, timeout=0.3):
        exercises = [exercise for exercise in session.course.exercises if exercise.name in names]
        report = session.grade(exercises, submission=folder, options=Options(timeout=timeout))
        for text in texts(msgspec.to_builtins(report)):
            text.encode()
            assert "Traceback" not in text
            assert ENGINE not in text
        return report

    return run


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)
