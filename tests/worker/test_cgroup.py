"""A worker's group: limits that hold for all it starts, and nothing of it is left."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from grader.failures import LearnerError
from grader.worker.host import cgroup
from grader.worker.host.launch import Launcher

FORKS = """\
import os, time
def fork(count):
    for k in range(count):
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
"""


@pytest.fixture(scope="module")
def forking():
    """Workers that may start processes: at the process level, as root."""
    if os.geteuid() != 0:
        pytest.skip("only root may start processes at the process level")
    with contextlib.closing(Launcher([], isolation="process")) as launcher:
        launcher.ready()
        if not any(word.startswith("cgroup") for word in launcher.reached):
            pytest.skip("no control group can be made here")
        yield launcher


def groups():
    _, parents = cgroup._parents()
    return {group for parent in parents for group in parent.glob(f"grade-{os.getpid()}-*/*") if group.is_dir()}


def test_it_has_a_group_of_its_own_that_goes_with_it(start, forking):
    before = groups()
    subject = start("def f(): return 1", by=forking)
    (group, *_) = made = groups() - before
    assert made
    assert str(subject.process.pid) in (group / "cgroup.procs").read_text("ascii").split()
    subject.process.close()
    assert groups() == before


def test_what_it_starts_is_counted_and_ends_with_it(start, forking):
    subject = start(FORKS, by=forking)
    with pytest.raises(LearnerError, match="temporarily unavailable"):
        subject.learner.fork(cgroup.PROCESSES + 4)
    (group, *_) = [one for one in groups() if str(subject.process.pid) in (one / "cgroup.procs").read_text().split()]
    started = [Path("/proc", pid) for pid in (group / "cgroup.procs").read_text("ascii").split()]
    assert len(started) > 1
    subject.process.close()
    until = time.monotonic() + 2
    while any(map(Path.exists, started)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(map(Path.exists, started))


def test_where_it_is_switched_off_there_is_none(monkeypatch):
    monkeypatch.setenv("GRADE_CGROUP", "off")
    assert cgroup.Groups().version == 0


def test_where_a_group_cannot_be_made_any_more_nobody_is_killed(tmp_path, monkeypatch):
    """The first hierarchy takes the worker, the second takes nobody: it was removed."""
    monkeypatch.setenv("GRADE_CGROUP", "off")
    groups = cgroup.Groups()
    groups.version, groups._folders = 1, [tmp_path / "memory", tmp_path / "pids"]
    other = tmp_path / "memory" / "1"
    other.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as live:
        try:
            (other / "cgroup.procs").write_text(str(live.pid), "ascii")
            assert groups.make(2, 1 << 20) == []
            assert (groups.version, live.poll()) == (0, None)
            assert groups.make(3, 1 << 20) == []
            assert not (tmp_path / "memory" / "3").exists()
            monkeypatch.setattr(cgroup, "PATIENCE", 0.01)
            groups.end(1)
            assert live.wait(5) == -signal.SIGKILL
        finally:
            live.kill()


@pytest.mark.usefixtures("forking")
def test_a_worker_that_has_joined_nothing_is_no_member():
    """What was asked is not believed: where the kernel does not list a worker, all do without from then on."""
    groups = cgroup.Groups()
    with contextlib.closing(groups), subprocess.Popen(["sleep", "60"]) as outside:
        try:
            joins = groups.make(1, 1 << 30)
            assert joins
            for descriptor in joins:
                os.write(descriptor, str(outside.pid).encode())
            groups.require(1, outside.pid)
            assert groups.version
            groups.require(1, os.getpid())
            assert not groups.version
        finally:
            outside.kill()
            for descriptor in joins:
                os.close(descriptor)


def test_process_number_0_is_left_alone(tmp_path, monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda pid, _: killed.append(pid))
    (tmp_path / "cgroup.procs").write_text("0\n4194999\n", "ascii")
    cgroup._kill(tmp_path)
    assert killed == [4194999]


def test_nothing_is_left_of_a_launcher():
    with contextlib.closing(Launcher([])) as launcher:
        launcher.ready()
        names = [folder.name for folder in launcher._groups._folders]
    assert not [
        parent / name
        for parent in (cgroup._parents()[1] if names else ())
        for name in names
        if (parent / name).exists()
    ]
