"""How well workers are shut in is what a worker could not do, and what the kernel says; no set-up step is asked."""

import contextlib
import sys

import pytest

from grader.errors import UsageError
from grader.worker.host import isolation
from grader.worker.host.isolation import CONFINED, LEVELS, PROCESS, SPLIT, SYSCALLS, Isolation, measure
from grader.worker.host.launch import Launcher

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the levels are Linux's")


@pytest.fixture
def shut_in(launcher):
    """The launcher of workers that are shut in, where nothing was missing for it."""
    launcher.ready()
    if launcher.problems:
        pytest.skip(f"this machine confines no worker: {launcher.problems}")
    return launcher


def test_all_doors_are_shut(shut_in):
    found = measure(shut_in)
    assert (found.level, found.open) == (CONFINED, ())
    assert found.problems == ()


def test_what_was_put_in_place_is_no_evidence(baseline):
    baseline.ready()
    baseline.reached[:] = ["mounts", "network", "seccomp", "Landlock 6", "process table of its own"]
    found = measure(baseline)
    assert LEVELS.index(found.level) <= LEVELS.index(PROCESS)
    assert "read a file of the host" in " ".join(found.open) or len(found.open) > 3


def test_without_the_baseline_a_worker_is_only_split():
    assert isolation._level(("map 4 GB",), kernel=True, apart=True) == SPLIT
    assert isolation._level((), kernel=True, apart=True) == CONFINED
    assert isolation._level((), kernel=True, apart=False) == SYSCALLS
    assert isolation._level(("fork",), kernel=True, apart=True) == PROCESS
    assert isolation._level((), kernel=False, apart=True) == PROCESS


KERNEL = {"Seccomp": "2", "NoNewPrivs": "1", "CapEff": "0", "NSpid": "100\t5\t1"}


@pytest.mark.parametrize("lacks", ["Seccomp", "NoNewPrivs", "CapEff"])
def test_the_kernel_has_to_agree(shut_in, monkeypatch, lacks):
    said = {**KERNEL}
    monkeypatch.setattr(isolation, "_status", lambda _: said)
    assert measure(shut_in).level == CONFINED
    del said[lacks]
    assert measure(shut_in).level == PROCESS


def test_without_a_process_table_of_its_own_a_worker_is_not_confined(shut_in, monkeypatch):
    monkeypatch.setattr(isolation, "_status", lambda _: {**KERNEL, "NSpid": "100"})
    assert measure(shut_in).level == SYSCALLS


def test_a_door_that_not_even_the_host_can_open_proves_nothing(shut_in, monkeypatch):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr(isolation.socket, "create_connection", refuse)
    found = measure(shut_in)
    assert found.level == PROCESS
    assert "connect by TCP: not even the grader can, so this proves nothing" in found.problems


def test_a_self_test_that_does_not_end_proves_nothing(shut_in, monkeypatch):
    monkeypatch.setattr(isolation, "SECONDS", 0.0)
    found = measure(shut_in)
    assert found.level == SPLIT
    assert found.problems[0].startswith("the self-test ended early")


def test_what_is_open_is_named():
    found = Isolation(PROCESS, ("read files", "connect by TCP"), problems=("Landlock: none",))
    found.require(PROCESS)
    with pytest.raises(UsageError) as refused:
        found.require(SYSCALLS)
    for said in (
        "'syscalls'",
        "'process'",
        "read files, connect by TCP",
        "Landlock: none",
        "--accept-isolation process",
    ):
        assert said in str(refused.value)


def test_every_kind_of_worker_is_measured_by_itself():
    with contextlib.closing(Launcher([], isolation=PROCESS)) as launcher:
        assert LEVELS.index(measure(launcher).level) <= LEVELS.index(PROCESS)
