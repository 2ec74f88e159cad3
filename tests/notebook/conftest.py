"""A copy of the tiny course, and `grade` in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TINY = Path(__file__).parents[1] / "tiny"


@pytest.fixture
def tiny(tmp_path):
    """A fresh copy of the tiny course."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns(".*", "__pycache__")))


@pytest.fixture
def grade(tiny):
    """Run `grade` in the tiny course; returns the finished process with text in stdout and stderr."""

    def run(*words):
        command = [sys.executable, "-m", "grader", "--color", "never", *words]
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(
            command, cwd=tiny, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
        )

    return run
