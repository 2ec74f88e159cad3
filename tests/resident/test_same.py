"""A warm run says, byte for byte, what a cold one says, wherever it says it."""

import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios

import pytest
from household import ASK, without_seconds

COMMANDS = {
    "a pass": ("u01", "--submission", "submissions/right"),
    "a failure": ("u01.area", "--submission", "submissions/wrong"),
    "all of it": ("--all", "--submission", "submissions/wrong", "--keep-going", "-v"),
    "a death": ("u01", "--submission", "submissions/dying"),
    "no Python": ("u01", "--submission", "submissions/unparsable"),
    "json": ("--all", "--json", "--submission", "submissions/wrong"),
    "one line": ("--all", "-q", "--submission", "submissions/wrong"),
    "nothing written": ("u01", "--no-save"),
    "the list": ("list",),
    "where one is": ("status",),
    "a statement": ("show", "u01.cross"),
    "next": ("next",),
    "no such exercise": ("u07",),
    "no such option": ("u01", "--nosuch"),
    "plain": ("u01", "--plain", "--submission", "submissions/wrong"),
}

WIPED = re.compile(rb"\r\x1b\[K(?:[^\r\n]*(?=\r\x1b\[K))?")  # what is said after two seconds, and taken away again


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_through_pipes(warm, words, language):
    more = {"LC_MESSAGES": language}
    cold = warm.cold(*words, more=more)
    served = warm.grade(*words, ask=True, more=more)
    assert [part if isinstance(part, int) else without_seconds(part) for part in served] == [
        part if isinstance(part, int) else without_seconds(part) for part in cold
    ]
    assert cold[1] or cold[2]


def on_a_terminal(house, words, columns, **options):
    """Return the exit code and what a terminal shows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    process = house.popen(*words, stdin=theirs, stdout=theirs, stderr=theirs, **options)
    os.close(theirs)
    shown = b""
    while data := _read(ours):
        shown += data
    os.close(ours)
    return process.wait(60), without_seconds(WIPED.sub(b"", shown))


def _read(descriptor):
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:
        return b""


@pytest.mark.parametrize("columns", [70, 100])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["a failure", "all of it", "the list"])
def test_on_a_terminal(warm, name, language, columns):
    more = {"LC_MESSAGES": language, "TERM": "xterm-256color"}
    cold = on_a_terminal(warm, COMMANDS[name], columns, more={**more, "GRADE_RESIDENT": "off"})
    served = on_a_terminal(warm, COMMANDS[name], columns, more=more, ask=True)
    assert served == cold
    assert (b"\x1b[" in cold[1]) == (name != "the list")  # there is colour


@pytest.mark.parametrize(
    "more", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "gbk"}, {"COLUMNS": "64"}], ids=str
)
def test_what_the_environment_says_of_the_streams(warm, more):
    words, more = COMMANDS["a failure"], {"LC_MESSAGES": "zh", **more}
    cold, served = warm.cold(*words, more=more), warm.grade(*words, ask=True, more=more)
    assert (served[0], without_seconds(served[1])) == (cold[0], without_seconds(cold[1]))


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&-", ">/dev/full", ">&- 2>&- <&-", "| head -c 1"])
def test_closed_and_full_streams(warm, redirection):
    results = []
    for command, off in ((f"-c '{ASK}'", ""), ("-m grader", "off")):
        done = subprocess.run(
            [
                "bash",
                "-o",
                "pipefail",
                "-c",
                f"{sys.executable} {command} u01.area --submission submissions/wrong {redirection}",
            ],
            cwd=warm.course,
            env={**warm.environment, "GRADE_RESIDENT": off},
            capture_output=True,
            timeout=60,
            check=False,
        )
        results.append((done.returncode, without_seconds(done.stdout), without_seconds(done.stderr)))
    assert results[0] == results[1]
    assert results[0][0] != 100


def test_progress_is_recorded_alike(house):
    shutil.copy(house.course / "submissions" / "right" / "u01_area.py", house.course / "exercises")
    house.host()
    state = house.course / ".grade" / "state.json"
    records = []
    for run in (house.cold, lambda *words: house.grade(*words, ask=True)):
        state.unlink(missing_ok=True)
        assert run("u01")[0] == 0
        records.append(json.loads(state.read_text("utf-8")))
    assert records[0] == records[1]
    assert records[0]["exercises"]["u01.cross"]["passed"]


def test_the_working_folder_and_the_umask_are_the_clients(house):
    house.host()
    elsewhere = house.course / "submissions"
    shutil.copy(house.course / "submissions" / "right" / "u01_area.py", house.course / "exercises")
    code, out, _ = house.grade("u01.area", "--submission", "wrong", ask=True, cwd=elsewhere)
    assert code == 1
    assert b"wrong/u01_area.py" in out
    assert house.asked("u01", umask=0o077) == 0
    assert (house.course / ".grade" / "state.json").stat().st_mode & 0o777 == 0o600
