"""A copy of the tiny course to work in, and `grade` as a learner runs it: the installed command, in a process."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from grader.cli import main

TINY = Path(__file__).parents[1] / "tiny"
INSTALLED = Path(sysconfig.get_path("scripts")) / ("grade.exe" if os.name == "nt" else "grade")
COMMAND = [str(INSTALLED)] if INSTALLED.exists() else [sys.executable, "-m", "grader"]
LOOKS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "ACCESSIBLE", "TERM", "EDITOR", "VISUAL", "PYTHONIOENCODING", "CI")


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if name not in LOOKS and not name.startswith("COV")}
    return {**kept, **more}


@pytest.fixture
def command():
    """The words that start `grade`."""
    return COMMAND


@pytest.fixture
def environ():
    """Make an environment without what changes how text looks, but for what is given."""
    return environment


@pytest.fixture
def tiny(tmp_path):
    """A fresh copy of the tiny course."""
    ignore = shutil.ignore_patterns(".*", "__pycache__")
    return Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=ignore))


@pytest.fixture
def grade(tiny):
    """Run `grade` in the tiny course; returns the finished process with text in stdout and stderr."""

    def run(*words, cwd=tiny, text=True, **more):
        return subprocess.run(
            [*COMMAND, *words],
            cwd=cwd,
            env=environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=text,
            encoding="utf-8" if text else None,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def here(tiny, monkeypatch, capsys):
    """Like `grade`, but in this process: for what does not depend on being a process, because it is quicker."""

    def run(*words, cwd=tiny, **more):
        with monkeypatch.context() as patch:
            for name in LOOKS:
                patch.delenv(name, raising=False)
            for name, value in more.items():
                patch.setenv(name, value)
            patch.chdir(cwd)
            capsys.readouterr()
            code = main(words)
        said = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, said.out, said.err)

    return run


@pytest.fixture
def at(tiny):
    """Return `exercises/u01_area.py:18`, the place where a text stands in a file of the learner's."""

    def place(name, text):
        lines = (tiny / "exercises" / name).read_text(encoding="utf-8").split("\n")
        return f"exercises/{name}:{next(row for row, line in enumerate(lines, 1) if text in line)}"

    return place


@pytest.fixture
def hand_in(tiny):
    """Put one of the tiny course's submissions where a learner writes."""

    def put(name, unit=""):
        for path in (tiny / "submissions" / name).glob(f"{unit}*.py"):
            shutil.copy(path, tiny / "exercises")

    return put
