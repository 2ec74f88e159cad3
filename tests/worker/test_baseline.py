"""What a worker is born with and without: environment, memory, descriptors, limits."""

import contextlib
import os

import pytest

from grader.failures import LearnerError
from grader.worker.host.clock import Budget
from grader.worker.host.launch import Launcher
from grader.worker.wire.libraries import THREADS

LOOK = """
import builtins, os, random, sys

def environment():
    return dict(os.environ)

def modules():
    return sorted(name for name in sys.modules if name.partition(".")[0] in ("grader", "pytest", "_pytest", "tests"))

def paths():
    return [*sys.path, *sys.argv, sys.prefix, os.getcwd()]

def open_descriptors():
    found = []
    for number in range(200):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found

def threads():
    return sys._current_frames().__len__()

def read(path):
    with open(path, "rb") as file:
        return file.read()

def limits():
    import resource
    names = [name for name in dir(resource) if name.startswith("RLIMIT")]
    return {name: list(resource.getrlimit(getattr(resource, name))) for name in names}

def allocate(size):
    return len(bytearray(size))

def hack():
    builtins.sum = lambda _: 42
    sys.modules["math"] = None
    os.environ["LEFT"] = "behind"
    random.random = lambda: 0.5

def hacked():
    import math
    return [sum([]), math.pi > 3, os.environ.get("LEFT")]

def draw():
    return random.random()

def fill(path):
    with open(path, "wb") as file:
        file.write(bytes(20 << 20))

def imports(name):
    return __import__(name).__name__
"""
ALLOWED = {"PATH", "LANG", "LC_CTYPE", "HOME", "USER", "PYTHONHASHSEED", "TMPDIR", *THREADS}


@pytest.fixture
def learner(start):
    return start(LOOK).learner


def test_the_environment_is_clean(monkeypatch, start):
    monkeypatch.setenv("GRADE_TOKEN", "a-secret-of-the-host")
    with contextlib.closing(Launcher([])) as fresh:
        learner = start(LOOK, by=fresh).learner
        environment = learner.environment()
        assert set(environment) <= ALLOWED
        assert "a-secret-of-the-host" not in str(environment)


def test_nothing_of_the_host_is_in_the_process_that_it_was_forked_from(monkeypatch, start):
    monkeypatch.setenv("GRADE_TOKEN", "a-secret-of-the-host")
    with contextlib.closing(Launcher([], isolation="process")) as fresh:
        learner = start(LOOK, by=fresh).learner
        assert b"a-secret" not in learner.read("/proc/self/environ") + learner.read("/proc/self/cmdline")


def test_the_engine_and_its_tests_are_not_there(learner):
    assert learner.modules() == []
    for name in ("grader", "msgspec", "pytest"):
        with pytest.raises(LearnerError, match=f"No module named '{name}'"):
            learner.imports(name)


def test_no_path_leads_to_the_course(learner):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
    assert not any(path.startswith(root) for path in learner.paths())


def test_only_its_own_five_descriptors_are_open(learner):
    assert learner.open_descriptors() == [0, 1, 2, 3, 4]


def test_there_is_one_thread(learner):
    assert learner.threads() == 1


def test_nothing_travels_from_one_worker_to_the_next(start):
    start(LOOK).learner.hack()
    assert start(LOOK).learner.hacked() == [0, True, None]


def test_two_workers_draw_the_same_random_numbers(start):
    assert start(LOOK).learner.draw() == start(LOOK).learner.draw()


def test_packages_that_the_unit_does_not_list_are_not_there(learner):
    with pytest.raises(LearnerError, match="No module named 'numpy'"):
        learner.imports("numpy")
    assert learner.imports("statistics") == "statistics"


def test_packages_beside_one_that_the_unit_lists_are_not_there_either(start):
    with contextlib.closing(Launcher(["regex"], isolation="process")) as launcher:
        subject = start(LOOK, by=launcher)
        assert subject.learner.imports("regex") == "regex"
        with pytest.raises(LearnerError, match="No module named 'numpy'"):
            subject.learner.imports("numpy")
        subject.process.close()


def test_the_baseline_limits(start, baseline):
    limits = start(LOOK, by=baseline).learner.limits()
    assert limits["RLIMIT_CORE"] == [0, 0]
    assert limits["RLIMIT_NPROC"] == [0, 0]
    assert limits["RLIMIT_NOFILE"] == [64, 64]
    assert limits["RLIMIT_FSIZE"] == [16 << 20, 16 << 20]
    assert limits["RLIMIT_AS"][1] < 1 << 30


def test_memory_is_limited_and_the_worker_survives(start):
    learner = start(LOOK, budget=Budget(2.0)).learner
    with pytest.raises(LearnerError) as caught:
        learner.allocate(10 << 30)
    assert caught.value.is_a(MemoryError)
    assert learner.allocate(1 << 20) == 1 << 20


@pytest.mark.parametrize("size", [16, 1000, 1 << 20])
def test_a_hoard_that_eats_all_memory_is_still_reported(start, size):
    source = f"HOARD = []\ndef f():\n    while True:\n        HOARD.append(bytearray({size}))\ndef g():\n    return 1\n"
    learner = start(source, budget=Budget(10.0)).learner
    with pytest.raises(LearnerError) as caught:
        learner.f()
    assert caught.value.is_a(MemoryError)
    assert {frame.line for frame in caught.value.frames} <= {4}  # Python may have no memory for the frames
    assert learner.g() == 1


def test_a_large_file_cannot_be_written(start, baseline):
    with pytest.raises(LearnerError) as caught:
        start(LOOK, by=baseline, budget=Budget(2.0)).learner.fill("big")
    assert caught.value.is_a(OSError)


def test_there_is_nobody_to_ask(start):
    learner = start("def f():\n    return input('name? ')\n").learner
    with pytest.raises(LearnerError, match="EOFError"):
        learner.f()


def test_how_a_worker_ended_is_known(start, baseline):
    process = start("def f(): pass\n", by=baseline).process
    process.close()
    assert process.ended.signal == "SIGKILL" or process.ended.code == 0
    assert process.ended.cpu > 0


def test_the_peak_of_memory_is_known(start, baseline):
    subject = start(LOOK, by=baseline, budget=Budget(2.0))
    subject.learner.allocate(100 << 20)
    subject.process.close()
    assert subject.process.ended.peak > 100 << 10
