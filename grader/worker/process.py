"""The host's side of one worker: frames out, frames in, one deadline, and how it ended when no answer came.

No answer is a failure, whatever the exit code says. Everything read here is bounded and believed to be nothing but bytes.
"""

import os
import re
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from grader.errors import GraderFault
from grader.model import Location, Outcome
from grader.worker.codec import Garbage
from grader.worker.frames import Reader, pack
from grader.worker.launch import Ended, Launcher
from grader.worker.server import CALL

CHUNK = 1 << 18
TAIL_BYTES = 4096
MAX_OUTPUT_BYTES = 8 << 20
TRACE_BYTES = 1 << 16
TICK_SECONDS = 0.02
STACK_SECONDS = 0.2
FRAME = re.compile(r'^  File "([^"]*)", line (\d+) in (\S+)', re.MULTILINE)


@dataclass(frozen=True)
class Budget:
    """What one check may take: processor seconds, and wall-clock seconds for code that waits without computing."""

    cpu: float = 1.0
    wall: float = 5.0

    @classmethod
    def of(cls, cpu: float) -> "Budget":
        """Return the budget for so many processor seconds; a busy machine may take three times as long and two more."""
        return cls(cpu, 3 * cpu + 2)


class WorkerLost(Exception):
    """The worker gave no answer. outcome: timeout, crash or error (for an output flood)."""

    def __init__(self, outcome: Outcome, message: str, where: Location | None = None) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.where = where


