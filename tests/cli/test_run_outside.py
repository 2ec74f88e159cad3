"""`grade run --ranks`, `--device`, `--weights`: the learner's own program outside of any worker."""

import contextlib
import json
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

PROGRAM = b"grader.worker.guest.rank"
SOURCE = """import numpy as np


def column_means(table):
    return table.sum(axis=0) / table.shape[0]


def center(table):
    return table
"""
OPEN = {
    "RUN = {\n": 'WHERE = {"rank": 0, "ranks": 1, "device": "cpu"}\nRUN = {\n    "open": True,\n',
    '    return {\n        "measures": {': '    return {\n        "measures": {**together(), ',
}
TOGETHER = """

def together():
    if WHERE["ranks"] == 1:
        return {"ranks": 1}
    import torch

    sum_ = torch.tensor([WHERE["rank"] + 1.0])
    torch.distributed.all_reduce(sum_)
    return {"ranks": WHERE["ranks"], "all": sum_.item()}


def published(place):
    with open(place) as file:
        return {"measures": {"numbers": len(file.read().split())}, "samples": ["once upon"]}
"""


@pytest.fixture
def opened(tiny):
    """Make a run of the tiny course one that runs outside, too; returns the words of the command."""
    (tiny / "numbers.txt").write_text("1.0 2.0 -1.0\n", "utf-8")
    (tiny / "exercises" / "u02_mean.py").write_text(SOURCE, "utf-8")
    run = next((tiny / "checks" / "runs").glob("u02*.py"))
    text = run.read_text("utf-8")
    for before, after in OPEN.items():
        assert before in text
        text = text.replace(before, after)
    run.write_text(text + TOGETHER, "utf-8")
    return ["run", "u02", "--text", "numbers.txt"]


def found(ran):
    return json.loads(ran.stdout)


def test_two_processes_share_what_they_know_and_train_as_a_worker_does(here, opened):
    inside = found(here(*opened, "--json"))
    outside = found(here(*opened, "--json", "--fresh", "--ranks", "2"))
    assert (outside["measures"]["ranks"], outside["measures"]["all"]) == (2, 3.0)
    assert outside["losses"] == pytest.approx(inside["losses"])
    assert outside["samples"] == inside["samples"]


def test_it_says_where_it_runs_and_how_to_go_on(here, opened):
    ran = here(*opened, "--ranks", "1", "--device", "cpu")
    assert ran.returncode == 0
    assert "It runs outside of any worker, on cpu." in ran.stderr
    assert "grade run u02 --text numbers.txt --ranks 1 --device cpu --fresh" in ran.stdout


def test_what_a_worker_began_goes_on_outside(here, opened):
    whole = found(here(*opened, "--json"))
    here(*opened, "--json", "--fresh", "--steps", "10")
    assert found(here(*opened, "--json", "--steps", "20", "--ranks", "1"))["losses"] == pytest.approx(whole["losses"])


@pytest.mark.usefixtures("opened")
def test_published_weights_are_read_there(here, tiny):
    (tiny / "weights.txt").write_text("1 2 3", "utf-8")
    ran = here("run", "u02", "--weights", "weights.txt")
    assert ran.returncode == 0
    assert "numbers" in ran.stdout
    assert "once upon" in ran.stdout
    missing = here("run", "u02", "--weights", "none.txt")
    assert missing.returncode == 1
    assert "none.txt" in missing.stdout


def test_an_error_is_told_at_its_line_and_nobody_stays(here, opened, tiny):
    source = SOURCE.replace("return table.sum(axis=0)", "return missing(table)")
    (tiny / "exercises" / "u02_mean.py").write_text(source, "utf-8")
    ran = here(*opened, "--ranks", "1")
    assert ran.returncode == 1
    assert "exercises/u02_mean.py:5" in ran.stdout
    assert "missing" in ran.stdout
    assert not _ranks()


def test_processes_that_end_are_told_with_what_they_printed(here, opened, tiny):
    source = SOURCE + "\nimport os\nprint('on the way')\nos._exit(7)\n"
    (tiny / "exercises" / "u02_mean.py").write_text(source, "utf-8")
    ran = here(*opened, "--ranks", "1")
    assert ran.returncode == 1
    assert "have ended, with code 7" in ran.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whoever_stops_it_leaves_nobody_behind(opened, tiny, command, environ, number):
    source = SOURCE.replace("    return table.sum", "    time.sleep(0.1)\n    return table.sum")
    (tiny / "exercises" / "u02_mean.py").write_text("import time\n" + source, "utf-8")
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = subprocess.Popen([*command, *opened, "--ranks", "2"], cwd=tiny, env=environ(COLUMNS="80"), **options)
    try:
        assert any(line.startswith("step 5 of 20") for line in running.stderr)
        assert len(_ranks()) >= 2
        running.send_signal(number)
        running.communicate(timeout=60)
        until = time.monotonic() + 60
        while _ranks() and time.monotonic() < until:
            time.sleep(0.2)
        assert not _ranks()
    finally:
        with contextlib.suppress(OSError):
            running.kill()
        running.communicate()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "u01", "--ranks", "2"], "grade run u01 knows no --ranks. Units that do: u02."),
        (["run", "u01", "--weights", "x"], "grade run u01 knows no --weights. Units that do: u02."),
        (["run", "u02", "--ranks", "0"], "0 is not above 0."),
        (["run", "u02", "--device", "tpu"], "There is no device tpu. There are: cpu, cuda."),
        (["run", "u02", "--device", "cpu", "--submission", "solutions"], "leave --submission out"),
        (["run", "u02", "--device", "cpu", "--timeout", "3"], "leave --timeout out"),
        (["run", "u02", "--ranks", "1000"], "1000 processes on cpu are asked for"),
    ],
)
@pytest.mark.usefixtures("opened")
def test_what_cannot_be_is_refused(here, words, says):
    ran = here(*words)
    assert ran.returncode == 2
    assert says in ran.stderr


def _ranks():
    """Return the processes of runs that were begun in this test's folder for temporary files."""
    begun = f"GRADE_RUN_SOCKET={tempfile.gettempdir()}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if PROGRAM in (process / "cmdline").read_bytes() and begun in (process / "environ").read_bytes():
                found.append(process.name)
    return found
