"""The client: find the host, hand over the command line, its surroundings and its streams, wait for the exit code.

Whatever is in the way, the answer is None, and the command is done cold. Only Python's own start and a few small
modules are paid for here: no click, no pathlib, no typing.
"""

import os
import signal
import sys
from _socket import AF_UNIX, SO_PEERCRED, SOCK_CLOEXEC, SOCK_SEQPACKET, SOL_SOCKET, socket

from grader.resident import address, likeness, wire

WAIT_SECONDS = 2.0  # for a host that is there and does not answer, such as a stopped one


class Broken(Exception):
    """The host's child ended after it had begun to write."""


def asked(words: list[str], course: str) -> int | None:
    """Have the command done by the course's host. Return its exit code, None where it has to be done here.

    Raises Broken, KeyboardInterrupt.
    """
    line = _connected(course)
    if line is None:
        return None
    try:
        wire.send(line, *_request(words))
        line.settimeout(None)
        return _Served(line).wait()
    except (OSError, ValueError):
        return None
    finally:
        line.close()


def _connected(course: str) -> socket | None:
    """Return a line to the host, which has found that it is up to date."""
    try:
        folder = address.opened()
    except OSError:
        return None
    line = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC)
    line.settimeout(WAIT_SECONDS)
    try:
        line.connect(address.inside(folder, address.name(course) + address.SOCKET))
        if not is_owner(line):
            raise PermissionError("somebody else's")
        wire.send(line, greeting())
        if wire.receive(line)[0] == wire.READY:
            return line
    except (OSError, ValueError):
        pass
    finally:
        os.close(folder)
    line.close()
    return None


def greeting() -> bytes:
    """Return how a client introduces itself, and what a host compares with its own."""
    return wire.pack([wire.HELLO, likeness.python()], [likeness.surroundings()])


def is_owner(line: socket) -> bool:
    """Say whether the other end is a process of this user that was not shut in, as workers are."""
    data = line.getsockopt(SOL_SOCKET, SO_PEERCRED, 12)
    pid, user = (int.from_bytes(data[at : at + 4], sys.byteorder) for at in (0, 4))
    return user == os.geteuid() and pid > 0 and not likeness.barred(pid)


def _request(words: list[str]) -> tuple[bytes, list[int]]:
    """Return the request, and the descriptors that go with it."""
    descriptors = [os.open(".", os.O_PATH | os.O_CLOEXEC)]
    streams: list[list[bytes]] = []
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        if stream is None:
            streams.append([])
            continue
        descriptors.append(number)
        at_once: bool = getattr(stream, "write_through", False)
        facts = (stream.encoding, stream.errors or "strict", f"{stream.line_buffering:d}", f"{at_once:d}")
        streams.append([fact.encode("ascii") for fact in facts])
    mask = os.umask(0)
    os.umask(mask)
    ignored = [number for number in HEEDED if signal.getsignal(number) == signal.SIG_IGN]
    data = wire.pack(
        [os.fsencode(word) for word in words],
        [part for pair in os.environb.items() for part in pair],
        [b"%d" % number for number in (mask, *ignored)],
        *streams,
    )
    return data, descriptors


HEEDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Served:
    """A request under way: passes on what the terminal says to this process, and waits."""

    def __init__(self, line: socket) -> None:
        self._line = line
        self._child = -1

    def wait(self) -> int | None:
        """Return the exit code; None for a child that ended before it wrote anything. Raises Broken."""
        spoke = False
        while True:
            data, descriptors = wire.receive(self._line)
            if not data:
                break
            if data == wire.CHILD:
                (self._child,) = descriptors
                self._listen()
            elif data == wire.SPEAKS:
                spoke = True
            elif data.startswith(wire.EXIT):
                return int(data[len(wire.EXIT) :])
        if spoke:
            raise Broken
        return None

    def _listen(self) -> None:
        """From now on pass on Ctrl-C and Ctrl-Z; whatever else ends this process ends the child by itself."""
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, lambda *_: self._pass_on(signal.SIGINT))
        if signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL:
            signal.signal(signal.SIGTSTP, self._suspend)

    def _suspend(self, *_: object) -> None:
        """Stop the child, then this process, as the shell expects; go on with both."""
        self._pass_on(signal.SIGSTOP)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._suspend)
        self._pass_on(signal.SIGCONT)

    def _pass_on(self, number: int) -> None:
        try:
            signal.pidfd_send_signal(self._child, number)
        except OSError:
            pass
