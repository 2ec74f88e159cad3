"""The host's line to a zygote: answers come in the order of the requests, and are heard when somebody waits."""

import contextlib
import json
import socket
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from grader.errors import GraderFault

START_SECONDS = 60.0
MOST_UNHEARD = 32  # answers that may wait in the socket

Then = Callable[[dict[str, Any], list[int]], None]


@dataclass
class Started:
    """A worker on its way: the host's ends of its three channels. pid: 0 as long as nobody has waited for it."""

    number: int
    channel: socket.socket
    output: int
    trace: int
    pid: int = 0


class Line:
    """One end of a SEQPACKET socket. gone: nobody answers any more."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._unheard: deque[Then] = deque()
        self.gone = False

    @classmethod
    def pair(cls) -> tuple[Self, socket.socket]:
        """Return a line and its other end."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours), theirs

    def post(self, request: dict[str, Any], descriptors: Sequence[int], then: Then) -> None:
        """Ask something; `then` takes the answer and its descriptors, when it is heard. Raises GraderFault."""
        while len(self._unheard) >= MOST_UNHEARD:
            self.hear()
        self.send(request, descriptors)
        self._unheard.append(then)

    def send(self, request: dict[str, Any], descriptors: Sequence[int]) -> None:
        """Send what has no answer. Raises GraderFault."""
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
        except OSError as error:
            raise GraderFault(f"the process that starts workers is gone: {error}") from error
        except KeyboardInterrupt:
            self.close()
            raise

    def hear(self) -> None:
        """Wait for the next answer. Raises GraderFault where none comes."""
        if self.gone or not self._unheard:
            raise GraderFault("the process that starts workers is gone")
        try:
            answer, descriptors = self.receive()
        except KeyboardInterrupt:  # the answer on its way would be taken for that to the next request
            self.close()
            raise
        self._unheard.popleft()(answer, descriptors)

    def hear_all(self) -> None:
        """Wait for all answers that are still to come; for none where nobody answers any more."""
        with contextlib.suppress(GraderFault):
            while self._unheard and not self.gone:
                self.hear()

    def receive(self) -> tuple[dict[str, Any], list[int]]:
        """Return the next message and its descriptors. Raises GraderFault where none comes."""
        self._control.settimeout(START_SECONDS)
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 1)
        except OSError as error:
            raise GraderFault(f"the process that starts workers does not answer: {error}") from error
        if not message:
            raise GraderFault("the process that starts workers ended; run `grade doctor`")
        return json.loads(message), descriptors

    def close(self) -> None:
        """Hang up."""
        self.gone = True
        self._control.close()


def number_of(pidfd: int) -> int:
    """Return the number that a process has in our own table."""
    with Path(f"/proc/self/fdinfo/{pidfd}").open(encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pid:"))
