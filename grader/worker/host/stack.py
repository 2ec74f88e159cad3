"""Where a worker is: what faulthandler writes of its stack, asked for by a signal or left behind by a death."""

import os
import re
import select
import signal
import time
from contextlib import suppress

from grader.model import Location
from grader.worker.host.text import Text

CHUNK = 1 << 16
TRACE_BYTES = 1 << 16
STACK_SECONDS = 1.0
FRAME = re.compile(r'^  File "([^"]*)", line (\d{1,9}) in (\S{1,100})', re.MULTILINE)


class Trace:
    """What one worker wrote of its stack."""

    def __init__(self, descriptor: int, text: Text) -> None:
        """descriptor: where it arrives. text: the learner's file."""
        self._descriptor = descriptor
        self._text = text
        self._data = bytearray()

    def asked(self, pid: int) -> Location | None:
        """Ask the worker itself which line it is at: faulthandler answers even inside a loop in C."""
        try:
            os.kill(pid, signal.SIGUSR1)
        except OSError:
            return None
        answer = select.poll()  # select takes no descriptor above 1,023
        answer.register(self._descriptor, select.POLLIN)
        until = time.monotonic() + STACK_SECONDS
        while (left := until - time.monotonic()) > 0:
            answer.poll(left * 1000)
            where = self.read()  # it is written piece by piece
            if where is not None:
                return where
            time.sleep(0.001)
        return None

    def read(self) -> Location | None:
        """Return the innermost line of the learner's file in what was written."""
        with suppress(BlockingIOError):
            while len(self._data) < TRACE_BYTES and (data := os.read(self._descriptor, CHUNK)):
                self._data += data
        text = self._data.decode("utf-8", "replace")
        filename = self._text.name.encode("ascii", "backslashreplace").decode()  # as faulthandler writes it
        frames = [match for match in FRAME.finditer(text) if match[1] == filename]
        if not frames:
            return None
        return self._text.location(int(frames[0][2]), frames[0][3])
