"""`grade watch` as a process, and what it has said so far."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

TINY = Path(__file__).parents[1] / "tiny"
SECONDS = 60.0
TIME = re.compile(r"^\d\d:\d\d:\d\d", re.MULTILINE)
TOOK = re.compile(r"(under )?\d\.\d\d s\b")


class Watching:
    """A `grade watch` under way. Its output is read as it comes."""

    def __init__(self, process, read):
        self.process = process
        self._text = ""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, args=(read,), daemon=True)
        self._reader.start()

    def _read(self, read):
        while data := read():
            with self._more:
                self._text += data.decode("utf-8", "replace")
                self._more.notify_all()

    @property
    def said(self):
        return TOOK.sub("0.01 s", TIME.sub("12:00:00", self._text.replace("\r\n", "\n")))

    def wait_for(self, text, times=1):
        """Wait until it has said something so often; return all it has said."""
        with self._more:
            assert self._more.wait_for(lambda: self.said.count(text) >= times, SECONDS), self.said
        return self.said

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(SECONDS)
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def tiny(tmp_path):
    ignore = shutil.ignore_patterns(".*", "__pycache__")
    return Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=ignore))


@pytest.fixture
def area(tiny):
    return tiny / "exercises" / "u01_area.py"


def surroundings(**more):
    gone = ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "ACCESSIBLE", "TERM")
    return {**{name: value for name, value in os.environ.items() if name not in gone}, **more}


@pytest.fixture
def watch(tiny):
    """Start `grade watch` in the tiny course, and wait until it watches."""
    begun = []

    def start(*words, **more):
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", "watch", *words],
            cwd=tiny,
            env=surroundings(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        begun.append(Watching(process, lambda: os.read(process.stdout.fileno(), 4096)))
        begun[-1].wait_for("Watching" if more.get("LANG", "C.UTF-8") == "C.UTF-8" else "\u76d1\u89c6")
        return begun[-1]

    yield start
    for one in begun:
        one.end()


@pytest.fixture
def at_terminal(tiny):
    """Start it at a terminal of its own; returns it and the terminal's descriptor."""
    import pty

    begun = []

    def start(*words, **more):
        ours, its = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", "watch", *words],
            cwd=tiny,
            env=surroundings(TERM="xterm", NO_COLOR="1", **more),
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        )

        def read():
            try:
                return os.read(ours, 4096)
            except OSError:
                return b""

        begun.append((Watching(process, read), its, ours))
        begun[-1][0].wait_for("Watching")
        return begun[-1]

    yield start
    for one, its, ours in begun:
        one.process.kill()
        one.process.wait()
        os.close(its)
        one.end()
        os.close(ours)


@pytest.fixture
def write():
    """Replace a piece of a file, as an editor does that saves."""

    def replace(path, old, new):
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return replace


@pytest.fixture
def pause():
    return time.sleep
