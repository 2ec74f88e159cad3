"""A course, a runtime folder of its own, and the processes that stay in it; what the tests look at from outside."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TINY = Path(__file__).parents[1] / "tiny"
ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
NOT_SERVED = 100
# Whoever asks, with what a client loads; it does nothing where it is not served.
ASK = f"""
import sys
from grader.resident import client, whether
course = whether.course(sys.argv[1:])
code = None if course is None else client.asked(sys.argv[1:], course)
sys.exit({NOT_SERVED} if code is None else code)
"""


def wait(condition):
    """Wait until something is so, and return it."""
    until = time.monotonic() + PATIENCE
    while not (found := condition()) and time.monotonic() < until:
        time.sleep(0.01)
    assert found
    return found


def alive(pid):
    """Say whether a process runs; a zombie does not."""
    return state(pid) not in ("", "Z")


def state(pid):
    """Return R, S, T and so on; nothing for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return ""


def children(pid):
    """Return a process's children."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def below(pid):
    """Return all processes below one."""
    return [one for child in children(pid) for one in (child, *below(child))]


def build(folder):
    """Make the tiny course in a folder, with a runtime folder beside it."""
    run = Path(tempfile.mkdtemp(prefix="chainrule-test-"))  # 0700, and short enough for a socket's address
    course = shutil.copytree(TINY, folder / "tiny", ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return House(Path(course), run)


class House:
    """A course, the environment that its `grade` runs in, and the hosts that stay there."""

    def __init__(self, course, run):
        self.course = course
        self.folder = run / "chainrule"
        self.scratch = run / "scratch"
        self.scratch.mkdir()
        dropped = ("GRADE_RESIDENT", "CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "ACCESSIBLE")
        kept = {name: value for name, value in os.environ.items() if name not in dropped and name[:3] != "COV"}
        self.environment = {**kept, "XDG_RUNTIME_DIR": str(run), "TMPDIR": str(self.scratch), "PYTHONPATH": str(ROOT)}
        self.started = []

    def popen(self, *words, ask=False, cwd=None, more=None, **options):
        """Start `grade`, or with ask one that does nothing cold."""
        command = ["-c", ASK] if ask else ["-m", "grader"]
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        process = subprocess.Popen(
            [sys.executable, *command, *words],
            cwd=cwd or self.course,
            env={**self.environment, **(more or {})},
            **options,
        )
        self.started.append(process)
        return process

    def grade(self, *words, **options):
        """Run it; returns exit code, output and errors as bytes."""
        process = self.popen(*words, **options)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def cold(self, *words, more=None, **options):
        """Run it without a resident session."""
        return self.grade(*words, more={**(more or {}), "GRADE_RESIDENT": "off"}, **options)

    def asked(self, *words, **options):
        """Return the exit code of a request; None where no host took it."""
        code = self.grade(*words, ask=True, **options)[0]
        return None if code == NOT_SERVED else code

    def host(self, *options, course=None, more=None):
        """Start a host with limits of its own; return its process when it listens."""
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.cli.resident", str(course or self.course), *options],
            env={**self.environment, **(more or {})},
            cwd="/",
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append(process)
        before = self._listening()
        wait(lambda: self._listening() - before or process.poll() is not None)
        return process

    def _listening(self):
        """Return which sockets are there; a dead host's has the name of the next one's."""
        found = set()
        for path in self.sockets():
            with contextlib.suppress(FileNotFoundError):
                found.add((path, path.stat().st_ino, path.stat().st_ctime_ns))
        return found

    def sockets(self):
        """Return the sockets that are there."""
        return sorted(self.folder.glob("*.sock"))

    def hosts(self):
        """Return the numbers of the processes that hold an address, whether they listen yet or not."""
        numbers = [int(path.read_text("ascii") or 0) for path in self.folder.glob("*.lock")]
        return [pid for pid in numbers if alive(pid)]

    def left_behind(self):
        """Return the number of the one host that a `grade` has left, when it listens."""
        wait(lambda: self.sockets() and len(self.hosts()) == 1)
        (pid,) = self.hosts()
        return pid

    def close(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        for pid in self.hosts():
            for one in (pid, *below(pid)):
                try:
                    os.kill(one, 9)
                except OSError:
                    continue
        wait(lambda: not self.hosts())
        shutil.rmtree(self.scratch.parent, ignore_errors=True)


def without_seconds(data):
    """Take out what no two runs have in common."""
    return re.sub(rb"(under )?\d+\.\d+ s\b|\"seconds\": [\d.e-]+", b"S", data)
