"""Start and end workers: by forking a warm zygote where fork is safe, else as a fresh interpreter.

Both ways run the same code in the worker and give the host the same three descriptors.
"""

import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import CourseError, GraderFault
from grader.worker.confine.cell import CONFINED, OWN_USER, PROCESS, user_of
from grader.worker.host.cgroup import Groups
from grader.worker.host.scratch import Scratch
from grader.worker.host.view import view
from grader.worker.wire.libraries import NEEDS, THREADS

ZYGOTE = Path(__file__).parents[1] / "guest" / "zygote.py"
FORK, SPAWN = "fork", "spawn"
START_SECONDS = 60.0


@dataclass
class Started:
    """A running worker: its process number and the host's ends of its three channels."""

    number: int
    pid: int
    channel: socket.socket
    output: int
    trace: int


@dataclass(frozen=True)
class Ended:
    """How a worker ended. status: as `os.wait` gives it. cpu: seconds. peak: kilobytes."""

    status: int
    cpu: float
    peak: int

    @property
    def signal(self) -> str:
        """The name of the signal that ended it, or nothing."""
        if not os.WIFSIGNALED(self.status):
            return ""
        try:
            return signal.Signals(os.WTERMSIG(self.status)).name
        except ValueError:
            return f"signal {os.WTERMSIG(self.status)}"

    @property
    def code(self) -> int | None:
        """Its exit code, None where a signal ended it."""
        return os.WEXITSTATUS(self.status) if os.WIFEXITED(self.status) else None


def default_start() -> str:
    """Fork on Linux; macOS's libraries are not safe after a fork, and Windows has none."""
    return os.environ.get("GRADE_START") or (FORK if sys.platform == "linux" else SPAWN)


