"""Fights: the arena runs in processes of its own, one a level, and each test reads what became of one attack.

Where tests run side by side, the attacks of a level are one worker's, and levels are side by side.
"""

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
from attack import UNSAFE, attacks  # noqa: E402

PATIENCE = 120.0  # seconds without any news


class Fight:
    """One arena. It is ended, with all that got loose in it, by `close`."""

    def __init__(self, level, names, *, apart=False, user=None, alone=False):
        self.folder = Path(tempfile.mkdtemp(prefix="chainrule-arena-"))
        if user is not None:
            os.chown(self.folder, user, user)
        self.results = self.folder / "results"
        self.log = (self.folder / "log").open("w+", encoding="utf-8")
        self.base = self.folder / "base"
        quarters = ["user", str(user)] if user else ["alone", str(self.folder)] if alone else []
        command = [sys.executable, str(HERE / "quarters.py"), *quarters] if quarters else []
        command += [sys.executable, str(HERE / "arena.py"), str(self.results), "--base", str(self.base)]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GRADE_")}
        environment["GRADE_SECRET"] = world.canary("environment")
        if level == "process":
            environment["GRADE_CGROUP"] = "off"  # the guide names what succeeds where no group can be made
        self.process = subprocess.Popen(
            [*command, "--level", level, *(["--apart"] if apart else []), "--only", *names],
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
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


def pytest_generate_tests(metafunc):
    """Give the process level's test its attacks, in CI or if that is asked for: there, some of them succeed."""
    if "loose_attack" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--process-level") or os.environ.get("CI")
        chosen = [one for one in attacks() if one.get("process") != UNSAFE]
        skipped = pytest.mark.skip(
            f"{len(chosen)} attacks at the process level are tried in CI, or on request: --process-level"
        )
        given = chosen if asked else [pytest.param(None, marks=skipped)]
        metafunc.parametrize("loose_attack", given, ids=lambda one: one.name if one else "on request")


def _kind(item):
    """The level and the user of an attack, or None for another test."""
    given = item.callspec.params if hasattr(item, "callspec") else {}
    return (given["level"], given["user"]) if {"level", "user", "attack"} <= set(given) else None


def _told(level, user):
    return f"{level} as an ordinary user" if user else f"{level}"


@pytest.fixture
def tried(request, record_property):
    """Return what became of an attack, if it was tried at its level. In CI a level that cannot be had is a failure."""

    def check(level, told):
        name = _told(*_kind(request.node))
        without = request.config.getoption("--without")
        missing = f"no {name} here: {told['level']} is what this machine gives" if told["level"] != level else ""
        if missing and os.environ.get("CI") and level not in without:
            pytest.fail(f"{missing}; pytest --without {level} goes without it", pytrace=False)
        if missing:
            pytest.skip(missing)
        if "impossible" in told:
            pytest.skip(f"this user cannot lay it out: {told['impossible']}")
        record_property("tried", name)
        return told

    return check


@pytest.fixture(scope="session")
def fights(request):
    """Return the fight of a level and a user, with no more attacks than this run asks for.

    All of a user's levels begin together, unless somebody else runs the other ones.
    """
    wanted = {}
    for item in request.session.items:
        if kind := _kind(item):
            wanted.setdefault(kind, []).append(item.callspec.params["attack"])
    alone = not hasattr(request.config, "workerinput")
    with contextlib.ExitStack() as stack:
        begun = {}

        def fight(*asked):
            for (level, user), names in wanted.items():
                if (level, user) not in begun and ((level, user) == asked or (alone and user == asked[1])):
                    begun[level, user] = Fight(level, names, user=user)
                    stack.callback(begun[level, user].close)
            return begun[asked]

        yield fight


@pytest.fixture(scope="module")
def fight():
    """Begin a fight that is ended with the module."""
    with contextlib.ExitStack() as stack:

        def begin(*args, **kwargs):
            begun = Fight(*args, **kwargs)
            stack.callback(begun.close)
            return begun

        yield begin
