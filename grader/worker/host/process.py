"""The host's side of one worker: frames out, frames in, one deadline, and how it ended when no answer came.

No answer is a failure, whatever the exit code says. What is read here is bounded, and bytes.
"""

import os
import select
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress

from grader.errors import GraderFault
from grader.language import phrase
from grader.model import Location, Outcome
from grader.worker.host.clock import Budget, Stopwatch
from grader.worker.host.launch import Ended, Launcher
from grader.worker.host.line import START_SECONDS
from grader.worker.host.stack import Trace
from grader.worker.host.text import NO_TEXT, Text
from grader.worker.wire.codec import Garbage
from grader.worker.wire.frames import FrameReader, pack
from grader.worker.wire.protocol import CALL, READY

CHUNK, TAIL_BYTES = 1 << 18, 4096
MAX_OUTPUT_BYTES = 8 << 20
TICK_SECONDS = 0.02
LEAST_PROGRESS = 0.001


class WorkerLost(Exception):
    """The worker gave no answer. outcome: timeout, crash or error (for an output flood).

    loading: the file was being loaded, so no answer of it was asked.
    """

    loading = False

    def __init__(self, outcome: Outcome, message: str, where: Location | None = None) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.where = where


class Process:
    """One worker. `exchange` puts a message to it and returns what it answers."""

    def __init__(self, launcher: Launcher, *, memory: int, text: Text = NO_TEXT) -> None:
        """memory: bytes. text: the learner's file, to say where it was when it was stopped."""
        self._launcher = launcher
        self._started = launcher.start(memory)
        self._reader = FrameReader()
        self._inbox: list[bytes] = []
        self._ahead: deque[bytes] = deque()
        self._unsent = b""
        self._budget = Budget(START_SECONDS, START_SECONDS, START_SECONDS)
        self._clock = Stopwatch()
        self._cpu_at_start = 0.0
        self._progress = (0.0, 0.0)
        self._output = bytearray()
        self._trace = Trace(self._started.trace, text)
        self.output_bytes = 0
        self.ended: Ended | None = None
        self._ready = False
        self._poll = select.poll()
        for descriptor in (self._started.channel.fileno(), self._started.output):
            self._poll.register(descriptor, select.POLLIN)

    @property
    def pid(self) -> int:
        """The worker's number in the host's process table."""
        return self._started.pid

    def begin(self, budget: Budget) -> None:
        """Start a check: its budget runs from now, its output is collected from now.

        Raises GraderFault where the worker did not start; it has not seen a line of the learner's by then.
        """
        is_new = not self._ready
        self._await_ready()
        self._read_output()
        self._budget = budget
        self._clock.reset()
        self._progress = (0.0, 0.0)
        if is_new:  # it may have begun to work on what was sent ahead
            return
        self._cpu_at_start = self.cpu()
        self._output.clear()
        self.output_bytes = 0

    def spent(self) -> float:
        """Processor seconds since the check began."""
        return max(0.0, self.cpu() - self._cpu_at_start)

    def waited(self) -> float:
        """Seconds that were spent waiting for it since the check began."""
        return self._clock.look()

    def cpu(self) -> float:
        """Processor seconds the worker has used in its life."""
        if self.ended is not None:
            return self.ended.cpu
        try:
            # The kernel's number for a process's own clock (clock_getcpuclockid); the pid is ours until it is reaped.
            return time.clock_gettime((~self._started.pid << 3) | 2)
        except OSError:
            return self._cpu_at_start + self._clock.look()

    def ahead(self, messages: Iterable[bytes]) -> None:
        """Send messages that will be exchanged first, in this order, and wait for nothing."""
        for message in messages:
            self._ahead.append(message)
            self._unsent += pack(message)
        with suppress(OSError):  # it is full, or the worker is gone: that is found when the answer is waited for
            self._unsent = self._unsent[self._started.channel.send(self._unsent[:CHUNK]) :]

    def exchange(self, message: bytes, on_call: Callable[[bytes], bytes]) -> bytes:
        """Send a message and return the answer; call-backs on the way are handed to `on_call`.

        Raises WorkerLost where no answer comes.
        """
        if self.ended is not None:
            raise WorkerLost(Outcome.CRASH, phrase("The Python process had ended before it was asked."))
        self._clock.start()
        try:
            if not self._ahead:
                self._send(pack(message))
            elif message == self._ahead.popleft():
                self._send(self._unsent)
            else:
                raise GraderFault("another question was sent ahead of this one")
            self._unsent = b""
            while (answer := self._receive())[:1] == CALL:
                self._clock.stop()
                reply = on_call(answer)
                self._clock.start()
                self._send(pack(reply))
            return answer
        finally:
            self._clock.stop()

    def tail(self) -> str:
        """The end of what was printed since the check began."""
        self._drain()
        return self._output.decode("utf-8", "replace")

    def close(self) -> None:
        """End the worker, if it has not ended."""
        if self.ended is None:
            self._kill()

    def leave(self) -> None:
        """Have the worker ended, if it has not, and do not wait until it is."""
        if self.ended is None:
            self.ended = Ended(signal.SIGKILL, 0.0, 0)
            self._launcher.leave(self._started)

    def _await_ready(self) -> None:
        if self._ready:
            return
        self._launcher.arrived(self._started)
        self._clock.start()
        try:
            first = self._receive()
        except WorkerLost as lost:
            raise GraderFault(f"a worker did not start: {lost}") from lost
        finally:
            self._clock.stop()
        if first != READY:
            raise GraderFault(f"a worker began with {first[:100]!r}")
        self._launcher.grouped(self._started)
        self._ready = True

    def _send(self, packed: bytes) -> None:
        rest = memoryview(packed)
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
        self._check_deadline()
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
            phrase(
                "What came back was not an answer ({detail}). Your code must not write to the grader's own channel.",
                detail=detail,
            ),
        )

    def _drain(self) -> None:
        """Take what was printed. Raises WorkerLost where it is too much."""
        self._read_output()
        if self.ended is None and self.output_bytes > MAX_OUTPUT_BYTES:
            raise self._flood()

    def _read_output(self) -> None:
        """Take what was printed; keep the tail."""
        while self.ended is None and self.output_bytes <= MAX_OUTPUT_BYTES:
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

    def _flood(self) -> WorkerLost:
        where = self._trace.asked(self._started.pid)
        self._kill()
        limit = MAX_OUTPUT_BYTES >> 20
        says = phrase("Stopped: it printed more than {limit} MB. Is a print inside a loop?", limit=limit)
        return WorkerLost(Outcome.ERROR, says, where)

    def _check_deadline(self) -> None:
        waited, budget = self._clock.look(), self._budget
        if waited <= min(budget.cpu, budget.idle):
            return
        spent = self.spent()
        if spent > budget.cpu:
            raise self._late(phrase("Stopped after {seconds} s of computing.", seconds=f"{budget.cpu:g}"))
        if spent > self._progress[1] + LEAST_PROGRESS:
            self._progress = (waited, spent)
        if waited > budget.wall or waited > self._progress[0] + budget.idle:
            says = phrase("Stopped after {seconds} s: it was waiting, not computing.", seconds=f"{waited:.0f}")
            raise self._late(says)

    def _late(self, message: str) -> WorkerLost:
        where = self._trace.asked(self._started.pid)
        self._kill()
        return WorkerLost(Outcome.TIMEOUT, message, where)

    def _kill(self) -> None:
        """End the worker, whatever it still prints."""
        self._read_output()
        self.ended = Ended(signal.SIGKILL, 0.0, 0)  # even if the launcher fails: its channels are closed by then
        self.ended = self._launcher.end(self._started)

    def _lost(self) -> WorkerLost:
        """Say how a worker ended that closed its channel."""
        where = self._trace.read()
        self._kill()
        ended = self.ended
        if ended is None or not (ended.signal or ended.code is not None):
            message = phrase("The Python process ended.")
        elif ended.signal == "SIGKILL":
            message = phrase(
                "The Python process was killed, or closed the grader's channel; out of memory is the usual reason."
            )
        elif ended.signal:
            message = phrase("The Python process died ({signal}) in your code.", signal=ended.signal)
        else:
            message = phrase(
                "The Python process ended with exit code {code} before it answered. "
                "Take out what ends it, such as os._exit().",
                code=ended.code,
            )
        if not self._ready:
            message += " " + self._output.decode("utf-8", "replace").strip()[-300:]
        return WorkerLost(Outcome.CRASH, message, where)