class Launcher:
    """Starts workers for one kind of unit: one set of libraries. Close it to leave nothing behind."""

    def __init__(
        self,
        libraries: Sequence[str],
        start: str | None = None,
        isolation: str | None = None,
        *,
        scratch: bool = False,
    ) -> None:
        """libraries: what the unit may import besides the standard library. start: fork, spawn or by platform.

        isolation: how far to shut workers in: process, syscalls or confined; as far as can be where nothing is said.
        scratch: whether a worker may write files into its scratch folder, which is emptied when it ends.
        """
        self.scratch = scratch
        self.libraries = tuple(libraries)
        self.start_method = start or default_start()
        self.isolation = (isolation or os.environ.get("GRADE_ISOLATION") or CONFINED) if self._forks else PROCESS
        self.reached: list[str] = []
        self.problems: list[str] = []
        self._scratch = Scratch()
        self._groups = Groups()
        if scratch:
            self._scratch.path.chmod(0o711)  # a worker under a user of its own must reach its own folder
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._spawned: dict[int, subprocess.Popen[bytes]] = {}
        self._control: socket.socket | None = None
        self._ready = False
        self._gone = False
        if self._forks:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._process = self._execute({"control": theirs.fileno()}, [theirs.fileno()])
            theirs.close()
            self._control = ours

    @property
    def _forks(self) -> bool:
        return self.start_method == FORK

    def start(self, memory: int) -> Started:
        """Start a worker in a scratch folder of its own. memory: bytes it may map beyond the libraries.

        Raises GraderFault where no process can be had.
        """
        self.ready()
        self._count += 1
        folder = self._scratch.make(self._count)
        if self.scratch and OWN_USER in self.reached:
            os.chown(folder, *[user_of(self._count)] * 2)
        ours, theirs = socket.socketpair()
        output_read, output = os.pipe()
        trace_read, trace = os.pipe()
        given = [theirs.fileno(), output, trace]
        try:
            pid = self._begin(given, memory, folder)
        except BaseException:
            ours.close()
            os.close(output_read)
            os.close(trace_read)
            raise
        finally:
            theirs.close()
            os.close(output)
            os.close(trace)
        # Twice, for what is no part of its address space, such as files in memory.
        self._groups.add(self._count, pid, 2 * memory)
        ours.setblocking(False)
        os.set_blocking(output_read, False)
        os.set_blocking(trace_read, False)
        return Started(self._count, pid, ours, output_read, trace_read)

    def _begin(self, given: list[int], memory: int, folder: Path) -> int:
        if self._control is None:
            options = {"spawn": given, "start": self._count, "memory": memory, "folder": str(folder)}
            process = self._execute(options, given)
            self._spawned[self._count] = process
            return process.pid
        request = {"start": self._count, "memory": memory, "folder": str(folder)}
        _, descriptors = self._ask(request, given)
        try:
            return _pid(descriptors[0])
        finally:
            os.close(descriptors[0])

    def end(self, worker: Started) -> Ended:
        """Kill a worker and all it started, close its channels and empty its folder."""
        worker.channel.close()
        os.close(worker.output)
        os.close(worker.trace)
        if self._gone:
            ended = Ended(signal.SIGKILL, 0.0, 0)  # the zygote is taking it along
        elif self._control is not None:
            ended = Ended(**self._ask({"end": worker.number}, [])[0])
        else:
            ended = _end(self._spawned.pop(worker.number))
        self._groups.end(worker.number)
        self._scratch.empty(worker.number)
        return ended

    def close(self) -> None:
        """End everything that was started and remove the scratch folders."""
        self._gone = True
        if self._control is not None:
            self._control.close()
        for process in self._spawned.values():
            _end(process)
        if self._process is not None:
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._groups.close()
        self._scratch.close()

    def ready(self) -> None:
        """Wait until the zygote is there; `reached` and `problems` then say what its workers live in."""
        if self._ready or self._control is None:
            return
        hello, _ = self._receive(self._control)
        self.reached, self.problems = hello["reached"], hello["problems"]
        if self._groups.version:
            self.reached.append(f"cgroup v{self._groups.version}")
        self._ready = True

    def _ask(self, request: dict[str, Any], descriptors: list[int]) -> tuple[dict[str, Any], list[int]]:
        if self._control is None:
            raise GraderFault("there is no zygote to ask")
        self.ready()
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            return self._receive(self._control)
        except OSError as error:
            raise GraderFault(f"the process that starts workers is gone: {error}") from error
        except KeyboardInterrupt:  # the answer on its way would be taken for that to the next request
            self._gone = True
            self._control.close()
            raise

    def _receive(self, control: socket.socket) -> tuple[dict[str, Any], list[int]]:
        control.settimeout(START_SECONDS)
        try:
            message, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 1)
        except OSError as error:
            raise GraderFault(f"the process that starts workers does not answer: {error}") from error
        if not message:
            raise GraderFault("the process that starts workers ended; run `grade doctor`")
        return json.loads(message), descriptors

    def _execute(self, options: dict[str, Any], keep: list[int]) -> subprocess.Popen[bytes]:
        """Execute the bare process: isolated, no site, a clean environment, no descriptor but those to keep."""
        folders = library_folders(self.libraries)
        packages = [need for library in self.libraries for need in (library, *NEEDS.get(library, ()))]
        scratch = [str(self._scratch.path)] if self.scratch else []
        seen = view(packages, folders, scratch) if self.isolation != PROCESS else {}
        options = {"paths": folders, "libraries": self.libraries, "isolation": self.isolation, "view": seen, **options}
        command = [sys.executable, "-I", "-S", "-B", "-X", "utf8", str(ZYGOTE), json.dumps(options)]
        environment = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(self._scratch.path),
            "USER": "learner",
            "PYTHONHASHSEED": "0",
            "TMPDIR": str(self._scratch.path),
            **THREADS,
        }
        return subprocess.Popen(  # noqa: S603 (our own script, our own interpreter)
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            pass_fds=keep,
            start_new_session=True,
        )


def _pid(pidfd: int) -> int:
    """Return the number that a process has in our own table."""
    with Path(f"/proc/self/fdinfo/{pidfd}").open(encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pid:"))


def _end(process: subprocess.Popen[bytes]) -> Ended:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):  # gone already
            kill(process.pid, signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def library_folders(libraries: Sequence[str]) -> list[str]:
    """Return the folders that hold the engine's and a unit's packages. Raises CourseError where one is missing."""
    folders = set()
    for library in ("msgspec", *libraries):
        spec = importlib.util.find_spec(library)
        if spec is None or spec.origin is None:
            raise CourseError(
                f"this unit needs {library}, which is not installed here: python -m pip install {library}"
            )
        origin = Path(spec.origin)
        folders.add(str(origin.parent.parent if origin.name.startswith("__init__") else origin.parent))
    return sorted(folders)
