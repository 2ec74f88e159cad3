"""When a host comes, for how long it stays, and what makes it go: contents, never clocks."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from household import ASK, NOT_SERVED, below, state, wait

import grader

RIGHT = ("u01", "--submission", "submissions/right")
ENGINE = Path(grader.__file__).parent


def test_the_first_grade_leaves_a_host_and_the_next_is_served(house):
    assert house.asked(*RIGHT) is None
    assert house.grade(*RIGHT)[0] == 0
    pid = house.left_behind()
    assert house.asked(*RIGHT) == 0
    assert house.grade(*RIGHT)[0] == 0
    assert house.hosts() == [pid]


def test_a_unit_that_was_not_warm_is_warmed_for_the_next_request(house):
    host = house.host()
    zygotes = len(below(host.pid))
    assert house.asked("u02", "--submission", "submissions/right") == 0
    wait(lambda: len(below(host.pid)) > zygotes and house.sockets())
    wait(lambda: house.asked("u02", "--submission", "submissions/right") == 0)  # one that prepares cannot answer


def test_two_courses_have_two_hosts(house, tmp_path):
    other = shutil.copytree(house.course, tmp_path / "other")
    first, second = house.host(), house.host(course=other)
    assert len(house.sockets()) == 2
    assert house.asked(*RIGHT) == house.asked(*RIGHT, cwd=other) == 0
    assert {first.poll(), second.poll()} == {None}


def test_only_one_host_has_an_address(house):
    first, second = house.host(), house.host()
    assert second.wait(30) == 0
    assert first.poll() is None
    assert house.asked(*RIGHT) == 0


CHANGES = {
    "a check": "checks/test_u01_area.py",
    "a solution": "solutions/u01_area.py",
    "a misconception": "solutions/misconceptions/u01_area/area.py",
    "an oracle": "checks/oracles/u01_area.py",
    "helpers": "checks/props/u01_area.py",
    "the settings": "pyproject.toml",
}


@pytest.mark.parametrize("file", CHANGES.values(), ids=CHANGES)
def test_a_change_ends_it_whatever_the_clock_says(house, file):
    host = house.host()
    path = house.course / file
    before = path.stat()
    text = path.read_text("utf-8")
    path.write_text(text.replace("a", "a", 1), "utf-8")
    os.utime(path, ns=(before.st_atime_ns + 10**12, before.st_mtime_ns + 10**12))
    assert house.asked(*RIGHT) == 0  # a newer date is no change
    path.write_text(f"{text}# {'x'}\n", "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert house.asked(*RIGHT) is None
    assert host.wait(30) == 0
    assert house.sockets() == []


def test_a_new_file_ends_it(house):
    host = house.host()
    (house.course / "checks" / "hidden" / "test_u02_mean.py").write_text('"""None."""\n', "utf-8")
    assert house.asked(*RIGHT) is None
    assert host.wait(30) == 0


def test_a_stale_check_is_never_used(house):
    assert house.grade(*RIGHT)[0] == 0
    house.left_behind()
    path = house.course / "checks" / "test_u01_area.py"
    path.write_text(
        path.read_text("utf-8").replace('1.0, "cross((1, 0), (0, 1))"', '7.0, "cross((1, 0), (0, 1))"'), "utf-8"
    )
    code, out, _ = house.grade(*RIGHT)
    assert code == 1
    assert b"expected  7" in out
    wait(house.sockets)
    assert house.asked(*RIGHT) == 1


def test_a_changed_engine_ends_it(house, tmp_path):
    engine = tmp_path / "engine"
    shutil.copytree(ENGINE, engine / "grader", ignore=shutil.ignore_patterns("checks", "__pycache__"))
    house.environment["PYTHONPATH"] = str(engine)
    host = house.host()
    assert house.asked(*RIGHT) == 0
    with (engine / "grader" / "languages" / "zh" / "cli.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert house.asked(*RIGHT) is None
    assert host.wait(30) == 0


def test_another_version_of_python_ends_it(house):
    host = house.host()
    other = "import sys; sys.version = 'another'\n"
    done = subprocess.run(
        [sys.executable, "-c", other + ASK, *RIGHT], cwd=house.course, env=house.environment, check=False
    )
    assert done.returncode == NOT_SERVED
    assert host.wait(30) == 0


@pytest.mark.parametrize(
    "more",
    [{"PYTHONWARNINGS": "error"}, {"OMP_NUM_THREADS": "2"}, {"GRADE_ISOLATION": "process"}, {"LD_BIND_NOW": "1"}],
    ids=lambda more: next(iter(more)),
)
def test_what_is_read_at_a_start_has_another_host(house, more):
    host = house.host()
    assert house.asked(*RIGHT, more=more) is None
    assert house.asked(*RIGHT) == 0
    assert host.poll() is None


def test_it_ends_when_nobody_asks(house):
    host = house.host("--idle", "0.2", "--tick", "0.05")
    assert host.wait(30) == 0
    assert list(house.folder.iterdir()) == []


def test_it_ends_when_memory_is_short(house):
    host = house.host("--free", "1.5", "--tick", "0.05")
    assert host.wait(30) == 0


def test_it_stays_while_there_is_no_reason(house):
    host = house.host("--tick", "0.01")
    with pytest.raises(subprocess.TimeoutExpired):
        host.wait(1)


@pytest.mark.parametrize("how", ["moved", "removed", "replaced"])
def test_a_folder_that_went_away_ends_it(house, tmp_path, how):
    host = house.host("--tick", "0.05")
    moved = tmp_path / "moved"
    house.course.rename(moved)
    if how == "removed":
        shutil.rmtree(moved)
    elif how == "replaced":
        shutil.copytree(moved, house.course)
    assert host.wait(30) == 0
    if how != "removed":
        assert house.grade(*RIGHT, cwd=moved)[0] == 0


def test_a_zygote_that_died_ends_it(house):
    host = house.host("--tick", "0.05")
    os.kill(below(host.pid)[0], signal.SIGKILL)
    assert host.wait(30) == 0
    assert house.grade(*RIGHT)[0] == 0


def test_the_doctor_knows_of_it_and_ends_it(house):
    assert b"none runs" in house.grade("doctor")[1]
    assert house.grade("doctor", "--stop")[1] == b"None was running.\n"
    host = house.host()
    said = " ".join(house.grade("doctor")[1].decode().split())
    assert f"process {host.pid} waits for the next grade" in said
    assert house.grade("doctor", "--stop")[1].decode() == f"Ended: process {host.pid}.\n"
    assert host.wait(30) == 0
    assert list(house.folder.iterdir()) == []
    assert house.asked(*RIGHT) is None


def test_the_doctor_ends_one_that_does_not_listen(house):
    host = house.host()
    os.kill(host.pid, signal.SIGSTOP)
    wait(lambda: state(host.pid) == "T")
    assert house.asked(*RIGHT) is None
    assert house.grade("doctor", "--stop")[0] == 0
    assert host.wait(30) == -signal.SIGKILL


def test_a_host_that_does_not_answer_holds_nobody_up(house):
    host = house.host()
    os.kill(host.pid, signal.SIGSTOP)
    assert house.grade(*RIGHT)[0] == 0
    os.kill(host.pid, signal.SIGCONT)
    wait(lambda: house.asked(*RIGHT) == 0)


OFF = {
    "off": {"GRADE_RESIDENT": "off"},
    "CI": {"CI": "true"},
    "spawned workers": {"GRADE_START": "spawn"},
}


@pytest.mark.parametrize("more", OFF.values(), ids=OFF)
def test_where_it_is_not_wanted_nothing_is_used_and_nothing_left(house, more):
    host = house.host()
    before = house.grade(*RIGHT, more=more)
    assert (before[0], before[2]) == (0, b"")
    assert b"not used here" in house.grade("doctor", more=more)[1]
    os.kill(host.pid, signal.SIGTERM)
    assert host.wait(30) == 0
    assert house.grade(*RIGHT, more=more)[0] == 0
    assert list(house.folder.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("ci", "--submission", "submissions/right"), ("doctor",), ("--help",), ("help", "show")]
)
def test_some_commands_neither_ask_nor_leave_one(house, words):
    house.grade(*words)
    assert not house.folder.exists()


def unusable(house, how):
    """Make the runtime folder one that cannot be used; return the variables that say so."""
    run = house.folder.parent
    if how == "a file":
        (run / "file").write_text("", "utf-8")
        return {"XDG_RUNTIME_DIR": str(run / "file")}
    if how == "read-only":
        (run / "closed").mkdir(mode=0o500)
        return {
            "XDG_RUNTIME_DIR": "/proc" if os.geteuid() == 0 else str(run / "closed")
        }  # root may write anywhere else
    house.folder.mkdir(mode=0o700)
    if how == "open to others":
        house.folder.chmod(0o755)
    elif how == "a link":
        real = run / "real"
        house.folder.rename(real)
        house.folder.symlink_to(real)
    return {}


@pytest.mark.parametrize("how", ["a file", "read-only", "open to others", "a link"])
def test_a_runtime_folder_of_no_use_costs_nothing(house, how):
    more = unusable(house, how)
    code, out, err = house.grade(*RIGHT, more=more)
    assert (code, err) == (0, b"")
    assert b"PASS" in out
    done = house.host(more=more)
    assert done.wait(30) == 0
    assert not list(house.folder.parent.rglob("*.sock"))


def test_without_a_runtime_folder_it_is_that_of_temporary_files(house):
    more = {"XDG_RUNTIME_DIR": str(house.folder.parent / "none")}
    house.folder = house.scratch / f"chainrule-{os.geteuid()}"
    house.host(more=more)
    assert house.asked(*RIGHT, more=more) == 0
    assert house.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("options", ["size=4k,nr_inodes=2", "size=4k,nr_inodes=3"])
def test_a_full_disk_costs_nothing(house, options):
    run = house.folder.parent / "small"
    run.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"{options},mode=700", "tmpfs", str(run)], check=False)
    if mounted.returncode:
        pytest.skip("this container may not mount")
    try:
        more = {"XDG_RUNTIME_DIR": str(run)}
        code, _, err = house.grade(*RIGHT, more=more)
        assert (code, err) == (0, b"")
        assert house.host(more=more).wait(30) == 0
        assert not list(run.rglob("*.sock"))
    finally:
        subprocess.run(["umount", "--lazy", str(run)], check=True)


def test_a_host_keeps_no_secret_of_an_environment(house):
    assert house.grade(*RIGHT, more={"MY_SECRET": "x"})[0] == 0
    pid = house.left_behind()
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"MY_SECRET" not in environment
    assert house.asked(*RIGHT, more={"MY_SECRET": "x"}) == 0


def test_all_other_tests_run_cold():
    assert os.environ["GRADE_RESIDENT"] == "off"
