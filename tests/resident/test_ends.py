"""Killed at any instant, interrupted, suspended, asked by two: nobody gets a wrong answer, and nothing is left."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from household import ASK, PATIENCE, alive, below, children, state, wait, without_seconds

RIGHT = ("u01", "--submission", "submissions/right")
WRONG = ("u01.area", "--submission", "submissions/wrong")
LONG = ("u01.cross", "--submission", "submissions/looping", "--timeout", "30")
SHORT = (*LONG[:-1], "1")


def begun(house, host, *words, **options):
    """Start a request; return the client and the process that serves it, once a worker computes."""
    before = set(children(host.pid))
    client = house.popen(*words, **options)
    (child,) = wait(lambda: set(children(host.pid)) - before)
    wait(lambda: busy(host.pid))
    return client, child


def busy(pid):
    """Return the workers below a host that compute."""
    return [one for one in below(pid) if seconds(one) > 0.3]


def seconds(pid):
    try:
        facts = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(facts[11]) + int(facts[12])) / os.sysconf("SC_CLK_TCK")


def opened(pid):
    """Return how many descriptors a process has open."""
    return len([*Path(f"/proc/{pid}/fd").iterdir()])


def quiet(house, host, zygotes):
    """Say whether a host has nothing left of any request."""
    folders = [path for path in house.scratch.glob("grade-*/*") if path.name != "lock"]
    return sorted(below(host.pid)) == zygotes and not folders


def test_a_killed_client_takes_its_work_along(house):
    host = house.host()
    zygotes = sorted(below(host.pid))
    client, child = begun(house, host, *LONG, ask=True)
    client.kill()
    wait(lambda: not alive(child) and not busy(host.pid))
    wait(lambda: quiet(house, host, zygotes))
    assert house.asked(*RIGHT) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_client_that_is_ended_ends_as_a_cold_one_does(house, number):
    host = house.host()
    client, child = begun(house, host, *LONG)
    client.send_signal(number)
    out, err = client.communicate(timeout=PATIENCE)
    assert (client.returncode, out, err) == (-number, b"", b"")
    wait(lambda: not alive(child) and not busy(host.pid))


def test_a_killed_child_costs_a_cold_run(house):
    host = house.host()
    zygotes = sorted(below(host.pid))
    client, child = begun(house, host, *SHORT)
    os.kill(child, signal.SIGKILL)
    out, err = client.communicate(timeout=PATIENCE)
    assert (client.returncode, err) == (1, b"")
    assert out.count(b"TIMEOUT") == 1
    wait(lambda: quiet(house, host, zygotes))
    assert house.asked(*RIGHT) == 0


def test_a_killed_host_costs_a_cold_run_and_the_next_one_tidies_up(house):
    host = house.host()
    client, _ = begun(house, host, *SHORT)
    everything = below(host.pid)
    host.kill()
    host.wait()
    out, err = client.communicate(timeout=PATIENCE)
    assert (client.returncode, err) == (1, b"")
    assert out.count(b"TIMEOUT") == 1
    wait(lambda: not any(map(alive, everything)))
    wait(lambda: house.asked(*RIGHT) == 0)
    assert len(list(house.folder.iterdir())) == 2


def test_a_socket_of_a_dead_host_is_put_aside(house):
    host = house.host()
    host.kill()
    host.wait()
    assert house.sockets()
    assert house.grade(*RIGHT)[0] == 0
    wait(lambda: house.asked(*RIGHT) == 0)


def test_a_host_that_is_told_to_end_serves_to_the_end(house):
    host = house.host()
    client, _ = begun(house, host, *SHORT, ask=True)
    host.terminate()
    wait(lambda: not house.sockets())
    assert house.asked(*RIGHT) is None
    assert client.wait(PATIENCE) == 1
    assert host.wait(PATIENCE) == 0
    assert list(house.folder.iterdir()) == list(house.scratch.iterdir()) == []


@pytest.mark.parametrize("victim", ["client", "child", "host"])
def test_killed_at_any_instant(house, victim):
    """Whatever dies when, the one who asks gets the verdict or is the one who died, and the next one gets it, too."""
    expected = without_seconds(house.cold(*WRONG)[1])
    instants = random.Random(victim)
    for _ in range(5):
        house.host()
        (host,) = wait(lambda: house.sockets() and house.hosts())
        client = house.popen(*WRONG)
        time.sleep(instants.uniform(0.0, 0.6))
        for pid in {"client": [client.pid], "child": children(host)[1:], "host": [host]}[victim]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        out, _ = client.communicate(timeout=PATIENCE)
        if victim != "client":
            assert (client.returncode, without_seconds(out)) in ((1, expected), (4, b""))
            assert client.returncode == 1 or not out
        assert without_seconds(house.grade(*WRONG)[1]) == expected
        house.grade("doctor", "--stop")


def test_ctrl_c_is_passed_on(house):
    host = house.host()
    zygotes = sorted(below(host.pid))
    cold = house.popen(*LONG, more={"GRADE_RESIDENT": "off"})
    wait(lambda: busy(cold.pid))
    cold.send_signal(signal.SIGINT)
    expected = cold.communicate(timeout=PATIENCE)
    client, _ = begun(house, host, *LONG, ask=True)
    client.send_signal(signal.SIGINT)
    assert client.communicate(timeout=PATIENCE) == expected
    assert expected[1].strip() == b"Stopped u01.cross. Nothing was recorded."
    assert client.returncode == cold.returncode == 130
    wait(lambda: quiet(house, host, zygotes))


def test_ctrl_c_that_is_ignored_is_ignored(house):
    host = house.host()
    ignore = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    client = subprocess.Popen(
        [sys.executable, "-c", ignore + ASK, *SHORT], cwd=house.course, env=house.environment, stdout=subprocess.PIPE
    )
    house.started.append(client)
    wait(lambda: busy(host.pid))
    client.send_signal(signal.SIGINT)
    out, _ = client.communicate(timeout=PATIENCE)
    assert client.returncode == 1
    assert b"TIMEOUT" in out


def test_a_suspended_job_stops_and_goes_on(house):
    host = house.host()
    client, child = begun(house, host, *SHORT, ask=True, process_group=0)
    os.killpg(client.pid, signal.SIGTSTP)
    pid, status = os.waitpid(client.pid, os.WUNTRACED)
    assert (pid, os.WIFSTOPPED(status)) == (client.pid, True)
    wait(lambda: state(child) == "T")
    assert house.asked(*RIGHT) == 0  # others are served meanwhile
    assert state(child) == "T"
    os.killpg(client.pid, signal.SIGCONT)
    assert client.wait(PATIENCE) == 1
    assert b"TIMEOUT" in client.stdout.read()


def test_a_suspended_job_that_is_killed_leaves_nothing(house):
    host = house.host()
    zygotes = sorted(below(host.pid))
    client, child = begun(house, host, *LONG, ask=True, process_group=0)
    os.killpg(client.pid, signal.SIGTSTP)
    wait(lambda: state(child) == "T")
    os.killpg(client.pid, signal.SIGKILL)
    wait(lambda: quiet(house, host, zygotes))


def test_two_terminals_at_once(house):
    host = house.host()
    zygotes = sorted(below(host.pid))
    wanted = {
        words: without_seconds(house.cold(*words)[1])
        for words in (RIGHT, WRONG, ("list",), ("u01", "--submission", "submissions/dying"))
    }
    running = [(words, house.popen(*words, ask=True)) for words in (*wanted, *wanted)]
    for words, client in running:
        assert without_seconds(client.communicate(timeout=PATIENCE)[0]) == wanted[words]
    wait(lambda: quiet(house, host, zygotes))


def test_nothing_is_left_of_many_requests(house):
    host = house.host()
    zygotes, open_ = sorted(below(host.pid)), opened(host.pid)
    inside = [opened(pid) for pid in zygotes]
    for words in (RIGHT, WRONG, ("list",), ("u07",), ("u01", "--submission", "submissions/dying")) * 2:
        assert house.asked(*words) is not None
    client, _ = begun(house, host, *LONG, ask=True)
    client.kill()
    wait(lambda: quiet(house, host, zygotes))
    wait(lambda: opened(host.pid) == open_ and [opened(pid) for pid in zygotes] == inside)
    host.terminate()
    assert host.wait(PATIENCE) == 0
    wait(lambda: not any(map(alive, zygotes)))
    assert list(house.folder.iterdir()) == list(house.scratch.iterdir()) == []
