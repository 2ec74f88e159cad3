"""Who may talk to a host: processes of its owner that were never shut in. And whom a client talks to."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from household import below, wait

from grader.worker.host.clock import Budget
from grader.worker.host.launch import Launcher
from grader.worker.host.process import Process
from grader.worker.host.subject import Subject

RIGHT = ("u01", "--submission", "submissions/right")
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
SOMEBODY = 12345
# What a worker does to be taken for a client: everything that it could know.
KNOCK = """
import os, socket

def knock(path, greeting):
    try:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.settimeout(20)
        line.connect(path)
    except OSError as error:
        return type(error).__name__
    try:
        line.sendall(greeting)
        return line.recv(100).decode() or "shown the door"
    except ConnectionError:
        return "shown the door"
    finally:
        line.close()
"""


def greeting(house):
    """Return what a client of this house would say."""
    ask = "import sys; from grader.resident import client; sys.stdout.buffer.write(client.greeting())"
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=house.course, env=house.environment, capture_output=True, check=True
    )
    return done.stdout


def test_an_honest_process_is_let_in(house):
    house.host()
    here = {}
    exec(KNOCK, here)  # noqa: S102 (ours)
    assert here["knock"](str(house.sockets()[0]), greeting(house)) == "ready"


@pytest.mark.parametrize("level", ["process", "syscalls", "confined"])
def test_a_worker_is_not_let_in(house, level):
    host = house.host()
    with closing(Launcher([], isolation=level)) as launcher:
        process = Process(launcher, memory=256 << 20)
        process.begin(Budget.of(60))
        subject = Subject(process)
        subject.ask("load", KNOCK.encode(), "knock.py")
        said = subject.learner.knock(str(house.sockets()[0]), greeting(house))
        process.close()
    # At the process level it reaches the socket, and is known by what it has given up.
    assert said == "shown the door" if level == "process" else said in ("PermissionError", "FileNotFoundError")
    assert host.poll() is None
    assert house.asked(*RIGHT) == 0


def test_no_program_that_a_worker_starts_is_let_in_either(house):
    """What a process has given up for good it cannot hand down."""
    host = house.host()
    shut_in = "import ctypes, os, sys; ctypes.CDLL(None).prctl(38, 1, 0, 0, 0); os.execv(sys.executable, sys.argv[1:])"
    knock = f"{KNOCK}\nimport sys\nprint(knock(sys.argv[1], sys.stdin.buffer.read()))"
    done = subprocess.run(
        [sys.executable, "-c", shut_in, sys.executable, "-c", knock, str(house.sockets()[0])],
        input=greeting(house),
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"shown the door\n"
    assert host.poll() is None


def test_a_grade_without_privileges_neither_asks_nor_leaves_a_host(house):
    """It could not be told from a worker."""
    shut_in = "import ctypes, os, sys; ctypes.CDLL(None).prctl(38, 1, 0, 0, 0); os.execv(sys.executable, sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", shut_in, sys.executable, "-m", "grader", *RIGHT],
        cwd=house.course,
        env=house.environment,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert not house.folder.exists()


def pretend(path, *, shut_in=False, user=0):
    """Start something that listens where a host would, and says that it is ready."""
    code = f"""
import ctypes, os, socket
listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind({str(path)!r})
if {user}:
    os.setuid({user})
if {shut_in}:
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
listener.listen(4)
print("listening", flush=True)
line, _ = listener.accept()
line.recv(1 << 16)
try:
    line.sendall(b"ready")
    data, descriptors, _, _ = socket.recv_fds(line, 1 << 20, 8)
except OSError:
    data, descriptors = b"", []
print("got", len(data), len(descriptors), flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"listening\n"
    return process


def address(house):
    """Return where the host of this house would listen."""
    ask = "from grader.resident import address, whether; print(address.name(whether.course([])) + address.SOCKET)"
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=house.course, env=house.environment, capture_output=True, check=True
    )
    house.folder.mkdir(mode=0o700, exist_ok=True)
    return house.folder / done.stdout.decode().strip()


CASES = [
    pytest.param({"shut_in": True}, b"got 0 0\n", id="a worker of the process level"),
    pytest.param({"user": SOMEBODY}, b"got 0 0\n", id="another user", marks=ROOT_ONLY),
]


@pytest.mark.parametrize(("how", "got"), CASES)
def test_a_client_hands_nothing_to_a_host_that_is_none(house, how, got):
    false = pretend(address(house), **how)
    assert house.asked(*RIGHT) is None
    assert false.communicate(timeout=60)[0] == got


def test_the_pretender_of_these_tests_would_be_handed_everything(house):
    """The control: what the others are refused for is what they are, not how they speak."""
    false = pretend(address(house))
    house.asked(*RIGHT)
    out = false.communicate(timeout=60)[0].split()
    assert int(out[1]) > 1000
    assert int(out[2]) == 4


@ROOT_ONLY
def test_another_user_is_not_let_in(house):
    host = house.host()
    for folder in (house.folder, *house.folder.parents):
        folder.chmod(folder.stat().st_mode | 0o111) if folder != Path("/") else None
    path = house.sockets()[0]
    path.chmod(0o666)
    become = f"import sys\nos.setgid({SOMEBODY})\nos.setuid({SOMEBODY})"
    ask = f"{KNOCK}\n{become}\nprint(knock(sys.argv[1], b'hello'))"
    done = subprocess.run([sys.executable, "-c", ask, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "shown the door\n"
    assert host.poll() is None


@ROOT_ONLY
def test_a_folder_of_another_user_is_not_used(house):
    house.folder.mkdir(mode=0o700)
    shutil.chown(house.folder, SOMEBODY)
    assert house.grade(*RIGHT)[0] == 0
    assert house.host().wait(60) == 0
    assert list(house.folder.iterdir()) == []


def test_only_the_owner_can_open_folder_and_socket(house):
    house.host()
    assert house.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in house.folder.iterdir()} == {0o600}


@pytest.mark.parametrize("said", [b"", b"nonsense", b"hello", b"\0" * 5000, b"5\0hello"], ids=repr)
def test_nonsense_costs_nobody_anything(house, said):
    house.host("--tick", "0.05")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
        line.connect(str(house.sockets()[0]))
        if said:
            line.sendall(said)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:  # a request that is none
        wait(lambda: connected(line, house))
        line.sendall(greeting(house))
        line.settimeout(60)
        assert line.recv(100) == b"ready"
        line.sendall(said or b"x")
        assert line.recv(100) == b""
    assert house.asked(*RIGHT) == 0


def connected(line, house):
    try:
        line.connect(str(house.sockets()[0]))
    except (OSError, IndexError):
        house.host("--tick", "0.05")
        return False
    return True


def test_a_client_that_says_nothing_is_forgotten(house):
    host = house.host("--tick", "0.05", "--patience", "0.1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
        line.connect(str(house.sockets()[0]))
        line.settimeout(60)
        assert line.recv(10) == b""
    assert house.asked(*RIGHT) == 0
    assert len(below(host.pid)) > 0