class Process:
    """One worker. `exchange` puts a message to it and returns what it answers."""

    def __init__(self, launcher: Launcher, *, memory: int, filename: str, lines: list[str]) -> None:
        """memory: bytes. filename, lines: the learner's file, to say where it was when it was stopped."""
        self._launcher = launcher
        self._filename = filename
        self._lines = lines
        self._started = launcher.start(memory)
        self._reader = Reader()
        self._inbox: list[bytes] = []
        self._budget = Budget()
        self._cpu_at_start = 0.0
        self._wall_at_start = time.monotonic()
        self._output = bytearray()
        self._trace = bytearray()
        self.output_bytes = 0
        self.ended: Ended | None = None
        self._answered = False
        self._poll = select.poll()
        for descriptor in (self._started.channel.fileno(), self._started.output):
            self._poll.register(descriptor, select.POLLIN)

    def begin(self, budget: Budget) -> None:
        """Start a check: its budget runs from now, its output is collected from now."""
        self._drain()
        self._budget = budget
        self._cpu_at_start = self.cpu()
        self._wall_at_start = time.monotonic()
        self._output.clear()
        self.output_bytes = 0

    def spent(self) -> float:
        """Processor seconds since the check began."""
        return max(0.0, self.cpu() - self._cpu_at_start)

    def cpu(self) -> float:
        """Processor seconds the worker has used in its life."""
        if self.ended is not None:
            return self.ended.cpu
        try:
            # The kernel's number for a process's own clock (clock_getcpuclockid); the pid is ours until it is reaped.
            return time.clock_gettime((~self._started.pid << 3) | 2)
        except OSError:
            return self._cpu_at_start + time.monotonic() - self._wall_at_start

    def exchange(self, message: bytes, on_call: Callable[[bytes], bytes]) -> bytes:
        """Send a message and return the answer; call-backs on the way are handed to `on_call`.

        Raises WorkerLost where no answer comes.
        """
        self._send(message)
        while True:
            answer = self._receive()
            if answer[:1] != CALL:
                self._answered = True
                return answer
            self._send(on_call(answer))

    def tail(self) -> str:
        """The end of what was printed since the check began."""
        self._drain()
        return self._output.decode("utf-8", "replace")

    def close(self) -> None:
        """End the worker, if it has not ended."""
        if self.ended is None:
            self._drain()
            self.ended = self._launcher.end(self._started)

    def _send(self, message: bytes) -> None:
        rest = memoryview(pack(message))
        channel = self._started.channel
        writing = select.poll()
        writing.register(channel.fileno(), select.POLLOUT)
        while rest:
            try:
                rest = rest[channel.send(rest[:CHUNK]) :]
            except BlockingIOError:
                self._drain()
                self._check_deadline()
                writing.poll(TICK_SECONDS * 1000)
            except OSError:
                raise self._lost() from None

    def _receive(self) -> bytes:
        channel = self._started.channel
        while not self._inbox:
            ready = dict(self._poll.poll(TICK_SECONDS * 1000))
            if self._started.output in ready:
                self._drain()
            if channel.fileno() in ready:
                self._feed()
            self._check_deadline()
        return self._inbox.pop(0)

    def _feed(self) -> None:
        try:
            data = self._started.channel.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            raise self._lost()
        try:
            self._inbox += self._reader.feed(data)
        except Garbage as error:
            raise self.forged(str(error)) from None

    def forged(self, detail: str) -> WorkerLost:
        """End the worker because it sent something that is no answer."""
        self.close()
        return WorkerLost(
            Outcome.CRASH,
            f"What came back was not an answer ({detail}). Your code must not write to the grader's own channel.",
        )

    def _drain(self) -> None:
        """Take what was printed; keep the tail."""
        while self.ended is None:
            try:
                data = os.read(self._started.output, CHUNK)
            except BlockingIOError:
                return
            if not data:
                with suppress(KeyError):  # closed by the learner's code; do not ask again
                    self._poll.unregister(self._started.output)
                return
            self.output_bytes += len(data)
            self._output += data
            del self._output[:-TAIL_BYTES]
            if self.output_bytes > MAX_OUTPUT_BYTES:
                raise self._flood()

    def _flood(self) -> WorkerLost:
        where = self._stack()
        self._kill()
        limit = MAX_OUTPUT_BYTES >> 20
        return WorkerLost(Outcome.ERROR, f"Stopped: it printed more than {limit} MB. Is a print inside a loop?", where)

    def _check_deadline(self) -> None:
        wall = time.monotonic() - self._wall_at_start
        if wall <= self._budget.cpu:
            return
        spent = self.spent()
        if spent > self._budget.cpu:
            raise self._late(f"Stopped after {self._budget.cpu:g} s of computing.")
        if wall > self._budget.wall:
            raise self._late(f"Stopped after {wall:.0f} s: it was waiting, not computing.")

    def _late(self, message: str) -> WorkerLost:
        where = self._stack()
        self._kill()
        return WorkerLost(Outcome.TIMEOUT, message, where)

    def _stack(self) -> Location | None:
        """Ask the worker itself which line it is at: faulthandler answers even inside a loop in C."""
        try:
            os.kill(self._started.pid, signal.SIGUSR1)
        except OSError:
            return None
        until = time.monotonic() + STACK_SECONDS
        while (left := until - time.monotonic()) > 0:
            select.select([self._started.trace], [], [], left)
            where = self._read_trace()  # it is written piece by piece
            if where is not None:
                return where
            time.sleep(0.001)
        return None

    def _read_trace(self) -> Location | None:
        """Return the innermost line of the learner's file in what faulthandler wrote."""
        with suppress(BlockingIOError):
            while len(self._trace) < TRACE_BYTES and (data := os.read(self._started.trace, CHUNK)):
                self._trace += data
        text = self._trace.decode("utf-8", "replace")
        frames = [match for match in FRAME.finditer(text) if match[1] == self._filename]
        if not frames:
            return None
        line = int(frames[0][2])
        source = self._lines[line - 1].strip() if 0 < line <= len(self._lines) else ""
        return Location(file=self._filename, line=line, function=frames[0][3], text=source)

    def _kill(self) -> None:
        """End the worker without raising for what it still prints."""
        self.ended = self._launcher.end(self._started)

    def _lost(self) -> WorkerLost:
        """Say how a worker ended that closed its channel."""
        where = self._read_trace()
        last_words = self._last_words()
        self._kill()
        ended = self.ended
        if ended is None or not (ended.signal or ended.code is not None):
            return WorkerLost(Outcome.CRASH, "The Python process ended.", where)
        if ended.signal == "SIGKILL":
            message = (
                "The Python process was killed, or closed the grader's channel; out of memory is the usual reason."
            )
        elif ended.signal:
            message = f"The Python process died ({ended.signal}) in your code."
        else:
            message = f"The Python process ended with exit code {ended.code} before it answered."
        if not self._answered:
            raise GraderFault(f"a worker did not start: {message} {last_words}")
        return WorkerLost(Outcome.CRASH, message, where)

    def _last_words(self) -> str:
        with suppress(WorkerLost):
            self._drain()
        return self._output.decode("utf-8", "replace").strip()[-300:]
