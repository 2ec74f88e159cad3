"""The hosts of a course as others see them: whether one runs, to leave one behind, to end them all."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from grader.resident import address, likeness

# Beside what two processes must share: what Python and its libraries look for.
KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ")
PATIENCE = 5.0  # seconds until a host that was asked to end is killed


def leave_behind(course: str, environment: dict[str, str]) -> None:
    """Start a host for a course, if there is none and none can be seen to begin.

    environment: the one that this process began with; it takes the place of what the run has made of it.
    """
    os.environ.clear()
    os.environ.update(environment)
    try:
        folder = address.opened(make=True)
    except OSError:
        return
    try:
        if not _owner(folder, address.name(course)):
            _start(course)
    except OSError:
        return
    finally:
        os.close(folder)


def running(course: str) -> list[int]:
    """Return the process numbers of a course's hosts, whomever they serve."""
    return [pid for pid, _ in _hosts(course)]


def stop(course: str, patience: float = PATIENCE) -> list[int]:
    """End the hosts of a course; what they serve just now is served to the end. Return their process numbers.

    patience: seconds after which one that does not end is killed.
    """
    hosts = _hosts(course)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid, name in hosts:
            _end(pid, name, number)
        until = time.monotonic() + patience
        while any(_is_held(name) for _, name in hosts) and time.monotonic() < until:
            time.sleep(0.01)
    return [pid for pid, _ in hosts]


def _hosts(course: str) -> list[tuple[int, str]]:
    """Return process number and name of each host of a course."""
    first = address.of_course(course)
    try:
        folder = address.opened()
    except OSError:
        return []
    try:
        names = [file.removesuffix(address.LOCK) for file in os.listdir(folder) if file.endswith(address.LOCK)]
        return [(pid, name) for name in sorted(names) if name.startswith(first) and (pid := _owner(folder, name))]
    except OSError:
        return []
    finally:
        os.close(folder)


def _is_held(name: str) -> bool:
    with suppress(OSError):
        folder = address.opened()
        try:
            return bool(_owner(folder, name))
        finally:
            os.close(folder)
    return False


def _end(pid: int, name: str, number: int) -> None:
    """Send a signal to a host that still holds its name."""
    with suppress(OSError):
        pidfd = os.pidfd_open(pid)
        try:
            if _is_held(name):  # so the number is still its own
                signal.pidfd_send_signal(pidfd, number)
        finally:
            os.close(pidfd)


def _owner(folder: int, name: str) -> int:
    """Return the number of the process that holds a name, 0 where none does. Raises OSError where nobody can know."""
    try:
        lock = os.open(name + address.LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        return 0
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.read(lock, 20) or b"-1")
    finally:
        os.close(lock)
    return 0


def _start(course: str) -> None:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    with suppress(OSError):
        subprocess.Popen(  # noqa: S603 (our own module, our own interpreter)
            [sys.executable, *settings(), "-P", "-m", "grader.cli.resident", course],
            env={**kept, **likeness.environment()},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def settings() -> list[str]:
    """Return the options that this Python was started with."""
    return subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # noqa: SLF001 (as multiprocessing does)
