"""Run tests in a throw-away copy of the tree, with a fault in it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

from bench.planted.fault import Fault

ROOT = Path(__file__).parents[2]
SECONDS = 180.0
FOUND, MISSED, UNTRIED, BROKEN = "found", "missed", "untried", "broken"
TESTS_FAILED, ALL_PASSED = 1, 0
LATER = count(int(time.time()))  # Python keeps bytecode by the second in which a file was written


@dataclass(frozen=True)
class Ended:
    """How the tests ended. what: found, missed, untried (all skipped here) or broken (they could not be run)."""

    what: str
    said: str
    seconds: float


class Copy:
    """A copy of what git keeps and of what it does not ignore. Use it as a context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="chainrule-planted-"))
        self.root = self._folder / "tree"

    def __enter__(self) -> Self:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.root / name)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def tried(self, fault: Fault) -> Ended:
        """Plant a fault, run its tests, take it out again."""
        path = self.root / fault.file
        before = path.read_text("utf-8")
        try:
            self._write(path, fault.planted(before))
            return self.run(fault.tests)
        finally:
            self._write(path, before)

    def run(self, tests: tuple[str, ...], seconds: float = SECONDS) -> Ended:
        """Run tests of the copy on the copy, for so long at most."""
        temporary = self._folder / "tmp"
        temporary.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GRADE_", "PYTEST_"))}
        environment = {**kept, "PYTHONPATH": str(self.root), "TMPDIR": str(temporary)}
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=line", "-p", "no:cacheprovider", *tests]
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=self.root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            said = process.communicate(timeout=seconds)[0].decode("utf-8", "replace")
            return _ended(process.returncode, said, time.monotonic() - began)
        except subprocess.TimeoutExpired:
            return Ended(FOUND, "the tests came to no end", time.monotonic() - began)
        finally:
            _kill(process)
            shutil.rmtree(temporary, ignore_errors=True)

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        when = next(LATER)
        os.utime(path, (when, when))


def _ended(code: int, said: str, seconds: float) -> Ended:
    last = said.strip().rpartition("\n")[2].strip("= ")
    if code == TESTS_FAILED:
        failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
        return Ended(FOUND, failed[0] if failed else last, seconds)
    if code == ALL_PASSED:
        return Ended(MISSED if "passed" in last else UNTRIED, last, seconds)
    return Ended(BROKEN, said[-1500:], seconds)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        return
    finally:
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
