"""A run in the open: the learner's own program in processes of its own, several of them or on a GPU.

A worker has neither, by design. So here nothing is confined: whoever asks for it runs a program of their own on their
own machine, as `python` would, and nothing is graded. What comes back crosses the same wire all the same, as data.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.course.training import Training
from grader.course.unit import Unit
from grader.failures import LearnerError
from grader.judging.candidate import LoadFailed
from grader.language import phrase
from grader.model import Outcome
from grader.submission.scanned import Scanned
from grader.training.asker import Text
from grader.training.trainer import Trainer
from grader.worker.host.launch import Launcher
from grader.worker.host.process import WorkerLost
from grader.worker.host.subject import Subject
from grader.worker.wire.frames import FrameReader, pack
from grader.worker.wire.protocol import CALL
from grader.worker.wire.ranks import CPU, DEVICE, SOCKET_AT

START_SECONDS, END_SECONDS, LOOK_SECONDS = 180.0, 5.0, 0.5
CHUNK = 1 << 18
TAIL = 4000
PROGRAM = "grader.worker.guest.rank"
MANY = 64


@dataclass(frozen=True)
class Crew:
    """How many processes, and on what. device: `cpu` or `cuda`."""

    ranks: int = 1
    device: str = CPU

    @property
    def command(self) -> list[str]:
        """What starts them."""
        if self.ranks == 1:
            return [sys.executable, "-m", PROGRAM]
        meet = ["--rdzv-backend=c10d", "--rdzv-endpoint=127.0.0.1:0", "--local-addr=127.0.0.1"]
        return [sys.executable, "-m", "torch.distributed.run", *meet, f"--nproc-per-node={self.ranks}", "-m", PROGRAM]

    def environment(self, at: str) -> dict[str, str]:
        """Return what they find in their environment. at: where the host listens."""
        threads = {"OMP_NUM_THREADS": str(max((os.cpu_count() or 1) // self.ranks, 1))}
        one_machine = {"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {}
        return {**threads, **one_machine, **os.environ, SOCKET_AT: at, DEVICE: self.device}


class Ranks:
    """The processes of a crew, as a link: rank 0 is spoken to. Close it."""

    def __init__(self) -> None:
        self._reader = FrameReader()
        self._inbox: list[bytes] = []
        self._folder = tempfile.TemporaryDirectory()
        self._printed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the rest)
        self._stream = socket.socket(socket.AF_UNIX)  # not connected: nobody is there yet
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, crew: Crew) -> None:
        """Start them, and wait until all have met. Raises WorkerLost."""
        at = str(Path(self._folder.name) / "host")
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(at)
            door.listen(1)
            door.settimeout(LOOK_SECONDS)
            self._process = subprocess.Popen(  # noqa: S603 (ours)
                crew.command,
                env=crew.environment(at),
                stdin=subprocess.DEVNULL,
                stdout=self._printed,
                stderr=self._printed,
                start_new_session=True,  # Ctrl-C in the terminal is the host's, who ends them in good order
            )
            self._accept(door, self._process)
        self._receive()

    def _accept(self, door: socket.socket, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < until:
            with suppress(TimeoutError):
                stream, _ = door.accept()
                self._stream.close()
                self._stream = stream
                return
        raise self._lost()

    def exchange(self, message: bytes, on_call: Callable[[bytes], bytes]) -> bytes:
        """Put a question to rank 0; return its answer. Raises WorkerLost."""
        self._send(message)
        while (answer := self._receive())[:1] == CALL:
            self._send(on_call(answer))
        return answer

    def _send(self, message: bytes) -> None:
        try:
            self._stream.sendall(pack(message))
        except OSError as error:
            raise self._lost() from error

    def _receive(self) -> bytes:
        while not self._inbox:
            data = b""
            with suppress(OSError):
                data = self._stream.recv(CHUNK)
            if not data:
                raise self._lost()
            self._inbox += self._reader.feed(data)
        return self._inbox.pop(0)

    def _lost(self) -> WorkerLost:
        """Say that they ended; the end of what they printed is shown with it."""
        code = self._ended(END_SECONDS)
        if code is None:
            return WorkerLost(Outcome.CRASH, phrase("The processes of the run do not answer."))
        return WorkerLost(Outcome.CRASH, phrase("The processes of the run have ended, with code {code}.", code=code))

    def _ended(self, seconds: float) -> int | None:
        """Wait for their end; return their exit code, None where they go on."""
        if self._process is None:
            return 0
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.poll()

    def tail(self) -> tuple[str, int]:
        """Return the end of what they printed, and how many bytes that was in all."""
        size = os.fstat(self._printed.fileno()).st_size
        return os.pread(self._printed.fileno(), TAIL, max(size - TAIL, 0)).decode("utf-8", "replace"), size

    def close(self) -> None:
        """End them."""
        self._stream.close()  # rank 0 hears it, and tells the others
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process is not None and self._ended(END_SECONDS) is None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, number)
        self._printed.close()
        self._folder.cleanup()


class OpenTrainer(Trainer):
    """Trains in the open. Close it: it owns the processes."""

    def __init__(
        self, crew: Crew, unit: Unit, plan: Training, scanned: Scanned, launcher: Launcher, text: Text
    ) -> None:
        """crew: what it runs on. The others: as for any run."""
        super().__init__(unit, plan, scanned, launcher, text, timeout=None)
        self._crew = crew
        self._ranks = Ranks()
        self._asked_of: Subject | None = None

    def close(self) -> None:
        """End the processes."""
        super().close()
        self._ranks.close()

    def _subject(self) -> Subject:
        if self._asked_of is None:
            self._ranks.start(self._crew)
            self._asked_of = subject = Subject(self._ranks, self._scanned.text)
            source = self._scanned.source
            subject.begin(0)
            try:
                subject.ask("load", source.data if source else b"", self._scanned.file, b"")
                subject.ask("props", self._program)
            except LearnerError as error:
                raise LoadFailed(error) from error
        return self._asked_of

    def _room(self) -> AbstractContextManager[None]:
        """Limit nothing: it is the learner's own machine."""
        return nullcontext()

    def _tail(self) -> tuple[str, int]:
        return self._ranks.tail()


def devices(name: str) -> int:
    """Return how many devices of a kind torch finds on this machine; of `cpu` there are as many as are asked for."""
    if name == CPU:
        return MANY
    probe = "import sys, torch; sys.exit(torch.cuda.device_count())"
    return subprocess.run([sys.executable, "-c", probe], capture_output=True, check=False).returncode  # noqa: S603 (ours)
