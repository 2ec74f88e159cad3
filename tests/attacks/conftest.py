"""Fights: the arena runs in processes of its own, one a level, and each test reads what became of one attack."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE))  # the arena is a script, and finds its parts beside it

import world  # noqa: E402

PATIENCE = 120.0  # seconds without any news


class Fight:
    """One arena. It is ended, with all that got loose in it, by `close`."""

    def __init__(self, level, names, *, apart=False, user=None):
        self.folder = Path(tempfile.mkdtemp(prefix="chainrule-arena-"))
        if user is not None:
            os.chown(self.folder, user, user)
        self.results = self.folder / "results"
        self.log = (self.folder / "log").open("w+", encoding="utf-8")
        self.base = self.folder / "base"
        command = [
            sys.executable,
            str(HERE / "arena.py"),
            str(self.results),
            "--base",
            str(self.base),
            "--level",
            level,
        ]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GRADE_")}
        environment["GRADE_SECRET"] = world.canary("environment")
        if level == "process":
            environment["GRADE_CGROUP"] = "off"  # the guide names what succeeds where no group can be made
        self.process = subprocess.Popen(
            [*command, *(["--apart"] if apart else []), "--only", *names],
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **({} if user is None else {"user": user, "group": user, "extra_groups": []}),
        )
        self.told = {}

    def result(self, name):
        """Wait for the news of one attack."""
        until = time.monotonic() + PATIENCE
        while name not in self.told:
            ended = self.process.poll() is not None
            lines = self.results.read_text("utf-8").split("\n")[:-1] if self.results.exists() else []
            news = [json.loads(line) for line in lines[len(self.told) :]]
            self.told |= {told["name"]: told for told in news}
            if news:
                until = time.monotonic() + PATIENCE
            elif ended or time.monotonic() > until:
                pytest.fail(f"the arena {'ended' if ended else 'says no more'}: {self.said()}")
            time.sleep(0.05)
        return self.told[name]

    def said(self):
        self.log.seek(0)
        return self.log.read()[-2000:]

    def close(self):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=3)  # one that has told everything is tidying up
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()
        until = time.monotonic() + 5.0
        while (left := world.processes(str(self.base))) and time.monotonic() < until:
            world.kill(left)
            time.sleep(0.02)
        world.sweep()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def fights(request):
    """Return the fight of a level. All that this run needs begin together, each with no more attacks than are asked."""
    wanted = {}
    for item in request.session.items:
        given = item.callspec.params if hasattr(item, "callspec") else {}
        if {"level", "attack"} <= set(given):
            wanted.setdefault(given["level"], []).append(given["attack"])
    with contextlib.ExitStack() as stack:
        begun = {}
        for level, names in wanted.items():
            begun[level] = Fight(level, names)
            stack.callback(begun[level].close)
        yield begun.__getitem__


@pytest.fixture(scope="module")
def fight():
    """Begin a fight that is ended with the module."""
    with contextlib.ExitStack() as stack:

        def begin(*args, **kwargs):
            begun = Fight(*args, **kwargs)
            stack.callback(begun.close)
            return begun

        yield begin
