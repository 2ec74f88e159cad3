"""How well workers are shut in: measured by trying the doors, never by what a set-up step returned.

Levels: split < process < syscalls < confined. A closed door counts only if the host itself can do the same thing; what
even the host cannot do proves nothing about the worker.
"""

import os
import socket
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.worker.confine.cell import CONFINED, PROCESS, SYSCALLS
from grader.worker.host.clock import Budget
from grader.worker.host.launch import Launcher
from grader.worker.host.process import Process, WorkerLost
from grader.worker.host.subject import Subject

SPLIT = "split"
LEVELS = (SPLIT, PROCESS, SYSCALLS, CONFINED)
BASELINE = ("raise its own limits", "map 4 GB", "trace the host")
SECONDS = 10.0
MEMORY = 512 << 20


@dataclass(frozen=True)
class Isolation:
    """What was found. level: one of LEVELS. reached, problems: what was put in place, and what could not be, and why.

    open: the doors that a worker found open, in the words of `probe`.
    """

    level: str
    open: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def require(self, level: str) -> None:
        """Raise UsageError if this is below a level, naming what is open and what to do."""
        if LEVELS.index(self.level) >= LEVELS.index(level):
            return
        doors = f" A worker here can {_listed(self.open)}." if self.open else ""
        reasons = f" Not available: {'; '.join(self.problems)}." if self.problems else ""
        raise UsageError(
            f"This needs isolation level {level!r}; this machine gives {self.level!r}.{doors}{reasons}\n"
            "Use Linux 5.13 or newer with Landlock, inside a container that does not block it; or, if you trust every "
            f"submission, say --accept-isolation {self.level}, and every result is marked unverified."
        )


def measure(launcher: Launcher) -> Isolation:
    """Start a worker that loads nothing of a learner's, and let it try the doors."""
    launcher.ready()
    facts = {"reached": tuple(launcher.reached), "problems": tuple(launcher.problems)}
    process = Process(launcher, memory=MEMORY)
    try:
        process.begin(Budget.of(SECONDS))
        doors, controls = _tried(process)
        status = _status(process.pid)
    except WorkerLost as lost:
        return Isolation(SPLIT, problems=(f"the self-test ended early: {lost}", *facts["problems"]))
    finally:
        process.close()
    opened = tuple(name for name, is_open in doors.items() if is_open)
    vacuous = tuple(f"{name}: not even the grader can, so this proves nothing" for name in controls)
    level = _level(opened, kernel=_kernel_agrees(status) and not controls, apart=_apart(status))
    return Isolation(level, opened, facts["reached"], (*facts["problems"], *vacuous))


def _tried(process: Process) -> tuple[dict[str, bool], list[str]]:
    """Return the doors as the worker found them, and the positive controls that failed."""
    with tempfile.TemporaryDirectory(prefix="grade-") as folder, closing(socket.socket()) as server:
        secret = Path(folder) / "secret"
        secret.write_text("x", encoding="ascii")
        controls = [] if os.access(secret, os.R_OK) and any(Path(folder).iterdir()) else ["read a file of the host"]
        with suppress(OSError):
            server.bind(("127.0.0.1", 0))
            server.listen(4)
        port = server.getsockname()[1]
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            controls.append("connect by TCP")
        target = {"secret": str(secret), "folder": folder, "host": os.getpid(), "port": port}
        found = Subject(process).ask("probe", target)
    return {str(name): found[name] is not False for name in found}, controls


def _level(opened: tuple[str, ...], *, kernel: bool, apart: bool) -> str:
    if any(door in opened for door in BASELINE):
        return SPLIT
    if opened or not kernel:
        return PROCESS
    return CONFINED if apart else SYSCALLS


def _status(pid: int) -> dict[str, str]:
    """Return what the kernel says of a process; nothing where it says nothing. The report of the cell is not asked."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def _kernel_agrees(status: dict[str, str]) -> bool:
    """Say whether there is a filter, no new privileges and no capabilities."""
    return status.get("Seccomp") == "2" and status.get("NoNewPrivs") == "1" and int(status.get("CapEff", "1"), 16) == 0


def _apart(status: dict[str, str]) -> bool:
    """Say whether a worker has a process table of its own, below the zygote's."""
    numbers = status.get("NSpid", "").split()
    return len(numbers) >= 3 and numbers[-1] == "1"


def _listed(words: tuple[str, ...], most: int = 6) -> str:
    named = ", ".join(words[:most])
    return f"{named} and {len(words) - most} more" if len(words) > most else named
