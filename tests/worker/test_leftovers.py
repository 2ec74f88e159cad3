"""Nothing is left behind, no process and no scratch folder, however a run ends; forked and spawned workers agree."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import pytest

from grader.course.course import Course
from grader.session import Session
from grader.worker.host.launch import Launcher
from grader.worker.host.scratch import Scratch

TINY = Path(__file__).parent.parent / "tiny"
HOST = """
import sys
from pathlib import Path
from grader.course.course import Course
from grader.running.job import Options
from grader.session import Session

course = Course.find(Path(sys.argv[1]))
with Session(course) as session:
    print("begin", flush=True)
    session.grade(submission=course.root / "submissions" / sys.argv[2], options=Options(timeout=float(sys.argv[3])))
print("end")
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def course(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns(".*"))
    return Course.find(tmp_path / "tiny")


@pytest.fixture
def host(course, tmp_path):
    """Start a host of its own, with its scratch folders in a place of its own."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    started = []

    def start(submission, timeout):
        root = Path(__file__).parent.parent.parent
        environment = {**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(root)}
        command = [sys.executable, "-c", HOST, str(course.root), submission, str(timeout)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        return process, scratch

    yield start
    for process in started:
        process.kill()
        process.communicate()


def children(pid):
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        try:
            direct = (thread / "children").read_text("ascii").split()
        except OSError:
            continue
        for child in direct:
            found += [int(child), *children(int(child))]
    return found


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait(condition, seconds=15):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    assert condition()


def busy(process):
    """Wait until a worker of this host computes, and return all its processes."""
    assert process.stdout.readline() == b"begin\n"
    wait(lambda: any(_seconds(pid) > 0.5 for pid in children(process.pid)))
    return children(process.pid)


def _seconds(pid):
    try:
        facts = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


def test_a_run_leaves_nothing(host):
    process, scratch = host("dying", 1)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out.split(), err) == (0, [b"begin", b"end"], b"")
    assert list(scratch.iterdir()) == []


def test_a_killed_host_leaves_no_process_and_the_next_one_tidies_up(host, monkeypatch):
    process, scratch = host("looping", 60)
    pids = busy(process)
    process.kill()
    wait(lambda: not any(map(alive, pids)))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    Scratch().close()
    assert list(scratch.iterdir()) == []


def test_an_interrupted_host_leaves_nothing(host):
    process, scratch = host("looping", 60)
    pids = busy(process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert err.rstrip().endswith(b"KeyboardInterrupt")
    assert b"During handling" not in err
    wait(lambda: not any(map(alive, pids)))
    assert list(scratch.iterdir()) == []


def test_a_living_hosts_folder_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ours = Scratch()
    Scratch().close()
    assert list(tmp_path.iterdir()) == [ours.path]
    ours.close()


def test_a_folder_that_nobody_may_enter_is_removed(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch = Scratch()
    inner = scratch.make(1) / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "file").write_text("x", "utf-8")
    inner.chmod(0)
    inner.parent.chmod(0)
    scratch.empty(1)
    assert [path.name for path in scratch.path.iterdir()] == ["lock"]
    scratch.close()


def test_a_link_in_a_scratch_folder_is_not_followed(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o500)
    scratch = Scratch()
    (scratch.make(1) / "link").symlink_to(kept)
    scratch.close()
    assert kept.stat().st_mode & 0o777 == 0o500


def test_a_closed_launcher_ends_its_workers_quietly():
    launcher = Launcher([])
    worker = launcher.start(1 << 28)
    launcher.close()
    assert launcher.end(worker).signal == "SIGKILL"
    assert not alive(worker.pid)


def without_seconds(report):
    raw = msgspec.to_builtins(report.units)
    for unit in raw:
        for exercise in unit["exercises"]:
            for check in exercise["checks"]:
                del check["seconds"]
    return raw


@pytest.mark.parametrize("submission", ["wrong", "dying"])
def test_forked_and_spawned_workers_give_the_same_report(course, monkeypatch, submission):
    reports = []
    for method in ("fork", "spawn"):
        monkeypatch.setenv("GRADE_START", method)
        with Session(course) as session:
            reports.append(without_seconds(session.grade(submission=course.root / "submissions" / submission)))
    assert reports[0] == reports[1]
