"""Start and end workers: by forking a warm zygote where fork is safe, else as a fresh interpreter.

Both ways run the same code in the worker and give the host the same three descriptors.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.worker.confine.cell import CONFINED, OWN_USER, PROCESS, user_of
from grader.worker.host.cgroup import Groups
from grader.worker.host.line import Line, Started, number_of
from grader.worker.host.scratch import Scratch
from grader.worker.host.view import library_folders, view
from grader.worker.wire.libraries import HEAVY, NEEDS, THREADS

ZYGOTE = Path(__file__).parents[1] / "guest" / "zygote.py"
FORK, SPAWN = "fork", "spawn"


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
        self._count, self._step = 0, 1
        self._process: subprocess.Popen[bytes] | None = None
        self._spawned: dict[int, subprocess.Popen[bytes]] = {}
        self._line: Line | None = None
        self._ready = False
        self._is_fork = self._joined = False
        if self._forks:
            self._line, theirs = Line.pair()
            self._process = self._execute({"control": theirs.fileno()}, [theirs.fileno()])
            theirs.close()

    @property
    def _forks(self) -> bool:
        return self.start_method == FORK

    @property
    def is_ready(self) -> bool:
        """Whether its zygote has said that it is there."""
        return self._ready

    @property
    def is_light(self) -> bool:
        """Whether its libraries take less time to load than another zygote takes to start."""
        return not {*HEAVY} & {*self.libraries}

    @property
    def alive(self) -> bool:
        """Whether its zygote lives; True where there is none."""
        return self._process is None or self._process.poll() is None

    def tidy(self, numbers: range) -> None:
        """Take away the folders of workers of these numbers."""
        self._scratch.tidy(numbers)

    def forked(self, first: int | None = None) -> None:
        """In a fork of the process that made it: ask the zygote over a line of its own; it stays the parent's.

        first: where the numbers of workers begin, no two forks may have the same ones; as `shared` says if not given.
        """
        self._count = self._count if first is None else first
        self._is_fork, self._joined = True, False

    def shared(self, count: int, share: int) -> None:
        """Leave out the numbers that workers of others have. count: of all who have some. share: this one, from 0."""
        self._count += share
        self._step *= count

    def _join(self) -> None:
        """Begin a line of one's own to the parent's zygote, with groups and folders of one's own."""
        if self._line is None:
            return
        self._joined = True
        line, theirs = Line.pair()
        self._line.send({"join": True}, [theirs.fileno()])
        theirs.close()
        self._line.close()
        self._line = line
        self._groups = Groups()
        self._scratch = Scratch(self._scratch.path)
        self._ready = False

    def start(self, memory: int) -> Started:
        """Have a worker started in a scratch folder of its own; `arrived` waits for it.

        memory: bytes it may map beyond the libraries. Raises GraderFault where no process can be had.
        """
        if self._is_fork and not self._joined:
            self._join()
        self.ready()
        self._count += self._step
        folder = self._scratch.make(self._count)
        if self.scratch and OWN_USER in self.reached:
            os.chown(folder, *[user_of(self._count)] * 2)
        ours, theirs = socket.socketpair()
        output_read, output = os.pipe()
        trace_read, trace = os.pipe()
        worker = Started(self._count, ours, output_read, trace_read)
        # Twice, for what is no part of its address space, such as files in memory.
        given = [theirs.fileno(), output, trace, *(groups := self._groups.make(self._count, 2 * memory))]
        try:
            self._begin(worker, given, memory, folder)
        except BaseException:
            ours.close()
            os.close(output_read)
            os.close(trace_read)
            raise
        finally:
            theirs.close()
            for descriptor in (output, trace, *groups):
                os.close(descriptor)
        ours.setblocking(False)
        os.set_blocking(output_read, False)
        os.set_blocking(trace_read, False)
        return worker

    def _begin(self, worker: Started, given: list[int], memory: int, folder: Path) -> None:
        request = {"start": worker.number, "memory": memory, "folder": str(folder)}
        if self._line is None:
            process = self._execute({"spawn": given, **request}, given)
            self._spawned[worker.number] = process
            worker.pid = process.pid
            return

        def began(_answer: dict[str, Any], descriptors: list[int]) -> None:
            worker.pid = number_of(descriptors[0])
            os.close(descriptors[0])

        self._line.post(request, given, began)

    def arrived(self, worker: Started) -> None:
        """Wait until a worker has its number."""
        while self._line is not None and not worker.pid:
            self._line.hear()

    def grouped(self, worker: Started) -> None:
        """Take note that a worker is ready: by now it has joined its group, or nobody does."""
        self._groups.require(worker.number, worker.pid)

    def end(self, worker: Started) -> Ended:
        """Kill a worker and all it started, close its channels and empty its folder."""
        found: list[Ended] = []
        self.leave(worker, found.append)
        while self._line is not None and not found:
            self._line.hear()
        return found[0]

    def leave(self, worker: Started, then: Callable[[Ended], object] = lambda _ended: None) -> None:
        """Have a worker ended as `end` does, and do not wait until it is; `then` is told how it ended."""
        worker.channel.close()
        os.close(worker.output)
        os.close(worker.trace)

        def ended(how: Ended) -> None:
            self._groups.end(worker.number)
            self._scratch.empty(worker.number)
            then(how)

        if self._line is None:
            ended(_end(self._spawned.pop(worker.number)))
        elif self._line.gone:
            ended(Ended(signal.SIGKILL, 0.0, 0))  # the zygote is taking it along
        else:
            self._line.post({"end": worker.number}, [], lambda answer, _: ended(Ended(**answer)))

    def close(self) -> None:
        """End everything that was started and remove the scratch folders."""
        if self._line is not None:
            if self._joined:  # the zygote goes on, and answers
                self._line.hear_all()
            self._line.close()
        for process in self._spawned.values():
            _end(process)
        if self._is_fork and not self._joined:
            return
        if self._process is not None and not self._is_fork:
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._groups.close()
        self._scratch.close()

    def ready(self) -> None:
        """Wait until the zygote is there; `reached` and `problems` then say what its workers live in."""
        if self._ready or self._line is None:
            return
        if self._is_fork and not self._joined:  # what the zygote says first is said to the parent
            self._join()
        hello, _ = self._line.receive()
        self.reached, self.problems = hello["reached"], hello["problems"]
        if self._groups.version:
            self.reached.append(f"cgroup v{self._groups.version}")
        self._ready = True

    def _execute(self, options: dict[str, Any], keep: list[int]) -> subprocess.Popen[bytes]:
        """Execute the bare process: no site, no path of its own, a clean environment, no descriptor but a few."""
        folders = library_folders(self.libraries)
        packages = [need for library in self.libraries for need in (library, *NEEDS.get(library, ()))]
        scratch = [str(self._scratch.path)] if self.scratch else []
        seen = view(packages, folders, scratch) if self.isolation != PROCESS else {}
        options = {"paths": folders, "libraries": self.libraries, "isolation": self.isolation, "view": seen, **options}
        # Not -I, with which Python would not read the seed of its hashes: sets would have another order in each run.
        command = [sys.executable, "-s", "-P", "-S", "-B", "-X", "utf8", str(ZYGOTE), json.dumps(options)]
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


def _end(process: subprocess.Popen[bytes]) -> Ended:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):  # gone already
            kill(process.pid, signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
